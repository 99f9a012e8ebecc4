/* SPDX-License-Identifier: MIT */
/*
 * Formatted text without the C library's printf, whose floating point and stream code would be an
 * eighth of the boot program.
 *
 * The formats are those of printf(3), and the compiler checks them as such, but only these
 * conversions are known: %s %c %d %u %x %X %%, with the flags - and 0, a width, a precision for
 * %s (both may be *), and the lengths l, ll and z for numbers.
 */
#ifndef IMABOOT_FORMAT_H
#define IMABOOT_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include "util.h"

/*
 * Writes at most size bytes, a NUL among them, and returns how many bytes without the NUL the
 * whole text has; what does not fit is cut. ret may be NULL when size is 0.
 */
size_t format_text(char *ret, size_t size, const char *format, ...) _printf_(3, 4);
size_t format_args(char *ret, size_t size, const char *format, va_list args) _printf_(3, 0);

/* The text in allocated memory, or NULL. */
_must_check_ char *format_new(const char *format, ...) _printf_(1, 2);
_must_check_ char *format_new_args(const char *format, va_list args) _printf_(1, 0);

#endif
