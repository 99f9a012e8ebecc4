// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/rootfile.c: nothing outside the root is opened, nothing but regular files is read.
 * wrap: syscall read open strdup realloc
 */
#include "rootfile.h"
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include "fakeroot.h"

static int openat2_error, read_error, open_error;
static bool no_strdup, no_realloc;
static bool read_interrupted;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, long a, long b, long c, long d, long e);
ssize_t __real_read(int fd, void *bytes, size_t len);
ssize_t __wrap_read(int fd, void *bytes, size_t len);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);
char *__real_strdup(const char *string);
char *__wrap_strdup(const char *string);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

long __wrap_syscall(long number, long a, long b, long c, long d, long e)
{
	if (openat2_error && number == SYS_openat2) {
		errno = openat2_error;
		return -1;
	}
	return __real_syscall(number, a, b, c, d, e);
}

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
	if (read_error == EINTR && !read_interrupted) {
		read_interrupted = true;
		errno = EINTR;
		return -1;
	}
	if (read_error && read_error != EINTR) {
		errno = read_error;
		return -1;
	}
	return __real_read(fd, bytes, len);
}

int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (open_error && strncmp(path, "/proc/self/fd/", 14) == 0) {
		errno = open_error;
		return -1;
	}
	return __real_open(path, flags, mode);
}

char *__wrap_strdup(const char *string)
{
	return no_strdup ? NULL : __real_strdup(string);
}

static size_t largest; /* that was asked for */

void *__wrap_realloc(void *pointer, size_t size)
{
	largest = size > largest ? size : largest;
	return no_realloc ? NULL : __real_realloc(pointer, size);
}

static struct rootfile file;
static struct problem problem;

/* Reads a path of the root folder /r. */
static int read_max(const char *path, size_t max)
{
	_cleanup_close_ int root_fd = root_open(fakeroot_path("/r"));

	assert_true(root_fd >= 0);
	problem = (struct problem){0};
	file = (struct rootfile){.fd = -1};
	return rootfile_read(root_fd, "/r", path, max, &file, &problem);
}

static void check_content(const char *path, const char *wanted)
{
	assert_int_equal(read_max(path, 1024), 0);
	assert_int_equal(file.len, strlen(wanted));
	assert_memory_equal(file.bytes, wanted, file.len);
	assert_true(file.fd >= 0);
	assert_int_equal(problem.error, 0);
	rootfile_free(&file);
	assert_int_equal(file.fd, -1);
	assert_null(file.bytes);
}

static void check_problem(const char *path, int error, const char *reason, const char *remedy)
{
	assert_int_equal(read_max(path, 1024), error);
	assert_int_equal(file.fd, -1);
	assert_null(file.bytes);
	assert_problem(&problem, error, reason, remedy);
}

static void regular_file_is_read(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/f", "content\n");
	check_content("/etc/f", "content\n");
}

static void links_are_resolved_inside_the_root(void **context)
{
	(void)context;
	fakeroot_file("/f", "outside");
	fakeroot_file("/r/f", "inside");
	fakeroot_link("/r/absolute", "/f");
	fakeroot_link("/r/upwards", "../../../../f");
	fakeroot_link("/r/dir", "/etc/../");
	fakeroot_dir("/r/etc");
	check_content("/absolute", "inside");
	check_content("/upwards", "inside");
	check_content("/dir/f", "inside");
	check_content("/../../f", "inside");
}

static void absent_file_is_told(void **context)
{
	(void)context;
	fakeroot_dir("/r");
	check_problem("/f", -ENOENT, "there is no such file", NULL);
	check_problem("/no/f", -ENOENT, "there is no such file", NULL);
}

static void link_that_leaves_the_root_is_told(void **context)
{
	(void)context;
	fakeroot_file("/outside", "secret");
	fakeroot_dir("/r");
	fakeroot_link("/r/f", fakeroot_path("/outside"));
	assert_int_equal(read_max("/f", 1024), -ENOENT);
	assert_string_equal(problem.remedy, "put the file itself here, or correct the link");
	assert_non_null(strstr(problem.reason, "is a symbolic link to '/tmp/imaboot-unit."));
	assert_non_null(strstr(problem.reason, "/outside', and inside the root '/r' there is no such file "
					       "(links are never followed out of it)"));
	problem_free(&problem);
}

static void dangling_link_is_told(void **context)
{
	(void)context;
	fakeroot_link("/r/f", "gone");
	check_problem("/f", -ENOENT,
		"is a symbolic link to 'gone', and inside the root '/r' there is no such file "
		"(links are never followed out of it)",
		"put the file itself here, or correct the link");
}

static void circle_of_links_is_told(void **context)
{
	(void)context;
	fakeroot_link("/r/f", "g");
	fakeroot_link("/r/g", "f");
	check_problem("/f", -ELOOP, "its symbolic links lead in a circle", "put the file itself here");
}

