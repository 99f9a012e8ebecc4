// SPDX-License-Identifier: MIT
/* The files without which a root does not get to a login; see needs.h. */
#include "needs.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include "closure.h"
#include "rootfile.h"
#include "units.h"

#define FOLDER_MAX 16384 /* names in one folder */

/* The kernel's order (init/main.c, kernel_init); initramfs programs look in the same places. */
static const char *const inits[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

/* What systemd executes itself, and without which it starts nothing. */
static const char *const of_init[] = {"/usr/lib/systemd/systemd-executor",
	"/usr/lib/systemd/systemd-journald", "/usr/lib/systemd/systemd-udevd", "/usr/bin/udevadm",
	"/usr/bin/systemctl", "/usr/bin/mount"};

static const char *const logins[] = {"/sbin/agetty", "/usr/sbin/agetty", "/sbin/getty", "/bin/login",
	"/usr/bin/login", "/usr/sbin/sshd", "/usr/lib/openssh/sshd-session",
	"/usr/libexec/openssh/sshd-session", "/usr/sbin/sulogin", "/sbin/sulogin",
	"/usr/lib/systemd/systemd-logind", "/usr/sbin/unix_chkpwd", "/sbin/unix_chkpwd"};

static const char *const shells[] = {"/bin/sh", "/bin/bash", "/usr/bin/bash", "/bin/dash", "/usr/bin/zsh"};

static const char *const settings[] = {"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/nsswitch.conf",
	"/etc/fstab", "/etc/ld.so.cache", "/etc/machine-id", "/etc/login.defs", "/etc/systemd/system.conf",
	"/etc/pam.d/login", "/etc/pam.d/common-auth", "/etc/pam.d/system-auth", "/etc/ssh/sshd_config"};

/* Libraries that are opened by name while a user logs in, in folders of libraries. */
static const char *const plugins[] = {"libnss_*.so*", "security/pam_*.so"};

struct find {
	int root_fd;
	const char *root;
	struct needs *needs;
	struct closure closure;
	size_t taken; /* files of the closure that are in needs already */
};

const char *need_name(enum need need)
{
	static const char *const names[] = {
		"init", "services", "login", "shells", "modules", "settings", "other"};

	return names[need];
}

const char *need_heading(enum need need)
{
	static const char *const headings[] = {"init, and what it cannot do without",
		"services of the default target", "logging in", "shells", "kernel modules",
		"settings that are read first", "not needed for the boot"};

	return headings[need];
}

/* ---- the table ---------------------------------------------------------------------------- */

static size_t *index_place(const struct needs *needs, dev_t device, ino_t inode)
{
	uint64_t hash = ((uint64_t)inode ^ (uint64_t)device << 17) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (needs->index_size - 1);

	while (needs->index[at] && (needs->list[needs->index[at] - 1].inode != inode ||
					   needs->list[needs->index[at] - 1].device != device))
		at = (at + 1) & (needs->index_size - 1);
	return &needs->index[at];
}

struct needed *needs_look(const struct needs *needs, dev_t device, ino_t inode)
{
	size_t place = needs->index_size ? *index_place(needs, device, inode) : 0;

	return place ? &needs->list[place - 1] : NULL;
}

static int grow(struct needs *needs)
{
	size_t i, size = needs->size ? 2 * needs->size : 1024;
	struct needed *list = reallocarray(needs->list, size, sizeof(*list));
	size_t *index;

	if (!list)
		return -ENOMEM;
	needs->list = list;
	index = calloc(2 * size, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(needs->index);
	needs->index = index;
	needs->index_size = 2 * size;
	needs->size = size;
	for (i = 0; i < needs->count; i++)
		*index_place(needs, list[i].device, list[i].inode) = i + 1;
	return 0;
}

/* Adds a file, or a role to one that is there; the first need, which is the most important, stays. */
static int add(struct needs *needs, const struct needed *wanted)
{
	size_t *place;

	if (needs->count == needs->size && grow(needs) < 0)
		return -ENOMEM;
	place = index_place(needs, wanted->device, wanted->inode);
	if (*place) {
		needs->list[*place - 1].roles |= wanted->roles;
		return 0;
	}
	needs->list[needs->count] = *wanted;
	needs->list[needs->count].path = strdup(wanted->path);
	if (!needs->list[needs->count].path)
		return -ENOMEM;
	*place = ++needs->count;
	return 0;
}

/* Keeps a name to which `because` may point. */
static const char *keep(struct needs *needs, const char *name)
{
	char **names = reallocarray(needs->names, needs->name_count + 1, sizeof(*names));

	if (!names)
		return NULL;
	needs->names = names;
	names[needs->name_count] = strdup(name);
	return names[needs->name_count] ? names[needs->name_count++] : NULL;
}

void needs_free(struct needs *needs)
{
	while (needs->count)
		free(needs->list[--needs->count].path);
	while (needs->name_count)
		free(needs->names[--needs->name_count]);
	free(needs->list);
	free(needs->index);
	free(needs->names);
	problem_free(&needs->problem);
	*needs = (struct needs){0};
}

/* ---- programs ----------------------------------------------------------------------------- */

static unsigned int roles_of(unsigned int opened)
{
	unsigned int roles = 0;

	roles |= opened & CLOSURE_PROGRAM ? ROLE_PROGRAM : 0;
	roles |= opened & CLOSURE_SCRIPT ? ROLE_SCRIPT : 0;
	roles |= opened & CLOSURE_LINKER ? ROLE_LINKER : 0;
	roles |= opened & CLOSURE_LIBRARY ? ROLE_LIBRARY : 0;
	roles |= opened & CLOSURE_SETTINGS ? ROLE_READ : 0;
	return roles;
}

/* Takes over the files that the last program has added to the closure. */
static int take_files(struct find *find, enum need need, const char *because)
{
	int r = 0;

	for (; r == 0 && find->taken < find->closure.count; find->taken++) {
		const struct closure_file *file = &find->closure.files[find->taken];

		r = add(find->needs, &(struct needed){.device = file->dev,
					     .inode = file->ino,
					     .need = need,
					     .roles = roles_of(file->roles),
					     .path = file->path,
					     .because = because});
	}
	return r;
}

/* A program with all that it opens, if it is there. */
static int add_program(struct find *find, const char *path, enum need need, const char *because)
{
	_cleanup_problem_ struct problem ignored = {0};
	const char *kept = keep(find->needs, because);
	ssize_t at = kept ? closure_add(&find->closure, path, &ignored) : -ENOMEM;

	if (at == -ENOMEM)
		return -ENOMEM;
	/* What stopped half-way is needed as far as it got. */
	return take_files(find, need, kept);
}

static int add_programs(struct find *find, const char *const *paths, size_t count, enum need need)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < count; i++)
		r = add_program(find, paths[i], need, paths[i]);
	return r;
}

