// SPDX-License-Identifier: MIT
/*
 * Any bytes through the parser, the warnings and every form of output, for the kernel that the length
 * chooses. The verdict must not depend on whether diagnostics are wanted, and an error must be said
 * where there is one.
 */
#include <stdint.h>
#include "lint.h"
#include "policy_parse.h"
#include "policy_warn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned versions[] = {KERNEL(4, 6), KERNEL(5, 10), KERNEL(6, 1), KERNEL(6, 6), KERNEL(6, 12),
	KERNEL(6, 19), KERNEL(7, 1), KERNEL(7, 2)};

static void render(const struct lint *lint)
{
	_cleanup_buf_ struct buf text = {0}, forms = {0};
	struct json json = {.buf = &forms};

	lint_render_text(&text, lint, true);
	lint_sarif_add(&json, lint);
	lint_render_json(&json, lint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_policy_ struct policy policy = {0};
	_cleanup_lint_ struct lint lint = {0};
	struct kernel_model model;
	int verdict;

	kernel_model_init(&model, versions[size % ARRAY_SIZE(versions)]);
	model.labels = size / ARRAY_SIZE(versions) % 3;
	model.modsig = size % 5 != 0;
	verdict = policy_parse(&model, (const char *)data, size, NULL, &policy);
	if (lint_check(&model, "f", (const char *)data, size, true, &lint) < 0)
		__builtin_trap();
	if ((verdict < 0) != (lint.diags.errors > 0) || policy.count != lint.policy.count)
		__builtin_trap();
	render(&lint);
	return 0;
}
