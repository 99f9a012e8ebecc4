// SPDX-License-Identifier: MIT
/*
 * Tests of keys/gunzip.c: the three kinds of blocks, every header field, damage at every byte.
 * wrap: inflateInit2_ realloc
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zlib.h>
#include "gunzip.h"

static bool no_zlib, no_memory;

int __real_inflateInit2_(z_streamp stream, int window_bits, const char *version, int size);
int __wrap_inflateInit2_(z_streamp stream, int window_bits, const char *version, int size);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

int __wrap_inflateInit2_(z_streamp stream, int window_bits, const char *version, int size)
{
	return no_zlib ? Z_MEM_ERROR : __real_inflateInit2_(stream, window_bits, version, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return no_memory ? NULL : __real_realloc(pointer, size);
}

/* A configuration, packed with codes of its own. */
static const uint8_t dynamic[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x6d, 0x91,
	0x41, 0x72, 0xc3, 0x20, 0x0c, 0x45, 0xf7, 0x3d, 0x4d, 0xea, 0x89, 0x3d, 0xdd, 0x74, 0x81, 0x41, 0xc4,
	0x1a, 0x1b, 0xd0, 0x20, 0x48, 0x42, 0x36, 0x9c, 0x20, 0x07, 0xe8, 0xed, 0x9b, 0xe9, 0x34, 0x95, 0x3c,
	0xe9, 0xf2, 0xff, 0x2f, 0x3d, 0x24, 0x64, 0x53, 0xf4, 0x78, 0xea, 0x18, 0xcc, 0xe7, 0xd7, 0x9b, 0xfd,
	0x13, 0xdd, 0x10, 0x65, 0x83, 0x0c, 0x7b, 0x77, 0xe3, 0xd0, 0x73, 0xdd, 0x80, 0xf7, 0xf6, 0x25, 0x63,
	0x81, 0x4e, 0x69, 0x43, 0xdb, 0xf6, 0x49, 0x06, 0xe3, 0x9e, 0xc1, 0xfd, 0x19, 0xc0, 0x39, 0x48, 0xd5,
	0x0a, 0x4d, 0xd1, 0x4c, 0x75, 0x58, 0x44, 0x32, 0xd8, 0xfa, 0x60, 0xb7, 0x57, 0xc7, 0xb3, 0xf0, 0xa6,
	0xe3, 0xac, 0x9b, 0xae, 0x1f, 0x93, 0x88, 0x08, 0x2a, 0x21, 0x8b, 0xea, 0x29, 0x4b, 0xa8, 0x66, 0xf2,
	0x2a, 0x9a, 0xb7, 0x64, 0x57, 0x91, 0x45, 0x0f, 0x70, 0xd6, 0xbc, 0x8c, 0xb1, 0xac, 0x02, 0xe1, 0xc6,
	0x9e, 0x75, 0x9c, 0x6c, 0xd7, 0x46, 0x09, 0xa4, 0x25, 0x5c, 0xcb, 0x71, 0x97, 0x87, 0xe4, 0x7e, 0x3e,
	0x57, 0x80, 0x81, 0x24, 0x5d, 0x6e, 0x7d, 0x18, 0x0f, 0x6a, 0xb5, 0xaa, 0x8f, 0x66, 0x73, 0xa3, 0x92,
	0x3a, 0x2f, 0x66, 0x18, 0xa7, 0xff, 0xec, 0xf1, 0x7d, 0x10, 0xf0, 0xaf, 0x1d, 0xdc, 0xf8, 0x52, 0x9a,
	0x59, 0x51, 0x2b, 0xcf, 0xea, 0xa0, 0x91, 0xaa, 0xda, 0x7e, 0x41, 0x27, 0x40, 0x97, 0xd5, 0x4d, 0xbd,
	0x6a, 0xe2, 0x54, 0xa3, 0x7b, 0xc8, 0x6f, 0xa2, 0x43, 0x71, 0x14, 0x69, 0x02, 0x00, 0x00};

static const char dynamic_text[] = "CONFIG_IMA=y\n"
				   "CONFIG_IMA_APPRAISE=y\n"
				   "CONFIG_IMA_LSM_RULES=y\n"
				   "CONFIG_IMA_WRITE_POLICY=y\n"
				   "CONFIG_IMA_READ_POLICY=m\n"
				   "CONFIG_EVM=y\n"
				   "CONFIG_KEYS=y\n"
				   "CONFIG_AUDIT=y\n"
				   "CONFIG_SECURITY=y\n"
				   "CONFIG_SECURITYFS=m\n"
				   "CONFIG_64BIT=y\n"
				   "CONFIG_X86=y\n"
				   "CONFIG_NET=y\n"
				   "CONFIG_PCI=y\n"
				   "CONFIG_ACPI=m\n"
				   "CONFIG_EFI=y\n"
				   "CONFIG_BLOCK=y\n"
				   "CONFIG_TTY=y\n"
				   "CONFIG_VT=y\n"
				   "CONFIG_PRINTK=m\n"
				   "CONFIG_SYSFS=y\n"
				   "CONFIG_PROC_FS=y\n"
				   "CONFIG_TMPFS=y\n"
				   "CONFIG_EXT4_FS=y\n"
				   "CONFIG_MODULES=m\n"
				   "CONFIG_SMP=y\n"
				   "CONFIG_HZ_250=y\n"
				   "CONFIG_NUMA=y\n"
				   "CONFIG_CRYPTO_SHA256=y\n"
				   "CONFIG_CRYPTO_SHA512=m\n"
				   "CONFIG_CRYPTO_MD5=y\n"
				   "CONFIG_CRYPTO_RSA=y\n"
				   "CONFIG_USB=y\n"
				   "CONFIG_INPUT=y\n"
				   "CONFIG_HID=m\n"
				   "CONFIG_DRM=y\n"
				   "CONFIG_FB=y\n"
				   "CONFIG_SOUND=y\n";

