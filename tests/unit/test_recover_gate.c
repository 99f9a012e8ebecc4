// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/recover_gate.c, recover_boot.c, recover_end.c and recover_menu.c: who may do what on which platform, what
 * a wrong password costs, the mark before everything, and what the menu and the clock say.
 * wrap: securityfs_mount consoles_open consoles_ask consoles_write consoles_close tpm_mark sleep sync reboot recover_check_password
 * wrap: boot_run_again guard_set clock_gettime
 */
#include <sys/reboot.h>
#include <time.h>
#include "capture.h"
#include "fakeroot.h"
#include "log.h"
#include "out.h"
#include "recover.h"
#include "tpm.h"
#include "verbs.h"

#define CONFIG "/image" CONFIG_FILE
#define HASH "recovery-password = $6$salt$hash\n"

static struct {
	struct recover recover;
	struct capture out, err;
	char image[PATH_MAX];
	const char *answers[16]; /* to the questions, in order; NULL: no answer in time */
	size_t answer;
	struct buf shown, calls; /* at the consoles; what was done */
	int open_error, mark_error, check_error, guard_error;
	enum outcome outcome; /* of boot_run_again() */
	int choice;
	time_t now;
} fake;

int __wrap_securityfs_mount(void);
int __wrap_consoles_open(struct consoles *ret, const char *name);
void __wrap_consoles_close(struct consoles *consoles);
void __wrap_consoles_write(struct consoles *consoles, const char *text);
int __wrap_consoles_ask(struct consoles *consoles, const char *prompt, const struct console_read *how,
	char ret[static CONSOLE_LINE_MAX], size_t *ret_index);
int __wrap_tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem);
unsigned int __wrap_sleep(unsigned int seconds);
void __wrap_sync(void);
int __wrap_reboot(int command);
int __wrap_recover_check_password(const char *hash, const char *password);
int __wrap_guard_set(void);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
void __wrap_boot_run_again(const char *image, const char *root, const struct boot_again *again,
	struct report *report, struct boot_end *ret);

int __wrap_securityfs_mount(void)
{
	return 0;
}

int __wrap_consoles_open(struct consoles *ret, const char *name)
{
	(void)name;
	*ret = (struct consoles){.count = 1};
	ret->list[0].fd = -1;
	strcpy(ret->list[0].name, "ttyS0");
	return fake.open_error;
}

void __wrap_consoles_close(struct consoles *consoles)
{
	(void)consoles;
}

void __wrap_consoles_write(struct consoles *consoles, const char *text)
{
	(void)consoles;
	buf_puts(&fake.shown, text);
}

int __wrap_consoles_ask(struct consoles *consoles, const char *prompt, const struct console_read *how,
	char ret[static CONSOLE_LINE_MAX], size_t *ret_index)
{
	const char *answer = fake.answers[fake.answer];
	int r;

	buf_printf(&fake.calls, "ask%s, ", how->secret ? " secretly" : "");
	/* A password is taken where the action was confirmed. */
	if (how->secret)
		assert_string_equal(how->only, "ttyS0");
	else
		assert_null(how->only);
	buf_puts(&fake.shown, prompt);
	if (how->tick && !answer) {
		r = how->tick(consoles, how->context);
		return r < -1 ? r : -ETIMEDOUT;
	}
	if (!answer)
		return -ETIMEDOUT;
	fake.answer++;
	if (string_equal(answer, "LONG"))
		return -E2BIG;
	consoles->touched = true;
	*ret_index = 0;
	strcpy(ret, answer);
	return (int)strlen(answer);
}

int __wrap_tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem)
{
	*ret_banks = TPM_BANK_SHA256;
	buf_printf(&fake.calls, "mark %u %s, ", pcr, event);
	return fake.mark_error ? problem_set(problem, fake.mark_error, "the TPM is ill") : 0;
}

unsigned int __wrap_sleep(unsigned int seconds)
{
	buf_printf(&fake.calls, "sleep %u, ", seconds);
	fake.now += seconds;
	return 0;
}

