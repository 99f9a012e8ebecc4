// SPDX-License-Identifier: MIT
/* The configuration of an image, its policy and stage0 with their signatures; see image.h. */
#include "image.h"

#include <errno.h>
#include <stdio.h>
#include "certinfo.h"
#include "digest.h"
#include "imasig.h"
#include "lint.h"
#include "signer.h"

#define OTHER_COUNT_MAX 1000
#define OTHER_SIZE_MAX (1024 * 1024)
#define SIGN_COMMAND "imactl sign --detached --policy --key KEY"

/* ---- /etc/imaboot ------------------------------------------------------------------------------ */

static void complain_config(size_t line, const char *text, void *context)
{
	image_refuse(context, IMAGE_CONFIG_FILE ":%zu: %s", line, text);
}

static int take_other(struct image *image, const char *name)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	char path[4096];
	bool is_config;
	int r;

	(void)snprintf(path, sizeof(path), IMAGE_CONFIG_DIR "/%s", name);
	is_config = string_equal(path, IMAGE_CONFIG_FILE);
	if (string_equal(path, CERTINFO_FILE)) {
		image_refuse(image, "%s is made anew for each image; take it away", path);
		return 0;
	}
	r = image_read(image, path, is_config ? CONFIG_SIZE_MAX : OTHER_SIZE_MAX, &file);
	if (r == -EISDIR)
		image_refuse(image, "%s is a folder, not a file; take it away", path);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (image_is_private_key(file.bytes, file.len)) {
		image_refuse(image, IMAGE_PRIVATE_KEY, path);
		return 0;
	}
	if (is_config && config_parse((const char *)file.bytes, file.len, &image->config, complain_config,
				 image) == -ENOMEM)
		return -ENOMEM;
	/* A password's hash is for nobody to read. */
	return image_add(image, path, file.bytes, file.len,
		is_config && *image->config.recovery_password ? 0600 : 0644);
}

int image_take_config(struct image *image)
{
	size_t count, i;
	char **names;
	int r = root_list(image->root_fd, IMAGE_CONFIG_DIR, OTHER_COUNT_MAX, &names, &count);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		image_refuse(image, IMAGE_CONFIG_DIR " cannot be listed: %s; make it a folder of a few files",
			strerror(-r));
	r = 0;
	for (i = 0; i < count && r == 0; i++)
		r = take_other(image, names[i]);
	root_list_free(names, count);
	return r;
}

/* ---- policies ---------------------------------------------------------------------------------- */

/* What the language front end finds: an error is one, a warning is one. */
static int check_language(struct image *image, const struct image_file *policy)
{
	_cleanup_lint_ struct lint lint = {0};
	size_t i;
	int r = lint_check(image->kernel, policy->path, policy->bytes, policy->len, true, &lint);

	if (r == -EFBIG)
		image_refuse(image, "%s is too large to be checked; make it smaller: comments can go",
			policy->path);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (i = 0; i < lint.diags.count; i++) {
		const struct diag *diag = &lint.diags.items[i];
		const char *text = diag_message(&lint.diags, diag), *id = policy_issue_id(diag->issue);

		if (diag->is_error)
			image_refuse(
				image, "%s:%u:%u: %s [%s]", policy->path, diag->line, diag->column, text, id);
		else
			image_warn("%s:%u:%u: %s [%s]", policy->path, diag->line, diag->column, text, id);
	}
	return 0;
}

static bool has_key_id(const struct certview *cert, uint32_t key_id)
{
	const struct x509_id *id = &cert->facts.subject_id;
	const uint8_t tail[] = {
		(uint8_t)(key_id >> 24), (uint8_t)(key_id >> 16), (uint8_t)(key_id >> 8), (uint8_t)key_id};

	return id->len >= sizeof(tail) && memcmp(id->bytes + id->len - sizeof(tail), tail, sizeof(tail)) == 0;
}

