// SPDX-License-Identifier: MIT
/* Any /etc/ld.so.cache: what is found is a string inside it, and better processors lose nothing. */
#include "fuzz.h"
#include <elf.h>
#include "ldcache.h"

static void check(const uint8_t *bytes, size_t size, bool big_endian, uint16_t machine)
{
	static const char *const names[] = {"libc.so.6", "a", ""};
	struct ldcache cache;
	unsigned int level;
	size_t i;

	if (ldcache_parse(bytes, size, big_endian, &cache) < 0)
		return;
	CHECK(cache.bytes >= bytes && cache.bytes + cache.len == bytes + size);
	CHECK(cache.strings_end <= cache.len && cache.big_endian == big_endian);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *plain = ldcache_find(&cache, names[i], machine, 64, 1), *path;

		for (level = 2; level <= 5; level++) {
			path = ldcache_find(&cache, names[i], machine, 64, level);
			CHECK(!plain || path);
			CHECK(!path || ((const uint8_t *)path >= bytes &&
					       (const uint8_t *)path + strlen(path) < bytes + size));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_copy(data, size);

	check(bytes, size, false, EM_X86_64);
	check(bytes, size, true, EM_S390);
	free(bytes);
	return 0;
}
