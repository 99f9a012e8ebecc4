/* SPDX-License-Identifier: MIT */
/*
 * A line of a kernel log, a journal, a syslog or an audit log without what is put before the message: priority, time, host
 * and tag. Pure. What is left of it is taken piece by piece.
 */
#ifndef IMABOOT_LOGLINE_H
#define IMABOOT_LOGLINE_H

#include "auditlog.h"

/* What is left of a line. */
struct text {
	const char *at;
	size_t len;
};

/* Takes the prefix; false, with nothing taken, where the text does not begin so. */
bool text_skip(struct text *text, const char *prefix);

/* Where the string begins in the text, or NULL. */
const char *text_find(const struct text *text, const char *string);

/* Goes on to a place in the text. */
void text_advance(struct text *text, const char *to);

/* Takes a decimal number; false where there is none, or one that 64 bits cannot hold. */
bool text_number(struct text *text, uint64_t *ret);

/* The value of a hexadecimal digit, or -1. */
int text_hex(char digit);

/*
 * Finds the message, as auditlog_parse() takes a line; plain has room for one whose escapes are undone. False where the line
 * is none of the kernel's or the audit system's, or begins like no message about IMA.
 */
bool logline_message(
	const char *line, size_t len, bool is_kmsg, char plain[static AUDITLOG_LINE_MAX], struct text *ret);

#endif
