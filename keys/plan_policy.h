/* SPDX-License-Identifier: MIT */
/* The policy that a boot loads: its text, its rules for the target's kernel, its signature. */
#ifndef IMABOOT_PLAN_POLICY_H
#define IMABOOT_PLAN_POLICY_H

#include "buf.h"
#include "imaverify.h"
#include "lint.h"
#include "target.h"

struct plan_policy {
	char *path;
	struct buf text;
	struct lint lint;       /* with the rules */
	struct problem problem; /* why it would not be loaded; error 0: it would */
	bool is_signed;         /* a good signature */
	bool must_be_signed;    /* the boot demands it: see imaboot.conf(5), signature */
	const char *signer;     /* the path of the signer's certificate, or NULL */
};

/* What is to be read. */
struct plan_policy_source {
	int root_fd; /* of the root, whose imaboot.conf counts */
	const char *root;
	const char *path; /* its name in messages */
	/* Its path in the root, by links inside it alone; NULL: it is a file of whoever plans, that will be put there. */
	const char *in_root;
	const uint8_t *
		signature; /* the value of security.ima; NULL: the file's own, or where in_root is NULL that of
				     PATH.sig: of a root's policy a boot reads the attribute alone */
	size_t signature_len; /* bytes, at most IMASIG_MAX */
};

/*
 * Reads and judges a policy. What keeps a boot from loading it is in ret->problem. Returns 0, or an exit status after a
 * message when it cannot be read at all.
 */
_must_check_ int plan_policy_load(const struct plan_policy_source *source, const struct target *target,
	const struct imaverify_ring *ring, struct plan_policy *ret);

void plan_policy_free(struct plan_policy *policy);

#endif
