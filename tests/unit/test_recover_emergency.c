// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/recover_emergency.c, and of what holds a boot in recover_end.c: where the emergency shell of the initramfs
 * opens, and what takes its place elsewhere.
 * wrap: securityfs_mount tpm_mark recovery_run root_open sleep sync reboot sysfile_replace memory_limit
 */
#include <sys/reboot.h>
#include "capture.h"
#include "fakeroot.h"
#include "log.h"
#include "out.h"
#include "recover.h"
#include "recovery_run.h"
#include "rootfile.h"
#include "tpm.h"
#include "verbs.h"

#define CONFIG "/image" CONFIG_FILE
#define HASH "recovery-password = $6$salt$hash\n"
#define CLOSED "test: the emergency shell of the initramfs does not open: "
#define UNASKED "test: the recovery cannot ask anybody; the machine waits "
#define FOR_EVER UNASKED "to be switched off\n"

static struct {
	struct buf calls;
	int mark_error, replace_error;
	struct capture err;
	jmp_buf end; /* where a wait that has no end leads to */
} fake;

int __wrap_securityfs_mount(void);
void __wrap_memory_limit(void);
int __wrap_tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem);
int __wrap_recovery_run(const char *root, int (*enter)(void));
int __real_root_open(const char *root);
int __wrap_root_open(const char *root);
unsigned int __wrap_sleep(unsigned int seconds);
void __wrap_sync(void);
int __wrap_reboot(int command);
int __real_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);
int __wrap_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);

/* The sanitizers would not live with it. */
void __wrap_memory_limit(void)
{
}

int __wrap_securityfs_mount(void)
{
	return 0;
}

int __wrap_tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem)
{
	*ret_banks = TPM_BANK_SHA256;
	buf_printf(&fake.calls, "mark %u %s, ", pcr, event);
	return fake.mark_error ? problem_set(problem, fake.mark_error, "the TPM is ill") : 0;
}

/* It is there, and knows where it is. */
int __wrap_recovery_run(const char *root, int (*enter)(void))
{
	assert_string_equal(root, "/sysroot");
	assert_null(enter);
	buf_printf(&fake.calls, "recovery %.*s, ", (int)strcspn(fakeroot_read(RUN_RECOVERY), "\n"),
		fakeroot_read(RUN_RECOVERY));
	return -ECANCELED;
}

/* The image's root is the folder that stands for it. */
int __wrap_root_open(const char *root)
{
	return __real_root_open(string_equal(root, "/") ? fakeroot_path("/image") : root);
}

unsigned int __wrap_sleep(unsigned int seconds)
{
	if (seconds == 3600)
		longjmp(fake.end, 1);
	buf_printf(&fake.calls, "sleep %u, ", seconds);
	return 0;
}

void __wrap_sync(void)
{
}

int __wrap_reboot(int command)
{
	buf_printf(&fake.calls, "reboot %x, ", (unsigned int)command);
	errno = EPERM;
	return -1;
}

int __wrap_sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode)
{
	return fake.replace_error ? fake.replace_error : __real_sysfile_replace(path, bytes, len, mode);
}

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_dir("/run/imaboot");
	fakeroot_file(PROC_CMDLINE, "quiet\n");
	fakeroot_file(CONFIG, "");
	fakeroot_file(LOCKDOWN_FILE, "[none] integrity confidentiality\n");
	log_set_program("test");
	return 0;
}

static int stop(void **context)
{
	buf_free(&fake.calls);
	log_set_kmsg(false);
	return fakeroot_remove(context);
}

static void lock(void)
{
	fakeroot_file(LOCKDOWN_FILE, "none [integrity] confidentiality\n");
}

/* Runs the verb; -1: it does not return. What was done and said. */
static void run(int wanted, const char *calls, const char *said)
{
	static char action[] = "emergency", *operands[] = {action, NULL};
	volatile int status = -1;

	capture_begin(&fake.err, STDERR_FILENO);
	if (setjmp(fake.end) == 0)
		status = verb_recover.run(1, operands);
	(void)capture_end(&fake.err);
	assert_int_equal(status, wanted);
	assert_buf(&fake.calls, calls);
	assert_string_equal(fake.err.text, said);
}

static void open_platform_gets_its_shell(void **context)
{
	(void)context;
	run(EXIT_DONE, "mark 12 imaboot: emergency shell, ",
		"test: PCR 12 was extended with \"imaboot: emergency shell\"\n");
	assert_false(fakeroot_has(RUN_RECOVERY));
}

