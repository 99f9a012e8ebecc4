// SPDX-License-Identifier: MIT
/* The extended attribute security.ima; see imaxattr.h. */
#include "imaxattr.h"

#include <errno.h>
#include <sys/xattr.h>

#define NAME "security.ima"

int imaxattr_get(int fd, uint8_t *ret, size_t size, size_t *ret_len)
{
	ssize_t n = fgetxattr(fd, NAME, ret, size);

	*ret_len = n > 0 ? (size_t)n : 0;
	return n >= 0 || errno == ENODATA ? 0 : -errno;
}

int imaxattr_get_label(int fd, char *ret, size_t size, size_t *ret_len)
{
	ssize_t n = fgetxattr(fd, "security.selinux", ret, size);

	*ret_len = n > 0 ? (size_t)n : 0;
	return n >= 0 ? 0 : -errno;
}

bool imaxattr_lacks_evm(int fd)
{
	return fgetxattr(fd, "security.evm", NULL, 0) < 0 && errno == ENODATA;
}

int imaxattr_set(int fd, const uint8_t *value, size_t len, struct problem *problem)
{
	int error;

	if (fsetxattr(fd, NAME, value, len, 0) == 0)
		return 0;
	error = errno;
	switch (error) {
	case EOPNOTSUPP:
		problem_set(problem, -error, "its file system has no " NAME);
		problem_remedy(problem, "sign it on another file system, or use --detached");
		break;
	case EROFS:
		problem_set(problem, -error, "its file system is read-only");
		problem_remedy(problem, "mount it writable, or use --detached");
		break;
	case EPERM:
	case EACCES:
		problem_set(problem, -error, NAME " cannot be written: %s", strerror(error));
		problem_remedy(problem,
			"be root, and see that the file is not immutable (lsattr), or use --detached");
		break;
	case ENOSPC:
	case EDQUOT:
		problem_set(problem, -error, NAME " cannot be written: %s", strerror(error));
		problem_remedy(problem, "make room on the file system");
		break;
	default:
		problem_set(problem, -error, NAME " cannot be written: %s", strerror(error));
		break;
	}
	return -error;
}
