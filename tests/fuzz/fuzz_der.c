// SPDX-License-Identifier: MIT
/* Any certificate file: accepted only as one SEQUENCE, and then no shorter or longer piece of it is. */
#include "fuzz.h"
#include <errno.h>
#include "der.h"

static int check(const uint8_t *bytes, size_t size)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = der_check_certificate(bytes, size, "/k", &problem);

	CHECK(r == problem.error);
	CHECK(r == 0 || (r == -EBADMSG && problem.reason && problem.remedy));
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_copy(data, size), *longer;

	if (check(bytes, size) == 0) {
		CHECK(size >= 2 && bytes[0] == 0x30);
		CHECK(check(bytes, size - 1) < 0);
		longer = malloc(size + 1);
		CHECK(longer);
		memcpy(longer, bytes, size);
		longer[size] = 0;
		CHECK(check(longer, size + 1) < 0);
		free(longer);
	}
	free(bytes);
	return 0;
}
