/* SPDX-License-Identifier: MIT */
/*
 * The words of the rule language, each with the kernel version that brought it.
 *
 * One table serves the parser, the printer and the suggestions for misspelt words. The kernel's own tables are
 * policy_tokens and func_tokens (ima_policy.c), builtin_templates (ima_template.c), hash_algo_name
 * (crypto/hash_info.c).
 */
#ifndef IMABOOT_POLICY_WORDS_H
#define IMABOOT_POLICY_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include "policy.h"

/* What the parser does with a keyword. */
enum word_kind {
	WORD_ACTION,
	WORD_LSM,
	WORD_FUNC,
	WORD_MASK,
	WORD_FSMAGIC,
	WORD_FSNAME,
	WORD_FS_SUBTYPE,
	WORD_FSUUID,
	WORD_UID,
	WORD_GID,
	WORD_FOWNER,
	WORD_FGROUP,
	WORD_DIGEST_TYPE,
	WORD_APPRAISE_TYPE,
	WORD_APPRAISE_FLAG,
	WORD_APPRAISE_ALGOS,
	WORD_PERMIT_DIRECTIO,
	WORD_PCR,
	WORD_TEMPLATE,
	WORD_KEYRINGS,
	WORD_LABEL,
};

/* A keyword, or a value of one. */
struct word {
	char name[22];
	uint8_t kind;   /* of a keyword: enum word_kind */
	uint8_t number; /* an action, an LSM slot, a hook, a mask, a hash; of an id: 1 for the effective one */
	uint8_t major, minor; /* the version that brought it; 0.0: older than all that are modelled */
};

struct word_list {
	const struct word *words;
	size_t count;
};

extern const struct word_list policy_keywords, policy_funcs, policy_masks, policy_algos, policy_templates,
	policy_appraise_types;

/* Finds a word by its exact bytes; NULL where it is not in the list. */
const struct word *word_find(const struct word_list *list, const char *bytes, size_t len);

/*
 * The word of the list that is nearest to what was written, for "did you mean"; NULL where none is near.
 * Upper and lower case do not count; swapped neighbours are one mistake.
 */
const struct word *word_nearest(const struct word_list *list, const char *bytes, size_t len);

/* The names that the kernel prints. */
const char *policy_action_name(unsigned action);
const char *policy_func_name(unsigned func);
const char *policy_mask_name(unsigned mask);
const char *policy_lsm_name(unsigned slot);
const char *policy_algo_name(unsigned number);
const char *policy_template_name(unsigned template);

/*
 * The template that a name or a format string stands for, as 1 + its index, or 0: lookup_template_desc()
 * (ima_template.c). ret_since is the version that brought it.
 */
unsigned policy_template_find(const char *bytes, size_t len, unsigned *ret_since);

/* How many hash names there are; each fits one bit of an uint32_t. */
#define POLICY_ALGOS 23

#endif
