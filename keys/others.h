/* SPDX-License-Identifier: MIT */
/*
 * Whether others than who owns a system may have written a file of it: what lies in a tree is not what its owner put
 * there only because the owner signs the tree.
 */
#ifndef IMABOOT_OTHERS_H
#define IMABOOT_OTHERS_H

#include <sys/stat.h>
#include "util.h"

/*
 * Why others may have written the file, as a clause; NULL: only who may write to the root folder, and root. inside is
 * its absolute path in the system, root the root folder.
 */
const char *others_may_write(const char *inside, const struct stat *st, const struct stat *root);

#endif
