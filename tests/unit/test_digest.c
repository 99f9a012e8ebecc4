// SPDX-License-Identifier: MIT
/* Tests of common/digest.c, with the examples of FIPS 180-4 for "abc". */
#include "digest.h"
#include "unit.h"

static void check(unsigned int algo, const char *wanted)
{
	uint8_t digest[DIGEST_MAX];
	char hex[DIGEST_HEX_MAX] = "";
	size_t i;

	assert_int_equal(digest_bytes(algo, "abc", 3, digest), 0);
	assert_int_equal(digest_size(algo) * 2, strlen(wanted));
	for (i = 0; i < digest_size(algo); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, wanted);
}

static void sha_of_abc(void **context)
{
	(void)context;
	check(DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	check(DIGEST_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
	check(DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check(DIGEST_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
			     "8086072ba1e7cc2358baeca134c825a7");
	check(DIGEST_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void piece_by_piece_is_the_same(void **context)
{
	static const unsigned int algos[] = {
		DIGEST_SHA1, DIGEST_SHA224, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512};
	uint8_t bytes[1000], whole[DIGEST_MAX], pieces[DIGEST_MAX];
	struct digest digest;
	size_t i, at, len;

	(void)context;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (i = 0; i < ARRAY_SIZE(algos); i++) {
		assert_int_equal(digest_bytes(algos[i], bytes, sizeof(bytes), whole), 0);
		assert_int_equal(digest_begin(&digest, algos[i]), 0);
		for (at = 0; at < sizeof(bytes); at += len) {
			len = at % 129 + 1 < sizeof(bytes) - at ? at % 129 + 1 : sizeof(bytes) - at;
			digest_add(&digest, bytes + at, len);
		}
		digest_end(&digest, pieces);
		assert_memory_equal(pieces, whole, digest_size(algos[i]));
	}
}

static void weak_ones_are_known(void **context)
{
	unsigned int algo;

	(void)context;
	for (algo = 0; algo < 300; algo++)
		assert_int_equal(digest_is_weak(algo), algo <= DIGEST_SHA1 || algo == 8);
}

static void sha256_as_text(void **context)
{
	char hex[65];

	(void)context;
	digest_sha256_hex("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void other_algorithms_are_not_made(void **context)
{
	uint8_t digest[DIGEST_MAX] = {0};
	unsigned int algo;

	(void)context;
	for (algo = 0; algo < 300; algo++) {
		struct digest state;

		if (algo == DIGEST_SHA1 || (algo >= DIGEST_SHA256 && algo <= DIGEST_SHA224))
			continue;
		assert_int_equal(digest_begin(&state, algo), -EOPNOTSUPP);
		assert_int_equal(digest_size(algo), 0);
		assert_int_equal(digest_bytes(algo, "abc", 3, digest), -EOPNOTSUPP);
	}
}

static void names_are_the_kernels(void **context)
{
	(void)context;
	assert_string_equal(digest_name(0), "md4");
	assert_string_equal(digest_name(2), "sha1");
	assert_string_equal(digest_name(DIGEST_SHA256), "sha256");
	assert_string_equal(digest_name(DIGEST_SHA384), "sha384");
	assert_string_equal(digest_name(DIGEST_SHA512), "sha512");
	assert_string_equal(digest_name(DIGEST_SHA224), "sha224");
	assert_string_equal(digest_name(17), "sm3");
	assert_string_equal(digest_name(22), "sha3-512");
	assert_null(digest_name(23));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha_of_abc),
		cmocka_unit_test(piece_by_piece_is_the_same),
		cmocka_unit_test(weak_ones_are_known),
		cmocka_unit_test(sha256_as_text),
		cmocka_unit_test(other_algorithms_are_not_made),
		cmocka_unit_test(names_are_the_kernels),
	};

	return RUN_TESTS(tests);
}
