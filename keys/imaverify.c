// SPDX-License-Identifier: MIT
/* One file's security.ima judged; see imaverify.h. */
#include "imaverify.h"

#include <errno.h>
#include "fileid.h"
#include "policy_model.h"
#include "signer.h"

static const struct imaverify_words words[IMAVERIFY_CAUSES] = {
	[IMAVERIFY_SIGNED] = {"signed", "has a good signature", NULL},
	[IMAVERIFY_HASHED] = {"hashed", "has a good digest", NULL},
	[IMAVERIFY_NO_VALUE] = {"no-signature",
		"has no signature: the extended attribute security.ima is absent",
		"sign it: imactl sign; copying without --preserve=xattr loses signatures"},
	[IMAVERIFY_WRONG_DIGEST] = {"wrong-digest", "has a digest that is not its own: it was changed since",
		"see who changed it, then write the digest again: imactl sign --hash-only"},
	[IMAVERIFY_WRONG_SIGNATURE] = {"wrong-signature",
		"its signature is not that of this content: the file was changed, or the signature is "
		"damaged or another key's",
		"see who changed it, then sign it again: imactl sign"},
	[IMAVERIFY_UNKNOWN_KEY] = {"unknown-key", "is signed with a key of which no certificate was given",
		"give the signer's certificate with --cert, or sign it again"},
	[IMAVERIFY_WEAK_HASH] = {"weak-hash",
		"is signed over a hash that proves nothing, since collisions can be made",
		"sign it over SHA-256: imactl sign"},
	[IMAVERIFY_NO_ALGORITHM] = {"unknown-hash", "its hash algorithm is not known here",
		"sign it over SHA-256: imactl sign"},
	[IMAVERIFY_OLD_VERSION] = {"old-version",
		"its signature has the old format version 1, which no certificate verifies",
		"sign it again: imactl sign"},
	[IMAVERIFY_MALFORMED] = {"malformed",
		"its security.ima is not whole: its lengths or its version do not fit",
		"sign it again: imactl sign"},
	[IMAVERIFY_UNKNOWN_TYPE] = {"unknown-type", "its security.ima is no kind of signature or digest",
		"sign it again: imactl sign"},
	[IMAVERIFY_UNREADABLE] = {"unreadable", "could not be read", NULL},
	[IMAVERIFY_OTHER_KERNEL] = {"other-kernel",
		"its signature has a format that the running kernel does not verify",
		"sign it again: imactl sign; or boot Linux 7.1 (format v3), 5.19 (verity)"},
	[IMAVERIFY_NO_VERITY] = {"no-fs-verity",
		"has a signature for fs-verity, which the file does not have, so no kernel appraises it",
		"give it that: fsverity enable"},
};

const struct imaverify_words *imaverify_words(enum imaverify_cause cause)
{
	return &words[cause];
}

int imaverify_begin(const struct imaverify_ring *ring, struct imaverify *ret)
{
	*ret = (struct imaverify){.ring = ring};
	ret->contexts = calloc(ring->count + !ring->count, sizeof(*ret->contexts));
	return ret->contexts ? 0 : -ENOMEM;
}

void imaverify_end(struct imaverify *verify)
{
	size_t i;

	for (i = 0; verify->contexts && i < verify->ring->count; i++)
		EVP_PKEY_CTX_free(verify->contexts[i].context);
	free(verify->contexts);
	filehash_free(&verify->hash);
	*verify = (struct imaverify){0};
}

static bool has_key_id(const struct certview *cert, uint32_t key_id)
{
	const uint8_t id[] = {
		(uint8_t)(key_id >> 24), (uint8_t)(key_id >> 16), (uint8_t)(key_id >> 8), (uint8_t)key_id};

	return certview_has_key_id(cert, id);
}

/* A context for the certificate's key, kept from one file to the next. */
static EVP_PKEY_CTX *context_of(struct imaverify *verify, size_t cert, unsigned int algo)
{
	struct imaverify_context *kept = &verify->contexts[cert];

	if (!kept->context || kept->algo != algo) {
		EVP_PKEY_CTX_free(kept->context);
		kept->context = signer_verify_context(x509_key(verify->ring->certs[cert].certificate), algo);
		kept->algo = algo;
	}
	return kept->context;
}

