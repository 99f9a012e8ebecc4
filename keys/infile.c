// SPDX-License-Identifier: MIT
/* Reads a small file whole; see infile.h. */
#include "infile.h"

#include <errno.h>
#include <fcntl.h>

/* What a pipe or a terminal gives is read as it comes, a file from its start. */
static int read_all(int fd, bool is_stream, size_t max, struct buf *ret, struct problem *problem)
{
	char block[16384];
	ssize_t n = 0;
	int r = 0;

	while (r == 0 && !buf_failed(ret)) {
		n = is_stream ? read(fd, block, sizeof(block))
			      : pread(fd, block, sizeof(block), (off_t)ret->len);
		if (n <= 0)
			break;
		buf_add(ret, block, (size_t)n);
		if (ret->len > max) {
			problem_set(
				problem, -EFBIG, "is larger than %zu KiB, the most that is read", max / 1024);
			problem_remedy(problem, "check that it is the right file");
			r = -EFBIG;
		}
	}
	/* What was read may be a private key. */
	explicit_bzero(block, sizeof(block));
	if (r < 0)
		return r;
	if (n < 0)
		return problem_set(problem, -errno, "cannot be read: %s", strerror(errno));
	if (buf_failed(ret))
		return problem_set(problem, -ENOMEM, "out of memory");
	return 0;
}

int infile_read_fd(int fd, size_t max, struct buf *ret, struct problem *problem)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return problem_set(problem, -errno, "cannot be read: %s", strerror(errno));
	if (!S_ISREG(st.st_mode)) {
		problem_set(problem, -EINVAL, "is %s, not a regular file",
			S_ISDIR(st.st_mode) ? "a directory" : "a device, a FIFO or a socket");
		problem_remedy(problem, "name a regular file");
		return -EINVAL;
	}
	return read_all(fd, false, max, ret, problem);
}

static int open_file(const char *path, int flags, struct problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);

	if (fd >= 0)
		return fd;
	return errno == ENOENT ? problem_set(problem, -ENOENT, "there is no such file")
			       : problem_set(problem, -errno, "cannot be opened: %s", strerror(errno));
}

int infile_read_any(const char *path, size_t max, struct buf *ret, struct stat *st, struct problem *problem)
{
	bool is_stream = stat(path, st) == 0 && (S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode));
	_cleanup_close_ int fd = open_file(path, is_stream ? 0 : O_NONBLOCK, problem);
	int r;

	if (fd < 0)
		return fd;
	if (fstat(fd, st) < 0)
		return problem_set(problem, -errno, "cannot be read: %s", strerror(errno));
	r = is_stream ? read_all(fd, true, max, ret, problem) : infile_read_fd(fd, max, ret, problem);
	return r == 0 && !ret->len ? problem_set(problem, -ENODATA, "is empty") : r;
}

int infile_read(const char *path, size_t max, struct buf *ret, struct problem *problem)
{
	_cleanup_close_ int fd = open_file(path, O_NONBLOCK, problem);
	int r = fd < 0 ? fd : infile_read_fd(fd, max, ret, problem);

	return r == 0 && !ret->len ? problem_set(problem, -ENODATA, "is empty") : r;
}
