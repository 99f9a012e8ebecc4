// SPDX-License-Identifier: MIT
/* What rules ask about a file system; see fsfacts.h. */
#include "fsfacts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include "format.h"
#include "sysfile.h"

#define RAMFS_MAGIC_NUMBER 0x858458f6u
#define TMPFS_MAGIC_NUMBER 0x01021994u

/* struct fsuuid2 and its ioctl (include/uapi/linux/fs.h, Linux 6.9), which older headers do not have. */
struct fsuuid {
	uint8_t len, uuid[16];
};
#define GETFSUUID _IOR(0x15, 0, struct fsuuid)

/* struct statx as numbers: the C libraries' differ in what they know of it (include/uapi/linux/stat.h). */
#define STATX_WORDS 32
#define STATX_DEVICE_WORD 17 /* stx_dev_major and stx_dev_minor */
#define STATX_MOUNT_WORD 18  /* stx_mnt_id */
#define STATX_MOUNT 0x1000u  /* STATX_MNT_ID, Linux 5.8, in the 32 bits of stx_mask */

/* Where a super block has its magic number and the UUID that the kernel takes for s_uuid. */
static const struct {
	char name[8], magic[12];
	unsigned int magic_len, magic_at, uuid_at;
} super_blocks[] = {
	{"ext2", "\x53\xef", 2, 1080, 1128},
	{"ext3", "\x53\xef", 2, 1080, 1128},
	{"ext4", "\x53\xef", 2, 1080, 1128},
	{"xfs", "XFSB", 4, 0, 32},
	{"btrfs", "_BHRfS_M", 8, 65600, 65568},
};

static const char *next_field(const char *line)
{
	line += strcspn(line, " ");
	return line + strspn(line, " ");
}

/* Copies a field, with its octal escapes (\040) undone. */
static void copy_field(const char *field, char *ret, size_t size)
{
	size_t used = 0;

	while (*field && *field != ' ' && *field != '\n' && used + 1 < size) {
		if (field[0] == '\\' && field[1] >= '0' && field[1] <= '3' && field[2] >= '0' &&
			field[2] <= '7' && field[3] >= '0' && field[3] <= '7') {
			ret[used++] =
				(char)((field[1] - '0') << 6 | (field[2] - '0') << 3 | (field[3] - '0'));
			field += 4;
		} else {
			ret[used++] = *field++;
		}
	}
	ret[used] = '\0';
}

bool mountinfo_facts(const char *line, struct fs_facts *facts, char *source, size_t size)
{
	const char *rest;
	char *dot;

	if (*line < '0' || *line > '9' || strtoull(line, NULL, 10) != facts->mount)
		return false;
	rest = strstr(line, " - ");
	if (!rest)
		return false;
	copy_field(rest + 3, facts->name, sizeof(facts->name));
	copy_field(next_field(rest + 3), source, size);
	dot = strchr(facts->name, '.');
	facts->subtype[0] = '\0';
	if (dot) {
		memcpy(facts->subtype, dot + 1, strlen(dot + 1) + 1);
		*dot = '\0';
	}
	return true;
}

struct wanted_mount {
	struct fs_facts *facts;
	char source[PATH_MAX];
};

static bool take_line(const char *line, void *context)
{
	struct wanted_mount *wanted = context;

	return !mountinfo_facts(line, wanted->facts, wanted->source, sizeof(wanted->source));
}

#define MOUNT_KEY "mnt_id:"

/* A line of /proc/PID/fdinfo/FD (proc(5)). */
static bool take_mount(const char *line, void *ret)
{
	if (strncmp(line, MOUNT_KEY, strlen(MOUNT_KEY)) != 0)
		return true;
	*(uint64_t *)ret = strtoull(line + strlen(MOUNT_KEY), NULL, 10);
	return false;
}

/* Mount and device of an open file. A kernel whose statx(2) has no mount tells it in procfs. */
static int mount_of(int fd, struct fs_facts *ret)
{
	uint64_t words[STATX_WORDS] = {0};
	uint32_t mask;
	char path[64];

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MOUNT, words) < 0)
		return -errno;
	memcpy(&mask, words, sizeof(mask));
	ret->device = words[STATX_DEVICE_WORD];
	ret->mount = words[STATX_MOUNT_WORD];
	if (mask & STATX_MOUNT)
		return 0;
	ret->mount = 0;
	(void)format_text(path, sizeof(path), PROC_SELF_FDINFO "/%d", fd);
	(void)!sysfile_lines(path, take_mount, &ret->mount);
	return 0;
}

