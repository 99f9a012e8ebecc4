// SPDX-License-Identifier: MIT
/* A cpio archive; see cpio.h. */
#include "cpio.h"

#include <errno.h>
#include <sys/stat.h>

/* Header with name, and content, each begin at a multiple of four bytes. */
static void align(struct buf *buf)
{
	while (buf->len % 4 && !buf->failed)
		buf_putc(buf, '\0');
}

static void add_entry(struct cpio *cpio, const char *path, uint32_t inode, mode_t mode, uint32_t mtime,
	const void *bytes, size_t len)
{
	const uint32_t fields[] = {inode, (uint32_t)mode, 0, 0, S_ISDIR(mode) ? 2 : 1, mtime, (uint32_t)len,
		0, 0, 0, 0, (uint32_t)strlen(path) + 1, 0};
	size_t i;

	buf_puts(cpio->buf, "070701");
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		buf_printf(cpio->buf, "%08x", fields[i]);
	buf_add(cpio->buf, path, strlen(path) + 1);
	align(cpio->buf);
	buf_add(cpio->buf, bytes, len);
	align(cpio->buf);
}

int cpio_add(struct cpio *cpio, const char *path, mode_t mode, const void *bytes, size_t len)
{
	if (len > UINT32_MAX)
		return -EFBIG;
	add_entry(cpio, path, ++cpio->inode, mode, cpio->mtime, bytes, len);
	return 0;
}

void cpio_end(struct cpio *cpio)
{
	add_entry(cpio, "TRAILER!!!", 0, 0, 0, "", 0);
}
