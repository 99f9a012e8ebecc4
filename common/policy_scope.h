/* SPDX-License-Identifier: MIT */
/* What a policy covers as a whole. Pure. */
#ifndef IMABOOT_POLICY_SCOPE_H
#define IMABOOT_POLICY_SCOPE_H

#include <stdbool.h>
#include "policy.h"

/*
 * True where a rule has the kernel appraise what runs, or what is read: a policy without one, that only measures, say,
 * protects nothing, however well it is signed.
 */
bool policy_appraises(const struct policy *policy);

#endif
