/* SPDX-License-Identifier: MIT */
/*
 * Standard output: collected, and written at the end of the verb or when it has grown large.
 */
#ifndef IMABOOT_OUT_H
#define IMABOOT_OUT_H

#include <stddef.h>
#include "buf.h"
#include "util.h"

/* Adds bytes, or formatted text as in format.h. */
void out_bytes(const void *bytes, size_t len);
void out_printf(const char *format, ...) _printf_(1, 2);

/* Writes a text to standard error and empties the buffer. */
void out_error(struct buf *text);

/*
 * Writes what is left. Returns 0, or the negative errno of the first write that failed: the
 * output is incomplete then.
 */
_must_check_ int out_finish(void);

#endif
