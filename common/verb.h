/* SPDX-License-Identifier: MIT */
/*
 * The verbs of a program: one table entry each, with its options. The dispatcher does for all of
 * them what would otherwise be written again in each: the options, --help, the count of operands.
 */
#ifndef IMABOOT_VERB_H
#define IMABOOT_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include "util.h"

/* One long option; exactly one of flag, value and list says where it is stored. */
struct verb_option {
	const char *name;          /* without the dashes; NULL ends the table */
	const char *argument;      /* the argument's name for --help; NULL for a flag */
	const char *help;          /* one line */
	bool *flag;                /* set to true */
	const char **value;        /* set to the argument; a second use is refused */
	struct verb_strings *list; /* collects the arguments; may be used again and again */
};

/* A list of arguments; strings points into the caller's argv, the array itself is allocated. */
struct verb_strings {
	const char **strings;
	size_t count;
};

struct verb {
	const char *name;
	const char *operands;              /* for --help, for example "FILE..."; "" for none */
	size_t operands_min, operands_max; /* how many operands there may be */
	const char *summary;               /* one line */
	const char *details;               /* further lines for --help, or NULL */
	const struct verb_option *options; /* ended by an entry without a name; NULL for none */
	/* Does the work; operands are what is left after the options. Returns the exit status. */
	int (*run)(size_t count, char **operands);
};

/*
 * Runs the verb that argv[1] names, or answers help, --help, version and --version itself.
 * verbs is a table of count verbs; program is its name, about one line on what it is for.
 * Returns the exit status: the verb's own, EXIT_USAGE for a wrong command line (said on stderr).
 */
_must_check_ int verb_main(const char *program, const char *about, const struct verb *const *verbs,
	size_t count, int argc, char **argv);

#endif
