// SPDX-License-Identifier: MIT
/*
 * Tests of common/verb.c, with a program of two verbs.
 * wrap: realloc
 */
#include "verb.h"
#include <fcntl.h>
#include "capture.h"

static bool out_of_memory;

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
	return out_of_memory ? NULL : __real_realloc(pointer, size);
}

static bool flag;
static const char *value;
static struct verb_strings list;
static size_t run_count; /* operands of the last run; 99 before it */
static char **run_operands;

static int run(size_t count, char **operands)
{
	run_count = count;
	run_operands = operands;
	return EXIT_FALLBACK;
}

static const struct verb_option options[] = {
	{.name = "flag", .help = "a flag", .flag = &flag},
	{.name = "value", .argument = "WORD", .help = "a value", .value = &value},
	{.name = "list", .argument = "ITEM", .help = "a list", .list = &list},
	{0},
};
static const struct verb with_options = {.name = "full",
	.operands = "FILE...",
	.operands_min = 1,
	.operands_max = 2,
	.summary = "has everything",
	.details = "More\nlines.",
	.options = options,
	.run = run};
static const struct verb plain = {.name = "plain", .operands = "", .summary = "has nothing", .run = run};
static const struct verb *const verbs[] = {&with_options, &plain};

static struct capture out, err;

/* Runs a command line that ends with NULL and checks status and texts; NULL text: not looked at. */
static void check(char **argv, int wanted, const char *wanted_out, const char *wanted_err)
{
	int argc = 0, status;

	while (argv[argc])
		argc++;
	flag = false;
	value = NULL;
	free(list.strings);
	list = (struct verb_strings){0};
	run_count = 99;
	capture_begin(&out, STDOUT_FILENO);
	capture_begin(&err, STDERR_FILENO);
	status = verb_main("prog", "is a program", verbs, ARRAY_SIZE(verbs), argc, argv);
	(void)capture_end(&err);
	(void)capture_end(&out);
	assert_int_equal(status, wanted);
	if (wanted_out)
		assert_string_equal(out.text, wanted_out);
	assert_string_equal(err.text, wanted_err);
}

#define ARGV(...) ((char *[]){"prog", __VA_ARGS__, NULL})

static const char overview[] = "prog: is a program\n\nUsage: prog VERB [OPTION]... [OPERAND]...\n\nVerbs:\n"
			       "  full FILE...               has everything\n"
			       "  plain                      has nothing\n"
			       "  help [VERB]                show this list, or the options of a verb\n"
			       "  version                    show the version\n"
			       "\nExit status: 0 done; 1 failed; 2 usage or configuration error; "
			       "3 not applicable;\n4 done, but with a fallback.\n";
static const char full_help[] = "Usage: prog full [OPTION]... FILE...\n\nhas everything.\n\nMore\nlines.\n\n"
				"Options:\n"
				"  --flag                     a flag\n"
				"  --value WORD               a value\n"
				"  --list ITEM                a list\n"
				"  --help                     show this help\n";
static const char plain_help[] = "Usage: prog plain [OPTION]...\n\nhas nothing.\n\nOptions:\n"
				 "  --help                     show this help\n";

static void verb_must_be_named(void **context)
{
	(void)context;
	check((char *[]){"prog", NULL}, EXIT_USAGE, "", "prog: a verb is missing; see 'prog help'\n");
	check(ARGV("nothing"), EXIT_USAGE, "", "prog: 'nothing' is not a verb; see 'prog help'\n");
	check(ARGV("-x"), EXIT_USAGE, "", "prog: '-x' is not a verb; see 'prog help'\n");
}

static void version_is_shown(void **context)
{
	(void)context;
	check(ARGV("version"), EXIT_DONE, "prog " IMABOOT_VERSION "\n", "");
	check(ARGV("--version"), EXIT_DONE, "prog " IMABOOT_VERSION "\n", "");
}

static void help_lists_the_verbs(void **context)
{
	(void)context;
	check(ARGV("help"), EXIT_DONE, overview, "");
	check(ARGV("--help"), EXIT_DONE, overview, "");
}

static void help_of_a_verb_lists_its_options(void **context)
{
	(void)context;
	check(ARGV("help", "full"), EXIT_DONE, full_help, "");
	check(ARGV("full", "--help"), EXIT_DONE, full_help, "");
	check(ARGV("plain", "--help"), EXIT_DONE, plain_help, "");
	assert_int_equal(run_count, 99);
}

static void help_of_no_verb_is_an_error(void **context)
{
	(void)context;
	check(ARGV("help", "me"), EXIT_USAGE, overview, "prog: 'me' is not a verb; these are the verbs\n");
}

static void status_is_the_verbs_own(void **context)
{
	(void)context;
	check(ARGV("plain"), EXIT_FALLBACK, "", "");
	assert_int_equal(run_count, 0);
}

