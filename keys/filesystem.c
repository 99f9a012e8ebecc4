// SPDX-License-Identifier: MIT
/* What rules ask about a file system; see filesystem.h. */
#include "filesystem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include "machine.h"

#define BY_UUID "/dev/disk/by-uuid"

/* Not in linux/magic.h: fs/configfs/mount.c, ipc/mqueue.c, fs/fuse/fuse_i.h. */
#define CONFIGFS_MAGIC 0x62656570
#define MQUEUE_MAGIC 0x19800202
#define FUSECTL_MAGIC 0x65735543

/* FS_IOC_GETFSUUID (include/uapi/linux/fs.h), which headers before Linux 6.9 do not have. */
struct fsuuid {
	uint8_t len, bytes[16];
};
#define GET_FSUUID _IOR(0x15, 0, struct fsuuid)

static const struct {
	const char *type;
	uint64_t magic;
} magics[] = {
	{"ext4", EXT4_SUPER_MAGIC},
	{"ext3", EXT3_SUPER_MAGIC},
	{"ext2", EXT2_SUPER_MAGIC},
	{"xfs", XFS_SUPER_MAGIC},
	{"btrfs", BTRFS_SUPER_MAGIC},
	{"f2fs", F2FS_SUPER_MAGIC},
	{"erofs", EROFS_SUPER_MAGIC_V1},
	{"squashfs", SQUASHFS_MAGIC},
	{"overlay", OVERLAYFS_SUPER_MAGIC},
	{"tmpfs", TMPFS_MAGIC},
	{"ramfs", RAMFS_MAGIC},
	{"vfat", MSDOS_SUPER_MAGIC},
	{"iso9660", ISOFS_SUPER_MAGIC},
	{"nfs", NFS_SUPER_MAGIC},
	{"fuse", FUSE_SUPER_MAGIC},
	{"bcachefs", 0xca451a4e},
	{"zfs", 0x2fc12fc1},
};

uint64_t fsfacts_magic(const char *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(magics); i++)
		if (string_equal(magics[i].type, type))
			return magics[i].magic;
	return 0;
}

bool fsfacts_is_kernels(int fd)
{
	static const uint64_t own[] = {PROC_SUPER_MAGIC, SYSFS_MAGIC, SECURITYFS_MAGIC, DEBUGFS_MAGIC,
		TRACEFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, SELINUX_MAGIC,
		SMACK_MAGIC, BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC, NSFS_MAGIC, BINFMTFS_MAGIC,
		AUTOFS_SUPER_MAGIC, CONFIGFS_MAGIC, MQUEUE_MAGIC, FUSECTL_MAGIC};
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i] == (uint64_t)(unsigned long)fs.f_type)
			return true;
	return false;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

int fsfacts_parse_uuid(const char *text, uint8_t ret[static 16])
{
	size_t i, n = 0;

	if (strlen(text) != 36)
		return -EINVAL;
	for (i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return -EINVAL;
			continue;
		}
		if (hex_digit(text[i]) < 0)
			return -EINVAL;
		ret[n / 2] = (uint8_t)((n % 2 ? ret[n / 2] << 4 : 0) | hex_digit(text[i]));
		n++;
	}
	return 0;
}

int fsfacts_check(const struct fsfacts_told *told, struct problem *problem)
{
	uint8_t uuid[16];

	if (told->type && !fsfacts_magic(told->type))
		return problem_set(problem, -EINVAL, "--fstype '%s' is not a file system that is known here",
			told->type);
	if (told->uuid && fsfacts_parse_uuid(told->uuid, uuid) < 0)
		return problem_set(problem, -EINVAL,
			"--fsuuid '%s' is not a UUID such as 0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51",
			told->uuid);
	return 0;
}

/* ---- mountinfo ---------------------------------------------------------------------------- */

