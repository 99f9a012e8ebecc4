// SPDX-License-Identifier: MIT
/* Any bytes through the unpacker, with a header put in front where there is none. */
#include <stdint.h>
#include "gunzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char header[10] = "\x1f\x8b\x08";
	_cleanup_buf_ struct buf packed = {0}, out = {0};

	if (!gunzip_is_packed(data, size))
		buf_add(&packed, header, sizeof(header));
	buf_add(&packed, data, size);
	(void)!gunzip((const uint8_t *)packed.data, packed.len, (size_t)1 << 20, &out);
	if (out.len > (size_t)1 << 20)
		__builtin_trap();
	return 0;
}
