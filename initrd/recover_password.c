// SPDX-License-Identifier: MIT
/*
 * Whether a password fits the configuration's hash: imaboot-auth of the image says so; see recover.h. Both go to it
 * through a pipe, so that neither is an argument, a file, or part of an environment.
 */
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include "format.h"
#include "memory.h"
#include "sysfile.h"

/* In the child: the program of the image, with an end of the pipe as its input and nothing else. */
static void exec_auth(int input)
{
	static char *const arguments[] = {(char *)"imaboot-auth", NULL}, *const environment[] = {NULL};
	char path[PATH_MAX];

	memory_unlimit();
	if (dup2(input, STDIN_FILENO) == STDIN_FILENO && sysfile_path(RECOVERY_AUTH, path) == 0)
		(void)execve(path, arguments, environment);
	_exit(127);
}

int recover_check_password(const char *hash, const char *password)
{
	_cleanup_close_ int input = -1, output = -1;
	int ends[2], status = 0;
	char text[CONFIG_HASH_MAX + CONSOLE_LINE_MAX + 2];
	size_t len = format_text(text, sizeof(text), "%s\n%s\n", hash, password);
	ssize_t n;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	input = ends[0];
	output = ends[1];
	/* It fits into a pipe: nobody has to read while it is written. */
	n = len < sizeof(text) ? write(output, text, len) : -1;
	explicit_bzero(text, sizeof(text));
	if (n != (ssize_t)len)
		return -EIO;
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0)
		exec_auth(input);
	close_fd(&output);
	output = -1;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return -ENOEXEC;
	return WEXITSTATUS(status) == 0 ? 0 : -EACCES;
}
