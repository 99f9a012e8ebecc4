// SPDX-License-Identifier: MIT
/* Tests of common/escape.c. */
#include "escape.h"
#include "unit.h"

static void check(const char *bytes, size_t len, const char *wanted)
{
	struct buf buf = {0};

	escape_bytes(&buf, bytes, len);
	assert_buf(&buf, wanted);
}

#define CHECK(literal, wanted) check(literal, sizeof(literal) - 1, wanted)

static void printable_text_stays(void **context)
{
	(void)context;
	CHECK("/etc/keys/ima/signer 1.der ~!\"'", "/etc/keys/ima/signer 1.der ~!\"'");
	CHECK("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80");
	CHECK("", "");
}

static void backslash_is_doubled(void **context)
{
	(void)context;
	CHECK("a\\x41\\", "a\\\\x41\\\\");
}

static void control_characters_are_escaped(void **context)
{
	(void)context;
	CHECK("\0\x01\t\n\r\x1b[31m\x1f\x7f", "\\x00\\x01\\x09\\x0a\\x0d\\x1b[31m\\x1f\\x7f");
	CHECK("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa0");
}

static void hidden_and_turning_characters_are_escaped(void **context)
{
	(void)context;
	CHECK("\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b\\xd8\\x9c\xd8\x9d");
	CHECK("\xe2\x80\x8a\xe2\x80\x8b\xe2\x80\x8f\xe2\x80\x90",
		"\xe2\x80\x8a\\xe2\\x80\\x8b\\xe2\\x80\\x8f\xe2\x80\x90");
	CHECK("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf",
		"\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xae\xe2\x80\xaf");
	CHECK("\xe2\x81\x9f\xe2\x81\xa0\xe2\x81\xa9\xe2\x81\xaa",
		"\xe2\x81\x9f\\xe2\\x81\\xa0\\xe2\\x81\\xa9\xe2\x81\xaa");
	CHECK("\xef\xbb\xbf", "\\xef\\xbb\\xbf");
}

static void bytes_that_are_not_utf8_are_escaped(void **context)
{
	(void)context;
	CHECK("\x80\xbf\xff\xfe", "\\x80\\xbf\\xff\\xfe");
	CHECK("a\xc3", "a\\xc3");
	CHECK("\xc3(", "\\xc3(");
	CHECK("\xe2\x82", "\\xe2\\x82");
	CHECK("\xe2\x82(", "\\xe2\\x82(");
	CHECK("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
}

static void overlong_forms_are_escaped(void **context)
{
	(void)context;
	CHECK("\xc0\xaf\xc1\xbf", "\\xc0\\xaf\\xc1\\xbf");
	CHECK("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
	CHECK("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
}

static void surrogates_and_too_large_points_are_escaped(void **context)
{
	(void)context;
	CHECK("\xed\xa0\x80", "\\xed\\xa0\\x80");
	CHECK("\xed\x9f\xbf", "\xed\x9f\xbf");
	CHECK("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
	CHECK("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	CHECK("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
}

static void string_ends_at_its_nul(void **context)
{
	struct buf buf = {0};

	(void)context;
	escape_string(&buf, "a\nb");
	assert_buf(&buf, "a\\x0ab");
}

static void lengths_of_sequences(void **context)
{
	(void)context;
	assert_int_equal(utf8_length((const unsigned char *)"", 0), 0);
	assert_int_equal(utf8_length((const unsigned char *)"a", 1), 1);
	assert_int_equal(utf8_length((const unsigned char *)"\xc3\xbc", 2), 2);
	assert_int_equal(utf8_length((const unsigned char *)"\xe2\x82\xac", 3), 3);
	assert_int_equal(utf8_length((const unsigned char *)"\xe2\x82\xac", 2), 0);
	assert_int_equal(utf8_length((const unsigned char *)"\xf0\x9f\x98\x80", 4), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_text_stays),
		cmocka_unit_test(backslash_is_doubled),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(hidden_and_turning_characters_are_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_escaped),
		cmocka_unit_test(overlong_forms_are_escaped),
		cmocka_unit_test(surrogates_and_too_large_points_are_escaped),
		cmocka_unit_test(string_ends_at_its_nul),
		cmocka_unit_test(lengths_of_sequences),
	};

	return RUN_TESTS(tests);
}
