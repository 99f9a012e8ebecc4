/* SPDX-License-Identifier: MIT */
/*
 * A temporary folder that stands for the machine: its paths begin with a slash, like the real
 * ones. fakeroot_new() puts it in front of every path that is compiled in (sysfile.h).
 */
#ifndef IMABOOT_TEST_FAKEROOT_H
#define IMABOOT_TEST_FAKEROOT_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sysfile.h"
#include "unit.h"

static char fakeroot[64];

/* The path with the folder in front; good until the fourth next call. */
static inline const char *fakeroot_path(const char *path)
{
	static char paths[4][PATH_MAX];
	static unsigned int next;
	char *ret = paths[next++ % 4];

	assert_true(snprintf(ret, PATH_MAX, "%s%s", fakeroot, path) < PATH_MAX);
	return ret;
}

static inline void fakeroot_dir(const char *path)
{
	char full[PATH_MAX], *slash;

	assert_true(snprintf(full, sizeof(full), "%s%s/", fakeroot, path) < PATH_MAX);
	for (slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

static inline void fakeroot_parent(const char *path)
{
	char dir[PATH_MAX];

	assert_true(snprintf(dir, sizeof(dir), "%s", path) < PATH_MAX);
	*strrchr(dir, '/') = '\0';
	fakeroot_dir(dir);
}

/* Makes a file, and the folders above it. */
static inline void fakeroot_bytes(const char *path, const void *bytes, size_t len)
{
	int fd;

	fakeroot_parent(path);
	fd = open(fakeroot_path(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(close(fd), 0);
}

static inline void fakeroot_file(const char *path, const char *text)
{
	fakeroot_bytes(path, text, strlen(text));
}

static inline void fakeroot_link(const char *path, const char *target)
{
	fakeroot_parent(path);
	assert_int_equal(symlink(target, fakeroot_path(path)), 0);
}

/* Content of a file as a string; good until the next call. */
static inline const char *fakeroot_read(const char *path)
{
	static char text[65536];
	int fd = open(fakeroot_path(path), O_RDONLY | O_CLOEXEC);
	ssize_t len;

	assert_true(fd >= 0);
	len = read(fd, text, sizeof(text) - 1);
	assert_true(len >= 0);
	(void)close(fd);
	text[len] = '\0';
	return text;
}

static inline bool fakeroot_has(const char *path)
{
	struct stat st;

	return lstat(fakeroot_path(path), &st) == 0;
}

static inline int fakeroot_new(void **context)
{
	(void)context;
	(void)snprintf(fakeroot, sizeof(fakeroot), "/tmp/imaboot-unit.XXXXXX");
	if (!mkdtemp(fakeroot))
		return -1;
	sysfile_set_prefix(fakeroot);
	return 0;
}

static inline int fakeroot_remove_one(const char *path, const struct stat *st, int kind, struct FTW *level)
{
	(void)st;
	(void)kind;
	(void)level;
	return remove(path);
}

static inline int fakeroot_remove(void **context)
{
	(void)context;
	sysfile_set_prefix("");
	return nftw(fakeroot, fakeroot_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A test that has a folder of its own. */
#define ROOT_TEST(test) cmocka_unit_test_setup_teardown(test, fakeroot_new, fakeroot_remove)

#endif
