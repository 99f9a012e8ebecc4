// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/boot_labels.c: what becomes of a policy whose labels no security module knows yet.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark
 * wrap: late_appraise_self guard_lift memfd_create
 */
#include "fakeboot.h"
#include "fakeelf.h"
#include "late.h"

#define LABELLED "appraise func=MODULE_CHECK obj_type=my_t\nappraise func=MODULE_CHECK\n# of root\n"
#define UNIT "/root/usr/lib/systemd/system/imaboot-late.service"
#define WANTS "/root/usr/lib/systemd/system/sysinit.target.wants/imaboot-late.service"
#define SELINUX_POLICY "\x8c\xff\x7c\xf9\4\0\0\0vvvvppppbbbbmy_t"
#define STAGE0_FILE "/image/etc/imaboot/stage0"
#define FAILED_AT(stage) "test: policy /etc/ima/ima-policy (root) failed at stage " stage ": "
#define UNKNOWN "no security module knows its labels yet"
#define DEFERRED                                                                           \
	"test: policy /etc/ima/ima-policy (root) waits for imaboot-late.service: " UNKNOWN \
	"\n" MARKED("deferred")

static int self_error, lift_error, selves, lifts;
static int memory_files; /* that many can be made; -1: any number */

int __wrap_late_appraise_self(void);
int __wrap_guard_lift(void);
int __real_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags);

int __wrap_late_appraise_self(void)
{
	selves++;
	return self_error;
}

int __wrap_guard_lift(void)
{
	lifts++;
	return lift_error;
}

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	if (memory_files == 0 && string_equal(name, "imaboot-policy")) {
		errno = EMFILE;
		return -1;
	}
	memory_files -= memory_files > 0;
	return __real_memfd_create(name, flags);
}

/* A kernel that takes one policy, an SELinux without its policy, a root with the service and a labelled policy. */
static int start(void **context)
{
	self_error = lift_error = selves = lifts = 0;
	memory_files = -1;
	if (fakeboot_new(context) < 0)
		return -1;
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0200), 0);
	fakeboot.labels_unknown = true;
	fakeroot_file(LSM_FILE, "lockdown,selinux,integrity");
	fakeroot_file(PROC_SELF_CONTEXT, "kernel");
	fakeroot_bytes(
		"/root/etc/selinux/targeted/policy/policy.33", SELINUX_POLICY, sizeof(SELINUX_POLICY) - 1);
	fakeroot_file(UNIT, "[Service]\nExecStart=/usr/sbin/imaboot boot --late\n");
	fakeroot_link(WANTS, "../imaboot-late.service");
	fakeroot_file("/root/usr/sbin/imaboot", "program");
	fakeroot_file(ROOT_FILE, LABELLED);
	fakeroot_dir(RUN_DIR);
	return 0;
}

/* A kernel that takes several policies and shows them; the policy is signed. */
static void take_many(void)
{
	fakeboot.takes_many = true;
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0600), 0);
}

static void sign(void)
{
	fakeboot.is_signed = true;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
}

static void policy_with_known_labels_is_loaded(void **context)
{
	(void)context;
	fakeboot.labels_unknown = false;
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
	assert_log("");
}

/* The file, then its rules without labels, are judged; nothing is committed. */
static void one_shot_kernel_defers(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require = yes\n");
	fakeboot_run(EXIT_DONE, "deferred");
	assert_submitted("dry root dry ? ");
	assert_log(DEFERRED);
	assert_marks("12 imaboot: deferred\n");
	assert_int_equal(fakeboot.guards, 1);
	assert_string_equal(report_deferred(&fakeboot.report)->path, "/etc/ima/ima-policy");
	assert_int_equal(fakeboot.report.candidates[0].stage, STAGE_DRY_RUN);
	assert_int_equal(fakeboot.report.candidates[0].problem.error, 0);
	assert_null(fakeboot.report.stage0.path);
	assert_string_equal(fakeroot_read(RUN_LATE "/etc/imaboot/imaboot.conf"), "require = yes\n");
	assert_int_equal(fakeboot.end.action, BOOT_RETURN);
}

