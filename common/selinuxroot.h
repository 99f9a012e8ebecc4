/* SPDX-License-Identifier: MIT */
/* The files of SELinux in a root: its configuration, and what systemd reads before it goes on. */
#ifndef IMABOOT_SELINUXROOT_H
#define IMABOOT_SELINUXROOT_H

#include "selinux.h"

#define SELINUX_NAMES_MAX 64 /* files in a folder of policies */

/* Reads the configuration; an absent or empty one means the defaults. Returns 0 or what rootfile_read() returns. */
_must_check_ int selinux_config_read(int root_fd, const char *root, struct selinux_config *ret);

/*
 * Hands the files to take() without which systemd freezes where the configuration says enforcing (systemd:
 * mac_selinux_setup, mac_selinux_init; libselinux: selinux_mkload_policy, selabel_open): the policy of the highest
 * version, and the contexts of files, of which a compiled file counts that is not older than the text. Returns 0, or what
 * take() returned, which ends it.
 */
_must_check_ int selinux_files(int root_fd, const struct selinux_config *config,
	int (*take)(void *context, const char *path), void *context);

#endif