/* A file that is opened, if it is there. One that this user may not read is looked at by its own name. */
static int add_file(struct find *find, const char *path, enum need need, unsigned int roles)
{
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(find->root_fd, path, UINT64_MAX, &st);

	if (fd < 0 && (fd != -EACCES || fstatat(find->root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			      !S_ISREG(st.st_mode)))
		return 0;
	return add(find->needs, &(struct needed){.device = st.st_dev,
					.inode = st.st_ino,
					.need = need,
					.roles = roles,
					.path = (char *)path});
}

/* ---- groups ------------------------------------------------------------------------------- */

static bool is_there(struct find *find, const char *path)
{
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(find->root_fd, path, UINT64_MAX, &st);

	return fd >= 0;
}

static int add_init(struct find *find, const char *path)
{
	_cleanup_problem_ struct problem problem = {0};
	struct needs *needs = find->needs;
	size_t i;
	ssize_t at;

	for (i = 0; !path && i < ARRAY_SIZE(inits); i++)
		if (is_there(find, inits[i]))
			path = inits[i];
	if (!path) {
		problem_set(&needs->problem, -ENOENT,
			"has no init: there is none of /sbin/init, /etc/init, /bin/init, /bin/sh");
		problem_remedy(&needs->problem, "install one, or name it with --init");
		return 0;
	}
	needs->init = keep(needs, path);
	at = needs->init ? closure_add(&find->closure, path, &problem) : -ENOMEM;
	if (at == -ENOMEM)
		return -ENOMEM;
	if (at < 0) {
		problem_set(
			&needs->problem, (int)at, "cannot start %s: %s", path, problem_reason_text(&problem));
		problem_remedy(&needs->problem, "repair %s, or name another with --init", problem_path(path));
	} else if (find->closure.gap_count) {
		const struct closure_gap *gap = &find->closure.gaps[0];

		problem_set(&needs->problem, -ENOENT, "cannot start %s: %s, which %s asks for, %s", path,
			gap->name, find->closure.files[gap->user].path, gap->reason);
		problem_remedy(&needs->problem, "install what has it, and run ldconfig");
	}
	return take_files(find, NEED_INIT, needs->init);
}

static int add_units(struct find *find)
{
	_cleanup_units_ struct units units = {0};
	int r = units_follow(find->root_fd, find->root, &units);
	size_t i;

	for (i = 0; r == 0 && i < units.command_count; i++)
		r = add_program(find, units.commands[i].path, NEED_SERVICE, units.commands[i].unit);
	for (i = 0; r == 0 && i < units.file_count; i++)
		r = add_file(find, units.files[i], NEED_SETTINGS, ROLE_READ);
	return r;
}

/* The plug-ins in one folder of libraries, or in the folder that the pattern names below it. */
static int add_plugins(struct find *find, const char *folder, const char *pattern)
{
	const char *slash = strchr(pattern, '/');
	char place[512], path[1024];
	char **names = NULL;
	size_t count = 0, i;
	int r = 0;

	(void)snprintf(place, sizeof(place), "%s%s%.*s", folder, slash ? "/" : "",
		slash ? (int)(slash - pattern) : 0, pattern);
	if (root_list(find->root_fd, place, FOLDER_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; r == 0 && i < count; i++)
		if (fnmatch(slash ? slash + 1 : pattern, names[i], 0) == 0 &&
			(size_t)snprintf(path, sizeof(path), "%s/%s", place, names[i]) < sizeof(path))
			r = add_file(find, path, NEED_LOGIN, ROLE_LIBRARY);
	root_list_free(names, count);
	return r;
}

/* Folders of libraries: /lib64, /usr/lib and /usr/lib/TRIPLET. */
static int add_login_libraries(struct find *find)
{
	static const char *const folders[] = {"/usr/lib", "/usr/lib64", "/lib", "/lib64"};
	char place[512];
	char **names = NULL;
	size_t count, i, j, k;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		for (k = 0; r == 0 && k < ARRAY_SIZE(plugins); k++)
			r = add_plugins(find, folders[i], plugins[k]);
		count = 0;
		if (r < 0 || root_list(find->root_fd, folders[i], FOLDER_MAX, &names, &count) < 0)
			continue;
		for (j = 0; j < count; j++) {
			if (!strstr(names[j], "-linux-"))
				continue;
			(void)snprintf(place, sizeof(place), "%s/%s", folders[i], names[j]);
			for (k = 0; r == 0 && k < ARRAY_SIZE(plugins); k++)
				r = add_plugins(find, place, plugins[k]);
		}
		root_list_free(names, count);
	}
	return r;
}

int needs_find(int root_fd, const char *root, const char *init, struct needs *ret)
{
	struct find find = {.root_fd = root_fd, .root = root, .needs = ret};
	size_t i;
	int r;

	*ret = (struct needs){0};
	closure_init(&find.closure, root_fd, root);
	r = add_init(&find, init);
	if (r == 0)
		r = add_programs(&find, of_init, ARRAY_SIZE(of_init), NEED_INIT);
	if (r == 0)
		r = add_units(&find);
	if (r == 0)
		r = add_programs(&find, logins, ARRAY_SIZE(logins), NEED_LOGIN);
	if (r == 0)
		r = add_login_libraries(&find);
	if (r == 0)
		r = add_programs(&find, shells, ARRAY_SIZE(shells), NEED_SHELL);
	for (i = 0; r == 0 && i < ARRAY_SIZE(settings); i++)
		r = add_file(&find, settings[i], NEED_SETTINGS, ROLE_READ);
	/* A file that was taken early may have been opened in other ways since. */
	find.taken = 0;
	if (r == 0)
		r = take_files(&find, NEED_NONE, NULL);
	closure_free(&find.closure);
	return r;
}
