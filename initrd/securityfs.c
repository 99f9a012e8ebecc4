// SPDX-License-Identifier: MIT
/* IMA's policy file in securityfs; see securityfs.h. */
#include "securityfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "format.h"
#include "sysfile.h"

int securityfs_mount(void)
{
	char path[PATH_MAX];
	struct statfs fs;
	int r = sysfile_path(SECURITYFS_DIR, path);

	if (r < 0)
		return r;
	if (statfs(path, &fs) == 0 && fs.f_type == SECURITYFS_MAGIC)
		return 0;
	if (mount("securityfs", path, "securityfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return -errno;
	return 0;
}

/* Whether a stat(2) that failed has found that there is no such file. */
static bool is_absent(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

enum policy_state securityfs_policy_state(void)
{
	char path[PATH_MAX];
	struct stat st;

	/* Any other error says nothing: it must not be taken for the proof of a commit. */
	if (sysfile_path(IMA_DIR, path) < 0 || (stat(path, &st) < 0 && is_absent()))
		return POLICY_NO_IMA;
	if (sysfile_path(IMA_POLICY, path) < 0 || stat(path, &st) < 0)
		return is_absent() ? POLICY_GONE : POLICY_WRITABLE;
	if (!(st.st_mode & S_IWUSR))
		return POLICY_READ_ONLY;
	return st.st_mode & S_IRUSR ? POLICY_READABLE : POLICY_WRITABLE;
}

const char *policy_state_name(enum policy_state state)
{
	static const char *const names[] = {[POLICY_NO_IMA] = "absent",
		[POLICY_GONE] = "loaded-once",
		[POLICY_READ_ONLY] = "read-only",
		[POLICY_WRITABLE] = "writable",
		[POLICY_READABLE] = "readable"};

	return names[state];
}

int securityfs_submit(int policy_fd, bool commit, bool *ret_opened)
{
	_cleanup_close_ int fd = sysfile_open(IMA_POLICY, O_WRONLY);
	char path[64];
	size_t len;
	int r = 0;

	*ret_opened = fd >= 0;
	if (fd < 0)
		return fd;
	/*
	 * This always fails, and so does the commit when the file is closed, whoever closes it: a process that is ended
	 * has its files closed too. So it comes before there is anything to commit.
	 */
	if (!commit && (pwrite(fd, "x", 1, 1) >= 0 || errno != EINVAL))
		return -EPROTO;
	/* The descriptor's own name: no path is resolved a second time, no link leads elsewhere. */
	len = format_text(path, sizeof(path), PROC_SELF_FD "/%d\n", policy_fd);
	if (write(fd, path, len) < 0)
		r = -errno;
	return r;
}

int securityfs_read_policy(struct buf *ret)
{
	_cleanup_close_ int fd = sysfile_open(IMA_POLICY, O_RDONLY);
	char chunk[4096];
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(ret, chunk, (size_t)n);
	if (n < 0)
		return -errno;
	return ret->failed ? -ENOMEM : 0;
}
