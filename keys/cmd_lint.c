// SPDX-License-Identifier: MIT
/* imactl lint: checks policy files for any kernel; no limit but the memory. */
#include <stdint.h>
#include "lint_main.h"
#include "verb.h"

static int run_lint(size_t count, char **operands)
{
	return lint_main("imactl", INT32_MAX, count, operands);
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
