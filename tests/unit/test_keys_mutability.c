// SPDX-License-Identifier: MIT
/* Tests of keys/mutability.c and keys/executable.c. */
#include "executable.h"
#include "fakeroot.h"
#include "mutability.h"

static void places_tell_what_changes(void **context)
{
	static const char *const mutable_paths[] = {"/etc/passwd", "/var/lib/dpkg/status", "/home/u/f",
		"/root/.profile", "/srv/f", "/tmp/f", "/run/f", "/boot/grub/grubenv", "/boot/grub2/grubenv",
		"/boot/loader/loader.conf"};
	static const char *const fixed_paths[] = {"/usr/bin/env", "/etc/ima/ima-policy",
		"/etc/keys/ima/s.der", "/etc/imaboot/imaboot.conf", "/boot/vmlinuz", "/etcetera",
		"/usr/etc/f", "etc/passwd", "/etc", ""};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(mutable_paths); i++)
		assert_true(mutability_of(mutable_paths[i]));
	for (i = 0; i < ARRAY_SIZE(fixed_paths); i++)
		assert_false(mutability_of(fixed_paths[i]));
}

static void paths_are_told_by_their_text(void **context)
{
	static const char *const paths[][2] = {{"/etc/x", "/etc/x"}, {"//etc///x", "/etc/x"},
		{"/usr/../etc/x", "/etc/x"}, {"/./etc/./x/.", "/etc/x"}, {"/../../etc/x/y/..", "/etc/x"},
		{"/", "/"}, {"//", "/"}, {"/a/..", "/"}, {"/a/b/../../c", "/c"},
		{"/..a/.b/...", "/..a/.b/..."}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *path = mutability_path(paths[i][0]);

		assert_non_null(path);
		assert_string_equal(path, paths[i][1]);
	}
}

static bool begins_executable(const char *bytes, size_t len, const char *path)
{
	_cleanup_close_ int fd = -1;

	fakeroot_bytes("/f", bytes, len);
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return is_executable(fd, path);
}

static void first_bytes_tell_what_is_executed(void **context)
{
	(void)context;
	assert_true(begins_executable("\177ELF", 4, "f"));
	assert_true(begins_executable("#!", 2, "f"));
	assert_true(begins_executable("x", 1, "/m/a.ko.xz"));
	assert_true(begins_executable("x", 1, "/m/a.ko.zst"));
	assert_true(begins_executable("x", 1, "/m/a.ko.gz"));
	assert_false(begins_executable("\177EL", 3, "f"));
	assert_false(begins_executable("#", 1, "f"));
	assert_false(begins_executable("", 0, "f"));
	assert_false(begins_executable("text", 4, "f.ko.xz.txt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_tell_what_changes),
		cmocka_unit_test(paths_are_told_by_their_text),
		cmocka_unit_test_setup_teardown(
			first_bytes_tell_what_is_executed, fakeroot_new, fakeroot_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
