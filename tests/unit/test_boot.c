// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/boot.c: which policy is put in force, and the outcome of each way through.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark
 */
#include "fakeboot.h"

static void policy_of_the_root_is_enforced(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
	assert_log("");
	assert_string_equal(report_policy(&fakeboot.report)->source, "root");
	assert_string_equal(report_policy(&fakeboot.report)->path, "/etc/ima/ima-policy");
	assert_string_equal(report_policy(&fakeboot.report)->proof, "file-gone");
	assert_marks("");
	assert_int_equal(fakeboot.end.action, BOOT_RETURN);
	assert_int_equal(fakeboot.report.candidate_count, 1);
	assert_string_equal(fakeboot.report.policy_file, "loaded-once");
	assert_int_equal(fakeboot.guards, 0); /* there is nothing left to guard */
	assert_false(fakeboot.report.guard);
}

static void policy_of_the_image_is_enforced_without_one_of_the_root(void **context)
{
	(void)context;
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry image commit image ");
	assert_int_equal(fakeboot.report.candidate_count, 2);
	assert_int_equal(fakeboot.report.candidates[0].result, CANDIDATE_ABSENT);
	assert_log("");
}

static void refused_policy_of_the_root_falls_back_to_the_image(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot.refused = "# of root";
	fakeboot_run(EXIT_FALLBACK, "fallback");
	assert_submitted("dry root dry image commit image ");
	assert_log("test: policy /etc/ima/ima-policy (root) failed at stage dry-run: the kernel refuses a "
		   "rule, without a reason in its log; correct the rule, and sign the policy again\n");
	assert_string_equal(report_policy(&fakeboot.report)->source, "image");
}

static void both_refused_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeboot.refused = "appraise func=MODULE_CHECK";
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root dry image ");
	assert_null(report_policy(&fakeboot.report));
	assert_int_equal(fakeboot.guards, 1);
	assert_true(fakeboot.report.guard);
}

static void refused_policy_and_none_in_the_image_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.refused = "# of root";
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root ");
	assert_int_equal(fakeboot.guards, 1);
}

static void broken_file_is_never_submitted(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, "appraise func=MODULE_CHECK\n# of root");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_log("test: policy /etc/ima/ima-policy (root) failed at stage read: does not end with a "
		   "newline, so the kernel refuses it; add one: echo >> '/etc/ima/ima-policy', and sign it "
		   "again\n" MARKED("recovery"));
}

static void no_policy_at_all_is_told(void **context)
{
	(void)context;
	fakeboot_run(EXIT_DONE, "no-policy");
	assert_submitted("");
	assert_log("test: there is no policy: neither /etc/ima/ima-policy in the root nor "
		   "/etc/imaboot/policy in the image\n" MARKED("no policy"));
	assert_int_equal(fakeboot.report.message_count, 2);
	assert_int_equal(fakeboot.guards, 1);
	assert_string_equal(fakeboot.report.policy_file, "readable");
}

static void commit_without_proof_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.commit_does_nothing = true;
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry root commit root ");
	assert_log("test: policy /etc/ima/ima-policy (root) failed at stage confirm: the kernel took the "
		   "file, but nothing proves that its rules are in force; look at the kernel's log (dmesg) "
		   "for lines with ima\n" MARKED("recovery"));
	assert_int_equal(fakeboot.guards, 1);
}

/* With a signer loaded the signature is required: an unsigned policy is not even shown to the kernel. */
static void unsigned_policy_is_refused_once_a_signer_is_loaded(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_int_equal(fakeboot.report.candidates[0].stage, STAGE_SIGNATURE);
}

/* The administrator has put one into the image: that the kernel takes none is no reason to do without. */
static void refused_signer_requires_a_signature_too(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "nobody", "");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(CONFIG, "require = yes\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_int_equal(fakeboot.report.candidates[0].stage, STAGE_SIGNATURE);
	/* One of the root counts once the kernel has taken it. */
	assert_int_equal(unlink(fakeroot_path("/image/etc/keys/ima/a.der")), 0);
	fake_cert("/root/etc/keys/ima/a.der", "A: 01234567", "nobody", "");
	fakeboot_run(EXIT_DONE, "enforced");
}

static void keyrings_that_cannot_be_used_require_a_signature_too(void **context)
{
	(void)context;
	fakering.private_error = -ENOMEM;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
}

#define MEASURES "measure func=BPRM_CHECK\nappraise func=POLICY_CHECK appraise_type=imasig\n# of root\n"
#define NOTHING                                                                                              \
	"policy /etc/ima/ima-policy (root) appraises no file: under it everything runs; give it rules with " \
	"appraise\n"