void __wrap_sync(void)
{
	buf_puts(&fake.calls, "sync, ");
}

int __wrap_reboot(int command)
{
	buf_printf(&fake.calls, "reboot %x", (unsigned int)command);
	errno = EPERM;
	return -1;
}

int __wrap_recover_check_password(const char *hash, const char *password)
{
	assert_string_equal(hash, "$6$salt$hash");
	/* It counts as wrong while it is checked. */
	assert_true(fakeroot_has(RUN_WRONG));
	if (fake.check_error)
		return fake.check_error;
	return string_equal(password, "secret") ? 0 : -EACCES;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	assert_int_equal(clock, CLOCK_BOOTTIME);
	*ret = (struct timespec){.tv_sec = fake.now};
	return 0;
}

int __wrap_guard_set(void)
{
	buf_puts(&fake.calls, "guard, ");
	return fake.guard_error;
}

void __wrap_boot_run_again(const char *image, const char *root, const struct boot_again *again,
	struct report *report, struct boot_end *ret)
{
	(void)image;
	(void)root;
	report->outcome = fake.outcome;
	fake.choice = again->choice;
	*ret = (struct boot_end){.status = outcome_exit(fake.outcome)};
}

static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	fake.now = 1000;
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_dir("/image");
	fakeroot_dir("/run/imaboot");
	strcpy(fake.image, fakeroot_path("/image"));
	fakeroot_file(PROC_CMDLINE, "quiet\n");
	fakeroot_file(RUN_RECOVERY, "");
	fakeroot_file(CONFIG, "");
	fakeroot_file(LOCKDOWN_FILE, "[none] integrity confidentiality\n");
	log_set_program("test");
	return 0;
}

static int stop(void **context)
{
	buf_free(&fake.shown);
	buf_free(&fake.calls);
	log_set_kmsg(false);
	return fakeroot_remove(context);
}

static void lock(void)
{
	fakeroot_file(LOCKDOWN_FILE, "none [integrity] confidentiality\n");
}

static int open_recover(const char *name)
{
	fake.recover = (struct recover){.action = recover_find(name),
		.image = fake.image,
		.root = "/none",
		.choice = -1,
		.dry_run = fake.recover.dry_run};
	return recover_open(&fake.recover);
}

/* Asks to let an action pass; what was done and said. */
static void pass(const char *name, int wanted, const char *calls, const char *said)
{
	fake.answer = 0;
	capture_begin(&fake.err, STDERR_FILENO);
	assert_int_equal(open_recover(name), 0);
	assert_int_equal(recover_pass(&fake.recover), wanted);
	recover_close(&fake.recover);
	(void)capture_end(&fake.err);
	assert_buf(&fake.calls, calls);
	if (!strstr(fake.err.text, said))
		assert_string_equal(fake.err.text, said);
}

/* Runs one; status and output. */
static void act(const char *name, int status, const char *out)
{
	capture_begin(&fake.out, STDOUT_FILENO);
	capture_begin(&fake.err, STDERR_FILENO);
	assert_int_equal(open_recover(name), 0);
	assert_int_equal(fake.recover.action->run(&fake.recover), status);
	recover_close(&fake.recover);
	assert_int_equal(out_finish(), 0);
	(void)capture_end(&fake.err);
	(void)capture_end(&fake.out);
	if (out)
		assert_string_equal(fake.out.text, out);
}

static const char *const gated[] = {"retry-known-good", "retry-image", "unprotected", "set-aside",
	"restore-known-good", "copy-report", "shell"};

static bool is_gated(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(gated); i++)
		if (string_equal(gated[i], name))
			return true;
	return false;
}

