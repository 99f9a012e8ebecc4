/* SPDX-License-Identifier: MIT */
/* What judge.c and judge_rules.c share: the accesses of a file, and the rules that each meets. */
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

#endif
