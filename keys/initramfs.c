// SPDX-License-Identifier: MIT
/* The initramfs made anew; see initramfs.h. */
#include "initramfs.h"

#include <errno.h>
#include <spawn.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define DRACUT "/usr/bin/dracut"
#define UPDATE_INITRAMFS "/usr/sbin/update-initramfs"

const char *initramfs_program(void)
{
	return access(DRACUT, X_OK) == 0             ? DRACUT
	       : access(UPDATE_INITRAMFS, X_OK) == 0 ? UPDATE_INITRAMFS
						     : NULL;
}

/* What the program sees of the environment: nothing that changes what it does. */
static char *const environment[] = {
	(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C.UTF-8", (char *)"HOME=/root", NULL};

static int spawn(const char *program, char *const *arguments, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	/* Standard output is the verb's own. */
	error = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (!error)
		error = posix_spawn(ret, program, &actions, NULL, arguments, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	return -error;
}

int initramfs_build(const char *release, struct problem *problem)
{
	const char *program = initramfs_program();
	struct utsname running;
	int status = 0, r;
	pid_t pid;

	if (!program) {
		problem_set(problem, -ENOENT,
			"cannot be made: there is neither " DRACUT " nor " UPDATE_INITRAMFS);
		problem_remedy(problem, "install one, or make it by other means and use --no-initramfs");
		return -ENOENT;
	}
	if (!release && uname(&running) == 0)
		release = running.release;
	{
		char *dracut[] = {
			(char *)"dracut", (char *)"--force", (char *)"--kver", (char *)release, NULL};
		char *update[] = {
			(char *)"update-initramfs", (char *)"-u", (char *)"-k", (char *)release, NULL};

		r = spawn(program, string_equal(program, DRACUT) ? dracut : update, &pid);
	}
	if (r < 0)
		return problem_set(problem, r, "cannot be made: %s: %s", program, strerror(-r));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return problem_set(
				problem, -errno, "cannot be made: %s: %s", program, strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	problem_set(problem, -EIO, "was not made: %s ended with %s %d", program,
		WIFEXITED(status) ? "status" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	problem_remedy(problem, "see what it said above");
	return -EIO;
}
