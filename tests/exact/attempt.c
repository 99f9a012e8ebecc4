// SPDX-License-Identifier: MIT
/* Files are put in their places, and accesses to them are made; see exact.h. */
#include "exact.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/fsverity.h>

#define POLICY "/sys/kernel/security/ima/policy"
#define RAN 64         /* the exit status of /exact/prog */
#define UNEXPECTED 128 /* added to an errno in the child's status */

static void set_value(int fd, const char *name)
{
	_cleanup_buf_ struct buf value = {0};
	char path[64];

	(void)snprintf(path, sizeof(path), EXACT "%s", name);
	slurp(path, &value);
	if (fsetxattr(fd, "security.ima", value.data, value.len, 0) < 0)
		give_up(name);
}

static void enable_verity(const char *path)
{
	struct fsverity_enable_arg arg = {
		.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, FS_IOC_ENABLE_VERITY, &arg) < 0)
		give_up("fs-verity");
	(void)close(fd);
}

static void make_file(const struct combo *combo)
{
	static struct buf program;
	static unsigned int taken;
	char made[64];
	int fd;

	if (!program.len)
		slurp(EXACT "prog", &program);
	if (combo->value->in_image) {
		(void)snprintf(
			made, sizeof(made), "%s/made-%s-%u", combo->place->dir, combo->value->name, taken++);
		if (rename(made, combo->path) < 0)
			give_up(made);
	}
	fd = open(combo->path, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
	if (fd < 0 ||
		(!combo->value->in_image && write(fd, program.data, program.len) != (ssize_t)program.len))
		give_up(combo->path);
	if (fchown(fd, combo->number, combo->number) < 0 || fchmod(fd, combo->mode) < 0)
		give_up(combo->path);
	if (!combo->value->in_image && combo->value->kind != VALUE_NONE &&
		combo->value->kind != VALUE_UNSUPPORTED)
		set_value(fd, combo->value->name);
	(void)close(fd);
	if (combo->value->fsverity)
		enable_verity(combo->path);
}

void combo_place(struct combo *combo)
{
	(void)snprintf(combo->path, sizeof(combo->path), "%s/f%u", combo->place->dir, combo->number);
	combo->fd = -1;
	if (combo->value->kind == VALUE_NEW)
		return;
	make_file(combo);
	if (strpbrk(combo->does, "miM")) {
		combo->fd = open(combo->path, O_RDONLY | O_CLOEXEC);
		if (combo->fd < 0)
			give_up(combo->path);
	}
}

/* Takes on ids and capabilities; what an access needs beside the two that rules ask for stays. */
static bool become(const struct actor *actor)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	uint32_t wanted = 1U << CAP_SYS_MODULE | 1U << CAP_DAC_OVERRIDE | 1U << CAP_SYS_ADMIN;

	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || syscall(SYS_setgroups, 0, NULL) < 0 ||
		syscall(SYS_setresgid, actor->gid, actor->egid, actor->sgid) < 0 ||
		syscall(SYS_setresuid, actor->uid, actor->euid, actor->suid) < 0)
		return false;
	wanted |= actor->cap_setuid ? 1U << CAP_SETUID : 0;
	wanted |= actor->cap_setgid ? 1U << CAP_SETGID : 0;
	data[0].effective = data[0].permitted = wanted;
	return syscall(SYS_capset, &header, data) == 0;
}

/* 0 or the errno of an open; what it opened is closed again. */
static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0666);

	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static int try_write(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	if (pwrite(fd, "x", 1, 0) != 1)
		return UNEXPECTED;
	(void)close(fd);
	return 0;
}

static int try_map(int fd, int protection)
{
	void *at = mmap(NULL, 4096, protection, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		return errno;
	(void)munmap(at, 4096);
	return 0;
}

/* An errno that a file which is no module, or no policy, gets once IMA has let it pass. */
static int try_content(long result, const int *passes, size_t count)
{
	if (result >= 0)
		return UNEXPECTED;
	while (count--)
		if (errno == passes[count])
			return 0;
	return errno;
}

static int try_policy(const char *path, int policy)
{
	static const int passes[] = {EINVAL};
	int result = try_content(write(policy, path, strlen(path)), passes, 1);

	/* A write behind the beginning is an error, and spoils the whole for good. */
	return pwrite(policy, "x", 1, 1) == -1 && errno == EINVAL ? result : UNEXPECTED;
}

static int try_module(int fd)
{
	static const int passes[] = {ENOEXEC, EKEYREJECTED, EBADMSG, ENODATA, ENOKEY};

	return try_content(syscall(SYS_finit_module, fd, "", 0), passes, ARRAY_SIZE(passes));
}

static int try_one(const struct combo *combo, char letter, int policy)
{
	switch (letter) {
	case 'r':
		return try_open(combo->path, O_RDONLY);
	case 'w':
		return try_open(combo->path, O_WRONLY);
	case 'u':
		return try_open(combo->path, O_RDWR);
	case 'a':
		return try_open(combo->path, O_WRONLY | O_APPEND);
	case 'd':
		return try_open(combo->path, O_RDONLY | O_DIRECT);
	case 'D':
		return try_open(combo->path, O_WRONLY | O_DIRECT);
	case 'c':
		return try_open(combo->path, O_RDWR | O_CREAT | O_EXCL);
	case 'h':
		return try_write(combo->path);
	case 'm':
		return try_map(combo->fd, PROT_READ | PROT_EXEC);
	case 'i':
		(void)personality(READ_IMPLIES_EXEC);
		return try_map(combo->fd, PROT_READ);
	case 'M':
		return try_module(combo->fd);
	case 'p':
		return try_policy(combo->path, policy);
	default:
		(void)execl(combo->path, combo->path, (char *)NULL);
		return errno;
	}
}

static _Noreturn void child(const struct combo *combo)
{
	int policy = strchr(combo->does, 'p') ? open(POLICY, O_WRONLY | O_CLOEXEC) : -1, error, i;
	unsigned int denied = 0;

	(void)umask(0);
	if (!become(&combo->actor))
		_exit(UNEXPECTED);
	for (i = 0; combo->does[i]; i++) {
		error = try_one(combo, combo->does[i], policy);
		if (error && error != EACCES)
			_exit(UNEXPECTED | (error & 127));
		denied |= error ? 1U << i : 0;
	}
	_exit((int)denied);
}

void combo_try(const struct combo *combo, struct answer *ret)
{
	int status;
	pid_t pid = fork();

	*ret = (struct answer){0};
	if (pid == 0)
		child(combo);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("fork");
	if (WIFSIGNALED(status) && strcmp(combo->does, "x") == 0)
		ret->denied = 1; /* refused when the program was mapped: there is no way back */
	else if (!WIFEXITED(status))
		ret->trouble = EINTR;
	else if (WEXITSTATUS(status) & UNEXPECTED)
		ret->trouble = WEXITSTATUS(status) & 127 ? WEXITSTATUS(status) & 127 : EINVAL;
	else
		ret->denied = WEXITSTATUS(status) & ~(unsigned int)RAN;
	ret->hashed = strchr(combo->does, 'h') && getxattr(combo->path, "security.ima", NULL, 0) > 0;
}
