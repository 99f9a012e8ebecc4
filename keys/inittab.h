/* SPDX-License-Identifier: MIT */
/*
 * What an init that is not systemd starts: the programs that /etc/inittab names (inittab(5), of System V's init and
 * busybox), and the scripts that System V's runlevels and OpenRC have in folders. What those scripts run is not found.
 */
#ifndef IMABOOT_INITTAB_H
#define IMABOOT_INITTAB_H

#include <stddef.h>
#include "util.h"

/* Takes a program; returns 0 or -ENOMEM, which ends it. */
typedef int inittab_take(void *context, const char *path, const char *because);

/*
 * Hands the programs of a root to take(); init is the path of its init: systemd reads none of these. Returns 0 or what
 * take() returned.
 */
_must_check_ int inittab_follow(
	int root_fd, const char *root, const char *init, inittab_take *take, void *context);

/*
 * Reads len bytes of an inittab: hands over the program of each line that starts one, and leaves the runlevel of its
 * initdefault in *ret_level, '2' where it has none. Returns 0 or what take() returned. Pure.
 */
_must_check_ int inittab_parse(
	const char *text, size_t len, inittab_take *take, void *context, char *ret_level);

#endif
