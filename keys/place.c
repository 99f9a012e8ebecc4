// SPDX-License-Identifier: MIT
/* Files put into a root; see place.h. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "imaxattr.h"

static int open_inside(int root_fd, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int place_open_folder(int root_fd, const char *path, bool make)
{
	char folder[PATH_MAX], *slash, *last = strrchr(path, '/');
	int parent, fd = -ENOENT;

	if (!last ||
		snprintf(folder, sizeof(folder), "%.*s", (int)(last - path) + 1, path) >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	fd = open_inside(root_fd, folder);
	if (fd != -ENOENT || !make)
		return fd;
	/* Folder by folder, each opened inside the root before the next one is made in it. */
	for (slash = folder + 1; (slash = strchr(slash, '/')); slash++) {
		char *name;

		*slash = '\0';
		name = strrchr(folder, '/');
		*name = '\0';
		parent = open_inside(root_fd, *folder ? folder : "/");
		*name = '/';
		if (parent < 0)
			return parent;
		fd = mkdirat(parent, name + 1, 0755) < 0 && errno != EEXIST ? -errno : 0;
		(void)close(parent);
		if (fd < 0)
			return fd;
		fd = open_inside(root_fd, folder);
		*slash = '/';
		if (fd < 0 || !slash[1])
			return fd;
		(void)close(fd);
	}
	return fd;
}

static int open_temporary(int folder_fd, const char *name, mode_t mode, char ret[static PLACE_NAME])
{
	uint64_t number;
	int fd;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return -EIO;
	(void)snprintf(ret, PLACE_NAME, ".%.200s.%016llx", name, (unsigned long long)number);
	fd = openat(folder_fd, ret, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode) < 0) {
		int r = -errno;

		(void)close(fd);
		(void)unlinkat(folder_fd, ret, 0);
		return r;
	}
	return fd;
}

static int fill(int fd, const struct place_file *file, struct problem *problem)
{
	const char *at = file->bytes;
	size_t left = file->len;
	ssize_t n;

	for (; left; at += n, left -= (size_t)n) {
		n = write(fd, at, left);
		if (n < 0)
			return problem_set(problem, -errno, "cannot be written: %s", strerror(errno));
	}
	if (file->value) {
		int r = imaxattr_set(fd, file->value, file->value_len, problem);

		if (r < 0)
			return r;
	}
	return fsync(fd) < 0 ? problem_set(problem, -errno, "cannot be written: %s", strerror(errno)) : 0;
}

/* The new file takes the name, and the old one the temporary name, in one step; then it gets its own. */
static int publish(int folder_fd, const char *temporary, const char *name, const char *keep)
{
	struct stat st;

	if (!keep || fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return renameat(folder_fd, temporary, folder_fd, name) < 0 ? -errno : 0;
	if (renameat2(folder_fd, temporary, folder_fd, name, RENAME_EXCHANGE) == 0)
		return renameat(folder_fd, temporary, folder_fd, keep) < 0 ? -errno : 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* A file system that cannot exchange: the old one gets a second name first. */
	if ((unlinkat(folder_fd, keep, 0) < 0 && errno != ENOENT) ||
		linkat(folder_fd, name, folder_fd, keep, 0) < 0)
		return -errno;
	return renameat(folder_fd, temporary, folder_fd, name) < 0 ? -errno : 0;
}

int place_prepare(int folder_fd, const char *name, const struct place_file *file, char ret[static PLACE_NAME],
	struct problem *problem)
{
	_cleanup_close_ int fd = open_temporary(folder_fd, name, file->mode, ret);
	int r;

	if (fd < 0)
		return problem_set(problem, fd, "cannot be written: %s", strerror(-fd));
	r = fill(fd, file, problem);
	if (r < 0)
		(void)unlinkat(folder_fd, ret, 0);
	return r;
}

int place_publish(
	int folder_fd, const char *temporary, const char *name, const char *keep, struct problem *problem)
{
	int r = publish(folder_fd, temporary, name, keep);

	if (r < 0) {
		problem_set(problem, r, "cannot be put in place: %s", strerror(-r));
		(void)unlinkat(folder_fd, temporary, 0);
		return r;
	}
	(void)fsync(folder_fd);
	return 0;
}

int place_write(int folder_fd, const char *name, const char *keep, const struct place_file *file,
	struct problem *problem)
{
	char temporary[PLACE_NAME];
	int r = place_prepare(folder_fd, name, file, temporary, problem);

	return r < 0 ? r : place_publish(folder_fd, temporary, name, keep, problem);
}
