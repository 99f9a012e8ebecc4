/* SPDX-License-Identifier: MIT */
/* The verb lint, which both programs have: its options and its work. */
#ifndef IMABOOT_LINT_MAIN_H
#define IMABOOT_LINT_MAIN_H

#include "verb.h"

/* The options of the verb; they are stored in lint_main.c. */
extern const struct verb_option lint_verb_options[];

/* Text for --help. */
extern const char lint_verb_details[];

/*
 * Checks the policy files and prints what there is to say. program is the tool's name in SARIF; a file over max
 * bytes is refused. Returns the exit status: EXIT_FAILED on any error (with --werror, on any warning) and where a
 * file cannot be read, EXIT_USAGE for options that make no sense.
 */
_must_check_ int lint_main(const char *program, size_t max, size_t count, char **files);

#endif