/* Nothing is forgotten: an action has effects, or is one of those that have none. */
static void every_action_has_its_gate(void **context)
{
	static const char *const harmless[] = {"report", "retry", "check", "firmware", "reboot", "poweroff",
		"screen", "menu", "ask", "show", "timeout", "hold", "emergency"};
	size_t i, j;

	(void)context;
	lock();
	assert_int_equal(recover_action_count, ARRAY_SIZE(gated) + ARRAY_SIZE(harmless));
	for (i = 0; i < recover_action_count; i++) {
		const char *name = recover_actions[i].name;

		for (j = 0; j < ARRAY_SIZE(harmless) && !string_equal(harmless[j], name); j++)
			;
		assert_int_equal(is_gated(name), j == ARRAY_SIZE(harmless));
		assert_int_equal(is_gated(name), recover_actions[i].effects != 0);
		/* The mark: for all that weaken. */
		assert_int_equal(recover_actions[i].event != NULL,
			(recover_actions[i].effects & RECOVER_WEAKENS) != 0);
		pass(name, is_gated(name) ? -EPERM : 0, "",
			is_gated(name)
				? "refused: the kernel is locked down, and the image has no password for "
				  "the recovery"
				: "");
	}
}

static void open_platform_asks(void **context)
{
	(void)context;
	fake.answers[0] = "yes";
	pass("shell", 0, "ask, mark 12 imaboot: recovery: shell, ",
		"test: recovery: shell, confirmed on ttyS0\n");
	assert_non_null(strstr(buf_string(&fake.shown),
		"shell: open a shell of the initramfs.\nIt weakens the boot.\nWhoever has a shell can do "
		"everything.\n"
		"PCR 12 is extended first, until the next start of the machine.\n"
		"Type yes to do it, anything else to go back: "));
	pass("copy-report", 0, "ask, ", "confirmed on ttyS0");
}

static void only_yes_is_yes(void **context)
{
	static const char *const answers[] = {"", "y", "Yes", "YES", " yes", "yes ", "yesyes", "no", "LONG"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		fake.answers[0] = answers[i];
		pass("unprotected", -ECANCELED, "ask, ",
			"test: unprotected: not confirmed: nothing is done\n");
	}
	fake.answers[0] = NULL;
	pass("unprotected", -ETIMEDOUT, "ask, ", "test: unprotected: not confirmed: nothing is done\n");
}

static void without_a_console_nothing_is_done(void **context)
{
	(void)context;
	fake.open_error = -ENXIO;
	pass("set-aside", -ENXIO, "",
		"test: set-aside: there is no console to ask at (/proc/consoles): nothing is done\n");
}

static void password_is_asked_for_where_there_is_one(void **context)
{
	int locked;

	(void)context;
	fakeroot_file(CONFIG, HASH);
	for (locked = 0; locked < 2; locked++) {
		fake.answers[0] = "yes";
		fake.answers[1] = "secret";
		pass("shell", 0, "ask, ask secretly, mark 12 imaboot: recovery: shell, ",
			"confirmed on ttyS0");
		assert_false(fakeroot_has(RUN_WRONG));
		lock();
	}
	pass("retry", 0, "", "");
}

static void wrong_passwords_are_counted_and_cost(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, HASH);
	fake.answers[0] = "yes";
	fake.answers[1] = fake.answers[2] = fake.answers[3] = "wrong";
	fake.answers[2] = "LONG";
	pass("shell", -EACCES, "ask, ask secretly, ask secretly, ask secretly, ",
		"test: recovery: shell: 3 wrong passwords\n");
	assert_string_equal(fakeroot_read(RUN_WRONG), "3 1005\n");
	fake.answers[1] = "secret";
	pass("unprotected", 0, "ask, sleep 5, ask secretly, mark 12 imaboot: unprotected boot, ",
		"confirmed");
	assert_non_null(strstr(
		buf_string(&fake.shown), "3 wrong passwords: the next one can be given in 5 seconds.\n"));
	assert_false(fakeroot_has(RUN_WRONG));
}

static void delays_grow_to_a_bound(void **context)
{
	static const unsigned int delays[] = {0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300};
	unsigned int i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(delays); i++)
		assert_int_equal(recover_delay(i), delays[i]);
	assert_int_equal(recover_delay(4000000000u), 300);
}

