// SPDX-License-Identifier: MIT
/* Reads a small file whole; see infile.h. */
#include "infile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int read_all(int fd, size_t max, struct buf *ret, struct problem *problem)
{
	char block[16384];
	ssize_t n = 0;
	int r = 0;

	while (r == 0 && !buf_failed(ret) && (n = pread(fd, block, sizeof(block), (off_t)ret->len)) > 0) {
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
	return read_all(fd, max, ret, problem);
}

int infile_read(const char *path, size_t max, struct buf *ret, struct problem *problem)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (fd < 0 && errno == ENOENT)
		return problem_set(problem, -ENOENT, "there is no such file");
	if (fd < 0)
		return problem_set(problem, -errno, "cannot be opened: %s", strerror(errno));
	r = infile_read_fd(fd, max, ret, problem);
	if (r == 0 && !ret->len)
		return problem_set(problem, -ENODATA, "is empty");
	return r;
}
