// SPDX-License-Identifier: MIT
/*
 * What the recovery writes to the real root: the policy set aside, and the known-good one in its place.
 *
 * At each moment the policy's name leads to the old file or to the new one, whole, or, after it was set aside, to
 * nothing; what was there keeps a name of its own, which nothing that is there loses for it. A copy is complete and
 * on the disk, with its extended attributes, before it gets the name; then the folder is synced. On a file system with
 * a journal that holds whatever happens to the machine in between.
 */
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include "candidate.h"
#include "copyfile.h"
#include "format.h"
#include "log.h"
#include "out.h"
#include "remount.h"
#include "rootfile.h"

#define NAMES_MAX 1000 /* names for files that were set aside */

/* The folder of the policy, while it can be written to. */
struct place {
	const char *path; /* of the policy, in the root */
	const char *name; /* its last part */
	int root_fd, dir_fd;
	struct remount remount;
};

static int place_error(const struct place *place, int error, const struct problem *problem)
{
	log_error("%s: %s%s%s; nothing was changed", place->path,
		problem->error ? problem_reason_text(problem) : strerror(-error), problem->remedy ? "; " : "",
		problem_remedy_text(problem));
	return error;
}

static void place_close(struct place *place)
{
	remount_back(&place->remount);
	close_fd(&place->dir_fd);
	close_fd(&place->root_fd);
}

#define _cleanup_place_ _cleanup_(place_close)

/* Finds the folder; nothing is made writable yet. -ENOENT, a root without that folder, is not logged. */
static int place_open(const struct recover *recover, struct place *ret)
{
	struct problem none = {0};

	*ret = (struct place){.path = recover->boot.settings.config.policy,
		.root_fd = root_open(recover->root),
		.dir_fd = -1};
	if (ret->root_fd < 0) {
		log_error("%s: the root cannot be opened: %s; give the mounted root with --root",
			recover->root, strerror(-ret->root_fd));
		return -ENOTDIR;
	}
	ret->dir_fd = root_open_parent(ret->root_fd, ret->path, &ret->name);
	return ret->dir_fd < 0 && ret->dir_fd != -ENOENT ? place_error(ret, ret->dir_fd, &none) : ret->dir_fd;
}

static int place_make_writable(struct place *place)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = remount_writable(place->dir_fd, &place->remount, &problem);

	return r < 0 ? place_error(place, r, &problem) : 0;
}

/* The name of a file that was set aside: NAME.bak, NAME.bak.1, … */
static int bak_name(const struct place *place, unsigned int number, char ret[static NAME_MAX + 1])
{
	size_t len = number ? format_text(ret, NAME_MAX + 1, "%s.bak.%u", place->name, number)
			    : format_text(ret, NAME_MAX + 1, "%s.bak", place->name);

	return len > NAME_MAX ? -ENAMETOOLONG : 0;
}

/*
 * Gives the policy a second name, one that nothing has. linkat(2) fails where the name is taken, in one step. Returns 0
 * or a negative errno.
 */
