// SPDX-License-Identifier: MIT
/* Tests of keys/outfile.c and keys/infile.c: what is left on the disk when a call fails. */
/* wrap: write fsync renameat2 rename link linkat open getrandom pread */
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "infile.h"
#include "outfile.h"
#include "fakeroot.h"

static int fail_write, fail_fsync, fail_renameat2, fail_rename, fail_link, fail_linkat, fail_random,
	fail_pread;
static bool short_writes, has_nameless, was_held;
static int names_meanwhile; /* in the folder while bytes are written */
static struct problem problem;

/* How many entries the folder has. */
static int count_names(void)
{
	_cleanup_closedir_ DIR *folder = opendir(fakeroot);
	int count = -2;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	return count;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if ((flags & O_TMPFILE) == O_TMPFILE && !has_nameless) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_open(path, flags, mode);
}

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	sigset_t mask;

	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	was_held = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT);
	names_meanwhile = count_names();
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
WRAP(linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))

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
	fail_write = fail_fsync = fail_renameat2 = fail_rename = fail_link = fail_linkat = fail_random =
		fail_pread = 0;
	short_writes = has_nameless = false;
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
	_cleanup_buf_ struct buf bytes = {0};

	assert_int_equal(count_names(), count);
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

static void new_file_has_no_name_before_it_is_whole(void **context)
{
	struct stat st;

	(void)context;
	(void)umask(022);
	has_nameless = true;
	assert_int_equal(put("content", false), 0);
	assert_int_equal(names_meanwhile, 0);
	assert_int_equal(stat(fakeroot_path("/f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_folder(1, "content");
	assert_int_equal(put("new", false), -EEXIST);
	problem_free(&problem);
	assert_int_equal(unlink(fakeroot_path("/f")), 0);
	/* One that appears meanwhile is kept. */
	fail_linkat = EEXIST;
	assert_int_equal(put("new", false), -EEXIST);
	assert_folder(0, NULL);
	/* Without procfs, or where the file system has no links, it gets one. */
	fail_linkat = ENOENT;
	assert_int_equal(put("content", false), 0);
	assert_folder(1, "content");
}

static void signals_are_held_while_it_is_written(void **context)
{
	sigset_t mask;

	(void)context;
	assert_int_equal(put("old", false), 0);
	assert_true(was_held);
	was_held = false;
	assert_int_equal(put("new", true), 0);
	assert_true(was_held);
	assert_int_equal(names_meanwhile, 2);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	assert_false(sigismember(&mask, SIGTERM));
}

static void streams_get_the_bytes(void **context)
{
	_cleanup_close_ int reader = -1;
	char got[8] = "";
	struct stat st;

	(void)context;
	assert_int_equal(mkfifo(fakeroot_path("/f"), 0600), 0);
	assert_int_equal(symlink("f", fakeroot_path("/link")), 0);
	reader = open(fakeroot_path("/f"), O_RDWR | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_int_equal(put("one", true), 0);
	assert_false(was_held);
	assert_int_equal(outfile_write(fakeroot_path("/link"), "two", 3, 0600, false, &problem), 0);
	assert_int_equal(read(reader, got, sizeof(got) - 1), 6);
	assert_string_equal(got, "onetwo");
	assert_int_equal(lstat(fakeroot_path("/f"), &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(outfile_write("/dev/null", "x", 1, 0600, true, &problem), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_folder(2, NULL);
}

static void other_kinds_are_not_replaced(void **context)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_close_ int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)context;
	fakeroot_file("/target", "target");
	assert_int_equal(symlink("target", fakeroot_path("/f")), 0);
	assert_int_equal(put("new", true), -ELOOP);
	assert_problem(&problem, -ELOOP, "is a symbolic link, and neither it nor another's file is replaced",
		"name the file that it leads to, or remove the link");
	assert_int_equal(put("new", false), -EEXIST);
	problem_free(&problem);
	assert_string_equal(fakeroot_read("/target"), "target");
	assert_int_equal(unlink(fakeroot_path("/f")), 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", fakeroot_path("/f"));
	assert_int_equal(bind(sock, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(put("new", true), -EINVAL);
	assert_problem(&problem, -EINVAL, "is a socket, which is not written to", "name another file");
	assert_folder(2, NULL);
}

static void what_will_fail_is_known_before(void **context)
{
	char name[300] = "/";

	(void)context;
	memset(name + 1, 'n', 255);
	assert_int_equal(outfile_check(fakeroot_path(name), false, &problem), 0);
	assert_int_equal(outfile_write(fakeroot_path(name), "x", 1, 0600, false, &problem), 0);
	assert_int_equal(outfile_write(fakeroot_path(name), "y", 1, 0600, true, &problem), 0);
	name[256] = 'n';
	assert_int_equal(outfile_check(fakeroot_path(name), false, &problem), -ENAMETOOLONG);
	assert_problem(&problem, -ENAMETOOLONG, "cannot be written: File name too long", NULL);
	assert_int_equal(outfile_check(fakeroot_path("/no/f"), true, &problem), -ENOENT);
	assert_problem(&problem, -ENOENT, "cannot be written: No such file or directory", NULL);
}

static void one_file_has_many_names(void **context)
{
	(void)context;
	fakeroot_file("/f", "x");
	fakeroot_file("/g", "x");
	assert_int_equal(link(fakeroot_path("/f"), fakeroot_path("/hard")), 0);
	assert_int_equal(symlink("f", fakeroot_path("/soft")), 0);
	assert_true(outfile_is_same(fakeroot_path("/f"), fakeroot_path("/hard")));
	assert_true(outfile_is_same(fakeroot_path("/soft"), fakeroot_path("/f")));
	assert_true(outfile_is_same("not there", "not there"));
	assert_false(outfile_is_same(fakeroot_path("/f"), fakeroot_path("/g")));
	assert_false(outfile_is_same(fakeroot_path("/f"), fakeroot_path("/none")));
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
		cmocka_unit_test_setup_teardown(new_file_has_no_name_before_it_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(signals_are_held_while_it_is_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(streams_get_the_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_kinds_are_not_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_will_fail_is_known_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_file_has_many_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(folder_that_is_not_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reading_names_what_is_wrong, set_up, tear_down),
	};

	return RUN_TESTS(tests);
}
