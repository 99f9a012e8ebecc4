// SPDX-License-Identifier: MIT
/*
 * imactl bless: the policy of this boot becomes the known-good one. Run once the boot is complete (boot-complete.target):
 * a policy under which the machine came up is what a later boot may fall back to.
 *
 * What is copied is the file that the boot put in force and no other: the report names its SHA-256.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>
#include "copyfile.h"
#include "digest.h"
#include "format.h"
#include "log.h"
#include "rootconf.h"
#include "rootfile.h"
#include "verbs.h"

#define REPORT "/run/imaboot/status.json"
#define REPORT_MAX (16 * 1024 * 1024)
#define POLICY_MAX (1024 * 1024)
#define SIGNATURE_MAX 65536

static const char *root_option;
static bool dry_run_option;

/* Reads a file of the root; *problem is set, and told unless the file is absent. */
static int read_file(int root_fd, const char *root, const char *path, size_t max, struct rootfile *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = rootfile_read(root_fd, root, path, max, ret, &problem);

	if (r < 0 && r != -ENOENT)
		log_error("%s: %s%s%s", path, problem_reason_text(&problem), problem.remedy ? "; " : "",
			problem_remedy_text(&problem));
	return r;
}

/*
 * Takes the SHA-256 of the root's policy out of the report, which the boot program writes: "policy" is an object there that
 * begins with its source, and no quote stands in a string without a backslash before it. Returns 0, or EXIT_NOT_APPLICABLE.
 */
static int read_report(const char *report, char ret[static 65])
{
	static const char policy[] = "\"policy\":{\"source\":\"root\",", digest[] = "\"sha256\":\"";
	const char *at = strstr(report, policy);
	bool enforced =
		strstr(report, "\"outcome\":\"enforced\"") || strstr(report, "\"outcome\":\"deferred\"");

	at = at && enforced ? strstr(at, digest) : NULL;
	if (!at || strlen(at) < strlen(digest) + 64) {
		log_notice("bless: the policy in force is not the root's own: there is nothing to bless (see "
			   "'imaboot "
			   "status')");
		return EXIT_NOT_APPLICABLE;
	}
	memcpy(ret, at + strlen(digest), 64);
	ret[64] = '\0';
	return 0;
}

static ssize_t read_signature(int fd, uint8_t ret[static SIGNATURE_MAX])
{
	return fgetxattr(fd, "security.ima", ret, SIGNATURE_MAX);
}

/* True where the known-good policy is that one already. */
static bool is_same(int root_fd, const char *root, const char *path, const struct rootfile *policy)
{
	_cleanup_rootfile_ struct rootfile now = {.fd = -1};
	static uint8_t one[SIGNATURE_MAX], other[SIGNATURE_MAX];
	ssize_t len, other_len;

	if (read_file(root_fd, root, path, POLICY_MAX, &now) < 0)
		return false;
	len = read_signature(now.fd, one);
	other_len = read_signature(policy->fd, other);
	return now.len == policy->len && memcmp(now.bytes, policy->bytes, now.len) == 0 && len == other_len &&
	       (len <= 0 || memcmp(one, other, (size_t)len) == 0);
}

/* The copy gets the name by one rename; until then the name leads to the old known-good policy. */
static int put_in_place(int root_fd, const char *path, const struct rootfile *policy)
{
	char beside[NAME_MAX + 1];
	const char *name;
	_cleanup_close_ int dir_fd = root_open_parent(root_fd, path, &name);
	int r;

	if (dir_fd < 0)
		return dir_fd;
	if (format_text(beside, sizeof(beside), ".%s.new", name) > NAME_MAX)
		return -ENAMETOOLONG;
	r = copyfile_make(dir_fd, beside, policy);
	if (r == 0 && renameat(dir_fd, beside, dir_fd, name) < 0) {
		r = -errno;
		(void)unlinkat(dir_fd, beside, 0);
	}
	return r == 0 && fsync(dir_fd) < 0 ? -errno : r;
}

