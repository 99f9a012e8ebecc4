// SPDX-License-Identifier: MIT
/*
 * imactl deploy: a policy, its signature and the certificates to their places in a root, once plan says that it will
 * boot with them. The policy comes last: until then nothing has changed that a boot goes by.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "complain.h"
#include "imasig.h"
#include "imaxattr.h"
#include "infile.h"
#include "initramfs.h"
#include "place.h"
#include "plan_run.h"
#include "rootfile.h"
#include "verbs.h"
#include "x509.h"

#define NAME "deploy"
#define POLICY "/etc/ima/ima-policy"
#define POLICY_NAME "ima-policy"
#define KEPT_NAME "ima-policy.bak"
#define SIGNERS "/etc/keys/ima/"
#define CAS "/etc/keys/ima/ca/"

static struct plan_options opts;
static const char *signature_option;
static bool force_option, dry_run_option, no_initramfs_option;

/* The policy as it will be. */
struct policy_bytes {
	struct buf text;
	uint8_t value[IMASIG_MAX]; /* of security.ima */
	size_t value_len;
};

static const char *root_name(void)
{
	return opts.files.root ? opts.files.root : "/";
}

/* The signature: a file that is named, the policy's own attribute, or FILE.sig. */
static int read_signature(int fd, struct policy_bytes *ret, struct problem *problem, const char **ret_name)
{
	_cleanup_buf_ struct buf bytes = {0};
	_cleanup_free_ char *name = NULL;
	int r;

	*ret_name = signature_option ? signature_option : opts.policy;
	if (!signature_option) {
		r = imaxattr_get(fd, ret->value, sizeof(ret->value), &ret->value_len);
		if (r < 0 && r != -EOPNOTSUPP)
			return problem_set(problem, r, "its security.ima cannot be read: %s", strerror(-r));
		if (ret->value_len)
			return 0;
		if (asprintf(&name, "%s.sig", opts.policy) < 0) {
			name = NULL;
			return problem_set(problem, -ENOMEM, "out of memory");
		}
		if (access(name, F_OK) < 0)
			return 0;
	}
	r = infile_read(signature_option ? signature_option : name, sizeof(ret->value), &bytes, problem);
	if (r == 0)
		memcpy(ret->value, bytes.data, ret->value_len = bytes.len);
	return r;
}

static int read_policy(struct policy_bytes *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = open(opts.policy, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *name = opts.policy;
	int r = fd < 0 ? problem_set(&problem, -errno, "cannot be opened: %s", strerror(errno)) : 0;

	if (r == 0)
		r = infile_read_fd(fd, INFILE_POLICY_MAX, &ret->text, &problem);
	if (r == 0)
		r = read_signature(fd, ret, &problem, &name);
	return r < 0 ? complain(name, &problem) : 0;
}

/* ---- putting it in place ------------------------------------------------------------------ */

/* Says one step; with --dry-run that is all. Returns true when it is to be done. */
static bool step(const char *what, const char *path)
{
	struct buf line = {0};

	buf_printf(&line, "%s%s %s%s", dry_run_option ? "would " : "", what,
		opts.files.root ? opts.files.root : "", path);
	log_notice("%s", buf_string(&line));
	buf_free(&line);
	return !dry_run_option;
}

static int put(int root_fd, const char *path, const char *keep, const struct place_file *file)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int folder = -1;

	if (!step("write", path))
		return 0;
	folder = place_open_folder(root_fd, path, true);
	if (folder < 0)
		problem_set(&problem, folder, "its folder cannot be opened or made: %s", strerror(-folder));
	else if (place_write(folder, strrchr(path, '/') + 1, keep, file, &problem) == 0)
		return 0;
	return complain(path, &problem);
}

/* A certificate goes there in DER, under its own name. */
static int put_certificate(int root_fd, const char *source, const char *folder)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_x509_ X509 *certificate = NULL;
	_cleanup_buf_ struct buf der = {0}, path = {0};
	const char *slash = strrchr(source, '/'), *name = slash ? slash + 1 : source,
		   *dot = strrchr(name, '.');
	struct x509_form form;

	if (x509_load(source, &certificate, &form, &problem) < 0)
		return complain(source, &problem);
	if (x509_encode(certificate, false, &der) < 0) {
		log_error(NAME ": out of memory");
		return EXIT_FAILED;
	}
	buf_printf(&path, "%s%.*s.der", folder,
		(int)(dot && dot > name ? dot - name : (ptrdiff_t)strlen(name)), name);
	return put(root_fd, buf_string(&path), NULL,
		&(struct place_file){.bytes = der.data, .len = der.len, .mode = 0644});
}

