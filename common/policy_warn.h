/* SPDX-License-Identifier: MIT */
/*
 * Warnings: what the kernel accepts and what yet opens the machine, stops it, or does nothing.
 * They look at the policy as a whole, so they are asked for once it has no errors.
 */
#ifndef IMABOOT_POLICY_WARN_H
#define IMABOOT_POLICY_WARN_H

#include "policy.h"
#include "policy_diag.h"
#include "policy_model.h"

/* Adds warnings on a policy that was parsed without errors. Lack of memory shows in diags->failed. */
void policy_warn(const struct kernel_model *model, const struct policy *policy, struct diags *diags);

/*
 * For each rule that an earlier one of its class always comes before, calls found() with both. Time and memory
 * are linear in the number of rules: each is compared with the same conditions written earlier and with the
 * first POLICY_SHADOWS rules of at most three conditions. Returns 0 or -ENOMEM.
 */
_must_check_ int policy_find_shadowed(const struct policy *policy,
	void (*found)(void *data, const struct policy_rule *rule, const struct policy_rule *earlier),
	void *data);

#define POLICY_SHADOWS 32

/* True when every event that matches rule also matches earlier (same class of action or not). */
bool policy_rule_covers(
	const struct policy *policy, const struct policy_rule *earlier, const struct policy_rule *rule);

/* The flags that are conditions of a match, the rest being options. */
#define RULE_CONDITIONS                                                                                     \
	(RULE_FUNC | RULE_MASK | RULE_INMASK | RULE_FSMAGIC | RULE_FSNAME | RULE_FS_SUBTYPE | RULE_FSUUID | \
		RULE_UID | RULE_EUID | RULE_GID | RULE_EGID | RULE_FOWNER | RULE_FGROUP | RULE_KEYRINGS |   \
		RULE_LABEL)

#endif
