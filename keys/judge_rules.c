// SPDX-License-Identifier: MIT
/* The rules that a file's accesses meet; see judge.h. */
#include "judge_internal.h"

/* The hooks that an access of a role comes by, in their order (evaluate.h). */
static const struct step {
	unsigned int role;
	enum policy_func func;
	unsigned int mask;
} steps[] = {
	{ROLE_PROGRAM | ROLE_SCRIPT, FUNC_FILE, MASK_EXEC},
	{ROLE_PROGRAM | ROLE_SCRIPT, FUNC_BPRM, MASK_EXEC},
	{ROLE_PROGRAM | ROLE_SCRIPT, FUNC_CREDS, MASK_EXEC},
	{ROLE_PROGRAM, FUNC_MMAP_REQPROT, MASK_EXEC},
	{ROLE_PROGRAM, FUNC_MMAP, MASK_EXEC},
	{ROLE_SCRIPT, FUNC_FILE, MASK_READ},
	{ROLE_LINKER, FUNC_FILE, MASK_EXEC},
	{ROLE_LINKER, FUNC_MMAP_REQPROT, MASK_EXEC},
	{ROLE_LINKER, FUNC_MMAP, MASK_EXEC},
	{ROLE_LIBRARY, FUNC_FILE, MASK_READ},
	{ROLE_LIBRARY, FUNC_MMAP_REQPROT, MASK_EXEC},
	{ROLE_LIBRARY, FUNC_MMAP, MASK_EXEC},
	{ROLE_READ, FUNC_FILE, MASK_READ},
	{ROLE_MODULE, FUNC_FILE, MASK_READ},
	{ROLE_MODULE, FUNC_MODULE, MASK_READ},
	{ROLE_FIRMWARE, FUNC_FILE, MASK_READ},
	{ROLE_FIRMWARE, FUNC_FIRMWARE, MASK_READ},
};

/* Root's, before any LSM has given a label. */
static const struct cred_facts root_cred = {.cap_setuid = true, .cap_setgid = true};

size_t judge_look(const struct judge *judge, const struct file_facts *facts, unsigned int roles,
	struct seen seen[static STEPS_MAX])
{
	const struct kernel_model *model = &judge->target->model;
	unsigned int role;
	size_t i, count = 0;

	for (role = 1; role <= ROLE_FIRMWARE; role <<= 1) {
		for (i = 0; roles & role && i < ARRAY_SIZE(steps); i++) {
			struct access access = {.func = steps[i].func,
				.mask = steps[i].mask,
				.file = facts,
				.cred = &root_cred};

			if (!(steps[i].role & role) ||
				(steps[i].func == FUNC_MMAP_REQPROT && model->version < KERNEL(6, 3)) ||
				count == STEPS_MAX)
				continue;
			seen[count].role = role;
			evaluate(model, &judge->policy, 1, &access, &seen[count++].verdict);
		}
	}
	return count;
}

bool judge_note_rules(const struct seen *seen, size_t count, struct judgement *ret)
{
	const struct policy_rule *rule;
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (!seen[i].verdict.appraise)
			continue;
		ret->appraised = true;
		rule = seen[i].verdict.by_class[action_class(ACTION_APPRAISE)].rule;
		for (j = 0; j < ret->rule_count && ret->rules[j] != rule;)
			j++;
		if (j == ret->rule_count && ret->rule_count < JUDGE_RULES_MAX)
			ret->rules[ret->rule_count++] = rule;
	}
	return ret->appraised;
}

enum denial judge_first_denial(const struct judge *judge, const struct seen *seen, size_t count,
	enum appraise_value value, unsigned int algo, const struct policy_rule **ret_rule)
{
	struct file_state state = {0};
	enum denial denial;
	size_t i;

	for (i = 0; i < count; i++) {
		if (i && seen[i].role != seen[i - 1].role)
			state = (struct file_state){0};
		denial = evaluate_next(&judge->target->model, &seen[i].verdict, value, algo, &state);
		if (denial != DENIAL_NONE) {
			*ret_rule = seen[i].verdict.by_class[action_class(ACTION_APPRAISE)].rule;
			return denial;
		}
	}
	return DENIAL_NONE;
}
