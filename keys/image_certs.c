// SPDX-License-Identifier: MIT
/*
 * The certificates of an image; see image.h. The kernel that will load them checks little of them (no dates, not that a
 * CA is one, before 6.6 not the usage of a key), so it is done here.
 */
#include "image.h"

#include <errno.h>
#include <stdio.h>
#include "certinfo.h"
#include "digest.h"
#include "problem.h"
#include "rootfile.h"

#define CERTS_DIR "/etc/keys/ima"
#define CERTS_CA_DIR CERTS_DIR "/ca"
#define CERTS_EVM_DIR "/etc/keys/evm"
#define CERT_SIZE_MAX (64 * 1024) /* as at boot */
#define CERT_COUNT_MAX 1000       /* as at boot */

enum place { PLACE_CA, PLACE_SIGNER, PLACE_EVM };

bool image_is_private_key(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	_cleanup_pkey_ EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)len);

	(void)ossl_reason();
	return key || memmem(bytes, len, "PRIVATE KEY-", 12);
}

static void refuse_pem(struct image *image, const char *path)
{
	const char *shown = problem_path(path), *slash = strrchr(shown, '/'), *dot = strrchr(shown, '.');
	int stem = (int)(dot && slash && dot > slash ? (size_t)(dot - shown) : strlen(shown));

	image_refuse(image,
		"%s is PEM, and the kernel takes DER alone; convert it: openssl x509 -in '%s' -outform DER "
		"-out "
		"'%.*s.der'",
		path, shown, stem, shown);
}

/* Whether the bytes are one certificate in DER. Returns 0, or a negative errno after a finding. */
static int check_form(
	struct image *image, const char *path, const uint8_t *bytes, size_t len, struct certview *ret)
{
	_cleanup_problem_ struct problem problem = {0};

	*ret = (struct certview){.path = path};
	if (image_is_private_key(bytes, len)) {
		image_refuse(image, IMAGE_PRIVATE_KEY, path);
		return -EINVAL;
	}
	if (memmem(bytes, len, "-----BEGIN", 10)) {
		refuse_pem(image, path);
		return -EINVAL;
	}
	if (x509_decode(bytes, len, &ret->certificate, &ret->form, &problem) < 0) {
		image_refuse(
			image, "%s is not a certificate in DER; put one in its place, or remove it", path);
		return -EINVAL;
	}
	if (x509_describe(ret->certificate, &ret->facts) < 0)
		return -ENOMEM;
	if (ret->form.trailing)
		image_refuse(image,
			"%s has bytes behind the certificate; write it again: openssl x509 -inform DER -in "
			"'%s' -outform "
			"DER -out NEW",
			path, problem_path(path));
	return 0;
}

static void check_ca(struct image *image, const struct certview *view)
{
	if (!view->facts.is_ca)
		image_refuse(image,
			"%s is not a CA (no CA:TRUE), and in ca/ the kernel would let it vouch for others; a "
			"signer's place is " CERTS_DIR,
			view->path);
	else if (!view->facts.may_issue)
		image_refuse(image, "%s is a CA without the key usage keyCertSign; issue it again with it",
			view->path);
}

static void check_signer(struct image *image, const struct certview *view)
{
	if (view->facts.is_ca || view->facts.may_issue)
		image_refuse(image,
			"%s is a CA; a CA's place is " CERTS_CA_DIR
			", and files are signed with a certificate that is none",
			view->path);
	else if (!view->facts.may_sign)
		image_refuse(image,
			"%s has no key usage digitalSignature; newer kernels refuse it: issue it again with "
			"it",
			view->path);
}

static void check_dates(struct image *image, const struct certview *view)
{
	char from[32] = "";
	struct tm tm;

	if (image->now > view->facts.not_after)
		image_refuse(image,
			"%s is expired; the kernel would take it all the same: renew it, or take it away",
			view->path);
	if (image->now >= view->facts.not_before)
		return;
	if (gmtime_r(&view->facts.not_before, &tm))
		(void)strftime(from, sizeof(from), "%Y-%m-%dT%H:%M:%SZ", &tm);
	image_warn("%s is not valid before %s; the kernel takes it all the same", view->path, from);
}

