/* SPDX-License-Identifier: MIT */
/*
 * A cpio archive as the kernel unpacks it into the initramfs: "newc", see
 * Documentation/driver-api/early-userspace/buffer-format.rst. The same files give the same bytes.
 */
#ifndef IMABOOT_CPIO_H
#define IMABOOT_CPIO_H

#include <stdint.h>
#include <sys/types.h>
#include "buf.h"

struct cpio {
	struct buf *buf;
	uint32_t mtime; /* of all entries, seconds since 1970 */
	uint32_t inode; /* of the last entry */
};

/* Adds an entry owned by root; path is relative, mode has the file's type. -EFBIG: 4 GiB and more. */
_must_check_ int cpio_add(struct cpio *cpio, const char *path, mode_t mode, const void *bytes, size_t len);

/* Adds the entry that ends the archive. */
void cpio_end(struct cpio *cpio);

#endif
