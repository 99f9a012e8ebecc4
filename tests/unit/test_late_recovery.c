// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/late_recovery.c and recovery_run.c: what is kept of an image's recovery, and how it is held in the running
 * system, and in an initramfs.
 * wrap: mkdir sysfile_replace fork unshare mount mknod chroot chdir execve waitpid readlink memory_unlimit
 */
#include "late_recovery.h"
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include "capture.h"
#include "fakeroot.h"
#include "log.h"
#include "recovery_run.h"
#include "rootfile.h"

#define CANNOT "test: the recovery cannot be held: "

/* Shared with the child. */
static struct fake {
	int mkdir_error, replace_error, fork_error, unshare_error, mknod_error, chroot_error, wait_error;
	int mounts, bad_mount; /* the mount(2) that fails; 0: none */
	int exec_status;       /* what is executed ends so; -1: it cannot be executed; -2: it is killed */
	int interrupts, readlink_error;
	const char *name; /* of what runs, where it is another one than its link says */
	bool unlimited;   /* what is executed may take all memory */
	size_t len;
	char calls[4096];
} * fake;

static struct problem problem;
static struct capture err;

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);
int __wrap_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);
pid_t __real_fork(void);
pid_t __wrap_fork(void);
int __wrap_unshare(int flags);
int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int __real_mknod(const char *path, mode_t mode, dev_t device);
int __wrap_mknod(const char *path, mode_t mode, dev_t device);
int __wrap_chroot(const char *path);
int __wrap_chdir(const char *path);
int __wrap_execve(const char *path, char *const arguments[], char *const environment[]);
void __wrap_memory_unlimit(void);
ssize_t __real_readlink(const char *path, char *ret, size_t size);
ssize_t __wrap_readlink(const char *path, char *ret, size_t size);
pid_t __real_waitpid(pid_t pid, int *ret_status, int options);
pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options);

static void call(const char *format, ...) _printf_(1, 2);

static void call(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fake->len +=
		(size_t)vsnprintf(fake->calls + fake->len, sizeof(fake->calls) - fake->len, format, args);
	va_end(args);
}

/* Without the folder that stands for the machine. */
static const char *plain(const char *path)
{
	return strncmp(path, fakeroot, strlen(fakeroot)) == 0 ? path + strlen(fakeroot) : path;
}

static int result(int error)
{
	errno = error;
	return error ? -1 : 0;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	return fake && fake->mkdir_error ? result(fake->mkdir_error) : __real_mkdir(path, mode);
}

int __wrap_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode)
{
	return fake->replace_error ? fake->replace_error : __real_sysfile_replace(path, bytes, len, mode);
}

pid_t __wrap_fork(void)
{
	return fake->fork_error ? result(fake->fork_error) : __real_fork();
}

int __wrap_unshare(int flags)
{
	assert_int_equal(flags, CLONE_NEWNS);
	call("unshare\n");
	return result(fake->unshare_error);
}

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	static const struct {
		unsigned long flag;
		const char *name;
	} names[] = {{MS_BIND, "bind"}, {MS_REC, "rec"}, {MS_PRIVATE, "private"}, {MS_REMOUNT, "remount"},
		{MS_NOSUID, "nosuid"}, {MS_NODEV, "nodev"}, {MS_NOEXEC, "noexec"}};
	size_t i;

	assert_null(type);
	assert_null(data);
	call("%s on %s", source ? plain(source) : "-", plain(target));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			call(" %s", names[i].name);
	call("\n");
	return result(++fake->mounts == fake->bad_mount ? EPERM : 0);
}

int __wrap_mknod(const char *path, mode_t mode, dev_t device)
{
	assert_int_equal(mode, S_IFREG | 0700);
	return fake->mknod_error ? result(fake->mknod_error) : __real_mknod(path, mode, device);
}

int __wrap_chroot(const char *path)
{
	call("chroot %s\n", plain(path));
	return result(fake->chroot_error);
}

int __wrap_chdir(const char *path)
{
	call("chdir %s\n", path);
	return 0;
}

void __wrap_memory_unlimit(void)
{
	fake->unlimited = true;
}

int __wrap_execve(const char *path, char *const arguments[], char *const environment[])
{
	size_t i;

	call("%s%s:", path, fake->unlimited ? "" : " with little memory");
	for (i = 0; arguments[i]; i++)
		call(" %s", arguments[i]);
	for (i = 0; environment[i]; i++)
		call(", %s", environment[i]);
	if (fake->exec_status == -2)
		(void)raise(SIGKILL);
	if (fake->exec_status >= 0)
		_exit(fake->exec_status);
	return result(ENOENT);
}

ssize_t __wrap_readlink(const char *path, char *ret, size_t size)
{
	if (!fake || (!fake->readlink_error && !fake->name))
		return __real_readlink(path, ret, size);
	if (fake->readlink_error)
		return result(fake->readlink_error);
	return snprintf(ret, size, "%s", fakeroot_path(fake->name));
}

