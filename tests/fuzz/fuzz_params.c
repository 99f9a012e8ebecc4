// SPDX-License-Identifier: MIT
/* Any kernel command line: values are of the enum, complaints are short strings, one a word. */
#include "fuzz.h"
#include "params.h"

static size_t complaints;

static void complain(const char *text, void *context)
{
	CHECK(context == &complaints);
	CHECK(strlen(text) < 256);
	CHECK(strncmp(text, "kernel parameter ", 17) == 0);
	complaints++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = (char *)fuzz_copy(data, size);
	struct params params, again;
	char *twice = malloc(2 * size + 1);
	size_t once;
	int i;

	complaints = 0;
	params_parse(line, size, &params, complain, &complaints);
	CHECK(complaints <= (size + 1) / strlen("evmkey "));
	for (i = 0; i < PARAM_COUNT; i++)
		CHECK(params.values[i] <= PARAM_TRUE);
	CHECK(params.on_failure >= -1 && params.on_failure <= 4);
	CHECK(memchr(params.policy, '\0', sizeof(params.policy)));
	/* The last one wins: the same words again change nothing. A quote must not reach over the seam. */
	CHECK(twice);
	if (size && !memchr(line, '"', size)) {
		memcpy(twice, line, size);
		twice[size] = ' ';
		memcpy(twice + size + 1, line, size);
		once = complaints;
		params_parse(twice, 2 * size + 1, &again, complain, &complaints);
		CHECK(memcmp(params.values, again.values, sizeof(params.values)) == 0);
		CHECK(params.kdump == again.kdump && params.on_failure == again.on_failure);
		CHECK(strcmp(params.policy, again.policy) == 0);
		CHECK(complaints == 3 * once);
	}
	free(twice);
	free(line);
	return 0;
}
