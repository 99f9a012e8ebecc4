// SPDX-License-Identifier: MIT
/* The parser's verdicts, in the kernel's error numbers, and the decoded rules. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "policy_parse.h"
#include "policy_value.h"
#include "policy_words.h"

static struct kernel_model model_of(unsigned version)
{
	struct kernel_model model;

	kernel_model_init(&model, version);
	return model;
}

static void test_file_verdicts(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int verdict;
	} cases[] = {
		{"measure\n", 8, 0},
		{"measure", 7, -EINVAL},
		{"measure\0", 8, 0},
		{"measure\0\n", 9, -EINVAL},
		{"measure\n\0", 9, 0},
		{"mea\0sure\n", 9, -EINVAL},
		{"", 0, -EINVAL},
		{"\n", 1, 0},
		{"\0", 1, 0},
		{"# x\n", 4, 0},
		{"# x", 3, -EINVAL},
		{" \t\n", 3, 0},
		{"\r\n", 2, -EINVAL},
		{"#\r\n", 3, 0},
		{"measure uid=99999999999999999999\nx\n", 35, -ERANGE},
		{"x\nmeasure uid=99999999999999999999\n", 35, -EINVAL},
		{"measure uid=99999999999999999999 x\n", 35, -ERANGE},
		{"measure uid=99999999999\n", 24, -EINVAL},
		{"measure pcr=99999999999999999999\n", 33, -EINVAL},
	};
	struct kernel_model model = model_of(KERNEL(6, 1));
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_policy_ struct policy policy = {0}, said_policy = {0};
		_cleanup_diags_ struct diags diags = {0};

		assert_int_equal(
			policy_parse(&model, cases[i].text, cases[i].len, NULL, &policy), cases[i].verdict);
		/* The diagnostics change nothing about it. */
		assert_int_equal(policy_parse(&model, cases[i].text, cases[i].len, &diags, &said_policy),
			cases[i].verdict);
		assert_int_equal(diags.errors != 0, cases[i].verdict != 0);
		assert_int_equal(policy.count, said_policy.count);
	}
}

static int write_verdict(const char *text, size_t len)
{
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model = model_of(KERNEL(6, 1));
	int verdict = policy_parse_write(&model, text, len, NULL, &policy);

	assert_int_equal(policy.count, verdict == 1);
	return verdict;
}

static void test_write_verdicts(void **state)
{
	_cleanup_buf_ struct buf text = {0};

	(void)state;
	assert_int_equal(write_verdict("measure", 7), 1);
	assert_int_equal(write_verdict("measure\n", 8), 1);
	assert_int_equal(write_verdict("measure\nnonsense", 16), 1);
	assert_int_equal(write_verdict("measure\0nonsense", 16), 1);
	assert_int_equal(write_verdict("# x", 3), 0);
	assert_int_equal(write_verdict("", 0), 0);
	assert_int_equal(write_verdict("\nnonsense", 9), 0);
	assert_int_equal(write_verdict("nonsense", 8), -EINVAL);
	/* The kernel cuts a write at 4095 bytes, be it in the middle of a word. */
	buf_puts(&text, "measure fsname=");
	while (text.len < 4095)
		buf_putc(&text, 'x');
	buf_puts(&text, " nonsense");
	assert_int_equal(write_verdict(text.data, text.len), 1);
	assert_int_equal(write_verdict(text.data + 1, text.len - 1), -EINVAL);
}

