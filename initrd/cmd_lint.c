// SPDX-License-Identifier: MIT
/* imaboot lint: checks policy files without asking the kernel; bounded as the policies of a boot are. */
#include "lint_main.h"
#include "verbs.h"

#define POLICY_FILE_MAX ((size_t)1 << 20)

static int run_lint(size_t count, char **operands)
{
	static const struct lint_program program = {.name = "imaboot", .max = POLICY_FILE_MAX};

	return lint_main(&program, count, operands);
}

const struct verb verb_lint = {
	.name = "lint",
	.operands = "FILE...",
	.operands_min = 1,
	.operands_max = (size_t)-1,
	.summary = "find errors and risks in policy files",
	.details = lint_verb_details,
	.options = lint_verb_options,
	.run = run_lint,
};
