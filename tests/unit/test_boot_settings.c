// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/boot.c: configuration, kernel parameters and certificates decide before any policy.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark realloc
 */
#include "fakeboot.h"

static size_t realloc_that_fails; /* counted down; 0: none */

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
	return realloc_that_fails && --realloc_that_fails == 0 ? NULL : __real_realloc(pointer, size);
}

/* A machine with a policy in the root, which must not be touched. */
static void check_untouched(int status, const char *outcome, int guards, const char *log)
{
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.guards = 0;
	fakeboot_run(status, outcome);
	assert_submitted("");
	assert_log(log);
	assert_int_equal(fakeboot.guards, guards);
	assert_int_equal(fakeboot.report.candidate_count, 0);
}

#define NO_IMA                                                                                 \
	"test: this kernel has no IMA (no /sys/kernel/security/integrity/ima): no policy can " \
	"be loaded; use a kernel with CONFIG_IMA\n"

static void kernel_without_ima_is_not_applicable(void **context)
{

	(void)context;
	assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	assert_int_equal(rmdir(fakeroot_path(IMA_DIR)), 0);
	check_untouched(EXIT_NOT_APPLICABLE, "not-applicable", 0, NO_IMA MARKED("no IMA"));
	assert_string_equal(fakeboot.report.policy_file, "absent");
	assert_marks("12 imaboot: no IMA\n");
	fakeroot_file(CONFIG, "require = yes\n");
	check_untouched(EXIT_FAILED, "failed", 0, NO_IMA MARKED("recovery"));
	assert_int_equal(fakeboot.report.message_count, 2);
}

/* On a locked platform the command line does not switch IMA off: the kernel obeys, and the boot ends. */
static void ima_is_not_switched_off_on_a_locked_platform(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	assert_int_equal(rmdir(fakeroot_path(IMA_DIR)), 0);
	fakeboot_lock();
	fakeroot_file(PROC_CMDLINE, "initcall_blacklist=other,init_ima\n");
	check_untouched(EXIT_FAILED, "failed", 0,
		"test: the kernel parameter initcall_blacklist=init_ima switches IMA off, and the kernel is "
		"locked "
		"down: take it off the kernel command line\n" MARKED("recovery"));
	assert_marks("12 imaboot: recovery\n");
	fakeroot_file(CONFIG, "allow-override = yes\n");
	check_untouched(EXIT_NOT_APPLICABLE, "not-applicable", 0, NO_IMA MARKED("no IMA"));
	fakeroot_file(CONFIG, "");
	fakeroot_file(PROC_CMDLINE, "initcall_blacklist=init_imagine\n");
	check_untouched(EXIT_NOT_APPLICABLE, "not-applicable", 0, NO_IMA MARKED("no IMA"));
	assert_marks("12 imaboot: no IMA\n12 imaboot: no IMA\n");
	/* What must be marked and cannot is a failure here, too. */
	fakeroot_file(CONFIG, "pcr-required = yes\non-failure = halt\n");
	fakeboot.mark_error = -ENODEV;
	fakeboot_run(EXIT_FAILED, "failed");
	assert_int_equal(fakeboot.end.action, BOOT_HALT);
}

static void securityfs_that_cannot_be_mounted_is_told(void **context)
{
	(void)context;
	fakeboot.mount_error = -EPERM;
	fakeboot_run(EXIT_DONE, "no-policy");
	assert_non_null(
		strstr(fakeboot.err.text, "test: securityfs cannot be mounted on /sys/kernel/security: "
					  "Operation not permitted\n"));
}

static void required_policy_that_is_missing_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require = yes\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_int_equal(fakeboot.guards, 1);
	fakeroot_file(CONFIG, "");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot.require\n");
	fakeboot_run(EXIT_FAILED, "failed");
}

static void command_line_may_loosen_on_an_open_platform(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require = yes\n");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot.require=0\n");
	fakeboot_run(EXIT_DONE, "no-policy");
}

static void command_line_may_not_loosen_on_a_locked_platform(void **context)
{
	(void)context;
	fakeboot_lock();
	fakeroot_file(CONFIG, "require = yes\n");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot.require=0\n");
	fakeboot_run(EXIT_FAILED, "failed");
	assert_non_null(strstr(fakeboot.err.text,
		"test: kernel parameter rd.imaboot.require=0 is refused: the kernel is locked down, and the "
		"image's configuration does not say allow-override = yes\n"));
	fakeroot_file(CONFIG, "require = yes\nallow-override = yes\n");
	fakeboot_run(EXIT_DONE, "no-policy");
}

