// SPDX-License-Identifier: MIT
/*
 * stopwatch RESULT COMMAND [ARGUMENT...]: runs the command and writes one line to the file RESULT: the
 * microseconds that it took, how many processes it was (itself and all that it started), and its exit status.
 *
 * The guest's helper for tests/bench/run. The command is traced, but for births and deaths of processes only: that
 * costs two switches a process, nothing beside the start of one. Threads of the kernel are not counted.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

// Starts the command, stopped just before it is executed.
static pid_t start_traced(char **command)
{
	pid_t child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(command[0], command);
		_exit(127);
	}
	waitpid(child, NULL, 0);
	ptrace(PTRACE_SETOPTIONS, child, NULL,
		(void *)(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
			 PTRACE_O_EXITKILL));
	return child;
}

// The signal that a stopped process is to get when it goes on: none for the stops that tracing makes.
static long signal_of(int status)
{
	int number = WSTOPSIG(status);
	return status >> 16 || number == SIGSTOP || number == SIGTRAP ? 0 : number;
}

// Lets all go on until the command and what it started are over; counts the births and keeps the command's status.
static long follow(pid_t child, int *ret_status)
{
	long count = 1;
	int status;
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return count;
		if (WIFSTOPPED(status)) {
			int event = status >> 16;
			count += event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
				 event == PTRACE_EVENT_CLONE;
			ptrace(PTRACE_CONT, pid, NULL, (void *)signal_of(status));
		} else if (pid == child) {
			*ret_status = status;
		}
	}
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("stopwatch: RESULT COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	int status = 0;
	pid_t child = start_traced(argv + 2);
	long long start = now_us();
	ptrace(PTRACE_CONT, child, NULL, NULL);
	long count = follow(child, &status);
	long long took = now_us() - start;
	FILE *result = fopen(argv[1], "we");
	if (!result)
		return 2;
	fprintf(result, "%lld %ld %d\n", took, count, WIFEXITED(status) ? WEXITSTATUS(status) : 255);
	return fclose(result) ? 2 : 0;
}
