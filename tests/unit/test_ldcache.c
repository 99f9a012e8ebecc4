// SPDX-License-Identifier: MIT
/*
 * Tests of common/ldcache.c and common/hwcaps.c: caches of both forms, and broken ones.
 * wrap: memchr
 */
#include "ldcache.h"
#include <elf.h>
#include "hwcaps.h"
#include "unit.h"

#define X86 0x303u
#define NAMED 0x40000000u

static uint8_t file[4096];
static struct ldcache cache;
static size_t base,
	strings; /* where the newer header begins; where the next string goes, counted from there */

static bool big_endian;

static void put32(size_t at, uint32_t value)
{
	size_t i;

	for (i = 0; i < 4; i++)
		file[at + i] = (uint8_t)(value >> 8 * (big_endian ? 3 - i : i));
}

static uint32_t put_string(const char *text)
{
	uint32_t at = (uint32_t)strings;

	strcpy((char *)file + base + strings, text);
	strings += strlen(text) + 1;
	return at;
}

static void begin(size_t at, uint32_t count)
{
	memset(file, 0, sizeof(file));
	base = at;
	strings = 1024;
	memcpy(file + base, "glibc-ld.so.cache1.1", 20);
	put32(base + 20, count);
	file[base + 28] = big_endian ? 3 : 2;
}

static void entry(size_t n, uint32_t flags, const char *name, const char *path, uint32_t low, uint32_t high)
{
	size_t at = base + 48 + n * 24;

	put32(at, flags);
	put32(at + 4, put_string(name));
	put32(at + 8, put_string(path));
	put32(at + (big_endian ? 20 : 16), low); /* one number of 64 bits */
	put32(at + (big_endian ? 16 : 20), high);
}

/* The names of folders for processors. */
static void hwcaps(const char *one, const char *two)
{
	put32(base + 32, 512);
	put32(base + 512, 0xeaa42174u);
	put32(base + 516, 2);
	put32(base + 520, 0); /* who made it */
	put32(base + 536, 1);
	put32(base + 544, 600);
	put32(base + 548, 8);
	put32(base + 600, put_string(one));
	put32(base + 604, put_string(two));
}

static size_t searched; /* bytes that were looked through for an end */

void *__real_memchr(const void *bytes, int byte, size_t len);
void *__wrap_memchr(const void *bytes, int byte, size_t len);

void *__wrap_memchr(const void *bytes, int byte, size_t len)
{
	searched += len;
	return __real_memchr(bytes, byte, len);
}

static int parse(size_t len)
{
	return ldcache_parse(file, len, big_endian, &cache);
}

static const char *find(const char *name, unsigned int level)
{
	return ldcache_find(&cache, name, EM_X86_64, 64, level);
}

static void a_library_is_found(void **context)
{
	(void)context;
	begin(0, 3);
	entry(0, X86, "liba.so", "/a/liba.so", 0, 0);
	entry(1, 3, "libb.so", "/32/libb.so", 0, 0);
	entry(2, 0xa03, "libc.so", "/arm/libc.so", 0, 0);
	assert_int_equal(parse(sizeof(file)), 0);
	assert_string_equal(find("liba.so", 1), "/a/liba.so");
	assert_null(find("libb.so", 1));
	assert_null(find("lib", 1));
	assert_string_equal(ldcache_find(&cache, "libb.so", EM_386, 32, 1), "/32/libb.so");
	assert_string_equal(ldcache_find(&cache, "libc.so", EM_AARCH64, 64, 1), "/arm/libc.so");
	assert_null(ldcache_find(&cache, "liba.so", EM_X86_64, 32, 1));
	/* Of a machine whose flags are not known, any of the C library's will do. */
	assert_string_equal(ldcache_find(&cache, "liba.so", EM_LOONGARCH, 64, 1), "/a/liba.so");
}

static void the_newer_form_behind_the_older(void **context)
{
	(void)context;
	begin(16 + 24 + 0, 1);
	memcpy(file, "ld.so-1.7.0", 11);
	put32(12, 2);
	entry(0, X86, "liba.so", "/a/liba.so", 0, 0);
	assert_int_equal(parse(sizeof(file)), 0);
	assert_string_equal(find("liba.so", 1), "/a/liba.so");
	put32(12, 400);
	assert_int_equal(parse(sizeof(file)), -EBADMSG);
	put32(12, 340);
	assert_int_equal(parse(sizeof(file)), -ENOEXEC);
}

