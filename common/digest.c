// SPDX-License-Identifier: MIT
/* SHA-1 and SHA-2 through libcrypto's digest objects; see digest.h. */
#include "digest.h"

#include <errno.h>

/*
 * The one-block functions are marked deprecated in favour of EVP, which would pull every
 * algorithm of libcrypto into the static program.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

static const char *const names[] = {"md4", "md5", "sha1", "rmd160", "sha256", "sha384", "sha512", "sha224",
	"rmd128", "rmd256", "rmd320", "wp256", "wp384", "wp512", "tgr128", "tgr160", "tgr192", "sm3",
	"streebog256", "streebog512", "sha3-256", "sha3-384", "sha3-512"};

const char *digest_name(unsigned int algo)
{
	return algo < ARRAY_SIZE(names) ? names[algo] : NULL;
}

bool digest_is_weak(unsigned int algo)
{
	static const char *const weak[] = {"md4", "md5", "sha1", "rmd128"};
	const char *name = digest_name(algo);
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(weak); i++)
		if (strcmp(name, weak[i]) == 0)
			return true;
	return false;
}

size_t digest_size(unsigned int algo)
{
	switch (algo) {
	case DIGEST_SHA1:
		return SHA_DIGEST_LENGTH;
	case DIGEST_SHA224:
		return SHA224_DIGEST_LENGTH;
	case DIGEST_SHA256:
		return SHA256_DIGEST_LENGTH;
	case DIGEST_SHA384:
		return SHA384_DIGEST_LENGTH;
	case DIGEST_SHA512:
		return SHA512_DIGEST_LENGTH;
	default:
		return 0;
	}
}

/* libcrypto's context of any of the algorithms; its functions return 1 always. */
union context {
	SHA_CTX sha1;
	SHA256_CTX sha256;
	SHA512_CTX sha512;
};

_Static_assert(sizeof(union context) <= sizeof(((struct digest *)NULL)->state), "the context fits");
_Static_assert(_Alignof(union context) <= _Alignof(uint64_t), "the context is aligned");

static union context *context_of(struct digest *digest)
{
	return (union context *)(void *)digest->state;
}

int digest_begin(struct digest *digest, unsigned int algo)
{
	union context *context = context_of(digest);

	digest->algo = algo;
	switch (algo) {
	case DIGEST_SHA1:
		(void)SHA1_Init(&context->sha1);
		return 0;
	case DIGEST_SHA224:
		(void)SHA224_Init(&context->sha256);
		return 0;
	case DIGEST_SHA256:
		(void)SHA256_Init(&context->sha256);
		return 0;
	case DIGEST_SHA384:
		(void)SHA384_Init(&context->sha512);
		return 0;
	case DIGEST_SHA512:
		(void)SHA512_Init(&context->sha512);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* The functions of SHA-224 and SHA-384 are those of the longer ones. */
void digest_add(struct digest *digest, const void *bytes, size_t len)
{
	union context *context = context_of(digest);

	if (digest->algo == DIGEST_SHA1)
		(void)SHA1_Update(&context->sha1, bytes, len);
	else if (digest_size(digest->algo) <= SHA256_DIGEST_LENGTH)
		(void)SHA256_Update(&context->sha256, bytes, len);
	else
		(void)SHA512_Update(&context->sha512, bytes, len);
}

void digest_end(struct digest *digest, uint8_t *ret)
{
	union context *context = context_of(digest);

	if (digest->algo == DIGEST_SHA1)
		(void)SHA1_Final(ret, &context->sha1);
	else if (digest_size(digest->algo) <= SHA256_DIGEST_LENGTH)
		(void)SHA256_Final(ret, &context->sha256);
	else
		(void)SHA512_Final(ret, &context->sha512);
}

int digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret)
{
	struct digest digest;
	int r = digest_begin(&digest, algo);

	if (r < 0)
		return r;
	digest_add(&digest, bytes, len);
	digest_end(&digest, ret);
	return 0;
}

void digest_sha256_hex(const void *bytes, size_t len, char *ret)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[DIGEST_MAX] = {0};
	size_t i;

	if (digest_bytes(DIGEST_SHA256, bytes, len, digest) < 0)
		memset(digest, 0, sizeof(digest));
	for (i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		ret[2 * i] = hex[digest[i] >> 4];
		ret[2 * i + 1] = hex[digest[i] & 15];
	}
	ret[2 * SHA256_DIGEST_LENGTH] = '\0';
}
