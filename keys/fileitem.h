/* SPDX-License-Identifier: MIT */
/* One open file of those that a verb works on, with where its name comes from. */
#ifndef IMABOOT_FILEITEM_H
#define IMABOOT_FILEITEM_H

#include <stdbool.h>
#include <sys/stat.h>

struct fileitem {
	int fd;             /* open for reading, at its start */
	const char *path;   /* its name, as a person knows it */
	const char *inside; /* its absolute path in the system that it is of; NULL where that is not known */
	bool is_found;      /* in a tree: nobody has named it */
	const struct stat *st;
};

#endif
