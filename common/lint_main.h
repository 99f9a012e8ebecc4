/* SPDX-License-Identifier: MIT */
/* The verb lint, which both programs have: its options and its work. */
#ifndef IMABOOT_LINT_MAIN_H
#define IMABOOT_LINT_MAIN_H

#include <stdint.h>
#include "buf.h"
#include "policy_model.h"
#include "verb.h"

/* What differs between the two programs. */
struct lint_program {
	const char *name; /* the tool's name in SARIF */
	size_t max;       /* bytes of a policy file; a larger one is refused */
	/* Unpacks a gzip file of at most max bytes into ret, 0 or a negative errno; NULL: it cannot. */
	int (*unpack)(const uint8_t *bytes, size_t len, size_t max, struct buf *ret);
};

/* The options of the verb; they are stored in lint_main.c. */
extern const struct verb_option lint_verb_options[];

/* Text for --help. */
extern const char lint_verb_details[];

/*
 * The kernel to judge for: its version as of uname -r, and the file of its configuration; both may be NULL (see
 * lint_main.c). Returns 0, or EXIT_USAGE after a message.
 */
_must_check_ int lint_model(
	const struct lint_program *program, const char *kernel, const char *config, struct kernel_model *ret);

/*
 * Checks the policy files and prints what there is to say. Returns the exit status: EXIT_FAILED on any error (with --werror, on any warning) and where a
 * file cannot be read, EXIT_USAGE for options that make no sense.
 */
_must_check_ int lint_main(const struct lint_program *program, size_t count, char **files);

#endif
