/* SPDX-License-Identifier: MIT */
/* The recovery's script (recovery/recovery), run by the program instead of by a hook around it. */
#ifndef IMABOOT_RECOVERY_RUN_H
#define IMABOOT_RECOVERY_RUN_H

#include "util.h"

/*
 * Has the image's busybox run the script for the real root, and waits for its end. The child calls enter() first, unless
 * that is NULL, to get where the recovery is; a negative errno of it is logged. Returns 0 where a person had the boot go
 * on; -ECANCELED where it ended without that, -ENOEXEC where it could not be run, or another negative errno.
 */
_must_check_ int recovery_run(const char *root, int (*enter)(void));

#endif
