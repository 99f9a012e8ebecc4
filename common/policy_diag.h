/* SPDX-License-Identifier: MIT */
/*
 * What there is to say about a policy: errors (the kernel refuses it) and warnings (it takes it, and it is
 * unlikely to do what was meant), each with its place and the id under which imaboot-lint(7) explains it.
 */
#ifndef IMABOOT_POLICY_DIAG_H
#define IMABOOT_POLICY_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"

/* The rule-ids; the table of their names and summaries is in policy_diag.c. */
enum policy_issue {
	/* of the file */
	ISSUE_FILE_EMPTY,
	ISSUE_NO_NEWLINE,
	ISSUE_NUL_BYTE,
	ISSUE_BYTE_ORDER_MARK,
	ISSUE_CARRIAGE_RETURN,
	/* of a word */
	ISSUE_UNKNOWN_WORD,
	ISSUE_MISSING_VALUE,
	ISSUE_UNKNOWN_VALUE,
	ISSUE_BAD_NUMBER,
	ISSUE_OUT_OF_RANGE,
	ISSUE_BAD_UUID,
	ISSUE_EMPTY_ITEM,
	ISSUE_UNKNOWN_LABEL,
	ISSUE_KERNEL_VERSION,
	ISSUE_KERNEL_CONFIG,
	ISSUE_SUFFIX_COMMENT,
	/* of a rule */
	ISSUE_DUPLICATE,
	ISSUE_MISSING_ACTION,
	ISSUE_MISSING_OPTION,
	ISSUE_WORD_ORDER,
	ISSUE_CONFLICT,
	/* warnings */
	ISSUE_NO_RULES,
	ISSUE_LONG_LINE,
	ISSUE_NO_EFFECT,
	ISSUE_VERSION_DIFFERS,
	ISSUE_POLICY_UNSIGNED,
	ISSUE_POLICY_EXEMPT,
	ISSUE_RAM_APPRAISED,
	ISSUE_PSEUDO_APPRAISED,
	ISSUE_NEVER_MATCHES,
	ISSUE_ROOT_OWNED,
	ISSUE_EXEC_WITHOUT_MMAP,
	ISSUE_WEAK_HASH,
	ISSUE_LABEL_EARLY,
	ISSUE_HASH_MODULE,
	ISSUE_COUNT,
};

struct diag {
	uint32_t line, column; /* 1-based; the column counts bytes */
	uint32_t length;       /* of the piece of the line that is meant, in bytes; 0: a place, not a piece */
	uint32_t message;      /* where its text begins in diags.messages; untrusted bytes may be in it */
	uint16_t issue;        /* enum policy_issue */
	bool is_error;
};

struct diags {
	struct diag *items; /* in the order of lines, once diags_sort() has run */
	size_t count, size;
	size_t errors;       /* how many of them are errors */
	struct buf messages; /* NUL-terminated texts */
	bool failed;         /* memory ran out */
};

/* Adds one; len bytes of text are the message. */
void diags_add(struct diags *diags, bool is_error, enum policy_issue issue, uint32_t line, uint32_t column,
	uint32_t length, const char *text, size_t len);

/* Puts them in the order of lines; those of one line stay as they were added. */
void diags_sort(struct diags *diags);

/* Releases what they hold. */
void diags_free(struct diags *diags);

#define _cleanup_diags_ _cleanup_(diags_free)

static inline const char *diag_message(const struct diags *diags, const struct diag *diag)
{
	return buf_string(&diags->messages) + diag->message;
}

/* The rule-id, "no-newline"; and one line on what it is about. */
const char *policy_issue_id(enum policy_issue issue);
const char *policy_issue_summary(enum policy_issue issue);

#endif
