/* SPDX-License-Identifier: MIT */
/*
 * Which files of a system change while it runs. A signature makes a file immutable once it is
 * appraised (the kernel refuses to write to it: ima_appraise.c, ima_inode_setxattr and
 * process_measurement), a digest is kept up to date by the kernel when the file is closed.
 */
#ifndef IMABOOT_MUTABILITY_H
#define IMABOOT_MUTABILITY_H

#include <stdbool.h>
#include "util.h"

/*
 * True for a file below the folders that a running system writes to (/etc, /home, /root, /srv, /var, /boot/grub and
 * their like, and rpm's database in /usr/lib/sysimage), and for a swap file, but for keys, certificates and policies of IMA. path is absolute inside the system.
 * Whether the content is executable is the caller's to ask: what is executed is to be signed.
 */
bool mutability_of(const char *path);

/* True for a path that begins with one of those folders' names, which end with a slash. */
bool mutability_is_below(const char *path, const char *const *folders, size_t count);

/*
 * An absolute path without what says the same in other words: slashes that repeat, "." and "..", which takes the part
 * before it away, links or not. To be freed; NULL when memory ran out.
 */
_must_check_ char *mutability_path(const char *path);

#endif
