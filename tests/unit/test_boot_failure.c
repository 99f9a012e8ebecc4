// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/boot_failure.c: what follows from an outcome, the mark before it, and how a boot ends.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark
 * wrap: sleep sync reboot tpm_event_record
 */
#include <sys/reboot.h>
#include "fakeboot.h"

static struct buf calls; /* what boot_end() did */
static int reboot_error;
static bool no_record;

unsigned int __wrap_sleep(unsigned int seconds);
void __wrap_sync(void);
int __wrap_reboot(int command);
char *__real_tpm_event_record(unsigned int pcr, const char *event, unsigned int banks);
char *__wrap_tpm_event_record(unsigned int pcr, const char *event, unsigned int banks);

unsigned int __wrap_sleep(unsigned int seconds)
{
	buf_printf(&calls, "sleep %u, ", seconds);
	return 0;
}

void __wrap_sync(void)
{
	buf_puts(&calls, "sync, ");
}

int __wrap_reboot(int command)
{
	buf_printf(&calls, "reboot %x", (unsigned int)command);
	errno = reboot_error;
	return reboot_error ? -1 : 0;
}

char *__wrap_tpm_event_record(unsigned int pcr, const char *event, unsigned int banks)
{
	return no_record ? NULL : __real_tpm_event_record(pcr, event, banks);
}

static void check_end(int status, enum boot_action action, unsigned int delay)
{
	assert_int_equal(fakeboot.end.status, status);
	assert_int_equal(fakeboot.end.action, action);
	assert_int_equal(fakeboot.end.delay, delay);
}

/* A boot that fails: the policy is refused. */
static void fail_boot(const char *config, int status, const char *outcome)
{
	fakeroot_file(CONFIG, config);
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.refused = "appraise func=MODULE_CHECK";
	fakeboot_run(status, outcome);
}

static void each_value_of_on_failure(void **context)
{
	static const struct {
		const char *config, *marks;
		enum boot_action action;
		unsigned int delay;
	} values[] = {{"", "12 imaboot: recovery\n", BOOT_RETURN, 0},
		{"on-failure = recovery\nrecovery-timeout = 0\nrecovery-timeout-action = halt\n",
			"12 imaboot: recovery\n", BOOT_RETURN, 0},
		{"recovery-timeout = 90\n", "12 imaboot: recovery\n", BOOT_REBOOT, 90},
		{"recovery-timeout = 1\nrecovery-timeout-action = poweroff\n", "12 imaboot: recovery\n",
			BOOT_POWEROFF, 1},
		{"recovery-timeout = 86400\nrecovery-timeout-action = halt\n", "12 imaboot: recovery\n",
			BOOT_HALT, 86400},
		/* A machine that stops gives nothing away: there is nothing to mark, and no wait. */
		{"on-failure = reboot\nrecovery-timeout = 90\n", "", BOOT_REBOOT, 0},
		{"on-failure = poweroff\n", "", BOOT_POWEROFF, 0}, {"on-failure = halt\n", "", BOOT_HALT, 0}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		fail_boot(values[i].config, EXIT_FAILED, "failed");
		check_end(EXIT_FAILED, values[i].action, values[i].delay);
		assert_marks(values[i].marks);
	}
}

static void unprotected_boot_is_marked_and_told(void **context)
{
	(void)context;
	fail_boot("on-failure = continue\n", EXIT_FALLBACK, "unprotected");
	check_end(EXIT_FALLBACK, BOOT_RETURN, 0);
	assert_marks("12 imaboot: unprotected boot\n");
	assert_non_null(strstr(fakeboot.err.text,
		MARKED("unprotected boot") "test: THIS MACHINE BOOTS UNPROTECTED: no policy could be put in "
					   "force, and the configuration says on-failure = continue\n"));
	assert_int_equal(fakeboot.report.message_count, 2);
	assert_int_equal(fakeboot.guards, 1);
}

/* No mark, no unprotected boot: where the mark is required the boot ends like any failed one. */
static void required_mark_that_fails_stops_an_unprotected_boot(void **context)
{
	(void)context;
	fakeboot.mark_error = -ENODEV;
	fail_boot("on-failure = continue\npcr-required = yes\nrecovery-timeout = 5\n", EXIT_FAILED, "failed");
	assert_marks("12 imaboot: unprotected boot\n12 imaboot: recovery\n");
	check_end(EXIT_FAILED, BOOT_REBOOT, 5);
	assert_null(strstr(fakeboot.err.text, "UNPROTECTED"));
	assert_non_null(strstr(fakeboot.err.text,
		"test: PCR 12 was not extended with \"imaboot: unprotected boot\": the TPM is ill; heal "
		"it\n"));
	fail_boot("on-failure = continue\npcr-required = no\n", EXIT_FALLBACK, "unprotected");
	assert_marks("12 imaboot: unprotected boot\n");
	assert_non_null(strstr(fakeboot.err.text, "test: THIS MACHINE BOOTS UNPROTECTED: "));
}

