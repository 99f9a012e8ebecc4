// SPDX-License-Identifier: MIT
/* What a root needs to get to a login, put into the table; see needs.h. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include "hwcaps.h"
#include "inittab.h"
#include "needs_internal.h"
#include "rootfile.h"
#include "targets.h"
#include "units.h"

#define FOLDER_MAX 16384 /* names in one folder */
#define DEPTH_MAX 16     /* folders below that of a kernel's modules */

/*
 * What systemd executes itself, and without which it starts nothing. Where /usr is not merged, programs are in /lib and
 * /bin; what is found twice is one file.
 */
static const char *const of_init[] = {"/usr/lib/systemd/systemd-executor", "/lib/systemd/systemd-executor",
	"/usr/lib/systemd/systemd-journald", "/lib/systemd/systemd-journald",
	"/usr/lib/systemd/systemd-udevd", "/lib/systemd/systemd-udevd", "/usr/bin/udevadm", "/bin/udevadm",
	"/sbin/udevadm", "/usr/bin/systemctl", "/bin/systemctl", "/usr/bin/mount", "/bin/mount"};

/* What the kernel and systemd start on the way that no unit names. */
static const char *const of_services[] = {"/sbin/modprobe", "/usr/sbin/modprobe",
	"/usr/lib/systemd/system-generators/systemd-fstab-generator",
	"/lib/systemd/system-generators/systemd-fstab-generator"};

static const char *const logins[] = {"/sbin/agetty", "/usr/sbin/agetty", "/sbin/getty", "/bin/login",
	"/usr/bin/login", "/usr/sbin/sshd", "/usr/lib/openssh/sshd-session",
	"/usr/libexec/openssh/sshd-session", "/usr/sbin/sulogin", "/sbin/sulogin",
	"/usr/lib/systemd/systemd-logind", "/lib/systemd/systemd-logind", "/usr/sbin/unix_chkpwd",
	"/sbin/unix_chkpwd"};

static const char *const shells[] = {"/bin/sh", "/bin/bash", "/usr/bin/bash", "/bin/dash", "/usr/bin/zsh"};

static const char *const settings[] = {"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/nsswitch.conf",
	"/etc/fstab", "/etc/ld.so.cache", "/etc/machine-id", "/etc/login.defs", "/etc/inittab",
	"/etc/systemd/system.conf", "/etc/pam.d/login", "/etc/pam.d/common-auth", "/etc/pam.d/system-auth",
	"/etc/ssh/sshd_config"};

/* Libraries that are opened by name while a user logs in, in folders of libraries. */
static const char *const plugins[] = {"libnss_*.so*", "security/pam_*.so"};

struct find {
	int root_fd;
	const char *root;
	const struct needs_options *options;
	struct needs *needs;
	struct closure closure;
	size_t taken;      /* files of the closure that are in needs already */
	size_t gaps_taken; /* gaps of it that were looked at */
	bool early;        /* what is added now is opened before labels are known */
};

/* ---- files -------------------------------------------------------------------------------- */

/* A number for a path that cannot be looked at either: the same for the same path (FNV-1a). */
static ino_t number_of(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path; path++)
		hash = (hash ^ (uint8_t)*path) * UINT64_C(0x100000001b3);
	return (ino_t)hash;
}

/* A file, or what has its name, that this user may not read: whether it is denied is for the plan to say or to ask. */
static int add_unreadable(struct find *find, const char *path, enum need need, unsigned int roles)
{
	struct needed needed = {.need = need, .roles = roles, .path = (char *)path, .early = find->early};
	struct stat st;

	if (root_stat(find->root_fd, path, &st) == 0) {
		needed.device = st.st_dev;
		needed.inode = st.st_ino;
	} else {
		needed.inode = number_of(path);
	}
	return needs_add(find->needs, &needed);
}

