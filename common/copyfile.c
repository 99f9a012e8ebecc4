// SPDX-License-Identifier: MIT
/* A copy of a file that is whole before anybody sees it; see copyfile.h. */
#include "copyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define NAMES_MAX 65536 /* bytes; XATTR_LIST_MAX and XATTR_SIZE_MAX of the kernel */
#define VALUE_MAX 65536
#define XATTR_EVM "security.evm"
#define EVM_PORTABLE 5 /* EVM_XATTR_PORTABLE_DIGSIG: a signature that does not name the inode */

static int copy_xattr(int from_fd, int to_fd, const char *name, char *value)
{
	ssize_t len = fgetxattr(from_fd, name, value, VALUE_MAX);

	if (len < 0)
		return -errno;
	if (string_equal(name, XATTR_EVM) && (!len || value[0] != EVM_PORTABLE))
		return 0;
	return fsetxattr(to_fd, name, value, (size_t)len, 0) < 0 ? -errno : 0;
}

static int copy_xattrs(int from_fd, int to_fd)
{
	_cleanup_free_ char *names = malloc(NAMES_MAX), *value = malloc(VALUE_MAX);
	ssize_t len = names && value ? flistxattr(from_fd, names, NAMES_MAX) : -1;
	const char *name;
	int r = 0;

	if (!names || !value)
		return -ENOMEM;
	if (len < 0)
		return errno == EOPNOTSUPP ? 0 : -errno;
	for (name = names; r == 0 && name < names + len; name += strlen(name) + 1)
		r = copy_xattr(from_fd, to_fd, name, value);
	return r;
}

static int write_copy(int fd, const struct rootfile *file)
{
	struct stat st;
	size_t done = 0;
	ssize_t n;
	int r;

	if (fstat(file->fd, &st) < 0)
		return -errno;
	while (done < file->len) {
		n = write(fd, file->bytes + done, file->len - done);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	if (fchown(fd, st.st_uid, st.st_gid) < 0 || fchmod(fd, st.st_mode & 07777) < 0)
		return -errno;
	/* Last: the kernel takes security attributes off a file that is written to or changes hands. */
	r = copy_xattrs(file->fd, fd);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int copyfile_make(int dir_fd, const char *name, const struct rootfile *file)
{
	_cleanup_close_ int fd = -1;
	int r;

	(void)unlinkat(dir_fd, name, 0);
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = write_copy(fd, file);
	if (r < 0)
		(void)unlinkat(dir_fd, name, 0);
	return r;
}