static void switched_off_on_an_open_platform(void **context)
{
	(void)context;
	fakeroot_file(PROC_CMDLINE, "rd.imaboot=0\n");
	check_untouched(EXIT_NOT_APPLICABLE, "disabled", 0,
		"test: switched off by the kernel parameter rd.imaboot=0: no policy is loaded\n" MARKED(
			"disabled"));
}

static void not_switched_off_on_a_locked_platform(void **context)
{
	(void)context;
	fakeboot_lock();
	fakeroot_file(PROC_CMDLINE, "rd.imaboot=0\n");
	fakeboot_run(EXIT_DONE, "no-policy");
	assert_non_null(strstr(fakeboot.err.text,
		"test: kernel parameter rd.imaboot=0 is refused: the kernel is locked down, and the image's "
		"configuration does not say allow-override = yes\n"));
	assert_int_equal(fakeboot.report.message_count, 3);
}

static void switched_off_where_the_image_allows_it(void **context)
{
	(void)context;
	fakeboot_lock();
	fakeroot_file(CONFIG, "allow-override = yes\n");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot=0\n");
	check_untouched(EXIT_NOT_APPLICABLE, "disabled", 0,
		"test: switched off by the kernel parameter rd.imaboot=0: no policy is loaded\n" MARKED(
			"disabled"));
}

static void kdump_kernel_loads_nothing(void **context)
{
	(void)context;
	fakeroot_file(PROC_CMDLINE, "irqpoll elfcorehdr=0x1000\n");
	fakeroot_file(PROC_VMCORE, "");
	check_untouched(EXIT_NOT_APPLICABLE, "not-applicable", 1,
		"test: this is a kdump kernel (elfcorehdr=): nothing is loaded\n" MARKED("kdump"));
	assert_marks("12 imaboot: kdump\n");
	/* The dump is saved with or without the mark. */
	fakeboot.mark_error = -ENODEV;
	fakeroot_file(CONFIG, "pcr-required = yes\n");
	fakeboot_run(EXIT_NOT_APPLICABLE, "not-applicable");
	assert_marks("12 imaboot: kdump\n");
}

/* Anybody at the boot loader can write the parameter; only a kdump kernel has the other's memory. */
static void kdump_parameter_alone_is_ignored(void **context)
{
	(void)context;
	fakeroot_file(PROC_CMDLINE, "irqpoll elfcorehdr=0x1000\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("test: kernel parameter elfcorehdr= is ignored: this is no kdump kernel (there is no "
		   "/proc/vmcore)\n");
	assert_submitted("dry root commit root ");
	/* Nor does the file without the parameter mean anything. */
	fakeroot_file(IMA_POLICY, "");
	fakeroot_file(PROC_CMDLINE, "");
	fakeroot_file(PROC_VMCORE, "");
	fakeboot_run(EXIT_DONE, "enforced");
	assert_log("");
}

static void unknown_parameters_are_told(void **context)
{
	(void)context;
	fakeroot_file(PROC_CMDLINE, "rd.imaboot.bogus\n");
	fakeboot_run(EXIT_DONE, "no-policy");
	assert_string_equal(fakeboot.report.messages[0],
		"kernel parameter 'rd.imaboot.bogus' is unknown and ignored; see imaboot(7)");
}

static void missing_command_line_is_told(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(PROC_CMDLINE)), 0);
	fakeboot_run(EXIT_DONE, "no-policy");
	assert_non_null(strstr(fakeboot.err.text, "test: /proc/cmdline cannot be read: No such file or "
						  "directory; the kernel's parameters are ignored\n"));
}

/* What comes first still counts on a line that is too long; a word that is cut does not. */
static void long_command_line_is_told_and_counts(void **context)
{
	static char line[70000];

	(void)context;
	fakeroot_file(CONFIG, "require = no\n");
	memset(line, ' ', sizeof(line) - 1);
	memcpy(line, "rd.imaboot.require=1", 20);
	memcpy(line + 20000, "rd.imaboot.bogus", 16);
	memcpy(line + 65536 - 11, "rd.imaboot=0.9", 14);
	fakeroot_file(PROC_CMDLINE, line);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_non_null(strstr(fakeboot.err.text,
		"test: /proc/cmdline is longer than 64 KiB: the kernel's parameters behind that are "
		"ignored\n"
		"test: kernel parameter 'rd.imaboot.bogus' is unknown and ignored; see imaboot(7)\n"));
	assert_string_equal(fakeboot.report.messages[0],
		"/proc/cmdline is longer than 64 KiB: the kernel's parameters behind that are ignored");
	/* As long as it may be, it is taken whole. */
	line[65536] = '\0';
	memcpy(line + 65536 - 13, " rd.imaboot=0", 13);
	fakeroot_file(PROC_CMDLINE, line);
	fakeboot_run(EXIT_NOT_APPLICABLE, "disabled");
}

