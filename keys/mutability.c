// SPDX-License-Identifier: MIT
/* Which files change; see mutability.h. */
#include "mutability.h"

#include <stddef.h>
#include <string.h>
#include "util.h"

static const char *const mutable_folders[] = {"/etc/", "/home/", "/root/", "/srv/", "/var/", "/tmp/", "/run/",
	"/boot/grub/", "/boot/grub2/", "/boot/loader/"};

/* What only its owner changes, and signs again. */
static const char *const fixed_folders[] = {"/etc/ima/", "/etc/keys/", "/etc/imaboot/"};

static bool is_below(const char *path, const char *const *folders, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

bool mutability_of(const char *path)
{
	return is_below(path, mutable_folders, ARRAY_SIZE(mutable_folders)) &&
	       !is_below(path, fixed_folders, ARRAY_SIZE(fixed_folders));
}