/* A load that fails later needs its recovery there; one that cannot be kept is told, and no reason to fail now. */
static void recovery_is_kept_for_the_late_run(void **context)
{
	(void)context;
	fakeroot_file("/image" RECOVERY_PROGRAM, "#!/bin/sh\n");
	assert_int_equal(chmod(fakeroot_path("/image" RECOVERY_PROGRAM), 0755), 0);
	fakeroot_file("/image" RECOVERY_BUSYBOX, "#!busybox\n");
	fakeboot_run(EXIT_DONE, "deferred");
	assert_log(DEFERRED);
	assert_string_equal(fakeroot_read(RUN_LATE RECOVERY_PROGRAM), "#!/bin/sh\n");
	assert_string_equal(fakeroot_read(RUN_LATE RECOVERY_BUSYBOX), "#!busybox\n");
	assert_int_equal(unlink(fakeroot_path("/image" RECOVERY_BUSYBOX)), 0);
	fakeboot_run(EXIT_DONE, "deferred");
	assert_log("test: the recovery cannot be kept for imaboot-late.service: /usr/lib/imaboot/busybox: "
		   "there is no "
		   "such file; if the load fails there, the machine stops\n" DEFERRED);
	assert_false(fakeroot_has(RUN_LATE RECOVERY_PROGRAM));
	/* What ends the machine anyway needs none. */
	fakeroot_file(CONFIG, "on-failure = reboot\n");
	fakeboot_run(EXIT_DONE, "deferred");
	assert_log(DEFERRED);
}

/* What is required before an unprotected boot is required before this one. */
static void deferred_boot_needs_its_mark(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "pcr-required = yes\non-failure = halt\n");
	fakeboot.mark_error = -ENODEV;
	fakeboot_run(EXIT_FAILED, "failed");
	assert_int_equal(fakeboot.end.action, BOOT_HALT);
}

static void late_run_lifts_the_guard_and_loads(void **context)
{
	(void)context;
	fakeboot.late = true;
	fakeboot.labels_unknown = false;
	fakering.has_ima = false;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file(CONFIG, "signature = optional\n");
	assert_int_equal(chmod(fakeroot_path("/image"), 0700), 0);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
	assert_int_equal(lifts, 1);
	assert_int_equal(
		selves, 2); /* as soon as the policy is committed, and to tell where it was in vain */
	assert_true(fakeboot.report.late);
	assert_log("");
	assert_marks("");
}

static void keyring_that_may_not_be_found_is_told(void **context)
{
	(void)context;
	fakeboot.late = true;
	fakeboot.labels_unknown = false;
	fakering.has_ima = false;
	self_error = -EACCES;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file(CONFIG, "signature = optional\n");
	assert_int_equal(chmod(fakeroot_path("/image"), 0700), 0);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("test: this program cannot be executed under the policy: Permission denied; the kernel "
		   "may not have found "
		   "its keyring _ima by it, and then refuses what is signed: sign the imaboot of the root\n");
}

/* What is unknown now stays so: a fallback, or the end; never another deferral. */
static void late_run_refuses_what_stays_unknown(void **context)
{
	(void)context;
	fakeboot.late = true;
	assert_int_equal(chmod(fakeroot_path("/image"), 0700), 0);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot_run(EXIT_FALLBACK, "fallback");
	assert_submitted("dry root dry image commit image ");
	assert_int_equal(selves, 0); /* there is no keyring to be found */
	assert_log(FAILED_AT("dry-run") "line 1, column 37: no security module knows the label 'my_t', and "
					"the kernel refuses "
					"such a file while its built-in policy is in force [unknown-label]; "
					"correct the rule, and sign "
					"the policy again\n");
}

static void late_run_without_a_fallback_ends_the_machine(void **context)
{
	(void)context;
	fakeboot.late = true;
	lift_error = -EPERM;
	assert_int_equal(chmod(fakeroot_path("/image"), 0700), 0);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_int_equal(fakeboot.end.action, BOOT_HALT);
	assert_false(fakeboot.end.recovery);
	assert_marks("12 imaboot: recovery\n");
	assert_int_equal(fakeboot.guards, 1);
	assert_non_null(strstr(fakeboot.err.text,
		"test: the guard over " IMA_POLICY " cannot be lifted: Operation not permitted\n"));
	assert_int_equal(selves, 0);
}

