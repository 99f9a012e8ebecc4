// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/recover_root.c and remount.c: what the root has after each action and after each step of it that fails.
 * wrap: securityfs_mount mount boot_run_again fsync renameat linkat write fchmod fchown fsetxattr openat
 */
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "capture.h"
#include "fakeroot.h"
#include "log.h"
#include "out.h"
#include "recover.h"
#include "remount.h"

#define POLICY "/root/etc/ima/ima-policy"
#define GOOD POLICY ".known-good"

static struct {
	struct recover recover;
	struct capture out, err;
	char root[PATH_MAX], image[PATH_MAX];
	const char *accepted; /* the source of the policy that passes the check; NULL: none does */
	int checks;
	int fail_fsync, fail_rename, fail_link; /* the n-th call fails; 0: none does */
	int mount_error;
	int die_at; /* the process ends before the n-th step; 0: never */
	struct buf mounts;
	bool read_only; /* as fstatvfs() has it */
} fake;

int __real_fsync(int fd);
int __wrap_securityfs_mount(void);
int __wrap_fsync(int fd);
int __real_renameat(int from, const char *old, int to, const char *name);
int __wrap_renameat(int from, const char *old, int to, const char *name);
int __real_linkat(int from, const char *old, int to, const char *name, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *name, int flags);
int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
void __wrap_boot_run_again(const char *image, const char *root, const struct boot_again *again,
	struct report *report, struct boot_end *ret);

/* A step that changes the disk, or makes a change last. */
static void step(void)
{
	if (fake.die_at && --fake.die_at == 0)
		_exit(42);
}

static bool fails(int *count)
{
	return *count && --*count == 0;
}

int __wrap_securityfs_mount(void)
{
	return 0;
}

int __wrap_fsync(int fd)
{
	step();
	if (!fails(&fake.fail_fsync))
		return __real_fsync(fd);
	errno = EIO;
	return -1;
}

int __wrap_renameat(int from, const char *old, int to, const char *name)
{
	step();
	if (!fails(&fake.fail_rename))
		return __real_renameat(from, old, to, name);
	errno = ENOSPC;
	return -1;
}

int __wrap_linkat(int from, const char *old, int to, const char *name, int flags)
{
	step();
	if (!fails(&fake.fail_link))
		return __real_linkat(from, old, to, name, flags);
	errno = EPERM;
	return -1;
}

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __real_fchown(int fd, uid_t owner, gid_t group);
int __wrap_fchown(int fd, uid_t owner, gid_t group);
int __real_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags);
int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags);
int __real_openat(int dir, const char *name, int flags, mode_t mode);
int __wrap_openat(int dir, const char *name, int flags, mode_t mode);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	step();
	return __real_write(fd, bytes, len);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	step();
	return __real_fchmod(fd, mode);
}

int __wrap_fchown(int fd, uid_t owner, gid_t group)
{
	step();
	return __real_fchown(fd, owner, group);
}

int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags)
{
	step();
	return __real_fsetxattr(fd, name, value, len, flags);
}

int __wrap_openat(int dir, const char *name, int flags, mode_t mode)
{
	step();
	return __real_openat(dir, name, flags, mode);
}

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	(void)source;
	(void)type;
	(void)data;
	buf_printf(&fake.mounts, "%s %lx\n", target, flags);
	errno = fake.mount_error;
	return fake.mount_error ? -1 : 0;
}

void __wrap_boot_run_again(const char *image, const char *root, const struct boot_again *again,
	struct report *report, struct boot_end *ret)
{
	struct report_candidate *candidate;

	assert_string_equal(image, fake.image);
	assert_string_equal(root, fake.root);
	assert_true(again->check_only);
	assert_int_equal(again->choice, CHOICE_KNOWN_GOOD);
	*ret = (struct boot_end){0};
	fake.checks++;
	if (!fake.accepted)
		return;
	candidate = report_add_candidate(report);
	candidate->source = fake.accepted;
	candidate->result = CANDIDATE_ACCEPTED;
}

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_dir("/image");
	fakeroot_dir("/root");
	fakeroot_dir("/run/imaboot");
	strcpy(fake.root, fakeroot_path("/root"));
	strcpy(fake.image, fakeroot_path("/image"));
	fakeroot_file(PROC_CMDLINE, "quiet\n");
	fakeroot_file(POLICY, "audit\n");
	fakeroot_file(GOOD, "audit # good\n");
	fake.accepted = "known-good";
	log_set_program("test");
	return 0;
}

static int stop(void **context)
{
	buf_free(&fake.mounts);
	return fakeroot_remove(context);
}

#define ROOT_ACTION_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

