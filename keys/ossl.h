/* SPDX-License-Identifier: MIT */
/* OpenSSL's objects released at the end of their scope, and its errors as text. */
#ifndef IMABOOT_OSSL_H
#define IMABOOT_OSSL_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include "util.h"

#define OSSL_RELEASE(function, type, release)            \
	static inline void function(type *const *object) \
	{                                                \
		release(*object);                        \
	}

OSSL_RELEASE(ossl_release_bio, BIO, (void)BIO_free)
OSSL_RELEASE(ossl_release_bn, BIGNUM, BN_free)
OSSL_RELEASE(ossl_release_pkey, EVP_PKEY, EVP_PKEY_free)
OSSL_RELEASE(ossl_release_pkey_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
OSSL_RELEASE(ossl_release_md, EVP_MD, EVP_MD_free)
OSSL_RELEASE(ossl_release_md_ctx, EVP_MD_CTX, EVP_MD_CTX_free)

#define _cleanup_bio_ _cleanup_(ossl_release_bio)
#define _cleanup_bn_ _cleanup_(ossl_release_bn)
#define _cleanup_pkey_ _cleanup_(ossl_release_pkey)
#define _cleanup_pkey_ctx_ _cleanup_(ossl_release_pkey_ctx)
#define _cleanup_md_ _cleanup_(ossl_release_md)
#define _cleanup_md_ctx_ _cleanup_(ossl_release_md_ctx)

/* Why the last OpenSSL call of this thread failed, as a clause; forgets all its errors. Never NULL. */
const char *ossl_reason(void);

#endif