static int keep(const struct place *place, char ret[static NAME_MAX + 1])
{
	unsigned int i;
	int r;

	for (i = 0; i < NAMES_MAX; i++) {
		r = bak_name(place, i, ret);
		if (r < 0)
			return r;
		if (linkat(place->dir_fd, place->name, place->dir_fd, ret, 0) == 0)
			return fsync(place->dir_fd) < 0 ? -errno : 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* Moves it there, for file systems without hard links, and for a policy that nothing comes in place of. */
static int move_aside(const struct place *place, char ret[static NAME_MAX + 1])
{
	unsigned int i;
	int r;

	for (i = 0; i < NAMES_MAX; i++) {
		r = bak_name(place, i, ret);
		if (r < 0)
			return r;
		if (syscall(SYS_renameat2, place->dir_fd, place->name, place->dir_fd, ret,
			    RENAME_NOREPLACE) == 0)
			return fsync(place->dir_fd) < 0 ? -errno : 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* Whether the policy's name is there, whatever it leads to: 0, -ENOENT, or another negative errno, which is logged. */
static int is_there(const struct place *place)
{
	struct problem none = {0};
	struct stat st;

	if (fstatat(place->dir_fd, place->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return errno == ENOENT ? -ENOENT : place_error(place, -errno, &none);
}

int recover_set_aside(struct recover *recover)
{
	_cleanup_place_ struct place place = {.root_fd = -1, .dir_fd = -1};
	struct problem none = {0};
	char name[NAME_MAX + 1];
	int r = place_open(recover, &place);

	if (r >= 0)
		r = is_there(&place);
	if (r == -ENOENT) {
		out_printf("%s: there is no such file in the root: nothing is to be set aside\n", place.path);
		return EXIT_DONE;
	}
	if (r < 0)
		return EXIT_FAILED;
	if (recover->dry_run) {
		log_notice(
			"set-aside: dry run: would rename %s to %s.bak, or to the first of %s.bak.1 and so "
			"on that is free",
			place.path, place.name, place.name);
		return EXIT_DONE;
	}
	if (place_make_writable(&place) < 0)
		return EXIT_FAILED;
	r = move_aside(&place, name);
	if (r < 0) {
		(void)place_error(&place, r, &none);
		return EXIT_FAILED;
	}
	recover_log("%s is set aside as %s", place.path, name);
	return EXIT_DONE;
}

/* ---- the known-good policy in its place ---- */

/* Keeps what is there, then lets the copy take its name. */
static int put_in_place(
	const struct place *place, const struct rootfile *file, char kept[static NAME_MAX + 1])
{
	char beside[NAME_MAX + 1];
	int r = 0;

	*kept = '\0';
	if (format_text(beside, sizeof(beside), ".%s.new", place->name) > NAME_MAX)
		return -ENAMETOOLONG;
	r = copyfile_make(place->dir_fd, beside, file);
	if (r == 0) {
		r = keep(place, kept);
		if (r == -ENOENT)
			r = 0, *kept = '\0';
		else if (r == -EPERM || r == -EOPNOTSUPP || r == -EMLINK)
			r = move_aside(place, kept);
	}
	if (r == 0 && renameat(place->dir_fd, beside, place->dir_fd, place->name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(place->dir_fd, beside, 0);
		return r;
	}
	return fsync(place->dir_fd) < 0 ? -errno : 0;
}

/* What is put in place must pass: the kernel judges it first, by its content and its signature. */
static bool known_good_passes(struct recover *recover)
{
	const struct boot_again again = {
		.choice = CHOICE_KNOWN_GOOD, .check_only = true, .late = recover->boot.late};
	_cleanup_report_ struct report report = {0};
	const struct report_candidate *policy;
	struct boot_end end = {0};

	boot_run_again(recover->image, recover->root, &again, &report, &end);
	policy = report_policy(&report);
	if (policy && string_equal(policy->source, "known-good"))
		return true;
	log_error("%s: the kernel does not accept it, or it is not there: nothing was changed",
		recover->boot.settings.config.known_good);
	return false;
}

/* True where the policy is a copy of the known-good one already, in content and signature. */
static bool is_same(const struct recover *recover, const struct place *place, const struct rootfile *good)
{
	_cleanup_rootfile_ struct rootfile now = {.fd = -1};
	_cleanup_problem_ struct problem problem = {0};
	uint8_t now_sig[IMASIG_MAX], good_sig[IMASIG_MAX];
	ssize_t now_len, good_len;

	if (rootfile_read(place->root_fd, recover->root, place->path, POLICY_SIZE_MAX, &now, &problem) < 0)
		return false;
	now_len = fgetxattr(now.fd, "security.ima", now_sig, sizeof(now_sig));
	good_len = fgetxattr(good->fd, "security.ima", good_sig, sizeof(good_sig));
	return now.len == good->len && memcmp(now.bytes, good->bytes, now.len) == 0 && now_len == good_len &&
	       (now_len <= 0 || memcmp(now_sig, good_sig, (size_t)now_len) == 0);
}

/* Reads the known-good policy of the root. */
static int read_known_good(const struct recover *recover, const struct place *place, struct rootfile *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *path = recover->boot.settings.config.known_good;
	int r = *path ? rootfile_read(place->root_fd, recover->root, path, POLICY_SIZE_MAX, ret, &problem)
		      : -ENOENT;

	if (r < 0)
		log_error("%s: %s; nothing was changed", *path ? path : "known-good = none",
			*path ? problem_reason_text(&problem) : "there is no known-good policy");
	return r;
}

int recover_restore(struct recover *recover)
{
	_cleanup_place_ struct place place = {.root_fd = -1, .dir_fd = -1};
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	struct problem none = {0};
	const char *from = recover->boot.settings.config.known_good;
	char kept[NAME_MAX + 1];
	int r = place_open(recover, &place);

	if (r == -ENOENT)
		(void)place_error(&place, r, &none);
	if (r < 0 || read_known_good(recover, &place, &file) < 0)
		return EXIT_FAILED;
	if (is_same(recover, &place, &file)) {
		out_printf("%s is the same as %s already: nothing is to be done\n", place.path, from);
		return EXIT_DONE;
	}
	if (recover->dry_run) {
		log_notice(
			"restore-known-good: dry run: would copy %s to %s, and keep what is there as %s.bak",
			from, place.path, place.name);
		return EXIT_DONE;
	}
	if (!known_good_passes(recover))
		return EXIT_FAILED;
	if (place_make_writable(&place) < 0)
		return EXIT_FAILED;
	r = put_in_place(&place, &file, kept);
	if (r < 0) {
		(void)place_error(&place, r, &none);
		return EXIT_FAILED;
	}
	recover_log("%s is in place as %s%s%s", from, place.path, *kept ? "; what was there is " : "", kept);
	return EXIT_DONE;
}
