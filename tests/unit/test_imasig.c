// SPDX-License-Identifier: MIT
/* Tests of common/imasig.c: security.ima of every kind, whole and broken. */
#include "imasig.h"
#include "unit.h"

static struct imasig sig;

/* Parses a copy of exactly that size, so that a read past its end is found. */
static enum imasig_kind parse(const void *bytes, size_t len)
{
	uint8_t *value = malloc(len + !len);

	assert_non_null(value);
	memcpy(value, bytes, len);
	imasig_parse(value, len, &sig);
	if (sig.bytes) {
		assert_true(sig.bytes >= value && sig.bytes + sig.len == value + len);
		sig.bytes = (const uint8_t *)bytes + (sig.bytes - value);
	} else {
		assert_int_equal(sig.len, 0);
	}
	free(value);
	return sig.kind;
}

#define PARSE(literal) parse(literal, sizeof(literal) - 1)

static void nothing_is_no_signature(void **context)
{
	(void)context;
	assert_int_equal(PARSE(""), IMASIG_NONE);
}

static void signature_of_version_2(void **context)
{
	static const char value[] = "\x03\x02\x04\x01\x23\x45\x67\x00\x03"
				    "abc";

	(void)context;
	assert_int_equal(parse(value, 12), IMASIG_V2);
	assert_int_equal(sig.algo, 4);
	assert_int_equal(sig.key_id, 0x01234567);
	assert_int_equal(sig.len, 3);
	assert_ptr_equal(sig.bytes, value + 9);
}

static void key_id_may_have_its_top_bit(void **context)
{
	(void)context;
	assert_int_equal(PARSE("\x03\x02\x04\xff\xee\xdd\xcc\x00\x01x"), IMASIG_V2);
	assert_true(sig.key_id == 0xffeeddcc);
}

static void length_has_two_bytes(void **context)
{
	uint8_t value[9 + 521] = {3, 2, 6, 1, 2, 3, 4, 521 >> 8, 521 & 0xff};

	(void)context;
	assert_int_equal(parse(value, sizeof(value)), IMASIG_V2);
	assert_int_equal(sig.len, 521);
}

static void signature_of_version_3(void **context)
{
	(void)context;
	assert_int_equal(PARSE("\x03\x03\x04\x01\x23\x45\x67\x00\x01x"), IMASIG_V3);
	assert_int_equal(PARSE("\x06\x03\x04\x01\x23\x45\x67\x00\x01x"), IMASIG_VERITY);
}

static void signature_of_version_1(void **context)
{
	(void)context;
	assert_int_equal(PARSE("\x03\x01"), IMASIG_V1);
	assert_int_equal(PARSE("\x03\x01 anything at all"), IMASIG_V1);
}

static void digest_without_algorithm(void **context)
{
	(void)context;
	assert_int_equal(PARSE("\x01"
			       "0123456789abcdef0123"),
		IMASIG_DIGEST);
	assert_int_equal(sig.algo, 2);
	assert_int_equal(PARSE("\x01"
			       "0123456789abcdef"),
		IMASIG_DIGEST);
	assert_int_equal(sig.algo, 1);
	assert_int_equal(PARSE("\x01"
			       "0123"),
		IMASIG_MALFORMED);
	assert_int_equal(PARSE("\x01"), IMASIG_MALFORMED);
}

static void digest_with_algorithm(void **context)
{
	(void)context;
	assert_int_equal(PARSE("\x04\x04"
			       "0123456789abcdef0123456789abcdef"),
		IMASIG_DIGEST);
	assert_int_equal(sig.algo, 4);
	assert_int_equal(sig.len, 32);
	assert_int_equal(PARSE("\x04\x04"), IMASIG_MALFORMED);
	assert_int_equal(PARSE("\x04"), IMASIG_MALFORMED);
}

static void lengths_that_do_not_fit_are_malformed(void **context)
{
	static const uint8_t value[] = {3, 2, 4, 1, 2, 3, 4, 0, 3, 'a', 'b', 'c', 'd'};
	size_t len;

	(void)context;
	for (len = 1; len <= sizeof(value); len++)
		assert_int_equal(parse(value, len), len == 12 ? IMASIG_V2 : IMASIG_MALFORMED);
}

static void unknown_versions_are_malformed(void **context)
{
	(void)context;
	assert_int_equal(PARSE("\x03\x00\x04\x01\x23\x45\x67\x00\x01x"), IMASIG_MALFORMED);
	assert_int_equal(PARSE("\x03\x04\x04\x01\x23\x45\x67\x00\x01x"), IMASIG_MALFORMED);
	assert_int_equal(PARSE("\x06\x02\x04\x01\x23\x45\x67\x00\x01x"), IMASIG_MALFORMED);
	assert_int_equal(PARSE("\x06\x01\x04\x01\x23\x45\x67\x00\x01x"), IMASIG_MALFORMED);
}

static void other_first_bytes_are_unknown(void **context)
{
	uint8_t value[16] = {0};
	unsigned int first;

	(void)context;
	for (first = 0; first < 256; first++) {
		if (first == 1 || first == 3 || first == 4 || first == 6)
			continue;
		value[0] = (uint8_t)first;
		assert_int_equal(parse(value, sizeof(value)), IMASIG_UNKNOWN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_no_signature),
		cmocka_unit_test(signature_of_version_2),
		cmocka_unit_test(key_id_may_have_its_top_bit),
		cmocka_unit_test(length_has_two_bytes),
		cmocka_unit_test(signature_of_version_3),
		cmocka_unit_test(signature_of_version_1),
		cmocka_unit_test(digest_without_algorithm),
		cmocka_unit_test(digest_with_algorithm),
		cmocka_unit_test(lengths_that_do_not_fit_are_malformed),
		cmocka_unit_test(unknown_versions_are_malformed),
		cmocka_unit_test(other_first_bytes_are_unknown),
	};

	return RUN_TESTS(tests);
}
