// SPDX-License-Identifier: MIT
/* Certificates and requests read and described; see x509.h. */
#include "x509.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include "infile.h"
#include "pkey.h"

#define TAG_SEQUENCE 0x30

OSSL_RELEASE(release_authority, AUTHORITY_KEYID, AUTHORITY_KEYID_free)
OSSL_RELEASE(release_extended, EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)

void x509_release(X509 *const *certificate)
{
	X509_free(*certificate);
}

void x509_release_request(X509_REQ *const *request)
{
	X509_REQ_free(*request);
}

void x509_facts_free(struct x509_facts *facts)
{
	struct buf *const texts[] = {&facts->subject, &facts->issuer, &facts->serial, &facts->description,
		&facts->key, &facts->signature, &facts->usage, &facts->extended_usage};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		buf_free(texts[i]);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* A key's pass phrase is never asked for while a certificate is read. */
static int no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)argument;
	return 0;
}

static int refuse_certificate(const struct buf *bytes, struct problem *problem)
{
	(void)ossl_reason();
	if (memmem(bytes->data, bytes->len, "PRIVATE KEY-", 12)) {
		problem_set(problem, -EBADMSG, "is a private key, and a certificate is wanted");
	} else if (memmem(bytes->data, bytes->len, "CERTIFICATE REQUEST-", 20)) {
		problem_set(problem, -EBADMSG, "is a request, and a certificate is wanted");
		problem_remedy(problem, "issue the certificate first: imactl key issue");
		return -EBADMSG;
	} else {
		problem_set(problem, -EBADMSG, "is not a certificate in DER or PEM, or is damaged");
	}
	problem_remedy(problem, "name the file of the certificate");
	return -EBADMSG;
}

static int load_pem(const struct buf *bytes, X509 **ret, struct problem *problem)
{
	_cleanup_bio_ BIO *bio = BIO_new_mem_buf(bytes->data, (int)bytes->len);
	_cleanup_x509_ X509 *second = NULL;

	*ret = bio ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;
	if (!*ret)
		return refuse_certificate(bytes, problem);
	second = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
	(void)ossl_reason();
	if (!second)
		return 0;
	X509_free(take_pointer(*ret));
	problem_set(problem, -EINVAL, "holds more than one certificate");
	problem_remedy(problem, "put each into a file of its own");
	return -EINVAL;
}

int x509_decode(const void *bytes, size_t len, X509 **ret, struct x509_form *form, struct problem *problem)
{
	const struct buf text = {.data = (char *)bytes, .len = len};
	const unsigned char *at = bytes;

	*form = (struct x509_form){.is_pem = *at != TAG_SEQUENCE};
	if (form->is_pem)
		return load_pem(&text, ret, problem);
	*ret = d2i_X509(NULL, &at, (long)len);
	if (!*ret)
		return refuse_certificate(&text, problem);
	form->trailing = (size_t)((const unsigned char *)bytes + len - at);
	return 0;
}

int x509_load(const char *path, X509 **ret, struct x509_form *form, struct problem *problem)
{
	_cleanup_buf_ struct buf bytes = {0};
	int r = infile_read(path, INFILE_KEY_MAX, &bytes, problem);

	*ret = NULL;
	*form = (struct x509_form){0};
	return r < 0 ? r : x509_decode(bytes.data, bytes.len, ret, form, problem);
}

static X509_REQ *read_request(const struct buf *bytes)
{
	const unsigned char *at = (const unsigned char *)bytes->data;
	_cleanup_bio_ BIO *bio = NULL;

	if (*at == TAG_SEQUENCE)
		return d2i_X509_REQ(NULL, &at, (long)bytes->len);
	bio = BIO_new_mem_buf(bytes->data, (int)bytes->len);
	return bio ? PEM_read_bio_X509_REQ(bio, NULL, no_passphrase, NULL) : NULL;
}

int x509_load_request(const char *path, X509_REQ **ret, struct problem *problem)
{
	_cleanup_request_ X509_REQ *request = NULL;
	_cleanup_buf_ struct buf bytes = {0};
	int r = infile_read(path, INFILE_KEY_MAX, &bytes, problem);

	if (r < 0)
		return r;
	request = read_request(&bytes);
	if (!request) {
		problem_set(problem, -EBADMSG,
			"is not a certificate request in PEM or DER, or is damaged (%s)", ossl_reason());
		problem_remedy(problem, "make one: imactl key request");
		return -EBADMSG;
	}
	if (!X509_REQ_get0_pubkey(request) || X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) != 1) {
		(void)ossl_reason();
		problem_set(problem, -EKEYREJECTED,
			"the request is not signed with its own key: it was changed or damaged");
		problem_remedy(problem, "ask for it again");
		return -EKEYREJECTED;
	}
	*ret = take_pointer(request);
	return 0;
}

