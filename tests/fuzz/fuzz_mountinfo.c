// SPDX-License-Identifier: MIT
/* Any line of /proc/self/mountinfo: a guard is a mount on exactly that path with ro as its first option. */
#include "fuzz.h"
#include "guard.h"

#define PATH "/p"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_string(data, size), *guard = malloc(size + 64);

	CHECK(guard);
	if (mountinfo_is_guard(line, PATH)) {
		CHECK(strstr(line, " " PATH " ro ") || strstr(line, " " PATH " ro,"));
		CHECK(!mountinfo_is_guard(line, PATH PATH) && !mountinfo_is_guard(line, "/"));
	}
	/* Whatever follows the fifth field of a guard, it stays one. */
	(void)snprintf(guard, size + 64, "30 22 0:7 /r " PATH " ro - %s", line);
	CHECK(mountinfo_is_guard(guard, PATH));
	(void)snprintf(guard, size + 64, "30 22 0:7 /r " PATH " rw - %s", line);
	CHECK(!mountinfo_is_guard(guard, PATH));
	free(guard);
	free(line);
	return 0;
}
