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
#define SELINUX_FS_MAGIC 0xf97cff8cU /* of /sys/fs/selinux (include/uapi/linux/magic.h) */
#define SELINUX_TYPE_MAX 64          /* bytes of a policy's name with its NUL; longer ones are not used */

struct selinux_config {
	bool disabled;               /* SELINUX=disabled: no policy is loaded */
	bool enforcing;              /* SELINUX=enforcing: systemd freezes where none can be loaded */
	char type[SELINUX_TYPE_MAX]; /* SELINUXTYPE=, the folder below SELINUX_DIR; "targeted" by default */
};

/*
 * Reads /etc/selinux/config as libselinux does (selinux_config.c, init_selinux_config, selinux_getenforcemode): of
 * SELINUX= the first line with a word that is known counts, of SELINUXTYPE= the last one; unknown lines are skipped. A
 * type with a slash, or that is too long, is taken as "".
 */
void selinux_config_parse(const char *text, size_t len, struct selinux_config *ret);

/* True where the bytes begin as a binary policy of the kernel does (security/selinux/ss/policydb.c, policydb_read). */
bool selinux_policy_is_valid(const uint8_t *bytes, size_t len);

/* A label that is looked for in binary policies. */
struct selinux_label {
	const char *text; /* not ended by a NUL */
	uint32_t len;
	uint32_t rule;        /* the caller's: where it stands */
	enum policy_lsm slot; /* what it is a name of */
	bool found;
};

#define SELINUX_LABEL_MAX 255 /* bytes of a label that is looked for; longer ones count as found */

/* Brings labels into the order in which selinux_labels_find() looks them up. */
void selinux_labels_sort(struct selinux_label *labels, size_t count);

/*
 * Marks those as found that a binary policy may define: the name stands there behind the length that a user, a role or
 * a type of that slot has in front of it (policydb.c: user_read, role_read, type_read, from policy version 24 on). A
 * label that the policy has is never left out. One pass over the bytes, however many labels there are.
 */
void selinux_labels_find(const uint8_t *bytes, size_t len, struct selinux_label *labels, size_t count);

#endif
