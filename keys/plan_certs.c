// SPDX-License-Identifier: MIT
/* The certificates that a boot loads; see plan_certs.h. */
#include "plan_certs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include "certplace.h"
#include "complain.h"
#include "infile.h"
#include "rootfile.h"

#define CERTS_MAX 1024

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_type != DT_DIR;
}

static int add_path(struct plan_certs *certs, const char *folder, const char *name, bool is_ca_folder)
{
	struct plan_cert *longer = reallocarray(certs->list, certs->count + 1, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	certs->list = longer;
	longer[certs->count] = (struct plan_cert){.is_ca_folder = is_ca_folder};
	if (asprintf(&longer[certs->count].path, "%s%s%s", folder, *folder ? "/" : "", name) < 0)
		return -ENOMEM;
	certs->count++;
	return 0;
}

/* The names in a folder, sorted; one that is absent has none. */
static int list_folder(struct plan_certs *certs, const char *folder, bool is_ca_folder)
{
	struct dirent **entries = NULL;
	int i, r = 0, count = scandir(folder, &entries, no_dots, alphasort);

	if (count < 0)
		return errno == ENOENT ? 0 : -errno;
	for (i = 0; i < count; i++) {
		if (r == 0 && certs->count < CERTS_MAX)
			r = add_path(certs, folder, entries[i]->d_name, is_ca_folder);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int list_folders(struct plan_certs *certs, const struct verb_strings *folders)
{
	char *ca;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < folders->count; i++) {
		r = list_folder(certs, folders->strings[i], false);
		if (r < 0 && r != -ENOMEM)
			log_error("%s: cannot be read: %s", folders->strings[i], strerror(-r));
		if (r < 0)
			return r;
		if (asprintf(&ca, "%s/ca", folders->strings[i]) < 0)
			return -ENOMEM;
		r = list_folder(certs, ca, true);
		free(ca);
	}
	return r;
}

/* The same for a folder of the root. */
static int list_in_root(struct plan_certs *certs, const struct plan_cert_sources *sources, const char *folder,
	bool is_ca_folder)
{
	_cleanup_free_ char *full = NULL;
	size_t i, count = 0, root_len = strlen(sources->root);
	char **names = NULL, path[PATH_MAX];
	int r = root_list(sources->root_fd, folder, CERTS_MAX, &names, &count);

	while (root_len && sources->root[root_len - 1] == '/')
		root_len--;
	if (r < 0)
		log_error("%s%s: cannot be read: %s", sources->root, folder, strerror(-r));
	else if (asprintf(&full, "%.*s%s", (int)root_len, sources->root, folder) < 0)
		r = -ENOMEM;
	for (i = 0; r == 0 && i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (root_has_folder(sources->root_fd, path))
			continue;
		r = add_path(certs, full, names[i], is_ca_folder);
		if (r == 0) {
			certs->list[certs->count - 1].is_in_root = true;
			certs->list[certs->count - 1].root_len = root_len;
		}
	}
	root_list_free(names, count);
	return r;
}

static int read_in_root(const struct plan_cert_sources *sources, const struct plan_cert *cert,
	struct certview *ret, struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r = rootfile_read(
		sources->root_fd, sources->root, cert->path + cert->root_len, INFILE_KEY_MAX, &file, problem);

	return r < 0 ? r : certview_decode(cert->path, file.bytes, file.len, ret, problem);
}

/* Reads one; a file that is no certificate is said, and left out of the list. */
static bool load(const struct plan_cert_sources *sources, const struct plan_cert *cert, struct certview *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = cert->is_in_root ? read_in_root(sources, cert, ret, &problem)
				 : certview_load(cert->path, ret, &problem);

	if (r < 0)
		(void)complain(cert->path, &problem);
	return r == 0;
}

static void load_all(const struct plan_cert_sources *sources, struct plan_certs *certs)
{
	size_t i, kept = 0;

	for (i = 0; i < certs->count; i++) {
		if (load(sources, &certs->list[i], &certs->views[kept])) {
			certs->list[kept] = certs->list[i];
			certs->list[kept].view = &certs->views[kept];
			certs->views[kept].is_signer = !certs->list[kept].is_ca_folder;
			if (certs->list[kept].is_single)
				certs->views[kept].form = (struct x509_form){0};
			kept++;
		} else {
			free(certs->list[i].path);
			certs->unreadable++;
		}
	}
	certs->count = kept;
}

/* The kernel's verdict, and what the boot program asks for before it asks the kernel (der.c). */
static struct certview_verdict judge_one(const struct target *target, const struct plan_cert *cert)
{
	const struct certview *view = cert->view;
	struct certview_verdict verdict =
		certview_judge(view, cert->is_ca_folder ? CERTVIEW_SECONDARY : target->ring);

	if (verdict.answer == CERTVIEW_REFUSED)
		return verdict;
	if (view->form.trailing)
		return (struct certview_verdict){CERTVIEW_REFUSED, NULL,
			"bytes follow the certificate, and imaboot does not load it; write it again: openssl "
			"x509 -inform DER -outform DER"};
	if (strncmp(buf_string(&view->facts.key), "P-", 2) == 0 && !target->ecdsa)
		return (struct certview_verdict){CERTVIEW_REFUSED, NULL,
			"this kernel has no ECDSA: it verifies nothing with this key"};
	return verdict;
}

static void judge(const struct target *target, struct plan_certs *certs)
{
	size_t i;

	for (i = 0; i < certs->count; i++) {
		struct plan_cert *cert = &certs->list[i];

		cert->verdict = judge_one(target, cert);
		cert->is_usable = !cert->is_ca_folder && cert->verdict.answer != CERTVIEW_REFUSED &&
				  x509_key(cert->view->certificate);
		if (cert->is_usable)
			certs->usable[certs->usable_count++] = *cert->view;
	}
}

static int load_trusted(struct plan_certs *certs, const struct verb_strings *trusted)
{
	certs->trusted = calloc(trusted->count + 1, sizeof(*certs->trusted));
	if (!certs->trusted)
		return EXIT_FAILED;
	for (; certs->trusted_count < trusted->count; certs->trusted_count++) {
		_cleanup_problem_ struct problem problem = {0};
		const char *path = trusted->strings[certs->trusted_count];

		if (certview_load(path, &certs->trusted[certs->trusted_count], &problem) < 0)
			return complain(path, &problem);
	}
	return 0;
}

/* Takes the one out of the list whose place in the folder a file will have. */
static int replace(struct plan_certs *certs, const char *file, bool is_ca_folder)
{
	_cleanup_buf_ struct buf name = {0};
	size_t i, kept = 0;

	certplace_name(file, &name);
	for (i = 0; i < certs->count; i++) {
		struct plan_cert *cert = &certs->list[i];
		const char *slash = strrchr(cert->path, '/');

		if (cert->is_ca_folder == is_ca_folder && slash && string_equal(slash + 1, buf_string(&name)))
			free(cert->path);
		else
			certs->list[kept++] = *cert;
	}
	certs->count = kept;
	return buf_failed(&name) ? -ENOMEM : 0;
}

/* The issuers that the running kernel has a key of. */
static int trust_running(struct plan_certs *certs)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_kernelkeys_ struct kernelkeys keys = {0};

	if (kernelkeys_load(kernelkeys_trusted, &keys, &problem) < 0)
		return complain("--running", &problem);
	certview_trust_kernel(certs->views, certs->count, &keys);
	return 0;
}

static int list_files(struct plan_certs *certs, const struct verb_strings *files, bool is_ca_folder)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < files->count; i++)
		r = replace(certs, files->strings[i], is_ca_folder);
	for (i = 0; r == 0 && i < files->count; i++) {
		r = add_path(certs, "", files->strings[i], is_ca_folder);
		if (r == 0)
			certs->list[certs->count - 1].is_single = true;
	}
	return r;
}