/* Runs an action; its status, output and messages are checked. */
static void act(const char *name, int status, const char *out, const char *err)
{
	fake.recover = (struct recover){.action = recover_find(name),
		.image = fake.image,
		.root = fake.root,
		.choice = -1,
		.dry_run = fake.recover.dry_run};
	capture_begin(&fake.out, STDOUT_FILENO);
	capture_begin(&fake.err, STDERR_FILENO);
	assert_int_equal(recover_open(&fake.recover), 0);
	assert_int_equal(fake.recover.action->run(&fake.recover), status);
	recover_close(&fake.recover);
	assert_int_equal(out_finish(), 0);
	assert_string_equal(capture_end(&fake.err), err);
	assert_string_equal(capture_end(&fake.out), out);
}

#define SET_ASIDE(name) "test: recovery: /etc/ima/ima-policy is set aside as " name "\n"

static void policy_is_set_aside(void **context)
{
	(void)context;
	act("set-aside", EXIT_DONE, "", SET_ASIDE("ima-policy.bak"));
	assert_false(fakeroot_has(POLICY));
	assert_string_equal(fakeroot_read(POLICY ".bak"), "audit\n");
	act("set-aside", EXIT_DONE,
		"/etc/ima/ima-policy: there is no such file in the root: nothing is to be set aside\n", "");
	assert_non_null(strstr(
		fakeroot_read(RUN_RECOVERY_LOG), " s: /etc/ima/ima-policy is set aside as ima-policy.bak\n"));
}

static void nothing_is_overwritten(void **context)
{
	(void)context;
	fakeroot_file(POLICY ".bak", "first\n");
	fakeroot_link(POLICY ".bak.1", "/nowhere");
	fakeroot_dir(POLICY ".bak.2");
	act("set-aside", EXIT_DONE, "", SET_ASIDE("ima-policy.bak.3"));
	assert_string_equal(fakeroot_read(POLICY ".bak"), "first\n");
	assert_string_equal(fakeroot_read(POLICY ".bak.3"), "audit\n");
	fakeroot_file(POLICY, "again\n");
	act("set-aside", EXIT_DONE, "", SET_ASIDE("ima-policy.bak.4"));
	assert_string_equal(fakeroot_read(POLICY ".bak.3"), "audit\n");
}

/* What the name leads to is not looked at, and nothing out of the root is touched. */
static void links_stay_inside_the_root(void **context)
{
	char target[PATH_MAX];

	(void)context;
	fakeroot_file("/outside/ima-policy", "outside\n");
	assert_int_equal(unlink(fakeroot_path(POLICY)), 0);
	strcpy(target, fakeroot_path("/outside/ima-policy"));
	fakeroot_link(POLICY, target);
	act("set-aside", EXIT_DONE, "", SET_ASIDE("ima-policy.bak"));
	assert_string_equal(fakeroot_read("/outside/ima-policy"), "outside\n");
	assert_int_equal(rename(fakeroot_path("/root/etc/ima"), fakeroot_path("/root/etc/other")), 0);
	strcpy(target, fakeroot_path("/outside"));
	fakeroot_link("/root/etc/ima", target);
	act("set-aside", EXIT_DONE,
		"/etc/ima/ima-policy: there is no such file in the root: nothing is to be set aside\n", "");
	act("restore-known-good", EXIT_FAILED, "",
		"test: /etc/ima/ima-policy: No such file or directory; nothing was changed\n");
	assert_string_equal(fakeroot_read("/outside/ima-policy"), "outside\n");
}

static void dry_run_changes_nothing(void **context)
{
	(void)context;
	fake.recover.dry_run = true;
	act("set-aside", EXIT_DONE, "",
		"test: set-aside: dry run: would rename /etc/ima/ima-policy to ima-policy.bak, or to the "
		"first of "
		"ima-policy.bak.1 and so on that is free\n");
	act("restore-known-good", EXIT_DONE, "",
		"test: restore-known-good: dry run: would copy /etc/ima/ima-policy.known-good to "
		"/etc/ima/ima-policy, and keep what is there as ima-policy.bak\n");
	assert_string_equal(fakeroot_read(POLICY), "audit\n");
	assert_false(fakeroot_has(POLICY ".bak"));
	assert_int_equal(fake.checks, 0);
}

#define IN_PLACE(kept) \
	"test: recovery: /etc/ima/ima-policy.known-good is in place as /etc/ima/ima-policy" kept "\n"