static void password_that_cannot_be_checked_is_wrong(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, HASH);
	fake.answers[0] = "yes";
	fake.answers[1] = "secret";
	fake.check_error = -ENOEXEC;
	pass("shell", -ENOEXEC, "ask, ask secretly, ",
		"test: shell: the password cannot be checked (Exec format error): nothing is done\n");
	fake.answers[1] = NULL;
	pass("shell", -ETIMEDOUT, "ask, ask secretly, ",
		"test: shell: no password was given: nothing is done\n");
}

static void wrong_hash_refuses_everybody(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "recovery-password = secret\n");
	pass("shell", -EPERM, "",
		"test: shell: refused: the value of recovery-password in the image's configuration is wrong");
}

static void mark_comes_first_or_nothing(void **context)
{
	(void)context;
	fake.answers[0] = "yes";
	fake.mark_error = -ENODEV;
	pass("shell", 0, "ask, mark 12 imaboot: recovery: shell, ", "was not extended");
	fakeroot_file(CONFIG, "pcr-required = yes\npcr = 7\n");
	pass("shell", -EIO, "ask, mark 7 imaboot: recovery: shell, ",
		"test: shell: no mark, nothing is done: the image's configuration says pcr-required = yes\n");
	fakeroot_file(CONFIG, "pcr = none\npcr-required = yes\n");
	pass("shell", 0, "ask, ", "confirmed");
}

static void dry_run_tells_the_gate(void **context)
{
	(void)context;
	fake.recover.dry_run = true;
	pass("shell", 0, "", "test: shell: dry run: needs a confirmation, and makes a mark in the PCR\n");
	pass("copy-report", 0, "", "test: copy-report: dry run: needs a confirmation\n");
	lock();
	pass("shell", -EPERM, "", "test: shell: dry run: refused: the kernel is locked down\n");
	fakeroot_file(CONFIG, HASH);
	pass("shell", 0, "",
		"test: shell: dry run: needs a confirmation and the password, and makes a mark in the PCR\n");
	act("unprotected", EXIT_DONE, "");
	act("retry", EXIT_DONE, "");
	act("reboot", EXIT_DONE, "");
	act("shell", EXIT_DONE, "");
	assert_buf(&fake.calls, "");
}

static void unprotected_boot_is_reported_and_guarded(void **context)
{
	(void)context;
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0600), 0);
	act("unprotected", EXIT_FALLBACK, "");
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "unprotected 4\n");
	assert_false(fakeroot_has(RUN_RECOVERY));
	assert_buf(&fake.calls, "guard, ");
	fake.guard_error = -EPERM;
	fakeroot_file(RUN_OUTCOME, "failed 1\n");
	act("unprotected", EXIT_FAILED, "");
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "failed 1\n");
}

static void retry_ends_the_recovery_or_leads_back(void **context)
{
	(void)context;
	fake.outcome = OUTCOME_FAILED;
	act("retry", EXIT_FAILED, "");
	assert_int_equal(fake.choice, -1);
	assert_true(fakeroot_has(RUN_RECOVERY));
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "failed 1\n");
	fake.outcome = OUTCOME_ENFORCED;
	act("retry", EXIT_DONE, "");
	assert_false(fakeroot_has(RUN_RECOVERY));
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "enforced 0\n");
	assert_non_null(strstr(fakeroot_read(RUN_STATUS), "\"a recovery came before this report: retry\""));
}

static void machine_is_stopped(void **context)
{
	static const struct {
		const char *config, *name, *calls;
	} stops[] = {{"", "reboot", "sync, reboot 1234567"}, {"", "poweroff", "sync, reboot 4321fedc"},
		{"", "timeout", "sync, reboot 1234567"},
		{"recovery-timeout-action = poweroff\n", "timeout", "sync, reboot 4321fedc"},
		{"recovery-timeout-action = halt\n", "timeout", "sync, reboot cdef0123"}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(stops); i++) {
		fakeroot_file(CONFIG, stops[i].config);
		act(stops[i].name, EXIT_FAILED, "");
		assert_buf(&fake.calls, stops[i].calls);
		assert_non_null(strstr(
			fake.err.text, "the kernel refuses to stop the machine: Operation not permitted"));
	}
}