/* The best of signatures on it protects nothing: it is marked, as a boot without a policy is. */
static void policy_that_appraises_nothing_is_marked(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, MEASURES);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("test: " NOTHING MARKED("nothing is appraised"));
	assert_marks("12 imaboot: nothing is appraised\n");
	fakeroot_file(IMA_POLICY, "");
	fakeroot_file(CONFIG, "require = yes\nmust-appraise = no\n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_marks("12 imaboot: nothing is appraised\n");
}

static void policy_that_appraises_nothing_is_none_where_one_is_required(void **context)
{
	static const char *const configs[] = {"require = yes\n", "must-appraise = yes\n"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		fakeroot_file(IMA_POLICY, "");
		fakeroot_file(CONFIG, configs[i]);
		fakeroot_file(ROOT_FILE, MEASURES);
		fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
		fakeboot_run(EXIT_FALLBACK, "fallback");
		assert_submitted("dry image commit image ");
		buf_free(&fakeboot.submitted);
		assert_log("test: policy /etc/ima/ima-policy (root) failed at stage preflight: appraises no "
			   "file: under it "
			   "everything runs; give it rules with appraise, or set must-appraise = no in "
			   "/etc/imaboot/imaboot.conf of the image\n");
		assert_marks("");
	}
}

static void root_cannot_switch_the_signature_off(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file("/root/etc/keys/ima", "not a folder");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
}

static void signed_policy_is_enforced(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.is_signed = true;
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
	assert_string_equal(report_policy(&fakeboot.report)->signed_by, "A: 01234567");
}

static void wrongly_signed_policy_falls_back_to_the_image(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeroot_bytes(IMAGE_FILE ".sig", SIGNATURE, sizeof(SIGNATURE) - 1);
	fakeboot_run(EXIT_FALLBACK, "fallback");
	assert_submitted("dry image commit image ");
	fakering.verify_error = -EKEYREJECTED;
	fakeroot_file(IMA_POLICY, "");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("dry image commit image ");
}