/* A file that is opened, if it is there. */
static int add_file(struct find *find, const char *path, enum need need, unsigned int roles)
{
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(find->root_fd, path, UINT64_MAX, &st);

	if (fd == -EACCES)
		return add_unreadable(find, path, need, roles);
	return fd < 0 ? 0
		      : needs_add(find->needs, &(struct needed){.device = st.st_dev,
						       .inode = st.st_ino,
						       .need = need,
						       .roles = roles,
						       .path = (char *)path});
}

/* A script is not mapped, by whatever it is executed. */
static unsigned int roles_of(unsigned int opened)
{
	unsigned int roles = 0;

	roles |= opened & CLOSURE_PROGRAM && !(opened & CLOSURE_SCRIPT) ? ROLE_PROGRAM : 0;
	roles |= opened & CLOSURE_SCRIPT ? ROLE_SCRIPT : 0;
	roles |= opened & CLOSURE_LINKER ? ROLE_LINKER : 0;
	roles |= opened & CLOSURE_LIBRARY ? ROLE_LIBRARY : 0;
	roles |= opened & (CLOSURE_SETTINGS | CLOSURE_DATA) ? ROLE_READ : 0;
	return roles;
}

static bool is_unreadable(const struct find *find, const char *path)
{
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(find->root_fd, path, UINT64_MAX, &st);

	return fd == -EACCES;
}

/* Takes over the files that the last program has added to the closure, and the interpreters that it could not read. */
static int take_files(struct find *find, enum need need, const char *because)
{
	int r = 0;

	for (; r == 0 && find->gaps_taken < find->closure.gap_count; find->gaps_taken++) {
		const char *name = find->closure.gaps[find->gaps_taken].name;

		if (*name == '/' && is_unreadable(find, name))
			r = add_unreadable(find, name, need, ROLE_PROGRAM | ROLE_SCRIPT | ROLE_LINKER);
	}
	for (; r == 0 && find->taken < find->closure.count; find->taken++) {
		const struct closure_file *file = &find->closure.files[find->taken];

		r = needs_add(find->needs, &(struct needed){.device = file->dev,
						   .inode = file->ino,
						   .need = need,
						   .roles = roles_of(file->roles),
						   .path = file->path,
						   .because = because,
						   .early = find->early});
	}
	return r;
}

/* From here on nothing more is found: that all of it may run is not known. */
static void note_too_many(struct find *find, const char *path, const struct problem *problem)
{
	struct problem *ret = &find->needs->problem;

	if (ret->error)
		return;
	problem_set(ret, -E2BIG, "needs more than is looked at, of which %s is the first: %s", path,
		problem_reason_text(problem));
	problem_remedy(
		ret, "see what that program asks for (readelf -d), and put the right one in its place");
}

/* A program with all that it opens, if it is there. */
static int add_program(struct find *find, const char *path, enum need need, const char *because)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *kept = needs_keep(find->needs, because);
	ssize_t at = kept ? closure_add(&find->closure, path, &problem) : -ENOMEM;

	if (at == -ENOMEM)
		return -ENOMEM;
	if (at == -EACCES && is_unreadable(find, path))
		return add_unreadable(find, path, need, ROLE_PROGRAM | ROLE_SCRIPT);
	if (at == -E2BIG)
		note_too_many(find, path, &problem);
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

/* ---- init --------------------------------------------------------------------------------- */

/* Why init cannot be started: the first time alone, when all is as it is on this machine. */
static void note_problem(struct find *find, const char *path, int error, const struct problem *problem)
{
	struct problem *ret = &find->needs->problem;
	const struct closure_gap *gap = find->closure.gap_count ? &find->closure.gaps[0] : NULL;

	if (ret->error || (error == 0 && (!gap || is_unreadable(find, gap->name))))
		return;
	if (error == -ENOENT && !find->options->init) {
		problem_set(ret, error, "has no init: %s", problem_reason_text(problem));
		problem_remedy(ret, "install one, or name it with --init");
	} else if (error < 0) {
		problem_set(ret, error, "cannot start %s: %s", path, problem_reason_text(problem));
		problem_remedy(ret, "repair %s, or name another with --init", problem_path(path));
	} else {
		problem_set(ret, -ENOENT, "cannot start %s: %s, which %s asks for, %s", path, gap->name,
			find->closure.files[gap->user].path, gap->reason);
		problem_remedy(ret, "install what has it, and run ldconfig");
	}
}

