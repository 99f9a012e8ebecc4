/* SPDX-License-Identifier: MIT */
/*
 * Keys as IMA can use them: RSA of 2048 to 4096 bits, and the curves P-256 and P-384. Made, read
 * and written through OpenSSL's providers.
 */
#ifndef IMABOOT_PKEY_H
#define IMABOOT_PKEY_H

#include <stdint.h>
#include "buf.h"
#include "ossl.h"
#include "passphrase.h"
#include "problem.h"

#define PKEY_ALGORITHMS "rsa2048, rsa3072, rsa4096, p256, p384"
#define PKEY_ID_SIZE 20 /* bytes of the SHA-1 of a public key */

/* Whether kernels verify signatures with a key. */
enum pkey_fitness {
	PKEY_FITS,
	PKEY_FOREIGN,    /* of a kind that they do not know, or only new ones */
	PKEY_EXPLICIT,   /* its curve is not named but given by parameters (x509_extract_key_data) */
	PKEY_COMPRESSED, /* its point is not written in full (ecdsa_set_pub_key) */
	PKEY_ODD_SIZE,   /* RSA of a number of bytes that is none of theirs (rsa_check_key_length) */
};

enum pkey_fitness pkey_fitness(const EVP_PKEY *key);

/* True where no kernel verifies anything with it. */
static inline bool pkey_is_useless(enum pkey_fitness fitness)
{
	return fitness != PKEY_FITS && fitness != PKEY_FOREIGN;
}

/* Why it is not the first, as a clause that can follow a colon. */
const char *pkey_unfit_reason(enum pkey_fitness fitness);

/* Makes a key; algorithm is one of PKEY_ALGORITHMS. Returns 0, or a negative errno with *problem set. */
_must_check_ int pkey_generate(const char *algorithm, EVP_PKEY **ret, struct problem *problem);

/*
 * Reads a private key, PEM or DER, encrypted or not, the first in its file, or finds the one of a pkcs11: URI (token.h); the
 * pass phrase is asked for only where it is needed. A curve that is given by parameters becomes a named one, and a point
 * is written in full. Returns 0, or a negative errno with *problem set: -EKEYREJECTED: wrong pass phrase.
 */
_must_check_ int pkey_load(
	const char *path, const struct passphrase_source *source, EVP_PKEY **ret, struct problem *problem);

/* Writes a private key (PKCS#8, PEM, mode 0600), encrypted unless passphrase is NULL; never over a file. */
_must_check_ int pkey_write(EVP_PKEY *key, const char *path, const char *passphrase, struct problem *problem);

/* Adds the kind for a person, such as "RSA-2048" or "P-256". */
void pkey_kind(const EVP_PKEY *key, struct buf *ret);

/* The word of PKEY_ALGORITHMS for a key; NULL for one that the kernels' IMA cannot use. */
const char *pkey_algorithm(const EVP_PKEY *key);

/*
 * Whether a new certificate may have the key: it fits, and is one of PKEY_ALGORITHMS. Returns 0, or -EOPNOTSUPP with
 * *problem set.
 */
_must_check_ int pkey_check(const EVP_PKEY *key, struct problem *problem);

/*
 * SHA-1 of the public key's bits: the subjectKeyIdentifier that RFC 5280 4.2.1.2 (1) recommends,
 * and the key id that evmctl uses where it has no certificate. Returns 0 or -EIO.
 */
_must_check_ int pkey_id(const EVP_PKEY *key, uint8_t ret[PKEY_ID_SIZE]);

#endif
