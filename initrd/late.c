// SPDX-License-Identifier: MIT
/* A load that is put off; see late.h. */
#include "late.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "candidate.h"
#include "certs.h"
#include "format.h"
#include "rootfile.h"
#include "sysfile.h"

#define UNIT_SIZE_MAX (64 * 1024) /* bytes */
#define PROGRAM_SIZE_MAX (16 * 1024 * 1024)
#define UNIT_WANTS "sysinit.target.wants/" LATE_UNIT
#define EXEC_START "\nExecStart="

/* In the order in which systemd looks; the first that has the name is the one that counts. */
static const char *const unit_dirs[] = {"/etc/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system"};

static int refuse(struct problem *problem, int error, const char *what, const char *why)
{
	problem_set(problem, error,
		"no security module knows its labels yet, and the root cannot load it later: %s%s%s", what,
		*why ? ": " : "", why);
	problem_remedy(problem, "install imaboot in the root (make install puts " LATE_UNIT
				" and its link in place), and do not mask the unit");
	return error;
}

/*
 * Reads a name from the first of systemd's folders that has it. Returns 0, -ENOENT where none has, or what reading it
 * gives: a masked unit is a link to /dev/null.
 */
static int read_first(
	int root_fd, const char *root, const char *name, struct rootfile *ret, struct problem *problem)
{
	char path[256];
	size_t i;
	int r = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(unit_dirs); i++) {
		_cleanup_problem_ struct problem finding = {0};

		(void)format_text(path, sizeof(path), "%s/%s", unit_dirs[i], name);
		r = rootfile_read(root_fd, root, path, UNIT_SIZE_MAX, ret, &finding);
		if (r == 0)
			return 0;
		if (r != -ENOENT || finding.remedy)
			return refuse(problem, r, path, problem_reason_text(&finding));
	}
	(void)format_text(path, sizeof(path), "%s is in none of systemd's folders", name);
	return refuse(problem, r, path, "");
}

/* The program of the unit's first ExecStart=, without systemd's prefixes. Returns 0 or -ENOENT. */
static int find_program(const struct rootfile *unit, char ret[static PATH_MAX])
{
	const char *text = (const char *)unit->bytes;
	const char *at = memmem(text, unit->len, EXEC_START, strlen(EXEC_START));
	size_t left, len = 0;

	if (!at)
		return -ENOENT;
	at += strlen(EXEC_START);
	left = unit->len - (size_t)(at - text);
	while (left && strchr("@-:+!", *at) && *at) {
		at++;
		left--;
	}
	while (len < left && at[len] != ' ' && at[len] != '\n')
		len++;
	if (!len || len >= PATH_MAX || *at != '/' || memchr(at, '\0', len))
		return -ENOENT;
	memcpy(ret, at, len);
	ret[len] = '\0';
	return 0;
}

int late_find_unit(int root_fd, const char *root, struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile unit = {.fd = -1}, wants = {.fd = -1}, program = {.fd = -1};
	_cleanup_problem_ struct problem finding = {0};
	char path[PATH_MAX];
	int r = read_first(root_fd, root, LATE_UNIT, &unit, problem);

	if (r == 0)
		r = read_first(root_fd, root, UNIT_WANTS, &wants, problem);
	if (r < 0)
		return r;
	if (find_program(&unit, path) < 0)
		return refuse(problem, -ENOENT, LATE_UNIT, "has no ExecStart= with a program");
	r = rootfile_read(root_fd, root, path, PROGRAM_SIZE_MAX, &program, &finding);
	return r < 0 ? refuse(problem, r, path, problem_reason_text(&finding)) : 0;
}

static int make_dir(const char *path)
{
	char full[PATH_MAX];
	int r = sysfile_path(path, full);

	if (r < 0)
		return r;
	return mkdir(full, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* What is no regular file, empty, or too large to be used, counts for nothing where it is either. */
static bool counts_for_nothing(int error)
{
	return error == -EISDIR || error == -EINVAL || error == -ENOENT || error == -ELOOP ||
	       error == -ENODATA || error == -EFBIG;
}

static int save_file(int image_fd, const char *image, const char *path)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem ignored = {0};
	char copy[PATH_MAX];
	int r = rootfile_read(image_fd, image, path, POLICY_SIZE_MAX, &file, &ignored);

	if (r < 0)
		return counts_for_nothing(r) ? 0 : r;
	if (format_text(copy, sizeof(copy), RUN_LATE "%s", path) >= sizeof(copy))
		return -ENAMETOOLONG;
	return sysfile_replace(copy, file.bytes, file.len, 0600);
}

static int save_dir(int image_fd, const char *image, const char *dir)
{
	char path[PATH_MAX];
	char **names = NULL;
	size_t count = 0, i;
	int r = root_list(image_fd, dir, CERT_COUNT_MAX, &names, &count);

	for (i = 0; r == 0 && i < count; i++) {
		if (format_text(path, sizeof(path), "%s/%s", dir, names[i]) >= sizeof(path))
			r = -ENAMETOOLONG;
		else
			r = save_file(image_fd, image, path);
	}
	root_list_free(names, count);
	return r;
}

int late_save(int image_fd, const char *image, struct problem *problem)
{
	static const char *const made[] = {"", "/etc", "/etc/imaboot", "/etc/keys", CERTS_DIR, CERTS_CA_DIR};
	static const char *const saved[] = {"/etc/imaboot", CERTS_DIR, CERTS_CA_DIR};
	char path[PATH_MAX];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < ARRAY_SIZE(made); i++) {
		(void)format_text(path, sizeof(path), RUN_LATE "%s", made[i]);
		r = make_dir(path);
	}
	for (i = 0; r == 0 && i < ARRAY_SIZE(saved); i++)
		r = save_dir(image_fd, image, saved[i]);
	if (r < 0)
		return problem_set(problem, r,
			"no security module knows its labels yet, and what a later load needs cannot be "
			"kept in " RUN_LATE ": %s",
			strerror(-r));
	return 0;
}

/* The child: says nothing and ends with 0, or with the errno that kept it from running. */
static void run_self(void)
{
	char *const argv[] = {"imaboot", "version", NULL}, *const envp[] = {NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
		(void)execve(PROC_SELF_EXE, argv, envp);
	_exit(errno);
}

int late_appraise_self(void)
{
	_cleanup_close_ int fd = open(PROC_SELF_EXE, O_RDONLY | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	int status = 0;
	pid_t pid;

	if (map != MAP_FAILED)
		(void)munmap(map, 4096);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		run_self();
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

int late_check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077) ? 0 : -EPERM;
}
