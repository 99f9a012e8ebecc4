/* SPDX-License-Identifier: MIT */
/* What the verbs load and check share: one policy file, named on the command line. */
#ifndef IMABOOT_POLICY_VERB_H
#define IMABOOT_POLICY_VERB_H

#include <stdbool.h>

/*
 * Takes the file through read, signature (as far as it is known) and dry run, and with commit
 * set through commit and confirm; prints the result. Returns the exit status.
 */
int policy_verb_run(const char *file, bool commit);

#endif