static void mark_goes_where_it_is_wanted(void **context)
{
	(void)context;
	fail_boot("pcr = 0\n", EXIT_FAILED, "failed");
	assert_marks("0 imaboot: recovery\n");
	fail_boot("pcr = 23\n", EXIT_FAILED, "failed");
	assert_marks("23 imaboot: recovery\n");
	fail_boot("pcr = none\npcr-required = yes\n", EXIT_FAILED, "failed");
	assert_marks("");
	fail_boot("pcr = none\npcr-required = yes\non-failure = continue\n", EXIT_FALLBACK, "unprotected");
	assert_marks("");
	assert_false(strstr(fakeboot.err.text, "PCR"));
}

/* What is no failure, but no protection either, is marked; a mark that must be and cannot makes it one. */
static void outcomes_without_protection_are_marked(void **context)
{
	static const struct {
		const char *cmdline, *outcome, *marks;
		int status;
	} outcomes[] = {{"", "no-policy", "12 imaboot: no policy\n", EXIT_DONE},
		{"rd.imaboot=0\n", "disabled", "12 imaboot: disabled\n", EXIT_NOT_APPLICABLE},
		{"rd.imaboot.policy=none\n", "unprotected", "12 imaboot: unprotected boot\n", EXIT_FALLBACK}};
	char marks[128];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		fakeboot.mark_error = 0;
		fakeroot_file(PROC_CMDLINE, outcomes[i].cmdline);
		fakeroot_file(CONFIG, "");
		fakeboot_run(outcomes[i].status, outcomes[i].outcome);
		check_end(outcomes[i].status, BOOT_RETURN, 0);
		assert_marks(outcomes[i].marks);
		fakeboot.mark_error = -EPROTO;
		fakeboot_run(outcomes[i].status, outcomes[i].outcome);
		assert_marks(outcomes[i].marks);
		fakeroot_file(CONFIG, "pcr-required = yes\nrecovery-timeout = 9\n");
		fakeboot_run(EXIT_FAILED, "failed");
		check_end(EXIT_FAILED, BOOT_REBOOT, 9);
		(void)snprintf(marks, sizeof(marks), "%s12 imaboot: recovery\n", outcomes[i].marks);
		assert_marks(marks);
	}
}

/* It is a failure like any other then: no prompt where the configuration wants none. */
static void missing_mark_leads_where_a_failure_does(void **context)
{
	(void)context;
	fakeboot.mark_error = -ENODEV;
	fakeroot_file(PROC_CMDLINE, "rd.imaboot=0\n");
	fakeroot_file(CONFIG, "pcr-required = yes\non-failure = poweroff\n");
	fakeboot_run(EXIT_FAILED, "failed");
	check_end(EXIT_FAILED, BOOT_POWEROFF, 0);
	assert_marks("12 imaboot: disabled\n");
	fakeroot_file(CONFIG, "pcr-required = yes\non-failure = continue\n");
	fakeboot_run(EXIT_FAILED, "failed");
	check_end(EXIT_FAILED, BOOT_RETURN, 0);
	assert_marks("12 imaboot: disabled\n12 imaboot: unprotected boot\n12 imaboot: recovery\n");
}

