// SPDX-License-Identifier: MIT
/* Tests of keys/mutability.c, others.c and executable.c. */
#include "executable.h"
#include "fakeroot.h"
#include "mutability.h"
#include "others.h"

static void places_tell_what_changes(void **context)
{
	static const char *const mutable_paths[] = {"/etc/passwd", "/var/lib/dpkg/status", "/home/u/f",
		"/root/.profile", "/srv/f", "/tmp/f", "/run/f", "/boot/grub/grubenv", "/boot/grub2/grubenv",
		"/boot/loader/loader.conf", "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/swapfile", "/swap.img"};
	static const char *const fixed_paths[] = {"/usr/bin/env", "/etc/ima/ima-policy",
		"/etc/keys/ima/s.der", "/etc/imaboot/imaboot.conf", "/boot/vmlinuz", "/etcetera",
		"/usr/etc/f", "etc/passwd", "/etc", "", "/usr/lib/sysimage", "/usr/swapfile", "/swapfiles"};
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

static void others_are_told_by_owner_mode_and_place(void **context)
{
	static const struct stat live = {.st_mode = 0755},
				 users = {.st_mode = 0775, .st_uid = 1000, .st_gid = 1000};
	static const struct {
		const struct stat *root;
		const char *path;
		unsigned int uid, gid, mode;
		const char *reason;
	} cases[] = {
		{&live, "/usr/bin/x", 0, 0, 0755, NULL},
		{&live, "/usr/bin/x", 0, 50, 02755, NULL},
		{&live, "/usr/bin/x", 1, 0, 0755, "its owner is neither root nor the owner of the tree"},
		{&live, "/usr/bin/x", 0, 0, 0757, "all users may write to it"},
		{&live, "/usr/bin/x", 0, 0, 0775, "its group may write to it"},
		{&live, "/home/u/x", 0, 0, 0755, "it lies where users put files"},
		{&live, "/var/tmp/x", 0, 0, 0755, "it lies where users put files"},
		{&live, "/run/x", 0, 0, 0755, "it lies where users put files"},
		{&live, "/runner", 0, 0, 0755, NULL},
		{&live, "/root/x", 0, 0, 0755, NULL},
		{&users, "/usr/bin/x", 1000, 1000, 0775, NULL},
		{&users, "/usr/bin/x", 0, 0, 0755, NULL},
		{&users, "/usr/bin/x", 1000, 4, 0775, "its group may write to it"},
		{&users, "/usr/bin/x", 1001, 1000, 0755,
			"its owner is neither root nor the owner of the tree"},
	};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct stat st = {
			.st_uid = cases[i].uid, .st_gid = cases[i].gid, .st_mode = S_IFREG | cases[i].mode};
		const char *reason = others_may_write(cases[i].path, &st, cases[i].root);

		if (cases[i].reason)
			assert_string_equal(reason, cases[i].reason);
		else
			assert_null(reason);
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
		cmocka_unit_test(others_are_told_by_owner_mode_and_place),
		cmocka_unit_test_setup_teardown(
			first_bytes_tell_what_is_executed, fakeroot_new, fakeroot_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
