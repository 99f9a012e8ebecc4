// SPDX-License-Identifier: MIT
/* Values of security.ima; see signer.h. */
#include "signer.h"

#include <errno.h>
#include <openssl/rsa.h>
#include "pkey.h"
#include "x509.h"

#define TYPE_SIGNATURE 0x03
#define TYPE_DIGEST_NG 0x04
#define TYPE_VERITY 0x06
#define HEADER_SIZE 9
#define KEY_ID_SIZE 4

static uint32_t last_word(const uint8_t *bytes, size_t len)
{
	const uint8_t *at = bytes + len - KEY_ID_SIZE;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int id_from_certificate(struct signer *signer, X509 *certificate, struct problem *problem)
{
	_cleanup_facts_ struct x509_facts facts = {0};
	const EVP_PKEY *key = x509_key(certificate);

	if (x509_describe(certificate, &facts) < 0)
		return problem_set(problem, -ENOMEM, "out of memory");
	if (!key || EVP_PKEY_eq(key, signer->key) != 1) {
		(void)ossl_reason();
		problem_set(problem, -EINVAL, "is not the certificate of the private key");
		problem_remedy(problem, "name the key and the certificate of the same signer");
		return -EINVAL;
	}
	if (facts.fitness != PKEY_FITS)
		return pkey_check(key, problem);
	if (facts.subject_id.len < KEY_ID_SIZE) {
		problem_set(problem, -EINVAL,
			"has no subjectKeyIdentifier, so the kernel would not find the key of a signature");
		problem_remedy(problem, "issue the certificate again with one: imactl key issue");
		return -EINVAL;
	}
	signer->key_id = last_word(facts.subject_id.bytes, facts.subject_id.len);
	signer->is_expired = time(NULL) > facts.not_after;
	signer->is_unfit = !facts.may_sign || facts.is_ca || facts.may_issue;
	return 0;
}

int signer_set_id(struct signer *signer, const char *path, struct problem *problem)
{
	_cleanup_x509_ X509 *certificate = NULL;
	struct x509_form form;
	uint8_t id[PKEY_ID_SIZE];
	int r;

	if (!path) {
		if (pkey_id(signer->key, id) < 0)
			return problem_set(problem, -EIO, "the key id cannot be made");
		signer->key_id = last_word(id, sizeof(id));
		return 0;
	}
	r = x509_load(path, &certificate, &form, problem);
	return r < 0 ? r : id_from_certificate(signer, certificate, problem);
}

/* Padding and hash are the same for making and verifying. */
static bool set_up(EVP_PKEY_CTX *context, const EVP_PKEY *key, unsigned int algo)
{
	const char *name = digest_name(algo);
	const EVP_MD *md = name ? EVP_get_digestbyname(name) : NULL;

	if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) <= 0)
		return false;
	return md && EVP_PKEY_CTX_set_signature_md(context, md) > 0;
}

/* A copy of the key, since threads that share one wait for each other at its blinding factors. */
static EVP_PKEY *copy_key(EVP_PKEY *key)
{
	EVP_PKEY *copy = EVP_PKEY_dup(key);

	if (copy)
		return copy;
	(void)ossl_reason(); /* one in a token cannot be copied */
	return EVP_PKEY_up_ref(key) ? key : NULL;
}

EVP_PKEY_CTX *signer_context(const struct signer *signer)
{
	_cleanup_pkey_ EVP_PKEY *own = copy_key(signer->key);
	_cleanup_pkey_ctx_ EVP_PKEY_CTX *context = own ? EVP_PKEY_CTX_new(own, NULL) : NULL;

	if (!context || EVP_PKEY_sign_init(context) <= 0 || !set_up(context, own, signer->algo))
		return NULL;
	return take_pointer(context);
}

EVP_PKEY_CTX *signer_verify_context(EVP_PKEY *key, unsigned int algo)
{
	_cleanup_pkey_ctx_ EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);

	if (!context || EVP_PKEY_verify_init(context) <= 0 || !set_up(context, key, algo)) {
		(void)ossl_reason();
		return NULL;
	}
	return take_pointer(context);
}

static void put_header(const struct signer *signer, size_t size, uint8_t *ret)
{
	ret[0] = signer->kind == IMASIG_VERITY ? TYPE_VERITY : TYPE_SIGNATURE;
	ret[1] = signer->kind == IMASIG_V2 ? 2 : 3;
	ret[2] = (uint8_t)signer->algo;
	ret[3] = (uint8_t)(signer->key_id >> 24);
	ret[4] = (uint8_t)(signer->key_id >> 16);
	ret[5] = (uint8_t)(signer->key_id >> 8);
	ret[6] = (uint8_t)signer->key_id;
	ret[7] = (uint8_t)(size >> 8);
	ret[8] = (uint8_t)size;
}

void signer_wrap(unsigned int algo, const uint8_t *digest, size_t digest_len, uint8_t *ret, size_t *ret_len)
{
	ret[0] = TYPE_DIGEST_NG;
	ret[1] = (uint8_t)algo;
	memcpy(ret + 2, digest, digest_len);
	*ret_len = 2 + digest_len;
}

int signer_make(const struct signer *signer, EVP_PKEY_CTX *context, const uint8_t *digest, size_t digest_len,
	uint8_t *ret, size_t *ret_len, struct problem *problem)
{
	size_t size = IMASIG_MAX - HEADER_SIZE;

	if (EVP_PKEY_sign(context, ret + HEADER_SIZE, &size, digest, digest_len) <= 0)
		return problem_set(problem, -EIO, "cannot be signed: %s", ossl_reason());
	put_header(signer, size, ret);
	*ret_len = HEADER_SIZE + size;
	return 0;
}

bool signer_verify(
	EVP_PKEY_CTX *context, const uint8_t *digest, size_t digest_len, const uint8_t *bytes, size_t len)
{
	bool fits = EVP_PKEY_verify(context, bytes, len, digest, digest_len) == 1;

	if (!fits)
		(void)ossl_reason();
	return fits;
}

bool signer_has_made(const struct signer *signer, EVP_PKEY_CTX *context, const uint8_t *digest,
	size_t digest_len, const uint8_t *value, size_t len)
{
	struct imasig sig;

	imasig_parse(value, len, &sig);
	if (sig.algo != signer->algo)
		return false;
	if (!signer->key)
		return sig.kind == IMASIG_DIGEST && value[0] == TYPE_DIGEST_NG && sig.len == digest_len &&
		       memcmp(sig.bytes, digest, digest_len) == 0;
	return sig.kind == signer->kind && sig.key_id == signer->key_id &&
	       signer_verify(context, digest, digest_len, sig.bytes, sig.len);
}