/* With a recovery that was kept a person is asked; what else would be done is for where nobody can be. */
static void late_run_without_a_fallback_asks_a_person(void **context)
{
	(void)context;
	fakeboot.late = true;
	assert_int_equal(chmod(fakeroot_path("/image"), 0700), 0);
	fakeroot_file("/image" RECOVERY_PROGRAM, "script");
	assert_int_equal(chmod(fakeroot_path("/image" RECOVERY_PROGRAM), 0700), 0);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_true(fakeboot.end.recovery);
	assert_int_equal(fakeboot.end.action, BOOT_HALT);
	fakeroot_file(CONFIG, "recovery-timeout = 30\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_true(fakeboot.end.recovery);
	assert_int_equal(fakeboot.end.action, BOOT_REBOOT);
	assert_int_equal(fakeboot.end.delay, 30);
	assert_marks("12 imaboot: recovery\n12 imaboot: recovery\n");
	/* Nor is one believed that others may write to. */
	assert_int_equal(chmod(fakeroot_path("/image"), 0777), 0);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_false(fakeboot.end.recovery);
}

static void late_run_believes_only_what_was_kept(void **context)
{
	char wanted[PATH_MAX + 128];

	(void)context;
	fakeboot.late = true;
	assert_int_equal(chmod(fakeroot_path("/image"), 0755), 0);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	(void)snprintf(wanted, sizeof(wanted),
		"test: %s: is not what the initramfs left: it belongs to another user, or others may read "
		"it; reboot\n",
		fakeroot_path("/image"));
	assert_memory_equal(fakeboot.err.text, wanted, strlen(wanted));
}

static void root_without_the_service_is_refused(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(UNIT)), 0);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot_run(EXIT_FALLBACK, "fallback");
	assert_submitted("dry root dry ? dry image commit image ");
	assert_log(FAILED_AT("dry-run") UNKNOWN
		", and the root cannot load it later: imaboot-late.service is in none of systemd's folders; "
		"install imaboot in the root (make install puts imaboot-late.service and its link in place), "
		"and do not mask the unit\n");
	assert_false(fakeroot_has(RUN_LATE));
}

static void image_without_a_root_is_refused(void **context)
{
	char image[PATH_MAX];

	(void)context;
	fakeroot_file(IMAGE_FILE, LABELLED);
	strcpy(image, fakeroot_path("/image"));
	capture_begin(&fakeboot.err, STDERR_FILENO);
	boot_run(image, NULL, &fakeboot.report, &fakeboot.end);
	(void)capture_end(&fakeboot.err);
	assert_int_equal(fakeboot.end.status, EXIT_FAILED);
	assert_non_null(strstr(fakeboot.err.text, UNKNOWN
		", and there is no root to load it later; write the image's policy without labels\n"));
}

static void label_that_never_becomes_known_is_refused(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE,
		"appraise func=MODULE_CHECK\nappraise func=MODULE_CHECK obj_type=your_t\n# of root\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_memory_equal(fakeboot.err.text,
		FAILED_AT("dry-run") "line 2: the label obj_type=your_t can never become known: ",
		strlen(FAILED_AT("dry-run") "line 2: the label obj_type=your_t can never become known: "));
}

/* An error beside the labels is told as on any kernel, and nothing is deferred for it. */
static void other_errors_are_no_reason_to_wait(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, "appraise func=MODULE_CHECK obj_type=my_t\nbogus\n# of root\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root ");
	assert_non_null(strstr(fakeboot.err.text, FAILED_AT("dry-run") "line 2, column 1: "));
	fakeroot_file(ROOT_FILE, LABELLED);
	fakeboot.denied = "# of root";
	buf_free(&fakeboot.submitted);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root ");
	assert_non_null(strstr(fakeboot.err.text, FAILED_AT("dry-run") "has no signature"));
}

/* What the kernel has against the rules even without their labels. */
static void rest_of_the_rules_is_judged(void **context)
{
	(void)context;
	fakeboot.refused = "appraise func=MODULE_CHECK ";
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root dry ? ");
	assert_non_null(
		strstr(fakeboot.err.text, FAILED_AT("dry-run") "the kernel refuses a rule, without a reason "
							       "in its log; correct the rule"));
}

/* Where only signed files are taken, the kernel cannot be asked: that is no reason against the policy. */
static void rest_of_the_rules_may_not_be_judged(void **context)
{
	(void)context;
	fakeboot.denied = "appraise func=MODULE_CHECK \n";
	fakeboot_run(EXIT_DONE, "deferred");
	assert_log("test: policy /etc/ima/ima-policy: this kernel judges signed files alone, so its rules "
		   "were checked "
		   "without the kernel\n" DEFERRED);
}

