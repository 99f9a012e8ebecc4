// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/appraise.c: each kind of security.ima, right, wrong and unknown, against the keyrings of fakering.h.
 * wrap: fgetxattr keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 */
#include "appraise.h"
#include "digest.h"
#include "fakering.h"

#define CONTENT "the content"

static struct {
	uint8_t bytes[2048];
	ssize_t len;
	int error;
} xattr;
static struct appraised result;

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	assert_true(fd >= 0);
	assert_string_equal(name, "security.ima");
	errno = xattr.error;
	if (xattr.error)
		return -1;
	errno = ERANGE;
	if ((size_t)xattr.len > size)
		return -1;
	memcpy(ret, xattr.bytes, (size_t)xattr.len);
	return xattr.len;
}

static int start(void **context)
{
	memset(&xattr, 0, sizeof(xattr));
	return fakering_new(context);
}

#define APPRAISE_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakering_remove)

static void set(const char *bytes, size_t len)
{
	memcpy(xattr.bytes, bytes, len);
	xattr.len = (ssize_t)len;
}

static void check(enum appraise_value value, unsigned int algo, const char *text)
{
	int fd;

	fakeroot_file("/f", CONTENT);
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(appraise_file(fd, ".ima", &result), 0);
	(void)close(fd);
	assert_int_equal(result.value, value);
	assert_int_equal(result.algo, algo);
	assert_string_equal(result.text, text);
}

/* A digest of the content, of the algorithm. */
static void set_digest(uint8_t type, unsigned int algo)
{
	xattr.bytes[0] = type;
	xattr.bytes[1] = (uint8_t)algo;
	assert_int_equal(digest_bytes(algo, CONTENT, strlen(CONTENT), xattr.bytes + (type == 4 ? 2 : 1)), 0);
	xattr.len = (ssize_t)digest_size(algo) + (type == 4 ? 2 : 1);
}

static void without_a_value(void **context)
{
	(void)context;
	check(VALUE_NONE, 4, "has neither hash nor signature");
	xattr.error = ENODATA;
	check(VALUE_NONE, 4, "has neither hash nor signature");
	xattr.error = EOPNOTSUPP;
	check(VALUE_UNSUPPORTED, 4, "is on a file system without extended attributes");
	xattr.error = EIO;
	assert_int_equal(appraise_file(0, ".ima", &result), -EIO);
}

static void hashes(void **context)
{
	(void)context;
	set_digest(4, DIGEST_SHA512);
	check(VALUE_HASH_GOOD, DIGEST_SHA512, "has only a hash");
	set_digest(1, DIGEST_SHA1);
	check(VALUE_HASH_GOOD, DIGEST_SHA1, "has only a hash");
	set_digest(4, DIGEST_SHA256);
	xattr.bytes[9] ^= 1;
	check(VALUE_HASH_BAD, DIGEST_SHA256, "has the hash of another content");
	set_digest(4, DIGEST_SHA256);
	xattr.len--;
	check(VALUE_HASH_BAD, DIGEST_SHA256, "has the hash of another content");
	assert_false(result.unsure);
}

static void hashes_that_are_not_made_here(void **context)
{
	(void)context;
	set("\x04\x11"
	    "01234567890123456789012345678901",
		34);
	check(VALUE_HASH_GOOD, 17, "has a security.ima over a sm3 digest, which is not known here");
	assert_true(result.unsure);
	assert_int_equal(result.if_wrong, VALUE_HASH_BAD);
	set("\x04\x77"
	    "01234567890123456789012345678901",
		34);
	check(VALUE_HASH_GOOD, 0x77, "has a security.ima over a nameless digest, which is not known here");
}

