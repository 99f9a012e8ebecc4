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

/* A name beside another one that nothing else has. */
static int random_name(const char *name, char ret[static PLACE_NAME])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return -EIO;
	(void)snprintf(ret, PLACE_NAME, ".%.200s.%016llx", name, (unsigned long long)number);
	return 0;
}

static int open_temporary(int folder_fd, const char *name, mode_t mode, char ret[static PLACE_NAME])
{
	int fd = random_name(name, ret);

	if (fd < 0)
		return fd;
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

/* ---- names -------------------------------------------------------------------------------- */

/* One file on its way to its name. */
struct publication {
	int folder_fd;
	const char *temporary, *name, *keep;
	struct placed *placed;
	struct problem *problem;
};

static int fail(const struct publication *publication, int error)
{
	return problem_set(publication->problem, error, "cannot be put in place: %s", strerror(-error));
}

/* A folder would take no file's name, and nothing is published for that to be found out. */
static int check_keep(const struct publication *publication)
{
	struct stat st;

	if (fstatat(publication->folder_fd, publication->keep, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISDIR(st.st_mode))
		return 0;
	problem_set(publication->problem, -EISDIR,
		"cannot be put in place: what is there now would become %s, which is a directory",
		publication->keep);
	problem_remedy(publication->problem, "remove it, or give it another name");
	return -EISDIR;
}

/*
 * The file has its name, and what was there before another one: that becomes its own, or else it is put back over the
 * new file.
 */
static int keep_old(const struct publication *publication, const char *old)
{
	struct placed *placed = publication->placed;
	int fd = publication->folder_fd, r;

	placed->in_place = true;
	(void)snprintf(placed->kept, sizeof(placed->kept), "%s", publication->keep);
	if (renameat(fd, old, fd, publication->keep) == 0) {
		/* Of two names of one file rename(2) leaves both. */
		(void)unlinkat(fd, old, 0);
		return 0;
	}
	r = -errno;
	if (renameat(fd, old, fd, publication->name) == 0) {
		*placed = (struct placed){0};
		return problem_set(publication->problem, r,
			"cannot be put in place: what is there now cannot be kept as %s: %s",
			publication->keep, strerror(-r));
	}
	(void)snprintf(placed->kept, sizeof(placed->kept), "%s", old);
	problem_set(publication->problem, r,
		"is in place, but what was there before could not be kept as %s: %s; it is %s now",
		publication->keep, strerror(-r), old);
	problem_remedy(publication->problem, "give it its name");
	return r;
}

/* Where a file system cannot exchange two names: the old file gets a second one first. */
static int publish_linked(const struct publication *publication)
{
	int fd = publication->folder_fd, r;
	char old[PLACE_NAME];

	r = random_name(publication->name, old);
	if (r == 0 && linkat(fd, publication->name, fd, old, 0) < 0)
		r = -errno;
	if (r < 0)
		return fail(publication, r);
	if (renameat(fd, publication->temporary, fd, publication->name) < 0) {
		r = -errno;
		(void)unlinkat(fd, old, 0);
		return fail(publication, r);
	}
	return keep_old(publication, old);
}

static int publish(const struct publication *publication)
{
	int fd = publication->folder_fd, r;
	struct stat st;

	if (publication->keep && fstatat(fd, publication->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		r = S_ISDIR(st.st_mode) ? fail(publication, -EISDIR) : check_keep(publication);
		if (r < 0)
			return r;
		if (renameat2(fd, publication->temporary, fd, publication->name, RENAME_EXCHANGE) == 0)
			return keep_old(publication, publication->temporary);
		r = errno;
		return r == EINVAL || r == ENOSYS ? publish_linked(publication) : fail(publication, -r);
	}
	if (renameat(fd, publication->temporary, fd, publication->name) < 0)
		return fail(publication, -errno);
	publication->placed->in_place = true;
	return 0;
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

int place_publish(int folder_fd, const char *temporary, const char *name, const char *keep,
	struct placed *ret, struct problem *problem)
{
	const struct publication publication = {.folder_fd = folder_fd,
		.temporary = temporary,
		.name = name,
		.keep = keep,
		.placed = ret,
		.problem = problem};
	int r;

	*ret = (struct placed){0};
	r = publish(&publication);
	if (!ret->in_place)
		(void)unlinkat(folder_fd, temporary, 0);
	(void)fsync(folder_fd);
	return r;
}

int place_write(int folder_fd, const char *name, const char *keep, const struct place_file *file,
	struct placed *ret, struct problem *problem)
{
	char temporary[PLACE_NAME];
	int r = place_prepare(folder_fd, name, file, temporary, problem);

	*ret = (struct placed){0};
	return r < 0 ? r : place_publish(folder_fd, temporary, name, keep, ret, problem);
}