EVP_PKEY *x509_key(X509 *certificate)
{
	return X509_get0_pubkey(certificate);
}

EVP_PKEY *x509_request_key(X509_REQ *request)
{
	return X509_REQ_get0_pubkey(request);
}

/* ---- describing -------------------------------------------------------------------------- */

/* Adds a hexadecimal form of len bytes. */
static void add_hex(struct buf *ret, const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf_printf(ret, "%02x", bytes[i]);
}

static void add_name(const X509_NAME *name, struct buf *ret)
{
	unsigned long style = XN_FLAG_ONELINE & ~(ASN1_STRFLGS_ESC_MSB | XN_FLAG_SPC_EQ);
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len;

	if (!bio || X509_NAME_print_ex(bio, name, 0, style) < 0) {
		ret->failed = true;
		return;
	}
	len = BIO_get_mem_data(bio, &text);
	if (len > 0)
		buf_add(ret, text, (size_t)len);
}

/* The first entry of a kind in a name, as its raw bytes; NULL where there is none. */
static const ASN1_STRING *name_entry(const X509_NAME *name, int nid)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);

	return at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

static void add_string(const ASN1_STRING *string, struct buf *ret)
{
	if (string)
		buf_add(ret, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string));
}

/*
 * The key's name in the kernel: O and CN unless CN begins as O does (x509_fabricate_name), then
 * the subjectKeyIdentifier, or the serial number where there is none (x509_key_preparse).
 */
static void add_description(X509 *certificate, struct x509_facts *facts)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	const ASN1_STRING *cn = name_entry(subject, NID_commonName);
	const ASN1_STRING *o = name_entry(subject, NID_organizationName);
	int cn_len = cn ? ASN1_STRING_length(cn) : 0, o_len = o ? ASN1_STRING_length(o) : 0;
	bool begins = cn && o && cn_len >= o_len &&
		      memcmp(ASN1_STRING_get0_data(cn), ASN1_STRING_get0_data(o), (size_t)o_len) == 0;

	if (cn && o && cn_len >= 7 && o_len >= 7 &&
		memcmp(ASN1_STRING_get0_data(cn), ASN1_STRING_get0_data(o), 7) == 0)
		begins = true;
	if (cn && o && !begins) {
		add_string(o, &facts->description);
		buf_puts(&facts->description, ": ");
	}
	add_string(cn ? cn : o ? o : name_entry(subject, NID_pkcs9_emailAddress), &facts->description);
	buf_puts(&facts->description, ": ");
	if (facts->subject_id.len)
		add_hex(&facts->description, facts->subject_id.bytes, facts->subject_id.len);
	else
		buf_puts(&facts->description, buf_string(&facts->serial));
}

static void copy_id(const ASN1_OCTET_STRING *id, struct x509_id *ret)
{
	int len = id ? ASN1_STRING_length(id) : 0;

	if (len <= 0 || len > X509_ID_MAX)
		return;
	memcpy(ret->bytes, ASN1_STRING_get0_data(id), (size_t)len);
	ret->len = (size_t)len;
}

static void describe_usage(X509 *certificate, struct x509_facts *facts)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} usages[] = {{X509v3_KU_DIGITAL_SIGNATURE, "digitalSignature"},
		{X509v3_KU_NON_REPUDIATION, "nonRepudiation"},
		{X509v3_KU_KEY_ENCIPHERMENT, "keyEncipherment"},
		{X509v3_KU_DATA_ENCIPHERMENT, "dataEncipherment"}, {X509v3_KU_KEY_AGREEMENT, "keyAgreement"},
		{X509v3_KU_KEY_CERT_SIGN, "keyCertSign"}, {X509v3_KU_CRL_SIGN, "cRLSign"},
		{X509v3_KU_ENCIPHER_ONLY, "encipherOnly"}, {X509v3_KU_DECIPHER_ONLY, "decipherOnly"}};
	uint32_t flags = X509_get_extension_flags(certificate), usage;
	size_t i;

	facts->is_ca = flags & EXFLAG_CA;
	facts->has_usage = flags & EXFLAG_KUSAGE;
	if (!facts->has_usage)
		return;
	usage = X509_get_key_usage(certificate);
	facts->may_sign = usage & X509v3_KU_DIGITAL_SIGNATURE;
	facts->may_issue = usage & X509v3_KU_KEY_CERT_SIGN;
	for (i = 0; i < ARRAY_SIZE(usages); i++)
		if (usage & usages[i].bit)
			buf_printf(&facts->usage, "%s%s", facts->usage.len ? ", " : "", usages[i].name);
}