static int put_certificates(int root_fd)
{
	size_t i;
	int status = 0;

	for (i = 0; !status && i < opts.cas.count; i++)
		status = put_certificate(root_fd, opts.cas.strings[i], CAS);
	for (i = 0; !status && i < opts.signers.count; i++)
		status = put_certificate(root_fd, opts.signers.strings[i], SIGNERS);
	return status;
}

static int build_initramfs(void)
{
	_cleanup_problem_ struct problem problem = {0};

	if (no_initramfs_option)
		return 0;
	if (!string_equal(root_name(), "/")) {
		log_notice("the initramfs of %s is not made anew: run dracut or update-initramfs in it",
			root_name());
		return 0;
	}
	if (!step("make the initramfs anew with",
		    initramfs_program() ? initramfs_program() : "nothing: there is no program"))
		return 0;
	return initramfs_build(opts.kernel, &problem) < 0 ? complain("initramfs", &problem) : 0;
}

static int deploy(int root_fd, const struct policy_bytes *policy)
{
	const struct place_file file = {.bytes = buf_string(&policy->text),
		.len = policy->text.len,
		.mode = 0644,
		.value = policy->value_len ? policy->value : NULL,
		.value_len = policy->value_len};
	int status = put_certificates(root_fd);

	/* An image that cannot be made leaves the machine with its old policy. */
	if (!status)
		status = build_initramfs();
	if (!status)
		status = put(root_fd, POLICY, KEPT_NAME, &file);
	return status;
}

static int run_deploy(size_t count, char **operands)
{
	struct policy_bytes policy = {0};
	_cleanup_close_ int root_fd = -1;
	int status;

	(void)count;
	(void)operands;
	if (!opts.policy) {
		log_error(NAME ": --policy is missing; see 'imactl deploy --help'");
		return EXIT_USAGE;
	}
	status = read_policy(&policy);
	opts.signature = policy.value_len ? policy.value : NULL;
	opts.signature_len = policy.value_len;
	if (!status)
		status = plan_run(NAME, &opts);
	if (status == EXIT_FAILED && force_option) {
		log_warning("--force: it is put in place all the same");
		status = 0;
	} else if (status == EXIT_FAILED) {
		log_error(NAME ": nothing was changed; mend it first, or use --force");
	}
	(void)fflush(stdout);
	if (!status) {
		root_fd = root_open(root_name());
		status = root_fd < 0 ? EXIT_FAILED : deploy(root_fd, &policy);
	}
	buf_free(&policy.text);
	return status;
}

static const struct verb_option options[] = {
	{.name = "policy", .argument = "FILE", .help = "the policy to put in place", .value = &opts.policy},
	{.name = "signature",
		.argument = "FILE",
		.help = "its signature, instead of its security.ima or FILE.sig",
		.value = &signature_option},
	{.name = "cert",
		.argument = "CERT",
		.help = "a signer's certificate to put there too; may be repeated",
		.list = &opts.signers},
	{.name = "ca", .argument = "CA", .help = "an intermediate CA's; may be repeated", .list = &opts.cas},
	{.name = "root",
		.argument = "DIR",
		.help = "the root, of this machine unless given",
		.value = &opts.files.root},
	{.name = "trusted",
		.argument = "CA",
		.help = "for plan: a certificate that the kernel trusts",
		.list = &opts.trusted},
	{.name = "kernel",
		.argument = "VERSION",
		.help = "the kernel that will be booted",
		.value = &opts.kernel},
	{.name = "config", .argument = "FILE", .help = "for plan: its configuration", .value = &opts.config},
	{.name = "init",
		.argument = "PATH",
		.help = "for plan: the program that is started",
		.value = &opts.init},
	{.name = "fstype",
		.argument = "NAME",
		.help = "for plan: the file system that a folder will be",
		.value = &opts.told.type},
	{.name = "fsuuid", .argument = "UUID", .help = "for plan: and its UUID", .value = &opts.told.uuid},
	{.name = "jobs", .argument = "N", .help = "for plan: threads", .value = &opts.files.jobs},
	{.name = "force", .help = "also what will not boot", .flag = &force_option},
	{.name = "no-initramfs", .help = "do not make the initramfs anew", .flag = &no_initramfs_option},
	{.name = "dry-run", .help = "plan, and say what would be done", .flag = &dry_run_option},
	{.name = "json", .help = "print what plan says as one object", .flag = &opts.json},
	{0},
};

const struct verb verb_deploy = {
	.name = NAME,
	.operands = "",
	.summary = "put a policy and certificates in place, once they will boot",
	.details =
		"Plans first, and changes nothing when the root would not boot. Then the certificates, the\n"
		"initramfs, and last the policy with its signature, in one step; the one before it stays "
		"as\n" POLICY_NAME ".bak.",
	.options = options,
	.run = run_deploy,
};
