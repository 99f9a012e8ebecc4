/* SPDX-License-Identifier: MIT */
/* One plan from its options to its verdict: `imactl plan`, and what `imactl deploy` asks first. */
#ifndef IMABOOT_PLAN_RUN_H
#define IMABOOT_PLAN_RUN_H

#include "files.h"
#include "filesystem.h"

struct plan_options {
	struct files_options files; /* root, exclude, jobs, cross_device; root NULL: "/" */
	const char *policy;         /* NULL: the root's /etc/ima/ima-policy */
	const uint8_t *signature;   /* its security.ima as it will be; NULL: what it has, or FILE.sig */
	size_t signature_len;
	struct verb_strings certs;        /* folders; none: the root's /etc/keys/ima */
	struct verb_strings signers, cas; /* certificates besides those */
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
