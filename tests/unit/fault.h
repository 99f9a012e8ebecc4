/* SPDX-License-Identifier: MIT */
/*
 * One call of the code under test that fails: the n-th of those that a test counts. The fakes count their calls, and
 * what they do themselves does not; test_faults.c does the same with the C library's.
 */
#ifndef IMABOOT_TEST_FAULT_H
#define IMABOOT_TEST_FAULT_H

#include <errno.h>
#include <stdbool.h>
#include "util.h"

static struct {
	bool armed;
	int calls;  /* counted so far */
	int at;     /* the call that fails; 0: none */
	int error;  /* with this errno */
	int inside; /* depth of fakes */
} fault;

/* Counts a call. True where it is the one that fails; errno is set then. */
static inline bool fault_hits(void)
{
	if (!fault.armed || fault.inside || ++fault.calls != fault.at)
		return false;
	errno = fault.error;
	return true;
}

static inline int fault_enter(void)
{
	return fault.inside++;
}

static inline void fault_leave(const int *depth)
{
	fault.inside = *depth;
}

/* At the head of a fake: it fails, or nothing that it does counts. */
#define FAKE_CALL(failure)      \
	if (fault_hits())       \
		return failure; \
	_cleanup_(fault_leave) int fake_depth_ = fault_enter()

#endif