static void protected_boot_is_not_marked(void **context)
{
	(void)context;
	fakeboot.mark_error = -ENODEV;
	fakeroot_file(CONFIG, "pcr-required = yes\non-failure = reboot\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot.refused = "# of root";
	fakeboot_run(EXIT_FALLBACK, "fallback");
	check_end(EXIT_FALLBACK, BOOT_RETURN, 0);
	assert_marks("");
	assert_false(fakeroot_has(RUN_TPM_EVENTS));
}

/* A configuration with errors is believed when it stops the machine, not when it lets it go on. */
static void misconfigured_boot_does_not_continue(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(CONFIG, "on-failure = continue\nbogus = 1\n");
	fakeboot_run(EXIT_USAGE, "failed");
	check_end(EXIT_USAGE, BOOT_RETURN, 0);
	assert_marks("12 imaboot: recovery\n");
	fakeroot_file(CONFIG, "on-failure = poweroff\nbogus = 1\n");
	fakeboot_run(EXIT_USAGE, "failed");
	check_end(EXIT_USAGE, BOOT_POWEROFF, 0);
	assert_marks("");
	fakeroot_file(CONFIG, "on-failure = sometimes\nrecovery-timeout = 30\n");
	fakeboot_run(EXIT_USAGE, "failed");
	check_end(EXIT_USAGE, BOOT_REBOOT, 30);
	assert_marks("12 imaboot: recovery\n");
	/* Nor does the command line make it go on. */
	fakeroot_file(CONFIG, "bogus = 1\n");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot.on_failure=continue\n");
	fakeboot_run(EXIT_USAGE, "failed");
	check_end(EXIT_USAGE, BOOT_RETURN, 0);
	assert_marks("12 imaboot: recovery\n");
	assert_submitted("");
}

static void marks_are_logged_for_a_verifier(void **context)
{
	(void)context;
	fakeboot_run(EXIT_DONE, "no-policy");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot=0\n");
	fakeboot_run(EXIT_NOT_APPLICABLE, "disabled");
	assert_string_equal(fakeroot_read(RUN_TPM_EVENTS),
		"\x1e{\"pcr\":12,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":"
		"\"7efe3403ae0385a375d0f4878c75f9c913a48ae3dfc759021e788c71d85e150e\"}],"
		"\"content_type\":\"imaboot\",\"content\":{\"string\":\"imaboot: no policy\"}}\n"
		"\x1e{\"pcr\":12,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":"
		"\"d3bf53fbc3954f99a518f82191728a2dc0deff8a50ae516f6387e03bcd021c23\"}],"
		"\"content_type\":\"imaboot\",\"content\":{\"string\":\"imaboot: disabled\"}}\n");
}

static void event_that_cannot_be_logged_is_told(void **context)
{
	static const char warning[] = "test: /run/log/imaboot/tpm-events.json cannot be written: the event "
				      "\"imaboot: no policy\" is in the PCR alone\n" MARKED("no policy");

	(void)context;
	no_record = true;
	fakeboot_run(EXIT_DONE, "no-policy");
	no_record = false;
	assert_non_null(strstr(fakeboot.err.text, warning));
	assert_false(fakeroot_has(RUN_TPM_EVENTS));
	/* A link that lies there leads nowhere. */
	fakeroot_link(RUN_TPM_EVENTS, fakeroot_path("/victim"));
	fakeboot_run(EXIT_DONE, "no-policy");
	assert_non_null(strstr(fakeboot.err.text, warning));
	assert_false(fakeroot_has("/victim"));
}

/* Ends a boot in that way; what was done and said. */
static void check_stop(enum boot_action action, unsigned int delay, const char *done, const char *said)
{
	struct boot_end end = {.action = action, .delay = delay};

	capture_begin(&fakeboot.err, STDERR_FILENO);
	boot_end(&end);
	assert_string_equal(capture_end(&fakeboot.err), said);
	assert_buf(&calls, done);
}

static void machine_is_stopped_after_the_wait(void **context)
{
	(void)context;
	check_stop(BOOT_RETURN, 5, "", "");
	check_stop(BOOT_REBOOT, 90, "sleep 90, sync, reboot 1234567",
		"test: the boot failed, and the machine reboots in 90 seconds\n"
		"test: the kernel refuses to stop the machine: Success\n");
	check_stop(BOOT_POWEROFF, 0, "sleep 0, sync, reboot 4321fedc",
		"test: the boot failed, and the machine powers off in 0 seconds\n"
		"test: the kernel refuses to stop the machine: Success\n");
	reboot_error = EPERM;
	check_stop(BOOT_HALT, 1, "sleep 1, sync, reboot cdef0123",
		"test: the boot failed, and the machine halts in 1 second\n"
		"test: the kernel refuses to stop the machine: Operation not permitted\n");
	reboot_error = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOT_TEST(each_value_of_on_failure),
		BOOT_TEST(unprotected_boot_is_marked_and_told),
		BOOT_TEST(required_mark_that_fails_stops_an_unprotected_boot),
		BOOT_TEST(mark_goes_where_it_is_wanted),
		BOOT_TEST(outcomes_without_protection_are_marked),
		BOOT_TEST(missing_mark_leads_where_a_failure_does),
		BOOT_TEST(protected_boot_is_not_marked),
		BOOT_TEST(misconfigured_boot_does_not_continue),
		BOOT_TEST(marks_are_logged_for_a_verifier),
		BOOT_TEST(event_that_cannot_be_logged_is_told),
		BOOT_TEST(machine_is_stopped_after_the_wait),
	};

	return RUN_TESTS(tests);
}
