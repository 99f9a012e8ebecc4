// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/cmd_*.c and policy_verb.c: what each verb prints, and its exit status.
 * wrap: boot_run boot_run_late certs_load certs_recall securityfs_mount guard_set guard_lift keyring_find
 * wrap: keyring_find_user candidate_read candidate_check_signature candidate_dry_run candidate_commit
 * wrap: mount open boot_end boot_explain late_recovery_run late_recovery_forget recovery_run recover_hold_boot sleep
 * wrap: memory_limit
 */
#include "verbs.h"
#include <sys/mount.h>
#include "boot.h"
#include "candidate.h"
#include "capture.h"
#include "certs.h"
#include "fakeroot.h"
#include "guard.h"
#include "keyring.h"
#include "late_recovery.h"
#include "log.h"
#include "securityfs.h"

static struct {
	int limits, boots, late_boots, guard_error, lift_error, certs_error, mount_error;
	bool has_ima, has_user;
	const char *root; /* what boot and keys were given */
	int read_error, dry_error, commit_error;
	bool is_signed;
	struct buf stages; /* the stages that were entered */
	enum boot_action action;
	int ends, explain_error;
	bool was_reported;
	bool wants_recovery; /* the late run fails */
	int recoveries, forgotten, recovery_error;
	int runs, sleeps;      /* of the recovery in the initramfs, and in between */
	bool held;             /* for ever */
	jmp_buf end;           /* of what does not return */
	const char *recovered; /* what the recovery leaves as the outcome */
} fake;

void __wrap_memory_limit(void);
void __wrap_boot_run(const char *image, const char *root, struct report *report, struct boot_end *ret);
void __wrap_boot_run_late(const char *image, const char *root, struct report *report, struct boot_end *ret);
void __wrap_boot_end(const struct boot_end *end);
int __wrap_boot_explain(const char *image, struct buf *ret);
int __wrap_late_recovery_run(void);
void __wrap_late_recovery_forget(void);
int __wrap_recovery_run(const char *root, int (*enter)(void));
void __wrap_recover_hold_boot(const char *root);
unsigned int __wrap_sleep(unsigned int seconds);
int __wrap_certs_load(const struct certs_source *source, struct report *report);
void __wrap_certs_recall(int image_fd, const char *image, const char **ret_keyring);
int __wrap_securityfs_mount(void);
int __wrap_guard_set(void);
int __wrap_guard_lift(void);
int __wrap_keyring_find(const char *name, key_serial *ret);
int __wrap_keyring_find_user(const char *name, key_serial *ret);
int __wrap_candidate_read(struct candidate *candidate, int root_fd, const char *root, const char *path);
int __wrap_candidate_check_signature(struct candidate *candidate, bool required);
int __wrap_candidate_dry_run(struct candidate *candidate);
int __wrap_candidate_commit(struct candidate *candidate);
int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);

void __wrap_memory_limit(void)
{
	fake.limits++;
}

void __wrap_boot_run(const char *image, const char *root, struct report *report, struct boot_end *ret)
{
	assert_true(fake.limits > fake.boots);
	assert_string_equal(image, "/");
	fake.boots++;
	fake.root = root;
	report->outcome = fake.wants_recovery ? OUTCOME_FAILED : OUTCOME_FALLBACK;
	*ret = (struct boot_end){.status = fake.wants_recovery ? EXIT_FAILED : EXIT_FALLBACK,
		.action = fake.action,
		.delay = 7};
}

void __wrap_boot_run_late(const char *image, const char *root, struct report *report, struct boot_end *ret)
{
	assert_string_equal(image, fakeroot_path(RUN_LATE));
	fake.late_boots++;
	fake.root = root;
	report->late = true;
	report->outcome = fake.wants_recovery ? OUTCOME_FAILED : OUTCOME_ENFORCED;
	*ret = (struct boot_end){.status = fake.wants_recovery ? EXIT_FAILED : EXIT_DONE,
		.recovery = fake.wants_recovery,
		.action = fake.action,
		.delay = 7};
}

/* While it is held others can have the lock, and the report is there. */
int __wrap_late_recovery_run(void)
{
	int lock = boot_lock();

	assert_true(lock >= 0);
	(void)close(lock);
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "failed 1\n");
	assert_string_equal(fakeroot_read(RUN_RECOVERY), "system\n");
	fake.recoveries++;
	if (fake.recovered)
		fakeroot_file(RUN_OUTCOME, fake.recovered);
	return fake.recovery_error;
}

