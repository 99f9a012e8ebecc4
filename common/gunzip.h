/* SPDX-License-Identifier: MIT */
/*
 * Unpacks a gzip file (RFC 1952, RFC 1951) in memory, for /proc/config.gz: the boot program has no zlib.
 * Made for small trusted-size inputs, not for speed; any bytes are safe to give.
 */
#ifndef IMABOOT_GUNZIP_H
#define IMABOOT_GUNZIP_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"

/* True when the bytes begin as a gzip file does. */
static inline bool gunzip_is_packed(const void *bytes, size_t len)
{
	return len > 2 && memcmp(bytes, "\x1f\x8b\x08", 3) == 0;
}

/*
 * Adds the content of the first member to ret. Returns 0, -EBADMSG where it is damaged or cut (the checksum and
 * the length are compared), -EFBIG where it has more than max bytes, -ENOMEM.
 */
_must_check_ int gunzip(const uint8_t *bytes, size_t len, size_t max, struct buf *ret);

#endif