static void signature_can_be_required_and_made_optional(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file("/image" CONFIG_FILE, "signature = required\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file("/image" CONFIG_FILE, "signature = optional\n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
}

/* SHA-1 counts only where the image says so, and the message names the key and the better way. */
static void sha1_is_refused_unless_configured(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeroot_bytes(IMAGE_FILE ".sig", "\x03\x02\x02\x01\x23\x45\x67\x00\x03sig", 12);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_log(
		"test: policy /etc/imaboot/policy (image) failed at stage signature: is signed over a "
		"sha1 digest, of which collisions can be made; sign it over SHA-256: imactl sign --key KEY "
		"'/etc/imaboot/policy'; or set allow-sha1 = yes in /etc/imaboot/imaboot.conf of the "
		"image\n" MARKED("recovery"));
	fakeroot_file(CONFIG, "allow-sha1 = no\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	fakeroot_file(CONFIG, "allow-sha1 = yes\n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry image commit image ");
	assert_string_equal(fakering.verified, "A: 01234567 sha1 digest=20 signature=sig");
}

static void locked_platform_requires_a_signature(void **context)
{
	(void)context;
	fakeboot_lock();
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_int_equal(fakeboot.report.candidates[0].stage, STAGE_SIGNATURE);
}

/* EVM comes after the policy; what it lacks is a failure only where the image requires protection. */
static void evm_is_activated_after_the_policy(void **context)
{
	(void)context;
	fakeroot_file(EVM_FILE, "0");
	fakeroot_file(CONFIG, "evm = x509\nsignature = optional\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fake_cert("/image/etc/keys/evm/a.der", "A: 01", "builtin", "");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
	assert_string_equal(fakeroot_read(EVM_FILE), "0x80000002");
	assert_int_equal(fakeboot.report.evm.result, EVM_ACTIVE);
	fakeroot_file(EVM_FILE, "0");
	fakeroot_file(IMA_POLICY, "");
	fakeboot.refused = "# of root";
	fakeboot_run(EXIT_FAILED, "failed");
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
}

/* What only looks (check in the recovery, the late run) activates nothing. */
static void evm_is_not_activated_by_a_check(void **context)
{
	const struct boot_again again = {.choice = -1, .check_only = true};
	char image[PATH_MAX], root[PATH_MAX];

	(void)context;
	fakeroot_file(EVM_FILE, "0");
	fakeroot_file(CONFIG, "evm = x509\nsignature = optional\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fake_cert("/image/etc/keys/evm/a.der", "A: 01", "builtin", "");
	strcpy(image, fakeroot_path("/image"));
	strcpy(root, fakeroot_path("/root"));
	capture_begin(&fakeboot.err, STDERR_FILENO);
	boot_run_again(image, root, &again, &fakeboot.report, &fakeboot.end);
	(void)capture_end(&fakeboot.err);
	assert_int_equal(fakeboot.report.candidates[0].result, CANDIDATE_ACCEPTED);
	assert_submitted("dry root ");
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
	buf_free(&fakeboot.submitted);
	fakeboot.late = true;
	assert_int_equal(chmod(fakeroot_path("/image"), 0700), 0);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("test: EVM (evm = x509) is not active: the initramfs did not activate it; see what it "
		   "said in the "
		   "kernel's log (dmesg)\n");
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
	fakeroot_file(EVM_FILE, "2");
	fakeroot_file(IMA_POLICY, "");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("");
	assert_string_equal(fakeboot.report.evm.mode, "x509");
	assert_int_equal(fakeboot.report.evm.result, EVM_PRESENT);
}

static void evm_that_fails_is_told(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "evm = hmac\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log(
		"test: EVM (evm = hmac) is not active: this kernel has no EVM (no "
		"/sys/kernel/security/integrity/evm/evm); use a kernel with CONFIG_EVM, or set evm = off\n");
	assert_int_equal(fakeboot.report.evm.result, EVM_FAILED);
	assert_int_equal(fakeboot.report.message_count, 1);
	buf_free(&fakeboot.submitted);
	fakeroot_file(IMA_POLICY, "");
	fakeroot_file(CONFIG, "evm = hmac\nrequire = yes\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
}

static void guard_that_fails_is_told(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.refused = "# of root";
	fakeboot.guard_error = -EPERM;
	fakeboot_run(EXIT_FAILED, "failed");
	assert_false(fakeboot.report.guard);
	assert_non_null(strstr(fakeboot.err.text,
		"test: the guard over /sys/kernel/security/integrity/ima/policy cannot be set: Operation not "
		"permitted; systemd may try to load /etc/ima/ima-policy again\n"));
}

static void root_that_is_the_image_has_no_policy_of_its_own(void **context)
{
	char image[PATH_MAX];

	(void)context;
	fakeroot_file("/image/etc/ima/ima-policy", ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	strcpy(image, fakeroot_path("/image"));
	boot_run(image, image, &fakeboot.report, &fakeboot.end);
	assert_int_equal(fakeboot.end.status, EXIT_DONE);
	assert_submitted("dry image commit image ");
	assert_int_equal(fakeboot.report.candidate_count, 1);
}

static void boot_without_a_root_takes_the_image(void **context)
{
	char image[PATH_MAX];

	(void)context;
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	strcpy(image, fakeroot_path("/image"));
	boot_run(image, NULL, &fakeboot.report, &fakeboot.end);
	assert_int_equal(fakeboot.end.status, EXIT_DONE);
	assert_submitted("dry image commit image ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOT_TEST(policy_of_the_root_is_enforced),
		BOOT_TEST(policy_of_the_image_is_enforced_without_one_of_the_root),
		BOOT_TEST(refused_policy_of_the_root_falls_back_to_the_image),
		BOOT_TEST(both_refused_is_a_failure),
		BOOT_TEST(refused_policy_and_none_in_the_image_is_a_failure),
		BOOT_TEST(broken_file_is_never_submitted),
		BOOT_TEST(no_policy_at_all_is_told),
		BOOT_TEST(commit_without_proof_is_a_failure),
		BOOT_TEST(unsigned_policy_is_refused_once_a_signer_is_loaded),
		BOOT_TEST(refused_signer_requires_a_signature_too),
		BOOT_TEST(keyrings_that_cannot_be_used_require_a_signature_too),
		BOOT_TEST(policy_that_appraises_nothing_is_marked),
		BOOT_TEST(policy_that_appraises_nothing_is_none_where_one_is_required),
		BOOT_TEST(root_cannot_switch_the_signature_off),
		BOOT_TEST(signed_policy_is_enforced),
		BOOT_TEST(wrongly_signed_policy_falls_back_to_the_image),
		BOOT_TEST(signature_can_be_required_and_made_optional),
		BOOT_TEST(sha1_is_refused_unless_configured),
		BOOT_TEST(locked_platform_requires_a_signature),
		BOOT_TEST(evm_is_activated_after_the_policy),
		BOOT_TEST(evm_is_not_activated_by_a_check),
		BOOT_TEST(evm_that_fails_is_told),
		BOOT_TEST(guard_that_fails_is_told),
		BOOT_TEST(root_that_is_the_image_has_no_policy_of_its_own),
		BOOT_TEST(boot_without_a_root_takes_the_image),
	};

	return RUN_TESTS(tests);
}
