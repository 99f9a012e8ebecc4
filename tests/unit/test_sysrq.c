// SPDX-License-Identifier: MIT
/* Tests of initrd/sysrq.c: what a recovery leaves of the kernel's keys, and that they are as before afterwards. */
#include "sysrq.h"
#include "capture.h"
#include "fakeroot.h"
#include "log.h"

#define SYSRQ "/proc/sys/kernel/sysrq"

static struct capture err;

static void restrict_quietly(void)
{
	capture_begin(&err, STDERR_FILENO);
	sysrq_restrict();
	assert_string_equal(capture_end(&err), "");
}

static void restore_quietly(void)
{
	capture_begin(&err, STDERR_FILENO);
	sysrq_restore();
	assert_string_equal(capture_end(&err), "");
}

static void nothing_ends_a_process(void **context)
{
	unsigned int value;

	(void)context;
	assert_int_equal(sysrq_harmless(0), 0);
	assert_int_equal(sysrq_harmless(1), 0x1b2);
	for (value = 2; value < 1024; value++)
		assert_int_equal(sysrq_harmless(value) & ~0x1b2u, 0);
	/* Debian's, and one of each kind. */
	assert_int_equal(sysrq_harmless(438), 434);
	assert_int_equal(sysrq_harmless(4 | 8 | 64), 0);
	assert_int_equal(sysrq_harmless(16 | 32 | 128), 16 | 32 | 128);
}

static void value_is_set_and_set_back(void **context)
{
	(void)context;
	fakeroot_dir(RUN_DIR);
	fakeroot_file(SYSRQ, "438\n");
	restrict_quietly();
	assert_string_equal(fakeroot_read(SYSRQ), "434\n");
	assert_string_equal(fakeroot_read(RUN_SYSRQ), "438\n");
	/* A second time, and after somebody has opened it again. */
	restrict_quietly();
	fakeroot_file(SYSRQ, "511\n");
	restrict_quietly();
	assert_string_equal(fakeroot_read(SYSRQ), "434\n");
	restore_quietly();
	assert_string_equal(fakeroot_read(SYSRQ), "438\n");
	assert_false(fakeroot_has(RUN_SYSRQ));
	restore_quietly();
	assert_string_equal(fakeroot_read(SYSRQ), "438\n");
}

static void harmless_value_stays(void **context)
{
	(void)context;
	fakeroot_dir(RUN_DIR);
	fakeroot_file(SYSRQ, "16\n");
	restrict_quietly();
	assert_string_equal(fakeroot_read(SYSRQ), "16\n");
	assert_false(fakeroot_has(RUN_SYSRQ));
}

static void kernel_without_keys_is_fine(void **context)
{
	(void)context;
	restrict_quietly();
	restore_quietly();
	assert_false(fakeroot_has(SYSRQ));
}

static void what_cannot_be_written_is_told(void **context)
{
	(void)context;
	fakeroot_file(SYSRQ, "1");
	capture_begin(&err, STDERR_FILENO);
	sysrq_restrict();
	assert_string_equal(capture_end(&err), "test: /run/imaboot/sysrq cannot be written: the kernel's "
					       "keys (SysRq) stay restricted after the "
					       "recovery\n");
	assert_string_equal(fakeroot_read(SYSRQ), "434\n");
	fakeroot_file(RUN_SYSRQ, "438\n");
	assert_int_equal(unlink(fakeroot_path(SYSRQ)), 0);
	capture_begin(&err, STDERR_FILENO);
	sysrq_restore();
	assert_string_equal(capture_end(&err), "test: /proc/sys/kernel/sysrq cannot be written: No such file "
					       "or directory; the kernel's keys (SysRq) "
					       "stay as they are\n");
}

static int start(void **context)
{
	log_set_program("test");
	return fakeroot_new(context);
}

#define SYSRQ_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SYSRQ_TEST(nothing_ends_a_process),
		SYSRQ_TEST(value_is_set_and_set_back),
		SYSRQ_TEST(harmless_value_stays),
		SYSRQ_TEST(kernel_without_keys_is_fine),
		SYSRQ_TEST(what_cannot_be_written_is_told),
	};

	return RUN_TESTS(tests);
}
