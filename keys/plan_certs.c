// SPDX-License-Identifier: MIT
/* The certificates that a boot loads; see plan_certs.h. */
#include "plan_certs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include "complain.h"

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

static int list_folders(struct plan_certs *certs, const char *const *folders, size_t count)
{
	char *ca;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < count; i++) {
		r = list_folder(certs, folders[i], false);
		if (r < 0 && r != -ENOMEM)
			log_error("%s: cannot be read: %s", folders[i], strerror(-r));
		if (r < 0)
			return r;
		if (asprintf(&ca, "%s/ca", folders[i]) < 0)
			return -ENOMEM;
		r = list_folder(certs, ca, true);
		free(ca);
	}
	return r;
}

/* Reads one; a file that is no certificate is said, and left out of the list. */
static bool load(const char *path, struct certview *ret)
{
	_cleanup_problem_ struct problem problem = {0};

	if (certview_load(path, ret, &problem) == 0)
		return true;
	(void)complain(path, &problem);
	return false;
}

static void load_all(struct plan_certs *certs)
{
	size_t i, kept = 0;

	for (i = 0; i < certs->count; i++) {
		if (load(certs->list[i].path, &certs->views[kept])) {
			certs->list[kept] = certs->list[i];
			certs->list[kept].view = &certs->views[kept];
			kept++;
		} else {
			free(certs->list[i].path);
			certs->unreadable++;
		}
	}
	certs->count = kept;
}

static void judge(const struct target *target, struct plan_certs *certs)
{
	bool is_elliptic;
	size_t i;

	for (i = 0; i < certs->count; i++) {
		struct plan_cert *cert = &certs->list[i];

		cert->verdict =
			certview_judge(cert->view, cert->is_ca_folder ? CERTVIEW_SECONDARY : target->ring);
		is_elliptic = strncmp(buf_string(&cert->view->facts.key), "P-", 2) == 0;
		if (is_elliptic && !target->ecdsa && cert->verdict.answer != CERTVIEW_REFUSED)
			cert->verdict = (struct certview_verdict){CERTVIEW_REFUSED, NULL,
				"this kernel has no ECDSA: it verifies nothing with this key"};
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
	for (; certs->trusted_count < trusted->count; certs->trusted_count++)
		if (!load(trusted->strings[certs->trusted_count], &certs->trusted[certs->trusted_count]))
			return EXIT_FAILED;
	return 0;
}

static int list_files(struct plan_certs *certs, const struct verb_strings *files, bool is_ca_folder)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < files->count; i++)
		r = add_path(certs, "", files->strings[i], is_ca_folder);
	return r;
}

int plan_certs_load(
	const struct target *target, const struct plan_cert_sources *sources, struct plan_certs *ret)
{
	int r;

	*ret = (struct plan_certs){0};
	r = list_folders(ret, sources->folders, sources->folder_count);
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
	load_all(ret);
	r = load_trusted(ret, sources->trusted);
	if (r)
		return r;
	certview_chain(ret->views, ret->count, ret->trusted, ret->trusted_count);
	judge(target, ret);
	return 0;
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
