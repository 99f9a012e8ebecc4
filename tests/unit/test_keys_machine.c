// SPDX-License-Identifier: MIT
/* Tests of keys/machine.c and filesystem.c: the kernel's files as it writes them. wrap: keyctl_read_alloc keyctl_describe_alloc */
#include <linux/magic.h>
#include <sys/stat.h>
#include "fakeroot.h"
#include "filesystem.h"
#include "machine.h"

/* ---- a keyring ---------------------------------------------------------------------------- */

long __wrap_keyctl_read_alloc(key_serial_t ring, void **ret);
int __wrap_keyctl_describe_alloc(key_serial_t key, char **ret);

static long read_error;

long __wrap_keyctl_read_alloc(key_serial_t ring, void **ret)
{
	static const key_serial_t keys[] = {10, 11, 12};

	assert_int_equal(ring, 0x1a2b3c4d);
	if (read_error) {
		errno = (int)read_error;
		return -1;
	}
	*ret = malloc(sizeof(keys));
	assert_non_null(*ret);
	memcpy(*ret, keys, sizeof(keys));
	return sizeof(keys);
}

int __wrap_keyctl_describe_alloc(key_serial_t key, char **ret)
{
	/* The second key goes away while it is looked at. */
	if (key == 11)
		return -1;
	*ret = strdup(key == 10 ? "asymmetric;0;0;1f030000;Org: signer: 00;ff" : "keyring");
	assert_non_null(*ret);
	return (int)strlen(*ret);
}

#define RING "1a2b3c4d I------     1 perm 1f0b0000     0     0 keyring   .ima: 1\n"

static void keyrings(void **context)
{
	key_serial_t ring = 0;
	char **list = NULL;
	size_t count = 0;

	(void)context;
	assert_int_equal(machine_find_ring(".ima", &ring), -ENOENT);
	fakeroot_file("/proc/keys", "0a0a0a0a I------     1 perm 1f0b0000  1000  1000 keyring   .ima: 1\n"
				    "0b0b0b0b I------     1 perm 1f0b0000     0     0 asymmetri .ima: 1\n"
				    "0c0c0c0c I------     1 perm 1f0b0000     0     0 keyring   .imaging: 1\n"
				    "nonsense\n" RING);
	assert_int_equal(machine_find_ring(".ima", &ring), 0);
	assert_int_equal(ring, 0x1a2b3c4d);
	assert_int_equal(machine_find_ring("_ima", &ring), -ENOENT);
	ring = 0x1a2b3c4d;
	assert_int_equal(machine_list_ring(ring, &list, &count), 0);
	assert_int_equal(count, 1);
	assert_string_equal(list[0], "Org: signer: 00;ff");
	machine_free_list(list, count);
	read_error = EACCES;
	assert_int_equal(machine_list_ring(ring, &list, &count), -EACCES);
	read_error = 0;
}

/* ---- files -------------------------------------------------------------------------------- */

static void the_policy_file(void **context)
{
	(void)context;
	assert_int_equal(machine_policy_state(), MACHINE_NO_IMA);
	fakeroot_dir(MACHINE_IMA);
	assert_int_equal(machine_policy_state(), MACHINE_GONE);
	fakeroot_file(MACHINE_POLICY, "measure\n");
	assert_int_equal(chmod(fakeroot_path(MACHINE_POLICY), 0200), 0);
	assert_int_equal(machine_policy_state(), MACHINE_WRITABLE);
	assert_int_equal(chmod(fakeroot_path(MACHINE_POLICY), 0600), 0);
	assert_int_equal(machine_policy_state(), MACHINE_READABLE);
	assert_int_equal(chmod(fakeroot_path(MACHINE_POLICY), 0400), 0);
	assert_int_equal(machine_policy_state(), MACHINE_READ_ONLY);
	assert_string_equal(machine_policy_name(MACHINE_READ_ONLY), "read-only");
}

static void the_guard(void **context)
{
	(void)context;
	assert_false(machine_has_guard());
	fakeroot_file("/proc/self/mountinfo",
		"21 1 0:7 / /sys/kernel/security ro,nosuid - securityfs securityfs rw\n"
		"30 1 0:7 /x " MACHINE_POLICY "x ro - securityfs securityfs rw\n"
		"31 1 0:7 /x " MACHINE_POLICY " rw,relatime - securityfs securityfs rw\nshort\n");
	assert_false(machine_has_guard());
	fakeroot_file("/proc/self/mountinfo",
		"31 1 0:7 /x " MACHINE_POLICY " ro,nosuid - securityfs securityfs rw\n");
	assert_true(machine_has_guard());
}