static void wrong_configuration_is_a_usage_error(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require = maybe\n\nbogus\n");
	check_untouched(EXIT_USAGE, "failed", 1,
		"test: /etc/imaboot/imaboot.conf:1: 'maybe' is no value of 'require', which takes no|yes\n"
		"test: /etc/imaboot/imaboot.conf:3: 'bogus' is not of the form key = value\n" MARKED(
			"recovery"));
	assert_int_equal(fakeboot.report.message_count, 3);
}

static void unreadable_configuration_is_a_usage_error(void **context)
{
	(void)context;
	fakeroot_dir(CONFIG);
	check_untouched(EXIT_USAGE, "failed", 1,
		"test: /etc/imaboot/imaboot.conf: is a directory, not a file\n" MARKED("recovery"));
}

static void dangling_configuration_is_a_usage_error(void **context)
{
	(void)context;
	fakeroot_link(CONFIG, "gone");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_USAGE, "failed");
	assert_submitted("");
}

static void required_certificate_that_is_missing_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require-certificates = a.der b.der\n");
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "");
	fakeboot.is_signed = true;
	check_untouched(EXIT_FAILED, "failed", 1,
		"test: certificate b.der, which the configuration requires, is in no keyring; put it into "
		"/etc/keys/ima of the image\n" MARKED("recovery"));
}

static void required_certificate_that_is_refused_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require-certificates = a.der\n");
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "builtin", "65");
	check_untouched(EXIT_FAILED, "failed", 1,
		"test: certificate /etc/keys/ima/a.der (image) is not in .ima: uses a key or digest "
		"algorithm "
		"that this kernel does not have; issue it with RSA and SHA-256, or use a kernel that has the "
		"algorithm (P-256 and P-384 need CONFIG_CRYPTO_ECDSA)\n"
		"test: certificate a.der, which the configuration requires, is in no keyring; put it into "
		"/etc/keys/ima of the image\n" MARKED("recovery"));
}

static void required_certificates_that_are_there_suffice(void **context)
{
	(void)context;
	fakeroot_file(CONFIG, "require-certificates = a.der ca.der\nrequire = yes\n");
	fake_cert("/image/etc/keys/ima/a.der", "A: 01234567", "CA: 1", "");
	fake_cert("/image/etc/keys/ima/ca/ca.der", "CA: 1", "builtin", "");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot.is_signed = true;
	fakeboot_run(EXIT_DONE, "enforced");
	assert_submitted("dry root commit root ");
}

static void keyrings_that_cannot_be_used_fail_what_requires_them(void **context)
{
	(void)context;
	fakering.private_error = -ENOSYS;
	fakeroot_file(CONFIG, "require-certificates = a.der\n");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
}

static void root_that_cannot_be_opened_is_a_failure(void **context)
{
	char wanted[PATH_MAX + 128];

	(void)context;
	assert_int_equal(rmdir(fakeroot_path("/root")), 0);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	(void)snprintf(wanted, sizeof(wanted),
		"test: %s: the root cannot be opened: No such file or directory; give the mounted root with "
		"--root\n" MARKED("recovery"),
		fakeroot_path("/root"));
	assert_log(wanted);
}

/* Whichever allocation fails, a boot whose policy is missing must never look like one without any. */
static void running_out_of_memory_never_loosens(void **context)
{
	size_t n;

	(void)context;
	for (n = 1; n < 12; n++) {
		realloc_that_fails = n;
		fakeroot_file(ROOT_FILE, ROOT_POLICY);
		fakeroot_file(CONFIG, "require = no\n");
		fakeboot_lock(); /* nothing unsigned is taken */
		capture_begin(&fakeboot.err, STDERR_FILENO);
		report_free(&fakeboot.report);
		boot_run(fakeroot_path("/image"), fakeroot_path("/root"), &fakeboot.report, &fakeboot.end);
		assert_int_not_equal(fakeboot.end.status, EXIT_DONE);
		(void)capture_end(&fakeboot.err);
		realloc_that_fails = 0;
		assert_submitted("");
	}
}

static void image_that_cannot_be_opened_is_a_failure(void **context)
{
	(void)context;
	assert_int_equal(rmdir(fakeroot_path("/image")), 0);
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeboot_run(EXIT_FAILED, "failed");
	assert_submitted("");
	assert_marks("12 imaboot: recovery\n");
}

/* Explains the settings: the result, and what is written and logged. */
static void check_explained(int wanted, const char *begin, const char *line, const char *log)
{
	struct buf text = {0};
	int r;

	capture_begin(&fakeboot.err, STDERR_FILENO);
	r = boot_explain(fakeroot_path("/image"), &text);
	assert_string_equal(capture_end(&fakeboot.err), log);
	assert_int_equal(r, wanted);
	assert_int_equal(strncmp(buf_string(&text), begin, strlen(begin)), 0);
	assert_non_null(strstr(buf_string(&text), line));
	buf_free(&text);
	assert_submitted("");
	assert_marks("");
	assert_int_equal(fakeboot.guards, 0);
	/* Whether the platform is locked is read in it. */
	assert_int_equal(fakeboot.mounts, 1);
	fakeboot.mounts = 0;
}