static void test_a_rule_is_decoded(void **state)
{
	static const char text[] =
		"\n  appraise func=MODULE_CHECK mask=^MAY_READ fsmagic=0xEF53 fsname=ext4 euid<5 gid=6 "
		"fowner>7 "
		"fgroup=8 appraise_type=imasig|modsig appraise_algos=sha256,sha512 obj_type=mod_t "
		"fsuuid=01234567-89ab-cdef-0123-456789abcdef permit_directio\n";
	static const uint8_t uuid[16] = {
		1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model = model_of(KERNEL(6, 1));
	const struct policy_rule *rule;

	(void)state;
	assert_int_equal(policy_parse(&model, text, sizeof(text) - 1, NULL, &policy), 0);
	assert_int_equal(policy.count, 1);
	rule = policy.rules;
	assert_int_equal(rule->line, 2);
	assert_int_equal(rule->text.start, 3);
	assert_int_equal(rule->text.len, sizeof(text) - 5);
	assert_int_equal(rule->action, ACTION_APPRAISE);
	assert_int_equal(action_class(rule->action), 1);
	assert_false(action_exempts(rule->action));
	assert_true(action_exempts(ACTION_DONT_HASH));
	assert_int_equal(rule->func, FUNC_MODULE);
	assert_int_equal(rule->mask, MASK_READ);
	assert_int_equal(rule->fsmagic, 0xef53);
	assert_memory_equal(span_bytes(&policy, rule->fsname), "ext4", 4);
	assert_int_equal(rule->uid, 5);
	assert_int_equal(rule->uid_op, OP_LESS);
	assert_int_equal(rule->gid, 6);
	assert_int_equal(rule->fowner, 7);
	assert_int_equal(rule->fowner_op, OP_GREATER);
	assert_int_equal(rule->fgroup, 8);
	assert_int_equal(rule->algos, 1U << 4 | 1U << 6);
	assert_memory_equal(span_bytes(&policy, rule->lsm[LSM_OBJ_TYPE]), "mod_t", 5);
	assert_memory_equal(rule->fsuuid, uuid, sizeof(uuid));
	assert_int_equal(rule->flags, RULE_FUNC | RULE_INMASK | RULE_FSMAGIC | RULE_FSNAME | RULE_EUID |
					      RULE_GID | RULE_FOWNER | RULE_FGROUP | RULE_SIGNED |
					      RULE_MODSIG | RULE_ALGOS | RULE_FSUUID | RULE_DIRECTIO);
}

/* Good rules are kept where others are wrong, so that warnings and later stages have them. */
static void test_good_rules_are_kept(void **state)
{
	static const char text[] = "measure\nnonsense\naudit\n";
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model = model_of(KERNEL(6, 1));

	(void)state;
	assert_int_equal(policy_parse(&model, text, sizeof(text) - 1, NULL, &policy), -EINVAL);
	assert_int_equal(policy.count, 2);
	assert_int_equal(policy.rules[1].line, 3);
}

static bool know_bin_t(int slot, const char *label, size_t len)
{
	return slot == LSM_OBJ_TYPE && len == 5 && memcmp(label, "bin_t", 5) == 0;
}

static int label_verdict(enum label_state labels, bool rules, const char *text, uint8_t inactive)
{
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model = model_of(KERNEL(6, 1));
	int verdict;

	model.labels = labels;
	model.lsm_rules = rules;
	model.label_known = know_bin_t;
	verdict = policy_parse_write(&model, text, strlen(text), NULL, &policy);
	if (verdict == 1)
		assert_int_equal(policy.rules->lsm_inactive, inactive);
	return verdict;
}

static void test_labels(void **state)
{
	static const char known[] = "measure obj_type=bin_t", unknown[] = "measure obj_type=x_t",
			  twice[] = "measure obj_type=bin_t obj_type=bin_t",
			  replaced[] = "measure obj_type=x_t obj_type=bin_t";

	(void)state;
	assert_int_equal(label_verdict(LABELS_KNOWN, true, unknown, 0), 1);
	assert_int_equal(label_verdict(LABELS_KNOWN, false, unknown, 0), -EINVAL);
	assert_int_equal(label_verdict(LABELS_REFUSED, true, unknown, 0), -EINVAL);
	assert_int_equal(label_verdict(LABELS_REFUSED, true, known, 0), 1);
	assert_int_equal(label_verdict(LABELS_REFUSED, true, twice, 0), -EINVAL);
	assert_int_equal(label_verdict(LABELS_INACTIVE, true, unknown, 1 << LSM_OBJ_TYPE), 1);
	assert_int_equal(label_verdict(LABELS_INACTIVE, false, known, 1 << LSM_OBJ_TYPE), 1);
	assert_int_equal(label_verdict(LABELS_INACTIVE, true, replaced, 0), 1);
	assert_int_equal(label_verdict(LABELS_INACTIVE, true, twice, 0), -EINVAL);
}

static void test_32_bit_kernels(void **state)
{
	_cleanup_policy_ struct policy policy = {0}, other = {0};
	struct kernel_model model = model_of(KERNEL(6, 1));

	(void)state;
	model.long_is_64 = false;
	assert_int_equal(policy_parse_write(&model, "measure fsmagic=100000000", 25, NULL, &policy), -ERANGE);
	assert_int_equal(policy_parse_write(&model, "measure pcr=32", 14, NULL, &other), -EINVAL);
}

static void test_numbers(void **state)
{
	uint64_t number = 0;
	uint8_t index = 9;

	(void)state;
	assert_int_equal(value_parse_number("18446744073709551615", 20, 10, true, &number), 0);
	assert_true(number == UINT64_MAX);
	assert_int_equal(value_parse_number("18446744073709551616z", 21, 10, true, &number), -ERANGE);
	assert_int_equal(value_parse_number("+0xFFFFFFFFFFFFFFFF", 19, 16, true, &number), 0);
	assert_int_equal(value_parse_number("0x", 2, 16, true, &number), -EINVAL);
	assert_int_equal(value_parse_number("+", 1, 10, true, &number), -EINVAL);
	assert_int_equal(value_parse_number("", 0, 10, true, &number), -EINVAL);
	assert_int_equal(value_parse_index("-00", 3, 64, &index), 0);
	assert_int_equal(index, 0);
	assert_int_equal(value_parse_index("-+0", 3, 64, &index), -EINVAL);
	assert_int_equal(value_parse_index("-1", 2, 64, &index), -EINVAL);
}

static const char *nearest(const char *word)
{
	const struct word *found = word_nearest(&policy_keywords, word, strlen(word));

	return found ? found->name : "";
}

static void test_suggestions(void **state)
{
	(void)state;
	assert_string_equal(nearest("measrue"), "measure");
	assert_string_equal(nearest("DONT_APPRAISE"), "dont_appraise");
	assert_string_equal(nearest("appraise-type"), "appraise_type");
	assert_string_equal(nearest("fsuid"), "fsuuid");
	assert_string_equal(nearest("zzzzzz"), "");
	assert_string_equal(nearest("a_word_longer_than_any_of_the_language"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_verdicts),
		cmocka_unit_test(test_write_verdicts),
		cmocka_unit_test(test_a_rule_is_decoded),
		cmocka_unit_test(test_good_rules_are_kept),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_32_bit_kernels),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_suggestions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
