// SPDX-License-Identifier: MIT
/* Lists of words; see words.h. */
#include "words.h"

#include <string.h>

int words_find(const char *list, const char *word, size_t len)
{
	int index = 0;

	for (;;) {
		size_t n = strcspn(list, "|");

		if (n == len && memcmp(list, word, len) == 0)
			return index;
		if (!list[n])
			return -1;
		list += n + 1;
		index++;
	}
}

void words_copy(const char *list, int index, char ret[static 32])
{
	size_t n;

	for (; index > 0 && strchr(list, '|'); index--)
		list = strchr(list, '|') + 1;
	n = index == 0 ? strcspn(list, "|") : 0;
	if (n > 31)
		n = 31;
	memcpy(ret, list, n);
	ret[n] = '\0';
}
