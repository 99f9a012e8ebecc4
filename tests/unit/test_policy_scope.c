// SPDX-License-Identifier: MIT
/* Tests of common/policy_scope.c: which policies protect something. */
#include "policy_scope.h"
#include "policy_model.h"
#include "policy_parse.h"
#include "unit.h"

static void check(const char *text, bool wanted)
{
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model;

	kernel_model_init(&model, KERNEL(6, 12));
	assert_int_equal(policy_parse(&model, text, strlen(text), NULL, &policy), 0);
	assert_int_equal(policy_appraises(&policy), wanted);
}

static void what_runs_or_is_read_is_appraised(void **context)
{
	(void)context;
	check("appraise\n", true);
	check("appraise func=FILE_CHECK\n", true);
	check("measure func=BPRM_CHECK\nappraise func=BPRM_CHECK\n", true);
	check("appraise func=MMAP_CHECK mask=MAY_EXEC\n", true);
	check("appraise func=MODULE_CHECK\n", true);
}

static void nothing_else_protects(void **context)
{
	(void)context;
	check("measure func=BPRM_CHECK\naudit func=FILE_CHECK\n", false);
	check("dont_appraise fsmagic=0x9fa0\naudit func=BPRM_CHECK\n", false);
	check("appraise func=POLICY_CHECK appraise_type=imasig\n", false);
	check("appraise func=KEXEC_KERNEL_CHECK\nappraise func=FIRMWARE_CHECK\n", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_runs_or_is_read_is_appraised),
		cmocka_unit_test(nothing_else_protects),
	};

	return RUN_TESTS(tests);
}
