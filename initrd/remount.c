// SPDX-License-Identifier: MIT
/* A file system of the real root, made writable for a moment; see remount.h. */
#include "remount.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include "format.h"
#include "log.h"
#include "sysfile.h"

#define POINT_FIELD 4 /* id, parent, device, root, mount point */

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

bool mountinfo_point(const char *line, int id, char ret[static PATH_MAX])
{
	char *end;
	size_t len = 0;
	int i;

	if (strtol(line, &end, 10) != id || end == line)
		return false;
	for (i = 0; i < POINT_FIELD; i++) {
		line += strcspn(line, " ");
		line += *line == ' ';
	}
	for (; *line && *line != ' ' && len < PATH_MAX - 1; line++) {
		if (*line == '\\' && is_octal(line[1]) && is_octal(line[2]) && is_octal(line[3])) {
			ret[len++] = (char)((line[1] - '0') << 6 | (line[2] - '0') << 3 | (line[3] - '0'));
			line += 3;
		} else {
			ret[len++] = *line;
		}
	}
	ret[len] = '\0';
	return len && (!*line || *line == ' ');
}

struct search {
	int id;
	char *point;
	bool found;
};

static bool take_line(const char *line, void *context)
{
	struct search *search = context;

	search->found = mountinfo_point(line, search->id, search->point);
	return !search->found;
}

static bool take_id(const char *line, void *context)
{
	struct search *search = context;

	if (strncmp(line, "mnt_id:", 7) == 0)
		search->id = (int)strtol(line + 7, NULL, 10);
	return true;
}

/* Where the file system of a folder is mounted. Returns 0 or a negative errno. */
static int find_mount(int dir_fd, char ret[static PATH_MAX])
{
	struct search search = {.id = -1, .point = ret};
	char path[64];
	int r;

	(void)format_text(path, sizeof(path), "/proc/self/fdinfo/%d", dir_fd);
	r = sysfile_lines(path, take_id, &search);
	if (r == 0)
		r = sysfile_lines(PROC_MOUNTINFO, take_line, &search);
	return r < 0 ? r : search.found ? 0 : -ENOENT;
}

/* The flags that a remount must give again, or it takes them away. */
static unsigned long mount_flags(unsigned long statvfs_flags)
{
	static const struct {
		unsigned long statvfs, mount;
	} flags[] = {{ST_NOSUID, MS_NOSUID}, {ST_NODEV, MS_NODEV}, {ST_NOEXEC, MS_NOEXEC},
		{ST_SYNCHRONOUS, MS_SYNCHRONOUS}, {ST_NOATIME, MS_NOATIME}, {ST_NODIRATIME, MS_NODIRATIME},
		{ST_RELATIME, MS_RELATIME}};
	unsigned long ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (statvfs_flags & flags[i].statvfs)
			ret |= flags[i].mount;
	return ret;
}

static int explain(int error, const char *point, struct problem *problem)
{
	problem_set(problem, error, "the file system on %s cannot be made writable: %s",
		*point ? point : "it", strerror(-error));
	problem_remedy(
		problem, "check the disk and its file system (fsck), or repair it from another system");
	return error;
}

int remount_writable(int dir_fd, struct remount *ret, struct problem *problem)
{
	struct statvfs st;
	int r;

	*ret = (struct remount){0};
	if (fstatvfs(dir_fd, &st) < 0)
		return explain(-errno, ret->mount_point, problem);
	if (!(st.f_flag & ST_RDONLY))
		return 0;
	r = find_mount(dir_fd, ret->mount_point);
	if (r < 0)
		return explain(r, ret->mount_point, problem);
	ret->flags = mount_flags(st.f_flag);
	if (mount(NULL, ret->mount_point, NULL, MS_REMOUNT | ret->flags, "") < 0)
		return explain(-errno, ret->mount_point, problem);
	ret->made_writable = true;
	/* A file system with errors may stay read-only and say nothing. */
	if (fstatvfs(dir_fd, &st) < 0 || (st.f_flag & ST_RDONLY))
		return explain(-EROFS, ret->mount_point, problem);
	return 0;
}

void remount_back(struct remount *remount)
{
	if (!remount->made_writable)
		return;
	remount->made_writable = false;
	sync();
	if (mount(NULL, remount->mount_point, NULL, MS_REMOUNT | MS_RDONLY | remount->flags, "") < 0)
		log_warning(
			"the file system on %s stays writable: %s", remount->mount_point, strerror(errno));
}
