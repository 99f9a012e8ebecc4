// SPDX-License-Identifier: MIT
/*
 * Certificates and requests made and encoded; see x509.h. The extensions are those that the
 * kernel's .ima keyring looks at from Linux 6.6 on (restrict_link_by_digsig): a CA has CA:TRUE
 * and keyCertSign, a signer CA:FALSE and digitalSignature, and both a subjectKeyIdentifier.
 */
#include "x509.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include "pkey.h"

#define SERIAL_SIZE 16 /* bytes; positive, and at least 119 of its bits are random */

#define PBKDF2_ROUNDS 600000 /* a tenth of a second or more for each guess; OpenSSL's own default is 2,048 */

OSSL_RELEASE(release_pkcs8, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
OSSL_RELEASE(release_sealed, X509_SIG, X509_SIG_free)
OSSL_RELEASE(release_name, X509_NAME, X509_NAME_free)
OSSL_RELEASE(release_extension, X509_EXTENSION, X509_EXTENSION_free)
OSSL_RELEASE(release_octets, ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)

static int fail(struct problem *problem, const char *what)
{
	return problem_set(problem, -EIO, "%s cannot be made: %s", what, ossl_reason());
}

static int add_entry(X509_NAME *name, const char *field, const char *value, struct problem *problem)
{
	if (!*value)
		return problem_set(problem, -EINVAL, "the subject's field '%s' is empty", field);
	if (X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0))
		return 0;
	problem_set(
		problem, -EINVAL, "the subject's field '%s' cannot be '%s': %s", field, value, ossl_reason());
	problem_remedy(
		problem, "write it as /O=ORGANIZATION/CN=NAME, in UTF-8, a name of at most 64 characters");
	return -EINVAL;
}

/* Cuts the next "FIELD=VALUE" off the text after a slash; a backslash takes the next byte as it is. */
static char *next_field(char **text)
{
	char *start = *text, *from = start, *to = start;

	while (*from && *from != '/') {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from++;
	}
	*text = *from ? from + 1 : from;
	*to = '\0';
	return start;
}

static int parse_subject(const char *subject, X509_NAME *name, struct problem *problem)
{
	_cleanup_free_ char *copy = strdup(subject);
	char *at = copy, *field, *value;
	int r = 0;

	if (!copy)
		return problem_set(problem, -ENOMEM, "out of memory");
	if (*at++ != '/' || !*at)
		goto malformed;
	while (r == 0 && *at) {
		field = next_field(&at);
		value = strchr(field, '=');
		if (!value)
			goto malformed;
		*value++ = '\0';
		r = add_entry(name, field, value, problem);
	}
	return r;
malformed:
	problem_set(problem, -EINVAL, "'%s' is not a subject", subject);
	problem_remedy(problem, "write it as /O=ORGANIZATION/CN=NAME");
	return -EINVAL;
}

static int make_name(const char *subject, const char *cn, X509_NAME **ret, struct problem *problem)
{
	_cleanup_(release_name) X509_NAME *name = X509_NAME_new();
	int r;

	if (!name)
		return fail(problem, "the subject");
	r = subject ? parse_subject(subject, name, problem) : add_entry(name, "CN", cn, problem);
	if (r == 0)
		*ret = take_pointer(name);
	return r;
}

int x509_check_subject(const char *subject, const char *cn, struct problem *problem)
{
	_cleanup_(release_name) X509_NAME *name = NULL;

	return make_name(subject, cn, &name, problem);
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
	_cleanup_(release_extension) X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	return extension && X509_add_ext(certificate, extension, -1);
}

/* An identifier of a key as an ASN.1 value: SHA-1 of its bits, as everyone makes it. */
static ASN1_OCTET_STRING *make_id(const EVP_PKEY *key)
{
	_cleanup_(release_octets) ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	uint8_t digest[PKEY_ID_SIZE];

	if (!id || pkey_id(key, digest) < 0 || !ASN1_OCTET_STRING_set(id, digest, sizeof(digest)))
		return NULL;
	return take_pointer(id);
}

static bool add_identifiers(X509 *certificate, EVP_PKEY *key, X509 *issuer)
{
	_cleanup_(release_octets) ASN1_OCTET_STRING *own = make_id(key);
	const ASN1_OCTET_STRING *issuers = issuer ? X509_get0_subject_key_id(issuer) : own;
	AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
	bool fine = own && issuers && authority;

	if (fine) {
		authority->keyid = ASN1_OCTET_STRING_dup(issuers);
		fine = authority->keyid &&
		       X509_add1_ext_i2d(
			       certificate, NID_subject_key_identifier, own, 0, X509V3_ADD_DEFAULT) > 0 &&
		       X509_add1_ext_i2d(certificate, NID_authority_key_identifier, authority, 0,
			       X509V3_ADD_DEFAULT) > 0;
	}
	AUTHORITY_KEYID_free(authority);
	return fine;
}

