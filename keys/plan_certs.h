/* SPDX-License-Identifier: MIT */
/* The certificates that a boot loads, and what the target's kernel makes of each. */
#ifndef IMABOOT_PLAN_CERTS_H
#define IMABOOT_PLAN_CERTS_H

#include "config.h"
#include "imaverify.h"
#include "target.h"
#include "verb.h"

struct plan_cert {
	char *path;
	bool is_in_root;   /* a file of the root, */
	size_t root_len;   /* whose name is the path's first bytes */
	bool is_ca_folder; /* it goes into .secondary_trusted_keys */
	bool is_single;    /* a single file: it will be there in DER, whatever it is now */
	bool is_usable;    /* it is a signer that the kernel takes, and whose signatures it can verify */
	struct certview_verdict verdict;
	struct certview *view; /* in the list of views */
};

struct plan_certs {
	struct plan_cert *list;
	struct certview *views; /* one for each */
	size_t count, unreadable;
	struct certview *trusted;
	size_t trusted_count;
	struct certview *usable; /* for an imaverify_ring; the certificates are those of views */
	size_t usable_count;
};

/* Where certificates are. */
struct plan_cert_sources {
	int root_fd; /* the root whose /etc/keys/ima counts, by links inside it alone; -1: none */
	const char *root;
	const struct verb_strings *folders; /* of signers; CAs in a folder ca of each */
	const struct verb_strings *signers,
		*cas;                       /* single files, each in place of one of that name in a folder */
	const struct verb_strings *trusted; /* files of certificates that the kernel trusts */
	bool running;                       /* and the keys that the running kernel trusts */
};

/*
 * Reads the certificates and judges them for the target. Those that are none are said and counted. Returns 0, or an
 * exit status after a message.
 */
_must_check_ int plan_certs_load(
	const struct target *target, const struct plan_cert_sources *sources, struct plan_certs *ret);

/*
 * Sets *problem where one that the configuration requires (imaboot.conf(5), require-certificates) is not among those that
 * the kernel takes: a boot fails then before any policy is loaded.
 */
void plan_certs_require(const struct plan_certs *certs, const struct config *config, struct problem *problem);

void plan_certs_free(struct plan_certs *certs);

#endif
