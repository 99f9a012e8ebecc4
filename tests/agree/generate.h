/* SPDX-License-Identifier: MIT */
/*
 * Makes IMA rules to try on a parser: valid, nearly valid, mutated, random. The same seed makes the same rules.
 */
#ifndef IMABOOT_GENERATE_H
#define IMABOOT_GENERATE_H

#include <stdint.h>
#include "buf.h"

struct generator {
	uint64_t state; /* the seed, at first */
};

/* Longest rule that is made; longer than what one write to the kernel takes. */
#define GENERATED_MAX 4400

/* Puts the next rule into the buffer in place of what is there; never empty, never begins with '/'. */
void generate_rule(struct generator *generator, struct buf *rule);

/* The next number below limit. */
uint32_t generate_number(struct generator *generator, uint32_t limit);

#endif
