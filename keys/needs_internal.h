/* SPDX-License-Identifier: MIT */
/* What needs.c (the table) and needs_find.c (what is in it) share. */
#ifndef IMABOOT_NEEDS_INTERNAL_H
#define IMABOOT_NEEDS_INTERNAL_H

#include "needs.h"

/*
 * Adds a file, or a role to one that is there; the first need, which is the most important, stays. The path is copied.
 * Returns 0 or -ENOMEM.
 */
_must_check_ int needs_add(struct needs *needs, const struct needed *wanted);

/* Keeps a name to which `because` may point. Returns it, or NULL where memory ran out. */
const char *needs_keep(struct needs *needs, const char *name);

#endif
