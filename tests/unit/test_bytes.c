// SPDX-License-Identifier: MIT
/* Tests of common/bytes.c: numbers of each size in both byte orders. */
#include "bytes.h"
#include "unit.h"

static const uint8_t bytes[] = {0x81, 2, 3, 4, 5, 6, 7, 0xf8};

static void little_endian_numbers(void **context)
{
	(void)context;
	assert_true(bytes_number(bytes, 1, false) == 0x81);
	assert_true(bytes_number(bytes, 2, false) == 0x0281);
	assert_true(bytes_number(bytes + 1, 4, false) == 0x05040302);
	assert_true(bytes_number(bytes, 8, false) == UINT64_C(0xf807060504030281));
	assert_true(bytes_number(bytes, 0, false) == 0);
}

static void big_endian_numbers(void **context)
{
	(void)context;
	assert_true(bytes_number(bytes, 1, true) == 0x81);
	assert_true(bytes_number(bytes, 2, true) == 0x8102);
	assert_true(bytes_number(bytes + 1, 4, true) == 0x02030405);
	assert_true(bytes_number(bytes, 8, true) == UINT64_C(0x81020304050607f8));
	assert_true(bytes_number(bytes, 0, true) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_endian_numbers),
		cmocka_unit_test(big_endian_numbers),
	};

	return RUN_TESTS(tests);
}
