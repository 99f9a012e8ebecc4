// SPDX-License-Identifier: MIT
/* A limit of this program's memory; see memory.h. prlimit(2), since musl's setrlimit() would bring threads along. */
#include "memory.h"

#include <stddef.h>
#include <sys/resource.h>

static struct rlimit before; /* rlim_cur 0: it was not changed */

void memory_limit(void)
{
	struct rlimit limit;

	if (prlimit(0, RLIMIT_DATA, NULL, &limit) < 0 || limit.rlim_cur <= MEMORY_MAX)
		return;
	before = limit;
	limit.rlim_cur = MEMORY_MAX;
	(void)prlimit(0, RLIMIT_DATA, &limit, NULL);
}

void memory_unlimit(void)
{
	if (before.rlim_cur)
		(void)prlimit(0, RLIMIT_DATA, &before, NULL);
}
