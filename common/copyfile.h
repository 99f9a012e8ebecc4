/* SPDX-License-Identifier: MIT */
/*
 * A copy of a file that is whole before anybody sees it: content, owner, mode and extended attributes, synced, under a
 * name of its own. The caller renames it (rename(2) puts it in place in one step) and syncs the folder.
 */
#ifndef IMABOOT_COPYFILE_H
#define IMABOOT_COPYFILE_H

#include "rootfile.h"
#include "util.h"

/*
 * Makes a file of that name in an open folder, in place of one that an earlier try left. What is copied is the content
 * that was read, and owner, mode and attributes of the open file, but for an HMAC of EVM: that is over the inode, and the
 * kernel makes one for the copy. Returns 0, or a negative errno with nothing left behind.
 */
_must_check_ int copyfile_make(int dir_fd, const char *name, const struct rootfile *file);

#endif