void __wrap_late_recovery_forget(void)
{
	fake.forgotten++;
}

/* The second one mends it. */
int __wrap_recovery_run(const char *root, int (*enter)(void))
{
	assert_string_equal(root, fake.root ? fake.root : "/sysroot");
	assert_null(enter);
	if (++fake.runs == 2 && fake.recovered)
		fakeroot_file(RUN_OUTCOME, fake.recovered);
	return fake.recovery_error;
}

void __wrap_recover_hold_boot(const char *root)
{
	assert_string_equal(root, "/sysroot");
	fake.held = true;
	longjmp(fake.end, 1);
}

unsigned int __wrap_sleep(unsigned int seconds)
{
	assert_int_equal(seconds, 1);
	fake.sleeps++;
	return 0;
}

/* The report is written before the machine stops. */
void __wrap_boot_end(const struct boot_end *end)
{
	assert_int_equal(end->action, fake.action);
	assert_int_equal(end->delay, fake.late_boots && fake.recovered ? 0 : 7);
	fake.ends++;
	fake.was_reported = fakeroot_has(RUN_OUTCOME);
}

int __wrap_boot_explain(const char *image, struct buf *ret)
{
	assert_string_equal(image, "/");
	buf_puts(ret, "a = b (default)\n");
	return fake.explain_error;
}

int __wrap_certs_load(const struct certs_source *source, struct report *report)
{
	struct report_cert *cert = report_add_cert(report);

	assert_true(source->image_fd >= 0);
	fake.root = source->root_fd >= 0 ? source->root : NULL;
	cert->path = strdup("/etc/keys/ima/a.der");
	cert->source = "image";
	cert->keyring = ".ima";
	cert->result = fake.certs_error == -EBADMSG ? CERT_REFUSED : CERT_LOADED;
	return fake.certs_error == -EBADMSG ? 0 : fake.certs_error;
}

void __wrap_certs_recall(int image_fd, const char *image, const char **ret_keyring)
{
	(void)image_fd;
	assert_string_equal(image, "/");
	*ret_keyring = ".ima";
}

int __wrap_securityfs_mount(void)
{
	return fake.mount_error;
}

int __wrap_guard_set(void)
{
	return fake.guard_error;
}

int __wrap_guard_lift(void)
{
	return fake.lift_error;
}

int __wrap_keyring_find(const char *name, key_serial *ret)
{
	assert_string_equal(name, ".ima");
	*ret = 1;
	return fake.has_ima ? 0 : -ENOENT;
}

int __wrap_keyring_find_user(const char *name, key_serial *ret)
{
	assert_string_equal(name, "_ima");
	*ret = 2;
	return fake.has_user ? 0 : -ENOKEY;
}

static int stage(struct candidate *candidate, enum policy_stage reached, int error)
{
	buf_printf(&fake.stages, "%s ", policy_stage_name(reached));
	candidate->record->stage = reached;
	if (error) {
		problem_set(&candidate->record->problem, error, "is wrong");
		problem_remedy(&candidate->record->problem, "mend it");
	}
	return error;
}

int __wrap_candidate_read(struct candidate *candidate, int root_fd, const char *root, const char *path)
{
	assert_true(root_fd >= 0);
	assert_string_equal(root, "/");
	assert_string_equal(candidate->keyring, ".ima");
	candidate->record->path = strdup(path);
	return stage(candidate, STAGE_READ, fake.read_error);
}

int __wrap_candidate_check_signature(struct candidate *candidate, bool required)
{
	assert_false(required);
	if (fake.is_signed)
		candidate->record->signed_by = strdup("A\n: 01");
	else
		candidate->record->not_verified = strdup("has no signature");
	return stage(candidate, STAGE_SIGNATURE, 0);
}

int __wrap_candidate_dry_run(struct candidate *candidate)
{
	return stage(candidate, STAGE_DRY_RUN, fake.dry_error);
}

int __wrap_candidate_commit(struct candidate *candidate)
{
	candidate->record->proof = "file-gone";
	return stage(candidate, STAGE_COMMIT, fake.commit_error);
}

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	(void)target;
	(void)type;
	(void)flags;
	(void)data;
	assert_string_equal(source, "efivarfs");
	errno = ENODEV;
	return -1;
}

