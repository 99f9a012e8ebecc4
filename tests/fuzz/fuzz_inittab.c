// SPDX-License-Identifier: MIT
/* Any inittab: what comes out is an absolute path without a blank. */
#include "fuzz.h"
#include "inittab.h"

static int take(void *context, const char *path, const char *because)
{
	(void)context;
	CHECK(*path == '/' && !strpbrk(path, " \t\n") && *because == '/');
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_copy(data, size), level;

	CHECK(inittab_parse(text, size, take, NULL, &level) == 0);
	free(text);
	return 0;
}
