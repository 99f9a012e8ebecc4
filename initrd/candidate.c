// SPDX-License-Identifier: MIT
/* One policy on its way into the kernel; see candidate.h. */
#include "candidate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include "digest.h"
#include "format.h"
#include "kmsg.h"
#include "late.h"
#include "log.h"
#include "policy_parse.h"
#include "policy_print.h"
#include "policy_text.h"
#include "securityfs.h"
#include "sigcheck.h"
#include "submit.h"
#include "sysfile.h"

#define XATTR_IMA "security.ima"
#define SHA1_SWITCH "set allow-sha1 = yes in " CONFIG_FILE " of the image"
#define SIG_SUFFIX ".sig"

static int fail(struct candidate *candidate, int error)
{
	candidate->record->result = CANDIDATE_FAILED;
	return error;
}

/* Begins a stage; a candidate that never ends it has failed in it. */
static struct problem *enter(struct candidate *candidate, enum policy_stage stage)
{
	candidate->record->stage = stage;
	candidate->record->result = CANDIDATE_FAILED;
	return &candidate->record->problem;
}

/* Reads security.ima of the open file; without one, or without support, there is no signature. */
static int read_signature(struct candidate *candidate, struct problem *problem)
{
	ssize_t len = fgetxattr(candidate->file.fd, XATTR_IMA, candidate->sig, sizeof(candidate->sig));

	candidate->sig_len = len < 0 ? 0 : (size_t)len;
	if (len >= 0 || errno == ENODATA || errno == EOPNOTSUPP)
		return 0;
	if (errno == ERANGE) {
		problem_set(problem, -ERANGE,
			"its security.ima is longer than %d bytes, the most that is read", IMASIG_MAX);
		problem_remedy(problem, "sign the file again");
		return -ERANGE;
	}
	return problem_set(problem, -errno, "its security.ima cannot be read: %s", strerror(errno));
}

static int set_path(struct candidate *candidate, const char *path)
{
	candidate->record->path = strdup(path);
	return candidate->record->path ? 0 : fail(candidate, -ENOMEM);
}

/* What both sources check of the bytes once they are there. */
static int check_content(struct candidate *candidate, struct problem *problem)
{
	const struct rootfile *file = &candidate->file;

	digest_sha256_hex(file->bytes, file->len, candidate->record->sha256);
	return policy_text_check(file->bytes, file->len, candidate->record->path, problem);
}

/* Writes all bytes to a descriptor. */
static int write_all(int fd, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	for (; len; bytes += n, len -= (size_t)n) {
		n = write(fd, bytes, len);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
	}
	return 0;
}

/*
 * Moves the content to a memory file that has the signature as its attribute, and opens that
 * read-only: the kernel takes no policy from a file that is open for writing (ETXTBSY).
 */
static int move_to_memory(struct candidate *candidate, struct problem *problem)
{
	_cleanup_close_ int fd = memfd_create("imaboot-policy", MFD_CLOEXEC);
	char path[64];
	int r = fd < 0 ? -errno : write_all(fd, candidate->file.bytes, candidate->file.len);

	if (r < 0)
		return problem_set(problem, r, "no memory file can be made for it: %s", strerror(-r));
	if (candidate->sig_len && fsetxattr(fd, XATTR_IMA, candidate->sig, candidate->sig_len, 0) < 0) {
		r = -errno;
		problem_set(
			problem, r, "its signature cannot be attached to a copy in memory: %s", strerror(-r));
		problem_remedy(problem, "use a kernel with CONFIG_TMPFS_XATTR, or correct the signature");
		return r;
	}
	(void)format_text(path, sizeof(path), "/proc/self/fd/%d", fd);
	close_fd(&candidate->file.fd);
	candidate->file.fd = open(path, O_RDONLY | O_CLOEXEC);
	return candidate->file.fd < 0
		       ? problem_set(problem, -errno, "cannot be reopened: %s", strerror(errno))
		       : 0;
}

/*
 * File systems whose content comes from elsewhere at each opening: the kernel opens a policy once more to load it, and
 * could get other bytes than the ones that were checked (f_type of statfs(2)).
 */
static bool is_remote(int fd)
{
	static const unsigned long types[] = {0x6969 /* NFS */, 0x517b /* SMB */, 0xfe534d42 /* SMB2 */,
		0xff534d42 /* CIFS */, 0x01021997 /* 9p */, 0x65735546 /* FUSE, virtiofs */,
		0x00c36400 /* Ceph */, 0x5346414f /* AFS */, 0x6b414653 /* kAFS */, 0x47504653 /* GPFS */,
		0x7461636f /* OCFS2 */, 0x01161970 /* GFS2 */, 0x0bd00bd0 /* Lustre */};
	struct statfs st;
	size_t i;

	if (fstatfs(fd, &st) < 0)
		return true;
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if ((unsigned int)st.f_type == types[i])
			return true;
	return false;
}

