// SPDX-License-Identifier: MIT
/* Numbers in the bytes of a file; see bytes.h. */
#include "bytes.h"

uint64_t bytes_number(const uint8_t *bytes, size_t size, bool big_endian)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < size; i++)
		value = value << 8 | bytes[big_endian ? i : size - 1 - i];
	return value;
}
