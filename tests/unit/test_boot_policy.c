// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/boot_policy.c: which policies are tried, in which order, and when the known-good one is.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark
 */
#include "fakeboot.h"

/* A machine with all policies, one at a path of its own among them. */
static void write_policies(void)
{
	fakeroot_file("/root/p", "appraise func=MODULE_CHECK\n# of parameter\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(KNOWN_GOOD_FILE, KNOWN_GOOD_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
}

/* Boots anew with that parameter; the kernel refuses policies with that text. */
static void boot(const char *parameter, const char *refused, int status, const char *outcome)
{
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0600), 0);
	fakeroot_file(PROC_CMDLINE, parameter);
	fakeboot.refused = refused;
	buf_free(&fakeboot.submitted);
	buf_free(&fakeboot.marks);
	fakeboot_run(status, outcome);
}

static void check_source(const char *source)
{
	assert_string_equal(report_policy(&fakeboot.report)->source, source);
}

static void each_choice_begins_elsewhere(void **context)
{
	static const struct {
		const char *parameter, *source, *submitted;
	} choices[] = {{"", "root", "dry root commit root "},
		{"rd.imaboot.policy=root", "root", "dry root commit root "},
		{"rd.imaboot.policy=known-good", "known-good", "dry known-good commit known-good "},
		{"rd.imaboot.policy=image", "image", "dry image commit image "},
		{"rd.imaboot.policy=/p", "parameter", "dry parameter commit parameter "}};
	size_t i;

	(void)context;
	write_policies();
	for (i = 0; i < ARRAY_SIZE(choices); i++) {
		boot(choices[i].parameter, NULL, EXIT_DONE, "enforced");
		assert_submitted(choices[i].submitted);
		check_source(choices[i].source);
		assert_int_equal(fakeboot.report.candidate_count, 1);
		assert_log("");
		assert_marks("");
	}
}

static void none_tries_nothing(void **context)
{
	static const char text[] =
		"test: no policy is loaded: the kernel parameter rd.imaboot.policy=none says so\n" MARKED(
			"unprotected boot");

	(void)context;
	write_policies();
	boot("rd.imaboot.policy=none", NULL, EXIT_FALLBACK, "unprotected");
	assert_submitted("");
	assert_log(text);
	assert_int_equal(fakeboot.report.candidate_count, 0);
	assert_int_equal(fakeboot.guards, 1);
	/* On a locked platform nobody at the boot loader switches the policy off. */
	fakeboot_lock();
	boot("rd.imaboot.policy=none", NULL, EXIT_FAILED, "failed");
	assert_submitted("");
	assert_int_equal(fakeboot.report.candidate_count, 3);
}

static void order_of_the_fallbacks(void **context)
{
	static const struct {
		const char *parameter, *submitted;
	} choices[] = {{"", "dry root dry known-good dry image "},
		{"rd.imaboot.policy=root", "dry root dry known-good dry image "},
		{"rd.imaboot.policy=known-good", "dry known-good dry image "},
		{"rd.imaboot.policy=image", "dry image "},
		{"rd.imaboot.policy=/p", "dry parameter dry root dry known-good dry image "}};
	size_t i;

	(void)context;
	write_policies();
	for (i = 0; i < ARRAY_SIZE(choices); i++) {
		boot(choices[i].parameter, "appraise func=MODULE_CHECK", EXIT_FAILED, "failed");
		assert_submitted(choices[i].submitted);
		assert_null(report_policy(&fakeboot.report));
	}
}

static void each_step_back_is_a_fallback(void **context)
{
	(void)context;
	write_policies();
	boot("", "# of root", EXIT_FALLBACK, "fallback");
	check_source("known-good");
	boot("rd.imaboot.policy=known-good", "# of known", EXIT_FALLBACK, "fallback");
	check_source("image");
	boot("rd.imaboot.policy=/p", "# of param", EXIT_FALLBACK, "fallback");
	check_source("root");
	assert_int_equal(unlink(fakeroot_path(KNOWN_GOOD_FILE)), 0);
	boot("", "# of root", EXIT_FALLBACK, "fallback");
	check_source("image");
}

