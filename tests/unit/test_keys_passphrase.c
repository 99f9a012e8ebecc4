// SPDX-License-Identifier: MIT
/* Tests of keys/passphrase.c and keys/pkey.c: pass phrases, and private keys on the disk. */
#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include "passphrase.h"
#include "fakeroot.h"
#include "pkey.h"

static struct problem problem;
static char phrase[PASSPHRASE_MAX];

static int get_file(const void *bytes, size_t len, bool is_new)
{
	struct passphrase_source source = {.file = fakeroot_path("/p")};

	fakeroot_bytes("/p", bytes, len);
	return passphrase_get(&source, "k", is_new, phrase, &problem);
}

#define GET(literal, is_new) get_file(literal, sizeof(literal) - 1, is_new)

/* The reason, without the folder in which the test runs; releases the problem. */
static const char *reason(void)
{
	static char text[256];
	const char *at = strstr(problem_reason_text(&problem), fakeroot);

	assert_non_null(at);
	(void)snprintf(text, sizeof(text), "%.*s%s", (int)(at - problem_reason_text(&problem)),
		problem_reason_text(&problem), at + strlen(fakeroot));
	problem_free(&problem);
	return text;
}

static void first_line_is_the_pass_phrase(void **context)
{
	(void)context;
	assert_int_equal(GET("correct horse\nbattery\n", true), 0);
	assert_string_equal(phrase, "correct horse");
	assert_int_equal(GET("no newline", true), 0);
	assert_string_equal(phrase, "no newline");
	assert_int_equal(GET("carriage\r\n", false), 0);
	assert_string_equal(phrase, "carriage");
}

static void bad_files_are_named(void **context)
{
	char bytes[PASSPHRASE_MAX + 1];

	(void)context;
	assert_int_equal(GET("", false), -ENODATA);
	assert_string_equal(reason(), "there is no pass phrase in /p: its first line is empty");
	assert_int_equal(GET("\r\nx", false), -ENODATA);
	problem_free(&problem);
	assert_int_equal(GET("a\0b\n", false), -EINVAL);
	assert_string_equal(reason(), "the pass phrase in /p has a NUL byte");
	memset(bytes, 'a', sizeof(bytes));
	assert_int_equal(get_file(bytes, PASSPHRASE_MAX - 1, false), 0);
	assert_int_equal(get_file(bytes, PASSPHRASE_MAX, false), -EFBIG);
	assert_string_equal(
		reason(), "the pass phrase in /p has more than 1023 bytes, the most that is taken");
	assert_int_equal(GET("abc\n", true), -EINVAL);
	assert_problem(&problem, -EINVAL, "its pass phrase is shorter than 4 bytes", "choose a longer one");
	assert_int_equal(GET("abc\n", false), 0);
	assert_int_equal(
		passphrase_get(&(struct passphrase_source){.file = fakeroot}, "k", false, phrase, &problem),
		-EISDIR);
	assert_string_equal(reason(), "the pass phrase in  cannot be read: Is a directory");
}

static void descriptor_is_read_to_the_newline(void **context)
{
	struct passphrase_source source = {0};
	char number[16], rest[8] = "";
	int ends[2];

	(void)context;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "secret\nrest", 11), 11);
	(void)snprintf(number, sizeof(number), "%d", ends[0]);
	source.fd = number;
	assert_int_equal(passphrase_get(&source, "k", true, phrase, &problem), 0);
	assert_string_equal(phrase, "secret");
	assert_int_equal(read(ends[0], rest, sizeof(rest) - 1), 4);
	assert_string_equal(rest, "rest");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void bad_descriptors_are_named(void **context)
{
	static const char *const numbers[] = {"", "x", "-1", "+1", "1x", "99999999999"};
	struct passphrase_source source = {0};
	char wanted[96];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		source.fd = numbers[i];
		(void)snprintf(wanted, sizeof(wanted),
			"--passphrase-fd '%s' is not the number of a descriptor", numbers[i]);
		assert_int_equal(passphrase_get(&source, "k", false, phrase, &problem), -EINVAL);
		assert_problem(&problem, -EINVAL, wanted, NULL);
	}
	source.file = "f";
	assert_int_equal(passphrase_get(&source, "k", false, phrase, &problem), -EINVAL);
	assert_problem(&problem, -EINVAL, "--passphrase-file and --passphrase-fd exclude each other", NULL);
}

