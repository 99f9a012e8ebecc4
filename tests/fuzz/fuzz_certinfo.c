// SPDX-License-Identifier: MIT
/* Any summary of certificates: what passes the check can be searched, and what is found lies within it and is plain. */
#include "fuzz.h"
#include <errno.h>
#include "certinfo.h"

/* Each field of what was found is found again by the field itself, no later. */
static void check_found(const char *text, size_t size, const struct certinfo *info)
{
	struct certinfo again;
	int i;

	for (i = 0; i < CERTINFO_FIELDS; i++) {
		const struct certinfo_value *value = &info->fields[i];

		CHECK(value->bytes > text && value->bytes + value->len < text + size);
		CHECK(value->len >= 1 && value->len <= CERTINFO_VALUE_MAX);
		CHECK(!memchr(value->bytes, '\n', value->len) && !memchr(value->bytes, 0, value->len));
		if (value->len == 1 && *value->bytes == '-')
			continue;
		CHECK(certinfo_find(text, size, (enum certinfo_field)i, value->bytes, value->len, &again));
		CHECK(again.fields[0].bytes <= info->fields[0].bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_copy(data, size);
	struct certinfo info;
	size_t line = 0, lines = 1, i;
	int r = certinfo_check(text, size, &line);

	for (i = 0; i < size; i++)
		lines += text[i] == '\n';
	CHECK(r == 0 || r == -EINVAL);
	CHECK(line >= 1 && line <= lines + 1);
	CHECK(!certinfo_find(text, size, CERTINFO_KEY_ID, "-", 1, &info));
	if (certinfo_find(text, size, CERTINFO_KEY_ID, "0123", 4, &info) && r == 0)
		check_found(text, size, &info);
	free(text);
	return 0;
}
