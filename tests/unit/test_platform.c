// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/platform.c.
 * wrap: mount umount2
 */
#include "platform.h"
#include <sys/mount.h>
#include "fakeroot.h"

#define EFIVARS_DIR "/sys/firmware/efi/efivars"

static bool has_efivars; /* mounting efivarfs succeeds, and Secure Boot is on in it */
static int mounts, umounts;

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int __wrap_umount2(const char *target, int flags);

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	assert_string_equal(source, "efivarfs");
	assert_string_equal(target, fakeroot_path(EFIVARS_DIR));
	assert_string_equal(type, "efivarfs");
	assert_true(flags & MS_RDONLY);
	assert_null(data);
	mounts++;
	errno = ENOENT;
	if (!has_efivars)
		return -1;
	fakeroot_bytes(EFI_SECURE_BOOT, "\x06\0\0\0\x01", 5);
	return 0;
}

int __wrap_umount2(const char *target, int flags)
{
	assert_string_equal(target, fakeroot_path(EFIVARS_DIR));
	assert_int_equal(flags, MNT_DETACH);
	umounts++;
	return 0;
}

static int start(void **context)
{
	has_efivars = false;
	mounts = umounts = 0;
	return fakeroot_new(context);
}

static void check(bool locked, const char *wanted)
{
	const char *reason = NULL;

	assert_int_equal(platform_is_locked(&reason), locked);
	assert_string_equal(reason, wanted);
}

static const char is_open[] = "UEFI Secure Boot is off and the kernel is not locked down";

static void nothing_known_means_open(void **context)
{
	(void)context;
	check(false, is_open);
	assert_int_equal(mounts, 1);
	assert_int_equal(umounts, 0);
}

static void secure_boot_locks(void **context)
{
	(void)context;
	fakeroot_bytes(EFI_SECURE_BOOT, "\x06\0\0\0\x01", 5);
	check(true, "UEFI Secure Boot is on");
	assert_int_equal(mounts, 0);
}

static void secure_boot_that_is_off_leaves_it_open(void **context)
{
	(void)context;
	fakeroot_bytes(EFI_SECURE_BOOT, "\x06\0\0\0\0", 5);
	check(false, is_open);
	fakeroot_bytes(EFI_SECURE_BOOT, "\x06\0\0\0\x02", 5);
	check(false, is_open);
}

static void variable_of_another_size_does_not_count(void **context)
{
	(void)context;
	fakeroot_bytes(EFI_SECURE_BOOT, "\x06\0\0\0\x01\x01", 6);
	check(false, is_open);
	fakeroot_bytes(EFI_SECURE_BOOT, "\x06\0\0\0", 4);
	check(false, is_open);
}

/* efi=noruntime hides the variable, but not what the kernel's stub has seen. */
static void stub_knows_of_secure_boot(void **context)
{
	uint8_t params[4096] = {0};
	int mode;

	(void)context;
	for (mode = 0; mode < 5; mode++) {
		params[0x1ec] = (uint8_t)mode;
		fakeroot_bytes(BOOT_PARAMS, params, sizeof(params));
		check(mode == 3, mode == 3 ? "UEFI Secure Boot is on" : is_open);
	}
	params[0x1ec] = 3;
	fakeroot_bytes(BOOT_PARAMS, params, 0x1ec);
	check(false, is_open);
	fakeroot_bytes(BOOT_PARAMS, params, 0x1ed);
	check(true, "UEFI Secure Boot is on");
}

static void efivarfs_is_mounted_for_one_read(void **context)
{
	(void)context;
	has_efivars = true;
	check(true, "UEFI Secure Boot is on");
	assert_int_equal(mounts, 1);
	assert_int_equal(umounts, 1);
}

static void lockdown_locks(void **context)
{
	(void)context;
	fakeroot_file(LOCKDOWN_FILE, "none [integrity] confidentiality\n");
	check(true, "the kernel is locked down");
	fakeroot_file(LOCKDOWN_FILE, "none integrity [confidentiality]\n");
	check(true, "the kernel is locked down");
	fakeroot_file(LOCKDOWN_FILE, "[none] integrity confidentiality\n");
	check(false, is_open);
}

static void secure_boot_of_power_locks(void **context)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool locked;
	} numbers[] = {{"\0\0\0\0", 4, false}, {"\0\0\0\1", 4, false}, {"\0\0\0\2", 4, true},
		{"\0\0\0\xff", 4, true}, {"\1\0\0\0", 4, true}, {"\0\0\2", 3, false},
		{"\0\0\0\2\0", 5, false}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		fakeroot_bytes(POWERVM_SECURE_BOOT, numbers[i].bytes, numbers[i].len);
		check(numbers[i].locked,
			numbers[i].locked ? "the partition's Secure Boot is on (ibm,secure-boot)" : is_open);
	}
	fakeroot_file(OPAL_SECURE_BOOT, "");
	check(true, "the firmware's Secure Boot is on (os-secureboot-enforcing)");
}

static void secure_ipl_locks(void **context)
{
	(void)context;
	fakeroot_file(IPL_SECURE, "0\n");
	check(false, is_open);
	fakeroot_file(IPL_SECURE, "1\n");
	check(true, "the machine was started by a secure IPL");
}

static void check_mode(const char *value, bool locked, const char *wanted)
{
	const char *mode = platform_appraise_mode(value, locked);

	assert_true(!mode == !wanted);
	if (wanted)
		assert_string_equal(mode, wanted);
}

static void mode_of_appraisal_is_obeyed_on_an_open_platform(void **context)
{
	(void)context;
	check_mode("log", false, "log");
	check_mode("fixed", false, "fix");
	check_mode("off", true, NULL);
	check_mode("enforce", false, NULL);
	check_mode("", false, NULL);
}

/* A kernel that does not know the parameter gives it to PID 1, as it is written. */
static void mode_that_the_kernel_does_not_know_is_not_obeyed(void **context)
{
	(void)context;
	fakeroot_bytes("/proc/1/environ", "HOME=/\0ima_appraise=log", 23);
	check_mode("log", false, NULL);
	fakeroot_bytes("/proc/1/environ", "ima-appraise=log\0HOME=/", 23);
	check_mode("log", false, NULL);
	fakeroot_bytes("/proc/1/environ", "ima_appraises=log\0ima_appraise", 30);
	check_mode("log", false, "log");
}

#define PLATFORM_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLATFORM_TEST(nothing_known_means_open),
		PLATFORM_TEST(secure_boot_locks),
		PLATFORM_TEST(secure_boot_that_is_off_leaves_it_open),
		PLATFORM_TEST(variable_of_another_size_does_not_count),
		PLATFORM_TEST(stub_knows_of_secure_boot),
		PLATFORM_TEST(efivarfs_is_mounted_for_one_read),
		PLATFORM_TEST(lockdown_locks),
		PLATFORM_TEST(secure_boot_of_power_locks),
		PLATFORM_TEST(secure_ipl_locks),
		PLATFORM_TEST(mode_of_appraisal_is_obeyed_on_an_open_platform),
		PLATFORM_TEST(mode_that_the_kernel_does_not_know_is_not_obeyed),
	};

	return RUN_TESTS(tests);
}