pid_t __wrap_waitpid(pid_t pid, int *ret_status, int options)
{
	if (fake->interrupts) {
		fake->interrupts--;
		return result(EINTR);
	}
	return fake->wait_error ? result(fake->wait_error) : __real_waitpid(pid, ret_status, options);
}

/* An ELF file that needs nothing: the header of one for x86-64, with one program header that loads it. */
static void program(const char *path)
{
	static const unsigned char bytes[120] = {0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 2, [18] = 62, [20] = 1,
		[32] = 64, [52] = 64, [54] = 56, [56] = 1, [64] = 1, [68] = 5, [96] = 120, [104] = 120};

	fakeroot_bytes(path, bytes, sizeof(bytes));
}

static void executable(const char *path)
{
	assert_int_equal(chmod(fakeroot_path(path), 0755), 0);
}

static int start(void **context)
{
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fake == MAP_FAILED || fakeroot_new(context) < 0)
		return -1;
	log_set_program("test");
	fakeroot_file("/image" RECOVERY_PROGRAM, "#!/bin/sh\n");
	executable("/image" RECOVERY_PROGRAM);
	program("/image" RECOVERY_BUSYBOX);
	fakeroot_dir("/run/imaboot");
	program("/usr/sbin/imaboot");
	fakeroot_dir("/proc/self");
	return symlink(fakeroot_path("/usr/sbin/imaboot"), fakeroot_path("/proc/self/exe"));
}

static int stop(void **context)
{
	int r = fakeroot_remove(context);

	(void)munmap(fake, sizeof(*fake));
	fake = NULL;
	return r;
}

static int save(void)
{
	int fd = root_open(fakeroot_path("/image")), r;

	r = late_recovery_save(fd, "/image", &problem);
	(void)close(fd);
	return r;
}

static bool is_kept(const char *path)
{
	char kept[PATH_MAX];

	(void)snprintf(kept, sizeof(kept), RUN_LATE "%s", path);
	return fakeroot_has(kept);
}

static void nothing_is_kept(void)
{
	assert_false(is_kept(RECOVERY_PROGRAM) || is_kept(RECOVERY_BUSYBOX) || is_kept(RECOVERY_AUTH));
}