/* Copies a word of mountinfo, where blanks and their like are \040. */
static void copy_word(const char *word, size_t len, char *ret, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < len && n + 1 < size; i++) {
		if (word[i] == '\\' && i + 3 < len && word[i + 1] >= '0' && word[i + 1] <= '3') {
			ret[n++] = (char)((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + word[i + 3] -
					  '0');
			i += 3;
		} else {
			ret[n++] = word[i];
		}
	}
	ret[n] = '\0';
}

/* " - ext4 /dev/vda rw": the type, which for FUSE is "fuse.sshfs", name and subtype in one. */
static void take_type(const char *line, struct fsfacts *ret)
{
	const char *type = strstr(line, " - "), *dot;
	size_t len;

	if (!type)
		return;
	type += 3;
	len = strcspn(type, " ");
	dot = memchr(type, '.', len);
	if (dot)
		copy_word(dot + 1, len - (size_t)(dot + 1 - type), ret->subtype, sizeof(ret->subtype));
	copy_word(type, dot ? (size_t)(dot - type) : len, ret->name, sizeof(ret->name));
}

uint64_t fsfacts_mount(int fd)
{
	struct statx more = {0};

	return statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &more) == 0 && more.stx_mask & STATX_MNT_ID
		       ? more.stx_mnt_id
		       : 0;
}

/* The mount that an open file came by; before Linux 5.8 only its device tells it. */
static void read_mount(int fd, dev_t device, struct fsfacts *ret)
{
	_cleanup_buf_ struct buf text = {0};
	unsigned int id, parent, major, minor;
	uint64_t mount = fsfacts_mount(fd);
	char *line, *rest;

	if (machine_read("/proc/self/mountinfo", &text) < 0)
		return;
	for (rest = text.data; (line = strsep(&rest, "\n"));) {
		if (sscanf(line, "%u %u %u:%u", &id, &parent, &major, &minor) != 4)
			continue;
		if (mount ? id == mount : makedev(major, minor) == device) {
			take_type(line, ret);
			return;
		}
	}
}

/* ---- UUIDs -------------------------------------------------------------------------------- */

/* udev's links have the UUIDs of block devices; only those of 16 bytes are a super_block.s_uuid. */
static bool find_by_device(dev_t device, uint8_t ret[static 16])
{
	_cleanup_closedir_ DIR *folder = opendir(BY_UUID);
	const struct dirent *entry;
	struct stat st;

	while (folder && (entry = readdir(folder)))
		if (fstatat(dirfd(folder), entry->d_name, &st, 0) == 0 && S_ISBLK(st.st_mode) &&
			st.st_rdev == device && fsfacts_parse_uuid(entry->d_name, ret) == 0)
			return true;
	return false;
}

static bool find_uuid(int fd, dev_t device, uint8_t ret[static 16])
{
	struct fsuuid uuid = {0};

	if (ioctl(fd, GET_FSUUID, &uuid) == 0 && uuid.len == sizeof(uuid.bytes)) {
		memcpy(ret, uuid.bytes, sizeof(uuid.bytes));
		return true;
	}
	return find_by_device(device, ret);
}

void fsfacts_get(int fd, const struct stat *st, const struct fsfacts_told *told, struct fsfacts *ret)
{
	struct statfs fs;

	*ret = (struct fsfacts){.device = st->st_dev};
	if (told->type) {
		ret->facts.fsmagic = fsfacts_magic(told->type);
		(void)snprintf(ret->name, sizeof(ret->name), "%s", told->type);
	} else {
		if (fstatfs(fd, &fs) == 0)
			ret->facts.fsmagic = (uint64_t)(unsigned long)fs.f_type;
		read_mount(fd, st->st_dev, ret);
	}
	ret->has_uuid = told->uuid ? fsfacts_parse_uuid(told->uuid, ret->facts.fsuuid) == 0
				   : find_uuid(fd, st->st_dev, ret->facts.fsuuid);
	ret->facts.fsname = ret->name;
	ret->facts.fs_subtype = *ret->subtype ? ret->subtype : NULL;
}