/* The path by which init is started: the first that is there. */
static const char *init_path(struct find *find)
{
	struct stat st;
	size_t i;

	for (i = 0; !find->options->init && i < TARGETS_INITS; i++)
		if (root_stat(find->root_fd, targets_inits[i], &st) == 0)
			return targets_inits[i];
	return find->options->init ? find->options->init : targets_inits[0];
}

/* The init, and what is looked at with it before a policy is committed; see targets.h. */
static int add_init(struct find *find)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *path = init_path(find), *tried;
	ssize_t at;
	int r = 0;

	if (is_unreadable(find, path)) {
		find->needs->init = needs_keep(find->needs, path);
		return find->needs->init ? add_unreadable(find, path, NEED_INIT, ROLE_PROGRAM | ROLE_SCRIPT)
					 : -ENOMEM;
	}
	at = targets_add_init(&find->closure, find->options->init, &tried, &problem);
	if (at == -ENOMEM)
		return -ENOMEM;
	if (at != -ENOENT || find->options->init)
		find->needs->init = needs_keep(find->needs, path);
	note_problem(find, path, at < 0 ? (int)at : 0, &problem);
	if (at >= 0)
		r = targets_add_systemd(&find->closure, (size_t)at, find->options->has_selinux,
			&find->needs->selinux, &problem);
	if (r == -E2BIG)
		note_problem(find, path, r, &problem);
	return r == -ENOMEM ? r : take_files(find, NEED_INIT, find->needs->init);
}

/* Programs that the configuration wants to run: the boot refuses a policy that denies them. */
static int add_listed(struct find *find)
{
	const struct config *config = find->options->config;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && config->preflight != PREFLIGHT_OFF && i < config->preflight_path_count; i++)
		r = add_program(find, config->preflight_paths[i], NEED_INIT, "imaboot.conf");
	return r;
}

/* ---- groups ------------------------------------------------------------------------------- */

static int add_service(void *context, const char *path, const char *because)
{
	return add_program(context, path, NEED_SERVICE, because);
}

static int add_units(struct find *find)
{
	_cleanup_units_ struct units units = {0};
	int r = units_follow(find->root_fd, find->root, &units);
	size_t i;

	for (i = 0; r == 0 && i < units.command_count; i++)
		r = add_service(find, units.commands[i].path, units.commands[i].unit);
	for (i = 0; r == 0 && i < units.file_count; i++)
		r = add_file(find, units.files[i], NEED_SETTINGS, ROLE_READ);
	if (units.too_many && !find->needs->problem.error) {
		problem_set(&find->needs->problem, -E2BIG, "has more or larger units than are looked at");
		problem_remedy(&find->needs->problem, "remove what nobody needs from /etc/systemd/system");
	}
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

/* ---- modules ------------------------------------------------------------------------------ */

static int add_modules(struct find *find, const char *folder, unsigned int depth);

static int add_module(struct find *find, const char *path, unsigned int depth)
{
	struct stat st;
	int r = root_stat(find->root_fd, path, &st);

	if (r == -EACCES)
		return add_unreadable(find, path, NEED_MODULE, ROLE_MODULE);
	if (r < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return depth < DEPTH_MAX ? add_modules(find, path, depth + 1) : 0;
	if (!S_ISREG(st.st_mode) || (fnmatch("*.ko", path, 0) != 0 && fnmatch("*.ko.*", path, 0) != 0))
		return 0;
	return needs_add(find->needs, &(struct needed){.device = st.st_dev,
					      .inode = st.st_ino,
					      .need = NEED_MODULE,
					      .roles = ROLE_MODULE,
					      .path = (char *)path});
}

/* All modules below a folder, on whatever file system they are. A folder that cannot be listed is an entry by itself. */
static int add_modules(struct find *find, const char *folder, unsigned int depth)
{
	char path[PATH_MAX];
	char **names = NULL;
	size_t count = 0, i;
	int r = root_list(find->root_fd, folder, FOLDER_MAX, &names, &count);

	if (r < 0)
		return r == -ENOMEM ? r : add_unreadable(find, folder, NEED_MODULE, ROLE_MODULE);
	for (i = 0; r == 0 && i < count; i++) {
		/* Links to the kernel's sources. */
		if (depth == 0 && (string_equal(names[i], "build") || string_equal(names[i], "source")))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, names[i]) < sizeof(path))
			r = add_module(find, path, depth);
	}
	root_list_free(names, count);
	return r;
}

