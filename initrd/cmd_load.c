// SPDX-License-Identifier: MIT
/* imaboot load: puts one policy file in force: dry run, commit, proof. */
#include "policy_verb.h"
#include "verbs.h"

static int run_load(size_t count, char **operands)
{
	(void)count;
	return policy_verb_run(operands[0], true);
}

const struct verb verb_load = {
	.name = "load",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "load a policy file: dry run, commit, proof",
	.details = "Nothing is committed unless the kernel's dry run accepts the file. A loaded policy\n"
		   "cannot be taken back before a reboot.",
	.run = run_load,
};
