// SPDX-License-Identifier: MIT
/*
 * Every rule-id of lint: a policy that brings it up, with all that is said about it, and where the table has
 * one, a policy like it that does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lint.h"

/* What the kernel lacks. */
enum model {
	MODEL_DEFAULT,
	MODEL_REFUSED,
	MODEL_NO_MODSIG,
	MODEL_NO_KEYS,
	MODEL_NO_LSM,
	MODEL_NO_SHA512,
	MODEL_SHA512_MODULE,
	MODEL_NO_APPRAISE,
};

/* clang-format off */
#define TEXT(string) string, sizeof(string) - 1
/* clang-format on */

static const struct {
	enum policy_issue issue;
	enum model model;
	unsigned version;
	const char *policy;
	size_t len;
	const char *said;
	const char *other; /* does not bring the issue up; NULL: none */
} cases[] = {
#include "policy_errors.inc"
#include "policy_warnings.inc"
};

static struct kernel_model make_model(enum model kind, unsigned version)
{
	struct kernel_model model;

	kernel_model_init(&model, version);
	model.labels = kind == MODEL_REFUSED ? LABELS_REFUSED : LABELS_KNOWN;
	model.modsig = kind != MODEL_NO_MODSIG;
	model.measure_keys = kind != MODEL_NO_KEYS;
	model.lsm_rules = kind != MODEL_NO_LSM;
	model.appraise = kind != MODEL_NO_APPRAISE;
	if (kind == MODEL_NO_SHA512)
		model.algos &= ~(UINT32_C(1) << 6);
	if (kind == MODEL_SHA512_MODULE)
		model.algo_modules = UINT32_C(1) << 6;
	return model;
}

static void assert_said(const struct kernel_model *model, const char *text, size_t len, const char *said)
{
	_cleanup_lint_ struct lint lint = {0};
	_cleanup_buf_ struct buf out = {0};

	assert_int_equal(lint_check(model, "f", text, len, true, &lint), 0);
	lint_render_text(&out, &lint, false);
	assert_string_equal(buf_string(&out), said);
}

static void test_each_says(void **state)
{
	struct kernel_model model;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		model = make_model(cases[i].model, cases[i].version);
		assert_said(&model, cases[i].policy, cases[i].len, cases[i].said);
	}
}

static void test_each_is_silent(void **state)
{
	struct kernel_model model;
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_lint_ struct lint lint = {0};

		if (!cases[i].other)
			continue;
		model = make_model(cases[i].model, cases[i].version);
		assert_int_equal(
			lint_check(&model, "f", cases[i].other, strlen(cases[i].other), true, &lint), 0);
		assert_int_equal(lint.diags.errors, 0);
		for (j = 0; j < lint.diags.count; j++)
			assert_int_not_equal(lint.diags.items[j].issue, cases[i].issue);
	}
}

/* No id without a case of both kinds. long-line has a test of its own. */
static void test_all_are_covered(void **state)
{
	bool said[ISSUE_COUNT] = {[ISSUE_LONG_LINE] = true}, silent[ISSUE_COUNT] = {[ISSUE_LONG_LINE] = true};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_non_null(strstr(cases[i].said, policy_issue_id(cases[i].issue)));
		said[cases[i].issue] = true;
		if (cases[i].other)
			silent[cases[i].issue] = true;
	}
	for (i = 0; i < ISSUE_COUNT; i++) {
		assert_true(said[i]);
		assert_true(silent[i]);
	}
}

/* Fills a line with a prefix and so many bytes. */
static void make_long(struct buf *text, const char *prefix, const char *piece, int count)
{
	buf_puts(text, "appraise func=POLICY_CHECK appraise_type=imasig\n");
	buf_puts(text, prefix);
	while (count--)
		buf_puts(text, piece);
	buf_putc(text, '\n');
}

static void test_long_lines(void **state)
{
	_cleanup_buf_ struct buf name = {0}, comment = {0}, words = {0}, megabyte = {0};
	struct kernel_model model = make_model(MODEL_DEFAULT, KERNEL(6, 1));

	(void)state;
	make_long(&name, "measure fsname=", "x", 4090);
	assert_said(&model, name.data, name.len,
		"f:2:1: warning: the line has 4105 bytes: a load by path takes it, a write of the rule alone "
		"is cut at "
		"4095 [long-line]\n");
	make_long(&comment, "#", "x", 1 << 20);
	assert_said(&model, comment.data, comment.len, "");
	make_long(&words, "measure ", "a ", 1 << 19);
	assert_said(&model, words.data, words.len,
		"f:2:9: error: the rule language has no word 'a' [unknown-word]\n");
	make_long(&megabyte, "", "x", 1 << 20);
	assert_said(&model, megabyte.data, megabyte.len,
		"f:2:1: error: the rule language has no word "
		"'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' "
		"[unknown-word]\n");
}

static void test_nul_filled(void **state)
{
	static const char zeros[65536];
	struct kernel_model model = make_model(MODEL_DEFAULT, KERNEL(6, 1));

	(void)state;
	assert_said(&model, zeros, sizeof(zeros),
		"f:1:1: error: there is a NUL byte here: a load by path is refused and what follows is not "
		"read "
		"[nul-byte]\n");
}

/* A carriage return that is taken does not hide one that is refused. */
static void test_carriage_returns(void **state)
{
	static const char text[] =
		"appraise func=POLICY_CHECK appraise_type=imasig\nmeasure fsname=x\r\nmeasure fsname=y\r\n"
		"measure\r\naudit\r\n";
	struct kernel_model model = make_model(MODEL_DEFAULT, KERNEL(6, 1));
	_cleanup_lint_ struct lint lint = {0};

	(void)state;
	assert_int_equal(lint_check(&model, "f", text, sizeof(text) - 1, true, &lint), 0);
	assert_int_equal(lint.diags.count, 2);
	assert_int_equal(lint.diags.items[0].line, 2);
	assert_false(lint.diags.items[0].is_error);
	assert_int_equal(lint.diags.items[1].line, 4);
	assert_true(lint.diags.items[1].is_error);
}

/* A line is given up after some errors; the next one is read all the same. */
static void test_errors_of_a_line_are_bounded(void **state)
{
	static const char text[] = "a1 a2 a3 a4 a5 a6 a7 a8 a9 a10\nb1\n";
	struct kernel_model model = make_model(MODEL_DEFAULT, KERNEL(6, 1));
	_cleanup_lint_ struct lint lint = {0};

	(void)state;
	assert_int_equal(lint_check(&model, "f", text, sizeof(text) - 1, true, &lint), 0);
	assert_int_equal(lint.diags.errors, 9);
	assert_int_equal(lint.diags.items[8].line, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_says),
		cmocka_unit_test(test_each_is_silent),
		cmocka_unit_test(test_all_are_covered),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_nul_filled),
		cmocka_unit_test(test_carriage_returns),
		cmocka_unit_test(test_errors_of_a_line_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
