/* SPDX-License-Identifier: MIT */
/*
 * The kernel's refusal of a policy in words. One errno stands for many causes; what tells them
 * apart is the file's own signature, the kernel's log, and whether the policy file could be
 * opened at all (security/integrity/ima/ima_fs.c, ima_appraise.c). Does no input or output.
 */
#ifndef IMABOOT_SUBMIT_H
#define IMABOOT_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include "kmsg.h"
#include "problem.h"

struct submission {
	int error;                       /* what open(2) or write(2) returned, as a negative errno */
	bool opened;                     /* the policy file could be opened: the error is a verdict */
	const struct kmsg_facts *facts;  /* what the kernel logged */
	const char *path;                /* of the policy, for messages */
	const struct problem *signature; /* what is wrong with its signature; error 0: nothing */
	const char *text;                /* the policy itself */
	size_t text_len;                 /* its length in bytes */
	unsigned int version;            /* of the running kernel; see policy_model.h */
};

/* Sets *problem. Returns submission->error. */
int submit_explain(const struct submission *submission, struct problem *problem);

#endif