static void other_kinds_of_files_are_told(void **context)
{
	static const char remedy[] = "remove it, or put a regular file in its place";
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)context;
	fakeroot_dir("/r/dir");
	check_problem("/dir", -EISDIR, "is a directory, not a file", remedy);
	assert_int_equal(mkfifo(fakeroot_path("/r/fifo"), 0600), 0);
	check_problem("/fifo", -EINVAL, "is a FIFO, not a regular file", remedy);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/r/sock", fakeroot);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	check_problem("/sock", -EINVAL, "is a socket, not a regular file", remedy);
	if (mknod(fakeroot_path("/r/chr"), S_IFCHR | 0600, 1 << 8 | 3) < 0)
		return; /* not root: no devices can be made */
	check_problem("/chr", -EINVAL, "is a character device, not a regular file", remedy);
	assert_int_equal(mknod(fakeroot_path("/r/blk"), S_IFBLK | 0600, 7 << 8), 0);
	check_problem("/blk", -EINVAL, "is a block device, not a regular file", remedy);
}

static void empty_file_is_told(void **context)
{
	(void)context;
	fakeroot_file("/r/f", "");
	check_problem("/f", -ENODATA, "is empty", "put the right file in its place, or remove it");
}

static void size_is_bounded(void **context)
{
	static char bytes[20000];

	(void)context;
	fakeroot_bytes("/r/f", bytes, 16384);
	assert_int_equal(read_max("/f", 16384), 0);
	assert_int_equal(file.len, 16384);
	rootfile_free(&file);
	fakeroot_bytes("/r/f", bytes, 16385);
	assert_int_equal(read_max("/f", 16384), -EFBIG);
	assert_problem(&problem, -EFBIG, "is larger than 16 KiB, the most that is read",
		"check that it is the right file");
}

/* A thousand certificates of the root take the memory that they need. */
static void no_more_memory_is_taken_than_there_is_content(void **context)
{
	static char bytes[65536];

	(void)context;
	fakeroot_bytes("/r/f", bytes, sizeof(bytes));
	largest = 0;
	assert_int_equal(read_max("/f", sizeof(bytes)), 0);
	assert_int_equal(largest, sizeof(bytes) + 1);
	rootfile_free(&file);
}

/* Without a word, and without opening what is not wanted. */
static void file_that_is_tried_is_bounded(void **context)
{
	_cleanup_close_ int root_fd = -1;
	struct stat st;
	int fd;

	(void)context;
	fakeroot_file("/r/f", "four");
	fakeroot_dir("/r/dir");
	root_fd = root_open(fakeroot_path("/r"));
	fd = rootfile_try(root_fd, "/f", 4, &st);
	assert_true(fd >= 0);
	(void)close(fd);
	open_error = EIO; /* of a file that would be opened for reading */
	assert_int_equal(rootfile_try(root_fd, "/f", 3, &st), -EFBIG);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(rootfile_try(root_fd, "/dir", UINT64_MAX, &st), -EISDIR);
	assert_int_equal(rootfile_try(root_fd, "/f", 4, &st), -EIO);
	open_error = 0;
	assert_int_equal(rootfile_try(root_fd, "/none", 4, &st), -ENOENT);
}

/* Files of procfs have size 0 and content all the same. */
static void size_is_bounded_while_reading(void **context)
{
	_cleanup_close_ int root_fd = root_open("/proc");

	(void)context;
	problem = (struct problem){0};
	assert_int_equal(rootfile_read(root_fd, "/proc", "/cpuinfo", 16, &file, &problem), -EFBIG);
	assert_problem(&problem, -EFBIG, "is larger than 0 KiB, the most that is read",
		"check that it is the right file");
	assert_int_equal(rootfile_read(root_fd, "/proc", "/cpuinfo", 1 << 20, &file, &problem), 0);
	rootfile_free(&file);
}

static void refusals_of_the_kernel_are_told(void **context)
{
	(void)context;
	fakeroot_file("/r/f", "x");
	openat2_error = ENOSYS;
	check_problem("/f", -ENOSYS, "this kernel has no openat2() to open it safely with",
		"use Linux 5.6 or later");
	openat2_error = EACCES;
	check_problem("/f", -EACCES, "cannot be opened: Permission denied", NULL);
	openat2_error = 0;
	open_error = EACCES;
	check_problem("/f", -EACCES, "cannot be opened: Permission denied", NULL);
	open_error = 0;
	check_problem("/f/g", -ENOTDIR, "cannot be opened: Not a directory", NULL);
}

static void read_error_is_told(void **context)
{
	(void)context;
	fakeroot_file("/r/f", "x");
	read_error = EIO;
	check_problem("/f", -EIO, "cannot be read: Input/output error", "check the file system and the disk");
	read_error = EINTR;
	read_interrupted = false;
	check_content("/f", "x");
	assert_true(read_interrupted);
	read_error = 0;
}

static void without_memory_nothing_is_read(void **context)
{
	(void)context;
	fakeroot_file("/r/f", "x");
	no_realloc = true;
	check_problem("/f", -ENOMEM, "out of memory", NULL);
	no_realloc = false;
}

