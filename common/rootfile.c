// SPDX-License-Identifier: MIT
/* Files below an untrusted root; see rootfile.h. */
#include "rootfile.h"
#include "format.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int root_open(const char *root)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int root_same(int one_fd, int other_fd)
{
	struct stat one, other;

	return fstat(one_fd, &one) == 0 && fstat(other_fd, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/* openat2(2) inside the root; a leading slash means the root itself. */
static int open_inside(int root_fd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (unsigned int)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve};
	long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* Reopens what an O_PATH descriptor stands for, without resolving its name again. */
static int reopen_for_reading(int path_fd)
{
	char name[64];
	int fd;

	(void)format_text(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		return fd;
	/* The name is there, O_PATH has it: what is absent is procfs, and that must not look like no file. */
	return errno == ENOENT ? -ENXIO : -errno;
}

/* Target of path if path itself is a symbolic link; "" otherwise. */
static void read_link(int root_fd, const char *path, char ret[static PATH_MAX])
{
	_cleanup_close_ int fd = open_inside(root_fd, path, O_PATH | O_NOFOLLOW, 0);
	ssize_t len = fd < 0 ? -1 : readlinkat(fd, "", ret, PATH_MAX - 1);

	ret[len < 0 ? 0 : len] = '\0';
}

static int too_large(uint64_t max, struct problem *problem)
{
	problem_set(problem, -EFBIG, "is larger than %zu KiB, the most that is read", (size_t)(max / 1024));
	problem_remedy(problem, "check that it is the right file");
	return -EFBIG;
}

static int not_regular(const struct stat *st, struct problem *problem)
{
	const char *kind = S_ISCHR(st->st_mode)    ? "a character device"
			   : S_ISBLK(st->st_mode)  ? "a block device"
			   : S_ISFIFO(st->st_mode) ? "a FIFO"
						   : "a socket";

	if (S_ISDIR(st->st_mode))
		problem_set(problem, -EISDIR, "is a directory, not a file");
	else
		problem_set(problem, -EINVAL, "is %s, not a regular file", kind);
	problem_remedy(problem, "remove it, or put a regular file in its place");
	return problem->error;
}

static int explain_open(int root_fd, const char *root, const char *path, int error, struct problem *problem)
{
	char target[PATH_MAX];

	switch (error) {
	case -ENOENT:
		read_link(root_fd, path, target);
		if (!*target)
			return problem_set(problem, error, "there is no such file");
		problem_set(problem, error,
			"is a symbolic link to '%s', and inside the root '%s' there is no such file (links "
			"are "
			"never followed out of it)",
			target, root);
		problem_remedy(problem, "put the file itself here, or correct the link");
		return error;
	case -ELOOP:
		problem_set(problem, error, "its symbolic links lead in a circle");
		problem_remedy(problem, "put the file itself here");
		return error;
	case -ENOSYS:
		problem_set(problem, error, "this kernel has no openat2() to open it safely with");
		problem_remedy(problem, "use Linux 5.6 or later");
		return error;
	case -ENXIO:
		problem_set(problem, error, "cannot be opened: /proc is not mounted");
		problem_remedy(problem, "mount procfs on /proc");
		return error;
	default:
		return problem_set(problem, error, "cannot be opened: %s", strerror(-error));
	}
}

/* Reads to the end, at most max bytes; the file may grow or shrink meanwhile. */
static int read_bounded(int fd, size_t max, struct rootfile *ret, struct problem *problem)
{
	size_t size = 0, next = 4096;
	struct stat st;
	ssize_t n = 1;

	/* A byte more than there is shows the end. */
	if (fstat(fd, &st) == 0 && st.st_size > 0 && (uint64_t)st.st_size <= max)
		next = (size_t)st.st_size + 1;
	while (n > 0) {
		if (ret->len == size) {
			uint8_t *bytes = realloc(ret->bytes, next);

			if (!bytes)
				return problem_set(problem, -ENOMEM, "out of memory");
			ret->bytes = bytes;
			size = next;
			next *= 2;
		}
		n = read(fd, ret->bytes + ret->len, size - ret->len);
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n > 0)
			ret->len += (size_t)n;
		if (ret->len > max)
			return too_large(max, problem);
	}
	if (n < 0) {
		int error = -errno;

		problem_set(problem, error, "cannot be read: %s", strerror(-error));
		problem_remedy(problem, "check the file system and the disk");
		return error;
	}
	return 0;
}

int rootfile_try(int root_fd, const char *path, uint64_t max, struct stat *ret_st)
{
	_cleanup_close_ int path_fd = open_inside(root_fd, path, O_PATH, 0);

	if (path_fd < 0)
		return path_fd;
	if (fstat(path_fd, ret_st) < 0)
		return -errno;
	if (!S_ISREG(ret_st->st_mode))
		return S_ISDIR(ret_st->st_mode) ? -EISDIR : -EINVAL;
	if (ret_st->st_size > 0 && (uint64_t)ret_st->st_size > max)
		return -EFBIG;
	return reopen_for_reading(path_fd);
}

int rootfile_open(int root_fd, const char *root, const char *path, uint64_t max, struct problem *problem)
{
	struct stat st = {.st_mode = S_IFREG};
	int fd = rootfile_try(root_fd, path, max, &st);

	if (fd >= 0)
		return fd;
	if (!S_ISREG(st.st_mode))
		return not_regular(&st, problem);
	return fd == -EFBIG ? too_large(max, problem) : explain_open(root_fd, root, path, fd, problem);
}

int root_stat(int root_fd, const char *path, struct stat *ret)
{
	_cleanup_close_ int fd = open_inside(root_fd, path, O_PATH, 0);

	if (fd < 0)
		return fd;
	return fstat(fd, ret) < 0 ? -errno : 0;
}

/* What /proc says of a descriptor. */
static int name_of(int fd, char ret[static PATH_MAX])
{
	char link[64];
	ssize_t len;

	(void)format_text(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, ret, PATH_MAX);
	if (len < 0)
		return errno == ENOENT ? -ENXIO : -errno;
	if (len == PATH_MAX)
		return -ENAMETOOLONG;
	ret[len] = '\0';
	return 0;
}

int rootfile_real_path(int root_fd, int fd, char ret[static PATH_MAX])
{
	char root[PATH_MAX], path[PATH_MAX];
	size_t len;
	int r = name_of(root_fd, root);

	if (r == 0)
		r = name_of(fd, path);
	if (r < 0)
		return r;
	len = string_equal(root, "/") ? 0 : strlen(root);
	if (strncmp(path, root, len) != 0 || path[len] != '/')
		return -EXDEV;
	memmove(ret, path + len, strlen(path + len) + 1);
	return 0;
}

int rootfile_read(int root_fd, const char *root, const char *path, size_t max, struct rootfile *ret,
	struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r;

	file.fd = rootfile_open(root_fd, root, path, max, problem);
	if (file.fd < 0)
		return file.fd;
	r = read_bounded(file.fd, max, &file, problem);
	if (r < 0)
		return r;
	if (!file.len) {
		problem_set(problem, -ENODATA, "is empty");
		problem_remedy(problem, "put the right file in its place, or remove it");
		return -ENODATA;
	}
	*ret = file;
	file = (struct rootfile){.fd = -1};
	return 0;
}

int root_absolute(const char *file, char ret[static PATH_MAX])
{
	size_t len;

	if (*file == '/')
		ret[0] = '\0';
	else if (!getcwd(ret, PATH_MAX))
		return -errno;
	len = strlen(ret);
	if (len + 1 + strlen(file) >= PATH_MAX)
		return -ENAMETOOLONG;
	(void)format_text(ret + len, PATH_MAX - len, "%s%s", len ? "/" : "", file);
	return 0;
}

void rootfile_free(struct rootfile *file)
{
	close_fd(&file->fd);
	free(file->bytes);
	*file = (struct rootfile){.fd = -1};
}

bool root_has_folder(int root_fd, const char *path)
{
	_cleanup_close_ int fd = open_inside(root_fd, path, O_PATH | O_DIRECTORY, 0);

	return fd >= 0;
}

int root_open_parent(int root_fd, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	if (!slash || !slash[1] || slash - path >= PATH_MAX - 1)
		return -EINVAL;
	(void)format_text(folder, sizeof(folder), "%.*s", (int)(slash - path) + 1, path);
	*ret_name = slash + 1;
	return open_inside(root_fd, folder, O_RDONLY | O_DIRECTORY, 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count)
{
	_cleanup_closedir_ DIR *dir = NULL;
	int fd = open_inside(root_fd, path, O_RDONLY | O_DIRECTORY, 0);
	struct dirent *entry;
	char **names = NULL, **more;
	size_t count = 0;
	int r = 0;

	*ret = NULL;
	*ret_count = 0;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	while (r == 0 && (errno = 0, entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		more = count < max ? realloc(names, (count + 1) * sizeof(*names)) : NULL;
		if (more) {
			names = more;
			names[count] = strdup(entry->d_name);
		}
		if (!more || !names[count++])
			r = count >= max ? -E2BIG : -ENOMEM;
	}
	if (r == 0 && errno)
		r = -errno;
	if (r < 0) {
		root_list_free(names, count);
		return r;
	}
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	*ret = names;
	*ret_count = count;
	return 0;
}

void root_list_free(char **names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(names[i]);
	free(names);
}
