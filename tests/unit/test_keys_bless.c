// SPDX-License-Identifier: MIT
/* Tests of keys/cmd_bless.c and common/copyfile.c: which policy becomes the known-good one, and which does not. */
#include <sys/xattr.h>
#include "../../keys/verbs.h"
#include "capture.h"
#include "digest.h"
#include "fakeroot.h"
#include "log.h"

#define POLICY "/etc/ima/ima-policy"
#define GOOD POLICY ".known-good"
#define REPORT "/run/imaboot/status.json"
#define CONFIG "/etc/imaboot/imaboot.conf"

static struct capture out, err;

/* A report as the boot program writes it. */
static void report(const char *outcome, const char *source, const char *text)
{
	char json[1024], sha256[65];

	digest_sha256_hex(text, strlen(text), sha256);
	(void)snprintf(json, sizeof(json),
		"{\"schema\":1,\"outcome\":\"%s\",\"messages\":[\"\\\"policy\\\":{\\\"source\\\":"
		"\\\"root\\\",\"],"
		"\"policy\":{\"source\":\"%s\",\"path\":\"" POLICY
		"\",\"sha256\":\"%s\",\"proof\":\"read-back\"}}\n",
		outcome, source, sha256);
	fakeroot_file(REPORT, json);
}

static void check(int status, const char *wanted_out, const char *wanted_err)
{
	/* The options' places are in the verb's table. */
	*verb_bless.options[0].value = fakeroot;
	capture_begin(&out, STDOUT_FILENO);
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(verb_bless.run(0, NULL), status);
	assert_string_equal(capture_end(&err), wanted_err);
	assert_string_equal(capture_end(&out), wanted_out);
}

static int start(void **context)
{
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_file(POLICY, "audit\n");
	report("enforced", "root", "audit\n");
	*verb_bless.options[1].flag = false;
	log_set_program("test");
	return 0;
}

#define BLESSED POLICY ": is the known-good policy now, " GOOD "\n"

static void policy_of_the_boot_is_kept(void **context)
{
	char value[16];

	(void)context;
	fakeroot_file(GOOD, "older\n");
	assert_int_equal(setxattr(fakeroot_path(POLICY), "security.ima", "\x03\x02sig", 5, 0), 0);
	check(EXIT_DONE, BLESSED, "");
	assert_string_equal(fakeroot_read(GOOD), "audit\n");
	assert_int_equal(getxattr(fakeroot_path(GOOD), "security.ima", value, sizeof(value)), 5);
	assert_false(fakeroot_has("/etc/ima/.ima-policy.known-good.new"));
	check(EXIT_DONE, POLICY ": is the known-good policy already\n", "");
	/* The same text with another signature is another policy. */
	assert_int_equal(setxattr(fakeroot_path(POLICY), "security.ima", "\x03\x02new", 5, 0), 0);
	check(EXIT_DONE, BLESSED, "");
}

static void deferred_policy_is_kept_too(void **context)
{
	(void)context;
	report("deferred", "root", "audit\n");
	check(EXIT_DONE, BLESSED, "");
}

static void dry_run_keeps_nothing(void **context)
{
	(void)context;
	*verb_bless.options[1].flag = true;
	check(EXIT_DONE, POLICY ": would become " GOOD "\n", "");
	assert_false(fakeroot_has(GOOD));
}

static void other_policies_are_not_kept(void **context)
{
	static const char other[] =
		"test: bless: the policy in force is not the root's own: there is nothing to bless (see "
		"'imaboot status')\n";
	static const char *const cases[][2] = {{"enforced", "image"}, {"fallback", "known-good"},
		{"fallback", "root"}, {"unprotected", "root"}, {"enforced", "parameter"}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		report(cases[i][0], cases[i][1], "audit\n");
		check(EXIT_NOT_APPLICABLE, "", other);
	}
	fakeroot_file(
		REPORT, "{\"outcome\":\"enforced\",\"policy\":{\"source\":\"root\",\"sha256\":\"12\"}}");
	check(EXIT_NOT_APPLICABLE, "", other);
	assert_int_equal(unlink(fakeroot_path(REPORT)), 0);
	check(EXIT_NOT_APPLICABLE, "",
		"test: bless: there is no report of imaboot (/run/imaboot/status.json): this boot put no "
		"policy in force\n");
	assert_false(fakeroot_has(GOOD));
}

static void changed_policy_is_not_kept(void **context)
{
	(void)context;
	fakeroot_file(POLICY, "audit # edited since\n");
	*verb_bless.options[0].value = fakeroot;
	capture_begin(&err, STDERR_FILENO);
	assert_int_equal(verb_bless.run(0, NULL), EXIT_FAILED);
	assert_non_null(
		strstr(capture_end(&err), "/etc/ima/ima-policy is not the file that this boot put in force"));
	assert_int_equal(unlink(fakeroot_path(POLICY)), 0);
	check(EXIT_FAILED, "",
		"test: bless: /etc/ima/ima-policy: there is no such file, though it was put in force\n");
	assert_false(fakeroot_has(GOOD));
}

static void configuration_names_the_files(void **context)
{
	char wanted[256];

	(void)context;
	fakeroot_file(CONFIG, "known-good = /etc/ima/other\n");
	check(EXIT_DONE, POLICY ": is the known-good policy now, /etc/ima/other\n", "");
	fakeroot_file(CONFIG, "known-good = /nowhere/other\n");
	check(EXIT_FAILED, "",
		"test: bless: /nowhere/other cannot be written: No such file or directory; what was there is "
		"as it was\n");
	fakeroot_file(CONFIG, "known-good = none\n");
	check(EXIT_NOT_APPLICABLE, "",
		"test: bless: the configuration says known-good = none: there is nothing to do\n");
	fakeroot_file(CONFIG, "bogus = 1\n");
	(void)snprintf(wanted, sizeof(wanted),
		"test: %s" CONFIG ":1: 'bogus' is not a key; see imaboot.conf(5)\n"
		"test: bless: imaboot.conf is wrong in line 1: a boot with it loads no policy\n",
		fakeroot);
	check(EXIT_USAGE, "", wanted);
}

#define BLESS_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BLESS_TEST(policy_of_the_boot_is_kept),
		BLESS_TEST(deferred_policy_is_kept_too),
		BLESS_TEST(dry_run_keeps_nothing),
		BLESS_TEST(other_policies_are_not_kept),
		BLESS_TEST(changed_policy_is_not_kept),
		BLESS_TEST(configuration_names_the_files),
	};

	return RUN_TESTS(tests);
}
