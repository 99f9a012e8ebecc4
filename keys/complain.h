/* SPDX-License-Identifier: MIT */
/* One line on stderr for a problem with something that has a name: "NAME: REASON; REMEDY". */
#ifndef IMABOOT_COMPLAIN_H
#define IMABOOT_COMPLAIN_H

#include "log.h"
#include "problem.h"

/* Says it, and returns the exit status of a verb that ends with it. */
static inline int complain(const char *name, const struct problem *problem)
{
	const char *remedy = problem_remedy_text(problem);

	log_error("%s: %s%s%s", name, problem_reason_text(problem), *remedy ? "; " : "", remedy);
	return EXIT_FAILED;
}

#endif
