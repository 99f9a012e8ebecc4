// SPDX-License-Identifier: MIT
/*
 * Tests of common/problem.c.
 * wrap: format_new_args
 */
#include "unit.h"

static bool out_of_memory;

char *__real_format_new_args(const char *format, va_list args) _printf_(1, 0);
char *__wrap_format_new_args(const char *format, va_list args) _printf_(1, 0);

char *__wrap_format_new_args(const char *format, va_list args)
{
	return out_of_memory ? NULL : __real_format_new_args(format, args);
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

/* A path goes into a command line only if a shell takes it for nothing else. */
static void safe_paths_are_shown(void **context)
{
	static const char *const safe[] = {
		"/etc/ima/ima-policy", "/etc/keys/ima/a_B9.der", "/a+b@c%d=e:f,g~h", "relative", "", "/."};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(safe); i++)
		assert_ptr_equal(problem_path(safe[i]), safe[i]);
}

static void unsafe_paths_become_a_placeholder(void **context)
{
	char path[] = "/a?b";
	int byte;

	(void)context;
	assert_string_equal(problem_path("/etc/it's"), "FILE");
	assert_string_equal(problem_path("/a\nreboot"), "FILE");
	assert_string_equal(problem_path("/two words"), "FILE");
	assert_string_equal(problem_path("/$(reboot)"), "FILE");
	assert_string_equal(problem_path("/\xc3\xa9"), "FILE");
	/* Exactly the documented characters are safe. */
	for (byte = 1; byte < 256; byte++) {
		bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
		bool is_safe =
			is_letter || (byte >= '0' && byte <= '9') || strchr("/._+@%=:,-~", byte) != NULL;

		path[2] = (char)byte;
		assert_string_equal(problem_path(path), is_safe ? path : "FILE");
	}
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
		cmocka_unit_test(safe_paths_are_shown),
		cmocka_unit_test(unsafe_paths_become_a_placeholder),
	};

	return RUN_TESTS(tests);
}
