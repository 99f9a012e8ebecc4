/* SPDX-License-Identifier: MIT */
/*
 * Files below a root that is not trusted: the image ("/") or the real root ("/sysroot").
 *
 * Paths are resolved inside the root, symbolic links too (openat2(2), RESOLVE_IN_ROOT, Linux
 * 5.6): nothing outside it is ever opened. Only regular files are opened for reading; what a
 * name leads to is looked at first (O_PATH), so that a FIFO cannot block and a device is not
 * touched. Reads are bounded.
 */
#ifndef IMABOOT_ROOTFILE_H
#define IMABOOT_ROOTFILE_H

#include <limits.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include "problem.h"
#include "util.h"

struct rootfile {
	int fd;         /* open for reading; -1 after rootfile_free() */
	uint8_t *bytes; /* the whole content */
	size_t len;     /* its length in bytes */
};

/* Opens a root folder. Returns a descriptor or a negative errno. */
_must_check_ int root_open(const char *root);

/*
 * Opens the regular file at path (absolute, inside the root) for reading. One of more than max
 * bytes is not opened: under a rule of IMA the kernel would read all of it. Returns the descriptor,
 * or a negative errno with *problem set, as rootfile_read().
 */
_must_check_ int rootfile_open(
	int root_fd, const char *root, const char *path, uint64_t max, struct problem *problem);

/*
 * Opens and reads the regular file at path (absolute, inside the root) of at most max bytes.
 * root is the folder's name for messages. Returns 0, or a negative errno with *problem set:
 * -ENOENT nothing there, -ELOOP links in a circle, -EISDIR a directory, -EINVAL another kind of
 * file, -EFBIG larger than max, -ENODATA empty, or what openat2(2) and read(2) say.
 */
_must_check_ int rootfile_read(int root_fd, const char *root, const char *path, size_t max,
	struct rootfile *ret, struct problem *problem);

/*
 * As rootfile_open(), without a word: where a file is looked for in several places. What is known of the file, also where
 * it is not opened, is in *ret_st. Returns the descriptor or a negative errno: -EISDIR, -EINVAL not a regular file,
 * -EFBIG larger than max bytes, -ENXIO procfs is not mounted, or what openat2(2) and open(2) say.
 */
_must_check_ int rootfile_try(int root_fd, const char *path, uint64_t max, struct stat *ret_st);

/* The facts of what path leads to, which need not be readable. Returns 0, or a negative errno. */
_must_check_ int root_stat(int root_fd, const char *path, struct stat *ret);

/*
 * Where an open file really is: its path inside the root, links resolved (/proc/self/fd). Returns 0, or a negative errno:
 * -EXDEV it is not below the root, -ENAMETOOLONG, -ENXIO procfs is not mounted.
 */
_must_check_ int rootfile_real_path(int root_fd, int fd, char ret[static PATH_MAX]);

/* Releases the content and closes the descriptor. */
void rootfile_free(struct rootfile *file);

/*
 * Opens the folder that holds path (absolute, inside the root), links in it resolved there, for work on the name
 * *ret_name, the rest of path: the name itself is not looked at. Returns a descriptor, -EINVAL for a path that ends in
 * a slash or is longer than PATH_MAX, or what openat2(2) says.
 */
_must_check_ int root_open_parent(int root_fd, const char *path, const char **ret_name);

/*
 * Names in a folder of the root, sorted by their bytes, without those that begin with a dot.
 * A folder that is absent has none. *ret is allocated, *ret_count the number of names.
 * Returns 0 or a negative errno; -E2BIG when there are more than max.
 */
_must_check_ int root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count);

/* Releases what root_list() returned. */
void root_list_free(char **names, size_t count);

/*
 * The absolute name of a file that a person named: below the root folder, paths are not resolved
 * from the current one. Returns 0 or a negative errno.
 */
_must_check_ int root_absolute(const char *file, char ret[static PATH_MAX]);

/* True where path is a folder, or a link to one inside the root. */
bool root_has_folder(int root_fd, const char *path);

/* True where two open roots are the same folder. */
int root_same(int one_fd, int other_fd);

#define _cleanup_rootfile_ _cleanup_(rootfile_free)

#endif
