// SPDX-License-Identifier: MIT
/* Which certificate goes to which keyring, and in which order; see certs.h. */
#include "certs_internal.h"

#include <errno.h>
#include "der.h"
#include "issuers.h"
#include "log.h"
#include "rootfile.h"
#include "sysfile.h"

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
	r = certs_read_folder(loader, loader->source->image_fd, loader->source->image, "image", CERTS_CA_DIR);
	if (r == 0) {
		certs_settle(loader, 0);
		excuse_unneeded(loader);
	}
	certs_reset(loader);
	if (r == 0 && loader->source->root_fd >= 0)
		r = certs_skip_folder(loader, CERTS_CA_DIR, KEYRING_CA,
			"CA certificates are taken from the image alone: the kernel lets any key "
			"in " KEYRING_CA " vouch for others",
			"put it into " CERTS_CA_DIR " before the image is built");
	return r;
}

/* The two keyrings of a kind, and where their certificates lie. */
struct purpose {
	const char *trusted, *user, *dir;
};

static const struct purpose ima = {KEYRING_TRUSTED, KEYRING_USER, CERTS_DIR};
static const struct purpose evm = {KEYRING_EVM, KEYRING_EVM_USER, EVM_CERTS_DIR};

/* Finds the kernel's own keyring, or finds or makes the one in root's user keyring. */
static int find_target(struct loader *loader, const struct purpose *purpose)
{
	int r = keyring_find(purpose->trusted, &loader->target);

	loader->target_name = purpose->trusted;
	if (r == 0)
		return 0;
	if (r != -ENOENT) {
		log_error("%s: cannot be read: %s; mount procfs", "/proc/keys", strerror(-r));
		return r;
	}
	loader->unrestricted = true;
	loader->target_name = purpose->user;
	r = keyring_ensure_user(purpose->user, &loader->target);
	if (r < 0)
		log_error("the keyring %s can neither be found nor made in root's user keyring: "
			  "%s; run as root, in a unit with KeyringMode=shared",
			purpose->user, strerror(-r));
	return r;
}

/* Reads the certificates of a folder, and the extra file where there is one (-ENOENT: there need not be). */
static int read_signers(struct loader *loader, int root_fd, const char *root, const char *source,
	const char *dir, const char *extra)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = -1;
	int r = certs_read_folder(loader, root_fd, root, source, dir);

	if (r < 0 || !extra)
		return r;
	fd = rootfile_open(root_fd, root, extra, CERT_SIZE_MAX, &problem);
	return fd == -ENOENT && !problem.remedy ? 0 : certs_read_file(loader, root_fd, root, source, extra);
}

/* Says of the root's signers that they are not used. */
static int skip_signers(struct loader *loader, const struct purpose *purpose)
{
	_cleanup_buf_ struct buf reason = {0}, remedy = {0};

	if (loader->unrestricted)
		buf_printf(&reason,
			"the keyring %s checks no issuer, so certificates are taken from the image alone",
			loader->target_name);
	else
		buf_puts(&reason, "the configuration says root-certificates = no");
	buf_printf(&remedy,
		"put it into %s before the image is built, or set root-certificates = yes in the image's "
		"configuration",
		purpose->dir);
	return certs_skip_folder(
		loader, purpose->dir, loader->target_name, buf_string(&reason), buf_string(&remedy));
}

static int load_signers(struct loader *loader, const struct purpose *purpose, const char *extra)
{
	const struct certs_source *source = loader->source;
	bool from_root = source->root_certs == ROOT_CERTS_YES ||
			 (source->root_certs == ROOT_CERTS_AUTO && !loader->unrestricted);
	int r = read_signers(loader, source->image_fd, source->image, "image", purpose->dir, extra);

	if (r == 0)
		certs_settle(loader, 0);
	/* Only now: nothing that lies on the root may keep the image's signers out. */
	if (r == 0 && source->root_fd >= 0 && from_root) {
		size_t first = loader->count;

		r = read_signers(loader, source->root_fd, source->root, "root", purpose->dir, extra);
		certs_settle(loader, first);
	}
	certs_reset(loader);
	if (r == 0 && source->root_fd >= 0 && !from_root)
		r = skip_signers(loader, purpose);
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
		r = find_target(&loader, &ima);
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
	r = load_signers(&loader, &ima, NULL);
	if (r == 0)
		issuers_explain(source->image_fd, source->image, report);
	return r;
}

int certs_load_evm(
	const struct certs_source *source, const char *extra, struct report *report, size_t *ret_count)
{
	struct loader loader = {.source = source, .report = report};
	size_t i, first = report->cert_count;
	int r = loader_open(&loader);

	*ret_count = 0;
	if (r == 0)
		r = find_target(&loader, &evm);
	if (r == 0)
		r = load_signers(&loader, &evm, extra);
	for (i = first; i < report->cert_count; i++)
		*ret_count +=
			report->certs[i].result == CERT_LOADED || report->certs[i].result == CERT_PRESENT;
	return r;
}

void certs_tell(const struct report *report, size_t first)
{
	size_t i, refused = 0;

	for (i = first; i < report->cert_count; i++) {
		const struct report_cert *cert = &report->certs[i];

		if (cert->result == CERT_REFUSED && refused++ < CERTS_TOLD_MAX)
			log_error("certificate %s (%s) is not in %s: %s%s%s", cert->path, cert->source,
				cert->keyring, problem_reason_text(&cert->problem),
				cert->problem.remedy ? "; " : "", problem_remedy_text(&cert->problem));
	}
	if (refused > CERTS_TOLD_MAX)
		log_error("%zu more certificates were refused; they are in " RUN_STATUS,
			refused - CERTS_TOLD_MAX);
}

/* Copies a certificate whose key the kernel has. */
static void recall_one(struct loader *loader, const struct pending *pending)
{
	_cleanup_free_ char *description = NULL;
	key_serial key;

	if (certs_probe(loader, pending, &description, &key) == 0 && keyring_has(loader->target, description))
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
	if (certs_read_folder(&loader, image_fd, image, "image", CERTS_DIR) == 0)
		for (i = 0; i < loader.count; i++)
			recall_one(&loader, &loader.list[i]);
	certs_reset(&loader);
}

int certs_add_private(int root_fd, const char *path, struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	key_serial ring, key;
	int r = rootfile_read(root_fd, "/", path, CERT_SIZE_MAX, &file, problem);

	if (r == 0)
		r = der_check_certificate(file.bytes, file.len, path, problem);
	if (r < 0)
		return r;
	r = keyring_private(KEYRING_VERIFY, &ring);
	if (r < 0)
		return problem_set(problem, r, "no keyring can be made for this process: %s", strerror(-r));
	r = keyring_add_cert(ring, file.bytes, file.len, &key);
	if (r < 0)
		certs_explain(r, KEYRING_VERIFY, path, problem);
	return r;
}
