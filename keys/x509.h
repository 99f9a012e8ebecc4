/* SPDX-License-Identifier: MIT */
/*
 * Certificates and requests: read, described, made. The files x509*.c are the only ones that
 * include OpenSSL's X.509; here its types are opaque.
 */
#ifndef IMABOOT_X509_H
#define IMABOOT_X509_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include "buf.h"
#include "ossl.h"
#include "pkey.h"
#include "problem.h"

/* What openssl/types.h leaves out. */
typedef struct X509_req_st X509_REQ;

#define X509_ID_MAX 64 /* bytes of a key identifier that are kept */

/* What a file holds besides the certificate, and what of it the kernel would stumble over. */
struct x509_form {
	bool is_pem;     /* the kernel reads DER alone */
	size_t trailing; /* bytes after the end of the DER */
};

struct x509_id {
	uint8_t bytes[X509_ID_MAX];
	size_t len; /* 0: there is none */
};

/* A certificate in words and flags; filled by x509_describe(). */
struct x509_facts {
	struct buf subject, issuer; /* "O=x, CN=y" in UTF-8, not yet escaped */
	struct buf serial;          /* hexadecimal */
	struct buf description;     /* as the kernel names the key: /proc/keys, its log */
	struct buf key;             /* "RSA-2048" */
	struct buf signature;       /* "sha256WithRSAEncryption" */
	struct buf usage;           /* "digitalSignature, keyCertSign"; empty where there is no keyUsage */
	struct buf extended_usage;  /* the same for extendedKeyUsage */
	struct x509_id subject_id, authority_id;
	time_t not_before, not_after;
	bool is_ca, has_usage, may_sign, may_issue; /* CA:TRUE; keyUsage there; two of its bits */
	bool names_authority;                       /* has an authorityKeyIdentifier */
	enum pkey_fitness fitness;
	bool known_algorithms; /* key and signature are of kinds that the kernels with IMA have */
	bool is_self_issued;   /* issuer and subject are the same name */
};

#define _cleanup_x509_ _cleanup_(x509_release)
#define _cleanup_request_ _cleanup_(x509_release_request)
#define _cleanup_facts_ _cleanup_(x509_facts_free)

void x509_release(X509 *const *certificate);
void x509_release_request(X509_REQ *const *request);
void x509_facts_free(struct x509_facts *facts);

/* Reads a certificate, PEM or DER. Returns 0, or a negative errno with *problem set. */
_must_check_ int x509_load(const char *path, X509 **ret, struct x509_form *form, struct problem *problem);

/* The same for len bytes that were read already; len is not 0. */
_must_check_ int x509_decode(
	const void *bytes, size_t len, X509 **ret, struct x509_form *form, struct problem *problem);

/* Reads a request, PEM or DER, whose signature must be its own key's. Returns as x509_load(). */
_must_check_ int x509_load_request(const char *path, X509_REQ **ret, struct problem *problem);

/* Fills *ret; to be released with x509_facts_free(). Returns 0 or -ENOMEM. */
_must_check_ int x509_describe(X509 *certificate, struct x509_facts *ret);

/* The public key, owned by the certificate (the request); NULL when OpenSSL cannot use it. */
EVP_PKEY *x509_key(X509 *certificate);
EVP_PKEY *x509_request_key(X509_REQ *request);

/*
 * True when the certificate names that one as its issuer, as the kernel looks for it
 * (restrict_link_by_signature, find_asymmetric_key): by the authorityKeyIdentifier alone where
 * there is one, else by the name.
 */
bool x509_names_issuer(X509 *certificate, X509 *issuer);

/* True when the issuer's key made the certificate's signature. */
bool x509_is_signed_by(X509 *certificate, X509 *issuer);

/* True when both are the same bytes. */
bool x509_equal(const X509 *a, const X509 *b);

/* Adds the certificate in DER, or in PEM. Returns 0 or -ENOMEM. */
_must_check_ int x509_encode(X509 *certificate, bool pem, struct buf *ret);

/* Adds the request in PEM. Returns 0 or -ENOMEM. */
_must_check_ int x509_encode_request(X509_REQ *request, struct buf *ret);

/*
 * Adds a private key in PEM, as PKCS#8 encrypted with AES-256-CBC; the key of that is made of the
 * pass phrase by PBKDF2. Here since PKCS#8 is in OpenSSL's X.509. Returns 0 or -EIO.
 */
_must_check_ int x509_encrypt_key(EVP_PKEY *key, const char *passphrase, struct buf *ret);

/* What x509_make() needs. Without issuer the certificate is self-signed by signing_key. */
struct x509_order {
	const char *subject;   /* "/O=x/CN=y"; NULL: the request's */
	const char *cn;        /* instead of subject: its common name alone */
	X509_REQ *request;     /* subject and key are taken from it, and nothing else; NULL: none */
	X509 *issuer;          /* NULL: self-signed */
	EVP_PKEY *signing_key; /* the issuer's private key */
	const char *hash;      /* "sha256", "sha384", "sha512" */
	unsigned int days;     /* how long it is valid, from now on */
	bool is_ca;            /* CA:TRUE, keyCertSign, cRLSign; else CA:FALSE, digitalSignature */
};

/* Whether x509_make() can make a name of subject, or of cn alone. Returns 0, or a negative errno with *problem set. */
_must_check_ int x509_check_subject(const char *subject, const char *cn, struct problem *problem);

/* Makes a certificate. Returns 0, or a negative errno with *problem set. */
_must_check_ int x509_make(const struct x509_order *order, X509 **ret, struct problem *problem);

/* Makes a request for that subject, signed with its key; hash as in an order. */
_must_check_ int x509_make_request(EVP_PKEY *key, const char *subject, const char *cn, const char *hash,
	X509_REQ **ret, struct problem *problem);

/* The public half as a key of its own, which verifies also where the private one lies in a token. NULL on failure. */
EVP_PKEY *x509_public(const EVP_PKEY *key);

#endif