/* Lists /r/dir; the names joined by blanks are in *ret. */
static int list(size_t max, struct buf *ret)
{
	_cleanup_close_ int root_fd = root_open(fakeroot_path("/r"));
	char **names = (char **)1;
	size_t count = 1, i;
	int r = root_list(root_fd, "/dir", max, &names, &count);

	for (i = 0; i < count; i++)
		buf_printf(ret, "%s ", names[i]);
	if (r < 0) {
		assert_null(names);
		assert_int_equal(count, 0);
	}
	root_list_free(names, count);
	return r;
}

static void names_are_sorted_and_hidden_ones_left_out(void **context)
{
	struct buf names = {0};

	(void)context;
	fakeroot_file("/r/dir/b", "");
	fakeroot_file("/r/dir/.hidden", "");
	fakeroot_file("/r/dir/a10", "");
	fakeroot_file("/r/dir/a9", "");
	fakeroot_file("/r/dir/B", "");
	fakeroot_dir("/r/dir/c");
	assert_int_equal(list(5, &names), 0);
	assert_buf(&names, "B a10 a9 b c ");
	assert_int_equal(list(4, &names), -E2BIG);
}

static void absent_folder_has_no_names(void **context)
{
	struct buf names = {0};

	(void)context;
	fakeroot_dir("/r");
	assert_int_equal(list(5, &names), 0);
	fakeroot_dir("/r/dir");
	assert_int_equal(list(5, &names), 0);
	assert_buf(&names, "");
}

static void folder_that_is_none_is_an_error(void **context)
{
	struct buf names = {0};

	(void)context;
	fakeroot_file("/r/dir", "");
	assert_int_equal(list(5, &names), -ENOTDIR);
}

static void without_memory_nothing_is_listed(void **context)
{
	struct buf names = {0};

	(void)context;
	fakeroot_file("/r/dir/a", "");
	fakeroot_file("/r/dir/b", "");
	no_strdup = true;
	assert_int_equal(list(5, &names), -ENOMEM);
	no_strdup = false;
	no_realloc = true;
	assert_int_equal(list(5, &names), -ENOMEM);
	no_realloc = false;
}

static void roots_are_told_apart(void **context)
{
	int one, same, other;

	(void)context;
	fakeroot_dir("/a");
	fakeroot_dir("/b");
	fakeroot_link("/c", "a");
	one = root_open(fakeroot_path("/a"));
	same = root_open(fakeroot_path("/c"));
	other = root_open(fakeroot_path("/b"));
	assert_true(root_same(one, same));
	assert_false(root_same(one, other));
	assert_false(root_same(one, -1));
	(void)close(one);
	(void)close(same);
	(void)close(other);
	fakeroot_file("/f", "");
	assert_int_equal(root_open(fakeroot_path("/f")), -ENOTDIR);
	assert_int_equal(root_open(fakeroot_path("/none")), -ENOENT);
}

/* The file is there: what is absent is procfs, and nobody may take that for an absent file. */
static void missing_proc_is_no_missing_file(void **context)
{
	int root = root_open(fakeroot);

	(void)context;
	assert_true(root >= 0);
	file = (struct rootfile){.fd = -1};
	problem = (struct problem){0};
	fakeroot_file("/f", "text");
	open_error = ENOENT;
	assert_int_equal(rootfile_read(root, "/r", "/f", 16, &file, &problem), -ENXIO);
	open_error = 0;
	assert_problem(&problem, -ENXIO, "cannot be opened: /proc is not mounted", "mount procfs on /proc");
	assert_int_equal(file.fd, -1);
	(void)close(root);
}

static void facts_are_those_inside_the_root(void **context)
{
	struct stat st;
	int fd = root_open(fakeroot);

	(void)context;
	fakeroot_file("/f", "123");
	fakeroot_link("/link", "/f");
	fakeroot_link("/out", "/proc/self/status");
	assert_int_equal(root_stat(fd, "/link", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_size, 3);
	assert_int_equal(root_stat(fd, "/", &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(root_stat(fd, "/out", &st), -ENOENT);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST(regular_file_is_read),
		ROOT_TEST(links_are_resolved_inside_the_root),
		ROOT_TEST(absent_file_is_told),
		ROOT_TEST(link_that_leaves_the_root_is_told),
		ROOT_TEST(dangling_link_is_told),
		ROOT_TEST(circle_of_links_is_told),
		ROOT_TEST(other_kinds_of_files_are_told),
		ROOT_TEST(empty_file_is_told),
		ROOT_TEST(size_is_bounded),
		ROOT_TEST(no_more_memory_is_taken_than_there_is_content),
		ROOT_TEST(file_that_is_tried_is_bounded),
		ROOT_TEST(size_is_bounded_while_reading),
		ROOT_TEST(refusals_of_the_kernel_are_told),
		ROOT_TEST(read_error_is_told),
		ROOT_TEST(missing_proc_is_no_missing_file),
		ROOT_TEST(without_memory_nothing_is_read),
		ROOT_TEST(names_are_sorted_and_hidden_ones_left_out),
		ROOT_TEST(absent_folder_has_no_names),
		ROOT_TEST(folder_that_is_none_is_an_error),
		ROOT_TEST(without_memory_nothing_is_listed),
		ROOT_TEST(roots_are_told_apart),
		ROOT_TEST(facts_are_those_inside_the_root),
	};

	return RUN_TESTS(tests);
}
