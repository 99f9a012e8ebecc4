// SPDX-License-Identifier: MIT
/*
 * Any answer of a TPM: it is taken only where it is whole, and its code is the one in it; banks are told only where all of it
 * is the list of them.
 */
#include "fuzz.h"
#include <errno.h>
#include "tpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *answer = fuzz_copy(data, size);
	uint32_t code = 0xdeadbeef;
	unsigned int banks = 0;
	int r = tpm_response_code(answer, size, &code);

	CHECK(r == 0 || r == -EBADMSG);
	if (r == 0) {
		CHECK(size >= 10 && answer[0] == 0x80 && (answer[1] == 1 || answer[1] == 2));
		CHECK(((size_t)answer[2] << 24 | (size_t)answer[3] << 16 | (size_t)answer[4] << 8 |
			      answer[5]) == size);
		CHECK(code == ((uint32_t)answer[6] << 24 | (uint32_t)answer[7] << 16 |
				      (uint32_t)answer[8] << 8 | answer[9]));
	} else {
		CHECK(code == 0xdeadbeef);
	}
	r = tpm_banks(answer, size, 12, &banks);
	CHECK(r == -EBADMSG || (r == 0 && size >= 19 && answer[18] <= 16));
	CHECK(banks <= 31);
	free(answer);
	return 0;
}
