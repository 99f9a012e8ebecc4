// SPDX-License-Identifier: MIT
/* Certificates into the kernel's keyrings; see certs.h. */
#include "certs.h"

#include <errno.h>
#include "der.h"
#include "format.h"
#include "log.h"
#include "rootfile.h"

/* A certificate that passed the checks of user space and waits for, or has, the kernel's verdict. */
struct pending {
	uint8_t *bytes;
	size_t len;
	size_t record; /* index in report->certs */
	bool waiting;  /* its issuer may still come */
};

/* What one run shares: the keyrings and the certificates that were read for the one being filled. */
struct loader {
	const struct certs_source *source;
	struct report *report;
	key_serial probe, verify;
	key_serial target;
	const char *target_name;
	bool signers;      /* the target is the signers' keyring: accepted ones are copied to verify */
	bool unrestricted; /* the signers' keyring takes any certificate */
	struct pending *list;
	size_t count;
};

static void loader_reset(struct loader *loader)
{
	size_t i;

	for (i = 0; i < loader->count; i++)
		free(loader->list[i].bytes);
	free(loader->list);
	loader->list = NULL;
	loader->count = 0;
}

/* The kernel's errno of add_key(2) in words. */
static void explain_add(int error, const struct loader *loader, const char *path, struct problem *problem)
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
		problem_set(problem, error, "the keyring %s takes no more keys", loader->target_name);
		problem_remedy(problem, "run as root, before the keyring is locked");
		break;
	default:
		problem_set(problem, error, "the kernel refuses it: %s", strerror(-error));
		break;
	}
}

static struct report_cert *record_of(const struct loader *loader, const struct pending *pending)
{
	return &loader->report->certs[pending->record];
}

/*
 * Has the kernel parse a certificate in the probe keyring and gives its description. A refusal
 * here is the parser's. Returns 0 or the kernel's negative errno.
 */
static int probe(const struct loader *loader, const struct pending *pending, char **ret, key_serial *ret_key)
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
	int r = probe(loader, pending, &record->key, &parsed);

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
		explain_add(r, loader, record->path, &record->problem);
	} else {
		problem_free(&record->problem);
	}
}

/*
 * Offers those from index `first` on, then every waiting certificate again while at least one is
 * taken: issuers may come later.
 */
static void settle_all(struct loader *loader, size_t first)
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

/* True where the same bytes wait for the same keyring already; names the file that has them. */
static bool is_duplicate(struct loader *loader, const struct rootfile *file, struct report_cert *record)
{
	size_t i;

	for (i = 0; i < loader->count; i++) {
		const struct pending *other = &loader->list[i];

		if (other->len != file->len || memcmp(other->bytes, file->bytes, file->len) != 0)
			continue;
		record->result = CERT_SKIPPED;
		problem_set(&record->problem, -EEXIST, "holds the same bytes as %s",
			record_of(loader, other)->path);
		problem_remedy(&record->problem, "remove one of the two");
		return true;
	}
	return false;
}

