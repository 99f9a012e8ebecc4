/* SPDX-License-Identifier: MIT */
/*
 * Labels of security modules (obj_type= and its like) in a policy, before those modules have a policy of their own.
 *
 * While the kernel's built-in policy is in force, a label that no module knows makes it refuse the file; once any other
 * policy was loaded, the rule is taken and sleeps until its module knows the label (ima_policy.c: ima_lsm_rule_init,
 * ima_lsm_update_rules). So it is found out beforehand whether the label can become known at all.
 */
#ifndef IMABOOT_LABELS_H
#define IMABOOT_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include "buf.h"
#include "lsmlabels.h"
#include "policy.h"
#include "problem.h"

/* The rules of a text, with all its labels taken for known. Returns 0, -EINVAL where the text has an error, -ENOMEM. */
_must_check_ int labels_parse(const char *text, size_t len, unsigned int kernel, struct policy *ret);

/* Writes the rules without their labels, so that the kernel can judge the rest of them. */
void labels_strip(const struct policy *policy, struct buf *ret);

/* True where a rule appraises policies: what comes after it must be signed. */
bool labels_chain_is_closed(const struct policy *policy);

/*
 * The security modules that are active (/sys/kernel/security/lsm). Where the kernel has no list (CONFIG_SECURITY off,
 * securityfs missing), none is known.
 */
void labels_modules(char ret[static LSM_LIST_MAX]);

/*
 * lsmlabels_check() on the running kernel: a module that has its policy already is asked by the dry run alone. Returns
 * as that does.
 */
_must_check_ int labels_check(
	const struct policy *policy, int root_fd, const char *root, struct problem *problem);

#endif
