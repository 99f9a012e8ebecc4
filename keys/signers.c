// SPDX-License-Identifier: MIT
/* The signers' certificates of `imactl verify`; see signers.h. */
#include "signers.h"

#include <errno.h>
#include "complain.h"
#include "kernelkeys.h"

#define NAME "verify"

static int load_one(struct certview *cert, const char *path)
{
	_cleanup_problem_ struct problem problem = {0};

	if (certview_load(path, cert, &problem) < 0)
		return complain(path, &problem);
	if (cert->facts.fitness != PKEY_FITS) {
		problem_set(
			&problem, -EOPNOTSUPP, "is no signer's: %s", pkey_unfit_reason(cert->facts.fitness));
		problem_remedy(&problem, "see imactl key check");
		certview_free(cert);
		return complain(path, &problem);
	}
	if (cert->facts.subject_id.len < CERTVIEW_KEY_ID)
		log_warning(
			"%s: has no subjectKeyIdentifier: no signature is found to be its own", cert->path);
	return 0;
}

static int load_all(struct signers *signers, char *const *paths, size_t count)
{
	int status = 0;

	signers->certs = calloc(count + 1, sizeof(*signers->certs));
	if (!signers->certs) {
		log_error(NAME ": out of memory");
		return EXIT_FAILED;
	}
	while (signers->count < count && !status) {
		status = load_one(&signers->certs[signers->count], paths[signers->count]);
		signers->count += !status;
	}
	return status;
}

static int find_installed(struct signers *signers)
{
	/* GLOB_MARK: a folder ends with a slash; the one of the CAs is among them. */
	if (glob(SIGNERS_FOLDER "/*.der", GLOB_MARK, NULL, &signers->files) == 0)
		return 0;
	log_error(NAME ": " SIGNERS_FOLDER " holds no certificate (*.der); name one with --cert");
	return EXIT_FAILED;
}

/* Leaves out the signers that the running kernel does not have. */
static int keep_loaded(struct signers *signers)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_kernelkeys_ struct kernelkeys keys = {0};
	size_t i, kept = 0;

	if (kernelkeys_load(kernelkeys_signers, &keys, &problem) < 0)
		return complain(NAME, &problem);
	for (i = 0; i < signers->count; i++) {
		struct certview *cert = &signers->certs[i];

		if (kernelkeys_has(&keys, &cert->facts.subject_id)) {
			signers->certs[kept++] = *cert;
			continue;
		}
		log_warning("%s: its key is not in the running kernel's keyring: its signatures do not count",
			cert->path);
		certview_free(cert);
	}
	signers->count = kept;
	return 0;
}

static void warn_of_twin(const struct certview *one, const struct certview *other)
{
	const struct x509_id *id = &one->facts.subject_id;
	const uint8_t *end = id->bytes + id->len - CERTVIEW_KEY_ID;

	if (certview_has_key_id(other, end) &&
		EVP_PKEY_eq(x509_key(one->certificate), x509_key(other->certificate)) != 1)
		log_warning("%s: has the key id %02x%02x%02x%02x of %s, and another key: a kernel that has "
			    "both looks "
			    "at one of them alone",
			one->path, end[0], end[1], end[2], end[3], other->path);
	(void)ossl_reason();
}

/* A kernel looks for a key by those four bytes, and takes the first that it finds (request_asymmetric_key). */
static void warn_of_twins(const struct signers *signers)
{
	size_t i, j;

	for (i = 0; i < signers->count; i++)
		for (j = 0; j < i && signers->certs[i].facts.subject_id.len >= CERTVIEW_KEY_ID; j++)
			warn_of_twin(&signers->certs[i], &signers->certs[j]);
}

int signers_load(const struct verb_strings *named, bool running, struct signers *ret)
{
	int status = 0;

	*ret = (struct signers){0};
	if (running && !named->count)
		status = find_installed(ret);
	if (!status)
		status = named->count ? load_all(ret, (char *const *)named->strings, named->count)
				      : load_all(ret, ret->files.gl_pathv, ret->files.gl_pathc);
	if (!status && running)
		status = keep_loaded(ret);
	if (!status)
		warn_of_twins(ret);
	return status;
}

void signers_free(struct signers *signers)
{
	while (signers->count)
		certview_free(&signers->certs[--signers->count]);
	free(signers->certs);
	globfree(&signers->files);
	*signers = (struct signers){0};
}