/* The device that the mount names, if it is a block device: the file's own, where the file system has one device. */
static int open_device(const char *source, bool one_device, dev_t device)
{
	_cleanup_close_ int fd = *source == '/' ? sysfile_open(source, O_RDONLY | O_NONBLOCK) : -ENODEV;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) && (!one_device || st.st_rdev == device))
		return take_fd(&fd);
	return -ENODEV;
}

/* The UUID of the super block on the device. */
static bool read_super_block(struct fs_facts *facts, int fd, const char *source)
{
	_cleanup_close_ int device = -1;
	uint8_t magic[8];
	struct stat st;
	size_t i = 0;

	while (i < ARRAY_SIZE(super_blocks) && !string_equal(super_blocks[i].name, facts->name))
		i++;
	if (i == ARRAY_SIZE(super_blocks) || fstat(fd, &st) < 0)
		return false;
	device = open_device(source, !string_equal(facts->name, "btrfs"), st.st_dev);
	return device >= 0 &&
	       pread(device, magic, super_blocks[i].magic_len, super_blocks[i].magic_at) ==
		       (ssize_t)super_blocks[i].magic_len &&
	       memcmp(magic, super_blocks[i].magic, super_blocks[i].magic_len) == 0 &&
	       pread(device, facts->uuid, sizeof(facts->uuid), super_blocks[i].uuid_at) ==
		       sizeof(facts->uuid);
}

static bool find_uuid(struct fs_facts *facts, int fd, const char *source)
{
	struct fsuuid uuid = {0};

	if (syscall(SYS_ioctl, fd, GETFSUUID, &uuid) == 0 && uuid.len == sizeof(facts->uuid)) {
		memcpy(facts->uuid, uuid.uuid, sizeof(facts->uuid));
		return true;
	}
	/* A random one each time (mm/shmem.c, shmem_fill_super): not one that a rule names. */
	if (facts->magic == TMPFS_MAGIC_NUMBER)
		memset(facts->uuid, 0xff, sizeof(facts->uuid));
	if (facts->magic == RAMFS_MAGIC_NUMBER || facts->magic == TMPFS_MAGIC_NUMBER)
		return true;
	return read_super_block(facts, fd, source);
}

int fs_facts_get(struct fs_table *table, int fd, const struct fs_facts **ret)
{
	struct wanted_mount wanted = {0};
	struct fs_facts facts = {0}, *grown;
	struct statfs fs;
	size_t i;
	int r = mount_of(fd, &facts);

	for (i = 0; r == 0 && i < table->count; i++) {
		if (table->facts[i].mount != facts.mount || table->facts[i].device != facts.device)
			continue;
		*ret = &table->facts[i];
		return 0;
	}
	if (r == 0 && fstatfs(fd, &fs) < 0)
		r = -errno;
	if (r < 0)
		return r;
	facts.magic = (uint32_t)fs.f_type;
	wanted.facts = &facts;
	(void)!sysfile_lines(PROC_MOUNTINFO, take_line, &wanted);
	facts.uuid_known = find_uuid(&facts, fd, wanted.source);
	grown = realloc(table->facts, (table->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	table->facts = grown;
	grown[table->count] = facts;
	*ret = &grown[table->count++];
	return 0;
}

void fs_table_free(struct fs_table *table)
{
	free(table->facts);
	*table = (struct fs_table){0};
}

void fs_label_parse(const char *label, size_t len, struct lsm_context *ret)
{
	const char *parts[3] = {0};
	size_t lens[3] = {0}, i, at = 0;

	*ret = (struct lsm_context){0};
	if (len && label[len - 1] == '\0')
		len--;
	if (!len || !memchr(label, ':', len))
		return;
	for (i = 0; i < 3 && at <= len; i++) {
		const char *colon = memchr(label + at, ':', len - at);

		parts[i] = label + at;
		lens[i] = colon ? (size_t)(colon - parts[i]) : len - at;
		at += lens[i] + 1;
	}
	*ret = (struct lsm_context){.user = parts[0],
		.role = parts[1],
		.type = parts[2],
		.user_len = lens[0],
		.role_len = lens[1],
		.type_len = lens[2]};
}

int fs_file_facts(const struct fs_facts *fs, int fd, char label[static FS_LABEL_MAX], struct file_facts *ret)
{
	ssize_t len = fgetxattr(fd, "security.selinux", label, FS_LABEL_MAX);
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = (struct file_facts){.fsmagic = fs->magic,
		.fsname = fs->name,
		.fs_subtype = *fs->subtype ? fs->subtype : NULL,
		.fowner = st.st_uid,
		.fgroup = st.st_gid};
	memcpy(ret->fsuuid, fs->uuid, sizeof(ret->fsuuid));
	fs_label_parse(label, len > 0 ? (size_t)len : 0, &ret->label);
	return 0;
}