static void signatures(void **context)
{
	(void)context;
	fake_key_add(RING_VERIFY, "signer: 01234567");
	set("\x03\x02\x04\x01\x23\x45\x67\x00\x03sig", 12);
	check(VALUE_SIGNATURE_GOOD, 4, "");
	assert_string_equal(fakering.verified, "signer: 01234567 sha256 digest=32 signature=sig");
	fakering.verify_error = -EKEYREJECTED;
	check(VALUE_SIGNATURE_BAD, 4, "has a signature that does not belong to its content");
	set("\x03\x03\x04\x01\x23\x45\x67\x00\x03sig", 12);
	check(VALUE_SIGNATURE_BAD, 4, "has a signature that does not belong to its content");
	fakering.verify_error = 0;
	check(VALUE_SIGV3_GOOD, 4, "");
	set("\x03\x02\x11\x01\x23\x45\x67\x00\x03sig", 12);
	check(VALUE_SIGNATURE_GOOD, 17, "has a security.ima over a sm3 digest, which is not known here");
	assert_true(result.unsure);
}

static void keys_that_are_not_there(void **context)
{
	(void)context;
	set("\x03\x02\x04\x01\x23\x45\x67\x00\x03sig", 12);
	check(VALUE_SIGNATURE_NO_KEY, 4, "is signed with the key 01234567, which is not loaded");
	assert_int_equal(result.key_id, 0x01234567);
	assert_false(result.unsure);
	fake_key_add(RING_IMA, "id:01234567");
	check(VALUE_SIGNATURE_GOOD, 4,
		"is signed with the key 01234567, which is in .ima, but not among the image's certificates");
	assert_true(result.unsure);
	assert_int_equal(result.if_wrong, VALUE_SIGNATURE_BAD);
	fakering.find_error = -ENODEV;
	check(VALUE_SIGNATURE_NO_KEY, 4, "is signed with the key 01234567, which is not loaded");
}

static void the_users_keyring(void **context)
{
	int fd;

	(void)context;
	set("\x03\x02\x04\x01\x23\x45\x67\x00\x03sig", 12);
	fakering.has_user = true;
	fake_key_add(RING_USER, "id:01234567");
	fakeroot_file("/f", CONTENT);
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(appraise_file(fd, "_ima", &result), 0);
	assert_true(result.unsure);
	assert_int_equal(appraise_file(fd, NULL, &result), 0);
	assert_false(result.unsure);
	(void)close(fd);
}

static void what_is_no_signature(void **context)
{
	(void)context;
	set("\x03\x01rest", 6);
	check(VALUE_SIGNATURE_BAD, 0, "has a signature of the old format version 1");
	set("\x03\x02\x04", 3);
	check(VALUE_SIGNATURE_BAD, 0, "has a damaged security.ima");
	set("\x06\x03\x04", 3);
	check(VALUE_VERITY_BAD, 0, "has a damaged security.ima");
	set("\x04", 1);
	check(VALUE_HASH_BAD, 0, "has a damaged security.ima");
	set("\x09", 1);
	check(VALUE_UNKNOWN, 0, "has a security.ima that is neither hash nor signature");
	set("\x06\x03\x04\x01\x23\x45\x67\x00\x03sig", 12);
	check(VALUE_VERITY_BAD, 4, "has a signature for fs-verity, which is not on for it");
	xattr.len = 1025;
	check(VALUE_SIGNATURE_GOOD, 4, "has a security.ima of more than 1024 bytes, which is not read");
	assert_true(result.unsure);
}

static void a_file_without_end(void **context)
{
	int fd;

	(void)context;
	set_digest(4, DIGEST_SHA256);
	fakeroot_file("/f", "");
	assert_int_equal(truncate(fakeroot_path("/f"), (off_t)1 << 40), 0);
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(appraise_file(fd, ".ima", &result), 0);
	(void)close(fd);
	assert_true(result.unsure);
	assert_string_equal(result.text, "is larger than 1 GiB, and was not read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		APPRAISE_TEST(without_a_value),
		APPRAISE_TEST(hashes),
		APPRAISE_TEST(hashes_that_are_not_made_here),
		APPRAISE_TEST(signatures),
		APPRAISE_TEST(keys_that_are_not_there),
		APPRAISE_TEST(the_users_keyring),
		APPRAISE_TEST(what_is_no_signature),
		APPRAISE_TEST(a_file_without_end),
	};

	return RUN_TESTS(tests);
}
