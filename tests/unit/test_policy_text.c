// SPDX-License-Identifier: MIT
/* Tests of common/policy_text.c. */
#include "policy_text.h"
#include "unit.h"

static struct problem problem;
static const char *path = "/p";

/* Checks a copy of exactly that size, so that a read past its end is found. */
static int check(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len + !len);
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	problem = (struct problem){0};
	r = policy_text_check(copy, len, path, &problem);
	assert_int_equal(r, problem.error);
	free(copy);
	return r;
}

#define CHECK(literal) check(literal, sizeof(literal) - 1)

static void rules_are_fine(void **context)
{
	(void)context;
	assert_int_equal(CHECK("measure func=BPRM_CHECK\n"), 0);
	assert_int_equal(CHECK("# comment\n\n \t# another\n\tappraise\n"), 0);
	assert_int_equal(CHECK("x\n"), 0);
	assert_int_equal(CHECK("audit # not a comment\n"), 0);
	assert_int_equal(CHECK("audit\r \n"), 0); /* a lone CR is for the rule's own check */
}

static void nul_byte_is_told_with_its_line(void **context)
{
	(void)context;
	assert_int_equal(CHECK("audit\n#\nau\0dit\r\n"), -EINVAL);
	assert_problem(&problem, -EINVAL, "has a NUL byte in line 3: the kernel would stop reading there",
		"write the policy again as plain text, and sign it");
}

static void byte_order_mark_is_told(void **context)
{
	(void)context;
	assert_int_equal(CHECK("\xef\xbb\xbf"
			       "audit\n"),
		-EINVAL);
	assert_problem(&problem, -EINVAL, "begins with a byte order mark, which the kernel takes for a rule",
		"remove it: sed -i '1s/^\\xef\\xbb\\xbf//' '/p', and sign it again");
}

static void cr_lf_is_told_with_its_line(void **context)
{
	(void)context;
	assert_int_equal(CHECK("audit\nmeasure\r\n"), -EINVAL);
	assert_problem(&problem, -EINVAL,
		"ends line 2 with CR LF; the kernel takes the CR for part of the rule",
		"convert it: sed -i 's/\\r$//' '/p', and sign it again");
}

static void missing_newline_is_told(void **context)
{
	(void)context;
	assert_int_equal(CHECK("audit\nmeasure"), -EINVAL);
	assert_problem(&problem, -EINVAL, "does not end with a newline, so the kernel refuses it",
		"add one: echo >> '/p', and sign it again");
}

static void comments_alone_are_no_policy(void **context)
{
	static const char *const texts[] = {"", "\n", "# only\n", " \t\n#\n\n", "  # indented\n"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(check(texts[i], strlen(texts[i])), -ENODATA);
		assert_problem(&problem, -ENODATA,
			"holds no rule, only comments and blank lines: the kernel would commit nothing",
			"write the rules, or remove the file");
	}
}

/* Nothing of a hostile name gets into a command line that a person may paste. */
static void hostile_names_are_not_in_the_remedies(void **context)
{
	static const char *const names[] = {"/p'; reboot; '", "/p\nreboot", "/two words", "/$(reboot)"};
	static const char *const texts[] = {"audit\r\n", "\xef\xbb\xbfx\n", "audit"};
	size_t i, j;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		for (j = 0; j < ARRAY_SIZE(texts); j++) {
			path = names[i];
			assert_int_equal(check(texts[j], strlen(texts[j])), -EINVAL);
			assert_non_null(strstr(problem.remedy, " 'FILE', and sign it again"));
			problem_free(&problem);
		}
	path = "/p";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_fine),
		cmocka_unit_test(nul_byte_is_told_with_its_line),
		cmocka_unit_test(byte_order_mark_is_told),
		cmocka_unit_test(cr_lf_is_told_with_its_line),
		cmocka_unit_test(missing_newline_is_told),
		cmocka_unit_test(comments_alone_are_no_policy),
		cmocka_unit_test(hostile_names_are_not_in_the_remedies),
	};

	return RUN_TESTS(tests);
}