/* Writes a key, reads it again, compares. */
static void round_trip(const char *algorithm)
{
	struct passphrase_source none = {0};
	_cleanup_pkey_ EVP_PKEY *key = NULL, *again = NULL;
	struct stat st;

	assert_int_equal(pkey_generate(algorithm, &key, &problem), 0);
	assert_int_equal(pkey_write(key, fakeroot_path("/k"), NULL, &problem), 0);
	assert_int_equal(stat(fakeroot_path("/k"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(pkey_load(fakeroot_path("/k"), &none, &again, &problem), 0);
	assert_int_equal(EVP_PKEY_eq(key, again), 1);
	assert_int_equal(pkey_write(key, fakeroot_path("/k"), "secret", &problem), -EEXIST);
	problem_free(&problem);
	assert_int_equal(unlink(fakeroot_path("/k")), 0);
}

static void keys_are_written_and_read(void **context)
{
	(void)context;
	round_trip("p256");
	round_trip("p384");
	round_trip("rsa2048");
}

/* An encrypted key with OpenSSL's own few rounds: guesses at it cost the test no time. */
static void write_quickly(EVP_PKEY *key)
{
	OSSL_ENCODER_CTX *encoder = OSSL_ENCODER_CTX_new_for_pkey(
		key, OSSL_KEYMGMT_SELECT_ALL, "PEM", "EncryptedPrivateKeyInfo", NULL);
	unsigned char *data = NULL;
	size_t len = 0;

	assert_non_null(encoder);
	assert_int_equal(OSSL_ENCODER_CTX_set_cipher(encoder, "AES-256-CBC", NULL), 1);
	assert_int_equal(OSSL_ENCODER_CTX_set_passphrase(encoder, (const unsigned char *)"right", 5), 1);
	assert_int_equal(OSSL_ENCODER_to_data(encoder, &data, &len), 1);
	fakeroot_bytes("/k", data, len);
	OPENSSL_free(data);
	OSSL_ENCODER_CTX_free(encoder);
}

static void wrong_pass_phrase_is_said(void **context)
{
	char path[PATH_MAX];
	struct passphrase_source source = {.file = path}, none = {.file = "/nowhere"};
	_cleanup_pkey_ EVP_PKEY *key = NULL, *again = NULL;

	(void)context;
	(void)snprintf(path, sizeof(path), "%s", fakeroot_path("/p"));
	fakeroot_bytes("/p", "wrong\n", 6);
	assert_int_equal(pkey_generate("p256", &key, &problem), 0);
	write_quickly(key);
	assert_int_equal(pkey_load(fakeroot_path("/k"), &source, &again, &problem), -EKEYREJECTED);
	assert_problem(&problem, -EKEYREJECTED, "the pass phrase is wrong, or the key is damaged",
		"try the pass phrase again");
	assert_int_equal(pkey_load(fakeroot_path("/k"), &none, &again, &problem), -ENOENT);
	assert_problem(&problem, -ENOENT,
		"the pass phrase file '/nowhere' cannot be opened: No such file or directory", NULL);
	assert_null(again);
	fakeroot_bytes("/p", "right\n", 6);
	assert_int_equal(pkey_load(fakeroot_path("/k"), &source, &again, &problem), 0);
	assert_int_equal(EVP_PKEY_eq(key, again), 1);
	/* Our own is encrypted too, with rounds that take their time. */
	assert_int_equal(pkey_write(key, fakeroot_path("/own"), "right", &problem), 0);
	assert_non_null(strstr(fakeroot_read("/own"), "ENCRYPTED"));
}

static void what_is_no_key_is_refused(void **context)
{
	struct passphrase_source source = {0};
	EVP_PKEY *key = NULL;

	(void)context;
	fakeroot_bytes("/k", "nonsense", 8);
	assert_int_equal(pkey_load(fakeroot_path("/k"), &source, &key, &problem), -EBADMSG);
	assert_problem(&problem, -EBADMSG, "is not a private key in PEM or DER, or is damaged",
		"name the file of the private key");
	fakeroot_bytes("/k", "-----BEGIN CERTIFICATE-----\n", 28);
	assert_int_equal(pkey_load(fakeroot_path("/k"), &source, &key, &problem), -EBADMSG);
	assert_problem(&problem, -EBADMSG, "is a certificate, and a private key is wanted",
		"name the file of the private key");
	assert_int_equal(pkey_load(fakeroot_path("/none"), &source, &key, &problem), -ENOENT);
	problem_free(&problem);
	assert_int_equal(pkey_generate("dsa", &key, &problem), -EINVAL);
	assert_problem(&problem, -EINVAL, "'dsa' is no algorithm for a key", "use one of " PKEY_ALGORITHMS);
	assert_null(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST(first_line_is_the_pass_phrase),
		ROOT_TEST(bad_files_are_named),
		ROOT_TEST(descriptor_is_read_to_the_newline),
		ROOT_TEST(bad_descriptors_are_named),
		ROOT_TEST(keys_are_written_and_read),
		ROOT_TEST(wrong_pass_phrase_is_said),
		ROOT_TEST(what_is_no_key_is_refused),
	};

	return RUN_TESTS(tests);
}