static void path_that_is_not_there_is_told(void **context)
{
	(void)context;
	write_policies();
	boot("rd.imaboot.policy=/gone", NULL, EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
	assert_log("test: kernel parameter rd.imaboot.policy=/gone names no file of the root; the policies "
		   "after it are tried\n");
	assert_int_equal(fakeboot.report.candidates[0].result, CANDIDATE_ABSENT);
}

static void path_stays_inside_the_root(void **context)
{
	(void)context;
	fakeroot_file("/outside", "appraise func=MODULE_CHECK\n# of outside\n");
	fakeroot_link("/root/link", fakeroot_path("/outside"));
	boot("rd.imaboot.policy=/../outside", NULL, EXIT_DONE, "no-policy");
	boot("rd.imaboot.policy=/link", NULL, EXIT_FAILED, "failed");
	assert_submitted("");
}

/* Who takes the policy away does not ask for an old one, unless there must be one. */
static void known_good_is_no_substitute_for_an_absent_policy(void **context)
{
	(void)context;
	fakeroot_file(KNOWN_GOOD_FILE, KNOWN_GOOD_POLICY);
	boot("", NULL, EXIT_DONE, "no-policy");
	assert_submitted("");
	assert_int_equal(fakeboot.report.candidate_count, 2);
	boot("rd.imaboot.require", NULL, EXIT_FALLBACK, "fallback");
	assert_submitted("dry known-good commit known-good ");
	check_source("known-good");
	boot("rd.imaboot.policy=known-good", NULL, EXIT_DONE, "enforced");
	check_source("known-good");
}

static void known_good_is_judged_like_any_other(void **context)
{
	(void)context;
	write_policies();
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	boot("", NULL, EXIT_FAILED, "failed");
	assert_submitted("");
	assert_int_equal(fakeboot.report.candidates[1].stage, STAGE_SIGNATURE);
	assert_string_equal(fakeboot.report.candidates[1].path, "/etc/ima/ima-policy.known-good");
}

static void paths_come_from_the_configuration(void **context)
{
	(void)context;
	fakeroot_file("/root/a", ROOT_POLICY);
	fakeroot_file("/root/b", KNOWN_GOOD_POLICY);
	fakeroot_file(CONFIG, "policy = /a\nknown-good = /b\n");
	boot("", "# of root", EXIT_FALLBACK, "fallback");
	assert_submitted("dry root dry known-good commit known-good ");
	assert_string_equal(report_policy(&fakeboot.report)->path, "/b");
	fakeroot_file(CONFIG, "policy = /a\nknown-good = none\n");
	boot("", "# of root", EXIT_FAILED, "failed");
	assert_submitted("dry root ");
	boot("rd.imaboot.policy=known-good", NULL, EXIT_DONE, "no-policy");
	assert_submitted("");
	fakeroot_file(CONFIG, "policy = /gone\n");
	boot("", NULL, EXIT_DONE, "no-policy");
	assert_non_null(strstr(fakeboot.err.text, "there is no policy: neither /gone in the root nor "));
}

/* Where the kernel shows the policy's rules and no others, they are not loaded a second time. */
static void policy_in_force_is_not_loaded_again(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMA_POLICY, "appraise func=MODULE_CHECK \n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("");
	assert_string_equal(report_policy(&fakeboot.report)->proof, "read-back");
	assert_log("test: policy /etc/ima/ima-policy (root) is in force already: it is not loaded again\n");
	assert_int_equal(fakeboot.guards, 1);
	assert_marks("");
	/* A signature that is required is required all the same. */
	fakeroot_file(CONFIG, "signature = required\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
}

static void policy_among_other_rules_is_loaded(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMA_POLICY, "measure func=BPRM_CHECK \nappraise func=MODULE_CHECK \n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
}

/* The policy is in force, and the kernel does nothing with it. */
static void appraisal_that_is_not_enforced_is_told(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(PROC_CMDLINE, "ima_appraise=log\n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("test: the kernel enforces no policy: its parameter says ima_appraise=log; take it off "
		   "the kernel "
		   "command line\n");
	fakeroot_file(IMA_POLICY, "");
	fakeroot_file(PROC_CMDLINE, "ima_appraise=enforce\n");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOT_TEST(each_choice_begins_elsewhere),
		BOOT_TEST(none_tries_nothing),
		BOOT_TEST(order_of_the_fallbacks),
		BOOT_TEST(each_step_back_is_a_fallback),
		BOOT_TEST(path_that_is_not_there_is_told),
		BOOT_TEST(path_stays_inside_the_root),
		BOOT_TEST(known_good_is_no_substitute_for_an_absent_policy),
		BOOT_TEST(known_good_is_judged_like_any_other),
		BOOT_TEST(paths_come_from_the_configuration),
		BOOT_TEST(policy_in_force_is_not_loaded_again),
		BOOT_TEST(policy_among_other_rules_is_loaded),
		BOOT_TEST(appraisal_that_is_not_enforced_is_told),
	};

	return RUN_TESTS(tests);
}