/* Nothing that these tests run writes to the machine's own kernel log. */
int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (!string_equal(path, "/dev/kmsg"))
		return __real_open(path, flags, mode);
	errno = ENOENT;
	return -1;
}

static struct capture out, err;

static int run(size_t argc, char **argv)
{
	static const struct verb *const verbs[] = {
		&verb_boot, &verb_keys, &verb_load, &verb_check, &verb_guard, &verb_status};
	int status;

	capture_begin(&out, STDOUT_FILENO);
	capture_begin(&err, STDERR_FILENO);
	status = verb_main("imaboot", "", verbs, ARRAY_SIZE(verbs), (int)argc, argv);
	(void)capture_end(&err);
	(void)capture_end(&out);
	log_set_kmsg(false);
	return status;
}

#define RUN(...)                                                        \
	run(ARRAY_SIZE(((char *[]){"imaboot", __VA_ARGS__, NULL})) - 1, \
		(char *[]){"imaboot", __VA_ARGS__, NULL})

static void check(int status, int wanted, const char *wanted_out, const char *wanted_err)
{
	assert_int_equal(status, wanted);
	assert_string_equal(out.text, wanted_out);
	assert_string_equal(err.text, wanted_err);
}

static int start(void **context)
{
	const struct verb_option *option;

	for (option = verb_boot.options; option->name; option++) {
		if (option->flag)
			*option->flag = false;
		if (option->value)
			*option->value = NULL;
	}
	buf_free(&fake.stages);
	memset(&fake, 0, sizeof(fake));
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0600), 0);
	fakeroot_dir("/run");
	return 0;
}

static int stop(void **context)
{
	buf_free(&fake.stages);
	return fakeroot_remove(context);
}

static void boot_works_once_and_reports(void **context)
{
	(void)context;
	assert_int_equal(RUN("boot"), EXIT_FALLBACK);
	assert_non_null(strstr(err.text, "imaboot: outcome fallback: no policy loaded, guard not set, "));
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "fallback 4\n");
	assert_non_null(strstr(fakeroot_read(RUN_STATUS), "\"outcome\":\"fallback\""));
	assert_non_null(strstr(fakeroot_read(RUN_REPORT), "outcome fallback: "));
	check(RUN("boot"), EXIT_FALLBACK, "",
		"imaboot: the work of this boot is done already, with outcome fallback (see "
		"/run/imaboot/status.json): nothing is changed\n");
	assert_int_equal(fake.boots, 1);
}

static void deferred_boot_is_finished_once(void **context)
{
	(void)context;
	check(RUN("boot", "--late"), EXIT_NOT_APPLICABLE, "",
		"imaboot: no load was deferred in this boot: nothing is changed\n");
	assert_false(fakeroot_has(RUN_STATUS));
	fakeroot_file(RUN_OUTCOME, "deferred 0\n");
	assert_int_equal(RUN("boot", "--late"), EXIT_DONE);
	assert_int_equal(fake.late_boots, 1);
	assert_string_equal(fake.root, "/");
	assert_string_equal(fakeroot_read(RUN_OUTCOME), "enforced 0\n");
	check(RUN("boot", "--late"), EXIT_DONE, "",
		"imaboot: the work of this boot is done already, with outcome enforced (see "
		"/run/imaboot/status.json): nothing is changed\n");
	fakeroot_file(RUN_OUTCOME, "deferred 0\n");
	assert_int_equal(RUN("boot", "--late", "--root", "/r"), EXIT_DONE);
	assert_string_equal(fake.root, "/r");
	assert_int_equal(fake.boots, 0);
	assert_int_equal(fake.recoveries, 0);
	assert_int_equal(fake.forgotten, 2);
}