static void known_good_takes_its_place(void **context)
{
	struct stat st;
	char value[16];

	(void)context;
	assert_int_equal(setxattr(fakeroot_path(GOOD), "security.ima", "\x03\x02sig", 5, 0), 0);
	assert_int_equal(setxattr(fakeroot_path(GOOD), "security.selinux", "label", 5, 0), 0);
	assert_int_equal(setxattr(fakeroot_path(GOOD), "security.evm", "\x02hmac", 5, 0), 0);
	assert_int_equal(chmod(fakeroot_path(GOOD), 0640), 0);
	assert_int_equal(chown(fakeroot_path(GOOD), 1, 2), 0);
	act("restore-known-good", EXIT_DONE, "", IN_PLACE("; what was there is ima-policy.bak"));
	assert_string_equal(fakeroot_read(POLICY), "audit # good\n");
	assert_string_equal(fakeroot_read(GOOD), "audit # good\n");
	assert_string_equal(fakeroot_read(POLICY ".bak"), "audit\n");
	assert_int_equal(getxattr(fakeroot_path(POLICY), "security.ima", value, sizeof(value)), 5);
	assert_memory_equal(value, "\x03\x02sig", 5);
	assert_int_equal(getxattr(fakeroot_path(POLICY), "security.selinux", value, sizeof(value)), 5);
	/* An HMAC names the inode that it was made for. */
	assert_int_equal(getxattr(fakeroot_path(POLICY), "security.evm", value, sizeof(value)), -1);
	assert_int_equal(stat(fakeroot_path(POLICY), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_uid, 1);
	assert_int_equal(st.st_gid, 2);
	act("restore-known-good", EXIT_DONE,
		"/etc/ima/ima-policy is the same as /etc/ima/ima-policy.known-good already: nothing is to be "
		"done\n",
		"");
	assert_int_equal(fake.checks, 1);
}

static void portable_evm_signature_is_copied(void **context)
{
	char value[16];

	(void)context;
	assert_int_equal(setxattr(fakeroot_path(GOOD), "security.evm", "\x05sig", 4, 0), 0);
	act("restore-known-good", EXIT_DONE, "", IN_PLACE("; what was there is ima-policy.bak"));
	assert_int_equal(getxattr(fakeroot_path(POLICY), "security.evm", value, sizeof(value)), 4);
}

static void known_good_comes_where_nothing_is(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(POLICY)), 0);
	fakeroot_file("/root/etc/ima/.ima-policy.new", "left by a power cut");
	act("restore-known-good", EXIT_DONE, "", IN_PLACE(""));
	assert_string_equal(fakeroot_read(POLICY), "audit # good\n");
	assert_false(fakeroot_has(POLICY ".bak"));
	assert_false(fakeroot_has("/root/etc/ima/.ima-policy.new"));
}

static void file_system_without_links_gets_a_rename(void **context)
{
	(void)context;
	fake.fail_link = 1;
	act("restore-known-good", EXIT_DONE, "", IN_PLACE("; what was there is ima-policy.bak"));
	assert_string_equal(fakeroot_read(POLICY), "audit # good\n");
	assert_string_equal(fakeroot_read(POLICY ".bak"), "audit\n");
}

static void bad_known_good_stays_where_it_is(void **context)
{
	static const char refused[] =
		"test: /etc/ima/ima-policy.known-good: the kernel does not accept it, or it is "
		"not there: nothing was changed\n";

	(void)context;
	fake.accepted = NULL;
	act("restore-known-good", EXIT_FAILED, "", refused);
	fake.accepted = "image";
	act("restore-known-good", EXIT_FAILED, "", refused);
	assert_string_equal(fakeroot_read(POLICY), "audit\n");
	assert_false(fakeroot_has(POLICY ".bak"));
	assert_int_equal(unlink(fakeroot_path(GOOD)), 0);
	act("restore-known-good", EXIT_FAILED, "",
		"test: /etc/ima/ima-policy.known-good: there is no such file; nothing was changed\n");
	fakeroot_file("/image/etc/imaboot/imaboot.conf", "known-good = none\n");
	act("restore-known-good", EXIT_FAILED, "",
		"test: known-good = none: there is no known-good policy; nothing was changed\n");
}

/* Each step that fails leaves the old policy at its name, and no file of ours. */
static void failed_steps_leave_the_old_policy(void **context)
{
	(void)context;
	fake.fail_fsync = 1;
	act("restore-known-good", EXIT_FAILED, "",
		"test: /etc/ima/ima-policy: Input/output error; nothing was changed\n");
	assert_string_equal(fakeroot_read(POLICY), "audit\n");
	assert_false(fakeroot_has("/root/etc/ima/.ima-policy.new"));
	fake.fail_rename = 1;
	act("restore-known-good", EXIT_FAILED, "",
		"test: /etc/ima/ima-policy: No space left on device; nothing was changed\n");
	assert_string_equal(fakeroot_read(POLICY), "audit\n");
	assert_false(fakeroot_has("/root/etc/ima/.ima-policy.new"));
}

