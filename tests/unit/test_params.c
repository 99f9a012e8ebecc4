// SPDX-License-Identifier: MIT
/* Tests of common/params.c. */
#include "params.h"
#include "unit.h"

static struct params params;
static struct buf complaints; /* one line each */

static void complain(const char *text, void *context)
{
	assert_ptr_equal(context, &params);
	buf_printf(&complaints, "%s\n", text);
}

/* Parses a line and checks the three values and the complaints. */
static void check(const char *line, enum param_value enabled, enum param_value require,
	enum param_value debug, const char *wanted)
{
	char *copy = malloc(strlen(line) + 1);

	assert_non_null(copy);
	memcpy(copy, line, strlen(line)); /* without the NUL: nothing reads past the end */
	params_parse(copy, strlen(line), &params, complain, &params);
	free(copy);
	assert_int_equal(params.values[PARAM_ENABLED], enabled);
	assert_int_equal(params.values[PARAM_REQUIRE], require);
	assert_int_equal(params.values[PARAM_DEBUG], debug);
	assert_buf(&complaints, wanted);
}

static void nothing_is_set_by_default(void **context)
{
	(void)context;
	check("", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
	check(" \t\n", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
	check("root=/dev/vda quiet ima_policy=tcb rd.break\n", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
	assert_false(params.kdump);
}

static void bare_name_means_true(void **context)
{
	(void)context;
	check("rd.imaboot rd.imaboot.require rd.imaboot.debug", PARAM_TRUE, PARAM_TRUE, PARAM_TRUE, "");
}

static void words_of_a_boolean(void **context)
{
	(void)context;
	check("rd.imaboot=1 rd.imaboot.require=yes rd.imaboot.debug=on\n", PARAM_TRUE, PARAM_TRUE, PARAM_TRUE,
		"");
	check("rd.imaboot=0 rd.imaboot.require=no rd.imaboot.debug=off\n", PARAM_FALSE, PARAM_FALSE,
		PARAM_FALSE, "");
}

static void last_one_wins(void **context)
{
	(void)context;
	check("rd.imaboot=0 rd.imaboot=1 rd.imaboot.debug rd.imaboot.debug=0", PARAM_TRUE, PARAM_UNSET,
		PARAM_FALSE, "");
}

static void quoted_value_is_unquoted(void **context)
{
	(void)context;
	check("a=\"x rd.imaboot=0 y\" rd.imaboot.require=\"1\"", PARAM_UNSET, PARAM_TRUE, PARAM_UNSET, "");
	check("a=\"never closed rd.imaboot=0", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
}

static void other_names_are_not_ours(void **context)
{
	(void)context;
	check("rd.imaboots=0 xrd.imaboot=0 rd.imaboot_debug RD.IMABOOT=0", PARAM_UNSET, PARAM_UNSET,
		PARAM_UNSET, "");
}

static void unknown_name_is_told(void **context)
{
	(void)context;
	check("rd.imaboot.bogus=1 rd.imaboot. rd.imaboot.debug", PARAM_UNSET, PARAM_UNSET, PARAM_TRUE,
		"kernel parameter 'rd.imaboot.bogus' is unknown and ignored; see imaboot(7)\n"
		"kernel parameter 'rd.imaboot.' is unknown and ignored; see imaboot(7)\n");
}

static void bad_value_is_told_and_ignored(void **context)
{
	(void)context;
	check("rd.imaboot=0 rd.imaboot=true rd.imaboot.require= rd.imaboot.debug=\"a b\"", PARAM_FALSE,
		PARAM_UNSET, PARAM_UNSET,
		"kernel parameter rd.imaboot=true is ignored: the value must be 0 or 1\n"
		"kernel parameter rd.imaboot.require= is ignored: the value must be 0 or 1\n"
		"kernel parameter rd.imaboot.debug=a b is ignored: the value must be 0 or 1\n");
}

static void long_words_are_shortened(void **context)
{
	char line[600] = "rd.imaboot=", wanted[200];
	char run[65];

	(void)context;
	memset(line + 11, 'v', 500);
	memset(run, 'v', 64);
	run[64] = '\0';
	(void)snprintf(wanted, sizeof(wanted),
		"kernel parameter rd.imaboot=%s is ignored: the value must be 0 or 1\n", run);
	check(line, PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, wanted);
	memset(line + 11, 'n', 500);
	line[10] = '.';
	memset(run, 'n', 53);
	run[53] = '\0';
	(void)snprintf(wanted, sizeof(wanted),
		"kernel parameter 'rd.imaboot.%s' is unknown and ignored; see imaboot(7)\n", run);
	check(line, PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, wanted);
}

/* Checks policy and action alone. */
static void check_texts(const char *line, const char *policy, int on_failure, const char *wanted)
{
	check(line, PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, wanted);
	assert_string_equal(params.policy, policy);
	assert_int_equal(params.on_failure, on_failure);
}

static void policy_is_a_word_or_a_path(void **context)
{
	static const char wrong[] = "is ignored: the value must be root, known-good, image, none or an "
				    "absolute path\n";
	static const char *const words[] = {
		"root", "known-good", "image", "none", "/", "/etc/ima/p", "/a=b", "/x|y"};
	static const char *const wrongs[] = {"=", "=Root", "=rooted", "=root|image", "=etc/p", "=1"};
	char line[64], wanted[160];
	size_t i;

	(void)context;
	check_texts("", "", -1, "");
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		(void)snprintf(line, sizeof(line), "rd.imaboot.policy=%s", words[i]);
		check_texts(line, words[i], -1, "");
	}
	for (i = 0; i < ARRAY_SIZE(wrongs); i++) {
		(void)snprintf(line, sizeof(line), "rd.imaboot.policy%s", wrongs[i]);
		(void)snprintf(
			wanted, sizeof(wanted), "kernel parameter rd.imaboot.policy%s %s", wrongs[i], wrong);
		check_texts(line, "", -1, wanted);
	}
	check_texts("rd.imaboot.policy=\"/a b\"", "/a b", -1, "");
	check_texts("rd.imaboot.policy=/a rd.imaboot.policy=image", "image", -1, "");
	(void)snprintf(wanted, sizeof(wanted), "kernel parameter rd.imaboot.policy= %s", wrong);
	check_texts("rd.imaboot.policy=/a rd.imaboot.policy", "/a", -1, wanted);
}

static void long_path_of_a_policy_is_refused(void **context)
{
	char line[PARAM_TEXT_MAX + 64] = "rd.imaboot.policy=/", wanted[256], run[64];

	(void)context;
	memset(line + 19, 'p', PARAM_TEXT_MAX - 2);
	check_texts(line, line + 18, -1, "");
	line[19 + PARAM_TEXT_MAX - 2] = 'p';
	memset(run, 'p', 63);
	run[63] = '\0';
	(void)snprintf(wanted, sizeof(wanted),
		"kernel parameter rd.imaboot.policy=/%s is ignored: the value must be root, known-good, "
		"image, none or an absolute path\n",
		run);
	check_texts(line, "", -1, wanted);
}

static void action_is_one_of_its_words(void **context)
{
	static const char *const words[] = {"recovery", "reboot", "poweroff", "halt", "continue"};
	char line[64];
	int i;

	(void)context;
	for (i = 0; i < (int)ARRAY_SIZE(words); i++) {
		(void)snprintf(line, sizeof(line), "rd.imaboot.on_failure=%s", words[i]);
		check_texts(line, "", i, "");
	}
	check_texts("rd.imaboot.on_failure=halt rd.imaboot.on_failure=panic", "", 3,
		"kernel parameter rd.imaboot.on_failure=panic is ignored: the value must be recovery, "
		"reboot, "
		"poweroff, halt or continue\n");
	check_texts("rd.imaboot.on_failure rd.imaboot.on_failure=", "", -1,
		"kernel parameter rd.imaboot.on_failure= is ignored: the value must be recovery, reboot, "
		"poweroff, halt or continue\n"
		"kernel parameter rd.imaboot.on_failure= is ignored: the value must be recovery, reboot, "
		"poweroff, halt or continue\n");
}

static void take(const char *line)
{
	check(line, PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
}

static void parameters_of_the_kernel(void **context)
{
	(void)context;
	take("init=/a init=/b ima_appraise=enforce ima_appraise=logging ima_policy=tcb");
	assert_string_equal(params.init, "/b");
	assert_string_equal(params.appraise, "logging");
	assert_false(params.appraise_tcb);
	take("init ima_appraise ima_policy=\"tcb appraise_tcb\"");
	assert_string_equal(params.init, "");
	assert_string_equal(params.appraise, "");
	assert_true(params.appraise_tcb);
	take("ima_policy=appraise_tcbx");
	assert_false(params.appraise_tcb);
	take("ima_policy=tcb|appraise_tcb");
	assert_true(params.appraise_tcb);
	take("ima_appraise_tcb");
	assert_true(params.appraise_tcb);
}

/* What the kernel obeys is seen, however it is written. */
static void names_of_the_kernel_may_have_dashes(void **context)
{
	(void)context;
	take("ima-appraise=log ima-policy=appraise_tcb");
	assert_string_equal(params.appraise, "log");
	assert_true(params.appraise_tcb);
	take("ima_policy=appraise-tcb imaappraise=log ima-appraise-=log");
	assert_false(params.appraise_tcb);
	assert_string_equal(params.appraise, "");
	take("ima-appraise_tcb");
	assert_true(params.appraise_tcb);
	take("\"ima-appraise=fix\" \"init=/a b\"");
	assert_string_equal(params.appraise, "fix");
	assert_string_equal(params.init, "/a b");
	take("\"ima_policy=tcb appraise_tcb\" \" \"=");
	assert_true(params.appraise_tcb);
	/* dracut does not take one for the other, and leaves quotes where they are. */
	check("rd.imaboot.on-failure=halt \"rd.imaboot=0\"", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET,
		"kernel parameter 'rd.imaboot.on-failure' is unknown and ignored; see imaboot(7)\n");
}

static void keys_of_evm_are_dracuts(void **context)
{
	(void)context;
	check("evmkey=/a evmx509=/b masterkey=/c masterkeytype=user", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET,
		"");
	assert_string_equal(params.evm_key, "/a");
	assert_string_equal(params.evm_x509, "/b");
	assert_string_equal(params.master, "/c");
	assert_true(params.master_is_user && params.master_type_given);
	check("masterkeytype=user masterkeytype=trusted", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
	assert_true(!params.master_is_user && params.master_type_given);
	check("evmkey=a evmx509 masterkey= masterkeytype=none", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET,
		"kernel parameter evmkey=a is ignored: the value must be an absolute path\n"
		"kernel parameter evmx509= is ignored: the value must be an absolute path\n"
		"kernel parameter masterkey= is ignored: the value must be an absolute path\n"
		"kernel parameter masterkeytype=none is ignored: the value must be trusted or user\n");
	assert_false(params.master_type_given);
}

static void switched_off_ima_is_seen(void **context)
{
	(void)context;
	take("initcall_blacklist=init_ima");
	assert_true(params.no_ima);
	take("initcall_blacklist=a,init_ima,b");
	assert_true(params.no_ima);
	take("initcall_blacklist=init_ima_x,xinit_ima initcall_blacklist= initcall_blacklist init_ima");
	assert_false(params.no_ima);
}

static void kdump_kernel_is_seen(void **context)
{
	(void)context;
	check("irqpoll elfcorehdr=0x2a000000", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
	assert_true(params.kdump);
	check("elfcorehdr xelfcorehdr=1 elfcorehdrs=1", PARAM_UNSET, PARAM_UNSET, PARAM_UNSET, "");
	assert_false(params.kdump);
}

static void every_parameter_has_name_and_help(void **context)
{
	int i;

	(void)context;
	assert_string_equal(param_name(PARAM_ENABLED), "rd.imaboot");
	for (i = 0; i < PARAM_COUNT; i++) {
		bool is_dracuts = i >= PARAM_EVM_KEY;

		assert_int_equal(strncmp(param_name((enum param)i), PARAM_PREFIX, strlen(PARAM_PREFIX)) != 0,
			is_dracuts);
		assert_true(strlen(param_help((enum param)i)) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_set_by_default),
		cmocka_unit_test(bare_name_means_true),
		cmocka_unit_test(words_of_a_boolean),
		cmocka_unit_test(last_one_wins),
		cmocka_unit_test(quoted_value_is_unquoted),
		cmocka_unit_test(other_names_are_not_ours),
		cmocka_unit_test(unknown_name_is_told),
		cmocka_unit_test(bad_value_is_told_and_ignored),
		cmocka_unit_test(long_words_are_shortened),
		cmocka_unit_test(policy_is_a_word_or_a_path),
		cmocka_unit_test(long_path_of_a_policy_is_refused),
		cmocka_unit_test(action_is_one_of_its_words),
		cmocka_unit_test(parameters_of_the_kernel),
		cmocka_unit_test(names_of_the_kernel_may_have_dashes),
		cmocka_unit_test(keys_of_evm_are_dracuts),
		cmocka_unit_test(switched_off_ima_is_seen),
		cmocka_unit_test(kdump_kernel_is_seen),
		cmocka_unit_test(every_parameter_has_name_and_help),
	};

	return RUN_TESTS(tests);
}
