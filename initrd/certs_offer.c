// SPDX-License-Identifier: MIT
/* Certificates from memory into the kernel's keyrings, and its refusals in words; see certs_internal.h. */
#include "certs_internal.h"

#include <errno.h>
#include "log.h"

void certs_explain(int error, const char *keyring, const char *path, struct problem *problem)
{
	switch (error) {
	case -EBADMSG:
		problem_set(problem, error, "is not an X.509 certificate that the kernel can parse");
		problem_remedy(problem, "look at it: openssl x509 -inform DER -in '%s' -noout -text",
			problem_path(path));
		break;
	case -ENOPKG:
	case -ENOENT: /* of a self-signed certificate: the algorithm to verify it with */
		problem_set(problem, error, "uses a key or digest algorithm that this kernel does not have");
		problem_remedy(problem, "issue it with RSA and SHA-256, or use a kernel that has the "
					"algorithm (P-256 and P-384 need CONFIG_CRYPTO_ECDSA)");
		break;
	case -EKEYREJECTED:
	case -EINVAL: /* of a self-signed one: RSA padding that is none */
		problem_set(problem, error, "its signature is wrong, or the kernel's blacklist has it");
		problem_remedy(problem, "it was damaged or changed after it was issued: copy it again");
		break;
	case -ENOKEY:
		problem_set(problem, error,
			"the kernel trusts no issuer of it (.builtin_trusted_keys, .secondary_trusted_keys, "
			".machine); from Linux 6.6 on also: it is a CA, or its keyUsage lacks "
			"digitalSignature");
		problem_remedy(problem,
			"put the CA that issued it into " CERTS_CA_DIR
			" of the image, and that CA's issuer into the kernel; see: openssl x509 "
			"-inform DER -in '%s' -noout -issuer -text",
			problem_path(path));
		break;
	case -EDQUOT:
		problem_set(problem, error, "root's key quota is used up");
		problem_remedy(problem, "raise /proc/sys/kernel/keys/root_maxkeys and root_maxbytes");
		break;
	case -EACCES:
	case -EPERM:
		problem_set(problem, error, "the keyring %s takes no more keys", keyring);
		problem_remedy(problem, "run as root, before the keyring is locked");
		break;
	default:
		problem_set(problem, error, "the kernel refuses it: %s", strerror(-error));
		break;
	}
}

int certs_probe(const struct loader *loader, const struct pending *pending, char **ret, key_serial *ret_key)
{
	char description[KEY_DESCRIPTION_MAX];
	int r = keyring_add_cert(loader->probe, pending->bytes, pending->len, ret_key);

	if (r < 0)
		return r;
	r = keyring_describe(*ret_key, description);
	if (r < 0)
		return r;
	free(*ret);
	*ret = strdup(description);
	return *ret ? 0 : -ENOMEM;
}

/* True where this run has put a key of that description into the target. */
static bool is_ours(const struct loader *loader, const char *description)
{
	size_t i;

	for (i = 0; i < loader->count; i++) {
		const struct report_cert *other = record_of(loader, &loader->list[i]);

		if (other->result == CERT_LOADED && string_equal(other->key, description))
			return true;
	}
	return false;
}

/*
 * True where the target has a key of that name and key identifier which stays as it is. A
 * restricted keyring is asked all the same about one that this run put there: it checks what is
 * to replace it. One that checks nothing is not given anything to replace a key with.
 */
static bool is_present(const struct loader *loader, const char *description)
{
	/* A name such as "id:0123" would be taken for a key identifier by the search. */
	if (strncmp(description, "id:", 3) == 0 || strncmp(description, "ex:", 3) == 0 ||
		strncmp(description, "dn:", 3) == 0)
		return false;
	return keyring_has(loader->target, description) &&
	       (loader->unrestricted || !is_ours(loader, description));
}

/*
 * Offers one certificate to the target. A present one is the same key only by its own word, so
 * its copy is kept for verifying only where it comes from the image.
 */
static int offer(struct loader *loader, const struct pending *pending, struct report_cert *record)
{
	bool trusted = string_equal(record->source, "image");
	key_serial key, parsed;
	int r = certs_probe(loader, pending, &record->key, &parsed);

	if (r < 0)
		return r;
	if (is_present(loader, record->key)) {
		record->result = CERT_PRESENT;
		if (!trusted)
			return 0;
	} else {
		r = keyring_add_cert(loader->target, pending->bytes, pending->len, &key);
		/* It was parsed already: these are RSA's answers to a signature of another key. */
		if (r == -EINVAL || r == -EBADMSG)
			return -EKEYREJECTED;
		if (r < 0)
			return r;
		record->result = CERT_LOADED;
	}
	/* It is in the target all the same; without the copy its signatures do not verify: that fails closed. */
	if (loader->signers && keyring_link(loader->verify, parsed) < 0)
		log_warning(
			"certificate %s: no copy of it can be kept to verify signatures with", record->path);
	return 0;
}

static void settle(struct loader *loader, struct pending *pending)
{
	struct report_cert *record = record_of(loader, pending);
	int r = offer(loader, pending, record);

	pending->waiting = r == -ENOKEY;
	if (r < 0) {
		record->result = CERT_REFUSED;
		certs_explain(r, loader->target_name, record->path, &record->problem);
	} else {
		problem_free(&record->problem);
	}
}

void certs_settle(struct loader *loader, size_t first)
{
	bool progress = true;
	size_t i;

	for (i = first; i < loader->count; i++)
		settle(loader, &loader->list[i]);
	while (progress) {
		progress = false;
		for (i = 0; i < loader->count; i++) {
			if (!loader->list[i].waiting)
				continue;
			settle(loader, &loader->list[i]);
			progress |= !loader->list[i].waiting;
		}
	}
}