static void check_facts(struct image *image, const struct certview *view, enum place place)
{
	check_dates(image, view);
	if (!view->facts.subject_id.len)
		image_refuse(image,
			"%s has no subjectKeyIdentifier, by which signatures and certificates name its key; "
			"issue it again "
			"with subjectKeyIdentifier=hash",
			view->path);
	if (pkey_is_useless(view->facts.fitness))
		image_refuse(image, "%s: %s", view->path, pkey_unfit_reason(view->facts.fitness));
	if (!view->facts.known_algorithms)
		image_warn("%s: its key (%s) or its signature (%s) is of a kind that only newer kernels "
			   "have, or none",
			view->path, buf_string(&view->facts.key), buf_string(&view->facts.signature));
	if (strncmp(buf_string(&view->facts.key), "RSA-1", 5) == 0)
		image_warn("%s: its key is %s, which can be broken; use RSA-2048 or larger", view->path,
			buf_string(&view->facts.key));
	if (place == PLACE_CA)
		check_ca(image, view);
	else
		check_signer(image, view);
}

bool image_takes_cert(const struct certview *view, bool is_ca, time_t now)
{
	const struct x509_facts *facts = &view->facts;
	bool is_fit = is_ca ? facts->is_ca && facts->may_issue
			    : facts->may_sign && !facts->is_ca && !facts->may_issue;

	return is_fit && !view->form.is_pem && !view->form.trailing && facts->subject_id.len &&
	       now <= facts->not_after;
}

/* ---- the summary ----------------------------------------------------------------------------- */

static void add_id(struct buf *ret, enum certinfo_field field, const struct x509_id *id)
{
	_cleanup_buf_ struct buf hex = {0};
	size_t i;

	for (i = 0; i < id->len; i++)
		buf_printf(&hex, "%02x", id->bytes[i]);
	certinfo_add(field, buf_string(&hex), hex.len, ret);
}

static void add_time(struct buf *ret, enum certinfo_field field, time_t when)
{
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&when, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	certinfo_add(field, text, strlen(text), ret);
}

static void summarize(const struct certview *view, const uint8_t *bytes, size_t len, struct buf *ret)
{
	const struct x509_facts *facts = &view->facts;
	char sha256[DIGEST_HEX_MAX];

	if (!ret->len)
		certinfo_begin(ret);
	digest_sha256_hex(bytes, len, sha256);
	certinfo_add(CERTINFO_PATH, view->path, strlen(view->path), ret);
	certinfo_add(CERTINFO_SHA256, sha256, strlen(sha256), ret);
	certinfo_add(CERTINFO_SUBJECT, facts->subject.data, facts->subject.len, ret);
	certinfo_add(CERTINFO_ISSUER, facts->issuer.data, facts->issuer.len, ret);
	add_id(ret, CERTINFO_KEY_ID, &facts->subject_id);
	add_id(ret, CERTINFO_ISSUER_KEY_ID, &facts->authority_id);
	add_time(ret, CERTINFO_NOT_BEFORE, facts->not_before);
	add_time(ret, CERTINFO_NOT_AFTER, facts->not_after);
}

/* ---- the folders ----------------------------------------------------------------------------- */

/* Keeps a signer for the policies' signatures, with the path of the file that was added last. */
static int keep_signer(struct image *image, struct certview *view)
{
	struct certview *signers = realloc(image->signers, (image->signer_count + 1) * sizeof(*signers));

	if (!signers)
		return -ENOMEM;
	image->signers = signers;
	view->path = image->files[image->file_count - 1].path;
	signers[image->signer_count++] = *view;
	*view = (struct certview){0};
	return 0;
}

static int take_cert(struct image *image, const char *path, enum place place)
{
	_cleanup_(certview_free) struct certview view = {0};
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r = image_read(image, path, CERT_SIZE_MAX, &file);

	if (r == -EISDIR)
		image_warn("the folder %s is left out: no certificates are taken from it", path);
	if (r == 0)
		r = check_form(image, path, file.bytes, file.len, &view);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	check_facts(image, &view, place);
	summarize(&view, file.bytes, file.len, &image->certinfo);
	r = image_add(image, path, file.bytes, file.len, 0644);
	return r == 0 && place == PLACE_SIGNER ? keep_signer(image, &view) : r;
}

