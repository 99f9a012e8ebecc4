// SPDX-License-Identifier: MIT
/* The kernel's own files and those below /run; see sysfile.h. */
#include "sysfile.h"
#include "format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include "buf.h"

static const char *prefix = "";

void sysfile_set_prefix(const char *folder)
{
	prefix = folder;
}

int sysfile_path(const char *path, char ret[static PATH_MAX])
{
	size_t len = format_text(ret, PATH_MAX, "%s%s", prefix, path);

	return len >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int sysfile_open(const char *path, int flags)
{
	char full[PATH_MAX];
	int fd, r = sysfile_path(path, full);

	if (r < 0)
		return r;
	fd = open(full, flags | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

ssize_t sysfile_read(const char *path, char *ret, size_t size)
{
	_cleanup_close_ int fd = sysfile_open(path, O_RDONLY);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = read(fd, ret + len, size - len)) > 0) {
		len += (size_t)n;
		if (len == size) {
			ret[len - 1] = '\0';
			return -EFBIG;
		}
	}
	if (n < 0)
		return -errno;
	ret[len] = '\0';
	return (ssize_t)len;
}

int sysfile_lines(const char *path, bool (*take)(const char *line, void *context), void *context)
{
	_cleanup_close_ int fd = sysfile_open(path, O_RDONLY);
	_cleanup_buf_ struct buf line = {0};
	char chunk[4096];
	ssize_t n, i;
	bool more = true;

	if (fd < 0)
		return fd;
	while (more && (n = read(fd, chunk, sizeof(chunk))) > 0)
		for (i = 0; i < n && more; i++) {
			if (chunk[i] != '\n') {
				buf_putc(&line, chunk[i]);
				continue;
			}
			if (line.failed)
				return -ENOMEM;
			more = take(buf_string(&line), context);
			buf_free(&line);
		}
	if (more && n < 0)
		return -errno;
	return line.failed ? -ENOMEM : 0;
}

int sysfile_write(const char *path, const char *text)
{
	_cleanup_close_ int fd = sysfile_open(path, O_WRONLY);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = write(fd, text, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

/* Writes everything and makes it last. */
static int write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode)
{
	_cleanup_close_ int fd = -1;
	char full[PATH_MAX], beside[PATH_MAX];
	int r = sysfile_path(path, full);

	if (r < 0)
		return r;
	if (format_text(beside, sizeof(beside), "%s.new", full) >= PATH_MAX)
		return -ENAMETOOLONG;
	(void)unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes, len);
	if (r == 0 && rename(beside, full) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(beside);
	return r;
}
