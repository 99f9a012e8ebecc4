// SPDX-License-Identifier: MIT
/* Keys made, read, written and named; see pkey.h. */
#include "pkey.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include "infile.h"
#include "log.h"
#include "outfile.h"
#include "token.h"
#include "x509.h"

static const struct algorithm {
	const char *name;
	unsigned int bits;  /* of an RSA key; 0 for a curve */
	const char *group;  /* OpenSSL's name of the curve */
	const char *person; /* the name for a person */
} algorithms[] = {
	{"rsa2048", 2048, NULL, "RSA-2048"},
	{"rsa3072", 3072, NULL, "RSA-3072"},
	{"rsa4096", 4096, NULL, "RSA-4096"},
	{"p256", 0, "prime256v1", "P-256"},
	{"p384", 0, "secp384r1", "P-384"},
};

OSSL_RELEASE(release_decoder, OSSL_DECODER_CTX, OSSL_DECODER_CTX_free)
OSSL_RELEASE(release_encoder, OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free)

/* The table's entry for a key, NULL where there is none. */
static const struct algorithm *find_algorithm(const EVP_PKEY *key)
{
	char group[64] = "";
	size_t i;

	(void)EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (algorithms[i].bits ? EVP_PKEY_is_a(key, "RSA") &&
						 EVP_PKEY_get_bits(key) == (int)algorithms[i].bits
				       : EVP_PKEY_is_a(key, "EC") && string_equal(group, algorithms[i].group))
			return &algorithms[i];
	return NULL;
}

const char *pkey_algorithm(const EVP_PKEY *key)
{
	const struct algorithm *algorithm = find_algorithm(key);

	return algorithm ? algorithm->name : NULL;
}

void pkey_kind(const EVP_PKEY *key, struct buf *ret)
{
	const struct algorithm *algorithm = find_algorithm(key);
	const char *type = EVP_PKEY_get0_type_name(key);
	char group[64] = "";

	if (algorithm)
		buf_puts(ret, algorithm->person);
	else if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL))
		buf_printf(ret, "EC %s", group);
	else
		buf_printf(ret, "%s-%d", type ? type : "unknown", EVP_PKEY_get_bits(key));
}

/* True where a parameter of the key is there, and is not that text. */
static bool differs(const EVP_PKEY *key, const char *parameter, const char *text)
{
	char value[64] = "";

	if (EVP_PKEY_get_utf8_string_param(key, parameter, value, sizeof(value), NULL))
		return !string_equal(value, text);
	(void)ossl_reason();
	return false;
}

static enum pkey_fitness curve_fitness(const EVP_PKEY *key)
{
	if (differs(key, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_GROUP))
		return PKEY_EXPLICIT;
	if (!find_algorithm(key))
		return PKEY_FOREIGN;
	return differs(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		       OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED)
		       ? PKEY_COMPRESSED
		       : PKEY_FITS;
}

enum pkey_fitness pkey_fitness(const EVP_PKEY *key)
{
	static const int sizes[] = {512, 1024, 1536, 2048, 3072, 4096};
	size_t i;

	if (EVP_PKEY_is_a(key, "EC"))
		return curve_fitness(key);
	if (!EVP_PKEY_is_a(key, "RSA"))
		return PKEY_FOREIGN;
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (EVP_PKEY_get_size(key) * 8 == sizes[i])
			return PKEY_FITS;
	return PKEY_ODD_SIZE;
}

const char *pkey_unfit_reason(enum pkey_fitness fitness)
{
	static const char *const reasons[] = {
		[PKEY_FITS] = "",
		[PKEY_FOREIGN] = "its key is of a kind that only newer kernels know, or none",
		[PKEY_EXPLICIT] =
			"its curve is given by parameters, and the kernel knows curves by their names alone",
		[PKEY_COMPRESSED] =
			"its point is compressed, and the kernel verifies nothing with such a key",
		[PKEY_ODD_SIZE] =
			("its key is of RSA, of a size with which the kernel verifies nothing (2048, 3072 "
			 "and 4096 bits are right)"),
	};

	return reasons[fitness];
}