static void a_locked_platform(void **context)
{
	static const char name[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	const char *reason;

	(void)context;
	assert_false(machine_is_locked(&reason));
	assert_string_equal(reason, "UEFI Secure Boot is off and the kernel is not locked down");
	fakeroot_file("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	assert_false(machine_is_locked(&reason));
	fakeroot_file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	assert_true(machine_is_locked(&reason));
	assert_string_equal(reason, "the kernel is locked down");
	fakeroot_bytes(name, "\6\0\0\0\0", 5);
	assert_true(machine_is_locked(&reason));
	assert_string_equal(reason, "the kernel is locked down");
	fakeroot_bytes(name, "\6\0\0\0\1", 5);
	assert_true(machine_is_locked(&reason));
	assert_string_equal(reason, "UEFI Secure Boot is on");
}

static void a_kernel_that_repairs(void **context)
{
	static const char secure_boot[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	struct buf value = {0};

	(void)context;
	assert_false(machine_parameter("ima_appraise", &value));
	fakeroot_dir(MACHINE_IMA);
	fakeroot_file("/proc/cmdline", "ima_appraise_tcb xima_appraise=fix ima_appraise=\n");
	assert_true(machine_parameter("ima_appraise", &value));
	assert_int_equal(value.len, 0);
	assert_false(machine_fixes());
	fakeroot_file("/proc/cmdline", "ima_appraise=fix ima_appraise=log quiet\n");
	assert_false(machine_fixes());
	fakeroot_file("/proc/cmdline", "quiet ima_appraise=log ima_appraise=fix\n");
	assert_true(machine_fixes());
	assert_true(machine_parameter("ima_appraise", &value));
	assert_buf(&value, "fix");
	fakeroot_bytes(secure_boot, "\6\0\0\0\1", 5);
	assert_true(machine_has_secure_boot());
	assert_false(machine_fixes());
}

static void small_files(void **context)
{
	struct buf text = {0};

	(void)context;
	assert_int_equal(machine_read("/nothing", &text), -ENOENT);
	fakeroot_dir("/folder");
	assert_int_equal(machine_read("/folder", &text), -EISDIR);
	fakeroot_file("/file", "12\n");
	assert_int_equal(machine_read("/file", &text), 0);
	assert_buf(&text, "12");
}

/* ---- file systems ------------------------------------------------------------------------- */

static void uuids(void **context)
{
	static const char *const wrong[] = {"", "0b8f0ad8", "0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a5",
		"0b8f0ad81-f7c-4b0d-9d4c-6e1f4f7c2a51", "0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a5g",
		"0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a511"};
	uint8_t uuid[16];
	size_t i;

	(void)context;
	assert_int_equal(fsfacts_parse_uuid("0B8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51", uuid), 0);
	assert_memory_equal(uuid, "\x0b\x8f\x0a\xd8\x1f\x7c\x4b\x0d\x9d\x4c\x6e\x1f\x4f\x7c\x2a\x51", 16);
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(fsfacts_parse_uuid(wrong[i], uuid), -EINVAL);
}

static void what_is_told_wins(void **context)
{
	const struct fsfacts_told told = {"ext4", "0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51"}, nothing = {0};
	_cleanup_close_ int fd = open(fakeroot, O_RDONLY | O_CLOEXEC);
	struct fsfacts facts;
	struct stat st;

	(void)context;
	assert_int_equal(fstat(fd, &st), 0);
	fsfacts_get(fd, &st, &told, &facts);
	assert_int_equal(facts.facts.fsmagic, EXT4_SUPER_MAGIC);
	assert_string_equal(facts.facts.fsname, "ext4");
	assert_null(facts.facts.fs_subtype);
	assert_true(facts.has_uuid);
	assert_int_equal(facts.facts.fsuuid[0], 0x0b);
	fakeroot_file("/proc/self/mountinfo", "nothing\n");
	fsfacts_get(fd, &st, &nothing, &facts);
	assert_int_not_equal(facts.facts.fsmagic, 0);
	assert_string_equal(facts.facts.fsname, "");
	assert_int_equal(fsfacts_magic("xfs"), XFS_SUPER_MAGIC);
	assert_int_equal(fsfacts_magic("none"), 0);
}

static int set_up(void **context)
{
	int r = fakeroot_new(context);

	machine_set_prefix(fakeroot);
	return r;
}

static int tear_down(void **context)
{
	machine_set_prefix("");
	return fakeroot_remove(context);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keyrings),
		TEST(the_policy_file),
		TEST(the_guard),
		TEST(a_locked_platform),
		TEST(a_kernel_that_repairs),
		TEST(small_files),
		cmocka_unit_test(uuids),
		TEST(what_is_told_wins),
	};

	return RUN_TESTS(tests);
}