static void memory_is_no_reason_to_wait(void **context)
{
	(void)context;
	memory_files = 0;
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root ");
	assert_non_null(strstr(fakeboot.err.text,
		FAILED_AT("dry-run") "no memory file can be made for it: Too many open files\n"));
}

static void stage0_comes_first(void **context)
{
	(void)context;
	take_many();
	sign();
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root dry ? dry ? commit ? dry root commit root ");
	assert_log("test: the stage-0 policy (built-in) is in force: the labels of /etc/ima/ima-policy are "
		   "taken, and match "
		   "once their security module knows them\n");
	assert_string_equal(fakeboot.report.stage0.path, "built-in");
	assert_string_equal(fakeboot.report.stage0.proof, "read-back");
	assert_string_equal(report_policy(&fakeboot.report)->source, "root");
	assert_string_equal(fakeroot_read(IMA_POLICY),
		"appraise func=POLICY_CHECK appraise_type=imasig \nappraise "
		"func=MODULE_CHECK obj_type=my_t \nappraise func=MODULE_CHECK \n");
	assert_int_equal(fakeboot.guards, 1);
	assert_marks("");
}

static void stage0_of_the_image_counts(void **context)
{
	(void)context;
	take_many();
	sign();
	fakeroot_file(STAGE0_FILE, "audit func=POLICY_CHECK\n# of stage0\n");
	fakeroot_bytes(STAGE0_FILE ".sig", SIGNATURE, sizeof(SIGNATURE) - 1);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root dry ? dry stage0 commit stage0 dry root commit root ");
	assert_string_equal(fakeboot.report.stage0.path, "/etc/imaboot/stage0");
	assert_string_equal(fakeboot.report.stage0.signed_by, "A: 01234567");
}

/* It is signed under the same rules as any policy. */
static void unsigned_stage0_of_the_image_is_refused(void **context)
{
	(void)context;
	take_many();
	sign();
	fakeroot_file(CONFIG, "labels = stage0\n");
	fakeroot_file(STAGE0_FILE, "audit func=POLICY_CHECK\n# of stage0\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root dry ? ");
	assert_int_equal(fakeboot.report.stage0.stage, STAGE_SIGNATURE);
	assert_non_null(strstr(fakeboot.err.text,
		FAILED_AT("dry-run") "its stage-0 policy is not in force: has no signature"));
}

/* It stays in force where the policy after it fails, and the recovery must run under it. */
static void stage0_that_denies_the_recovery_is_refused(void **context)
{
	(void)context;
	take_many();
	fakeroot_file(CONFIG, "labels = stage0\n");
	fakeelf_begin(false, NULL);
	fakeroot_bytes("/image/bin/sh", fakeelf.bytes, ELF_SIZE);
	assert_int_equal(chmod(fakeroot_path("/image/bin/sh"), 0755), 0);
	fakeroot_file(STAGE0_FILE, "appraise func=BPRM_CHECK appraise_type=imasig\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root dry ? ");
	assert_int_equal(fakeboot.report.stage0.stage, STAGE_PREFLIGHT);
	assert_non_null(strstr(fakeboot.err.text, "its stage-0 policy is not in force: denies what must run "
						  "next: /bin/sh of the image (line 1, "
						  "'appraise func=BPRM_CHECK "));
	/* Nor is the load put off then: what the root holds does not choose. */
	fakeroot_file(CONFIG, "labels = auto\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_non_null(
		strstr(fakeboot.err.text, "its stage-0 policy is not in force: denies what must run next"));
	assert_false(fakeroot_has(RUN_LATE));
}

/* Behind a stage-0 policy that closes the chain an unsigned policy would be refused: it is not committed for one. */
static void unsigned_policy_does_not_follow_a_closed_stage0(void **context)
{
	(void)context;
	take_many();
	fakeroot_file(CONFIG, "labels = stage0\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root dry ? ");
	assert_non_null(
		strstr(fakeboot.err.text, FAILED_AT("dry-run") "its stage-0 policy is not in force: after it "
							       "the kernel takes signed policies alone, "
							       "and /etc/ima/ima-policy is not: "));
	assert_non_null(strstr(fakeboot.err.text, "; sign it: imactl sign --policy --key KEY FILE\n"));
	fakeroot_file(STAGE0_FILE, "audit func=POLICY_CHECK\n# of stage0\n");
	buf_free(&fakeboot.submitted);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root dry ? dry stage0 commit stage0 dry root commit root ");
}