int pkey_check(const EVP_PKEY *key, struct problem *problem)
{
	_cleanup_buf_ struct buf kind = {0};
	enum pkey_fitness fitness = pkey_fitness(key);

	if (fitness == PKEY_EXPLICIT || fitness == PKEY_COMPRESSED) {
		problem_set(problem, -EOPNOTSUPP, "%s", pkey_unfit_reason(fitness));
		problem_remedy(problem, "convert the key, and make this again of it: openssl ec -param_enc "
					"named_curve -conv_form "
					"uncompressed");
		return -EOPNOTSUPP;
	}
	if (find_algorithm(key))
		return 0;
	pkey_kind(key, &kind);
	problem_set(problem, -EOPNOTSUPP, "its key is %s, which IMA cannot be relied on to verify",
		buf_string(&kind));
	problem_remedy(problem, "use one of " PKEY_ALGORITHMS);
	return -EOPNOTSUPP;
}

int pkey_generate(const char *algorithm, EVP_PKEY **ret, struct problem *problem)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (string_equal(algorithms[i].name, algorithm))
			break;
	if (i == ARRAY_SIZE(algorithms)) {
		problem_set(problem, -EINVAL, "'%s' is no algorithm for a key", algorithm);
		problem_remedy(problem, "use one of " PKEY_ALGORITHMS);
		return -EINVAL;
	}
	*ret = algorithms[i].bits ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)algorithms[i].bits)
				  : EVP_PKEY_Q_keygen(NULL, NULL, "EC", algorithms[i].group);
	return *ret ? 0 : problem_set(problem, -EIO, "the key cannot be made: %s", ossl_reason());
}

/* What the decoder's callback needs, and what it leaves behind. */
struct unlocking {
	const struct passphrase_source *source;
	const char *path;
	struct problem *problem;
	bool asked; /* the pass phrase was needed */
	bool known; /* it is in text */
	char text[PASSPHRASE_MAX];
};

/* OSSL_PASSPHRASE_CALLBACK: the decoder may call it again, and a person is asked only once. */
static int give_passphrase(char *pass, size_t size, size_t *len, const OSSL_PARAM *parameters, void *argument)
{
	struct unlocking *unlocking = argument;

	(void)parameters;
	if (!unlocking->asked)
		unlocking->known = passphrase_get(unlocking->source, unlocking->path, false, unlocking->text,
					   unlocking->problem) == 0;
	unlocking->asked = true;
	*len = strlen(unlocking->text);
	if (!unlocking->known || *len > size)
		return 0;
	memcpy(pass, unlocking->text, *len);
	return 1;
}

/* PFX of RFC 7292: a sequence that begins with the version 3 and another sequence. */
static bool is_pkcs12(const struct buf *bytes)
{
	static const char begin[] = {0x02, 0x01, 0x03, 0x30};
	size_t len = bytes->len < 12 ? bytes->len : 12;

	return bytes->data[0] == 0x30 && memmem(bytes->data, len, begin, sizeof(begin));
}

static int explain_undecoded(
	const struct unlocking *unlocking, const struct buf *bytes, struct problem *problem)
{
	(void)ossl_reason();
	if (unlocking->asked && !unlocking->known)
		return problem->error;
	if (unlocking->asked) {
		problem_set(problem, -EKEYREJECTED, "the pass phrase is wrong, or the key is damaged");
		problem_remedy(problem, "try the pass phrase again");
		return -EKEYREJECTED;
	}
	if (is_pkcs12(bytes)) {
		problem_set(
			problem, -EBADMSG, "is a PKCS#12 file, and a private key in PEM or DER is wanted");
		problem_remedy(problem, "take the key out of it: openssl pkcs12 -in %s -nocerts -out KEY",
			problem_path(unlocking->path));
		return -EBADMSG;
	}
	problem_set(problem, -EBADMSG, "%s",
		memmem(bytes->data, bytes->len, "CERTIFICATE", strlen("CERTIFICATE"))
			? "is a certificate, and a private key is wanted"
			: "is not a private key in PEM or DER, or is damaged");
	problem_remedy(problem, "name the file of the private key");
	return -EBADMSG;
}

/* Where the first private key in PEM begins: parameters or a certificate may stand before it. 0 where there is none. */
static size_t find_pem(const struct buf *bytes)
{
	static const char begin[] = "-----BEGIN ", end[] = "PRIVATE KEY-----";
	const char *at = bytes->data, *stop = at + bytes->len, *newline;

	while ((at = memmem(at, (size_t)(stop - at), begin, strlen(begin)))) {
		newline = memchr(at, '\n', (size_t)(stop - at));
		if (newline && memmem(at, (size_t)(newline - at), end, strlen(end)))
			return (size_t)(at - bytes->data);
		at += strlen(begin);
	}
	return 0;
}

