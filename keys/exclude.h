/* SPDX-License-Identifier: MIT */
/*
 * The patterns of --exclude: with a slash in it a pattern is of the path below the root, with or without a slash at its
 * begin, else of the name. A slash at its end says nothing. A star also stands for slashes.
 */
#ifndef IMABOOT_EXCLUDE_H
#define IMABOOT_EXCLUDE_H

#include <stdbool.h>
#include "verb.h"

struct exclude_pattern {
	const char *given; /* as on the command line */
	char *glob;
	bool is_path;
	bool has_matched;
};

struct exclude {
	struct exclude_pattern *patterns;
	size_t count;
};

/* Prepares them; globs must outlive it. Returns 0 or -ENOMEM; to be released with exclude_free(). */
_must_check_ int exclude_begin(const struct verb_strings *globs, struct exclude *ret);

/* True where one of them matches: inside is the path below the root, with its slash, name its last part. */
bool exclude_matches(struct exclude *exclude, const char *inside, const char *name);

void exclude_free(struct exclude *exclude);

#define _cleanup_exclude_ _cleanup_(exclude_free)

#endif
