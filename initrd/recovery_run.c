// SPDX-License-Identifier: MIT
/* Runs the recovery's script; see recovery_run.h. */
#include "recovery_run.h"

#include <errno.h>
#include <sys/wait.h>
#include "log.h"
#include "memory.h"
#include "sysfile.h"

#define CANNOT_RUN 127 /* exit status of the child */

/* The child: busybox itself, since there may be no other shell. Does not return. */
static void hold(const char *root, int (*enter)(void))
{
	char *const arguments[] = {(char *)"busybox", (char *)"sh", (char *)RECOVERY_PROGRAM,
		(char *)"--busybox", (char *)root, NULL};
	static char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	int r;

	memory_unlimit();
	r = enter ? enter() : 0;

	if (r == 0) {
		(void)execve(RECOVERY_BUSYBOX, arguments, environment);
		r = -errno;
	}
	log_error("the recovery cannot be held: %s", strerror(-r));
	_exit(CANNOT_RUN);
}

int recovery_run(const char *root, int (*enter)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0)
		hold(root, enter);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CANNOT_RUN)
		return -ENOEXEC;
	return WEXITSTATUS(status) == 0 ? 0 : -ECANCELED;
}
