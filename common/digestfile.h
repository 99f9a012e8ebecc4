/* SPDX-License-Identifier: MIT */
/* The digest of an open file, in constant memory. */
#ifndef IMABOOT_DIGESTFILE_H
#define IMABOOT_DIGESTFILE_H

#include "digest.h"

/*
 * Digest of the whole file into ret (DIGEST_MAX bytes of room), wherever its offset is. Returns 0, or a negative errno:
 * -EOPNOTSUPP for an algorithm that digest_size() does not know, -EFBIG for more than max bytes, -ENOMEM, or what pread(2)
 * says.
 */
_must_check_ int digest_file(int fd, unsigned int algo, uint64_t max, uint8_t *ret);

#endif
