// SPDX-License-Identifier: MIT
/* Any policy file: what passes is text with whole lines, of which one at least is a rule. */
#include "fuzz.h"
#include <errno.h>
#include "policy_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_copy(data, size);
	_cleanup_problem_ struct problem problem = {0};
	int r = policy_text_check(bytes, size, "/p", &problem);
	size_t i, rules = 0;

	CHECK(r == problem.error);
	if (r < 0) {
		CHECK((r == -EINVAL || r == -ENODATA) && problem.reason && problem.remedy);
	} else {
		CHECK(size >= 2 && bytes[size - 1] == '\n' && !memchr(bytes, '\0', size));
		CHECK(!memmem(bytes, size, "\r\n", 2));
		for (i = 0; i < size; i++)
			rules += bytes[i] != '#' && bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\n';
		CHECK(rules);
	}
	free(bytes);
	return 0;
}
