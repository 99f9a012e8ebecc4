// SPDX-License-Identifier: MIT
/* What a kernel executes or maps; see executable.h. */
#include "executable.h"

#include <fnmatch.h>
#include "util.h"

bool is_executable(int fd, const char *path)
{
	static const char *const modules[] = {"*.ko.gz", "*.ko.xz", "*.ko.zst"};
	char magic[4] = "";
	size_t i;
	ssize_t n = pread(fd, magic, sizeof(magic), 0);

	if (n == (ssize_t)sizeof(magic) && memcmp(magic, "\177ELF", sizeof(magic)) == 0)
		return true;
	if (n >= 2 && magic[0] == '#' && magic[1] == '!')
		return true;
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		if (fnmatch(modules[i], path, 0) == 0)
			return true;
	return false;
}