/* Hashes the file into digest; false when *ret has got the cause. */
static bool hash_file(struct imaverify *verify, int fd, const struct stat *st, uint8_t digest[DIGEST_MAX],
	size_t *len, struct imaverify_result *ret)
{
	/* A digest is made as for a signature of version 2. */
	enum imasig_kind kind = ret->sig.kind == IMASIG_DIGEST ? IMASIG_V2 : ret->sig.kind;
	int r = fileid_make(kind, &verify->hash, ret->sig.algo, fd, st, digest, len, &ret->problem);

	if (r == 0)
		return true;
	ret->cause = r == -EOPNOTSUPP ? IMAVERIFY_NO_ALGORITHM
		     : r == -EDOM     ? IMAVERIFY_WRONG_SIGNATURE
				      : IMAVERIFY_UNREADABLE;
	return false;
}

/* What a kernel makes of a good signature (ima_appraise.c, xattr_verify; ima_get_verity_digest). */
static enum imaverify_cause judge_format(unsigned int kernel, int fd, struct imaverify_result *ret)
{
	unsigned int since = ret->sig.kind == IMASIG_V3       ? KERNEL(7, 1)
			     : ret->sig.kind == IMASIG_VERITY ? KERNEL(5, 19)
							      : 0;

	ret->lacks_verity = ret->sig.kind == IMASIG_VERITY && !fileid_has_verity(fd);
	if (kernel && kernel < since)
		return IMAVERIFY_OTHER_KERNEL;
	return kernel && ret->lacks_verity ? IMAVERIFY_NO_VERITY : IMAVERIFY_SIGNED;
}

/* Two signers may end in the same key id: any of them will do. */
static enum imaverify_cause judge_signature(
	struct imaverify *verify, int fd, const struct stat *st, struct imaverify_result *ret)
{
	uint8_t digest[DIGEST_MAX];
	EVP_PKEY_CTX *context;
	size_t len = 0, i;

	for (i = 0; i < verify->ring->count; i++) {
		if (!has_key_id(&verify->ring->certs[i], ret->sig.key_id))
			continue;
		ret->signer = &verify->ring->certs[i];
		if (digest_is_weak(ret->sig.algo) &&
			!(verify->ring->takes_sha1 && ret->sig.algo == DIGEST_SHA1))
			return IMAVERIFY_WEAK_HASH;
		if (!digest_size(ret->sig.algo))
			return IMAVERIFY_NO_ALGORITHM;
		if (!len && !hash_file(verify, fd, st, digest, &len, ret))
			return ret->cause;
		context = context_of(verify, i, ret->sig.algo);
		if (context && signer_verify(context, digest, len, ret->sig.bytes, ret->sig.len))
			return judge_format(verify->ring->kernel, fd, ret);
	}
	return ret->signer ? IMAVERIFY_WRONG_SIGNATURE : IMAVERIFY_UNKNOWN_KEY;
}

static enum imaverify_cause judge_digest(
	struct imaverify *verify, int fd, const struct stat *st, struct imaverify_result *ret)
{
	uint8_t digest[DIGEST_MAX];
	size_t len;

	if (!hash_file(verify, fd, st, digest, &len, ret))
		return ret->cause;
	return len == ret->sig.len && memcmp(digest, ret->sig.bytes, len) == 0 ? IMAVERIFY_HASHED
									       : IMAVERIFY_WRONG_DIGEST;
}

void imaverify_file(struct imaverify *verify, int fd, const struct stat *st, const uint8_t *value, size_t len,
	struct imaverify_result *ret)
{
	static const enum imaverify_cause causes[] = {
		[IMASIG_NONE] = IMAVERIFY_NO_VALUE,
		[IMASIG_V1] = IMAVERIFY_OLD_VERSION,
		[IMASIG_UNKNOWN] = IMAVERIFY_UNKNOWN_TYPE,
		[IMASIG_MALFORMED] = IMAVERIFY_MALFORMED,
	};

	*ret = (struct imaverify_result){0};
	imasig_parse(value, len, &ret->sig);
	if (ret->sig.kind == IMASIG_V2 || ret->sig.kind == IMASIG_V3 || ret->sig.kind == IMASIG_VERITY)
		ret->cause = judge_signature(verify, fd, st, ret);
	else if (ret->sig.kind == IMASIG_DIGEST)
		ret->cause = judge_digest(verify, fd, st, ret);
	else
		ret->cause = causes[ret->sig.kind];
	ret->sig.bytes = NULL;
}
