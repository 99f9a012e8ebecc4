// SPDX-License-Identifier: MIT
/* Verifies security.ima signatures with the kernel's code; see sigcheck.h. */
#include "sigcheck.h"

#include <errno.h>
#include "certs.h"
#include "digest.h"
#include "keyring.h"

#define SIGN_REMEDY "sign it: imactl sign --key KEY '%s'"

static int refuse(struct problem *problem, int error, const char *path, const char *reason)
{
	problem_set(problem, error, "%s", reason);
	problem_remedy(problem, SIGN_REMEDY, problem_path(path));
	return error;
}

/* Refuses every kind but the one that can sign a policy: version 2 over the file's digest. */
static int check_kind(const struct imasig *sig, uint8_t first, const char *path, struct problem *problem)
{
	switch (sig->kind) {
	case IMASIG_V2:
		return 0;
	case IMASIG_NONE:
		return refuse(problem, -ENODATA, path,
			"has no signature: the extended attribute security.ima is absent (copying without "
			"--preserve=xattr loses it)");
	case IMASIG_DIGEST:
		return refuse(
			problem, -EBADMSG, path, "has no signature: security.ima holds only a digest of it");
	case IMASIG_V1:
		return refuse(problem, -EBADMSG, path,
			"its signature has the old format version 1, which no certificate verifies");
	case IMASIG_V3:
		return refuse(problem, -EOPNOTSUPP, path,
			"its signature has format version 3, and only version 2 is verified here");
	case IMASIG_VERITY:
		return refuse(problem, -EOPNOTSUPP, path,
			"its signature is one of its fs-verity digest, and only one of its content is "
			"verified "
			"here");
	case IMASIG_MALFORMED:
		return refuse(problem, -EBADMSG, path,
			"security.ima is not a whole signature: its lengths or its version do not fit");
	case IMASIG_UNKNOWN:
		break;
	}
	problem_set(
		problem, -EBADMSG, "security.ima begins with 0x%02x, which is no kind of signature", first);
	problem_remedy(problem, SIGN_REMEDY, problem_path(path));
	return -EBADMSG;
}

/* Digests that cannot be made here, and SHA-1 where it does not count. */
static int check_algo(const struct sigcheck *check, const struct imasig *sig, struct problem *problem)
{
	const char *name = digest_name(sig->algo);

	if (digest_size(sig->algo) && (!digest_is_weak(sig->algo) || !check->sha1_switch))
		return 0;
	if (!name)
		problem_set(problem, -EOPNOTSUPP,
			"names digest algorithm %u in its signature, and there is none of "
			"that number",
			sig->algo);
	else if (digest_is_weak(sig->algo))
		problem_set(problem, -EOPNOTSUPP,
			"is signed over a %s digest, of which collisions can be made", name);
	else
		problem_set(problem, -EOPNOTSUPP,
			"is signed over a %s digest, which is not known here (SHA-224 to SHA-512 are)", name);
	if (sig->algo == DIGEST_SHA1)
		problem_remedy(problem, "sign it over SHA-256: imactl sign --key KEY '%s'; or %s",
			problem_path(check->path), check->sha1_switch);
	else
		problem_remedy(problem, SIGN_REMEDY, problem_path(check->path));
	return -EOPNOTSUPP;
}

static int unknown_key(const struct sigcheck *check, const struct imasig *sig, struct problem *problem)
{
	problem_set(problem, -ENOKEY, "is signed with the key %08x, and no certificate of that key is in %s",
		sig->key_id, check->keyring);
	problem_remedy(problem, "%s; the key's number is the end of the certificate's subject key identifier",
		check->key_remedy ? check->key_remedy
				  : "put the signer's certificate into " CERTS_DIR
				    " of the image, or sign the file with a key that is there");
	return -ENOKEY;
}

/* The kernel's errno of the verify call in words. */
static int explain_verify(int error, const char *signer, const char *path, struct problem *problem)
{
	switch (error) {
	case -EKEYREJECTED:
		problem_set(problem, -EKEYREJECTED,
			"its signature does not belong to this content: the file was changed after it was "
			"signed, or the signature is that of another file or key ('%s')",
			signer);
		break;
	case -EINVAL:
	case -EBADMSG:
		problem_set(problem, -EKEYREJECTED,
			"its signature was not made by the key '%s' that it names, or is damaged", signer);
		break;
	case -ENOENT:
	case -ENOPKG:
		problem_set(problem, -EOPNOTSUPP,
			"this kernel lacks the algorithm of its signature (key '%s')", signer);
		problem_remedy(problem, "sign it with an RSA key and SHA-256, or use a kernel that has the "
					"algorithm");
		return -EOPNOTSUPP;
	default:
		problem_set(problem, error, "its signature could not be verified: %s", strerror(-error));
		break;
	}
	problem_remedy(problem, SIGN_REMEDY, problem_path(path));
	return problem->error;
}

int sigcheck_header(const struct sigcheck *check, const uint8_t *value, size_t len, struct imasig *ret,
	struct problem *problem)
{
	int r;

	imasig_parse(value, len, ret);
	r = check_kind(ret, len ? value[0] : 0, check->path, problem);
	return r < 0 ? r : check_algo(check, ret, problem);
}

int sigcheck_digest(const struct sigcheck *check, const struct imasig *sig, const uint8_t *digest,
	char **ret_signer, struct problem *problem)
{
	char signer[KEY_DESCRIPTION_MAX] = "";
	key_serial ring, key;
	int r;

	if (keyring_private(KEYRING_VERIFY, &ring) < 0 || keyring_search_id(ring, sig->key_id, &key) < 0)
		return unknown_key(check, sig, problem);
	(void)!keyring_describe(key, signer);
	r = keyring_verify(key, digest_name(sig->algo), digest, digest_size(sig->algo), sig->bytes, sig->len);
	if (r < 0)
		return explain_verify(r, signer, check->path, problem);
	*ret_signer = strdup(signer);
	return *ret_signer ? 0 : problem_set(problem, -ENOMEM, "out of memory");
}

int sigcheck_verify(const struct sigcheck *check, const uint8_t *content, size_t len, const uint8_t *value,
	size_t value_len, char **ret_signer, struct problem *problem)
{
	uint8_t digest[DIGEST_MAX];
	struct imasig sig;
	int r = sigcheck_header(check, value, value_len, &sig, problem);

	if (r == 0)
		r = digest_bytes(sig.algo, content, len, digest);
	return r < 0 ? r : sigcheck_digest(check, &sig, digest, ret_signer, problem);
}
