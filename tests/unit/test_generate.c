// SPDX-License-Identifier: MIT
/*
 * The generator behind the agreement with real kernels is worth what it reaches: every error of the language, every
 * part of the tree in accepted rules, and every two keywords in either order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../agree/generate.c"
#include "policy_parse.h"
#include "policy_words.h"

#define RULES 25000

/* What some number of rules reached. */
struct reach {
	bool issues[ISSUE_COUNT];
	uint32_t flags, algos;
	bool actions[ACTION_COUNT], funcs[FUNC_COUNT], labels[LSM_COUNT], templates[9];
	bool pairs[64][64]; /* indices of policy_keywords: the first stands before the second */
	size_t accepted;
};

static void note_rule(struct reach *reached, const struct policy_rule *rule)
{
	int i;

	reached->accepted++;
	reached->flags |= rule->flags;
	reached->algos |= rule->algos;
	reached->actions[rule->action] = true;
	reached->funcs[rule->func] = true;
	reached->templates[rule->template] = true;
	for (i = 0; i < LSM_COUNT; i++)
		reached->labels[i] |= rule->lsm[i].len != 0;
}

/* Notes each keyword of the rule with those before it. */
static void note_pairs(struct reach *reached, const struct buf *rule)
{
	bool seen[64] = {false};
	const struct word *word;
	size_t at = 0, len, i;

	while (at < rule->len) {
		len = strcspn(rule->data + at, " \t=<>");
		word = word_find(&policy_keywords, rule->data + at, len);
		if (word) {
			for (i = 0; i < 64; i++)
				reached->pairs[i][word - policy_keywords.words] |= seen[i];
			seen[word - policy_keywords.words] = true;
		}
		at += strcspn(rule->data + at, " \t");
		at += strspn(rule->data + at, " \t");
		if (at < rule->len && !rule->data[at])
			return;
	}
}

static void run(const struct kernel_model *model, uint64_t seed, struct reach *reached)
{
	struct generator generator = {seed};
	struct buf rule = {0};
	size_t i, j;

	for (i = 0; i < RULES; i++) {
		_cleanup_policy_ struct policy policy = {0};
		_cleanup_diags_ struct diags diags = {0};

		generate_rule(&generator, &rule);
		assert_true(rule.len > 0 && rule.data[0] != '/');
		if (policy_parse_write(model, rule.data, rule.len, &diags, &policy) == 1)
			note_rule(reached, policy.rules);
		for (j = 0; j < diags.count; j++)
			reached->issues[diags.items[j].issue] |= diags.items[j].is_error;
		note_pairs(reached, &rule);
	}
	buf_free(&rule);
}

static struct reach reach;

static int run_all(void **state)
{
	struct kernel_model model;

	(void)state;
	kernel_model_init(&model, KERNEL(6, 1));
	run(&model, 1, &reach);
	model.modsig = false;
	model.labels = LABELS_REFUSED;
	run(&model, 2, &reach);
	kernel_model_init(&model, KERNEL(7, 2));
	run(&model, 3, &reach);
	run(&model, 4, &reach);
	return 0;
}

static void test_every_error_is_reached(void **state)
{
	int issue;

	(void)state;
	for (issue = ISSUE_CARRIAGE_RETURN; issue < ISSUE_NO_RULES; issue++)
		assert_true(reach.issues[issue]);
}

static void test_every_part_is_reached(void **state)
{
	struct kernel_model model;
	int i;

	(void)state;
	kernel_model_init(&model, KERNEL(7, 2));
	assert_int_equal(reach.flags, (RULE_DIRECTIO << 1) - 1);
	assert_int_equal(reach.algos, model.algos);
	for (i = ACTION_MEASURE; i < ACTION_COUNT; i++)
		assert_true(reach.actions[i]);
	for (i = FUNC_NONE; i < FUNC_COUNT; i++)
		assert_true(reach.funcs[i]);
	for (i = 0; i < LSM_COUNT; i++)
		assert_true(reach.labels[i]);
	for (i = 0; i < 9; i++)
		assert_true(reach.templates[i]);
	/* Enough of the rules must be accepted for the canonical print to be tried on. */
	assert_true(reach.accepted > RULES / 2);
}

static void test_every_order_is_reached(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < policy_keywords.count; i++)
		for (j = 0; j < policy_keywords.count; j++)
			assert_true(reach.pairs[i][j]);
}

static void test_the_same_seed_gives_the_same_rules(void **state)
{
	struct generator one = {7}, other = {7};
	struct buf a = {0}, b = {0};
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		generate_rule(&one, &a);
		generate_rule(&other, &b);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
	}
	buf_free(&a);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_error_is_reached),
		cmocka_unit_test(test_every_part_is_reached),
		cmocka_unit_test(test_every_order_is_reached),
		cmocka_unit_test(test_the_same_seed_gives_the_same_rules),
	};

	return cmocka_run_group_tests(tests, run_all, NULL);
}
