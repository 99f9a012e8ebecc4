// SPDX-License-Identifier: MIT
/* The recovery in the running system; see late_recovery.h. */
#include "late_recovery.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "elffile.h"
#include "format.h"
#include "recovery_run.h"
#include "rootfile.h"
#include "sysfile.h"

#define PROGRAM_SIZE_MAX (16 * 1024 * 1024) /* bytes */
#define PROGRAM_PATH "/usr/sbin/imaboot"
#define ROOT_POINT "/sysroot"
#define COMMANDS RECOVERY_DIR "/bin"
#define COMMANDS_MAX 2048 /* busybox has some 400 */

static const char *const programs[] = {RECOVERY_BUSYBOX, RECOVERY_AUTH, RECOVERY_PROGRAM};
/* Folders of RUN_LATE, in the order in which they are made. */
static const char *const folders[] = {
	"", "/usr", "/usr/sbin", "/usr/lib", RECOVERY_DIR, "/proc", "/sys", "/dev", "/run", ROOT_POINT};
/* What the recovery has of the running system: where it is, and where in RUN_LATE it is seen. */
static const struct {
	const char *source, *point;
	unsigned long flags; /* MS_REC: with what is mounted below it */
} mounts[] = {{"/", ROOT_POINT, MS_REC}, {"/proc", "/proc", MS_REC}, {"/sys", "/sys", MS_REC},
	{"/dev", "/dev", MS_REC}, {"/run", "/run", 0}};

/* Below RUN_LATE nobody but root has a look: paths are made of constants, and fit. */
static int late_path(const char *path, char ret[static PATH_MAX])
{
	char late[PATH_MAX];

	(void)format_text(late, sizeof(late), RUN_LATE "%s", path);
	return sysfile_path(late, ret);
}

static int make_folders(void)
{
	char path[PATH_MAX];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(folders); i++) {
		r = late_path(folders[i], path);
		if (r == 0 && mkdir(path, 0700) < 0 && errno != EEXIST)
			r = -errno;
	}
	return r;
}

/* Whether the kernel needs nothing else to run it; a script is run by busybox. */
static bool runs_alone(const struct rootfile *file)
{
	const struct elf_source source = {.bytes = file->bytes, .fd = -1, .len = file->len};
	struct elf elf = {0};
	const char *why;
	bool ret;
	int r;

	if (file->len > 2 && memcmp(file->bytes, "#!", 2) == 0)
		return true;
	r = elf_read(&source, &elf, &why);
	ret = r == 0 && !elf.interp && !elf.needed_count;
	elf_free(&elf);
	return ret;
}

static int keep(int image_fd, const char *image, const char *path, struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem finding = {0};
	char copy[PATH_MAX];
	int r = rootfile_read(image_fd, image, path, PROGRAM_SIZE_MAX, &file, &finding);

	/* Only images with a password have the program that checks it. */
	if (r == -ENOENT && string_equal(path, RECOVERY_AUTH))
		return 0;
	if (r < 0)
		return problem_set(problem, r, "%s: %s", path, problem_reason_text(&finding));
	if (!runs_alone(&file)) {
		problem_set(problem, -ENOEXEC, "%s of the image needs shared libraries", path);
		problem_remedy(problem, "make the image with a static busybox (Debian: busybox-static)");
		return -ENOEXEC;
	}
	(void)format_text(copy, sizeof(copy), RUN_LATE "%s", path);
	r = sysfile_replace(copy, file.bytes, file.len, 0700);
	return r < 0 ? problem_set(problem, r, "%s cannot be written: %s", copy, strerror(-r)) : 0;
}

int late_recovery_save(int image_fd, const char *image, struct problem *problem)
{
	size_t i;
	int r;

	if (faccessat(image_fd, &RECOVERY_PROGRAM[1], X_OK, 0) < 0)
		return 0;
	r = make_folders();
	if (r < 0)
		problem_set(problem, r, "folders cannot be made below " RUN_LATE ": %s", strerror(-r));
	/* The script comes last: where it is, the others are. */
	for (i = 0; r == 0 && i < ARRAY_SIZE(programs); i++)
		r = keep(image_fd, image, programs[i], problem);
	if (r < 0)
		late_recovery_forget();
	return r;
}

/* The names of its commands that busybox gave itself there. */
static void forget_commands(void)
{
	char path[PATH_MAX];
	_cleanup_close_ int fd = late_path(COMMANDS, path) < 0 ? -1 : root_open(path);
	char **names = NULL;
	size_t count = 0, i;

	if (fd < 0 || root_list(fd, "/", COMMANDS_MAX, &names, &count) < 0)
		return;
	for (i = 0; i < count; i++)
		(void)unlinkat(fd, names[i], 0);
	root_list_free(names, count);
	(void)rmdir(path);
}

void late_recovery_forget(void)
{
	char path[PATH_MAX];
	size_t i = ARRAY_SIZE(programs);

	forget_commands();
	while (i--)
		if (late_path(programs[i], path) == 0)
			(void)unlink(path);
	if (late_path(PROGRAM_PATH, path) == 0)
		(void)unlink(path);
}

/* ---- the child ---- */

static int bind(const char *source, const char *point, unsigned long flags)
{
	char from[PATH_MAX], to[PATH_MAX];
	int r = sysfile_path(source, from);

	if (r == 0)
		r = late_path(point, to);
	if (r == 0 && mount(from, to, NULL, MS_BIND | flags, NULL) < 0)
		r = -errno;
	return r;
}

/*
 * The program that runs, by its name: the file that was executed is one of the namespace of before, which cannot be bound
 * in this one (fs/namespace.c, __do_loopback).
 */
static int bind_program(void)
{
	char running[PATH_MAX], name[PATH_MAX], point[PATH_MAX];
	struct stat of_running, of_name;
	ssize_t len = 0;
	int r = sysfile_path(PROC_SELF_EXE, running);

	if (r == 0)
		r = late_path(PROGRAM_PATH, point);
	if (r == 0 && (len = readlink(running, name, sizeof(name) - 1)) < 0)
		r = -errno;
	if (r < 0)
		return r;
	name[len] = '\0';
	if (stat(running, &of_running) < 0 || stat(name, &of_name) < 0)
		return -errno;
	if (of_running.st_dev != of_name.st_dev || of_running.st_ino != of_name.st_ino)
		return -ESTALE;
	/* A file is mounted on a file. */
	if (mknod(point, S_IFREG | 0700, 0) < 0 && errno != EEXIST)
		return -errno;
	return mount(name, point, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

/* The folder under itself, since programs in it may be executed although /run may say that none may. */
static int mount_all(void)
{
	char late[PATH_MAX];
	size_t i;
	int r = late_path("", late);

	if (r == 0)
		r = bind(RUN_LATE, "", 0);
	if (r == 0 && mount(NULL, late, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV, NULL) < 0)
		r = -errno;
	for (i = 0; r == 0 && i < ARRAY_SIZE(mounts); i++)
		r = bind(mounts[i].source, mounts[i].point, mounts[i].flags);
	return r < 0 ? r : bind_program();
}

/* What is mounted goes away with the namespace, at the end of the last process in it. */
static int enter(void)
{
	char late[PATH_MAX];
	int r;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	r = mount_all();
	if (r == 0)
		r = late_path("", late);
	if (r == 0 && (chroot(late) < 0 || chdir("/") < 0))
		r = -errno;
	return r;
}

int late_recovery_run(void)
{
	return recovery_run(ROOT_POINT, enter);
}
