/* SPDX-License-Identifier: MIT */
/*
 * What the files of a root say about the SELinux policy that its PID 1 will load: whether it loads one, from which
 * folder, and whether a label occurs in it. Pure, and for looking ahead only: it is the kernel that knows a label
 * in the end.
 */
#ifndef IMABOOT_SELINUX_H
#define IMABOOT_SELINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "policy.h"

#define SELINUX_DIR "/etc/selinux"
#define SELINUX_CONFIG SELINUX_DIR "/config"
#define SELINUX_TYPE_MAX 64 /* bytes of a policy's name with its NUL; longer ones are not used */

struct selinux_config {
	bool disabled;               /* SELINUX=disabled: no policy is loaded */
	char type[SELINUX_TYPE_MAX]; /* SELINUXTYPE=, the folder below SELINUX_DIR; "targeted" by default */
};

/*
 * Reads /etc/selinux/config as libselinux does (selinux_config.c, init_selinux_config; getenforce.c): the last
 * line of a key counts, unknown lines are skipped. A type with a slash, or that is too long, is taken as "".
 */
void selinux_config_parse(const char *text, size_t len, struct selinux_config *ret);

/* True where the bytes begin as a binary policy of the kernel does (security/selinux/ss/policydb.c, policydb_read). */
bool selinux_policy_is_valid(const uint8_t *bytes, size_t len);

/*
 * True where a binary policy may define that label: its name stands there behind the length that a user, a role or a
 * type of that slot has in front of it (policydb.c: user_read, role_read, type_read, from policy version 24 on). It is
 * never false for a label that the policy has.
 */
bool selinux_policy_may_have(
	const uint8_t *bytes, size_t len, enum policy_lsm slot, const char *label, size_t label_len);

#endif
