// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/guard.c. The wrapped calls keep a mountinfo of their own.
 * wrap: mount umount2
 */
#include "guard.h"
#include <sys/mount.h>
#include "fakeroot.h"

static int bind_error, remount_error, umount_error;
static bool remount_does_nothing;
static int mounts; /* bind mounts on the policy file */
static bool read_only;
static struct buf calls;

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int __wrap_umount2(const char *target, int flags);

static void write_mountinfo(void)
{
	struct buf text = {0};
	int i;

	buf_puts(&text, "22 1 0:7 / /sys/kernel/security rw,nosuid - securityfs securityfs rw\n");
	for (i = 0; i < mounts; i++)
		buf_printf(&text, "%d 22 0:7 /integrity/ima/policy " IMA_POLICY " %s - securityfs s rw\n",
			30 + i, read_only ? "ro,nosuid" : "rw");
	fakeroot_file(PROC_MOUNTINFO, buf_string(&text));
	buf_free(&text);
}

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	bool remount = flags & MS_REMOUNT;

	assert_string_equal(target, fakeroot_path(IMA_POLICY));
	assert_true(!source == remount);
	assert_null(type);
	assert_null(data);
	assert_int_equal(flags,
		remount ? MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC : MS_BIND);
	buf_puts(&calls, remount ? "remount " : "bind ");
	errno = remount ? remount_error : bind_error;
	if (errno)
		return -1;
	mounts += !remount;
	read_only |= remount && !remount_does_nothing;
	write_mountinfo();
	return 0;
}

int __wrap_umount2(const char *target, int flags)
{
	assert_string_equal(target, fakeroot_path(IMA_POLICY));
	buf_puts(&calls, flags == UMOUNT_NOFOLLOW ? "umount " : flags == MNT_DETACH ? "detach " : "? ");
	errno = umount_error;
	if (umount_error)
		return -1;
	mounts--;
	write_mountinfo();
	return 0;
}

static int start(void **context)
{
	bind_error = remount_error = umount_error = mounts = 0;
	read_only = remount_does_nothing = false;
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_file(IMA_POLICY, "");
	write_mountinfo();
	return 0;
}

static void line_of_the_guard_is_recognised(void **context)
{
	(void)context;
	assert_true(mountinfo_is_guard("30 22 0:7 /r /p ro,nosuid shared:1 - s s rw\n", "/p"));
	assert_true(mountinfo_is_guard("30 22 0:7 /r /p ro - s s rw\n", "/p"));
}

static void other_lines_are_not_the_guard(void **context)
{
	(void)context;
	assert_false(mountinfo_is_guard("30 22 0:7 /r /p rw,nosuid - s s ro\n", "/p"));
	assert_false(mountinfo_is_guard("30 22 0:7 /p /q ro - s s rw\n", "/p"));
	assert_false(mountinfo_is_guard("30 22 0:7 /r /p2 ro - s s rw\n", "/p"));
	assert_false(mountinfo_is_guard("30 22 0:7 /r / ro - s s rw\n", "/p"));
	assert_false(mountinfo_is_guard("30 22 0:7 /r /p rox - s s rw\n", "/p"));
	assert_false(mountinfo_is_guard("30 22 0:7 /r /p ro", "/p"));
	assert_false(mountinfo_is_guard("30 22 0:7 /r /p\n", "/p"));
	assert_false(mountinfo_is_guard("", "/p"));
}

static void guard_is_a_read_only_bind_mount(void **context)
{
	(void)context;
	assert_false(guard_is_set());
	assert_int_equal(guard_set(), 0);
	assert_true(guard_is_set());
	assert_buf(&calls, "bind remount ");
}

static void guard_is_set_once(void **context)
{
	(void)context;
	assert_int_equal(guard_set(), 0);
	assert_int_equal(guard_set(), 0);
	assert_int_equal(mounts, 1);
	assert_buf(&calls, "bind remount ");
}

static void guard_without_policy_file_fails(void **context)
{
	(void)context;
	bind_error = ENOENT;
	assert_int_equal(guard_set(), -ENOENT);
	assert_buf(&calls, "bind ");
}

static void half_a_guard_is_taken_away(void **context)
{
	(void)context;
	remount_error = EPERM;
	assert_int_equal(guard_set(), -EPERM);
	assert_int_equal(mounts, 0);
	assert_buf(&calls, "bind remount detach ");
}

static void guard_that_does_not_show_is_a_failure(void **context)
{
	(void)context;
	remount_does_nothing = true;
	assert_int_equal(guard_set(), -EPROTO);
	buf_free(&calls);
}

static void guard_is_lifted_wholly(void **context)
{
	(void)context;
	mounts = 3;
	read_only = true;
	write_mountinfo();
	assert_int_equal(guard_lift(), 0);
	assert_false(guard_is_set());
	assert_buf(&calls, "umount umount umount ");
	assert_int_equal(guard_lift(), 0);
	assert_buf(&calls, "");
}

static void guard_that_stays_is_an_error(void **context)
{
	(void)context;
	mounts = 1;
	read_only = true;
	write_mountinfo();
	umount_error = EBUSY;
	assert_int_equal(guard_lift(), -EBUSY);
	assert_buf(&calls, "umount ");
}

static void without_mountinfo_no_guard_is_seen(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(PROC_MOUNTINFO)), 0);
	assert_false(guard_is_set());
	assert_int_equal(guard_lift(), 0);
}

#define GUARD_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_of_the_guard_is_recognised),
		cmocka_unit_test(other_lines_are_not_the_guard),
		GUARD_TEST(guard_is_a_read_only_bind_mount),
		GUARD_TEST(guard_is_set_once),
		GUARD_TEST(guard_without_policy_file_fails),
		GUARD_TEST(half_a_guard_is_taken_away),
		GUARD_TEST(guard_that_does_not_show_is_a_failure),
		GUARD_TEST(guard_is_lifted_wholly),
		GUARD_TEST(guard_that_stays_is_an_error),
		GUARD_TEST(without_mountinfo_no_guard_is_seen),
	};

	return RUN_TESTS(tests);
}
