// SPDX-License-Identifier: MIT
/* No core dump of private keys; see secrets.h. */
#include "secrets.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void secrets_begin(void)
{
	const struct rlimit none = {0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
