// SPDX-License-Identifier: MIT
/* Which files change; see mutability.h. */
#include "mutability.h"

#include "buf.h"

static const char *const mutable_folders[] = {"/etc/", "/home/", "/root/", "/srv/", "/var/", "/tmp/", "/run/",
	"/boot/grub/", "/boot/grub2/", "/boot/loader/", "/usr/lib/sysimage/"};

static const char *const mutable_files[] = {"/swapfile", "/swap.img"};

/* What only its owner changes, and signs again. */
static const char *const fixed_folders[] = {"/etc/ima/", "/etc/keys/", "/etc/imaboot/"};

bool mutability_is_below(const char *path, const char *const *folders, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

/* Takes the last part away. */
static void go_up(struct buf *path)
{
	while (path->len && path->data[path->len - 1] != '/')
		path->len--;
	if (path->len)
		path->len--;
}

char *mutability_path(const char *path)
{
	struct buf ret = {0};
	size_t len;

	for (path += strspn(path, "/"); *path; path += len + strspn(path + len, "/")) {
		len = strcspn(path, "/");
		if (len == 2 && memcmp(path, "..", 2) == 0) {
			go_up(&ret);
		} else if (len != 1 || *path != '.') {
			buf_putc(&ret, '/');
			buf_add(&ret, path, len);
		}
	}
	if (!ret.len)
		buf_putc(&ret, '/');
	else
		buf_add(&ret, "", 0);
	return buf_take(&ret);
}

bool mutability_of(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mutable_files); i++)
		if (string_equal(path, mutable_files[i]))
			return true;
	return mutability_is_below(path, mutable_folders, ARRAY_SIZE(mutable_folders)) &&
	       !mutability_is_below(path, fixed_folders, ARRAY_SIZE(fixed_folders));
}
