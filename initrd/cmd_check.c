// SPDX-License-Identifier: MIT
/* imaboot check: has the running kernel judge a policy file, and commits nothing. */
#include "policy_verb.h"
#include "verbs.h"

static int run_check(size_t count, char **operands)
{
	(void)count;
	return policy_verb_run(operands[0], false);
}

const struct verb verb_check = {
	.name = "check",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "have the running kernel judge a policy file; nothing is committed",
	.details =
		"The dry run leaves \"ima: policy update failed\" in the kernel's log: that line says only\n"
		"that nothing was committed.",
	.run = run_check,
};