/* The program ends as the recovery left the boot; where it left nothing, the machine ends as was settled. */
static void recovery_in_the_running_system_decides(void **context)
{
	static const struct {
		const char *outcome;
		int error, status;
	} ends[] = {{"enforced 0\n", 0, EXIT_DONE}, {"unprotected 4\n", 0, EXIT_FALLBACK}};
	size_t i;

	(void)context;
	fake.wants_recovery = true;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		fakeroot_file(RUN_OUTCOME, "deferred 0\n");
		fake.recovered = ends[i].outcome;
		assert_int_equal(RUN("boot", "--late"), ends[i].status);
		assert_null(strstr(err.text, "ended without a decision"));
	}
	fake.recovered = NULL;
	fake.action = BOOT_HALT;
	fakeroot_file(RUN_OUTCOME, "deferred 0\n");
	assert_int_equal(RUN("boot", "--late"), EXIT_FAILED);
	assert_non_null(strstr(err.text, "imaboot: the recovery in the running system has ended without a "
					 "decision: Protocol error\n"));
	fakeroot_file(RUN_OUTCOME, "deferred 0\n");
	fake.recovery_error = -ENOEXEC;
	assert_int_equal(RUN("boot", "--late"), EXIT_FAILED);
	assert_non_null(strstr(err.text, "imaboot: the recovery in the running system has ended without a "
					 "decision: Exec format error\n"));
	assert_int_equal(fake.recoveries, 4);
	assert_int_equal(fake.ends, 4);
	assert_int_equal(fake.forgotten, 4);
}

/* --hold is a gate: what it lets pass ends with 0, whatever the status of the boot. */
static void gate_opens_where_the_boot_may_go_on(void **context)
{
	(void)context;
	assert_int_equal(RUN("boot", "--hold"), EXIT_DONE);
	assert_int_equal(fake.boots, 1);
	assert_int_equal(RUN("boot", "--hold"), EXIT_DONE);
	fakeroot_file(RUN_OUTCOME, "not-applicable 3\n");
	assert_int_equal(RUN("boot", "--hold"), EXIT_DONE);
	assert_int_equal(fake.boots, 1);
	assert_int_equal(fake.runs, 0);
}

static void gate_leads_to_the_recovery(void **context)
{
	(void)context;
	fake.wants_recovery = true;
	fake.recovered = "enforced 0\n";
	assert_int_equal(RUN("boot", "--hold"), EXIT_DONE);
	assert_int_equal(fake.boots, 1);
	assert_int_equal(fake.runs, 2);
	assert_int_equal(fake.sleeps, 1);
}

static void gate_stays_shut_without_a_recovery(void **context)
{
	(void)context;
	fake.wants_recovery = true;
	fake.recovery_error = -ECANCELED;
	if (setjmp(fake.end) == 0)
		(void)RUN("boot", "--hold");
	(void)capture_end(&err);
	(void)capture_end(&out);
	assert_true(fake.held);
	assert_int_equal(fake.runs, 1);
	/* A boot that failed before is held as well. */
	fake.held = false;
	if (setjmp(fake.end) == 0)
		(void)RUN("boot", "--hold");
	(void)capture_end(&err);
	(void)capture_end(&out);
	assert_true(fake.held);
	assert_int_equal(fake.boots, 1);
}

static void late_boot_is_no_gate(void **context)
{
	(void)context;
	check(RUN("boot", "--late", "--hold"), EXIT_USAGE, "",
		"imaboot: --hold and --late do not go together: a late boot holds by itself\n");
	assert_int_equal(fake.late_boots, 0);
}

static void settings_are_explained_and_nothing_is_done(void **context)
{
	(void)context;
	check(RUN("boot", "--explain"), EXIT_DONE, "a = b (default)\n", "");
	fake.explain_error = -EINVAL;
	check(RUN("boot", "--explain"), EXIT_USAGE, "a = b (default)\n", "");
	assert_int_equal(fake.boots + fake.ends, 0);
	assert_false(fakeroot_has(RUN_DIR));
}

static void machine_is_stopped_after_the_report(void **context)
{
	(void)context;
	fake.action = BOOT_REBOOT;
	assert_int_equal(RUN("boot"), EXIT_FALLBACK);
	assert_int_equal(fake.ends, 1);
	assert_true(fake.was_reported);
	/* A second run does not stop it again. */
	assert_int_equal(RUN("boot"), EXIT_FALLBACK);
	assert_int_equal(fake.ends, 1);
}

static void boot_goes_on_without_its_folder(void **context)
{
	(void)context;
	assert_int_equal(rmdir(fakeroot_path("/run")), 0);
	assert_int_equal(RUN("boot"), EXIT_FALLBACK);
	assert_non_null(strstr(err.text, "imaboot: /run/imaboot cannot be made and locked: No such file or "
					 "directory; there will be no report there\n"));
	assert_int_equal(fake.boots, 1);
}

