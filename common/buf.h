/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer for text that is put together piece by piece.
 *
 * Running out of memory is remembered, not reported at each call: additions after a failed one
 * do nothing, and buf_failed() tells at the end. The bytes are always followed by a NUL that
 * does not count, so a buffer can be used as a string once something was added.
 */
#ifndef IMABOOT_BUF_H
#define IMABOOT_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include "util.h"

struct buf {
	char *data;  /* the bytes and a NUL; NULL while nothing was added */
	size_t len;  /* bytes used, without the NUL */
	size_t size; /* bytes allocated */
	bool failed; /* memory ran out; the content is a prefix of what was asked for */
};

/* Adds len bytes. */
void buf_add(struct buf *buf, const void *bytes, size_t len);

/* Adds a NUL-terminated string. */
void buf_puts(struct buf *buf, const char *string);

/* Adds one byte. */
void buf_putc(struct buf *buf, char byte);

/* Adds formatted text; see printf(3). */
void buf_printf(struct buf *buf, const char *format, ...) _printf_(2, 3);

/* True when an addition failed for lack of memory. */
static inline bool buf_failed(const struct buf *buf)
{
	return buf->failed;
}

/* The content as a string, "" while empty. Owned by the buffer. */
static inline const char *buf_string(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

/* Hands the content over as an allocated string and empties the buffer; NULL when memory ran out. */
_must_check_ char *buf_take(struct buf *buf);

/* Releases the memory and empties the buffer. */
void buf_free(struct buf *buf);

#define _cleanup_buf_ _cleanup_(buf_free)

#endif
