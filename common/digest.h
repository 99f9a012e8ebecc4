/* SPDX-License-Identifier: MIT */
/*
 * The SHA-1 and SHA-2 digests that IMA's signatures and file hashes use, by libcrypto's digest
 * objects alone (they use the processor's SHA instructions where it has them). SHA-1 is here to
 * recognise and to check what is there; a signature over it proves little since collisions can be
 * made, and who relies on one says so (digest_is_weak()).
 */
#ifndef IMABOOT_DIGEST_H
#define IMABOOT_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

/* Algorithm numbers of security.ima (include/uapi/linux/hash_info.h, enum hash_algo). */
enum digest_algo {
	DIGEST_SHA1 = 2,
	DIGEST_SHA256 = 4,
	DIGEST_SHA384 = 5,
	DIGEST_SHA512 = 6,
	DIGEST_SHA224 = 7,
};

#define DIGEST_MAX 64                       /* bytes of the longest digest */
#define DIGEST_HEX_MAX (2 * DIGEST_MAX + 1) /* the same as hexadecimal text with its NUL */

/* The kernel's name of an algorithm number ("sha256"), NULL where there is none; knows them all. */
const char *digest_name(unsigned int algo);

/* Bytes of a digest that this program can make; 0 for any other algorithm. */
size_t digest_size(unsigned int algo);

/* True for an algorithm of which collisions can be made: md4, md5, SHA-1 and their kind. */
bool digest_is_weak(unsigned int algo);

/* A digest that is fed piece by piece. No memory is allocated, so it may be dropped at any time. */
struct digest {
	unsigned int algo;
	uint64_t state[28]; /* libcrypto's context; digest.c checks that it fits */
};

/* Begins a digest. Returns 0, or -EOPNOTSUPP for an algorithm that digest_size() does not know. */
_must_check_ int digest_begin(struct digest *digest, unsigned int algo);

/* Adds len bytes. */
void digest_add(struct digest *digest, const void *bytes, size_t len);

/* Writes the digest into ret (DIGEST_MAX bytes of room). */
void digest_end(struct digest *digest, uint8_t *ret);

/*
 * Digest of len bytes into ret (DIGEST_MAX bytes of room). Returns 0, or -EOPNOTSUPP for an
 * algorithm that digest_size() does not know.
 */
_must_check_ int digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret);

/* SHA-256 of len bytes as lower-case hexadecimal text; ret has room for 65 characters. */
void digest_sha256_hex(const void *bytes, size_t len, char *ret);

#endif
