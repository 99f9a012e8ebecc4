// SPDX-License-Identifier: MIT
/* Why something did not work, and what to do; see problem.h. */
#include "problem.h"
#include "format.h"

#include <stdarg.h>

int problem_set(struct problem *problem, int error, const char *reason, ...)
{
	va_list args;

	problem_free(problem);
	va_start(args, reason);
	problem->reason = format_new_args(reason, args);
	va_end(args);
	problem->error = error;
	return error;
}

void problem_remedy(struct problem *problem, const char *remedy, ...)
{
	va_list args;

	free(problem->remedy);
	va_start(args, remedy);
	problem->remedy = format_new_args(remedy, args);
	va_end(args);
}

const char *problem_path(const char *path)
{
	static const char safe[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+@%=:,-~";

	return path[strspn(path, safe)] ? "FILE" : path;
}

const char *problem_reason_text(const struct problem *problem)
{
	if (problem->reason)
		return problem->reason;
	return problem->error ? "out of memory" : "no reason is known";
}

const char *problem_remedy_text(const struct problem *problem)
{
	return problem->remedy ? problem->remedy : "";
}

void problem_free(struct problem *problem)
{
	free(problem->reason);
	free(problem->remedy);
	*problem = (struct problem){0};
}
