// SPDX-License-Identifier: MIT
/* Atomic writing of a file; see outfile.h. */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include "buf.h"

/* What a file is made of. */
struct content {
	const void *bytes;
	size_t len;
	mode_t mode;
};

static int refuse_existing(struct problem *problem)
{
	problem_set(problem, -EEXIST, "is there already, and nothing is overwritten");
	problem_remedy(problem, "name another file, or use --force");
	return -EEXIST;
}

static int fail(struct problem *problem, int error)
{
	return problem_set(problem, error, "cannot be written: %s", strerror(-error));
}

/* ---- what is there ------------------------------------------------------------------------ */

bool outfile_is_same(const char *path, const char *other)
{
	struct stat first, second;

	return string_equal(path, other) ||
	       (stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
		       first.st_ino == second.st_ino);
}

/* True for what takes bytes without being changed by them. */
static bool is_stream(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISFIFO(st->st_mode);
}

static int refuse_kind(const struct stat *st, struct problem *problem)
{
	if (S_ISDIR(st->st_mode))
		return problem_set(problem, -EISDIR, "is a directory");
	if (S_ISLNK(st->st_mode)) {
		problem_set(
			problem, -ELOOP, "is a symbolic link, and neither it nor another's file is replaced");
		problem_remedy(problem, "name the file that it leads to, or remove the link");
		return -ELOOP;
	}
	problem_set(problem, -EINVAL, "is %s, which is not written to",
		S_ISBLK(st->st_mode) ? "a block device" : "a socket");
	problem_remedy(problem, "name another file");
	return -EINVAL;
}

/* The folder of a path, with its slash; NULL when memory ran out. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("./");
}

/* What path is: 1 for a stream, 0 for a file that may be made or replaced, or a negative errno with *problem set. */
static int look(const char *path, bool replace, struct problem *problem)
{
	_cleanup_free_ char *folder = NULL;
	struct stat st, target;

	if (lstat(path, &st) == 0) {
		if (is_stream(&st) || (S_ISLNK(st.st_mode) && stat(path, &target) == 0 && is_stream(&target)))
			return 1;
		if (S_ISDIR(st.st_mode) || (replace && !S_ISREG(st.st_mode)))
			return refuse_kind(&st, problem);
		if (!replace)
			return refuse_existing(problem);
	} else if (errno != ENOENT) {
		return fail(problem, -errno);
	}
	folder = folder_of(path);
	if (!folder)
		return problem_set(problem, -ENOMEM, "out of memory");
	return access(folder, W_OK | X_OK) < 0 ? fail(problem, -errno) : 0;
}

int outfile_check(const char *path, bool replace, struct problem *problem)
{
	int r = look(path, replace, problem);

	return r < 0 ? r : 0;
}

/* ---- writing ------------------------------------------------------------------------------ */

static int write_all(int fd, const struct content *content)
{
	const char *at = content->bytes, *end = at + content->len;
	ssize_t n;

	while (at < end) {
		n = write(fd, at, (size_t)(end - at));
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n < 0 ? 0 : n;
	}
	return 0;
}

static int write_and_sync(int fd, const struct content *content)
{
	int r = write_all(fd, content);

	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

static int write_stream(const char *path, const struct content *content)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : write_all(fd, content);
}

/* A file that has no name before it is whole, so that nothing can be left of it. Not every file system has that. */
static int write_nameless(const char *folder, const char *path, const struct content *content)
{
	_cleanup_close_ int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, content->mode);
	char name[64];
	int r = fd < 0 ? -errno : write_and_sync(fd, content);

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (r == 0 && linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
		r = -errno;
	return r;
}

/* Makes a file in the folder that was not there; its name goes to *name. */
static int open_temporary(const char *folder, mode_t mode, char **name)
{
	uint64_t number;
	int fd, tries;

	for (tries = 0; tries < 16; tries++) {
		if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
			return -EIO;
		if (asprintf(name, "%s.imactl-%016llx", folder, (unsigned long long)number) < 0) {
			*name = NULL;
			return -ENOMEM;
		}
		fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd >= 0)
			return fd;
		free(take_pointer(*name));
		if (errno != EEXIST)
			break;
	}
	return -errno;
}

/* A new name must not replace one: where renameat2 has no such flag (some file systems), link does it. */
static int publish(const char *temporary, const char *path, bool replace)
{
	if (replace)
		return rename(temporary, path) < 0 ? -errno : 0;
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (link(temporary, path) < 0)
		return -errno;
	(void)unlink(temporary);
	return 0;
}

static int write_temporary(const char *folder, const char *path, const struct content *content, bool replace)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int fd = open_temporary(folder, content->mode, &temporary);
	int r = fd < 0 ? fd : write_and_sync(fd, content);

	if (r == 0)
		r = publish(temporary, path, replace);
	if (r < 0 && fd >= 0)
		(void)unlink(temporary);
	return r;
}

/* The name itself is on the disk only after its folder was written. */
static void sync_folder(const char *folder)
{
	_cleanup_close_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

static int write_file(const char *path, const struct content *content, bool replace)
{
	_cleanup_free_ char *folder = folder_of(path);
	sigset_t all, old;
	int r;

	if (!folder)
		return -ENOMEM;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = replace ? -EOPNOTSUPP : write_nameless(folder, path, content);
	if (r < 0 && r != -EEXIST)
		r = write_temporary(folder, path, content, replace);
	if (r == 0)
		sync_folder(folder);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

int outfile_write(
	const char *path, const void *bytes, size_t len, mode_t mode, bool replace, struct problem *problem)
{
	const struct content content = {.bytes = bytes, .len = len, .mode = mode};
	int r = look(path, replace, problem);

	if (r < 0)
		return r;
	r = r ? write_stream(path, &content) : write_file(path, &content, replace);
	if (r == -EEXIST)
		return refuse_existing(problem);
	return r < 0 ? fail(problem, r) : 0;
}
