// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/fsfacts.c: lines of mountinfo, super blocks of made-up devices, labels.
 * wrap: fstatfs fstat fgetxattr syscall
 */
#include "fsfacts.h"
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include "fakeroot.h"

static struct {
	long magic;
	bool is_block;
	int statfs_error;
	const char *label;
	const char *kernel_uuid; /* what the kernel tells; NULL: it does not */
	bool no_mount;           /* statx(2) tells no mount */
} fake;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	long arguments[6];
	va_list args;
	size_t i;

	va_start(args, number);
	for (i = 0; i < ARRAY_SIZE(arguments); i++)
		arguments[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_statx) {
		long r = __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
			arguments[4], arguments[5]);

		/* Linux 5.6 and 5.7 know no STATX_MNT_ID, and fill nothing in for it. */
		if (fake.no_mount && r == 0) {
			*(uint32_t *)arguments[4] &= ~0x1000u;
			((uint64_t *)arguments[4])[18] = 0;
		}
		return r;
	}
	errno = ENOTTY;
	if (!fake.kernel_uuid)
		return -1;
	*(uint8_t *)arguments[2] = 16;
	memcpy((uint8_t *)arguments[2] + 1, fake.kernel_uuid, 16);
	return 0;
}

int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);
int __wrap_fstatfs(int fd, struct statfs *ret);
ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);

/* The made-up device is a file; the one with the file system says that it is on it. */
int __wrap_fstat(int fd, struct stat *ret)
{
	int r = __real_fstat(fd, ret);

	ret->st_dev = makedev(8, 1);
	if (fake.is_block && ret->st_size > 100) {
		ret->st_mode = S_IFBLK | 0600;
		ret->st_rdev = makedev(8, 1);
	}
	return r;
}

int __wrap_fstatfs(int fd, struct statfs *ret)
{
	(void)fd;
	errno = fake.statfs_error;
	if (fake.statfs_error)
		return -1;
	*ret = (struct statfs){.f_type = fake.magic};
	return 0;
}

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	(void)fd;
	(void)size;
	assert_string_equal(name, "security.selinux");
	if (!fake.label)
		return -1;
	memcpy(ret, fake.label, strlen(fake.label) + 1);
	return (ssize_t)strlen(fake.label) + 1;
}

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	fake.magic = 0xef53;
	return fakeroot_new(context);
}

#define FS_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

static void lines_of_mountinfo(void **context)
{
	struct fs_facts facts = {.mount = 36};
	char source[32];

	(void)context;
	assert_false(mountinfo_facts("35 1 8:1 / / rw - ext4 /dev/a rw", &facts, source, sizeof(source)));
	assert_false(mountinfo_facts("36 1 8:1 / / rw", &facts, source, sizeof(source)));
	assert_false(mountinfo_facts("", &facts, source, sizeof(source)));
	assert_true(mountinfo_facts(
		"36 1 8:1 / /a rw shared:1 - ext4 /dev/a\\040b rw", &facts, source, sizeof(source)));
	assert_string_equal(facts.name, "ext4");
	assert_string_equal(facts.subtype, "");
	assert_string_equal(source, "/dev/a b");
	assert_true(
		mountinfo_facts("36 1 0:40 / /a rw - fuse.ssh\\09x h:/ rw", &facts, source, sizeof(source)));
	assert_string_equal(facts.name, "fuse");
	assert_string_equal(facts.subtype, "ssh\\09x");
	assert_string_equal(source, "h:/");
	assert_true(mountinfo_facts(
		"36 1 8:1 / / rw - ext4 /dev/mapper/a-name-that-is-cut rw", &facts, source, 8));
	assert_string_equal(source, "/dev/ma");
}

/* The mount id of files in the folder, as the kernel numbers it. */
static uint64_t mount_id(void)
{
	struct fs_table table = {0};
	const struct fs_facts *facts;
	int fd = open(fakeroot, O_RDONLY | O_CLOEXEC);
	uint64_t id;

	assert_int_equal(fs_facts_get(&table, fd, &facts), 0);
	id = facts->mount;
	fs_table_free(&table);
	(void)close(fd);
	return id;
}

/* Facts of a small file, on a file system of that type on /dev/disk, whose bytes are those. */
static struct fs_facts facts_of(const char *type)
{
	struct fs_table table = {0};
	const struct fs_facts *facts, *again;
	struct fs_facts ret;
	char line[256];
	int fd;

	(void)snprintf(line, sizeof(line),
		"1 1 0:1 / / rw - rootfs rootfs rw\n%ju 1 8:1 / /x rw - %s /dev/disk rw\n",
		(uintmax_t)mount_id(), type);
	fakeroot_file(PROC_MOUNTINFO, line);
	fakeroot_file("/f", "x");
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(fs_facts_get(&table, fd, &facts), 0);
	ret = *facts;
	assert_int_equal(fs_facts_get(&table, fd, &again), 0);
	assert_ptr_equal(again, facts);
	assert_int_equal(table.count, 1);
	fs_table_free(&table);
	(void)close(fd);
	return ret;
}

static void device(size_t magic_at, const char *magic, size_t uuid_at)
{
	static uint8_t bytes[66000];

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes + magic_at, magic, strlen(magic));
	memcpy(bytes + uuid_at, "0123456789abcdef", 16);
	fakeroot_bytes("/dev/disk", bytes, sizeof(bytes));
	fake.is_block = true;
}

