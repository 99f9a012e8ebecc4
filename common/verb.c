// SPDX-License-Identifier: MIT
/* Finds the verb, reads its options, runs it; see verb.h. */
#include "verb.h"

#include <errno.h>
#include <getopt.h>
#include "format.h"
#include "log.h"
#include "out.h"

#define OPTIONS_MAX 24 /* options of one verb, --help among them */

/* Writes a list of at most two columns, the second one aligned. */
static void print_row(const char *left, const char *right)
{
	out_printf("  %-26s %s\n", left, right);
}

static void print_overview(
	const char *program, const char *about, const struct verb *const *verbs, size_t count)
{
	char left[64];
	size_t i;

	out_printf("%s: %s\n\nUsage: %s VERB [OPTION]... [OPERAND]...\n\nVerbs:\n", program, about, program);
	for (i = 0; i < count; i++) {
		(void)format_text(left, sizeof(left), "%s %s", verbs[i]->name, verbs[i]->operands);
		print_row(left, verbs[i]->summary);
	}
	print_row("help [VERB]", "show this list, or the options of a verb");
	print_row("version", "show the version");
	out_printf("\nExit status: 0 done; 1 failed; 2 usage or configuration error; 3 not applicable;\n"
		   "4 done, but with a fallback.\n");
}

static void print_help(const char *program, const struct verb *verb)
{
	const struct verb_option *option;
	char left[64];

	out_printf("Usage: %s %s [OPTION]...%s%s\n\n%s.\n", program, verb->name, *verb->operands ? " " : "",
		verb->operands, verb->summary);
	if (verb->details)
		out_printf("\n%s\n", verb->details);
	out_printf("\nOptions:\n");
	for (option = verb->options; option && option->name; option++) {
		(void)format_text(left, sizeof(left), "--%s%s%s", option->name, option->argument ? " " : "",
			option->argument ? option->argument : "");
		print_row(left, option->help);
	}
	print_row("--help", "show this help");
}

static const struct verb *find_verb(const struct verb *const *verbs, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (string_equal(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

/* Fills getopt's table from the verb's; an option's val is its index + 1, --help has the last one. */
static size_t fill_long_options(const struct verb *verb, struct option *table)
{
	size_t n = 0;

	for (; verb->options && verb->options[n].name && n < OPTIONS_MAX - 1; n++)
		table[n] = (struct option){.name = verb->options[n].name,
			.has_arg = verb->options[n].argument ? required_argument : no_argument,
			.val = (int)n + 1};
	table[n] = (struct option){.name = "help", .val = (int)n + 1};
	return n;
}

static int list_add(struct verb_strings *list, const char *string)
{
	const char **strings = realloc(list->strings, (list->count + 1) * sizeof(*strings));

	if (!strings)
		return -ENOMEM;
	list->strings = strings;
	list->strings[list->count++] = string;
	return 0;
}

/* Stores one option; returns 0, or EXIT_USAGE when it was given before and may not be again. */
static int store_option(const struct verb *verb, const struct verb_option *option, const char *argument)
{
	if (option->flag) {
		*option->flag = true;
		return 0;
	}
	if (option->list) {
		if (list_add(option->list, argument) == 0)
			return 0;
		log_error("%s: out of memory", verb->name);
		return EXIT_FAILED;
	}
	if (*option->value) {
		log_error("%s: --%s was given twice; give it once", verb->name, option->name);
		return EXIT_USAGE;
	}
	*option->value = argument;
	return 0;
}

/* Reads the options; returns -1 when the verb is to run, else the exit status. */
static int read_options(const char *program, const struct verb *verb, int argc, char **argv)
{
	struct option table[OPTIONS_MAX + 1] = {0};
	size_t help = fill_long_options(verb, table);
	int val, status;

	optind = 0;
	opterr = 0;
	while ((val = getopt_long(argc, argv, ":", table, NULL)) != -1) {
		if (val == ':' || val == '?') {
			/* Of "-xy" getopt has told only x, and has not gone on to the next argument. */
			const char letter[] = {'-', (char)optopt, '\0'};
			bool is_letter = val == '?' && optopt > OPTIONS_MAX;

			log_error("%s: '%s' %s; see '%s %s --help'", verb->name,
				is_letter ? letter : argv[optind - 1],
				val == ':' ? "needs an argument" : "is not an option of this verb", program,
				verb->name);
			return EXIT_USAGE;
		}
		if ((size_t)val == help + 1) {
			print_help(program, verb);
			return EXIT_DONE;
		}
		status = store_option(verb, &verb->options[val - 1], optarg);
		if (status)
			return status;
	}
	return -1;
}

static int run_verb(const char *program, const struct verb *verb, int argc, char **argv)
{
	int status = read_options(program, verb, argc, argv);
	size_t count;

	if (status >= 0)
		return status;
	count = (size_t)(argc - optind);
	if (count < verb->operands_min || count > verb->operands_max) {
		log_error("%s: %s; see '%s %s --help'", verb->name,
			count < verb->operands_min ? "an operand is missing" : "too many operands", program,
			verb->name);
		return EXIT_USAGE;
	}
	return verb->run(count, argv + optind);
}

/* A program whose output was lost (a full disk, a closed pipe) has not done what was asked. */
static int finish(int status)
{
	int r = out_finish();

	if (r == 0)
		return status;
	log_error("the output could not be written: %s", strerror(-r));
	return EXIT_FAILED;
}

int verb_main(const char *program, const char *about, const struct verb *const *verbs, size_t count, int argc,
	char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct verb *verb;

	log_set_program(program);
	if (!name) {
		log_error("a verb is missing; see '%s help'", program);
		return EXIT_USAGE;
	}
	if (string_equal(name, "version") || string_equal(name, "--version")) {
		out_printf("%s %s\n", program, IMABOOT_VERSION);
		return finish(EXIT_DONE);
	}
	if (string_equal(name, "help") || string_equal(name, "--help")) {
		verb = argc > 2 ? find_verb(verbs, count, argv[2]) : NULL;
		if (verb)
			print_help(program, verb);
		else
			print_overview(program, about, verbs, count);
		if (argc > 2 && !verb)
			log_error("'%s' is not a verb; these are the verbs", argv[2]);
		return finish(argc > 2 && !verb ? EXIT_USAGE : EXIT_DONE);
	}
	verb = find_verb(verbs, count, name);
	if (!verb) {
		log_error("'%s' is not a verb; see '%s help'", name, program);
		return EXIT_USAGE;
	}
	return finish(run_verb(program, verb, argc - 1, argv + 1));
}
