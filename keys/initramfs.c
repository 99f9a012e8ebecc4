// SPDX-License-Identifier: MIT
/* The initramfs made anew; see initramfs.h. */
#include "initramfs.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include "interrupt.h"

#define DRACUT "/usr/bin/dracut"
#define UPDATE_INITRAMFS "/usr/sbin/update-initramfs"

static bool is_dracut(const struct initramfs *initramfs)
{
	return string_equal(initramfs->program, DRACUT);
}

int initramfs_find(const char *release, struct initramfs *ret, struct problem *problem)
{
	char modules[160];
	struct utsname running = {0};

	*ret = (struct initramfs){.program = access(UPDATE_INITRAMFS, X_OK) == 0 ? UPDATE_INITRAMFS
					     : access(DRACUT, X_OK) == 0         ? DRACUT
										 : NULL};
	if (!ret->program) {
		problem_set(problem, -ENOENT,
			"cannot be made: there is neither " UPDATE_INITRAMFS " nor " DRACUT);
		problem_remedy(problem, "install one, or make it by other means and use --no-initramfs");
		return -ENOENT;
	}
	if (!release && uname(&running) == 0)
		release = running.release;
	(void)snprintf(ret->release, sizeof(ret->release), "%s", release);
	(void)snprintf(modules, sizeof(modules), "/lib/modules/%s", ret->release);
	if (access(modules, F_OK) == 0)
		return 0;
	problem_set(problem, -ENOENT, "cannot be made: %s is not there", modules);
	problem_remedy(problem,
		"name an installed kernel's release, as 'uname -r' prints it, with --kernel, or make it by "
		"other means and use --no-initramfs");
	return -ENOENT;
}

/* What the program sees of the environment: nothing that changes what it does. */
static char *const environment[] = {
	(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C.UTF-8", (char *)"HOME=/root", NULL};

/*
 * A process group of its own: a signal is passed on to all of it, and no part of it goes on alone. SIGPIPE, which this
 * program ignores, ends it as it ends others.
 */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t defaults;
	int error;

	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	error = posix_spawnattr_setsigdefault(attributes, &defaults);
	return error ? error
		     : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(const char *program, char *const *arguments, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawnattr_init(&attributes);
	if (!error) {
		/* Standard output is the verb's own. */
		error = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
		if (!error)
			error = set_attributes(&attributes);
		if (!error)
			error = posix_spawn(ret, program, &actions, &attributes, arguments, environment);
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return -error;
}

/*
 * Waits for the end, also after an interrupt: it has files of its own to tidy up. A signal that comes between a look and
 * the sleep after it is noticed by the next look.
 */
static int wait_for(pid_t pid, int *ret_status)
{
	const struct timespec pause = {.tv_nsec = 100000000};
	unsigned int told = 0;
	pid_t ended;

	while ((ended = waitpid(pid, ret_status, WNOHANG)) == 0) {
		unsigned int count = interrupt_count();

		if (count > told)
			(void)kill(-pid, count > 1 ? SIGKILL : SIGTERM);
		told = count;
		(void)nanosleep(&pause, NULL);
	}
	return ended < 0 ? -errno : 0;
}

/* update-initramfs has a status of 0 also where its configuration, or a /boot that is read-only, kept it from work. */
static bool is_same(const char *image, bool was_there, const struct stat *before)
{
	struct stat after;

	if (stat(image, &after) < 0)
		return true;
	return was_there && after.st_ino == before->st_ino &&
	       after.st_ctim.tv_sec == before->st_ctim.tv_sec &&
	       after.st_ctim.tv_nsec == before->st_ctim.tv_nsec;
}

static int run(const struct initramfs *initramfs, struct problem *problem)
{
	char *release = (char *)initramfs->release;
	char *dracut[] = {(char *)"dracut", (char *)"--force", (char *)"--kver", release, NULL};
	char *update[] = {(char *)"update-initramfs", (char *)"-u", (char *)"-k", release, NULL};
	int status = 0, r;
	pid_t pid;

	r = spawn(initramfs->program, is_dracut(initramfs) ? dracut : update, &pid);
	if (r == 0)
		r = wait_for(pid, &status);
	if (r < 0)
		return problem_set(problem, r, "cannot be made: %s: %s", initramfs->program, strerror(-r));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	problem_set(problem, -EIO, "was not made: %s ended with %s %d", initramfs->program,
		WIFEXITED(status) ? "status" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	problem_remedy(problem, "see what it said above");
	return -EIO;
}

int initramfs_build(const struct initramfs *initramfs, struct problem *problem)
{
	char image[160];
	struct stat before;
	bool was_there;
	int r;

	(void)snprintf(image, sizeof(image), "/boot/initrd.img-%s", initramfs->release);
	was_there = stat(image, &before) == 0;
	r = run(initramfs, problem);
	if (r < 0 || is_dracut(initramfs) || !is_same(image, was_there, &before))
		return r;
	problem_set(problem, -EIO, "was not made: %s left %s as it was", initramfs->program, image);
	problem_remedy(problem, "see what it said above, whether /boot is writable, and update_initramfs in "
				"/etc/initramfs-tools/update-initramfs.conf");
	return -EIO;
}
