/* SPDX-License-Identifier: MIT */
/*
 * The recovery in the running system, after a deferred load that failed. The initramfs is gone by then: what the recovery
 * is made of (its script, busybox, the checker of the password) was kept below RUN_LATE, beside what late.h keeps. It runs
 * there as it does in the initramfs: RUN_LATE is its root folder, in a mount namespace of its own, with /proc, /sys, /dev
 * and /run of the system, and the system's root at /sysroot. The program in it is the one that runs, so that the
 * kernel finds the keyring _ima by it (see late_appraise_self()).
 */
#ifndef IMABOOT_LATE_RECOVERY_H
#define IMABOOT_LATE_RECOVERY_H

#include "problem.h"
#include "util.h"

/*
 * Keeps the image's recovery below RUN_LATE, for root alone. Returns 0, where the image has none too, or a negative errno
 * with *problem set and nothing kept: -ENOEXEC a program of it needs a dynamic linker or libraries, or what reading and
 * writing say.
 */
_must_check_ int late_recovery_save(int image_fd, const char *image, struct problem *problem);

/* Holds it there and waits for its end; returns what recovery_run() does. */
_must_check_ int late_recovery_run(void);

/* Gives back the memory that late_recovery_save() took. */
void late_recovery_forget(void);

#endif