/* A kernel that takes signed policies alone needs a signed stage-0 policy; without one the load is put off. */
static void built_in_stage0_may_be_refused(void **context)
{
	(void)context;
	take_many();
	sign();
	fakeboot.denied = "appraise func=POLICY_CHECK";
	fakeboot_run(EXIT_DONE, "deferred");
	assert_submitted("dry root dry ? dry ? ");
	assert_int_equal(fakeboot.report.stage0.result, CANDIDATE_FAILED);
	assert_string_equal(fakeboot.report.stage0.problem.remedy,
		"put a signed stage-0 policy into the image: write the line 'appraise func=POLICY_CHECK "
		"appraise_type=imasig' to /etc/imaboot/stage0, and sign it: imactl sign --detached --policy "
		"--key KEY /etc/imaboot/stage0");
	fakeroot_file(CONFIG, "labels = stage0\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_non_null(
		strstr(fakeboot.err.text, FAILED_AT("dry-run") "its stage-0 policy is not in force: "));
}

/* One stage-0 policy is enough for all candidates. */
static void stage0_is_committed_once(void **context)
{
	(void)context;
	take_many();
	sign();
	fakeroot_file(KNOWN_GOOD_FILE, "appraise func=MODULE_CHECK obj_type=my_t\n# of known-good\n");
	fakeroot_file(ROOT_FILE, "appraise func=MODULE_CHECK obj_type=my_t\n# of root\n");
	fakeroot_file(STAGE0_FILE, "appraise func=POLICY_CHECK appraise_type=imasig\n# of stage0\n");
	fakeroot_bytes(STAGE0_FILE ".sig", SIGNATURE, sizeof(SIGNATURE) - 1);
	fakeboot.changes_mind = "# of root";
	fakeboot_run(EXIT_FALLBACK, "fallback");
	assert_submitted(
		"dry root dry ? dry stage0 commit stage0 dry root dry known-good commit known-good ");
}

static void labels_can_be_refused(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "labels = refuse\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root dry ? ");
	assert_non_null(strstr(fakeboot.err.text, FAILED_AT("dry-run") UNKNOWN
		", and the image's configuration says labels = refuse; write the rules without "
		"labels, or set labels = auto\n"));
}

static void late_can_be_wanted(void **context)
{
	(void)context;
	take_many();
	sign();
	fakeroot_file(CONFIG, "labels = late\n");
	fakeboot_run(EXIT_DONE, "deferred");
	assert_submitted("dry root dry ? ");
}

#define LABELS_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeboot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LABELS_TEST(policy_with_known_labels_is_loaded),
		LABELS_TEST(one_shot_kernel_defers),
		LABELS_TEST(recovery_is_kept_for_the_late_run),
		LABELS_TEST(deferred_boot_needs_its_mark),
		LABELS_TEST(late_run_lifts_the_guard_and_loads),
		LABELS_TEST(keyring_that_may_not_be_found_is_told),
		LABELS_TEST(late_run_refuses_what_stays_unknown),
		LABELS_TEST(late_run_without_a_fallback_ends_the_machine),
		LABELS_TEST(late_run_without_a_fallback_asks_a_person),
		LABELS_TEST(late_run_believes_only_what_was_kept),
		LABELS_TEST(root_without_the_service_is_refused),
		LABELS_TEST(image_without_a_root_is_refused),
		LABELS_TEST(label_that_never_becomes_known_is_refused),
		LABELS_TEST(other_errors_are_no_reason_to_wait),
		LABELS_TEST(rest_of_the_rules_is_judged),
		LABELS_TEST(rest_of_the_rules_may_not_be_judged),
		LABELS_TEST(memory_is_no_reason_to_wait),
		LABELS_TEST(stage0_comes_first),
		LABELS_TEST(stage0_of_the_image_counts),
		LABELS_TEST(unsigned_stage0_of_the_image_is_refused),
		LABELS_TEST(stage0_that_denies_the_recovery_is_refused),
		LABELS_TEST(unsigned_policy_does_not_follow_a_closed_stage0),
		LABELS_TEST(built_in_stage0_may_be_refused),
		LABELS_TEST(stage0_is_committed_once),
		LABELS_TEST(labels_can_be_refused),
		LABELS_TEST(late_can_be_wanted),
	};

	return RUN_TESTS(tests);
}
