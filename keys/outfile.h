/* SPDX-License-Identifier: MIT */
/*
 * Writes a file so that its name has either the old content or all of the new one, whatever
 * happens in between: a temporary file beside it, fsync, then one rename. Only a regular file is
 * replaced: what a device, a FIFO or a link to one gets is the bytes.
 */
#ifndef IMABOOT_OUTFILE_H
#define IMABOOT_OUTFILE_H

#include <stdbool.h>
#include <sys/types.h>
#include "problem.h"

/*
 * Tells before any work is done that outfile_write() would refuse: the file is there and replace is false, it is
 * neither a regular file nor something to write bytes to, its name is too long, its folder takes no file. Returns 0,
 * or a negative errno with *problem set, -EEXIST where only replace was missing.
 */
_must_check_ int outfile_check(const char *path, bool replace, struct problem *problem);

/*
 * Writes len bytes to path with that mode (less the umask). Without replace a file that is there
 * stays as it is, and the answer is -EEXIST. Signals are held meanwhile, so that none leaves the bytes, which may be
 * a key's, under another name. Returns 0, or a negative errno with *problem set.
 */
_must_check_ int outfile_write(
	const char *path, const void *bytes, size_t len, mode_t mode, bool replace, struct problem *problem);

/* True where both names are one file's, be it there already or not. */
bool outfile_is_same(const char *path, const char *other);

#endif