static void mark_that_must_be_comes_first(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "pcr-required = yes\n");
	fake.mark_error = -ENODEV;
	run(-1, "mark 12 imaboot: emergency shell, mark 12 imaboot: recovery, recovery emergency, ",
		"test: PCR 12 was not extended with \"imaboot: emergency shell\": the TPM is ill\n" CLOSED
		"the image's configuration says pcr-required = yes\n"
		"test: PCR 12 was not extended with \"imaboot: recovery\": the TPM is ill\n" FOR_EVER);
	/* A mark that is only wanted keeps nobody out. */
	fakeroot_file(CONFIG, "pcr-required = no\n");
	run(EXIT_DONE, "mark 12 imaboot: emergency shell, ",
		"test: PCR 12 was not extended with \"imaboot: emergency shell\": the TPM is ill\n");
}

static void recovery_takes_its_place_elsewhere(void **context)
{
	(void)context;
	lock();
	run(-1, "mark 12 imaboot: recovery, recovery emergency, ",
		CLOSED
		"the kernel is locked down\ntest: PCR 12 was extended with \"imaboot: recovery\"\n" FOR_EVER);
	assert_memory_equal(
		fakeroot_read(RUN_FAILURE), "The initramfs did not get to the root's own system", 50);
	assert_int_equal(unlink(fakeroot_path(RUN_RECOVERY)), 0);
	fakeroot_file(LOCKDOWN_FILE, "[none] integrity confidentiality\n");
	fakeroot_file(CONFIG, HASH "pcr = none\n");
	run(-1, "recovery emergency, ",
		CLOSED "the image's configuration has a recovery-password\n" FOR_EVER);
}

/* A boot that failed, or its recovery, is not forgotten. */
static void recovery_that_goes_on_stays_what_it_is(void **context)
{
	(void)context;
	lock();
	fakeroot_file(CONFIG, "pcr = none\n");
	fakeroot_file(RUN_RECOVERY, RECOVERY_IN_INITRAMFS);
	fakeroot_file(RUN_FAILURE, "policy\n");
	run(-1, "recovery initramfs, ", CLOSED "the kernel is locked down\n" FOR_EVER);
	assert_string_equal(fakeroot_read(RUN_FAILURE), "policy\n");
}

static void without_its_files_there_is_no_menu_and_no_shell(void **context)
{
	(void)context;
	lock();
	fakeroot_file(CONFIG, "pcr = none\n");
	fake.replace_error = -ENOSPC;
	run(-1, "",
		CLOSED "the kernel is locked down\n"
		       "test: /run/imaboot/recovery cannot be written: No space left on device; there is no "
		       "menu\n" FOR_EVER);
	assert_int_equal(rmdir(fakeroot_path("/run/imaboot")), 0);
	assert_int_equal(rmdir(fakeroot_path("/run")), 0);
	run(-1, "",
		CLOSED "the kernel is locked down\n"
		       "test: /run/imaboot/recovery cannot be written: No such file or directory; there is "
		       "no menu\n" FOR_EVER);
}

static void dry_run_tells(void **context)
{
	struct recover recover = {.action = recover_find("emergency"), .image = "/", .dry_run = true};
	int i;

	(void)context;
	for (i = 0; i < 2; i++) {
		if (i)
			lock();
		capture_begin(&fake.err, STDERR_FILENO);
		assert_int_equal(recover_open(&recover), 0);
		assert_int_equal(recover_emergency(&recover), i ? EXIT_FAILED : EXIT_DONE);
		assert_string_equal(
			capture_end(&fake.err), i ? "test: emergency: dry run: the emergency shell of the "
						    "initramfs would not open: the "
						    "kernel is locked down\n"
						  : "test: emergency: dry run: the emergency shell of the "
						    "initramfs would open: UEFI Secure "
						    "Boot is off and the kernel is not locked down\n");
		recover_close(&recover);
	}
	assert_buf(&fake.calls, "");
	assert_false(fakeroot_has(RUN_RECOVERY));
}