static void unreadable_outcome_does_not_stop_a_boot(void **context)
{
	(void)context;
	fakeroot_file(RUN_OUTCOME, "");
	assert_int_equal(RUN("boot"), EXIT_FALLBACK);
	assert_int_equal(fake.boots, 1);
}

static void check_commits_nothing(void **context)
{
	(void)context;
	check(RUN("check", "/p"), EXIT_DONE,
		"/p: the kernel accepts it (nothing was committed), its signature not verified: has no "
		"signature\n",
		"");
	assert_string_equal(buf_string(&fake.stages), "read signature dry-run ");
}

static void load_commits_after_the_dry_run(void **context)
{
	(void)context;
	fake.is_signed = true;
	check(RUN("load", "/p\n"), EXIT_DONE,
		"/p\\x0a: in force (proof: file-gone), signed by 'A\\x0a: 01'\n", "");
	assert_string_equal(buf_string(&fake.stages), "read signature dry-run commit ");
}

static void failed_stage_ends_a_load(void **context)
{
	(void)context;
	fake.dry_error = -EINVAL;
	check(RUN("load", "/p"), EXIT_FAILED, "",
		"imaboot: /p: failed at stage dry-run: is wrong; mend it\n");
	assert_string_equal(buf_string(&fake.stages), "read signature dry-run ");
	buf_free(&fake.stages);
	fake.read_error = -ENOENT;
	check(RUN("load", "/p"), EXIT_FAILED, "", "imaboot: /p: failed at stage read: is wrong; mend it\n");
	assert_string_equal(buf_string(&fake.stages), "read ");
}

static void load_needs_ima(void **context)
{
	static const char wanted[] =
		"imaboot: this kernel has no IMA, or securityfs cannot be mounted; run as "
		"root on a kernel with CONFIG_IMA\n";

	(void)context;
	fake.mount_error = -EPERM;
	check(RUN("load", "/p"), EXIT_NOT_APPLICABLE, "", wanted);
	fake.mount_error = 0;
	assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	assert_int_equal(rmdir(fakeroot_path(IMA_DIR)), 0);
	check(RUN("check", "/p"), EXIT_NOT_APPLICABLE, "", wanted);
	assert_string_equal(buf_string(&fake.stages), "");
}

static void relative_name_is_made_absolute(void **context)
{
	char cwd[PATH_MAX], wanted[PATH_MAX + 200], name[PATH_MAX + 1];

	(void)context;
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	(void)snprintf(wanted, sizeof(wanted),
		"%s/p: the kernel accepts it (nothing was committed), its signature not verified: has no "
		"signature\n",
		cwd);
	check(RUN("check", "p"), EXIT_DONE, wanted, "");
	memset(name, 'n', PATH_MAX);
	name[PATH_MAX] = '\0';
	assert_int_equal(RUN("check", name), EXIT_FAILED);
	assert_non_null(strstr(err.text, "nnn: cannot be looked up: File name too long\n"));
}

static void guard_is_switched(void **context)
{
	(void)context;
	check(RUN("guard", "on"), EXIT_DONE,
		"the guard is set: no policy is loaded until 'imaboot guard off'\n", "");
	check(RUN("guard", "off"), EXIT_DONE, "the guard is not set\n", "");
	fake.guard_error = fake.lift_error = -EPERM;
	check(RUN("guard", "on"), EXIT_FAILED, "",
		"imaboot: the guard over /sys/kernel/security/integrity/ima/policy cannot be set: Operation "
		"not permitted; run as root\n");
	check(RUN("guard", "off"), EXIT_FAILED, "",
		"imaboot: the guard over /sys/kernel/security/integrity/ima/policy cannot be lifted: "
		"Operation not permitted; run as root\n");
	check(RUN("guard", "maybe"), EXIT_USAGE, "", "imaboot: guard: 'maybe' is neither on nor off\n");
}

static void nothing_to_guard_is_not_applicable(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	check(RUN("guard", "on"), EXIT_NOT_APPLICABLE,
		"the kernel takes no further policy: there is nothing to guard\n", "");
}

