/* SPDX-License-Identifier: MIT */
/*
 * The regular files of a tree, found by openat2(2) from folder to folder: one that is replaced by a link while
 * it is walked leads nowhere. Links are not followed, hard links come once, devices and the like
 * are passed by without being opened. What is mounted in the tree is left out, also a file or a folder of the same file
 * system that is bound there, unless it is asked for; the file systems of the kernel's own are never walked. Without
 * openat2(2) (Linux 5.6) what is bound there is not told from what is there.
 */
#ifndef IMABOOT_WALK_H
#define IMABOOT_WALK_H

#include "exclude.h"
#include "fileitem.h"
#include "verb.h"

struct walk {
	struct exclude *exclude;
	bool cross_device; /* what is mounted there belongs to it */
	void *context;
	/* One file; takes the descriptor. path begins as root does, inside is what follows. False ends the walk. */
	bool (*file)(void *context, const struct fileitem *item);
	/*
	 * Something below the root could not be opened or read; error is a negative errno: -ENOENT: it has vanished
	 * meanwhile, -E2BIG: it is a folder at WALK_DEPTH_MAX. False ends the walk.
	 */
	bool (*failed)(void *context, const char *path, int error);
};

/* Folders in folders: a path of PATH_MAX bytes cannot have more, and each takes a descriptor and a piece of the stack. */
#define WALK_DEPTH_MAX 2048

/* Walks the tree at root. Returns 0; -ECANCELED when a function ended it; -ENOMEM, or why the root cannot be opened. */
_must_check_ int walk_tree(const struct walk *walk, const char *root);

#endif