#define SUPPORTED "/sys/firmware/efi/efivars/OsIndicationsSupported-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define INDICATIONS "/sys/firmware/efi/efivars/OsIndications-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static void firmware_is_asked_for_its_setup(void **context)
{
	(void)context;
	act("firmware", EXIT_NOT_APPLICABLE, "");
	fakeroot_bytes(EFI_SECURE_BOOT, "\6\0\0\0\0", 5);
	fakeroot_bytes(SUPPORTED, "\6\0\0\0\2\0\0\0\0\0\0\0", 12);
	act("firmware", EXIT_NOT_APPLICABLE, "");
	fakeroot_bytes(SUPPORTED, "\6\0\0\0\3\0\0\0\0\0\0\0", 12);
	fakeroot_bytes(INDICATIONS, "\7\0\0\0\4\0\0\0\0\0\0\0", 12);
	act("firmware", EXIT_FAILED, "");
	assert_memory_equal(fakeroot_read(INDICATIONS), "\7\0\0\0\5\0\0\0\0\0\0\0", 12);
	assert_buf(&fake.calls, "sync, reboot 1234567");
}

static void menu_shows_what_may_be_done(void **context)
{
	static const char start_of_it[] = "\n  1 v  show the whole report\n"
					  "  2 t  try the policies again, and go on with the boot\n";

	(void)context;
	act("menu", EXIT_DONE, NULL);
	assert_int_equal(strncmp(fake.out.text, start_of_it, strlen(start_of_it)), 0);
	assert_non_null(strstr(
		fake.out.text, "  7 b  set the root's policy aside, as ima-policy.bak  [writes, weakens]\n"));
	assert_non_null(strstr(fake.out.text, " 10 s  open a shell"));
	assert_null(strstr(fake.out.text, "firmware"));
	assert_null(strstr(fake.out.text, "password"));
	lock();
	act("menu", EXIT_DONE,
		"\n  1 v  show the whole report\n  2 t  try the policies again, and go on with the boot\n"
		"  6 c  check the policies again, and commit nothing\n 12 r  restart the machine\n"
		" 13 p  power the machine off\nWhat weakens the boot, writes, or opens a shell is not here: "
		"the kernel is "
		"locked down, and there is no password for the recovery in the image.\n");
	fakeroot_file(CONFIG, HASH);
	act("menu", EXIT_DONE, NULL);
	assert_non_null(strstr(fake.out.text, "What is marked needs the password of the recovery.\n"));
	assert_non_null(strstr(fake.out.text, " 10 s  open a shell of the initramfs  [weakens]\n"));
}

static void answer_is_a_number_or_a_letter(void **context)
{
	static const struct {
		const char *answer, *action;
	} answers[] = {{"1", "report"}, {"v", "report"}, {"2", "retry"}, {"13", "poweroff"},
		{"07", "set-aside"}, {"s", "shell"}, {"k", "retry-known-good"}};
	size_t i;
	char wanted[64];

	(void)context;
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		fake.answer = 0;
		fake.answers[0] = answers[i].answer;
		(void)snprintf(wanted, sizeof(wanted), "%s\n", answers[i].action);
		act("ask", EXIT_DONE, wanted);
	}
}

static void other_answers_are_asked_again(void **context)
{
	static const char *const answers[] = {"0", "14", "19", "99", "1000", "001", "vv", "1v", "-1", "shell",
		"LONG", "", "x", "\xff", "p"};
	size_t i, n = 0;
	const char *at;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(answers); i++)
		fake.answers[i] = answers[i];
	fake.answers[5] = "%s";
	act("ask", EXIT_DONE, "poweroff\n");
	for (at = buf_string(&fake.shown); (at = strstr(at, "That is no entry of the menu.\n")); at++)
		n++;
	assert_int_equal(n, ARRAY_SIZE(answers) - 2); /* an empty line is passed over */
}

