/* SPDX-License-Identifier: MIT */
/*
 * The kernel as one policy on its way meets it: attributes, memory files, the policy file and the
 * log, for tests that wrap
 *   sigcheck_verify securityfs_submit securityfs_policy_state kmsg_mark kmsg_collect
 *   kmsg_lift_limit kmsg_restore_limit fgetxattr fsetxattr memfd_create write fstatfs
 */
#ifndef IMABOOT_TEST_FAKEPOLICY_H
#define IMABOOT_TEST_FAKEPOLICY_H

#include <linux/magic.h>
#include <sys/vfs.h>
#include "candidate.h"
#include "fakeroot.h"
#include "kmsg.h"
#include "log.h"
#include "securityfs.h"
#include "sigcheck.h"

static struct {
	const char *xattr; /* security.ima of every file; NULL: none */
	int xattr_error;   /* what reading it gives */
	int fsetxattr_error, memfd_error, write_error;
	const char *signer; /* who signed; NULL: the signature is not good */
	int submit_error;   /* the kernel's verdict */
	bool opened;        /* the policy file can be opened */
	enum policy_state after;
	struct kmsg_facts facts;
	struct buf calls;
	char attached[64];  /* the attribute that the memory file got */
	char submitted[64]; /* the content of the file that was submitted */
	int access;         /* how that was open */
	bool want_audit;
	unsigned int fs_type; /* of every file; 0: it is not known */
	const char *rewrite;  /* what /p holds after a submission; NULL: as before */
} fake;

int __wrap_sigcheck_verify(const struct sigcheck *check, const uint8_t *content, size_t len,
	const uint8_t *value, size_t sig_len, char **ret_signer, struct problem *problem);
int __wrap_securityfs_submit(int policy_fd, bool commit, bool *ret_opened);
enum policy_state __wrap_securityfs_policy_state(void);
int __wrap_kmsg_mark(void);
void __wrap_kmsg_collect(int fd, bool want_audit, struct kmsg_facts *ret);
void __wrap_kmsg_lift_limit(char *ret_old);
void __wrap_kmsg_restore_limit(const char *old);
ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);
int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags);
int __real_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __wrap_fstatfs(int fd, struct statfs *ret);

int __wrap_sigcheck_verify(const struct sigcheck *check, const uint8_t *content, size_t len,
	const uint8_t *value, size_t sig_len, char **ret_signer, struct problem *problem)
{
	assert_int_equal(content[len - 1], '\n');
	assert_int_equal(sig_len, fake.xattr ? strlen(fake.xattr) : 0);
	if (sig_len)
		assert_memory_equal(value, fake.xattr, sig_len);
	buf_printf(&fake.calls, "verify %s %s%s%s\n", check->path, check->keyring,
		check->sha1_switch ? ", for SHA-1 " : "", check->sha1_switch ? check->sha1_switch : "");
	if (!fake.signer) {
		problem_set(problem, -EKEYREJECTED, "is badly signed");
		problem_remedy(problem, "sign it");
		return -EKEYREJECTED;
	}
	*ret_signer = strdup(fake.signer);
	return 0;
}

int __wrap_securityfs_submit(int policy_fd, bool commit, bool *ret_opened)
{
	ssize_t len = pread(policy_fd, fake.submitted, sizeof(fake.submitted) - 1, 0);

	assert_true(len > 0);
	fake.submitted[len] = '\0';
	fake.access = fcntl(policy_fd, F_GETFL) & O_ACCMODE;
	buf_puts(&fake.calls, commit ? "commit\n" : "dry run\n");
	if (fake.rewrite)
		fakeroot_file("/r/p", fake.rewrite);
	*ret_opened = fake.opened;
	return fake.submit_error;
}

enum policy_state __wrap_securityfs_policy_state(void)
{
	return fake.after;
}

int __wrap_kmsg_mark(void)
{
	buf_puts(&fake.calls, "mark\n");
	return -1;
}

void __wrap_kmsg_collect(int fd, bool want_audit, struct kmsg_facts *ret)
{
	(void)fd;
	buf_puts(&fake.calls, "collect\n");
	fake.want_audit = want_audit;
	*ret = fake.facts;
}

void __wrap_kmsg_lift_limit(char *ret_old)
{
	strcpy(ret_old, "5\n");
	buf_puts(&fake.calls, "lift\n");
}

void __wrap_kmsg_restore_limit(const char *old)
{
	assert_string_equal(old, "5\n");
	buf_puts(&fake.calls, "restore\n");
}

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	assert_true(fd >= 0);
	assert_string_equal(name, "security.ima");
	assert_int_equal(size, IMASIG_MAX);
	errno = fake.xattr_error ? fake.xattr_error : ENODATA;
	if (!fake.xattr || fake.xattr_error)
		return -1;
	memcpy(ret, fake.xattr, strlen(fake.xattr));
	return (ssize_t)strlen(fake.xattr);
}

int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags)
{
	assert_true(fd >= 0);
	assert_string_equal(name, "security.ima");
	assert_int_equal(flags, 0);
	(void)snprintf(fake.attached, sizeof(fake.attached), "%.*s", (int)len, (const char *)value);
	errno = fake.fsetxattr_error;
	return errno ? -1 : 0;
}

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	errno = fake.memfd_error;
	return errno ? -1 : __real_memfd_create(name, flags);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fake.write_error) {
		errno = fake.write_error;
		return fake.write_error == EIO ? 0 : -1;
	}
	return __real_write(fd, bytes, len);
}

int __wrap_fstatfs(int fd, struct statfs *ret)
{
	(void)fd;
	*ret = (struct statfs){.f_type = fake.fs_type};
	errno = EIO;
	return fake.fs_type ? 0 : -1;
}

static struct report_candidate record;
static struct candidate candidate;

static inline int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	fake.opened = true;
	fake.after = POLICY_GONE;
	fake.fs_type = EXT4_SUPER_MAGIC;
	memset(&record, 0, sizeof(record));
	memset(&candidate, 0, sizeof(candidate));
	candidate.record = &record;
	candidate.keyring = ".ima";
	candidate.file.fd = -1;
	log_set_kmsg(false);
	return fakeroot_new(context);
}

static inline int stop(void **context)
{
	candidate_free(&candidate);
	problem_free(&record.problem);
	free(record.path);
	free(record.signed_by);
	free(record.not_verified);
	buf_free(&fake.calls);
	return fakeroot_remove(context);
}

/* Reads /p of the root, or the image's policy. */
static inline int read_it(bool of_image)
{
	int fd, r;

	fakeroot_dir("/r");
	fd = root_open(fakeroot_path("/r"));
	r = of_image ? candidate_read_image(&candidate, fd, "/r")
		     : candidate_read(&candidate, fd, "/r", "/p");
	(void)close(fd);
	return r;
}

/* The candidate failed in that stage, for that reason. */
static inline void check_failed(
	int r, enum policy_stage stage, int error, const char *reason, const char *remedy)
{
	assert_int_equal(r, error);
	assert_int_equal(record.stage, stage);
	assert_int_equal(record.result, CANDIDATE_FAILED);
	assert_problem(&record.problem, error, reason, remedy);
}

#define CANDIDATE_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

#endif