static void settings_are_explained(void **context)
{
	(void)context;
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	check_explained(0,
		"platform: open (UEFI Secure Boot is off and the kernel is not locked down)\n"
		"require = no (default)\n",
		"\nrd.imaboot: not given\n", "");
	fakeboot_lock();
	fakeroot_file(CONFIG, "\npcr = 7\nbogus\n");
	fakeroot_file(PROC_CMDLINE, "rd.imaboot=0\n");
	check_explained(-EINVAL, "platform: locked (the kernel is locked down)\n",
		"\npcr = 7 (configuration, line 2)\n",
		"test: /etc/imaboot/imaboot.conf:3: 'bogus' is not of the form key = value\n"
		"test: kernel parameter rd.imaboot=0 is refused: the kernel is locked down, and the image's "
		"configuration does not say allow-override = yes\n");
	fakeroot_file(CONFIG, "");
	check_explained(0, "platform: locked ", "\nrd.imaboot: refused\n",
		"test: kernel parameter rd.imaboot=0 is refused: the kernel is locked down, and the image's "
		"configuration does not say allow-override = yes\n");
	assert_int_equal(unlink(fakeroot_path(CONFIG)), 0);
	assert_int_equal(nftw(fakeroot_path("/image"), fakeroot_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(boot_explain(fakeroot_path("/image"), &fakeboot.marks), -ENOENT);
	assert_marks("");
}

static void names_of_required_certificates(void **context)
{
	struct report_cert certs[] = {{.path = (char *)"/etc/keys/ima/a.der", .result = CERT_LOADED},
		{.path = (char *)"/etc/keys/ima/b.der", .result = CERT_PRESENT},
		{.path = (char *)"/etc/keys/ima/c.der", .result = CERT_SKIPPED},
		{.path = (char *)"/etc/keys/ima/d.der", .result = CERT_REFUSED},
		{.path = (char *)"e.der", .result = CERT_LOADED}, {.path = NULL, .result = CERT_LOADED}};
	const struct report report = {.certs = certs, .cert_count = ARRAY_SIZE(certs)};

	(void)context;
	assert_true(boot_has_cert(&report, "a.der"));
	assert_true(boot_has_cert(&report, "b.der"));
	assert_false(boot_has_cert(&report, "c.der"));
	assert_false(boot_has_cert(&report, "d.der"));
	assert_true(boot_has_cert(&report, "e.der"));
	assert_false(boot_has_cert(&report, "der"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOT_TEST(kernel_without_ima_is_not_applicable),
		BOOT_TEST(ima_is_not_switched_off_on_a_locked_platform),
		BOOT_TEST(securityfs_that_cannot_be_mounted_is_told),
		BOOT_TEST(required_policy_that_is_missing_is_a_failure),
		BOOT_TEST(command_line_may_loosen_on_an_open_platform),
		BOOT_TEST(command_line_may_not_loosen_on_a_locked_platform),
		BOOT_TEST(switched_off_on_an_open_platform),
		BOOT_TEST(not_switched_off_on_a_locked_platform),
		BOOT_TEST(switched_off_where_the_image_allows_it),
		BOOT_TEST(kdump_kernel_loads_nothing),
		BOOT_TEST(kdump_parameter_alone_is_ignored),
		BOOT_TEST(unknown_parameters_are_told),
		BOOT_TEST(missing_command_line_is_told),
		BOOT_TEST(long_command_line_is_told_and_counts),
		BOOT_TEST(wrong_configuration_is_a_usage_error),
		BOOT_TEST(unreadable_configuration_is_a_usage_error),
		BOOT_TEST(dangling_configuration_is_a_usage_error),
		BOOT_TEST(required_certificate_that_is_missing_is_a_failure),
		BOOT_TEST(required_certificate_that_is_refused_is_a_failure),
		BOOT_TEST(required_certificates_that_are_there_suffice),
		BOOT_TEST(keyrings_that_cannot_be_used_fail_what_requires_them),
		BOOT_TEST(root_that_cannot_be_opened_is_a_failure),
		BOOT_TEST(running_out_of_memory_never_loosens),
		BOOT_TEST(image_that_cannot_be_opened_is_a_failure),
		BOOT_TEST(settings_are_explained),
		cmocka_unit_test(names_of_required_certificates),
	};

	return RUN_TESTS(tests);
}
