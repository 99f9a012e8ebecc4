/* SPDX-License-Identifier: MIT */
/* What the files that make combinations share; see combos.c. */
#ifndef IMABOOT_EXACT_COMBOS_H
#define IMABOOT_EXACT_COMBOS_H

#include "exact.h"

#define TMPFS (&places[0])
#define EXT4 (&places[1])
#define RAMFS (&places[2])
#define OVERLAY (&places[3])
#define PLACES 4

struct maker {
	const struct abilities *abilities;
	struct combo *combos;
	unsigned int count;
};

/* Whether this kernel has what a combination needs. */
bool is_there(const struct maker *maker, const struct place *place, const char *value);

/* Adds a combination without rules; it is the caller's to change until the next one is added. */
struct combo *add(struct maker *maker, const char *group, const struct place *place, const char *value,
	const char *does);

/*
 * Adds rules, separated by semicolons. $= is the combination's number, $- and $+ its neighbours, $U the UUID of the
 * ext4 image, $H the hook. Each rule is made to ask for the file's group, or where it does already for the owner.
 */
void add_rules(struct buf *rules, const struct combo *combo, const char *text);

/* tables.c: values, conditions, who asks, the order of rules. */
void make_tables(struct maker *maker);

/* options.c: options of rules, what the kernel remembers, hooks. */
void make_options(struct maker *maker);

/* generated.c: rules from a generator, always the same. */
void make_generated(struct maker *maker);

#endif