static int add_pending(struct loader *loader, struct rootfile *file, size_t record)
{
	struct pending *list = realloc(loader->list, (loader->count + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	loader->list = list;
	loader->list[loader->count++] =
		(struct pending){.bytes = take_pointer(file->bytes), .len = file->len, .record = record};
	return 0;
}

/* Adds a record that refuses the file until it is settled; NULL when memory ran out. */
static struct report_cert *add_record(struct loader *loader, const char *source, const char *path)
{
	struct report_cert *record = report_add_cert(loader->report);

	if (!record)
		return NULL;
	record->source = source;
	record->keyring = loader->target_name;
	record->result = CERT_REFUSED;
	record->path = strdup(path);
	return record->path ? record : NULL;
}

/* Reads one file of a folder; what is wrong with it goes to its record. */
static int read_one(
	struct loader *loader, int root_fd, const char *root, const char *source, const char *path)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	struct report_cert *record = add_record(loader, source, path);
	int r;

	if (!record)
		return -ENOMEM;
	r = rootfile_read(root_fd, root, path, CERT_SIZE_MAX, &file, &record->problem);
	if (r == 0)
		r = der_check_certificate(file.bytes, file.len, path, &record->problem);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	if (is_duplicate(loader, &file, record))
		return 0;
	return add_pending(loader, &file, loader->report->cert_count - 1);
}

/* Says of a folder that it cannot be listed; the other folders are read all the same. */
static int refuse_folder(struct loader *loader, const char *source, const char *dir, int error)
{
	struct report_cert *record = error == -ENOMEM ? NULL : add_record(loader, source, dir);

	if (!record)
		return -ENOMEM;
	if (error == -E2BIG)
		problem_set(&record->problem, error, "holds more than %d files", CERT_COUNT_MAX);
	else
		problem_set(&record->problem, error, "cannot be listed: %s", strerror(-error));
	problem_remedy(&record->problem, "make it a folder that holds certificates, or remove it");
	return 0;
}

/* Reads the files of one folder. Returns 0, or -ENOMEM. */
static int read_folder(
	struct loader *loader, int root_fd, const char *root, const char *source, const char *dir)
{
	size_t count = 0, i;
	char **names = NULL;
	int r = root_list(root_fd, dir, CERT_COUNT_MAX, &names, &count);

	if (r < 0)
		r = refuse_folder(loader, source, dir, r);
	for (i = 0; i < count && r == 0; i++) {
		_cleanup_buf_ struct buf path = {0};

		/* The folder of the CAs lies in the folder of the signers. */
		if (string_equal(dir, CERTS_DIR) && string_equal(names[i], "ca"))
			continue;
		buf_printf(&path, "%s/%s", dir, names[i]);
		r = path.failed ? -ENOMEM : read_one(loader, root_fd, root, source, path.data);
	}
	root_list_free(names, count);
	return r;
}

/* Says of each certificate in a folder of the root that it is not used, and why. */
static int skip_folder(
	struct loader *loader, const char *dir, const char *keyring, const char *reason, const char *remedy)
{
	size_t count = 0, i;
	char **names = NULL;
	int r = root_list(loader->source->root_fd, dir, CERT_COUNT_MAX, &names, &count);

	for (i = 0; i < count && r == 0; i++) {
		struct report_cert *record;

		if (string_equal(dir, CERTS_DIR) && string_equal(names[i], "ca"))
			continue;
		record = report_add_cert(loader->report);
		if (!record) {
			r = -ENOMEM;
			continue;
		}
		record->source = "root";
		record->keyring = keyring;
		record->result = CERT_SKIPPED;
		record->path = format_new("%s/%s", dir, names[i]);
		if (!record->path)
			r = -ENOMEM;
		problem_set(&record->problem, -EPERM, "%s", reason);
		problem_remedy(&record->problem, "%s", remedy);
	}
	root_list_free(names, count);
	return r == -ENOMEM ? r : 0;
}

/* On a kernel without .ima no issuer is needed: a CA that finds none is no failure. */
static void excuse_unneeded(struct loader *loader)
{
	size_t i;

	for (i = 0; loader->unrestricted && i < loader->count; i++) {
		struct report_cert *record = record_of(loader, &loader->list[i]);

		if (record->result != CERT_REFUSED || record->problem.error != -ENOKEY)
			continue;
		record->result = CERT_SKIPPED;
		problem_set(&record->problem, -ENOKEY,
			"the kernel trusts no issuer of it, and none is needed: " KEYRING_USER
			" takes signers without one");
	}
}

static int load_cas(struct loader *loader)
{
	int r = keyring_find(KEYRING_CA, &loader->target);

	loader->target_name = KEYRING_CA;
	if (r < 0) {
		log_warning("this kernel has no keyring " KEYRING_CA ": CA certificates of the image are not "
			    "loaded; only the kernel's built-in keys vouch for signers");
		return 0;
	}
	r = read_folder(loader, loader->source->image_fd, loader->source->image, "image", CERTS_CA_DIR);
	if (r == 0) {
		settle_all(loader, 0);
		excuse_unneeded(loader);
	}
	loader_reset(loader);
	if (r == 0 && loader->source->root_fd >= 0)
		r = skip_folder(loader, CERTS_CA_DIR, KEYRING_CA,
			"CA certificates are taken from the image alone: the kernel lets any key "
			"in " KEYRING_CA " vouch for others",
			"put it into " CERTS_CA_DIR " before the image is built");
	return r;
}

/* Finds .ima, or finds or makes _ima. */
static int find_target(struct loader *loader)
{
	int r = keyring_find(KEYRING_TRUSTED, &loader->target);

	loader->target_name = KEYRING_TRUSTED;
	if (r == 0)
		return 0;
	if (r != -ENOENT) {
		log_error("%s: cannot be read: %s; mount procfs", "/proc/keys", strerror(-r));
		return r;
	}
	loader->unrestricted = true;
	loader->target_name = KEYRING_USER;
	r = keyring_ensure_user(KEYRING_USER, &loader->target);
	if (r < 0)
		log_error("the keyring " KEYRING_USER
			  " can neither be found nor made in root's user keyring: "
			  "%s; run as root, in a unit with KeyringMode=shared",
			strerror(-r));
	return r;
}

static int load_signers(struct loader *loader)
{
	const struct certs_source *source = loader->source;
	bool from_root = source->root_certs == ROOT_CERTS_YES ||
			 (source->root_certs == ROOT_CERTS_AUTO && !loader->unrestricted);
	int r = read_folder(loader, source->image_fd, source->image, "image", CERTS_DIR);

	if (r == 0)
		settle_all(loader, 0);
	/* Only now: nothing that lies on the root may keep the image's signers out. */
	if (r == 0 && source->root_fd >= 0 && from_root) {
		size_t first = loader->count;

		r = read_folder(loader, source->root_fd, source->root, "root", CERTS_DIR);
		settle_all(loader, first);
	}
	loader_reset(loader);
	if (r == 0 && source->root_fd >= 0 && !from_root)
		r = skip_folder(loader, CERTS_DIR, loader->target_name,
			loader->unrestricted
				? "the keyring " KEYRING_USER
				  " checks no issuer, so certificates are taken from the image alone"
				: "the configuration says root-certificates = no",
			"put it into " CERTS_DIR
			" before the image is built, or set root-certificates = yes in "
			"the image's configuration");
	return r;
}

/* The keyrings of this process. */
static int loader_open(struct loader *loader)
{
	int r = keyring_private(KEYRING_PROBE, &loader->probe);

	if (r == 0)
		r = keyring_private(KEYRING_VERIFY, &loader->verify);
	if (r < 0)
		log_error("no keyring can be made for this process: %s; the kernel needs CONFIG_KEYS",
			strerror(-r));
	return r;
}

int certs_load(const struct certs_source *source, struct report *report)
{
	struct loader loader = {.source = source, .report = report};
	key_serial signers;
	int r = loader_open(&loader);

	if (r == 0)
		r = find_target(&loader);
	if (r < 0)
		return r;
	report->keyring = loader.target_name;
	signers = loader.target;
	r = load_cas(&loader);
	if (r < 0)
		return r;
	loader.target = signers;
	loader.target_name = report->keyring;
	loader.signers = true;
	return load_signers(&loader);
}

/* Copies a certificate whose key the kernel has. */
static void recall_one(struct loader *loader, const struct pending *pending)
{
	_cleanup_free_ char *description = NULL;
	key_serial key;

	if (probe(loader, pending, &description, &key) == 0 && keyring_has(loader->target, description))
		(void)!keyring_link(loader->verify, key);
}

void certs_recall(int image_fd, const char *image, const char **ret_keyring)
{
	_cleanup_report_ struct report ignored = {0};
	struct certs_source source = {.image_fd = image_fd, .image = image, .root_fd = -1};
	struct loader loader = {.source = &source, .report = &ignored, .target_name = KEYRING_TRUSTED};
	size_t i;

	*ret_keyring = NULL;
	if (loader_open(&loader) < 0)
		return;
	if (keyring_find(KEYRING_TRUSTED, &loader.target) < 0) {
		loader.target_name = KEYRING_USER;
		if (keyring_find_user(KEYRING_USER, &loader.target) < 0)
			return;
	}
	*ret_keyring = loader.target_name;
	if (read_folder(&loader, image_fd, image, "image", CERTS_DIR) == 0)
		for (i = 0; i < loader.count; i++)
			recall_one(&loader, &loader.list[i]);
	loader_reset(&loader);
}
