/* SPDX-License-Identifier: MIT */
/* The policy that a boot loads: its text, its rules for the target's kernel, its signature. */
#ifndef IMABOOT_PLAN_POLICY_H
#define IMABOOT_PLAN_POLICY_H

#include "config.h"
#include "imaverify.h"
#include "lint.h"
#include "policyfile.h"
#include "target.h"

struct plan_policy {
	char *path;
	struct lint lint;       /* with the rules */
	struct problem problem; /* why it would not be loaded; error 0: it would */
	bool is_signed;         /* a good signature */
	bool must_be_signed;    /* the boot demands it: see imaboot.conf(5), signature */
	bool appraises_nothing; /* under it everything runs */
	const char *signer;     /* the path of the signer's certificate, or NULL */
};

/* What is judged; not owned, and to outlive the struct plan_policy. */
struct plan_policy_source {
	const char *path; /* its name in messages */
	const struct policyfile *file;
	const struct config *config; /* of the root */
	bool has_certs;              /* the image will have certificates, be they good for anything or not */
	int root_fd;                 /* the root, whose SELinux policy has the labels */
	const char *root;
	const char *modules; /* security modules of the kernel, as lsm_is_in() takes them */
};

/*
 * Judges a policy. What keeps a boot from loading it is in ret->problem. Returns 0, or EXIT_FAILED after a message that
 * memory ran out.
 */
_must_check_ int plan_policy_load(const struct plan_policy_source *source, const struct target *target,
	const struct imaverify_ring *ring, struct plan_policy *ret);

void plan_policy_free(struct plan_policy *policy);

#endif