static void for_the_processor(void **context)
{
	(void)context;
	begin(0, 4);
	entry(0, X86, "l", "/v3", 1, NAMED | 4);
	entry(1, X86, "l", "/v2", 0, NAMED);
	entry(2, X86, "l", "/old", 0, 0x80000000u);
	entry(3, X86, "l", "/plain", 0, 0);
	hwcaps("x86-64-v2", "x86-64-v3");
	assert_int_equal(parse(sizeof(file)), 0);
	assert_string_equal(find("l", 4), "/v3");
	assert_string_equal(find("l", 2), "/v2");
	assert_string_equal(find("l", 1), "/plain");
}

static const char *find_again(void)
{
	assert_int_equal(parse(sizeof(file)), 0);
	return find("l", 4);
}

static void caches_of_the_other_byte_order(void **context)
{
	(void)context;
	big_endian = true;
	begin(16 + 24, 5);
	memcpy(file, "ld.so-1.7.0", 11);
	put32(12, 2);
	entry(0, 0x403, "l", "/z14", 1, NAMED);
	entry(1, 0x403, "l", "/z13", 0, NAMED);
	entry(2, 0x403, "l", "/plain", 0, 0);
	entry(3, 3, "l", "/31", 0, 0);
	entry(4, 0x503, "l", "/power", 0, 0);
	hwcaps("z13", "z14");
	assert_int_equal(parse(sizeof(file)), 0);
	assert_string_equal(ldcache_find(&cache, "l", EM_S390, 64, 5), "/z14");
	assert_string_equal(ldcache_find(&cache, "l", EM_S390, 64, 2), "/z13");
	assert_string_equal(ldcache_find(&cache, "l", EM_S390, 64, 1), "/plain");
	assert_string_equal(ldcache_find(&cache, "l", EM_S390, 32, 1), "/31");
	assert_string_equal(ldcache_find(&cache, "l", EM_PPC64, 64, 5), "/power");
	/* Before there was a word on the order, it was the machine's. */
	file[base + 28] = 0;
	assert_int_equal(parse(sizeof(file)), 0);
	assert_string_equal(ldcache_find(&cache, "l", EM_S390, 64, 5), "/z14");
	/* What is written in one order is not read in the other. */
	file[base + 28] = 2;
	assert_int_equal(parse(sizeof(file)), -EOPNOTSUPP);
	big_endian = false;
	file[base + 28] = 3;
	assert_int_equal(parse(sizeof(file)), -EBADMSG);
	begin(0, 1);
	file[28] = 3;
	assert_int_equal(parse(sizeof(file)), -EOPNOTSUPP);
}

static void broken_extensions(void **context)
{
	(void)context;
	begin(0, 2);
	entry(0, X86, "l", "/v2", 0, NAMED);
	entry(1, X86, "l", "/plain", 0, 0);
	hwcaps("power9", "x");
	assert_string_equal(find_again(), "/plain");
	hwcaps("x86-64-v2", "x");
	assert_string_equal(find_again(), "/v2");
	put32(548, 0); /* the section is empty */
	assert_string_equal(find_again(), "/plain");
	put32(548, 8);
	put32(544, sizeof(file) - 2);
	assert_string_equal(find_again(), "/plain");
	put32(544, sizeof(file) - 8);
	put32(516, 1); /* the section is not there */
	assert_string_equal(find_again(), "/plain");
	put32(512, 1);
	assert_string_equal(find_again(), "/plain");
	put32(32, sizeof(file) - 4);
	assert_string_equal(find_again(), "/plain");
	put32(32, 514);
	assert_string_equal(find_again(), "/plain");
	put32(32, 0);
	assert_string_equal(find_again(), "/plain");
}

/* The section is found once, however many others stand before it and however many entries ask for it. */
static void sections_are_walked_once(void **context)
{
	size_t i, n = (sizeof(file) - 1600) / 16;

	(void)context;
	begin(0, 2);
	entry(0, X86, "l", "/v2", 0, NAMED);
	entry(1, X86, "l", "/plain", 0, 0);
	hwcaps("x86-64-v2", "x");
	put32(32, 1400);
	put32(1400, 0xeaa42174u);
	put32(1404, (uint32_t)n);
	for (i = 0; i + 1 < n; i++)
		put32(1408 + 16 * i, 9);
	memcpy(file + 1408 + 16 * i, file + 536, 16);
	assert_string_equal(find_again(), "/v2");
	/* What is behind it is not looked at again. */
	put32(1400, 0);
	assert_string_equal(find("l", 4), "/v2");
}

