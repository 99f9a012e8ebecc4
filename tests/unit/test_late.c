// SPDX-License-Identifier: MIT
/* Tests of initrd/late.c: the unit of the root, and what is kept for it. wrap: mkdir root_list sysfile_replace fstat */
#include "late.h"
#include "fakeroot.h"
#include "rootfile.h"

#define UNIT "/usr/lib/systemd/system/imaboot-late.service"
#define WANTS "/usr/lib/systemd/system/sysinit.target.wants/imaboot-late.service"
#define TEXT "[Service]\nExecStart=/usr/sbin/imaboot boot --late\nType=oneshot\n"
#define REFUSED "no security module knows its labels yet, and the root cannot load it later: "
#define REMEDY                                                                                         \
	"install imaboot in the root (make install puts imaboot-late.service and its link in place), " \
	"and do not mask the unit"

static int mkdir_error, list_error, replace_error, fstat_error;

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count);
int __wrap_root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count);
int __real_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);
int __wrap_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);
int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);

int __wrap_mkdir(const char *path, mode_t mode)
{
	if (!mkdir_error)
		return __real_mkdir(path, mode);
	errno = mkdir_error;
	return -1;
}

int __wrap_root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count)
{
	return list_error ? list_error : __real_root_list(root_fd, path, max, ret, ret_count);
}

int __wrap_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode)
{
	return replace_error ? replace_error : __real_sysfile_replace(path, bytes, len, mode);
}

int __wrap_fstat(int fd, struct stat *ret)
{
	if (!fstat_error)
		return __real_fstat(fd, ret);
	errno = fstat_error;
	return -1;
}

static struct problem problem;

/* A root with the unit as make install leaves it, and an image with something in each folder. */
static int start(void **context)
{
	mkdir_error = list_error = replace_error = fstat_error = 0;
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_file("/root" UNIT, TEXT);
	fakeroot_link("/root" WANTS, "../imaboot-late.service");
	fakeroot_file("/root/usr/sbin/imaboot", "program");
	fakeroot_file("/image/etc/imaboot/imaboot.conf", "require = yes\n");
	fakeroot_file("/image/etc/imaboot/policy.sig", "sig");
	fakeroot_file("/image/etc/keys/ima/a.der", "a");
	fakeroot_file("/image/etc/keys/ima/ca/b.der", "b");
	fakeroot_dir("/run/imaboot");
	return 0;
}

static int find_unit(void)
{
	int fd = root_open(fakeroot_path("/root")), r;

	r = late_find_unit(fd, "/root", &problem);
	(void)close(fd);
	return r;
}

static void check_refused(int error, const char *reason)
{
	assert_int_equal(find_unit(), error);
	assert_problem(&problem, error, reason, REMEDY);
}

static void installed_unit_is_found(void **context)
{
	(void)context;
	assert_int_equal(find_unit(), 0);
	assert_int_equal(problem.error, 0);
}

/* Where an administrator enables it, the link is an absolute one, in another folder. */
static void enabled_unit_is_found(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path("/root" WANTS)), 0);
	fakeroot_link("/root/etc/systemd/system/sysinit.target.wants/imaboot-late.service", UNIT);
	assert_int_equal(find_unit(), 0);
	fakeroot_file("/root/etc/systemd/system/imaboot-late.service",
		"[Service]\nExecStart=-!/opt/imaboot boot --late\n");
	check_refused(-ENOENT, REFUSED "/opt/imaboot: there is no such file");
	fakeroot_file("/root/opt/imaboot", "program");
	assert_int_equal(find_unit(), 0);
}

static void missing_parts_are_told(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path("/root/usr/sbin/imaboot")), 0);
	check_refused(-ENOENT, REFUSED "/usr/sbin/imaboot: there is no such file");
	assert_int_equal(unlink(fakeroot_path("/root" WANTS)), 0);
	check_refused(
		-ENOENT, REFUSED "sysinit.target.wants/imaboot-late.service is in none of systemd's folders");
	assert_int_equal(unlink(fakeroot_path("/root" UNIT)), 0);
	check_refused(-ENOENT, REFUSED "imaboot-late.service is in none of systemd's folders");
}

/* A mask in a folder that counts more hides the unit; its target need not be there yet. */
static void masked_unit_does_not_count(void **context)
{
	(void)context;
	fakeroot_link("/root/etc/systemd/system/imaboot-late.service", "/dev/null");
	assert_int_equal(find_unit(), -ENOENT);
	assert_non_null(strstr(problem_reason_text(&problem), "/etc/systemd/system/imaboot-late.service: "));
	problem_free(&problem);
}

