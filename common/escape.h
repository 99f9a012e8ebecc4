/* SPDX-License-Identifier: MIT */
/*
 * Untrusted bytes (file names, policy text) made safe for a console, a log and JSON.
 *
 * Well-formed UTF-8 stays as it is, except for control characters (C0, DEL, C1) and the
 * characters that change the direction of text or hide: U+061C, U+200B-200F, U+2028-202E, U+2060-2069,
 * U+FEFF. Those and every byte that is not UTF-8 become \xNN, a backslash becomes \\: the
 * escaped form can always be turned back.
 */
#ifndef IMABOOT_ESCAPE_H
#define IMABOOT_ESCAPE_H

#include <stddef.h>
#include "buf.h"

/* Adds len bytes in escaped form. */
void escape_bytes(struct buf *buf, const void *bytes, size_t len);

/* Adds a NUL-terminated string in escaped form. */
void escape_string(struct buf *buf, const char *string);

/*
 * Length of the well-formed UTF-8 sequence at bytes (1 to 4), or 0 where there is none: a
 * stray or missing continuation byte, an overlong form, a surrogate, above U+10FFFF (RFC 3629).
 */
size_t utf8_length(const unsigned char *bytes, size_t len);

#endif
