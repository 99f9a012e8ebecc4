// SPDX-License-Identifier: MIT
/* SHA-2 through libcrypto's digest objects; see digest.h. */
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

size_t digest_size(unsigned int algo)
{
	switch (algo) {
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

int digest_bytes(unsigned int algo, const void *bytes, size_t len, uint8_t *ret)
{
	SHA256_CTX sha256;
	SHA512_CTX sha512;
	int fine = 0;

	switch (algo) {
	case DIGEST_SHA224:
		fine = SHA224_Init(&sha256) && SHA224_Update(&sha256, bytes, len) &&
		       SHA224_Final(ret, &sha256);
		break;
	case DIGEST_SHA256:
		fine = SHA256_Init(&sha256) && SHA256_Update(&sha256, bytes, len) &&
		       SHA256_Final(ret, &sha256);
		break;
	case DIGEST_SHA384:
		fine = SHA384_Init(&sha512) && SHA384_Update(&sha512, bytes, len) &&
		       SHA384_Final(ret, &sha512);
		break;
	case DIGEST_SHA512:
		fine = SHA512_Init(&sha512) && SHA512_Update(&sha512, bytes, len) &&
		       SHA512_Final(ret, &sha512);
		break;
	default:
		break;
	}
	return fine ? 0 : -EOPNOTSUPP;
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
