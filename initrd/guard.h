/* SPDX-License-Identifier: MIT */
/*
 * The guard: the policy file of securityfs bind-mounted on itself, read-only.
 *
 * systemd's ima_setup() (src/core/ima-setup.c) goes on without loading anything when the policy
 * file cannot be written, and freezes the machine when its load fails. With the guard it says
 * "Another IMA custom policy has already been loaded, ignoring". Reading still works, and
 * switch-root carries the mount along.
 */
#ifndef IMABOOT_GUARD_H
#define IMABOOT_GUARD_H

#include <stdbool.h>
#include "util.h"

/* Sets the guard, unless it is set. Returns 0, -ENOENT where there is no policy file, or a negative errno. */
_must_check_ int guard_set(void);

/* Lifts the guard; without one nothing happens. Returns 0 or a negative errno. */
_must_check_ int guard_lift(void);

/* True while the guard is set. */
bool guard_is_set(void);

/* True for a line of /proc/self/mountinfo that is a read-only mount on path; proc(5). */
bool mountinfo_is_guard(const char *line, const char *path);

#endif
