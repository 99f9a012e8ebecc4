/* SPDX-License-Identifier: MIT */
/*
 * What a root must be able to run and read before anybody could mend anything: its init, and what systemd itself starts
 * and reads first. The preflight of the boot program and imactl plan look at the same.
 */
#ifndef IMABOOT_TARGETS_H
#define IMABOOT_TARGETS_H

#include <stdbool.h>
#include "closure.h"

/* Where the kernel and switch_root(8) look for an init in turn (init/main.c, kernel_init). */
#define TARGETS_INITS 4
extern const char *const targets_inits[TARGETS_INITS];

/*
 * Adds the init: the one that init= names, or with NULL the first one that is there; *ret_path is which of them was tried
 * last. Returns the index of its file, or a negative errno with *problem set, as closure_add(); -EFBIG it is there, and
 * too large to be looked at; -ENOENT with NULL: there is none.
 */
_must_check_ ssize_t targets_add_init(
	struct closure *closure, const char *named, const char **ret_path, struct problem *problem);

/*
 * Where the file of that index is systemd: adds the executor that starts every service, beside it, the interpreters of the
 * generators that are scripts, and where SELinux is to be enforced the files without which systemd freezes
 * (CLOSURE_DATA). has_selinux: the kernel has that module. *ret_selinux is then true. Returns 0, or -ENOMEM or -E2BIG with
 * *problem set.
 */
_must_check_ int targets_add_systemd(
	struct closure *closure, size_t init, bool has_selinux, bool *ret_selinux, struct problem *problem);

#endif
