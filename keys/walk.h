/* SPDX-License-Identifier: MIT */
/*
 * The regular files of a tree, found by openat alone: a folder that is replaced by a link while
 * it is walked leads nowhere. Links are not followed, hard links come once, devices and the like
 * are passed by without being opened.
 */
#ifndef IMABOOT_WALK_H
#define IMABOOT_WALK_H

#include "fileitem.h"
#include "verb.h"

struct walk {
	const struct verb_strings *exclude; /* globs, as --exclude */
	bool cross_device;
	void *context;
	/* One file; takes the descriptor. path begins as root does, inside is what follows. False ends the walk. */
	bool (*file)(void *context, const struct fileitem *item);
	/* Something could not be opened or read; error is a negative errno. False ends the walk. */
	bool (*failed)(void *context, const char *path, int error);
};

/* Walks the tree at root. Returns 0; -ENOMEM; -ECANCELED when a function ended it. */
_must_check_ int walk_tree(const struct walk *walk, const char *root);

#endif
