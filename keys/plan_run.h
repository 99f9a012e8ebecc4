/* SPDX-License-Identifier: MIT */
/* One plan from its options to its verdict: `imactl plan`, and what `imactl deploy` asks first. */
#ifndef IMABOOT_PLAN_RUN_H
#define IMABOOT_PLAN_RUN_H

#include "files.h"
#include "filesystem.h"
#include "policyfile.h"

struct plan_options {
	struct files_options files; /* root, exclude, jobs, cross_device; root NULL: "/" */
	const char *policy;         /* a file that will be the root's policy; NULL: the policy that it has */
	const struct policyfile *policy_file; /* what that file holds, where it was read already; else NULL */
	struct verb_strings certs;            /* folders; none: the root's /etc/keys/ima */
	struct verb_strings signers, cas;     /* certificates besides those */
	struct verb_strings trusted;
	const char *kernel, *config, *init;
	struct fsfacts_told told;
	bool running; /* issuers are looked for among the running kernel's keys too */
	bool all, json;
};

/* What a plan comes to. */
enum plan_verdict {
	PLAN_NONE, /* it came to no end: a message says why */
	PLAN_BOOTS,
	PLAN_FAILS, /* it will not boot, or that is not known: what --force is for */
};

/*
 * Makes the plan, and prints it. verb is the one that runs. Returns EXIT_DONE where it will boot, else another status.
 */
_must_check_ int plan_run(const char *verb, const struct plan_options *opts, enum plan_verdict *ret_verdict);

#endif
