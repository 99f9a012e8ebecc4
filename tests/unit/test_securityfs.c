// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/securityfs.c: the transaction on the policy file.
 * wrap: statfs mount write pwrite read
 */
#include "securityfs.h"
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include "fakeroot.h"

static bool mounted;
static int mount_error, write_error, pwrite_error = EINVAL, read_error;
static struct buf calls;

int __wrap_statfs(const char *path, struct statfs *ret);
int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset);
ssize_t __real_read(int fd, void *bytes, size_t len);
ssize_t __wrap_read(int fd, void *bytes, size_t len);

int __wrap_statfs(const char *path, struct statfs *ret)
{
	assert_string_equal(path, fakeroot_path("/sys/kernel/security"));
	ret->f_type = mounted ? SECURITYFS_MAGIC : 0;
	return 0;
}

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	assert_string_equal(source, "securityfs");
	assert_string_equal(target, fakeroot_path("/sys/kernel/security"));
	assert_string_equal(type, "securityfs");
	assert_int_equal(flags, MS_NOSUID | MS_NODEV | MS_NOEXEC);
	assert_null(data);
	buf_puts(&calls, "mount\n");
	errno = mount_error;
	return mount_error ? -1 : 0;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fd <= 2 || !len) /* not the code under test */
		return __real_write(fd, bytes, len);
	buf_printf(&calls, "write %.*s", (int)len, (const char *)bytes);
	errno = write_error;
	return write_error ? -1 : (ssize_t)len;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	(void)fd;
	(void)bytes;
	buf_printf(&calls, "write %zu byte at %d\n", len, (int)offset);
	errno = pwrite_error;
	return pwrite_error ? -1 : (ssize_t)len;
}

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
	errno = read_error;
	return read_error ? -1 : __real_read(fd, bytes, len);
}

static int start(void **context)
{
	mounted = false;
	mount_error = write_error = read_error = 0;
	pwrite_error = EINVAL;
	return fakeroot_new(context);
}

static void mounted_securityfs_is_left_alone(void **context)
{
	(void)context;
	mounted = true;
	assert_int_equal(securityfs_mount(), 0);
	assert_buf(&calls, "");
}

static void missing_securityfs_is_mounted(void **context)
{
	(void)context;
	assert_int_equal(securityfs_mount(), 0);
	assert_buf(&calls, "mount\n");
	mount_error = EPERM;
	assert_int_equal(securityfs_mount(), -EPERM);
	assert_buf(&calls, "mount\n");
}

/* The state with a policy file of that mode. */
static enum policy_state state_of(mode_t mode)
{
	fakeroot_bytes(IMA_POLICY, "", 0);
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), mode), 0);
	return securityfs_policy_state();
}

static void state_is_read_from_the_file(void **context)
{
	(void)context;
	assert_int_equal(securityfs_policy_state(), POLICY_NO_IMA);
	fakeroot_dir(IMA_DIR);
	assert_int_equal(securityfs_policy_state(), POLICY_GONE);
	assert_int_equal(state_of(0200), POLICY_WRITABLE);
	assert_int_equal(state_of(0600), POLICY_READABLE);
	assert_int_equal(state_of(0400), POLICY_READ_ONLY);
}

static void states_have_names(void **context)
{
	(void)context;
	assert_string_equal(policy_state_name(POLICY_NO_IMA), "absent");
	assert_string_equal(policy_state_name(POLICY_GONE), "loaded-once");
	assert_string_equal(policy_state_name(POLICY_READ_ONLY), "read-only");
	assert_string_equal(policy_state_name(POLICY_WRITABLE), "writable");
	assert_string_equal(policy_state_name(POLICY_READABLE), "readable");
	assert_false(policy_state_is_writable(POLICY_NO_IMA));
	assert_false(policy_state_is_writable(POLICY_GONE));
	assert_false(policy_state_is_writable(POLICY_READ_ONLY));
	assert_true(policy_state_is_writable(POLICY_WRITABLE));
	assert_true(policy_state_is_writable(POLICY_READABLE));
}

static void commit_is_one_write_of_the_descriptors_name(void **context)
{
	bool opened = false;

	(void)context;
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(securityfs_submit(42, true, &opened), 0);
	assert_true(opened);
	assert_buf(&calls, "write /proc/self/fd/42\n");
}

static void dry_run_begins_with_a_write_that_fails(void **context)
{
	bool opened = false;

	(void)context;
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(securityfs_submit(7, false, &opened), 0);
	assert_buf(&calls, "write 1 byte at 1\nwrite /proc/self/fd/7\n");
	write_error = EACCES;
	assert_int_equal(securityfs_submit(7, false, &opened), -EACCES);
	assert_true(opened);
	assert_buf(&calls, "write 1 byte at 1\nwrite /proc/self/fd/7\n");
}

/* A kernel on which that write succeeds, or fails for another reason, might commit: it is given nothing. */
static void dry_run_that_may_commit_is_an_error(void **context)
{
	bool opened;

	(void)context;
	fakeroot_file(IMA_POLICY, "");
	pwrite_error = 0;
	assert_int_equal(securityfs_submit(7, false, &opened), -EPROTO);
	assert_buf(&calls, "write 1 byte at 1\n");
	pwrite_error = EIO;
	assert_int_equal(securityfs_submit(7, false, &opened), -EPROTO);
	assert_buf(&calls, "write 1 byte at 1\n");
}

static void refusal_to_open_is_told_apart(void **context)
{
	bool opened = true;

	(void)context;
	assert_int_equal(securityfs_submit(7, true, &opened), -ENOENT);
	assert_false(opened);
	assert_buf(&calls, "");
}

static void rules_in_force_are_read(void **context)
{
	char *text = malloc(10000);
	struct buf rules = {0};
	FILE *file;

	(void)context;
	memset(text, 'r', 10000);
	assert_int_equal(securityfs_read_policy(&rules), -ENOENT);
	fakeroot_parent(IMA_POLICY);
	file = fopen(fakeroot_path(IMA_POLICY), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, 10000, file), 10000);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(securityfs_read_policy(&rules), 0);
	assert_int_equal(rules.len, 10000);
	assert_memory_equal(rules.data, text, 10000);
	read_error = EIO;
	assert_int_equal(securityfs_read_policy(&rules), -EIO);
	read_error = 0;
	rules.failed = true;
	assert_int_equal(securityfs_read_policy(&rules), -ENOMEM);
	buf_free(&rules);
	free(text);
}

#define SECURITYFS_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SECURITYFS_TEST(mounted_securityfs_is_left_alone),
		SECURITYFS_TEST(missing_securityfs_is_mounted),
		SECURITYFS_TEST(state_is_read_from_the_file),
		SECURITYFS_TEST(states_have_names),
		SECURITYFS_TEST(commit_is_one_write_of_the_descriptors_name),
		SECURITYFS_TEST(dry_run_begins_with_a_write_that_fails),
		SECURITYFS_TEST(dry_run_that_may_commit_is_an_error),
		SECURITYFS_TEST(refusal_to_open_is_told_apart),
		SECURITYFS_TEST(rules_in_force_are_read),
	};

	return RUN_TESTS(tests);
}
