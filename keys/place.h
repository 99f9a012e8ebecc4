/* SPDX-License-Identifier: MIT */
/*
 * Files put into a root that may be another system's: paths are resolved inside the root (openat2(2), RESOLVE_IN_ROOT),
 * each file appears whole and with its security.ima or not at all, and what was there before can be kept beside it.
 */
#ifndef IMABOOT_PLACE_H
#define IMABOOT_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "problem.h"

#define PLACE_NAME (NAME_MAX + 32) /* room for the name of a file that is not in place yet */

/* A file as it is to be. */
struct place_file {
	const void *bytes;
	size_t len;
	mode_t mode;
	const uint8_t *value; /* of security.ima; NULL: none */
	size_t value_len;
};

/* Opens the folder of a path in the root, made if missing (mode 0755). Returns a descriptor or a negative errno. */
_must_check_ int place_open_folder(int root_fd, const char *path, bool make);

/*
 * Writes the file, whole and on the disk, under a temporary name beside its own: what may fail for lack of room is behind
 * when place_publish() gives it its name. Returns 0, or a negative errno with *problem set.
 */
_must_check_ int place_prepare(int folder_fd, const char *name, const struct place_file *file,
	char ret[static PLACE_NAME], struct problem *problem);

/* What became of the names, also after an error. */
struct placed {
	bool in_place;         /* the file has its name; false: all is as it was */
	char kept[PLACE_NAME]; /* the name of what was there before; "": there was nothing, or it is gone */
};

/*
 * The second half of place_write(); the temporary name is free afterwards, unless ret->kept is that name: then what was
 * there before could neither get its own name nor be put back, and *problem says where it is.
 */
_must_check_ int place_publish(int folder_fd, const char *temporary, const char *name, const char *keep,
	struct placed *ret, struct problem *problem);

/*
 * Writes the file under its name in an open folder. keep: the name that what was there before gets, in place of an
 * older file of that name; NULL: it goes. At no moment is there no file of that name. Returns 0, or a negative errno
 * with *problem set; rename(2), RENAME_EXCHANGE.
 */
_must_check_ int place_write(int folder_fd, const char *name, const char *keep, const struct place_file *file,
	struct placed *ret, struct problem *problem);

#endif
