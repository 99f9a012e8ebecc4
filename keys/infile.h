/* SPDX-License-Identifier: MIT */
/* Reads a small file (a key, a certificate, a pass phrase, a policy) whole, with a bound. */
#ifndef IMABOOT_INFILE_H
#define IMABOOT_INFILE_H

#include <sys/stat.h>
#include "buf.h"
#include "problem.h"

#define INFILE_KEY_MAX 65536      /* bytes of a key, a certificate or a request */
#define INFILE_POLICY_MAX 1048576 /* bytes of a policy file, as at boot */

/*
 * Reads the regular file at path, at most max bytes. Returns 0, or a negative errno with *problem
 * set: there is none, no permission, not a regular file, larger than max, empty.
 */
_must_check_ int infile_read(const char *path, size_t max, struct buf *ret, struct problem *problem);

/* The same also for a pipe or a terminal, which is read to its end; what it is goes to *st. */
_must_check_ int infile_read_any(
	const char *path, size_t max, struct buf *ret, struct stat *st, struct problem *problem);

/* The same for an open file, from its start; an empty one is no problem here. */
_must_check_ int infile_read_fd(int fd, size_t max, struct buf *ret, struct problem *problem);

#endif
