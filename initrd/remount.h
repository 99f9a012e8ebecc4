/* SPDX-License-Identifier: MIT */
/* A file system of the real root, made writable for a moment. */
#ifndef IMABOOT_REMOUNT_H
#define IMABOOT_REMOUNT_H

#include <limits.h>
#include <stdbool.h>
#include "problem.h"
#include "util.h"

struct remount {
	char mount_point[PATH_MAX];
	unsigned long flags; /* of mount(2), as they are to be again */
	bool made_writable;
};

/*
 * Makes the file system writable that an open folder is on, unless it is. Returns 0, or a negative errno with *problem
 * set: -EROFS where the device or its file system cannot be written to.
 */
_must_check_ int remount_writable(int dir_fd, struct remount *ret, struct problem *problem);

/* Makes it read-only again if it was; a failure is logged. Everything is written back first. */
void remount_back(struct remount *remount);

/*
 * Takes the mount point out of a line of /proc/self/mountinfo, its octal escapes undone, if the line is that of the
 * mount with that id; proc(5). Pure.
 */
bool mountinfo_point(const char *line, int id, char ret[static PATH_MAX]);

#endif
