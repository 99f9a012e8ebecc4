/* SPDX-License-Identifier: MIT */
/* Where the pass phrase of a private key comes from: a file, a descriptor, or the terminal. Never argv. */
#ifndef IMABOOT_PASSPHRASE_H
#define IMABOOT_PASSPHRASE_H

#include <stdbool.h>
#include "problem.h"

#define PASSPHRASE_MAX 1024 /* bytes with the NUL */

/* The two options of a verb; static storage, and both NULL unless given. */
struct passphrase_source {
	const char *file; /* --passphrase-file: its first line */
	const char *fd;   /* --passphrase-fd: the first line that can be read from that descriptor */
};

/* The entries of a verb's option table that fill a source. */
#define PASSPHRASE_OPTIONS(source)                                                               \
	{.name = "passphrase-file",                                                              \
		.argument = "FILE",                                                              \
		.help = "the key's pass phrase is this file's first line",                       \
		.value = &(source).file},                                                        \
	{                                                                                        \
		.name = "passphrase-fd", .argument = "N",                                        \
		.help = "the key's pass phrase is read from descriptor N", .value = &(source).fd \
	}

/*
 * Gets the pass phrase into ret (PASSPHRASE_MAX bytes). Without file and descriptor the terminal
 * is asked for the pass phrase of key, twice when it is a new one. Returns 0, or a negative errno
 * with *problem set.
 */
_must_check_ int passphrase_get(const struct passphrase_source *source, const char *key, bool is_new,
	char *ret, struct problem *problem);

#endif