static void unit_must_name_its_program(void **context)
{
	static const char *const texts[] = {"[Service]\n", "[Service]\nExecStart=imaboot\n",
		"[Service]\nExecStart=\n", "[Service]\n#ExecStart=/usr/sbin/imaboot\n",
		"[Service]\nExecStart="};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		fakeroot_file("/root" UNIT, texts[i]);
		check_refused(-ENOENT, REFUSED "imaboot-late.service: has no ExecStart= with a program");
	}
	fakeroot_bytes("/root" UNIT, "x\nExecStart=/a\0b\n", 17);
	check_refused(-ENOENT, REFUSED "imaboot-late.service: has no ExecStart= with a program");
}

static int save(void)
{
	int fd = root_open(fakeroot_path("/image")), r;

	r = late_save(fd, "/image", &problem);
	(void)close(fd);
	return r;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(fakeroot_path(path), &st), 0);
	return st.st_mode & 07777;
}

static void image_is_kept_for_root_alone(void **context)
{
	(void)context;
	fakeroot_file("/image/etc/imaboot/empty", "");
	fakeroot_dir("/image/etc/imaboot/folder");
	fakeroot_link("/image/etc/imaboot/nowhere", "gone");
	assert_int_equal(save(), 0);
	assert_string_equal(fakeroot_read(RUN_LATE "/etc/imaboot/imaboot.conf"), "require = yes\n");
	assert_string_equal(fakeroot_read(RUN_LATE "/etc/imaboot/policy.sig"), "sig");
	assert_string_equal(fakeroot_read(RUN_LATE "/etc/keys/ima/a.der"), "a");
	assert_string_equal(fakeroot_read(RUN_LATE "/etc/keys/ima/ca/b.der"), "b");
	assert_false(fakeroot_has(RUN_LATE "/etc/imaboot/empty"));
	assert_false(fakeroot_has(RUN_LATE "/etc/imaboot/folder"));
	assert_false(fakeroot_has(RUN_LATE "/etc/imaboot/nowhere"));
	assert_int_equal(mode_of(RUN_LATE), 0700);
	assert_int_equal(mode_of(RUN_LATE "/etc/keys/ima/ca"), 0700);
	assert_int_equal(mode_of(RUN_LATE "/etc/imaboot/imaboot.conf"), 0600);
	assert_int_equal(save(), 0); /* again, over it */
}

static void check_unsaved(int error, const char *why)
{
	char reason[160];

	(void)snprintf(reason, sizeof(reason),
		"no security module knows its labels yet, and what a later load needs cannot be kept in "
		"/run/imaboot/late: %s",
		why);
	assert_int_equal(save(), error);
	assert_problem(&problem, error, reason, NULL);
}

static void what_cannot_be_kept_is_told(void **context)
{
	(void)context;
	mkdir_error = EROFS;
	check_unsaved(-EROFS, "Read-only file system");
	mkdir_error = 0;
	list_error = -EIO;
	check_unsaved(-EIO, "Input/output error");
	list_error = 0;
	replace_error = -ENOSPC;
	check_unsaved(-ENOSPC, "No space left on device");
}

/* A folder that others may look into, or that is none, is not what was kept. */
static void only_the_own_folder_is_believed(void **context)
{
	int fd;

	(void)context;
	assert_int_equal(save(), 0);
	fd = root_open(fakeroot_path(RUN_LATE));
	assert_int_equal(late_check(fd), 0);
	assert_int_equal(chmod(fakeroot_path(RUN_LATE), 0710), 0);
	assert_int_equal(late_check(fd), -EPERM);
	fstat_error = EIO;
	assert_int_equal(late_check(fd), -EIO);
	(void)close(fd);
}

#define LATE_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LATE_TEST(installed_unit_is_found),
		LATE_TEST(enabled_unit_is_found),
		LATE_TEST(missing_parts_are_told),
		LATE_TEST(masked_unit_does_not_count),
		LATE_TEST(unit_must_name_its_program),
		LATE_TEST(image_is_kept_for_root_alone),
		LATE_TEST(what_cannot_be_kept_is_told),
		LATE_TEST(only_the_own_folder_is_believed),
	};

	return RUN_TESTS(tests);
}
