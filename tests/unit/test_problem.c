// SPDX-License-Identifier: MIT
/*
 * Tests of common/problem.c.
 * wrap: vasprintf
 */
#include "unit.h"

static bool out_of_memory;

int __real_vasprintf(char **ret, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
int __wrap_vasprintf(char **ret, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

int __wrap_vasprintf(char **ret, const char *format, va_list args)
{
	return out_of_memory ? -1 : __real_vasprintf(ret, format, args);
}

static void texts_are_never_null(void **context)
{
	struct problem problem = {0};

	(void)context;
	assert_string_equal(problem_reason_text(&problem), "no reason is known");
	assert_string_equal(problem_remedy_text(&problem), "");
	problem_free(&problem);
}

static void set_returns_the_error(void **context)
{
	struct problem problem = {0};

	(void)context;
	assert_int_equal(problem_set(&problem, -ENOENT, "has %d of %s", 2, "them"), -ENOENT);
	problem_remedy(&problem, "make %s", "more");
	assert_problem(&problem, -ENOENT, "has 2 of them", "make more");
}

static void second_problem_replaces_the_first(void **context)
{
	struct problem problem = {0};

	(void)context;
	problem_set(&problem, -ENOENT, "first");
	problem_remedy(&problem, "first remedy");
	problem_set(&problem, -EACCES, "second");
	assert_problem(&problem, -EACCES, "second", NULL);
}

static void second_remedy_replaces_the_first(void **context)
{
	struct problem problem = {0};

	(void)context;
	problem_set(&problem, -ENOENT, "reason");
	problem_remedy(&problem, "first");
	problem_remedy(&problem, "second");
	assert_problem(&problem, -ENOENT, "reason", "second");
}

static void free_makes_it_no_problem(void **context)
{
	struct problem problem = {0};

	(void)context;
	problem_set(&problem, -ENOENT, "reason");
	problem_free(&problem);
	assert_int_equal(problem.error, 0);
	assert_null(problem.reason);
}

static void without_memory_the_error_stays(void **context)
{
	struct problem problem = {0};

	(void)context;
	out_of_memory = true;
	assert_int_equal(problem_set(&problem, -ENOENT, "reason"), -ENOENT);
	problem_remedy(&problem, "remedy");
	out_of_memory = false;
	assert_problem(&problem, -ENOENT, "out of memory", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_never_null),
		cmocka_unit_test(set_returns_the_error),
		cmocka_unit_test(second_problem_replaces_the_first),
		cmocka_unit_test(second_remedy_replaces_the_first),
		cmocka_unit_test(free_makes_it_no_problem),
		cmocka_unit_test(without_memory_the_error_stays),
	};

	return RUN_TESTS(tests);
}
