// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/sigcheck.c.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: strdup
 */
#include "sigcheck.h"
#include "fakering.h"

static bool no_strdup;

char *__real_strdup(const char *string);
char *__wrap_strdup(const char *string);

char *__wrap_strdup(const char *string)
{
	return no_strdup ? NULL : __real_strdup(string);
}

static struct problem problem;
static char *signer;
static struct sigcheck check;

static int check_new(void **context)
{
	check = (struct sigcheck){
		.path = "/p", .keyring = ".ima", .sha1_switch = "set allow-sha1 = yes in the configuration"};
	return fakering_new(context);
}

#define SIGCHECK_TEST(test) cmocka_unit_test_setup_teardown(test, check_new, fakering_remove)

static int verify(const void *value, size_t len)
{
	problem = (struct problem){0};
	free(signer);
	signer = NULL;
	return sigcheck_verify(&check, (const uint8_t *)"content", 7, value, len, &signer, &problem);
}

#define VERIFY(literal) verify(literal, sizeof(literal) - 1)
#define GOOD "\x03\x02\x04\x01\x23\x45\x67\x00\x03sig" /* SHA-256, key 01234567 */
static const char sign[] = "sign it: imactl sign --key KEY '/p'";

static void good_signature_names_its_signer(void **context)
{
	(void)context;
	fake_key_add(RING_VERIFY, "A: 01234567");
	assert_int_equal(VERIFY(GOOD), 0);
	assert_string_equal(signer, "A: 01234567");
	assert_int_equal(problem.error, 0);
	assert_string_equal(fakering.verified, "A: 01234567 sha256 digest=32 signature=sig");
	free(signer);
	signer = NULL;
}

static void digest_follows_the_header(void **context)
{
	(void)context;
	fake_key_add(RING_VERIFY, "A: 01234567");
	assert_int_equal(VERIFY("\x03\x02\x05\x01\x23\x45\x67\x00\x01s"), 0);
	assert_string_equal(fakering.verified, "A: 01234567 sha384 digest=48 signature=s");
	assert_int_equal(VERIFY("\x03\x02\x06\x01\x23\x45\x67\x00\x01s"), 0);
	assert_string_equal(fakering.verified, "A: 01234567 sha512 digest=64 signature=s");
	free(signer);
	signer = NULL;
}

static void only_copies_of_accepted_keys_count(void **context)
{
	(void)context;
	fake_key_add(RING_IMA, "A: 01234567");
	assert_int_equal(VERIFY(GOOD), -ENOKEY);
	assert_null(signer);
	assert_problem(&problem, -ENOKEY,
		"is signed with the key 01234567, and no certificate of that key is in .ima",
		"put the signer's certificate into /etc/keys/ima of the image, or sign the file with a key "
		"that is there; the key's number is the end of the certificate's subject key identifier");
	fakering.private_error = -ENOSYS;
	assert_int_equal(VERIFY(GOOD), -ENOKEY);
	problem_free(&problem);
}

static void missing_signature_is_told(void **context)
{
	(void)context;
	assert_int_equal(VERIFY(""), -ENODATA);
	assert_problem(&problem, -ENODATA,
		"has no signature: the extended attribute security.ima is absent (copying without "
		"--preserve=xattr loses it)",
		sign);
}