int candidate_read(struct candidate *candidate, int root_fd, const char *root, const char *path)
{
	struct problem *problem = enter(candidate, STAGE_READ);
	int r = set_path(candidate, path);

	if (r == 0)
		r = rootfile_read(root_fd, root, path, POLICY_SIZE_MAX, &candidate->file, problem);
	if (r == 0)
		r = check_content(candidate, problem);
	if (r == 0)
		r = read_signature(candidate, problem);
	if (r == 0 && candidate->copy_remote && is_remote(candidate->file.fd))
		r = move_to_memory(candidate, problem);
	/* A dangling link is a mistake, a file that is not there is not. */
	if (r == -ENOENT && !problem->remedy)
		candidate->record->result = CANDIDATE_ABSENT;
	return r;
}

/* Reads the detached signature; its absence leaves the policy unsigned. */
static int read_detached(struct candidate *candidate, int image_fd, const char *image, const char *sig_path,
	struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile sig = {.fd = -1};
	_cleanup_problem_ struct problem sig_problem = {0};
	int r = rootfile_read(image_fd, image, sig_path, IMASIG_MAX, &sig, &sig_problem);

	if (r == -ENOENT && !sig_problem.remedy)
		return 0;
	if (r < 0) {
		problem_set(problem, r, "its signature %s %s", sig_path, problem_reason_text(&sig_problem));
		problem_remedy(problem, "make it again: imactl sign --detached --key KEY '%s'",
			candidate->record->path);
		return r;
	}
	memcpy(candidate->sig, sig.bytes, sig.len);
	candidate->sig_len = sig.len;
	return 0;
}

int candidate_read_detached(struct candidate *candidate, int image_fd, const char *image, const char *path)
{
	struct problem *problem = enter(candidate, STAGE_READ);
	char sig_path[PATH_MAX];
	int r = set_path(candidate, path);

	(void)format_text(sig_path, sizeof(sig_path), "%s" SIG_SUFFIX, path);
	if (r == 0)
		r = rootfile_read(image_fd, image, path, POLICY_SIZE_MAX, &candidate->file, problem);
	if (r == -ENOENT && !problem->remedy)
		candidate->record->result = CANDIDATE_ABSENT;
	if (r == 0)
		r = check_content(candidate, problem);
	if (r == 0)
		r = read_detached(candidate, image_fd, image, sig_path, problem);
	if (r == 0)
		r = move_to_memory(candidate, problem);
	return r;
}

int candidate_read_image(struct candidate *candidate, int image_fd, const char *image)
{
	return candidate_read_detached(candidate, image_fd, image, IMAGE_POLICY_PATH);
}

int candidate_read_text(struct candidate *candidate, const char *name, const char *text)
{
	struct problem *problem = enter(candidate, STAGE_READ);
	int r = set_path(candidate, name);

	candidate->file.len = strlen(text);
	candidate->file.bytes = (uint8_t *)strdup(text);
	if (r == 0 && !candidate->file.bytes)
		r = fail(candidate, -ENOMEM);
	if (r == 0)
		r = check_content(candidate, problem);
	if (r == 0)
		r = move_to_memory(candidate, problem);
	return r;
}

static const char *keyring_name(const struct candidate *candidate)
{
	return candidate->keyring ? candidate->keyring : "the keyring";
}

int candidate_check_signature(struct candidate *candidate, bool required)
{
	_cleanup_problem_ struct problem finding = {0};
	struct problem *problem = required ? enter(candidate, STAGE_SIGNATURE) : &finding;
	struct sigcheck check = {.path = candidate->record->path,
		.keyring = keyring_name(candidate),
		.sha1_switch = candidate->allow_sha1 ? NULL : SHA1_SWITCH};
	int r = sigcheck_verify(&check, candidate->file.bytes, candidate->file.len, candidate->sig,
		candidate->sig_len, &candidate->record->signed_by, problem);

	if (required || r == 0)
		return r;
	candidate->record->not_verified = strdup(problem_reason_text(&finding));
	return candidate->record->not_verified ? 0 : fail(candidate, -ENOMEM);
}

unsigned int candidate_kernel_version(void)
{
	struct utsname name;
	unsigned int version = KERNEL_NEWEST;

	if (uname(&name) < 0 || kernel_version_parse(name.release, &version) < 0)
		return KERNEL_NEWEST;
	return version;
}

/* What is told of a refusal by the kernel needs what we know of the signature. */
static int explain(struct candidate *candidate, int error, bool opened, const struct kmsg_facts *facts,
	struct problem *problem)
{
	_cleanup_problem_ struct problem signature = {0};
	_cleanup_free_ char *signer = NULL;
	struct submission submission = {.error = error,
		.opened = opened,
		.facts = facts,
		.path = candidate->record->path,
		.signature = &signature,
		.text = (const char *)candidate->file.bytes,
		.text_len = candidate->file.len,
		.version = candidate_kernel_version()};
	/* The kernel has nothing against SHA-1: that is not why it refused. */
	struct sigcheck check = {.path = candidate->record->path, .keyring = keyring_name(candidate)};

	(void)!sigcheck_verify(&check, candidate->file.bytes, candidate->file.len, candidate->sig,
		candidate->sig_len, &signer, &signature);
	return submit_explain(&submission, problem);
}

