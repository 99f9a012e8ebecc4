// SPDX-License-Identifier: MIT
/* The dynamic linker's cache; see ldcache.h. */
#include "ldcache.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include "bytes.h"
#include "hwcaps.h"

#define OLD_MAGIC "ld.so-1.7.0"
#define OLD_HEADER 16 /* the magic, padding, the number of entries */
#define OLD_ENTRY 12
#define NEW_MAGIC "glibc-ld.so.cache1.1"
#define NEW_HEADER 48
#define NEW_ENTRY 24
#define LITTLE_ENDIAN_CACHE 2 /* the header's byte of flags; 0: made before there was one */
#define BIG_ENDIAN_CACHE 3

#define EXTENSION_MAGIC 0xeaa42174u
#define EXTENSION_HWCAPS 1 /* a section with the names of folders in glibc-hwcaps */
#define HWCAP_NAMED \
	0x40000000u        /* in the upper half of an entry's hwcap: the lower one counts into that section */
#define HWCAP_LEVEL 0x3ffu /* and these bits of it are the level that the file was built for */
#define LIBC6 3            /* in an entry's flags; the rest says for which machine */

static uint32_t get32(const struct ldcache *cache, const uint8_t *bytes)
{
	return (uint32_t)bytes_number(bytes, 4, cache->big_endian);
}

/* The string at an offset, or NULL where none ends inside. */
static const char *string_at(const struct ldcache *cache, uint32_t offset)
{
	return offset < cache->strings_end ? (const char *)cache->bytes + offset : NULL;
}

/* Finds the section with the names of folders in glibc-hwcaps: the first of its kind counts. */
static void find_hwcaps(struct ldcache *cache, size_t at)
{
	size_t i, sections;
	uint32_t offset;

	if (!at || at % 4 || at > cache->len || cache->len - at < 8 ||
		get32(cache, cache->bytes + at) != EXTENSION_MAGIC)
		return;
	sections = get32(cache, cache->bytes + at + 4);
	for (i = 0, at += 8; i < sections && cache->len - at >= 16; i++, at += 16) {
		if (get32(cache, cache->bytes + at) != EXTENSION_HWCAPS)
			continue;
		offset = get32(cache, cache->bytes + at + 8);
		cache->hwcaps_count = get32(cache, cache->bytes + at + 12) / 4;
		if (offset > cache->len || (cache->len - offset) / 4 < cache->hwcaps_count)
			cache->hwcaps_count = 0;
		cache->hwcaps = offset;
		return;
	}
}

int ldcache_parse(const uint8_t *bytes, size_t len, bool big_endian, struct ldcache *ret)
{
	const uint8_t *last;
	size_t skip = 0, count;

	*ret = (struct ldcache){.big_endian = big_endian};
	if (len >= OLD_HEADER && memcmp(bytes, OLD_MAGIC, sizeof(OLD_MAGIC) - 1) == 0) {
		count = get32(ret, bytes + 12);
		if ((len - OLD_HEADER) / OLD_ENTRY < count)
			return -EBADMSG;
		skip = (OLD_HEADER + count * OLD_ENTRY + 7) & ~(size_t)7;
	}
	if (skip > len || len - skip < NEW_HEADER ||
		memcmp(bytes + skip, NEW_MAGIC, sizeof(NEW_MAGIC) - 1) != 0)
		return -ENOEXEC;
	ret->bytes = bytes + skip;
	ret->len = len - skip;
	ret->count = get32(ret, ret->bytes + 20);
	if (ret->bytes[28] && ret->bytes[28] != (big_endian ? BIG_ENDIAN_CACHE : LITTLE_ENDIAN_CACHE))
		return -EOPNOTSUPP;
	if ((ret->len - NEW_HEADER) / NEW_ENTRY < ret->count)
		return -EBADMSG;
	find_hwcaps(ret, get32(ret, ret->bytes + 32));
	last = memrchr(ret->bytes, '\0', ret->len);
	ret->strings_end = last ? (size_t)(last - ret->bytes) + 1 : 0;
	return 0;
}

/* The flags of entries for a machine (glibc, sysdeps: dl-cache.h); -1: not known, any will do. */
static int64_t flags_of(uint16_t machine, unsigned int bits)
{
	switch (machine) {
	case EM_X86_64:
		return bits == 64 ? 0x0300 | LIBC6 : 0x0800 | LIBC6;
	case EM_386:
		return LIBC6;
	case EM_AARCH64:
		return 0x0a00 | LIBC6;
	case EM_S390:
		return bits == 64 ? 0x0400 | LIBC6 : LIBC6;
	case EM_PPC64:
		return 0x0500 | LIBC6;
	default:
		return -1;
	}
}

static bool is_for(uint32_t flags, int64_t wanted)
{
	return wanted < 0 ? (flags & 0xff) == LIBC6 : flags == (uint32_t)wanted;
}

/*
 * How good an entry is for this processor: 0 not at all, 1 plain, more for a folder of its kind. Entries by the
 * older scheme of capabilities, which newer linkers do not read, are left out.
 */
static unsigned int rank(
	const struct ldcache *cache, const uint8_t *entry, uint16_t machine, unsigned int level)
{
	uint64_t hwcap = bytes_number(entry + 16, 8, cache->big_endian);
	uint32_t low = (uint32_t)hwcap, high = (uint32_t)(hwcap >> 32);
	const char *name;
	unsigned int of_name;

	if (!low && !high)
		return 1;
	if ((high & ~HWCAP_LEVEL) != HWCAP_NAMED)
		return 0;
	name = low < cache->hwcaps_count
		       ? string_at(cache, get32(cache, cache->bytes + cache->hwcaps + 4 * (size_t)low))
		       : NULL;
	of_name = name ? hwcaps_level(machine, name) : 0;
	return of_name > 1 && of_name <= level ? of_name : 0;
}

const char *ldcache_find(const struct ldcache *cache, const char *name, uint16_t machine, unsigned int bits,
	unsigned int level)
{
	int64_t wanted = flags_of(machine, bits);
	unsigned int best = 0, this;
	const char *path = NULL, *key, *value;
	uint32_t i;

	for (i = 0; i < cache->count; i++) {
		const uint8_t *entry = cache->bytes + NEW_HEADER + (size_t)i * NEW_ENTRY;

		if (!is_for(get32(cache, entry), wanted))
			continue;
		key = string_at(cache, get32(cache, entry + 4));
		if (!key || !string_equal(key, name))
			continue;
		this = rank(cache, entry, machine, level);
		value = string_at(cache, get32(cache, entry + 8));
		if (value && this > best) {
			best = this;
			path = value;
		}
	}
	return path;
}