static void options_are_stored(void **context)
{
	(void)context;
	check(ARGV("full", "--flag", "--value", "v", "--list=a", "--list", "b", "file"), EXIT_FALLBACK, "",
		"");
	assert_true(flag);
	assert_string_equal(value, "v");
	assert_int_equal(list.count, 2);
	assert_string_equal(list.strings[0], "a");
	assert_string_equal(list.strings[1], "b");
	assert_int_equal(run_count, 1);
	assert_string_equal(run_operands[0], "file");
}

static void options_may_follow_operands(void **context)
{
	(void)context;
	check(ARGV("full", "file", "--flag", "second"), EXIT_FALLBACK, "", "");
	assert_true(flag);
	assert_int_equal(run_count, 2);
	assert_string_equal(run_operands[1], "second");
}

static void two_dashes_end_the_options(void **context)
{
	(void)context;
	check(ARGV("full", "--", "--flag"), EXIT_FALLBACK, "", "");
	assert_false(flag);
	assert_string_equal(run_operands[0], "--flag");
}

static void repeated_value_is_refused(void **context)
{
	(void)context;
	check(ARGV("full", "--value", "a", "--value", "b", "file"), EXIT_USAGE, "",
		"prog: full: --value was given twice; give it once\n");
	assert_int_equal(run_count, 99);
}

static void unknown_option_is_named(void **context)
{
	(void)context;
	check(ARGV("plain", "--bogus"), EXIT_USAGE, "",
		"prog: plain: '--bogus' is not an option of this verb; see 'prog plain --help'\n");
	check(ARGV("plain", "--flag"), EXIT_USAGE, "",
		"prog: plain: '--flag' is not an option of this verb; see 'prog plain --help'\n");
	check(ARGV("plain", "-x"), EXIT_USAGE, "",
		"prog: plain: '-x' is not an option of this verb; see 'prog plain --help'\n");
	check(ARGV("plain", "-xy"), EXIT_USAGE, "",
		"prog: plain: '-x' is not an option of this verb; see 'prog plain --help'\n");
}

static void missing_argument_is_told(void **context)
{
	(void)context;
	check(ARGV("full", "file", "--value"), EXIT_USAGE, "",
		"prog: full: '--value' needs an argument; see 'prog full --help'\n");
}

static void operands_are_counted(void **context)
{
	(void)context;
	check(ARGV("full"), EXIT_USAGE, "", "prog: full: an operand is missing; see 'prog full --help'\n");
	check(ARGV("full", "a", "b", "c"), EXIT_USAGE, "",
		"prog: full: too many operands; see 'prog full --help'\n");
	check(ARGV("plain", "a"), EXIT_USAGE, "",
		"prog: plain: too many operands; see 'prog plain --help'\n");
}

static void list_without_memory_fails(void **context)
{
	(void)context;
	out_of_memory = true;
	/* The log's own buffer has no memory either: there is no message. */
	check(ARGV("full", "--list", "a", "file"), EXIT_FAILED, "", "");
	out_of_memory = false;
}

static void lost_output_is_a_failure(void **context)
{
	char *argv[] = {"prog", "version", NULL};
	int status, full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)context;
	assert_true(full >= 0);
	capture_begin(&err, STDERR_FILENO);
	capture_begin(&out, STDOUT_FILENO);
	assert_true(dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
	status = verb_main("prog", "is a program", verbs, ARRAY_SIZE(verbs), 2, argv);
	(void)capture_end(&out);
	(void)capture_end(&err);
	(void)close(full);
	assert_int_equal(status, EXIT_FAILED);
	assert_string_equal(err.text, "prog: the output could not be written: No space left on device\n");
}

static void program_without_verbs_has_help(void **context)
{
	char *argv[] = {"prog", "help", NULL};

	(void)context;
	capture_begin(&out, STDOUT_FILENO);
	assert_int_equal(verb_main("prog", "is new", NULL, 0, 2, argv), EXIT_DONE);
	assert_non_null(strstr(capture_end(&out), "version "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verb_must_be_named),
		cmocka_unit_test(version_is_shown),
		cmocka_unit_test(help_lists_the_verbs),
		cmocka_unit_test(help_of_a_verb_lists_its_options),
		cmocka_unit_test(help_of_no_verb_is_an_error),
		cmocka_unit_test(status_is_the_verbs_own),
		cmocka_unit_test(options_are_stored),
		cmocka_unit_test(options_may_follow_operands),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(repeated_value_is_refused),
		cmocka_unit_test(unknown_option_is_named),
		cmocka_unit_test(missing_argument_is_told),
		cmocka_unit_test(operands_are_counted),
		cmocka_unit_test(list_without_memory_fails),
		cmocka_unit_test(lost_output_is_a_failure),
		cmocka_unit_test(program_without_verbs_has_help),
	};

	return RUN_TESTS(tests);
}