/* True when that certificate's key made the signature of the digest. */
static bool is_made_by(const struct certview *cert, const struct imasig *sig, const uint8_t *digest)
{
	EVP_PKEY *key = x509_key(cert->certificate);
	_cleanup_pkey_ctx_ EVP_PKEY_CTX *context = key ? signer_verify_context(key, sig->algo) : NULL;

	return context && signer_verify(context, digest, digest_size(sig->algo), sig->bytes, sig->len);
}

/* The digest that the signature must be made over. Returns false after a finding. */
static bool take_digest(struct image *image, const struct image_file *policy, const struct image_file *file,
	const struct imasig *sig, uint8_t digest[static DIGEST_MAX])
{
	if (sig->kind != IMASIG_V2 || digest_bytes(sig->algo, policy->bytes, policy->len, digest) < 0) {
		image_refuse(image,
			"%s is not a signature of version 2 over a SHA-2 digest; sign again: " SIGN_COMMAND
			" %s",
			file->path, policy->path);
		return false;
	}
	if (sig->algo != DIGEST_SHA1)
		return true;
	if (!image->config.allow_sha1)
		image_refuse(image,
			"%s is a signature over SHA-1, of which collisions can be made; sign "
			"again: " SIGN_COMMAND " %s, or set allow-sha1 = yes in " IMAGE_CONFIG_FILE,
			file->path, policy->path);
	else
		image_warn("%s is a signature over SHA-1, of which collisions can be made", file->path);
	return image->config.allow_sha1;
}

static void check_signature(
	struct image *image, const struct image_file *policy, const struct image_file *file)
{
	uint8_t digest[DIGEST_MAX];
	struct imasig sig;
	bool has_key = false;
	size_t i;

	imasig_parse(file->bytes, file->len, &sig);
	if (!take_digest(image, policy, file, &sig, digest))
		return;
	if (!image->signer_count) {
		image_warn("there is no certificate in /etc/keys/ima to verify %s with", file->path);
		return;
	}
	for (i = 0; i < image->signer_count; i++) {
		if (!has_key_id(&image->signers[i], sig.key_id))
			continue;
		has_key = true;
		if (!is_made_by(&image->signers[i], &sig, digest))
			continue;
		image_note("%s is a signature of %s", file->path, image->signers[i].path);
		return;
	}
	if (has_key)
		image_refuse(image,
			"%s does not verify %s: the policy was changed after it was signed; sign "
			"again: " SIGN_COMMAND " %s",
			file->path, policy->path, policy->path);
	else
		image_refuse(image,
			"%s is of the key %08x, and no certificate in /etc/keys/ima has it; put the signer's "
			"certificate there",
			file->path, sig.key_id);
}

static int take_policy(struct image *image, const char *path)
{
	const struct image_file *policy = image_find(image, path), *signature;
	char name[256];
	int r;

	(void)snprintf(name, sizeof(name), "%s.sig", path);
	signature = image_find(image, name);
	if (!policy) {
		if (signature)
			image_warn("%s is there without %s", name, path);
		return 0;
	}
	r = check_language(image, policy);
	if (signature)
		check_signature(image, policy, signature);
	else if (image->config.signature == SIGNATURE_OPTIONAL)
		image_warn("%s has no signature at %s: a kernel that demands one refuses it", path, name);
	else
		image_refuse(
			image, "%s has no signature at %s; sign it: " SIGN_COMMAND " %s", path, name, path);
	return r;
}

int image_take_policies(struct image *image)
{
	int r = take_policy(image, IMAGE_CONFIG_DIR "/policy");

	if (r == 0)
		r = take_policy(image, IMAGE_CONFIG_DIR "/stage0");
	if (r == 0 && !image_find(image, IMAGE_CONFIG_DIR "/policy"))
		image_note(
			"the image has no policy of its own: there is none at " IMAGE_CONFIG_DIR "/policy");
	return r;
}
