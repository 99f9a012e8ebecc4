// SPDX-License-Identifier: MIT
/* Files that others may have written; see others.h. */
#include "others.h"

#include "mutability.h"

/* Where users put files, whoever owns those. */
static const char *const folders[] = {"/home/", "/tmp/", "/var/tmp/", "/run/"};

const char *others_may_write(const char *inside, const struct stat *st, const struct stat *root)
{
	/* Who may write to the root folder may replace all that is in it. */
	bool is_roots_group = st->st_gid == root->st_gid && root->st_mode & S_IWGRP;

	if (st->st_uid && st->st_uid != root->st_uid)
		return "its owner is neither root nor the owner of the tree";
	if (st->st_mode & S_IWOTH)
		return "all users may write to it";
	if (st->st_mode & S_IWGRP && !is_roots_group)
		return "its group may write to it";
	return mutability_is_below(inside, folders, ARRAY_SIZE(folders)) ? "it lies where users put files"
									 : NULL;
}
