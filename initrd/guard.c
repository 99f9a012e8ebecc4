// SPDX-License-Identifier: MIT
/* The guard over the policy file; see guard.h. */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include "sysfile.h"

#define LINE_FIELDS 6 /* id, parent, device, root, mount point, options */

bool mountinfo_is_guard(const char *line, const char *path)
{
	const char *fields[LINE_FIELDS];
	size_t i, len = strlen(path);

	for (i = 0; i < LINE_FIELDS; i++) {
		fields[i] = line;
		line += strcspn(line, " \n");
		if (*line != ' ')
			return false;
		line++;
	}
	return strncmp(fields[4], path, len) == 0 && fields[4][len] == ' ' &&
	       strncmp(fields[5], "ro", 2) == 0 && (fields[5][2] == ',' || fields[5][2] == ' ');
}

static bool take_mount_line(const char *line, void *context)
{
	bool *found = context;

	*found = mountinfo_is_guard(line, IMA_POLICY);
	return !*found;
}

bool guard_is_set(void)
{
	bool found = false;

	return sysfile_lines(PROC_MOUNTINFO, take_mount_line, &found) == 0 && found;
}

int guard_set(void)
{
	char path[PATH_MAX];
	int r = sysfile_path(IMA_POLICY, path);

	if (r < 0)
		return r;
	if (guard_is_set())
		return 0;
	if (mount(path, path, NULL, MS_BIND, NULL) < 0)
		return -errno;
	if (mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    NULL) < 0) {
		r = -errno;
		(void)umount2(path, MNT_DETACH);
		return r;
	}
	return guard_is_set() ? 0 : -EPROTO;
}

int guard_lift(void)
{
	char path[PATH_MAX];
	int r = sysfile_path(IMA_POLICY, path);

	if (r < 0)
		return r;
	while (guard_is_set())
		if (umount2(path, UMOUNT_NOFOLLOW) < 0)
			return -errno;
	return 0;
}