static void other_kinds_are_told(void **context)
{
	static const struct {
		const char *value;
		int error;
		const char *reason;
	} kinds[] = {{"\x01"
		      "0123456789abcdef0123",
			     -EBADMSG, "has no signature: security.ima holds only a digest of it"},
		{"\x03\x01 old", -EBADMSG,
			"its signature has the old format version 1, which no certificate verifies"},
		{"\x03\x03\x04\x01\x23\x45\x67\x01\x01", -EBADMSG,
			"security.ima is not a whole signature: its lengths or its version do not fit"},
		{"\x07 what", -EBADMSG, "security.ima begins with 0x07, which is no kind of signature"}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_int_equal(verify(kinds[i].value, strlen(kinds[i].value)), kinds[i].error);
		assert_problem(&problem, kinds[i].error, kinds[i].reason, sign);
	}
	assert_int_equal(VERIFY("\x03\x03\x04\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP,
		"its signature has format version 3, and only version 2 is verified here", sign);
	assert_int_equal(VERIFY("\x06\x03\x04\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP,
		"its signature is one of its fs-verity digest, and only one of its content is verified here",
		sign);
}

static void other_digests_are_told(void **context)
{
	(void)context;
	fake_key_add(RING_VERIFY, "A: 01234567");
	assert_int_equal(VERIFY("\x03\x02\x02\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP, "is signed over a sha1 digest, of which collisions can be made",
		"sign it over SHA-256: imactl sign --key KEY '/p'; or set allow-sha1 = yes in the "
		"configuration");
	assert_int_equal(VERIFY("\x03\x02\x01\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(
		&problem, -EOPNOTSUPP, "is signed over a md5 digest, of which collisions can be made", sign);
	assert_int_equal(VERIFY("\x03\x02\x11\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP,
		"is signed over a sm3 digest, which is not known here (SHA-224 to SHA-512 are)", sign);
	assert_int_equal(VERIFY("\x03\x02\xff\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP,
		"names digest algorithm 255 in its signature, and there is none of that number", sign);
}

/* SHA-1 alone is let in by the switch. */
static void sha1_counts_where_it_is_allowed(void **context)
{
	(void)context;
	fake_key_add(RING_VERIFY, "A: 01234567");
	check.sha1_switch = NULL;
	assert_int_equal(VERIFY("\x03\x02\x02\x01\x23\x45\x67\x00\x01s"), 0);
	assert_string_equal(fakering.verified, "A: 01234567 sha1 digest=20 signature=s");
	assert_int_equal(VERIFY("\x03\x02\x01\x01\x23\x45\x67\x00\x01s"), -EOPNOTSUPP);
	assert_problem(
		&problem, -EOPNOTSUPP, "is signed over a md5 digest, of which collisions can be made", sign);
}

static void key_remedy_may_be_another(void **context)
{
	(void)context;
	check.key_remedy = "bring it";
	assert_int_equal(VERIFY(GOOD), -ENOKEY);
	assert_problem(&problem, -ENOKEY,
		"is signed with the key 01234567, and no certificate of that key is in .ima",
		"bring it; the key's number is the end of the certificate's subject key identifier");
}

static void refusals_of_the_kernel_are_told(void **context)
{
	static const char changed[] =
		"its signature does not belong to this content: the file was changed after it was signed, "
		"or the signature is that of another file or key ('A: 01234567')";
	static const char damaged[] =
		"its signature was not made by the key 'A: 01234567' that it names, or is damaged";
	static const char algorithm[] =
		"this kernel lacks the algorithm of its signature (key 'A: 01234567')";
	static const char use[] =
		"sign it with an RSA key and SHA-256, or use a kernel that has the algorithm";
	static const struct {
		int verify_error, error;
		const char *reason, *remedy;
	} refusals[] = {{-EKEYREJECTED, -EKEYREJECTED, changed, sign},
		{-EINVAL, -EKEYREJECTED, damaged, sign}, {-EBADMSG, -EKEYREJECTED, damaged, sign},
		{-ENOENT, -EOPNOTSUPP, algorithm, use}, {-ENOPKG, -EOPNOTSUPP, algorithm, use},
		{-ENOSYS, -ENOSYS, "its signature could not be verified: Function not implemented", sign}};
	size_t i;

	(void)context;
	fake_key_add(RING_VERIFY, "A: 01234567");
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		fakering.verify_error = refusals[i].verify_error;
		assert_int_equal(VERIFY(GOOD), refusals[i].error);
		assert_null(signer);
		assert_problem(&problem, refusals[i].error, refusals[i].reason, refusals[i].remedy);
	}
}

/* What a person pastes from the remedy must not hold what a root wrote for a shell. */
static void hostile_path_is_not_in_the_remedy(void **context)
{
	(void)context;
	check.path = "/p'; reboot #";
	assert_int_equal(VERIFY(""), -ENODATA);
	assert_string_equal(problem.remedy, "sign it: imactl sign --key KEY 'FILE'");
	problem_free(&problem);
}

static void without_memory_it_is_not_verified(void **context)
{
	(void)context;
	fake_key_add(RING_VERIFY, "A: 01234567");
	no_strdup = true;
	assert_int_equal(VERIFY(GOOD), -ENOMEM);
	no_strdup = false;
	assert_problem(&problem, -ENOMEM, "out of memory", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIGCHECK_TEST(good_signature_names_its_signer),
		SIGCHECK_TEST(digest_follows_the_header),
		SIGCHECK_TEST(only_copies_of_accepted_keys_count),
		SIGCHECK_TEST(missing_signature_is_told),
		SIGCHECK_TEST(other_kinds_are_told),
		SIGCHECK_TEST(other_digests_are_told),
		SIGCHECK_TEST(sha1_counts_where_it_is_allowed),
		SIGCHECK_TEST(key_remedy_may_be_another),
		SIGCHECK_TEST(refusals_of_the_kernel_are_told),
		SIGCHECK_TEST(hostile_path_is_not_in_the_remedy),
		SIGCHECK_TEST(without_memory_it_is_not_verified),
	};

	return RUN_TESTS(tests);
}
