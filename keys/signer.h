/* SPDX-License-Identifier: MIT */
/*
 * Values of security.ima made of digests: a signature with a private key, or the digest alone.
 * Byte for byte what evmctl makes; the kernel's view is in common/imasig.h, what is signed in fileid.h.
 */
#ifndef IMABOOT_SIGNER_H
#define IMABOOT_SIGNER_H

#include <stdbool.h>
#include "digest.h"
#include "imasig.h"
#include "ossl.h"
#include "problem.h"

struct signer {
	EVP_PKEY *key;         /* NULL: it makes digests alone */
	unsigned int algo;     /* of the digest */
	enum imasig_kind kind; /* of the signature: IMASIG_V2, _V3 or _VERITY */
	uint32_t key_id;
	bool is_expired, is_unfit; /* its certificate; unfit: .ima refuses it from Linux 6.6 on */
};

/*
 * The key id that goes into signatures: the end of the certificate's subjectKeyIdentifier, or, for
 * certificate NULL, of the public key's SHA-1. The certificate must be the key's. Returns 0, or a
 * negative errno with *problem set, a problem of the certificate.
 */
_must_check_ int signer_set_id(struct signer *signer, const char *certificate, struct problem *problem);

/* A thread's own copy of the key, ready to sign digests of the signer's algorithm. NULL on failure. */
EVP_PKEY_CTX *signer_context(const struct signer *signer);

/* The value that is a digest alone, into ret (IMASIG_MAX bytes). */
void signer_wrap(unsigned int algo, const uint8_t *digest, size_t digest_len, uint8_t *ret, size_t *ret_len);

/*
 * The signature of a digest of fileid_make(), into ret (IMASIG_MAX bytes). Returns 0, or a negative errno with
 * *problem set.
 */
_must_check_ int signer_make(const struct signer *signer, EVP_PKEY_CTX *context, const uint8_t *digest,
	size_t digest_len, uint8_t *ret, size_t *ret_len, struct problem *problem);

/* A context that verifies signatures over digests of that algorithm. NULL where OpenSSL cannot. */
EVP_PKEY_CTX *signer_verify_context(EVP_PKEY *key, unsigned int algo);

/* True when the value is one that this signer made for this digest; context as for verifying. */
bool signer_has_made(const struct signer *signer, EVP_PKEY_CTX *context, const uint8_t *digest,
	size_t digest_len, const uint8_t *value, size_t len);

/* True when bytes are the signature of the digest; context is from signer_verify_context(). */
bool signer_verify(
	EVP_PKEY_CTX *context, const uint8_t *digest, size_t digest_len, const uint8_t *bytes, size_t len);

#endif