static int take_folder(struct image *image, const char *folder, enum place place)
{
	size_t count = 0, i;
	char **names = NULL, path[4096];
	int r = root_list(image->root_fd, folder, CERT_COUNT_MAX, &names, &count);

	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		image_refuse(image, "%s cannot be listed: %s; make it a folder of certificates, or remove it",
			folder, strerror(-r));
		return 0;
	}
	for (i = 0; i < count && r == 0; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (!string_equal(path, CERTS_CA_DIR))
			r = take_cert(image, path, place);
	}
	root_list_free(names, count);
	return r;
}

/* A certificate that the configuration requires may be any file of the folders that a boot looks at. */
static bool has_cert(const struct image *image, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), CERTS_DIR "/%s", name);
	if (image_find(image, path))
		return true;
	(void)snprintf(path, sizeof(path), CERTS_CA_DIR "/%s", name);
	return image_find(image, path);
}

static void check_required(struct image *image)
{
	const struct config *config = &image->config;
	size_t i;

	for (i = 0; i < config->required_cert_count; i++) {
		if (has_cert(image, config->required_certs[i]))
			continue;
		if (config->root_certs == CONFIG_CERTS_NO)
			image_refuse(image,
				IMAGE_CONFIG_FILE " requires the certificate %s: it is not in " CERTS_DIR,
				config->required_certs[i]);
		else
			image_warn("the required certificate %s is not in " CERTS_DIR
				   ": the boot fails unless the root has it and the kernel has .ima",
				config->required_certs[i]);
	}
}

static bool is_there(const struct image *image, const char *path)
{
	struct stat st;

	return root_stat(image->root_fd, path, &st) == 0;
}

/* What EVM is to be activated with may come from the image, or from the root that the image is for. */
static void check_evm(struct image *image, bool has_certs)
{
	const struct config *config = &image->config;
	const char *end = config->require ? "the boot fails unless the root has it"
					  : "EVM is not activated unless the root has it";
	bool is_given = has_certs || is_there(image, EVM_X509_FILE);

	if (config->evm & EVM_X509 && !is_given && config->require && config->root_certs == CONFIG_CERTS_NO)
		image_refuse(image,
			IMAGE_CONFIG_FILE " says evm = x509, and there is no certificate in " CERTS_EVM_DIR);
	else if (config->evm & EVM_X509 && !is_given)
		image_warn(IMAGE_CONFIG_FILE " says evm = x509, and there is no certificate in " CERTS_EVM_DIR
					     ": %s",
			end);
	if (config->evm & EVM_HMAC && !is_there(image, EVM_KEY_FILE))
		image_warn(IMAGE_CONFIG_FILE " says evm = hmac, and there is no key at " EVM_KEY_FILE ": %s",
			end);
	if (config->evm & EVM_HMAC && !is_there(image, EVM_MASTER_FILE) &&
		!is_there(image, EVM_MASTER_USER_FILE))
		image_warn(IMAGE_CONFIG_FILE
			" says evm = hmac, and there is no master key at " EVM_MASTER_FILE ": %s",
			end);
}

int image_take_certs(struct image *image)
{
	size_t before;
	int r = take_folder(image, CERTS_CA_DIR, PLACE_CA);

	if (r == 0)
		r = take_folder(image, CERTS_DIR, PLACE_SIGNER);
	before = image->file_count;
	if (r == 0)
		r = take_folder(image, CERTS_EVM_DIR, PLACE_EVM);
	if (r < 0)
		return r;
	check_evm(image, image->file_count > before);
	if (!image->signer_count)
		image_warn("there is no certificate in " CERTS_DIR
			   ": signers are those of the root, on a kernel with .ima");
	check_required(image);
	if (buf_failed(&image->certinfo))
		return -ENOMEM;
	return image->certinfo.len
		       ? image_add(image, CERTINFO_FILE, image->certinfo.data, image->certinfo.len, 0644)
		       : 0;
}
