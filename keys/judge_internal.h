/* SPDX-License-Identifier: MIT */
/* What judge.c, judge_rules.c (the rules that each access meets) and judge_value.c (security.ima) share. */
#ifndef IMABOOT_JUDGE_INTERNAL_H
#define IMABOOT_JUDGE_INTERNAL_H

#include "judge.h"

#define STEPS_MAX 20 /* accesses of one file */

/* One access, as the policy sees it. */
struct seen {
	unsigned int role;
	struct verdict verdict;
};

/* Asks the policy about each access that the roles bring, those of one role one after the other. Returns how many. */
size_t judge_look(const struct judge *judge, const struct file_facts *facts, unsigned int roles,
	struct seen seen[static STEPS_MAX]);

/* Notes the rules that appraise; false where none does. */
bool judge_note_rules(const struct seen *seen, size_t count, struct judgement *ret);

/* The first access that would be denied, with its rule, for a value of security.ima over a hash of that algorithm. */
enum denial judge_first_denial(const struct judge *judge, const struct seen *seen, size_t count,
	enum appraise_value value, unsigned int algo, const struct policy_rule **ret_rule);

/* What is found out of a file once, however often it is judged; all zero to begin with but for fd and st. */
struct look {
	int fd;
	const struct stat *st;
	bool has_value, verified; /* the members below are filled in */
	int error;                /* the attribute cannot be read */
	uint8_t value[IMASIG_MAX];
	size_t len;
	struct imasig sig;
	struct imaverify_result result;
};

/* Judges by the value of security.ima; reads the file only where a good value would satisfy the rules. */
void judge_value(const struct judge *judge, struct imaverify *verify, struct look *look,
	const struct seen *seen, size_t count, struct judgement *ret);

/* Sets the denial, with the kernel's word for it. no_key: the key of a signature is not loaded. */
void judge_deny(struct judgement *ret, enum auditlog_kind kind, const char *cause);
void judge_set_denial(struct judgement *ret, enum denial denial, bool no_key);

#endif