/* The options of a verb stay set: the test with --json comes after the one without. */
static void status_for_people(void **context)
{
	(void)context;
	check(RUN("status"), EXIT_DONE,
		"policy file: readable (a policy can be loaded, and the rules in force can be read)\n"
		"keyring:     neither .ima nor _ima is there\n"
		"guard:       not set\n"
		"platform:    open (UEFI Secure Boot is off and the kernel is not locked down)\n"
		"last boot:   no report in /run/imaboot\n",
		"");
	fake.has_user = true;
	fakeroot_file(RUN_REPORT, "outcome enforced: …\n");
	fakeroot_file(LOCKDOWN_FILE, "none [integrity] confidentiality\n");
	fakeroot_file(PROC_MOUNTINFO, "30 22 0:7 /r " IMA_POLICY " ro - s s rw\n");
	check(RUN("status"), EXIT_DONE,
		"policy file: readable (a policy can be loaded, and the rules in force can be read)\n"
		"keyring:     _ima\nguard:       set\nplatform:    locked (the kernel is locked down)\n"
		"last boot:   outcome enforced: …\n",
		"");
}

static void status_as_json(void **context)
{
	static const char head[] =
		"{\"schema\":1,\"kernel\":{\"ima_policy_file\":\"loaded-once\"},\"keyring\":"
		"\".ima\",\"guard\":false,\"locked\":false,\"locked_reason\":\"UEFI Secure "
		"Boot is off and the kernel is not locked down\",\"boot\":";
	char wanted[20000], *report = calloc(1, 10001);

	(void)context;
	fake.has_ima = true;
	assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	(void)snprintf(wanted, sizeof(wanted), "%snull}\n", head);
	check(RUN("status", "--json"), EXIT_DONE, wanted, "");
	memset(report, '7', 10000); /* longer than the first buffer */
	report[9999] = '\n';
	fakeroot_file(RUN_STATUS, report);
	(void)snprintf(wanted, sizeof(wanted), "%s%.9999s}\n", head, report);
	check(RUN("status", "--json"), EXIT_DONE, wanted, "");
	free(report);
	assert_int_equal(rmdir(fakeroot_path(IMA_DIR)), 0);
	assert_int_equal(RUN("status"), EXIT_NOT_APPLICABLE);
}

static void keys_are_listed(void **context)
{
	(void)context;
	check(RUN("keys"), EXIT_DONE, "certificate (image) /etc/keys/ima/a.der loaded in .ima\n", "");
	fake.certs_error = -EBADMSG;
	check(RUN("keys"), EXIT_FAILED, "certificate (image) /etc/keys/ima/a.der refused by .ima\n", "");
	fake.certs_error = -ENOSYS;
	check(RUN("keys"), EXIT_FAILED, "", "");
	fake.certs_error = 0;
	check(RUN("keys", "--json"), EXIT_DONE,
		"[{\"path\":\"/etc/keys/ima/a.der\",\"source\":\"image\",\"keyring\":\".ima\",\"result\":"
		"\"loaded\",\"key\":null,\"reason\":null,\"remedy\":null}]\n",
		"");
}

static void root_that_is_the_image_is_no_root(void **context)
{
	(void)context;
	assert_int_equal(RUN("keys", "--root", "/"), EXIT_DONE);
	assert_null(fake.root);
}

#define VERB_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VERB_TEST(boot_works_once_and_reports),
		VERB_TEST(machine_is_stopped_after_the_report),
		VERB_TEST(boot_goes_on_without_its_folder),
		VERB_TEST(unreadable_outcome_does_not_stop_a_boot),
		VERB_TEST(check_commits_nothing),
		VERB_TEST(load_commits_after_the_dry_run),
		VERB_TEST(failed_stage_ends_a_load),
		VERB_TEST(load_needs_ima),
		VERB_TEST(relative_name_is_made_absolute),
		VERB_TEST(guard_is_switched),
		VERB_TEST(nothing_to_guard_is_not_applicable),
		VERB_TEST(status_for_people),
		VERB_TEST(status_as_json),
		VERB_TEST(keys_are_listed),
		VERB_TEST(root_that_is_the_image_is_no_root),
		VERB_TEST(deferred_boot_is_finished_once),
		VERB_TEST(recovery_in_the_running_system_decides),
		VERB_TEST(gate_opens_where_the_boot_may_go_on),
		VERB_TEST(gate_leads_to_the_recovery),
		VERB_TEST(gate_stays_shut_without_a_recovery),
		VERB_TEST(late_boot_is_no_gate),
		VERB_TEST(settings_are_explained_and_nothing_is_done),
	};

	return RUN_TESTS(tests);
}