static int decode(
	struct unlocking *unlocking, const struct buf *bytes, EVP_PKEY **ret, struct problem *problem)
{
	size_t skipped = find_pem(bytes), len = bytes->len - skipped;
	const unsigned char *data = (const unsigned char *)bytes->data + skipped;
	_cleanup_(release_decoder) OSSL_DECODER_CTX *decoder =
		OSSL_DECODER_CTX_new_for_pkey(ret, NULL, NULL, NULL, EVP_PKEY_KEYPAIR, NULL, NULL);

	if (!decoder || !OSSL_DECODER_CTX_set_passphrase_cb(decoder, give_passphrase, unlocking))
		return problem_set(problem, -ENOMEM, "cannot be read: %s", ossl_reason());
	if (OSSL_DECODER_from_data(decoder, &data, &len) && *ret)
		return 0;
	return explain_undecoded(unlocking, bytes, problem);
}

/* Where a provider does not let it, pkey_check() says what is wrong. */
static void normalize(EVP_PKEY *key)
{
	if (!EVP_PKEY_is_a(key, "EC"))
		return;
	(void)EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_GROUP);
	(void)EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
	(void)ossl_reason();
}

static void warn_of_readers(const char *path, const struct stat *st)
{
	if (S_ISREG(st->st_mode) && st->st_mode & S_IROTH)
		log_warning("%s: all users of this machine can read this private key; chmod 600 it", path);
}

int pkey_load(
	const char *path, const struct passphrase_source *source, EVP_PKEY **ret, struct problem *problem)
{
	struct unlocking unlocking = {.source = source, .path = path, .problem = problem};
	_cleanup_buf_ struct buf bytes = {0};
	struct stat st;
	int r;

	if (token_is_uri(path))
		return token_load(path, source, ret, problem);
	r = infile_read_any(path, INFILE_KEY_MAX, &bytes, &st, problem);
	if (r == 0)
		r = decode(&unlocking, &bytes, ret, problem);
	if (r == 0)
		normalize(*ret);
	if (r == 0 && !unlocking.asked)
		warn_of_readers(path, &st);
	if (bytes.data)
		OPENSSL_cleanse(bytes.data, bytes.len);
	OPENSSL_cleanse(unlocking.text, sizeof(unlocking.text));
	return r;
}

/* Adds the key in PEM (PKCS#8), not encrypted. */
static int encode(const EVP_PKEY *key, struct buf *ret)
{
	_cleanup_(release_encoder) OSSL_ENCODER_CTX *encoder =
		OSSL_ENCODER_CTX_new_for_pkey(key, OSSL_KEYMGMT_SELECT_ALL, "PEM", "PrivateKeyInfo", NULL);
	unsigned char *data = NULL;
	size_t len = 0;

	if (!encoder || !OSSL_ENCODER_to_data(encoder, &data, &len))
		return -EIO;
	buf_add(ret, data, len);
	OPENSSL_clear_free(data, len);
	return buf_failed(ret) ? -ENOMEM : 0;
}

int pkey_write(EVP_PKEY *key, const char *path, const char *passphrase, struct problem *problem)
{
	_cleanup_buf_ struct buf bytes = {0};
	int r = outfile_check(path, false, problem);

	if (r < 0)
		return r;
	r = passphrase ? x509_encrypt_key(key, passphrase, &bytes) : encode(key, &bytes);
	if (r < 0)
		problem_set(problem, r, "the key cannot be encoded: %s", ossl_reason());
	else
		r = outfile_write(path, bytes.data, bytes.len, 0600, false, problem);
	if (bytes.data)
		OPENSSL_cleanse(bytes.data, bytes.len);
	return r;
}

int pkey_id(const EVP_PKEY *key, uint8_t ret[PKEY_ID_SIZE])
{
	unsigned char *bits = NULL;
	int len = i2d_PublicKey(key, &bits);
	bool fine = len > 0 && EVP_Q_digest(NULL, "SHA1", NULL, bits, (size_t)len, ret, NULL);

	OPENSSL_free(bits);
	if (!fine)
		(void)ossl_reason();
	return fine ? 0 : -EIO;
}
