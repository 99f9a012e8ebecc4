/* SPDX-License-Identifier: MIT */
/*
 * Why something did not work, in words for a person: what failed and why, and what to do.
 *
 * Texts are complete clauses without a full stop; where they are printed as one line they are
 * joined as "OBJECT: REASON; REMEDY". They may hold untrusted bytes: the sinks (log, report)
 * escape.
 */
#ifndef IMABOOT_PROBLEM_H
#define IMABOOT_PROBLEM_H

#include "util.h"

struct problem {
	int error;    /* a negative errno; 0 while there is no problem */
	char *reason; /* allocated; NULL when memory ran out */
	char *remedy; /* allocated; NULL when there is none */
};

/* Records a problem, in place of an earlier one; error is a negative errno. Returns error. */
int problem_set(struct problem *problem, int error, const char *reason, ...) _printf_(3, 4);

/* Adds or replaces what to do about it. */
void problem_remedy(struct problem *problem, const char *remedy, ...) _printf_(2, 3);

/*
 * A path for a command line in a remedy, between single quotes: the path itself where it holds
 * only letters, digits and /._+@%=:,-~, else "FILE". A name from an untrusted root must not
 * become a command when a person pastes the remedy.
 */
const char *problem_path(const char *path);

/* The texts, never NULL. */
const char *problem_reason_text(const struct problem *problem);
const char *problem_remedy_text(const struct problem *problem);

/* Releases the texts. */
void problem_free(struct problem *problem);

#define _cleanup_problem_ _cleanup_(problem_free)

#endif