static void recovery_is_kept_for_root_alone(void **context)
{
	struct stat st;

	(void)context;
	assert_int_equal(save(), 0);
	assert_true(is_kept(RECOVERY_PROGRAM) && is_kept(RECOVERY_BUSYBOX));
	assert_false(is_kept(RECOVERY_AUTH));
	program("/image" RECOVERY_AUTH);
	assert_int_equal(save(), 0);
	assert_true(is_kept(RECOVERY_AUTH));
	assert_int_equal(lstat(fakeroot_path(RUN_LATE RECOVERY_BUSYBOX), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0700);
	assert_int_equal(st.st_size, 120);
	assert_int_equal(lstat(fakeroot_path(RUN_LATE), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	late_recovery_forget();
	nothing_is_kept();
	late_recovery_forget();
}

static void image_without_a_recovery_keeps_none(void **context)
{
	(void)context;
	assert_int_equal(chmod(fakeroot_path("/image" RECOVERY_PROGRAM), 0644), 0);
	assert_int_equal(save(), 0);
	assert_false(fakeroot_has(RUN_LATE));
}

/* Half a recovery is none. */
static void what_cannot_be_kept_is_told(void **context)
{
	(void)context;
	fake->mkdir_error = EROFS;
	assert_int_equal(save(), -EROFS);
	assert_problem(&problem, -EROFS,
		"folders cannot be made below /run/imaboot/late: Read-only file system", NULL);
	fake->mkdir_error = 0;
	fake->replace_error = -ENOSPC;
	assert_int_equal(save(), -ENOSPC);
	assert_problem(&problem, -ENOSPC,
		"/run/imaboot/late/usr/lib/imaboot/busybox cannot be written: No space left on device", NULL);
	fake->replace_error = 0;
	fakeroot_file("/image" RECOVERY_AUTH, "no program");
	assert_int_equal(save(), -ENOEXEC);
	assert_problem(&problem, -ENOEXEC,
		"/usr/lib/imaboot/imaboot-auth of the image needs shared libraries",
		"make the image with a static busybox (Debian: busybox-static)");
	nothing_is_kept();
	assert_int_equal(unlink(fakeroot_path("/image" RECOVERY_AUTH)), 0);
	assert_int_equal(unlink(fakeroot_path("/image" RECOVERY_BUSYBOX)), 0);
	assert_int_equal(save(), -ENOENT);
	assert_problem(&problem, -ENOENT, "/usr/lib/imaboot/busybox: there is no such file", NULL);
}

static void dynamic_busybox_is_refused(void **context)
{
	static const unsigned char bytes[] = {0x7f, 'E', 'L', 'F', 2, 1,
		1, [16] = 2, [18] = 62, [20] = 1, [32] = 64, [52] = 64, [54] = 56, [56] = 1, [64] = 3,
		[68] = 4, [72] = 120, [96] = 8, [104] = 8, [120] = '/', 'l', 'd', '.', 's', 'o', '.', '\0'};

	(void)context;
	fakeroot_bytes("/image" RECOVERY_BUSYBOX, bytes, sizeof(bytes));
	assert_int_equal(save(), -ENOEXEC);
	assert_problem(&problem, -ENOEXEC, "/usr/lib/imaboot/busybox of the image needs shared libraries",
		"make the image with a static busybox (Debian: busybox-static)");
	nothing_is_kept();
}

/* Runs it, and checks what comes of it and what is said. */
static void hold(int wanted, const char *said)
{
	assert_int_equal(save(), 0);
	fake->mounts = 0;
	fake->len = 0;
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(late_recovery_run(), wanted);
	assert_string_equal(capture_end(&err), said);
}

static void it_sees_the_system_and_runs_in_what_was_kept(void **context)
{
	(void)context;
	fake->interrupts = 1;
	hold(0, "");
	assert_string_equal(fake->calls,
		"unshare\n"
		"- on / rec private\n"
		"/run/imaboot/late on /run/imaboot/late bind\n"
		"- on /run/imaboot/late bind remount nosuid nodev\n"
		"/ on /run/imaboot/late/sysroot bind rec\n"
		"/proc on /run/imaboot/late/proc bind rec\n"
		"/sys on /run/imaboot/late/sys bind rec\n"
		"/dev on /run/imaboot/late/dev bind rec\n"
		"/run on /run/imaboot/late/run bind\n"
		"/usr/sbin/imaboot on /run/imaboot/late/usr/sbin/imaboot bind\n"
		"chroot /run/imaboot/late\n"
		"chdir /\n"
		"/usr/lib/imaboot/busybox: busybox sh /usr/lib/imaboot/recovery --busybox /sysroot, "
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	assert_true(is_kept("/usr/sbin/imaboot"));
	hold(0, ""); /* the file for the program is there already */
	/* busybox has made names of its commands meanwhile. */
	fakeroot_link(RUN_LATE RECOVERY_DIR "/bin/ls", "../busybox");
	fakeroot_link(RUN_LATE RECOVERY_DIR "/bin/cat", "../busybox");
	late_recovery_forget();
	assert_false(is_kept("/usr/sbin/imaboot") || is_kept(RECOVERY_DIR "/bin"));
}

/* In the initramfs there is nothing to enter. */
static void it_runs_where_it_is(void **context)
{
	(void)context;
	assert_int_equal(recovery_run("/sysroot", NULL), 0);
	assert_string_equal(fake->calls,
		"/usr/lib/imaboot/busybox: busybox sh /usr/lib/imaboot/recovery --busybox /sysroot, "
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin");
}

static void its_end_is_an_answer(void **context)
{
	(void)context;
	fake->exec_status = 1;
	hold(-ECANCELED, "");
	fake->exec_status = -2;
	hold(-ENOEXEC, "");
	fake->exec_status = 127;
	hold(-ENOEXEC, "");
}

static void trouble_is_told(void **context)
{
	int i;

	(void)context;
	fake->exec_status = -1;
	hold(-ENOEXEC, CANNOT "No such file or directory\n");
	fake->chroot_error = EPERM;
	hold(-ENOEXEC, CANNOT "Operation not permitted\n");
	fake->chroot_error = 0;
	for (i = 1; i <= 9; i++) {
		fake->bad_mount = i;
		hold(-ENOEXEC, CANNOT "Operation not permitted\n");
		assert_int_equal(fake->mounts, i);
	}
	fake->bad_mount = 0;
	fake->readlink_error = EACCES;
	hold(-ENOEXEC, CANNOT "Permission denied\n");
	fake->readlink_error = 0;
	/* It was replaced since it was executed, or taken away. */
	fake->name = "/image" RECOVERY_BUSYBOX;
	hold(-ENOEXEC, CANNOT "Stale file handle\n");
	fake->name = "/usr/sbin/imaboot (deleted)";
	hold(-ENOEXEC, CANNOT "No such file or directory\n");
	fake->name = NULL;
	fake->mknod_error = ENOSPC;
	hold(-ENOEXEC, CANNOT "No space left on device\n");
	fake->unshare_error = ENOSPC;
	hold(-ENOEXEC, CANNOT "No space left on device\n");
	fake->fork_error = EAGAIN;
	hold(-EAGAIN, "");
	fake->fork_error = fake->unshare_error = fake->mknod_error = fake->exec_status = 0;
	fake->wait_error = ECHILD;
	hold(-ECHILD, "");
}

#define RECOVERY_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECOVERY_TEST(recovery_is_kept_for_root_alone),
		RECOVERY_TEST(image_without_a_recovery_keeps_none),
		RECOVERY_TEST(what_cannot_be_kept_is_told),
		RECOVERY_TEST(dynamic_busybox_is_refused),
		RECOVERY_TEST(it_sees_the_system_and_runs_in_what_was_kept),
		RECOVERY_TEST(it_runs_where_it_is),
		RECOVERY_TEST(its_end_is_an_answer),
		RECOVERY_TEST(trouble_is_told),
	};

	return RUN_TESTS(tests);
}