/* Submits the file with the kernel's log watched. Returns the kernel's verdict. */
static int submit(struct candidate *candidate, bool commit, struct kmsg_facts *facts, bool *opened)
{
	_cleanup_close_ int log = kmsg_mark();
	char limit[16];
	int r;

	kmsg_lift_limit(limit);
	r = securityfs_submit(candidate->file.fd, commit, opened);
	/* Until then other processes are refused what is signed; what comes of it is told later. */
	if (r == 0 && commit && candidate->find_keyring)
		(void)!late_appraise_self();
	/* Nothing is logged of a dry run that passes, but for "failed", which says nothing then. */
	if (*opened)
		kmsg_collect(log, r == -EACCES || r == -EINVAL, facts);
	kmsg_restore_limit(limit);
	return r;
}

int candidate_dry_run(struct candidate *candidate)
{
	struct problem *problem = enter(candidate, STAGE_DRY_RUN);
	struct kmsg_facts facts = {0};
	bool opened = false;
	int r;

	log_kernel(LOG_INFO,
		"dry run of %s: \"policy update failed\", which the kernel logs next, says only that nothing "
		"was "
		"committed by it",
		candidate->record->path);
	r = submit(candidate, false, &facts, &opened);
	return r < 0 ? explain(candidate, r, opened, &facts, problem) : 0;
}

/*
 * True while the file holds the bytes that were checked. The kernel reads it again at each
 * submission; where it demands no signature, nobody else would notice a change.
 */
static bool is_unchanged(const struct candidate *candidate)
{
	const struct rootfile *file = &candidate->file;
	uint8_t chunk[4096];
	size_t at = 0;
	ssize_t n;

	while ((n = pread(file->fd, chunk, sizeof(chunk), (off_t)at)) > 0) {
		if ((size_t)n > file->len - at || memcmp(chunk, file->bytes + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return n == 0 && at == file->len;
}

static int changed(struct candidate *candidate, const char *when)
{
	struct problem *problem = &candidate->record->problem;

	problem_set(problem, -ESTALE, "was changed %s", when);
	problem_remedy(problem, "find out what writes to it: nothing should while the machine boots");
	return fail(candidate, -ESTALE);
}

/* How the policy stands to the rules that the kernel shows. */
static enum policy_presence find_presence(const struct candidate *candidate)
{
	_cleanup_buf_ struct buf canonical = {0}, shown = {0};
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model;

	kernel_model_init(&model, candidate_kernel_version());
	if (policy_parse(&model, (const char *)candidate->file.bytes, candidate->file.len, NULL, &policy) < 0)
		return POLICY_ABSENT;
	policy_print(&canonical, &policy, PRINT_KERNEL);
	if (buf_failed(&canonical) || securityfs_read_policy(&shown) < 0)
		return POLICY_ABSENT;
	return policy_presence_in(&canonical, buf_string(&shown), shown.len);
}

bool candidate_is_in_force(struct candidate *candidate)
{
	/* The first match counts: behind other rules its own may mean nothing, and a load may replace those. */
	if (securityfs_policy_state() != POLICY_READABLE || find_presence(candidate) != POLICY_ALONE)
		return false;
	(void)enter(candidate, STAGE_CONFIRM);
	candidate->record->result = CANDIDATE_ACCEPTED;
	candidate->record->proof = "read-back";
	return true;
}

/* The proof that the kernel has committed; NULL where there is none. */
static const char *find_proof(const struct candidate *candidate, const struct kmsg_facts *facts)
{
	enum policy_state after = securityfs_policy_state();

	if (after == POLICY_GONE)
		return "file-gone";
	if (after == POLICY_READ_ONLY)
		return "read-only";
	if (facts->failed)
		return NULL;
	/* Labels that no LSM knows yet are not shown, so what is not shown is no disproof. */
	if (after == POLICY_READABLE && find_presence(candidate) != POLICY_ABSENT)
		return "read-back";
	return facts->completed ? "kernel-log" : NULL;
}

int candidate_commit(struct candidate *candidate)
{
	struct problem *problem = enter(candidate, STAGE_COMMIT);
	struct kmsg_facts facts = {0};
	bool opened = false;
	int r;

	if (!is_unchanged(candidate))
		return changed(candidate, "after it was checked; it was not loaded");
	r = submit(candidate, true, &facts, &opened);
	if (r < 0)
		return explain(candidate, r, opened, &facts, problem);
	(void)enter(candidate, STAGE_CONFIRM);
	if (!is_unchanged(candidate))
		return changed(
			candidate, "while the kernel loaded it: what is in force is not what was checked");
	candidate->record->proof = find_proof(candidate, &facts);
	if (!candidate->record->proof) {
		problem_set(problem, -EPROTO, "%s",
			facts.failed
				? "the kernel took the file and then dropped it: it logged \"policy update "
				  "failed\""
				: "the kernel took the file, but nothing proves that its rules are in force");
		problem_remedy(problem, "look at the kernel's log (dmesg) for lines with ima");
		return -EPROTO;
	}
	candidate->record->result = CANDIDATE_ACCEPTED;
	return 0;
}

void candidate_free(struct candidate *candidate)
{
	rootfile_free(&candidate->file);
}