static int bless(int root_fd, const char *root, const struct config *config, const char *wanted)
{
	_cleanup_rootfile_ struct rootfile policy = {.fd = -1};
	char sha256[65];
	int r = read_file(root_fd, root, config->policy, POLICY_MAX, &policy);

	if (r == -ENOENT)
		log_error("bless: %s: there is no such file, though it was put in force", config->policy);
	if (r < 0)
		return EXIT_FAILED;
	digest_sha256_hex(policy.bytes, policy.len, sha256);
	if (!string_equal(sha256, wanted)) {
		log_error("bless: %s is not the file that this boot put in force (its SHA-256 is %s, that of "
			  "the boot "
			  "%s): boot with it first",
			config->policy, sha256, wanted);
		return EXIT_FAILED;
	}
	if (is_same(root_fd, root, config->known_good, &policy)) {
		printf("%s: is the known-good policy already\n", config->policy);
		return EXIT_DONE;
	}
	if (dry_run_option) {
		printf("%s: would become %s\n", config->policy, config->known_good);
		return EXIT_DONE;
	}
	r = put_in_place(root_fd, config->known_good, &policy);
	if (r < 0) {
		log_error("bless: %s cannot be written: %s; what was there is as it was", config->known_good,
			strerror(-r));
		return EXIT_FAILED;
	}
	printf("%s: is the known-good policy now, %s\n", config->policy, config->known_good);
	return EXIT_DONE;
}

/* The report that the boot has left, as text, then what it says. Returns 0 or an exit status. */
static int find_wanted(int root_fd, const char *root, char ret[static 65])
{
	_cleanup_rootfile_ struct rootfile report = {.fd = -1};
	_cleanup_free_ char *text = NULL;
	int r = read_file(root_fd, root, REPORT, REPORT_MAX, &report);

	if (r == -ENOENT)
		log_notice("bless: there is no report of imaboot (" REPORT
			   "): this boot put no policy in force");
	if (r < 0)
		return r == -ENOENT ? EXIT_NOT_APPLICABLE : EXIT_FAILED;
	text = strndup((const char *)report.bytes, report.len);
	return text ? read_report(text, ret) : EXIT_FAILED;
}

static int run_bless(size_t count, char **operands)
{
	const char *root = root_option ? root_option : "/";
	_cleanup_close_ int root_fd = root_open(root);
	_cleanup_rootconf_ struct rootconf conf = {0};
	char wanted[65];
	int status;

	(void)count;
	(void)operands;
	if (root_fd < 0) {
		log_error("bless: %s: the root cannot be opened: %s", root, strerror(-root_fd));
		return EXIT_FAILED;
	}
	if (rootconf_read(root_fd, root, false, &conf) < 0)
		return EXIT_FAILED;
	if (conf.problem.error) {
		log_error("bless: imaboot.conf %s", problem_reason_text(&conf.problem));
		return EXIT_USAGE;
	}
	if (!*conf.config.known_good) {
		log_notice("bless: the configuration says known-good = none: there is nothing to do");
		return EXIT_NOT_APPLICABLE;
	}
	status = find_wanted(root_fd, root, wanted);
	return status ? status : bless(root_fd, root, &conf.config, wanted);
}

static const struct verb_option options[] = {
	{.name = "root", .argument = "DIR", .help = "the running system's root (/)", .value = &root_option},
	{.name = "dry-run", .help = "tell what would be done; do nothing", .flag = &dry_run_option},
	{0},
};

const struct verb verb_bless = {
	.name = "bless",
	.operands = "",
	.summary = "keep the policy of this boot as the known-good one",
	.details = "Copies the policy that this boot put in force, with its signature, to\n"
		   "/etc/ima/ima-policy.known-good. imaboot-bless.service does it when a boot is complete.",
	.options = options,
	.run = run_bless,
};