static bool set_serial(X509 *certificate)
{
	_cleanup_bn_ BIGNUM *number = NULL;
	uint8_t bytes[SERIAL_SIZE];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (bytes[0] & 0x7f) | 0x40;
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	return number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
}

static bool set_dates(X509 *certificate, unsigned int days)
{
	return X509_gmtime_adj(X509_getm_notBefore(certificate), 0) &&
	       X509_time_adj_ex(X509_getm_notAfter(certificate), (int)days, 0, NULL);
}

static bool fill(X509 *certificate, const struct x509_order *order, EVP_PKEY *key, const X509_NAME *subject)
{
	const X509_NAME *issuer = order->issuer ? X509_get_subject_name(order->issuer) : subject;

	return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
	       set_dates(certificate, order->days) && X509_set_subject_name(certificate, subject) &&
	       X509_set_issuer_name(certificate, issuer) && X509_set_pubkey(certificate, key) &&
	       add_extension(certificate, NID_basic_constraints,
		       order->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
	       add_extension(certificate, NID_key_usage,
		       order->is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
	       add_identifiers(certificate, key, order->issuer);
}

int x509_make(const struct x509_order *order, X509 **ret, struct problem *problem)
{
	_cleanup_(release_name) X509_NAME *name = NULL;
	_cleanup_x509_ X509 *certificate = X509_new();
	EVP_PKEY *key = order->request ? x509_request_key(order->request) : order->signing_key;
	const X509_NAME *subject;
	int r;

	if (order->subject || order->cn) {
		r = make_name(order->subject, order->cn, &name, problem);
		if (r < 0)
			return r;
		subject = name;
	} else {
		subject = X509_REQ_get_subject_name(order->request);
		if (!X509_NAME_entry_count(subject)) {
			problem_set(problem, -EINVAL, "the request has no subject");
			problem_remedy(problem, "give one: --subject or --cn");
			return -EINVAL;
		}
	}
	if (order->issuer && !X509_get0_subject_key_id(order->issuer)) {
		problem_set(problem, -EINVAL, "the issuer's certificate has no subjectKeyIdentifier");
		problem_remedy(problem, "use a CA that 'imactl key ca' made");
		return -EINVAL;
	}
	if (!certificate || !fill(certificate, order, key, subject) ||
		!X509_sign(certificate, order->signing_key, EVP_get_digestbyname(order->hash)))
		return fail(problem, "the certificate");
	*ret = take_pointer(certificate);
	return 0;
}

int x509_make_request(EVP_PKEY *key, const char *subject, const char *cn, const char *hash, X509_REQ **ret,
	struct problem *problem)
{
	_cleanup_request_ X509_REQ *request = X509_REQ_new();
	_cleanup_(release_name) X509_NAME *name = NULL;
	int r = make_name(subject, cn, &name, problem);

	if (r < 0)
		return r;
	if (!request || !X509_REQ_set_version(request, X509_REQ_VERSION_1) ||
		!X509_REQ_set_subject_name(request, name) || !X509_REQ_set_pubkey(request, key) ||
		!X509_REQ_sign(request, key, EVP_get_digestbyname(hash)))
		return fail(problem, "the request");
	*ret = take_pointer(request);
	return 0;
}

/* Moves what was written to a memory BIO into a buffer. */
static int drain(BIO *bio, bool fine, struct buf *ret)
{
	char *text = NULL;
	long len = fine ? BIO_get_mem_data(bio, &text) : 0;

	if (len > 0)
		buf_add(ret, text, (size_t)len);
	return len > 0 && !buf_failed(ret) ? 0 : -ENOMEM;
}

int x509_encode(X509 *certificate, bool pem, struct buf *ret)
{
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_mem());

	return drain(bio,
		bio && (pem ? PEM_write_bio_X509(bio, certificate) : i2d_X509_bio(bio, certificate)) == 1,
		ret);
}

int x509_encode_request(X509_REQ *request, struct buf *ret)
{
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_mem());

	return drain(bio, bio && PEM_write_bio_X509_REQ(bio, request) == 1, ret);
}

int x509_encrypt_key(EVP_PKEY *key, const char *passphrase, struct buf *ret)
{
	_cleanup_(release_pkcs8) PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
	_cleanup_(release_sealed) X509_SIG *sealed = NULL;
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_mem());

	if (plain)
		sealed = PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase, (int)strlen(passphrase), NULL, 0,
			PBKDF2_ROUNDS, plain);
	return drain(bio, sealed && bio && PEM_write_bio_PKCS8(bio, sealed) == 1, ret) < 0 ? -EIO : 0;
}