static void describe_extended_usage(X509 *certificate, struct buf *ret)
{
	_cleanup_(release_extended) EXTENDED_KEY_USAGE *usages =
		X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
	char name[80];
	int i;

	for (i = 0; usages && i < sk_ASN1_OBJECT_num(usages); i++) {
		if (OBJ_obj2txt(name, sizeof(name), sk_ASN1_OBJECT_value(usages, i), 0) > 0)
			buf_printf(ret, "%s%s", ret->len ? ", " : "", name);
	}
}

static time_t time_of(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) ? timegm(&tm) : 0;
}

/* Hash and key of the signature as the kernel's parser knows them (x509_note_sig_algo). */
static bool knows_signature(const X509 *certificate)
{
	int hash = NID_undef, key = NID_undef;

	if (!OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &hash, &key))
		return false;
	if (key != NID_rsaEncryption && key != NID_X9_62_id_ecPublicKey)
		return false;
	return hash == NID_sha1 || hash == NID_sha224 || hash == NID_sha256 || hash == NID_sha384 ||
	       hash == NID_sha512;
}

static void describe_key(X509 *certificate, struct x509_facts *facts)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	const char *name = OBJ_nid2ln(X509_get_signature_nid(certificate));

	facts->fitness = PKEY_FOREIGN;
	buf_puts(&facts->signature, name ? name : "unknown");
	if (key) {
		pkey_kind(key, &facts->key);
		facts->fitness = pkey_fitness(key);
	} else {
		buf_puts(&facts->key, "unknown");
	}
	facts->known_algorithms = facts->fitness != PKEY_FOREIGN && knows_signature(certificate);
}

int x509_describe(X509 *certificate, struct x509_facts *ret)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	_cleanup_(release_authority) AUTHORITY_KEYID *authority = NULL;
	struct buf *const texts[] = {
		&ret->subject, &ret->issuer, &ret->serial, &ret->description, &ret->key, &ret->signature};
	size_t i;

	*ret = (struct x509_facts){0};
	add_name(X509_get_subject_name(certificate), &ret->subject);
	add_name(X509_get_issuer_name(certificate), &ret->issuer);
	add_hex(&ret->serial, ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
	copy_id(X509_get0_subject_key_id(certificate), &ret->subject_id);
	authority = X509_get_ext_d2i(certificate, NID_authority_key_identifier, NULL, NULL);
	ret->names_authority = authority != NULL;
	copy_id(authority ? authority->keyid : NULL, &ret->authority_id);
	ret->is_self_issued =
		X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
	describe_usage(certificate, ret);
	describe_extended_usage(certificate, &ret->extended_usage);
	ret->not_before = time_of(X509_get0_notBefore(certificate));
	ret->not_after = time_of(X509_get0_notAfter(certificate));
	describe_key(certificate, ret);
	add_description(certificate, ret);
	(void)ossl_reason();
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (buf_failed(texts[i]))
			return -ENOMEM;
	return 0;
}

/* ---- comparing --------------------------------------------------------------------------- */

bool x509_names_issuer(X509 *certificate, X509 *issuer)
{
	const ASN1_OCTET_STRING *wanted = X509_get0_authority_key_id(certificate);
	const ASN1_OCTET_STRING *offered = X509_get0_subject_key_id(issuer);

	if (wanted)
		return offered && ASN1_OCTET_STRING_cmp(wanted, offered) == 0;
	return X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(issuer)) == 0;
}

bool x509_is_signed_by(X509 *certificate, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	bool is_signed = key && X509_verify(certificate, key) == 1;

	(void)ossl_reason();
	return is_signed;
}

bool x509_equal(const X509 *a, const X509 *b)
{
	return X509_cmp(a, b) == 0;
}

EVP_PKEY *x509_public(const EVP_PKEY *key)
{
	unsigned char *bytes = NULL;
	const unsigned char *at;
	EVP_PKEY *ret = NULL;
	int len = i2d_PUBKEY(key, &bytes);

	at = bytes;
	if (len > 0)
		ret = d2i_PUBKEY(NULL, &at, len);
	OPENSSL_free(bytes);
	return ret;
}
