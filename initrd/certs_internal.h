/* SPDX-License-Identifier: MIT */
/*
 * What the files of the certificates share: certs.c (which keyring, in which order), certs_read.c
 * (from folders into memory), certs_offer.c (from memory into the kernel).
 */
#ifndef IMABOOT_CERTS_INTERNAL_H
#define IMABOOT_CERTS_INTERNAL_H

#include "certs.h"

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
	bool signers;      /* the target is IMA's keyring: accepted ones are copied to verify */
	bool unrestricted; /* the signers' keyring takes any certificate */
	struct pending *list;
	size_t count;
};

/* The record of one that was read. */
static inline struct report_cert *record_of(const struct loader *loader, const struct pending *pending)
{
	return &loader->report->certs[pending->record];
}

/* Reads the files of one folder; what is wrong with one goes to its record. Returns 0, or -ENOMEM. */
_must_check_ int certs_read_folder(
	struct loader *loader, int root_fd, const char *root, const char *source, const char *dir);

/* Reads one file. Returns 0, or -ENOMEM. */
_must_check_ int certs_read_file(
	struct loader *loader, int root_fd, const char *root, const char *source, const char *path);

/* Says of each certificate in a folder of the root that it is not used, and why. Returns 0, or -ENOMEM. */
_must_check_ int certs_skip_folder(
	struct loader *loader, const char *dir, const char *keyring, const char *reason, const char *remedy);

/* Forgets what was read. */
void certs_reset(struct loader *loader);

/*
 * Offers those from index `first` on, then every waiting certificate again while at least one is
 * taken: issuers may come later.
 */
void certs_settle(struct loader *loader, size_t first);

/*
 * Has the kernel parse a certificate in the probe keyring and gives its description (allocated, in
 * place of an earlier one). A refusal here is the parser's. Returns 0 or the kernel's negative errno.
 */
_must_check_ int certs_probe(
	const struct loader *loader, const struct pending *pending, char **ret, key_serial *ret_key);

/* The kernel's errno of add_key(2) in words; keyring is the name of the one that refused. */
void certs_explain(int error, const char *keyring, const char *path, struct problem *problem);

#endif
