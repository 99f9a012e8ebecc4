/* SPDX-License-Identifier: MIT */
/*
 * Checks of a policy file as a whole, before any rule is looked at: what makes the kernel refuse
 * it by path without saying where, or accept it and commit nothing
 * (security/integrity/ima/ima_policy.c, ima_parse_add_rule; ima_fs.c, ima_read_policy). Pure.
 */
#ifndef IMABOOT_POLICY_TEXT_H
#define IMABOOT_POLICY_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include "problem.h"

/*
 * Checks len bytes; path is for the remedy's command line. Returns 0, or -EINVAL with *problem
 * set: a NUL byte, a byte order mark, CR LF line ends, no newline at the end; -ENODATA: no rule,
 * only comments and blank lines.
 */
_must_check_ int policy_text_check(
	const uint8_t *bytes, size_t len, const char *path, struct problem *problem);

#endif