/* The folder of a kernel's modules by its real name, which its modules are then told by. */
static int add_release(struct find *find, const char *release)
{
	char path[PATH_MAX], real[PATH_MAX];
	const char *name;
	_cleanup_close_ int fd = -1;

	if ((size_t)snprintf(path, sizeof(path), "/lib/modules/%s/x", release) >= sizeof(path))
		return 0;
	fd = root_open_parent(find->root_fd, path, &name);
	if (fd == -ENOENT)
		return 0;
	*strrchr(path, '/') = '\0';
	if (fd < 0 || rootfile_real_path(find->root_fd, fd, real) < 0)
		return add_unreadable(find, path, NEED_MODULE, ROLE_MODULE);
	return add_modules(find, real, 0);
}

static int add_kernels(struct find *find)
{
	char **names = NULL;
	size_t count = 0, i;
	int r = 0;

	if (find->options->release)
		return add_release(find, find->options->release);
	if (root_list(find->root_fd, "/lib/modules", FOLDER_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; r == 0 && i < count; i++)
		r = add_release(find, names[i]);
	root_list_free(names, count);
	return r;
}

/* ---- all of them -------------------------------------------------------------------------- */

/* The programs, as a processor of one level (hwcaps.h) would run them. */
static int add_all_programs(struct find *find)
{
	int r;

	find->early = true;
	r = add_init(find);
	if (r == 0)
		r = add_listed(find);
	find->early = false;
	if (r == 0)
		r = add_programs(find, of_init, ARRAY_SIZE(of_init), NEED_INIT);
	if (r == 0)
		r = add_units(find);
	if (r == 0)
		r = inittab_follow(find->root_fd, find->root, find->needs->init, add_service, find);
	if (r == 0)
		r = add_programs(find, of_services, ARRAY_SIZE(of_services), NEED_SERVICE);
	if (r == 0)
		r = add_programs(find, logins, ARRAY_SIZE(logins), NEED_LOGIN);
	if (r == 0)
		r = add_login_libraries(find);
	if (r == 0)
		r = add_programs(find, shells, ARRAY_SIZE(shells), NEED_SHELL);
	/* A file that was taken before may have been opened in other ways since. */
	find->taken = 0;
	return r == 0 ? take_files(find, NEED_NONE, NULL) : r;
}

int needs_find(int root_fd, const char *root, const struct needs_options *options, struct needs *ret)
{
	struct find find = {.root_fd = root_fd, .root = root, .options = options, .needs = ret};
	/* 0: that of the running processor. */
	unsigned int level = options->other_machine ? 1 : 0,
		     last = options->other_machine ? HWCAPS_LEVEL_MAX : 0;
	size_t i;
	int r = 0;

	*ret = (struct needs){0};
	for (; r == 0 && level <= last; level++) {
		closure_init(&find.closure, root_fd, root);
		find.closure.level = level;
		find.taken = find.gaps_taken = 0;
		r = add_all_programs(&find);
		closure_free(&find.closure);
	}
	if (r == 0)
		r = add_kernels(&find);
	for (i = 0; r == 0 && i < ARRAY_SIZE(settings); i++)
		r = add_file(&find, settings[i], NEED_SETTINGS, ROLE_READ);
	return r;
}