int plan_certs_load(
	const struct target *target, const struct plan_cert_sources *sources, struct plan_certs *ret)
{
	int r;

	*ret = (struct plan_certs){0};
	r = list_folders(ret, sources->folders);
	if (r == 0 && sources->root_fd >= 0)
		r = list_in_root(ret, sources, "/etc/keys/ima", false);
	if (r == 0 && sources->root_fd >= 0)
		r = list_in_root(ret, sources, "/etc/keys/ima/ca", true);
	if (r == 0)
		r = list_files(ret, sources->signers, false);
	if (r == 0)
		r = list_files(ret, sources->cas, true);
	if (r < 0)
		return EXIT_FAILED;
	ret->views = calloc(ret->count + 1, sizeof(*ret->views));
	ret->usable = calloc(ret->count + 1, sizeof(*ret->usable));
	if (!ret->views || !ret->usable)
		return EXIT_FAILED;
	load_all(sources, ret);
	r = load_trusted(ret, sources->trusted);
	if (!r && sources->running)
		r = trust_running(ret);
	if (r)
		return r;
	certview_chain(ret->views, ret->count, ret->trusted, ret->trusted_count);
	judge(target, ret);
	return 0;
}

/* The first certificate of that file name; one that is taken wins over one that is not. */
static const struct plan_cert *find_named(const struct plan_certs *certs, const char *wanted)
{
	const struct plan_cert *found = NULL;
	size_t i;

	for (i = 0; i < certs->count; i++) {
		const struct plan_cert *cert = &certs->list[i];
		_cleanup_buf_ struct buf name = {0};
		const char *slash = strrchr(cert->path, '/');

		if (cert->is_single)
			certplace_name(cert->path, &name);
		else
			buf_puts(&name, slash ? slash + 1 : cert->path);
		if (string_equal(buf_string(&name), wanted) &&
			(!found || found->verdict.answer == CERTVIEW_REFUSED))
			found = cert;
	}
	return found;
}

void plan_certs_require(const struct plan_certs *certs, const struct config *config, struct problem *problem)
{
	size_t i;

	for (i = 0; i < config->required_cert_count && !problem->error; i++) {
		const char *name = config->required_certs[i];
		const struct plan_cert *cert = find_named(certs, name);

		if (cert && cert->verdict.answer != CERTVIEW_REFUSED)
			continue;
		if (cert)
			problem_set(problem, -EKEYREJECTED,
				"requires the certificate %s, which is refused: %s", name,
				cert->verdict.reason);
		else
			problem_set(problem, -ENOENT,
				"requires the certificate %s, and there is none of that name", name);
		problem_remedy(problem, "put a good one into /etc/keys/ima, or take its name out of "
					"require-certificates");
	}
}

void plan_certs_free(struct plan_certs *certs)
{
	while (certs->count) {
		certview_free(&certs->views[--certs->count]);
		free(certs->list[certs->count].path);
	}
	while (certs->trusted_count)
		certview_free(&certs->trusted[--certs->trusted_count]);
	free(certs->list);
	free(certs->views);
	free(certs->trusted);
	free(certs->usable);
	*certs = (struct plan_certs){0};
}
