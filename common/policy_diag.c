// SPDX-License-Identifier: MIT
/* Errors and warnings, and the table of rule-ids; see policy_diag.h. */
#include "policy_diag.h"

#include <stdlib.h>

/*
 * Each id has its own entry in man/imaboot-lint.7; tests/shell/lint-ids.sh compares. Texts and not pointers to them: each
 * pointer would take 32 bytes of the boot program, which is relocated.
 */
static const struct {
	char id[20], summary[60];
} issues[ISSUE_COUNT] = {
	[ISSUE_FILE_EMPTY] = {"file-empty", "The file is empty"},
	[ISSUE_NO_NEWLINE] = {"no-newline", "The last line does not end in a newline"},
	[ISSUE_NUL_BYTE] = {"nul-byte", "There is a NUL byte in the file"},
	[ISSUE_BYTE_ORDER_MARK] = {"byte-order-mark", "The file begins with a byte order mark"},
	[ISSUE_CARRIAGE_RETURN] = {"carriage-return", "A line ends in a carriage return"},
	[ISSUE_UNKNOWN_WORD] = {"unknown-word", "The rule language has no such word"},
	[ISSUE_MISSING_VALUE] = {"missing-value", "A keyword has no value"},
	[ISSUE_UNKNOWN_VALUE] = {"unknown-value", "A keyword has a value that it cannot have"},
	[ISSUE_BAD_NUMBER] = {"bad-number", "A value is not a number"},
	[ISSUE_OUT_OF_RANGE] = {"out-of-range", "A number is too large or too small"},
	[ISSUE_BAD_UUID] = {"bad-uuid", "A value is not a UUID"},
	[ISSUE_EMPTY_ITEM] = {"empty-item", "A list has an empty item"},
	[ISSUE_UNKNOWN_LABEL] = {"unknown-label", "No security module knows a label"},
	[ISSUE_KERNEL_VERSION] = {"kernel-version", "The kernel is too old for a word"},
	[ISSUE_KERNEL_CONFIG] = {"kernel-config", "The kernel is built without what a word needs"},
	[ISSUE_SUFFIX_COMMENT] = {"suffix-comment", "A comment follows a rule on its line"},
	[ISSUE_DUPLICATE] = {"duplicate", "A word is given twice"},
	[ISSUE_MISSING_ACTION] = {"missing-action", "A rule has no action"},
	[ISSUE_MISSING_OPTION] = {"missing-option", "A rule lacks an option that it needs"},
	[ISSUE_WORD_ORDER] = {"word-order", "Words come in an order that the kernel refuses"},
	[ISSUE_CONFLICT] = {"conflict", "Words exclude each other"},
	[ISSUE_NO_RULES] = {"no-rules", "The file has no rule"},
	[ISSUE_LONG_LINE] = {"long-line", "A line is longer than one write can be"},
	[ISSUE_NO_EFFECT] = {"no-effect", "A word or a rule has no effect"},
	[ISSUE_VERSION_DIFFERS] = {"version-differs", "Other kernel versions read a rule otherwise"},
	[ISSUE_POLICY_UNSIGNED] = {"policy-unsigned", "The next policy need not be signed"},
	[ISSUE_POLICY_EXEMPT] = {"policy-exempt", "Policies on some file systems need not be signed"},
	[ISSUE_RAM_APPRAISED] = {"ram-appraised", "Programs on tmpfs or ramfs are appraised"},
	[ISSUE_PSEUDO_APPRAISED] = {"pseudo-appraised", "Files of pseudo file systems are appraised"},
	[ISSUE_NEVER_MATCHES] = {"never-matches", "An earlier rule always matches first"},
	[ISSUE_ROOT_OWNED] = {"root-owned", "All files of root are appraised, those that change too"},
	[ISSUE_EXEC_WITHOUT_MMAP] = {"exec-without-mmap", "Programs are appraised, libraries are not"},
	[ISSUE_WEAK_HASH] = {"weak-hash", "A hash algorithm that is broken is allowed"},
	[ISSUE_LABEL_EARLY] = {"label-early", "Labels are unknown early in the boot"},
	[ISSUE_HASH_MODULE] = {"hash-module", "A hash algorithm is in a kernel module"},
};

const char *policy_issue_id(enum policy_issue issue)
{
	return issues[issue].id;
}

const char *policy_issue_summary(enum policy_issue issue)
{
	return issues[issue].summary;
}

void diags_add(struct diags *diags, bool is_error, enum policy_issue issue, uint32_t line, uint32_t column,
	uint32_t length, const char *text, size_t len)
{
	struct diag *items;
	size_t size;

	if (diags->count == diags->size) {
		size = diags->size ? diags->size * 2 : 8;
		items = realloc(diags->items, size * sizeof(*items));
		if (!items) {
			diags->failed = true;
			return;
		}
		diags->items = items;
		diags->size = size;
	}
	diags->items[diags->count++] = (struct diag){.line = line,
		.column = column,
		.length = length,
		.message = (uint32_t)diags->messages.len,
		.issue = (uint16_t)issue,
		.is_error = is_error};
	buf_add(&diags->messages, text, len);
	buf_putc(&diags->messages, '\0');
	diags->errors += is_error;
	diags->failed |= buf_failed(&diags->messages);
}

/* By line; then as they were added, which is the order of their messages. */
static int compare_lines(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->message < y->message ? -1 : x->message > y->message;
}

void diags_sort(struct diags *diags)
{
	if (diags->count)
		qsort(diags->items, diags->count, sizeof(*diags->items), compare_lines);
}

void diags_free(struct diags *diags)
{
	free(diags->items);
	buf_free(&diags->messages);
	*diags = (struct diags){0};
}
