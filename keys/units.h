/* SPDX-License-Identifier: MIT */
/*
 * Which programs systemd starts on the way to its default target, read from the unit files of a root: systemd.unit(5),
 * systemd.service(5). What generators make at boot, and what a device, a bus name or a user starts, is not found;
 * conditions are not looked at.
 */
#ifndef IMABOOT_UNITS_H
#define IMABOOT_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include "util.h"

#define UNITS_MAX 4096                        /* units that are followed */
#define UNITS_COMMANDS_MAX 16384              /* programs of all of them */
#define UNITS_FILE_MAX 1048576                /* bytes of one file */
#define UNITS_BYTES_MAX (32 * UNITS_FILE_MAX) /* of all that are read */

struct units_command {
	char *path; /* absolute in the root; not looked for there yet where it was given without a slash */
	char *unit; /* the unit that runs it */
};

struct units {
	char **names; /* the units that were followed, in the order in which they were met */
	size_t count;
	char **files; /* what systemd reads of them, absolute in the root */
	size_t file_count;
	struct units_command *commands;
	size_t command_count;
	bool too_many; /* there are more than the bounds above: not all were looked at */
};

/*
 * Follows the default target of a root: Wants=, Requires=, BindsTo=, Requisite=, Upholds= and the folders .wants and
 * .requires; of sockets, timers and paths the service that they start. Returns 0 or -ENOMEM; a root without systemd has no units.
 */
_must_check_ int units_follow(int root_fd, const char *root, struct units *ret);

void units_free(struct units *units);

#define _cleanup_units_ _cleanup_(units_free)

/* Where the lines of a unit file go. */
struct units_sink {
	void *context;
	/* A unit that is wanted; a command; both are not terminated. Return 0 or -ENOMEM, which ends the parser. */
	int (*unit)(void *context, const char *name, size_t len);
	int (*command)(void *context, const char *path, size_t len);
};

/* Reads len bytes of a unit file; what is malformed is passed by, as systemd does it. Pure. */
_must_check_ int units_parse(const char *text, size_t len, const struct units_sink *sink);

#endif