static void broken_caches(void **context)
{
	(void)context;
	assert_int_equal(parse(0), -ENOEXEC);
	begin(0, 1);
	assert_int_equal(parse(47), -ENOEXEC);
	assert_int_equal(parse(48), -EBADMSG);
	file[28] = 3;
	assert_int_equal(parse(sizeof(file)), -EOPNOTSUPP);
	file[28] = 0;
	entry(0, X86, "liba.so", "/a/liba.so", 0, 0);
	assert_int_equal(parse(sizeof(file)), 0);
	put32(48 + 4, sizeof(file));
	assert_null(find("liba.so", 1));
	memset(file + sizeof(file) - 4, 'x', 4);
	put32(48 + 4, sizeof(file) - 4);
	assert_int_equal(parse(sizeof(file)), 0);
	assert_null(find("liba.so", 1));
	entry(0, X86, "liba.so", "/a/liba.so", 0, 0);
	put32(48 + 8, sizeof(file) - 4);
	assert_null(find("liba.so", 1));
}

/* Names without an end near them are as long as whoever made the cache wants. */
static void strings_are_not_looked_through(void **context)
{
	(void)context;
	begin(0, 1);
	entry(0, X86, "liba.so", "/a/liba.so", 0, 0);
	memset(file + 1024, 'x', sizeof(file) - 1025);
	assert_int_equal(parse(sizeof(file)), 0);
	searched = 0;
	assert_null(find("liba.so", 1));
	assert_int_equal(searched, 0);
	assert_int_equal(cache.strings_end, sizeof(file));
	memset(file + sizeof(file) - 1, 'x', 1);
	assert_int_equal(parse(sizeof(file)), 0);
	assert_int_equal(cache.strings_end, 1024);
}

static void levels(void **context)
{
	(void)context;
	assert_int_equal(hwcaps_level(EM_X86_64, "x86-64-v2"), 2);
	assert_int_equal(hwcaps_level(EM_X86_64, "x86-64-v4"), 4);
	assert_int_equal(hwcaps_level(EM_X86_64, "x86-64-v1"), 0);
	assert_int_equal(hwcaps_level(EM_X86_64, "x86-64-v5"), 0);
	assert_int_equal(hwcaps_level(EM_X86_64, "x86-64-v22"), 0);
	assert_int_equal(hwcaps_level(EM_X86_64, "x86-64-v"), 0);
	assert_int_equal(hwcaps_level(EM_X86_64, "z13"), 0);
	assert_int_equal(hwcaps_level(EM_S390, "z13"), 2);
	assert_int_equal(hwcaps_level(EM_S390, "z16"), 5);
	assert_int_equal(hwcaps_level(EM_S390, "x86-64-v2"), 0);
	assert_int_equal(hwcaps_level(EM_AARCH64, ""), 0);
	assert_string_equal(hwcaps_name(EM_S390, 3), "z14");
	assert_null(hwcaps_name(EM_X86_64, 5));
	assert_null(hwcaps_name(EM_X86_64, 1));
	assert_null(hwcaps_name(EM_S390, 6));
	assert_null(hwcaps_name(EM_386, 2));
	assert_in_range(hwcaps_running(EM_X86_64), 1, HWCAPS_LEVEL_MAX);
	/* What runs here says nothing of a root for another machine. */
	assert_int_equal(hwcaps_running(EM_X86_64) == 1 || hwcaps_running(EM_S390) == 1, true);
	assert_int_equal(hwcaps_running(EM_386), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_library_is_found),
		cmocka_unit_test(the_newer_form_behind_the_older),
		cmocka_unit_test(for_the_processor),
		cmocka_unit_test(broken_extensions),
		cmocka_unit_test(caches_of_the_other_byte_order),
		cmocka_unit_test(sections_are_walked_once),
		cmocka_unit_test(broken_caches),
		cmocka_unit_test(strings_are_not_looked_through),
		cmocka_unit_test(levels),
	};

	return RUN_TESTS(tests);
}
