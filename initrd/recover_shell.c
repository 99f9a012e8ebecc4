// SPDX-License-Identifier: MIT
/*
 * The shell of the recovery, after recover_pass(): busybox of the image, in a session of its own with the console where
 * the question was answered as its terminal, so that Ctrl-C and job control work in it and end with it.
 */
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "format.h"
#include "log.h"
#include "memory.h"
#include "sysfile.h"

/* A terminal as people expect it. */
static void make_sane(int fd)
{
	struct termios tty;

	if (tcgetattr(fd, &tty) < 0)
		return;
	tty.c_iflag = ICRNL | IXON | BRKINT;
	tty.c_oflag = OPOST | ONLCR;
	tty.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
	tty.c_cc[VINTR] = 3;
	tty.c_cc[VQUIT] = 28;
	tty.c_cc[VERASE] = 127;
	tty.c_cc[VKILL] = 21;
	tty.c_cc[VEOF] = 4;
	tty.c_cc[VSUSP] = 26;
	(void)tcsetattr(fd, TCSANOW, &tty);
}

/* The script around the menu ignores what keys can send; in a shell they are wanted. */
static void reset_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void exec_shell(const struct recover *recover, const char *console)
{
	static char *const arguments[] = {(char *)"sh", NULL};
	char root[PATH_MAX + 16], term[32], busybox[PATH_MAX];
	char *environment[] = {(char *)"PATH=" RECOVERY_DIR "/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"HOME=/", (char *)"PS1=recovery# ", term, root, NULL};
	int fd;

	(void)format_text(root, sizeof(root), "NEWROOT=%s", recover->root);
	(void)format_text(term, sizeof(term), "TERM=%s",
		strncmp(recover->console, "tty", 3) == 0 && recover->console[3] >= '0' &&
				recover->console[3] <= '9'
			? "linux"
			: "vt102");
	memory_unlimit();
	reset_signals();
	(void)setsid();
	fd = open(console, O_RDWR);
	if (fd < 0)
		_exit(126);
	(void)ioctl(fd, TIOCSCTTY, 1);
	make_sane(fd);
	if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	if (fd > 2)
		(void)close(fd);
	if (sysfile_path(RECOVERY_BUSYBOX, busybox) == 0)
		(void)execve(busybox, arguments, environment);
	(void)execve("/bin/sh", arguments, environment);
	_exit(127);
}

int recover_shell(struct recover *recover)
{
	_cleanup_consoles_ struct consoles consoles = {0};
	char path[PATH_MAX], console[NAME_MAX + 8];
	int status = 0;
	pid_t child;

	if (recover->dry_run) {
		log_notice("shell: dry run: would open a shell at the console where this is confirmed");
		return EXIT_DONE;
	}
	(void)format_text(console, sizeof(console), "/dev/%s", recover->console);
	if (sysfile_path(console, path) < 0 || consoles_open(&consoles, recover->console) < 0)
		return EXIT_FAILED;
	consoles_write(&consoles,
		"\nA shell of the initramfs; 'exit' leads back to the menu. The root is at $NEWROOT,\n"
		"often read-only: mount -o remount,rw $NEWROOT; vi edits. Nothing is signed here:\n"
		"an edited policy must be signed again where the key is.\n\n");
	child = fork();
	if (child == 0)
		exec_shell(recover, path);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child < 0 || (WIFEXITED(status) && WEXITSTATUS(status) >= 126 && WEXITSTATUS(status) <= 127)) {
		log_error("shell: it cannot be run; " RECOVERY_BUSYBOX " is missing, or the policy in force "
			  "refuses it");
		return EXIT_FAILED;
	}
	recover_log("shell: it has ended");
	return EXIT_DONE;
}
