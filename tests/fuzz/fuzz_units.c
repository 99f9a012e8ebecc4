// SPDX-License-Identifier: MIT
/* Any unit file: what comes out is a piece of it, on one line, without a NUL. */
#include "fuzz.h"
#include "units.h"

struct input {
	const char *text;
	size_t len;
};

static int take(void *context, const char *piece, size_t len)
{
	const struct input *input = context;

	CHECK(len > 0 && piece >= input->text && piece + len <= input->text + input->len);
	return 0;
}

static int take_path(void *context, const char *piece, size_t len)
{
	CHECK(!memchr(piece, '\0', len) && !memchr(piece, '%', len) && !memchr(piece, '$', len));
	return take(context, piece, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_copy(data, size);
	struct input input = {text, size};
	const struct units_sink sink = {.context = &input, .unit = take, .command = take_path};

	CHECK(units_parse(text, size, &sink) == 0);
	free(text);
	return 0;
}
