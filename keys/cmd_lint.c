// SPDX-License-Identifier: MIT
/* imactl lint: checks policy files for any kernel; no limit but the memory. */
#include <stdint.h>
#include "gunzip.h"
#include "lint_main.h"
#include "verb.h"

static int run_lint(size_t count, char **operands)
{
	static const struct lint_program program = {.name = "imactl", .max = INT32_MAX, .unpack = gunzip};

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
