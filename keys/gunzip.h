/* SPDX-License-Identifier: MIT */
/* Unpacks a gzip file in memory, for /proc/config.gz: zlib with a bound on what comes out. */
#ifndef IMABOOT_GUNZIP_H
#define IMABOOT_GUNZIP_H

#include <stddef.h>
#include <stdint.h>
#include "buf.h"

/*
 * Adds the content to ret. Returns 0, -EBADMSG where it is damaged or cut, -EFBIG where it has
 * more than max bytes, -ENOMEM.
 */
_must_check_ int gunzip(const uint8_t *bytes, size_t len, size_t max, struct buf *ret);

#endif
