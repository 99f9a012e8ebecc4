// SPDX-License-Identifier: MIT
/* Any /etc/ld.so.cache: what is found is a string inside it, and better processors lose nothing. */
#include "fuzz.h"
#include <elf.h>
#include "ldcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"libc.so.6", "a", ""};
	uint8_t *bytes = fuzz_copy(data, size);
	struct ldcache cache;
	unsigned int level;
	size_t i;

	if (ldcache_parse(bytes, size, &cache) == 0) {
		CHECK(cache.bytes >= bytes && cache.bytes + cache.len == bytes + size);
		for (i = 0; i < ARRAY_SIZE(names); i++) {
			const char *plain = ldcache_find(&cache, names[i], EM_X86_64, 64, 1), *path;

			for (level = 2; level <= 4; level++) {
				path = ldcache_find(&cache, names[i], EM_X86_64, 64, level);
				CHECK(!plain || path);
				CHECK(!path || ((const uint8_t *)path >= bytes &&
						       (const uint8_t *)path + strlen(path) < bytes + size));
			}
		}
	}
	free(bytes);
	return 0;
}
