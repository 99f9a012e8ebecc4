/* SPDX-License-Identifier: MIT */
/*
 * The records of a log put together: which files were denied for which cause, how often, and by what. Pure.
 */
#ifndef IMABOOT_DENIALS_H
#define IMABOOT_DENIALS_H

#include "auditlog.h"
#include "buf.h"
#include "util.h"

#define DENIALS_PROGRAMS 4 /* names of processes that are kept for one file */

/* One file and one cause; for AUDITLOG_NO_KEY the keyring is the name, for AUDITLOG_RULE the rule is. */
struct denial_entry {
	enum auditlog_kind kind;
	char *op, *cause, *name, *dev; /* never NULL */
	uint64_t ino, count;
	uint32_t uid; /* of the first process */
	bool has_ino, has_uid;
	char *programs[DENIALS_PROGRAMS];
	size_t program_count;
	bool more_programs;
	char *rule; /* that appraises it; NULL: not known, see denial_rule.h */
};

struct denials {
	struct denial_entry *entries;
	size_t count, size;
	uint32_t *index; /* open addressing: 1 + the number of an entry, at most half full */
	size_t index_size;
	uint64_t lost, broken; /* records that the kernel dropped, and that are not whole */
};

/* What is said about a cause. */
struct denial_words {
	enum auditlog_kind kind;
	const char *cause;
	const char *reason;  /* a clause about the file */
	const char *command; /* what mends it; FILES stands for the names; NULL: nothing to do */
};

/* Adds a record; those that say nothing about IMA are passed by. Returns 0 or -ENOMEM. */
_must_check_ int denials_add(struct denials *denials, const struct auditlog_record *record);

/*
 * Puts the entries in order: by kind, of a kind the causes with the most records first, of a cause the files with the
 * most records first, then by name. No record can be added after it.
 */
void denials_sort(struct denials *denials);

void denials_free(struct denials *denials);

/* The words for a cause; those of an unknown one when it is none that is known. */
const struct denial_words *denial_words_of(enum auditlog_kind kind, const char *cause);

/*
 * The command that mends a cause, for these files: with their names where they are few and can be pasted into a shell,
 * else with `many`, or "FILE" for one. command is that of struct denial_words.
 */
void denial_command(
	const char *command, const char *const *names, size_t count, const char *many, struct buf *ret);

/* True where an access was denied (or, with ima_appraise=log, would have been). */
static inline bool denial_is_one(const struct denial_entry *entry)
{
	return entry->kind == AUDITLOG_DATA || entry->kind == AUDITLOG_METADATA ||
	       entry->kind == AUDITLOG_NO_FILE;
}

#endif