/* What needs the root is not there, whoever asks for it: in the menu, and from the shell. */
static void nothing_goes_on_to_the_root(void **context)
{
	static const char *const absent[] = {"retry", "retry-known-good", "retry-image", "unprotected",
		"check", "set-aside", "restore-known-good"};
	struct recover recover = {.image = "/", .root = "/sysroot"};
	struct capture out;
	char name[32], *operands[] = {name, NULL};
	size_t i, count = 0;

	(void)context;
	fakeroot_file(RUN_RECOVERY, RECOVERY_IN_EMERGENCY);
	for (i = 0; i < recover_action_count; i++)
		count += recover_actions[i].root;
	assert_int_equal(count, ARRAY_SIZE(absent));
	for (i = 0; i < ARRAY_SIZE(absent); i++) {
		char said[256];

		strcpy(name, absent[i]);
		capture_begin(&fake.err, STDERR_FILENO);
		assert_int_equal(verb_recover.run(1, operands), EXIT_NOT_APPLICABLE);
		(void)snprintf(said, sizeof(said),
			"test: %s: the initramfs did not get to the root's system: restart the machine\n",
			name);
		assert_string_equal(capture_end(&fake.err), said);
	}
	assert_buf(&fake.calls, "");
	recover.action = recover_find("menu");
	assert_int_equal(recover_open(&recover), 0);
	capture_begin(&out, STDOUT_FILENO);
	assert_int_equal(recover_menu(&recover), EXIT_DONE);
	assert_int_equal(out_finish(), 0);
	assert_string_equal(capture_end(&out),
		"\n  1 v  show the whole report\n  9 d  copy the report to a removable disk  [writes]\n"
		" 10 s  open a shell of the initramfs  [weakens]\n 12 r  restart the machine\n"
		" 13 p  power the machine off\n");
	recover_close(&recover);
}

/* Holds the boot; what was done and said before it is held for ever. */
static void hold(const char *calls, const char *said)
{
	capture_begin(&fake.err, STDERR_FILENO);
	if (setjmp(fake.end) == 0)
		recover_hold_boot("/sysroot");
	assert_string_equal(capture_end(&fake.err), said);
	assert_buf(&fake.calls, calls);
}

#define REFUSED "test: the kernel refuses to stop the machine: Operation not permitted\n"

/* A boot whose program was killed before it could: what the configuration wants of a failure. */
static void hold_does_what_the_configuration_wants(void **context)
{
	(void)context;
	hold("", FOR_EVER);
	fakeroot_file(CONFIG, "recovery-timeout = 30\nrecovery-timeout-action = poweroff\n");
	hold("sleep 30, reboot 4321fedc, ",
		UNASKED "for 30 seconds\ntest: recovery: hold: the machine powers off\n" REFUSED);
	fakeroot_file(CONFIG, "recovery-timeout = 1\n");
	hold("sleep 1, reboot 1234567, ",
		UNASKED "for 1 second\ntest: recovery: hold: the machine restarts\n" REFUSED);
	fakeroot_file(CONFIG, "on-failure = reboot\n");
	hold("reboot 1234567, ", "test: recovery: hold: the machine restarts\n" REFUSED FOR_EVER);
	fakeroot_file(CONFIG, "on-failure = poweroff\n");
	hold("reboot 4321fedc, ", "test: recovery: hold: the machine powers off\n" REFUSED FOR_EVER);
	fakeroot_file(CONFIG, "on-failure = halt\n");
	hold("reboot cdef0123, ", "test: recovery: hold: the machine halts\n" REFUSED FOR_EVER);
	/* Nothing goes on here. */
	fakeroot_file(CONFIG, "on-failure = continue\n");
	hold("", FOR_EVER);
}

static void image_that_cannot_be_read_holds_too(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(CONFIG)), 0);
	assert_int_equal(rmdir(fakeroot_path("/image/etc/imaboot")), 0);
	assert_int_equal(rmdir(fakeroot_path("/image/etc")), 0);
	assert_int_equal(rmdir(fakeroot_path("/image")), 0);
	hold("", "test: /: the image's root cannot be opened: No such file or directory\n");
}

#define EMERGENCY_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EMERGENCY_TEST(open_platform_gets_its_shell),
		EMERGENCY_TEST(mark_that_must_be_comes_first),
		EMERGENCY_TEST(recovery_takes_its_place_elsewhere),
		EMERGENCY_TEST(recovery_that_goes_on_stays_what_it_is),
		EMERGENCY_TEST(without_its_files_there_is_no_menu_and_no_shell),
		EMERGENCY_TEST(dry_run_tells),
		EMERGENCY_TEST(nothing_goes_on_to_the_root),
		EMERGENCY_TEST(hold_does_what_the_configuration_wants),
		EMERGENCY_TEST(image_that_cannot_be_read_holds_too),
	};

	return RUN_TESTS(tests);
}