/* One option three times, packed with the fixed codes. */
static const uint8_t fixed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x73, 0xf6, 0xf7,
	0x73, 0xf3, 0x74, 0x8f, 0xf7, 0xf4, 0x75, 0xb4, 0xad, 0xe4, 0x72, 0xc6, 0xc9, 0x01, 0x00, 0xcc, 0x34,
	0x65, 0x3c, 0x27, 0x00, 0x00, 0x00};

/* Stored, with all optional header fields and a checksum over them. */
static const uint8_t stored[] = {0x1f, 0x8b, 0x08, 0x1e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x61,
	0x62, 0x63, 0x6e, 0x61, 0x6d, 0x65, 0x00, 0x77, 0x68, 0x79, 0x00, 0x18, 0xd2, 0x01, 0x0d, 0x00, 0xf2,
	0xff, 0x43, 0x4f, 0x4e, 0x46, 0x49, 0x47, 0x5f, 0x49, 0x4d, 0x41, 0x3d, 0x79, 0x0a, 0xf8, 0x94, 0xad,
	0x47, 0x0d, 0x00, 0x00, 0x00};

static void assert_unpacks(const uint8_t *bytes, size_t len, const char *text)
{
	_cleanup_buf_ struct buf out = {0};

	assert_int_equal(gunzip(bytes, len, 4096, &out), 0);
	assert_string_equal(buf_string(&out), text);
}

static void test_blocks(void **state)
{
	(void)state;
	assert_unpacks(dynamic, sizeof(dynamic), dynamic_text);
	assert_unpacks(fixed, sizeof(fixed), "CONFIG_IMA=y\nCONFIG_IMA=y\nCONFIG_IMA=y\n");
	assert_unpacks(stored, sizeof(stored), "CONFIG_IMA=y\n");
}

static int unpack(const uint8_t *bytes, size_t len, size_t max)
{
	_cleanup_buf_ struct buf out = {0};
	_cleanup_free_ uint8_t *copy = malloc(len ? len : 1);

	/* A copy of its own, so that a read behind it is noticed. */
	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return gunzip(copy, len, max, &out);
}

static void test_cut_anywhere(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(dynamic); len++)
		assert_int_equal(unpack(dynamic, len, 4096), -EBADMSG);
	for (len = 0; len < sizeof(stored); len++)
		assert_int_equal(unpack(stored, len, 4096), -EBADMSG);
}

/* The checksum sees to it that no changed bit goes unnoticed; the header's fields without meaning may change. */
static void test_damaged_anywhere(void **state)
{
	uint8_t bytes[sizeof(dynamic)];
	size_t bit;

	(void)state;
	for (bit = 80; bit < sizeof(bytes) * 8; bit++) {
		memcpy(bytes, dynamic, sizeof(bytes));
		bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1U << bit % 8);
		/* A bit of padding between the last code and the checksum is nobody's. */
		if (bit / 8 != sizeof(bytes) - 9)
			assert_true(unpack(bytes, sizeof(bytes), 4096) < 0);
	}
}

static void test_bound(void **state)
{
	(void)state;
	assert_int_equal(unpack(dynamic, sizeof(dynamic), sizeof(dynamic_text) - 1), 0);
	assert_int_equal(unpack(dynamic, sizeof(dynamic), sizeof(dynamic_text) - 2), -EFBIG);
	assert_int_equal(unpack(stored, sizeof(stored), 3), -EFBIG);
}

/* Another wrapper or none, an empty member, and bytes behind the end, which are not looked at. */
static void test_other_forms(void **state)
{
	static const uint8_t zlib_wrapped[] = {0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62};
	static const uint8_t raw[] = {0x4b, 0x04, 0x00};
	static const uint8_t empty[] = {0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	uint8_t trailed[sizeof(fixed) + 3] = {0};

	(void)state;
	assert_int_equal(unpack(zlib_wrapped, sizeof(zlib_wrapped), 4096), -EBADMSG);
	assert_int_equal(unpack(raw, sizeof(raw), 4096), -EBADMSG);
	assert_int_equal(unpack(empty, sizeof(empty), 0), 0);
	memcpy(trailed, fixed, sizeof(fixed));
	assert_unpacks(trailed, sizeof(trailed), "CONFIG_IMA=y\nCONFIG_IMA=y\nCONFIG_IMA=y\n");
}

static void test_without_memory(void **state)
{
	(void)state;
	no_zlib = true;
	assert_int_equal(unpack(fixed, sizeof(fixed), 4096), -ENOMEM);
	no_zlib = false;
	no_memory = true;
	assert_int_equal(unpack(fixed, sizeof(fixed), 4096), -ENOMEM);
	no_memory = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_damaged_anywhere),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_other_forms),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