static void absent_entry_is_not_chosen(void **context)
{
	(void)context;
	lock();
	fake.answers[0] = "s";
	fake.answers[1] = "10";
	fake.answers[2] = "f";
	fake.answers[3] = "r";
	act("ask", EXIT_DONE, "reboot\n");
	assert_non_null(
		strstr(buf_string(&fake.shown), "That entry is not there: the kernel is locked down.\n"));
	assert_non_null(
		strstr(buf_string(&fake.shown), "That entry is not there: this firmware has no setup"));
}

static void clock_runs_until_a_key(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "recovery-timeout = 60\nrecovery-timeout-action = poweroff\n");
	fakeroot_file(RUN_FAILURE, "This machine did not boot.\n");
	act("screen", EXIT_DONE,
		"\n==== imaboot: recovery ====\nThis machine did not boot.\nThe whole report, without "
		"secrets: "
		"/run/imaboot/report.txt.\nThe machine powers off in 60 seconds by itself, unless a key is "
		"pressed.\n");
	assert_string_equal(fakeroot_read(RUN_CLOCK), "1060\n");
	act("ask", EXIT_FAILED, "");
	assert_non_null(strstr(
		buf_string(&fake.shown), "\nThe machine powers off in 60 seconds; a key stops the clock.\n"));
	/* Whatever the number is when somebody is first asked. */
	fake.now += 3;
	act("ask", EXIT_FAILED, "");
	assert_non_null(strstr(buf_string(&fake.shown), "The machine powers off in 57 seconds; a key"));
	fake.answers[0] = "v";
	act("ask", EXIT_DONE, "report\n");
	assert_string_equal(fakeroot_read(RUN_CLOCK), "stopped\n");
	act("screen", EXIT_DONE, NULL);
	assert_non_null(strstr(fake.out.text, "The machine does nothing by itself.\n"));
}

static void end_of_the_time_is_an_answer(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "recovery-timeout = 60\n");
	fakeroot_file(RUN_CLOCK, "1\n");
	act("ask", EXIT_DONE, "timeout\n");
}

static void verb_is_strict(void **context)
{
	char retry[] = "retry", other[] = "frobnicate", *operands[] = {other, NULL};

	(void)context;
	capture_begin(&fake.err, STDERR_FILENO);
	assert_int_equal(verb_recover.run(1, operands), EXIT_USAGE);
	assert_int_equal(unlink(fakeroot_path(RUN_RECOVERY)), 0);
	operands[0] = retry;
	assert_int_equal(verb_recover.run(1, operands), EXIT_NOT_APPLICABLE);
	assert_string_equal(capture_end(&fake.err),
		"test: recover: 'frobnicate' is not an action; see 'imaboot recover --help'\n"
		"test: recover: no recovery is going on: there is no /run/imaboot/recovery\n");
}

#define GATE_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GATE_TEST(every_action_has_its_gate),
		GATE_TEST(open_platform_asks),
		GATE_TEST(only_yes_is_yes),
		GATE_TEST(without_a_console_nothing_is_done),
		GATE_TEST(password_is_asked_for_where_there_is_one),
		GATE_TEST(wrong_passwords_are_counted_and_cost),
		GATE_TEST(delays_grow_to_a_bound),
		GATE_TEST(password_that_cannot_be_checked_is_wrong),
		GATE_TEST(wrong_hash_refuses_everybody),
		GATE_TEST(mark_comes_first_or_nothing),
		GATE_TEST(dry_run_tells_the_gate),
		GATE_TEST(unprotected_boot_is_reported_and_guarded),
		GATE_TEST(retry_ends_the_recovery_or_leads_back),
		GATE_TEST(machine_is_stopped),
		GATE_TEST(firmware_is_asked_for_its_setup),
		GATE_TEST(menu_shows_what_may_be_done),
		GATE_TEST(answer_is_a_number_or_a_letter),
		GATE_TEST(other_answers_are_asked_again),
		GATE_TEST(absent_entry_is_not_chosen),
		GATE_TEST(clock_runs_until_a_key),
		GATE_TEST(end_of_the_time_is_an_answer),
		GATE_TEST(verb_is_strict),
	};

	return RUN_TESTS(tests);
}
