// SPDX-License-Identifier: MIT
/* Tests of keys/outfile.c and keys/infile.c: what is left on the disk when a call fails. */
/* wrap: write fsync renameat2 rename link getrandom pread */
#include "infile.h"
#include "outfile.h"
#include "fakeroot.h"

static int fail_write, fail_fsync, fail_renameat2, fail_rename, fail_link, fail_random, fail_pread;
static bool short_writes;
static struct problem problem;

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fail_write) {
		errno = fail_write;
		return -1;
	}
	return __real_write(fd, bytes, short_writes && len > 1 ? 1 : len);
}

ssize_t __real_pread(int fd, void *bytes, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t at)
{
	if (fail_pread) {
		errno = fail_pread;
		return -1;
	}
	return __real_pread(fd, bytes, len, at);
}

#define WRAP(name, parameters, arguments)               \
	int __real_##name parameters;                   \
	int __wrap_##name parameters;                   \
	int __wrap_##name parameters                    \
	{                                               \
		if (!fail_##name)                       \
			return __real_##name arguments; \
		errno = fail_##name;                    \
		return -1;                              \
	}

WRAP(fsync, (int fd), (fd))
WRAP(renameat2, (int a, const char *from, int b, const char *to, unsigned int flags), (a, from, b, to, flags))
WRAP(rename, (const char *from, const char *to), (from, to))
WRAP(link, (const char *from, const char *to), (from, to))

ssize_t __real_getrandom(void *bytes, size_t len, unsigned int flags);
ssize_t __wrap_getrandom(void *bytes, size_t len, unsigned int flags);
ssize_t __wrap_getrandom(void *bytes, size_t len, unsigned int flags)
{
	return fail_random ? 0 : __real_getrandom(bytes, len, flags);
}

static int set_up(void **context)
{
	(void)context;
	assert_int_equal(fakeroot_new(context), 0);
	fail_write = fail_fsync = fail_renameat2 = fail_rename = fail_link = fail_random = fail_pread = 0;
	short_writes = false;
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	problem_free(&problem);
	assert_int_equal(fakeroot_remove(context), 0);
	return 0;
}

/* How many entries the folder has, and that the file holds the text. */
static void assert_folder(int count, const char *text)
{
	_cleanup_closedir_ DIR *folder = opendir(fakeroot);
	_cleanup_buf_ struct buf bytes = {0};

	assert_non_null(folder);
	for (count += 2; readdir(folder); count--)
		;
	assert_int_equal(count, 0);
	if (!text)
		return;
	assert_int_equal(infile_read(fakeroot_path("/f"), 100, &bytes, &problem), 0);
	assert_string_equal(buf_string(&bytes), text);
}

static int put(const char *text, bool replace)
{
	return outfile_write(fakeroot_path("/f"), text, strlen(text), 0640, replace, &problem);
}

static void new_file(void **context)
{
	struct stat st;

	(void)context;
	(void)umask(022);
	short_writes = true;
	assert_int_equal(put("content", false), 0);
	assert_int_equal(stat(fakeroot_path("/f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_folder(1, "content");
}

static void nothing_is_replaced_unless_asked(void **context)
{
	(void)context;
	assert_int_equal(put("old", false), 0);
	assert_int_equal(put("new", false), -EEXIST);
	assert_problem(&problem, -EEXIST, "is there already, and nothing is overwritten",
		"name another file, or use --force");
	assert_folder(1, "old");
	assert_int_equal(put("new", true), 0);
	assert_folder(1, "new");
	assert_int_equal(outfile_check(fakeroot, true, &problem), -EISDIR);
	assert_problem(&problem, -EISDIR, "is a directory", NULL);
}

static void name_that_appears_meanwhile_is_kept(void **context)
{
	(void)context;
	fail_renameat2 = EEXIST;
	assert_int_equal(put("new", false), -EEXIST);
	assert_folder(0, NULL);
}

static void file_system_without_the_flag(void **context)
{
	(void)context;
	fail_renameat2 = EINVAL;
	assert_int_equal(put("content", false), 0);
	assert_folder(1, "content");
	assert_int_equal(unlink(fakeroot_path("/f")), 0);
	fail_link = EEXIST;
	assert_int_equal(put("content", false), -EEXIST);
	assert_folder(0, NULL);
}

static void failures_leave_the_old_file(void **context)
{
	int *const failures[] = {&fail_write, &fail_fsync, &fail_rename};
	size_t i;

	(void)context;
	assert_int_equal(put("old", false), 0);
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		*failures[i] = ENOSPC;
		assert_int_equal(put("new", true), -ENOSPC);
		*failures[i] = 0;
		assert_problem(&problem, -ENOSPC, "cannot be written: No space left on device", NULL);
		assert_folder(1, "old");
	}
	fail_renameat2 = EIO;
	assert_int_equal(outfile_write(fakeroot_path("/g"), "x", 1, 0600, false, &problem), -EIO);
	assert_folder(1, "old");
	fail_random = 1;
	assert_int_equal(put("new", true), -EIO);
	assert_folder(1, "old");
}

static void folder_that_is_not_there(void **context)
{
	(void)context;
	assert_int_equal(outfile_write(fakeroot_path("/no/f"), "x", 1, 0600, false, &problem), -ENOENT);
	assert_problem(&problem, -ENOENT, "cannot be written: No such file or directory", NULL);
}

static int get(const char *path, size_t max)
{
	_cleanup_buf_ struct buf bytes = {0};

	return infile_read(fakeroot_path(path), max, &bytes, &problem);
}

static void reading_names_what_is_wrong(void **context)
{
	(void)context;
	fakeroot_bytes("/f", "12345", 5);
	fakeroot_bytes("/empty", "", 0);
	assert_int_equal(get("/f", 5), 0);
	assert_int_equal(get("/f", 4), -EFBIG);
	assert_problem(&problem, -EFBIG, "is larger than 0 KiB, the most that is read",
		"check that it is the right file");
	assert_int_equal(get("/empty", 5), -ENODATA);
	assert_problem(&problem, -ENODATA, "is empty", NULL);
	assert_int_equal(get("/nowhere", 5), -ENOENT);
	assert_problem(&problem, -ENOENT, "there is no such file", NULL);
	assert_int_equal(get("/f/below", 5), -ENOTDIR);
	assert_problem(&problem, -ENOTDIR, "cannot be opened: Not a directory", NULL);
	assert_int_equal(get("/", 5), -EINVAL);
	assert_problem(&problem, -EINVAL, "is a directory, not a regular file", "name a regular file");
	assert_int_equal(mkfifo(fakeroot_path("/fifo"), 0600), 0);
	assert_int_equal(get("/fifo", 5), -EINVAL);
	assert_problem(&problem, -EINVAL, "is a device, a FIFO or a socket, not a regular file",
		"name a regular file");
	fail_pread = EIO;
	assert_int_equal(get("/f", 5), -EIO);
	assert_problem(&problem, -EIO, "cannot be read: Input/output error", NULL);
	assert_int_equal(infile_read_fd(-1, 5, &(struct buf){0}, &problem), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(new_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_replaced_unless_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(name_that_appears_meanwhile_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(file_system_without_the_flag, set_up, tear_down),
		cmocka_unit_test_setup_teardown(failures_leave_the_old_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(folder_that_is_not_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reading_names_what_is_wrong, set_up, tear_down),
	};

	return RUN_TESTS(tests);
}
