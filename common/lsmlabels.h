/* SPDX-License-Identifier: MIT */
/*
 * Whether the labels of a policy (obj_type= and its like) can become known once the security modules have their own
 * policies: by the modules of the kernel, and by the SELinux policy that a root will load.
 *
 * What each module's audit_rule_init takes: SELinux all labels, Smack users (any name at once), AppArmor the subject's
 * role.
 */
#ifndef IMABOOT_LSMLABELS_H
#define IMABOOT_LSMLABELS_H

#include <stdbool.h>
#include "policy.h"
#include "problem.h"

#define LSM_LIST_MAX 256                      /* bytes of a list of modules, with its NUL */
#define LSM_LIST_ALL "selinux,smack,apparmor" /* where it is not known: all that have labels */

/* True where the module is in the list, which is as in /sys/kernel/security/lsm: "capability,selinux". */
bool lsm_is_in(const char *list, const char *module);

/* True where the rule has a label, and where one of the policy's has. */
bool lsmlabels_rule_has(const struct policy_rule *rule);
bool lsmlabels_are_in(const struct policy *policy);

/*
 * Whether each label can become known: a module of the list has such labels, and where only SELinux has, the root at
 * root_fd (-1: SELinux has its policy, or there is no root, and nothing is looked up) has an SELinux policy, loads it, and
 * the label is in it. root is its name for messages. Returns 0, or a negative errno with *problem set: -ENOENT it cannot,
 * or what reading those files gives.
 */
_must_check_ int lsmlabels_check(const struct policy *policy, const char *list, int root_fd, const char *root,
	struct problem *problem);

#endif
