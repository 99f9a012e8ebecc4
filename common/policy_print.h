/* SPDX-License-Identifier: MIT */
/* Policies as text: in the form in which the kernel shows its own, and in one that can be parsed again. */
#ifndef IMABOOT_POLICY_PRINT_H
#define IMABOOT_POLICY_PRINT_H

#include <stdbool.h>
#include "buf.h"
#include "policy.h"

enum print_form {
	/*
	 * Byte for byte what reading /sys/kernel/security/ima/policy gives (ima_policy.c, ima_policy_show): ids
	 * above 2147483647 come out negative, file system names are cut at 63 bytes, rules with labels that no LSM
	 * knows yet are left out. Not all of it can be parsed again.
	 */
	PRINT_KERNEL,
	/* The same words, in an order and in forms that parse to the same tree. */
	PRINT_SOURCE,
};

/* Adds one rule, or the whole policy, with a newline behind each rule. */
void policy_print_rule(
	struct buf *buf, const struct policy *policy, const struct policy_rule *rule, enum print_form form);
void policy_print(struct buf *buf, const struct policy *policy, enum print_form form);

/* True when both have the same rules in the same order; lines, spelling and order of words do not count. */
bool policy_equal(const struct policy *a, const struct policy *b);

/*
 * How a policy stands to the one that the kernel shows: canonical is its PRINT_KERNEL form, shown what was read
 * back. Rules can only be appended, so what was loaded last is at the end; a kernel with architecture or
 * build-time rules has those in front.
 */
enum policy_presence { POLICY_ABSENT, POLICY_AT_END, POLICY_ALONE };

enum policy_presence policy_presence_in(const struct buf *canonical, const char *shown, size_t len);

#endif