static void uuids_of_super_blocks(void **context)
{
	static const struct {
		const char *type, *magic;
		size_t magic_at, uuid_at;
	} cases[] = {{"ext4", "\x53\xef", 1080, 1128}, {"xfs", "XFSB", 0, 32},
		{"btrfs", "_BHRfS_M", 65600, 65568}};
	struct fs_facts facts;
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		device(cases[i].magic_at, cases[i].magic, cases[i].uuid_at);
		facts = facts_of(cases[i].type);
		assert_string_equal(facts.name, cases[i].type);
		assert_int_equal(facts.magic, 0xef53);
		assert_true(facts.uuid_known);
		assert_memory_equal(facts.uuid, "0123456789abcdef", 16);
	}
	assert_false(facts_of("xfs").uuid_known);
	assert_false(facts_of("vfat").uuid_known);
	fake.is_block = false;
	assert_false(facts_of("btrfs").uuid_known);
}

static void the_kernels_own_word(void **context)
{
	struct fs_facts facts;

	(void)context;
	fake.kernel_uuid = "fedcba9876543210";
	facts = facts_of("vfat");
	assert_true(facts.uuid_known);
	assert_memory_equal(facts.uuid, "fedcba9876543210", 16);
}

static void file_systems_without_a_device(void **context)
{
	struct fs_facts facts;

	(void)context;
	fake.magic = 0x858458f6;
	facts = facts_of("rootfs");
	assert_true(facts.uuid_known);
	assert_memory_equal(facts.uuid, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(facts.magic, 0x858458f6);
	fake.magic = 0x01021994;
	facts = facts_of("tmpfs");
	assert_true(facts.uuid_known);
	assert_int_equal(facts.uuid[0], 0xff);
}

/* Files on two file systems have facts of their own where statx(2) does not tell the mount. */
static void mounts_of_older_kernels(void **context)
{
	struct fs_table table = {0};
	const struct fs_facts *facts;
	char path[64];
	int fd = open(fakeroot_path("/"), O_RDONLY | O_CLOEXEC), other = open("/proc", O_RDONLY | O_CLOEXEC);

	(void)context;
	fake.no_mount = true;
	assert_int_equal(fs_facts_get(&table, fd, &facts), 0);
	assert_int_equal(facts->magic, 0xef53);
	assert_int_equal(facts->mount, 0);
	fake.magic = 0x9fa0;
	assert_int_equal(fs_facts_get(&table, other, &facts), 0);
	assert_int_equal(facts->magic, 0x9fa0);
	assert_int_equal(table.count, 2);
	/* Its name stands where the descriptor says which mount it is. */
	(void)snprintf(path, sizeof(path), PROC_SELF_FDINFO "/%d", fd);
	fakeroot_file(path, "pos:\t0\nflags:\t0100000\nmnt_id:\t77\nino:\t1\n");
	fakeroot_file(PROC_MOUNTINFO, "77 1 0:9 / / rw - vfat none rw\n");
	assert_int_equal(fs_facts_get(&table, fd, &facts), 0);
	assert_int_equal(facts->mount, 77);
	assert_string_equal(facts->name, "vfat");
	fs_table_free(&table);
	(void)close(fd);
	(void)close(other);
}

static void errors(void **context)
{
	struct fs_table table = {0};
	const struct fs_facts *facts;

	(void)context;
	assert_int_equal(fs_facts_get(&table, -1, &facts), -EBADF);
	fake.statfs_error = EIO;
	assert_int_equal(fs_facts_get(&table, 0, &facts), -EIO);
}

static void facts_of_a_file(void **context)
{
	struct fs_facts fs = {.magic = 7, .name = "fuse", .subtype = "s", .uuid = "u"};
	struct file_facts facts;
	char label[FS_LABEL_MAX];
	int fd;

	(void)context;
	fakeroot_file("/f", "x");
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	fake.label = "u:r:t:s0:c1";
	assert_int_equal(fs_file_facts(&fs, fd, label, &facts), 0);
	assert_int_equal(facts.fsmagic, 7);
	assert_string_equal(facts.fs_subtype, "s");
	assert_int_equal(facts.fowner, getuid());
	assert_int_equal(facts.fsuuid[0], 'u');
	assert_int_equal(facts.label.type_len, 1);
	assert_int_equal(*facts.label.type, 't');
	fake.label = NULL;
	fs.subtype[0] = '\0';
	assert_int_equal(fs_file_facts(&fs, fd, label, &facts), 0);
	assert_null(facts.fs_subtype);
	assert_int_equal(facts.label.user_len, 0);
	(void)close(fd);
}

static void labels(void **context)
{
	struct lsm_context label;

	(void)context;
	fs_label_parse("kernel", 7, &label);
	assert_int_equal(label.user_len, 0);
	fs_label_parse("user:role", 9, &label);
	assert_int_equal(label.user_len, 4);
	assert_int_equal(label.role_len, 4);
	assert_int_equal(label.type_len, 0);
	fs_label_parse("", 0, &label);
	assert_int_equal(label.user_len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FS_TEST(lines_of_mountinfo),
		FS_TEST(uuids_of_super_blocks),
		FS_TEST(the_kernels_own_word),
		FS_TEST(file_systems_without_a_device),
		FS_TEST(mounts_of_older_kernels),
		FS_TEST(errors),
		FS_TEST(facts_of_a_file),
		FS_TEST(labels),
	};

	return RUN_TESTS(tests);
}
