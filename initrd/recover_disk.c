// SPDX-License-Identifier: MIT
/*
 * The report onto a removable disk: the first one with a file system that can be written to gets a new folder with
 * copies of what lies in /run/imaboot. Nothing that is on the disk is changed, and nothing of it is executed; see recover.h.
 */
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "format.h"
#include "log.h"
#include "rootfile.h"
#include "sysfile.h"

#define SYS_BLOCK "/sys/block"
#define DISKS_MAX 256
#define FOLDERS_MAX 1000
#define FILE_MAX (16 * 1024 * 1024)

/* Below SYS_BLOCK; names of the kernel's, without slashes. */
static bool is_removable(const char *disk)
{
	char path[PATH_MAX], text[16];

	return format_text(path, sizeof(path), SYS_BLOCK "/%s/removable", disk) < sizeof(path) &&
	       sysfile_read(path, text, sizeof(text)) > 0 && *text == '1';
}

static int copy_file(int dir_fd, int run_fd, const char *name)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = -1;
	char path[64];
	size_t done = 0;
	ssize_t n;
	int r;

	(void)format_text(path, sizeof(path), "/%s", name);
	r = rootfile_read(run_fd, RUN_DIR, path, FILE_MAX, &file, &problem);
	if (r < 0)
		return r == -ENOENT || r == -ENODATA ? 0 : r;
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	while (done < file.len) {
		n = write(fd, file.bytes + done, file.len - done);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Makes a folder that was not there. Returns a descriptor or a negative errno. */
static int make_folder(int disk_fd, char ret[static 64])
{
	unsigned int i;
	int fd;

	for (i = 0; i < FOLDERS_MAX; i++) {
		(void)format_text(ret, 64, i ? "imaboot-report-%u" : "imaboot-report", i);
		if (mkdirat(disk_fd, ret, 0755) == 0) {
			fd = openat(disk_fd, ret, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
			return fd < 0 ? -errno : fd;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static const char *const names[] = {"report.txt", "status.json", "failure.txt", "recovery.log"};

/* Takes away what did not become whole. */
static void remove_folder(int disk_fd, int dir_fd, const char *folder)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlinkat(dir_fd, names[i], 0);
	(void)unlinkat(disk_fd, folder, AT_REMOVEDIR);
}

static int copy_files(const char *mount_point, char folder[static 64])
{
	_cleanup_close_ int disk_fd = open(mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir_fd = -1,
			    run_fd = -1;
	char run[PATH_MAX];
	size_t i;
	int r;

	if (disk_fd < 0)
		return -errno;
	r = sysfile_path(RUN_DIR, run);
	if (r == 0)
		r = run_fd = root_open(run);
	if (r >= 0)
		r = dir_fd = make_folder(disk_fd, folder);
	for (i = 0; r >= 0 && i < ARRAY_SIZE(names); i++)
		r = copy_file(dir_fd, run_fd, names[i]);
	if (r >= 0 && (fsync(dir_fd) < 0 || syncfs(disk_fd) < 0))
		r = -errno;
	if (r < 0 && dir_fd >= 0)
		remove_folder(disk_fd, dir_fd, folder);
	return r;
}

/* Mounts one device and copies; returns 0, -ENODEV where it has no file system, or another negative errno. */
static int try_device(const char *device, char folder[static 64])
{
	static const char *const types[] = {"vfat", "exfat", "ext4", "xfs", "btrfs"};
	char name[NAME_MAX + 8], source[PATH_MAX], point[PATH_MAX];
	int r = -ENODEV;
	size_t i;

	(void)format_text(name, sizeof(name), "/dev/%s", device);
	if (sysfile_path(name, source) < 0 || sysfile_path(RUN_DISK, point) < 0)
		return -ENAMETOOLONG;
	(void)mkdir(point, 0700);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (mount(source, point, types[i], MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW, NULL) <
			0) {
			/* Every type says so of a disk that is write-protected. */
			if (errno == EACCES || errno == EROFS)
				r = -EROFS;
			continue;
		}
		r = copy_files(point, folder);
		if (umount2(point, UMOUNT_NOFOLLOW) < 0 && r >= 0)
			r = -errno;
		break;
	}
	(void)rmdir(point);
	return r < 0 ? r : 0;
}

/* The same, and says what came of it. A disk with partitions has no file system of its own. */
static bool has_taken(const char *device)
{
	char folder[64];
	int r = try_device(device, folder);

	if (r == 0)
		recover_log("the report is on /dev/%s, in the folder %s", device, folder);
	else if (r != -ENODEV)
		log_warning(
			"copy-report: /dev/%s: %s; the next removable disk is tried", device, strerror(-r));
	return r == 0;
}

/* A disk's partitions have its name in front of theirs; the disk itself may have a file system too. */
static bool try_disk(const char *disk)
{
	_cleanup_close_ int sys_fd = -1;
	char path[PATH_MAX];
	char **parts = NULL;
	size_t count = 0, i;
	bool done = has_taken(disk);

	if (sysfile_path("/", path) == 0)
		sys_fd = root_open(path);
	if (!done && sys_fd >= 0 && format_text(path, sizeof(path), SYS_BLOCK "/%s", disk) < sizeof(path) &&
		root_list(sys_fd, path, DISKS_MAX, &parts, &count) == 0)
		for (i = 0; i < count && !done; i++)
			done = strncmp(parts[i], disk, strlen(disk)) == 0 && has_taken(parts[i]);
	root_list_free(parts, count);
	return done;
}

int recover_copy_report(struct recover *recover)
{
	_cleanup_close_ int sys_fd = -1;
	char path[PATH_MAX];
	char **disks = NULL;
	size_t count = 0, removable = 0, i;
	bool done = false;

	if (recover->dry_run) {
		log_notice("copy-report: dry run: would copy " RUN_DIR
			   "/report.txt, status.json, failure.txt and "
			   "recovery.log into a new folder on the first removable disk");
		return EXIT_DONE;
	}
	if (sysfile_path("/", path) == 0)
		sys_fd = root_open(path);
	if (sys_fd < 0 || root_list(sys_fd, SYS_BLOCK, DISKS_MAX, &disks, &count) < 0)
		count = 0;
	for (i = 0; i < count && !done; i++) {
		if (!is_removable(disks[i]))
			continue;
		removable++;
		done = try_disk(disks[i]);
	}
	root_list_free(disks, count);
	if (done)
		return EXIT_DONE;
	log_error(removable ? "copy-report: no removable disk has a file system (vfat, exfat, ext4, xfs, "
			      "btrfs) that can "
			      "be written to here; its driver may be missing in the image"
			    : "copy-report: there is no removable disk; plug one in, wait a moment, and try "
			      "again");
	return EXIT_FAILED;
}
