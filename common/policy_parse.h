/* SPDX-License-Identifier: MIT */
/*
 * The front end of the policy language: bytes in, a syntax tree and diagnostics out.
 *
 * Its verdict is the kernel's verdict on the same bytes (ima_policy.c: ima_parse_add_rule, ima_parse_rule,
 * ima_validate_rule; ima_fs.c: ima_read_policy, ima_write_policy), for the kernel that the model describes. Where
 * the kernel stops at its first complaint, all errors of the file are reported.
 */
#ifndef IMABOOT_POLICY_PARSE_H
#define IMABOOT_POLICY_PARSE_H

#include <stddef.h>
#include "policy.h"
#include "policy_diag.h"
#include "policy_model.h"

/* A rule that is written directly, and not loaded by path, is cut here: PAGE_SIZE - 1 (ima_write_policy). */
#define POLICY_WRITE_MAX 4095

/*
 * Parses a whole file as a load by path does. Rules that the kernel would take are in ret_policy, whatever the
 * verdict; policy_free() it in any case. diags may be NULL when only the verdict matters.
 * Returns 0 where the kernel accepts the file (it may still have no rule, and then be worth nothing), else the
 * error of the kernel's write(): -EINVAL or -ERANGE. -ENOMEM and -EFBIG (over 2 GiB) are this function's own.
 */
_must_check_ int policy_parse(const struct kernel_model *model, const char *text, size_t len,
	struct diags *diags, struct policy *ret_policy);

/*
 * Parses one rule as a direct write() does: up to the first newline or NUL, at most POLICY_WRITE_MAX bytes.
 * Returns 1 with one rule in ret_policy, 0 where the line holds none (blank, a comment), or the kernel's error.
 */
_must_check_ int policy_parse_write(const struct kernel_model *model, const char *text, size_t len,
	struct diags *diags, struct policy *ret_policy);

#endif
