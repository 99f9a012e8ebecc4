// SPDX-License-Identifier: MIT
/* Atomic writing of a file; see outfile.h. */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include "buf.h"

static int refuse_existing(struct problem *problem)
{
	problem_set(problem, -EEXIST, "is there already, and nothing is overwritten");
	problem_remedy(problem, "name another file, or use --force");
	return -EEXIST;
}

int outfile_check(const char *path, bool replace, struct problem *problem)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return problem_set(problem, -EISDIR, "is a directory");
	return !replace && lstat(path, &st) == 0 ? refuse_existing(problem) : 0;
}

/* Makes a file beside path that was not there; its name goes to *name. */
static int open_temporary(const char *path, mode_t mode, char **name)
{
	uint64_t number;
	int fd, tries;

	for (tries = 0; tries < 16; tries++) {
		if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
			return -EIO;
		if (asprintf(name, "%s.%016llx", path, (unsigned long long)number) < 0) {
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

static int write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	for (; len; bytes += n, len -= (size_t)n) {
		n = write(fd, bytes, len);
		if (n < 0)
			return -errno;
	}
	return fsync(fd) < 0 ? -errno : 0;
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

/* The name itself is on the disk only after its folder was written. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	_cleanup_close_ int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		(void)fsync(fd);
}

int outfile_write(
	const char *path, const void *bytes, size_t len, mode_t mode, bool replace, struct problem *problem)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int fd = -1;
	int r = outfile_check(path, replace, problem);

	if (r < 0)
		return r;
	fd = open_temporary(path, mode, &temporary);
	if (fd < 0)
		return problem_set(problem, fd, "cannot be written: %s", strerror(-fd));
	r = write_all(fd, bytes, len);
	if (r == 0)
		r = publish(temporary, path, replace);
	if (r == 0) {
		sync_folder(path);
		return 0;
	}
	(void)unlink(temporary);
	if (r == -EEXIST)
		return refuse_existing(problem);
	return problem_set(problem, r, "cannot be written: %s", strerror(-r));
}
