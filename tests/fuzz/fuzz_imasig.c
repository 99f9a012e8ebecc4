// SPDX-License-Identifier: MIT
/* Any security.ima: what is found lies inside the value and agrees with its first bytes. */
#include "fuzz.h"
#include "imasig.h"

static void check_signature(const struct imasig *sig, const uint8_t *value, size_t size)
{
	CHECK(size > 9 && sig->bytes == value + 9 && sig->len == size - 9);
	CHECK(sig->algo == value[2]);
	CHECK((sig->key_id >> 24) == value[3] && (sig->key_id & 0xff) == value[6]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *value = fuzz_copy(data, size);
	struct imasig sig;

	imasig_parse(value, size, &sig);
	CHECK((sig.kind == IMASIG_NONE) == (size == 0));
	if (sig.bytes)
		CHECK(sig.len && sig.bytes > value && sig.bytes + sig.len == value + size);
	else
		CHECK(sig.len == 0);
	switch (sig.kind) {
	case IMASIG_V2:
		CHECK(value[0] == 3 && value[1] == 2);
		check_signature(&sig, value, size);
		break;
	case IMASIG_V3:
		CHECK(value[0] == 3 && value[1] == 3);
		check_signature(&sig, value, size);
		break;
	case IMASIG_VERITY:
		CHECK(value[0] == 6 && value[1] == 3);
		check_signature(&sig, value, size);
		break;
	case IMASIG_V1:
		CHECK(value[0] == 3 && value[1] == 1 && !sig.bytes);
		break;
	case IMASIG_DIGEST:
		CHECK((value[0] == 1 || value[0] == 4) && sig.bytes);
		break;
	case IMASIG_UNKNOWN:
		CHECK(value[0] != 1 && value[0] != 3 && value[0] != 4 && value[0] != 6 && !sig.bytes);
		break;
	case IMASIG_NONE:
	case IMASIG_MALFORMED:
		break;
	}
	free(value);
	return 0;
}