/* Runs an action in a process that ends before its n-th step; returns whether it came that far. */
static bool act_until(const char *name, int n)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct recover recover = {
			.action = recover_find(name), .image = fake.image, .root = fake.root, .choice = -1};

		(void)close(STDERR_FILENO);
		if (recover_open(&recover) < 0)
			_exit(1);
		fake.die_at = n;
		_exit(recover.action->run(&recover));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 42 || WEXITSTATUS(status) == EXIT_DONE));
	return WEXITSTATUS(status) == 42;
}

/* Whenever the process ends, the policy's name leads to the old file or to the new one, and what follows mends the rest. */
static void policy_is_whole_at_each_step(void **context)
{
	const char *text;
	bool was_ended = true;
	int n;

	for (n = 1; was_ended; n++) {
		assert_true(n < 30);
		assert_int_equal(setxattr(fakeroot_path(GOOD), "security.ima", "\x03\x02sig", 5, 0), 0);
		was_ended = act_until("restore-known-good", n);
		text = fakeroot_read(POLICY);
		assert_true(string_equal(text, "audit\n") || string_equal(text, "audit # good\n"));
		if (string_equal(text, "audit # good\n")) {
			char value[8];

			assert_int_equal(
				getxattr(fakeroot_path(POLICY), "security.ima", value, sizeof(value)), 5);
			assert_string_equal(fakeroot_read(POLICY ".bak"), "audit\n");
		}
		assert_false(act_until("restore-known-good", 0));
		assert_string_equal(fakeroot_read(POLICY), "audit # good\n");
		assert_string_equal(fakeroot_read(POLICY ".bak"), "audit\n");
		assert_false(fakeroot_has("/root/etc/ima/.ima-policy.new"));
		assert_int_equal(stop(context), 0);
		assert_int_equal(start(context), 0);
	}
	assert_true(n > 10);
	for (n = 1, was_ended = true; was_ended; n++) {
		was_ended = act_until("set-aside", n);
		assert_string_equal(fakeroot_read(fakeroot_has(POLICY) ? POLICY : POLICY ".bak"), "audit\n");
		assert_int_equal(stop(context), 0);
		assert_int_equal(start(context), 0);
	}
}

static void missing_root_is_told(void **context)
{
	char wanted[PATH_MAX + 128];

	(void)context;
	strcat(fake.root, "/none");
	(void)snprintf(wanted, sizeof(wanted),
		"test: %s: the root cannot be opened: No such file or directory; give the mounted root with "
		"--root\n",
		fake.root);
	act("set-aside", EXIT_FAILED, "", wanted);
	act("restore-known-good", EXIT_FAILED, "", wanted);
}

static void mount_points_are_found(void **context)
{
	static const char line[] =
		"36 35 98:0 /mnt1 /mnt\\0402\\134x rw,noatime master:1 - ext3 /dev/root rw";
	char point[PATH_MAX];

	(void)context;
	assert_true(mountinfo_point(line, 36, point));
	assert_string_equal(point, "/mnt 2\\x");
	assert_false(mountinfo_point(line, 35, point));
	assert_false(mountinfo_point("", 0, point));
	assert_false(mountinfo_point("36", 36, point));
	assert_false(mountinfo_point("36 35 98:0 /mnt1", 36, point));
	assert_true(mountinfo_point("36 35 98:0 /mnt1 /m", 36, point));
	assert_string_equal(point, "/m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_ACTION_TEST(policy_is_set_aside),
		ROOT_ACTION_TEST(nothing_is_overwritten),
		ROOT_ACTION_TEST(links_stay_inside_the_root),
		ROOT_ACTION_TEST(dry_run_changes_nothing),
		ROOT_ACTION_TEST(known_good_takes_its_place),
		ROOT_ACTION_TEST(portable_evm_signature_is_copied),
		ROOT_ACTION_TEST(known_good_comes_where_nothing_is),
		ROOT_ACTION_TEST(file_system_without_links_gets_a_rename),
		ROOT_ACTION_TEST(bad_known_good_stays_where_it_is),
		ROOT_ACTION_TEST(failed_steps_leave_the_old_policy),
		ROOT_ACTION_TEST(policy_is_whole_at_each_step),
		ROOT_ACTION_TEST(missing_root_is_told),
		ROOT_ACTION_TEST(mount_points_are_found),
	};

	return RUN_TESTS(tests);
}
