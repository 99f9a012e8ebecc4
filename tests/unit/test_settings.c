// SPDX-License-Identifier: MIT
/* Tests of common/settings.c: what the kernel command line may change, on an open and on a locked platform. */
#include "settings.h"
#include "unit.h"

static struct settings settings;
static struct buf complaints; /* one line each */

static void complain_config(size_t line, const char *text, void *context)
{
	(void)context;
	fail_msg("line %zu: %s", line, text);
}

static void complain(const char *text, void *context)
{
	assert_ptr_equal(context, &settings);
	buf_printf(&complaints, "%s\n", text);
}

static void apply(const char *config, const char *line, bool locked)
{
	struct params params;

	config_free(&settings.config);
	buf_free(&complaints);
	settings = (struct settings){0};
	assert_int_equal(
		config_parse(config, strlen(config), &settings.config, complain_config, &settings), 0);
	params_parse(line, strlen(line), &params, complain, &settings);
	assert_int_equal(complaints.len, 0);
	settings_apply(&settings, &params, locked, "it is locked", complain, &settings);
}

static int stop(void **context)
{
	(void)context;
	config_free(&settings.config);
	buf_free(&complaints);
	return 0;
}

#define REFUSED(param)                                                                        \
	"kernel parameter " param " is refused: it is locked, and the image's configuration " \
	"does not say allow-override = yes\n"

static void nothing_given_changes_nothing(void **context)
{
	int locked, i;

	(void)context;
	for (locked = 0; locked < 2; locked++) {
		apply("require = yes\non-failure = halt\n", "quiet", locked);
		assert_buf(&complaints, "");
		assert_true(settings.enabled && settings.config.require && !settings.debug);
		assert_int_equal(settings.config.on_failure, FAILURE_HALT);
		assert_int_equal(settings.choice, CHOICE_ALL);
		for (i = 0; i < PARAM_COUNT; i++)
			assert_false(settings.by_params[i] || settings.refused[i]);
	}
}

/*
 * One parameter: what it does where it is obeyed. A lax one is refused on a locked platform unless the
 * configuration lets it; a strict one, or one that changes nothing, is obeyed everywhere.
 */
struct turn {
	const char *config, *line;
	enum param param;
	bool lax;
	const char *before, *after; /* state() of a refused and of an obeyed one */
};

/* The settings that parameters change, as text; good until the next call. */
static const char *state(void)
{
	static const char *const choices[] = {"all", "root", "known-good", "image", "path", "none"};
	static const char *const failures[] = {"recovery", "reboot", "poweroff", "halt", "continue"};
	static char text[PARAM_TEXT_MAX + 64];

	(void)snprintf(text, sizeof(text), "%s %s %s %s%s%s%s", settings.enabled ? "on" : "off",
		settings.config.require ? "require" : "-", failures[settings.config.on_failure],
		choices[settings.choice], settings.choice_path, settings.debug ? " debug" : "",
		settings.recovery ? " menu" : "");
	return text;
}

static void check_turn(const struct turn *turn, bool locked, bool allow)
{
	char config[128], wanted[256] = "";
	bool refused = turn->lax && locked && !allow;

	(void)snprintf(config, sizeof(config), "%s%s", turn->config, allow ? "allow-override = yes\n" : "");
	apply(config, turn->line, locked);
	if (refused)
		(void)snprintf(wanted, sizeof(wanted), REFUSED("%s"), turn->line);
	assert_buf(&complaints, wanted);
	assert_string_equal(state(), refused ? turn->before : turn->after);
	assert_int_equal(settings.by_params[turn->param], !refused);
	assert_int_equal(settings.refused[turn->param], refused);
}

#define ALL "on - recovery all"

static void each_parameter_in_each_direction(void **context)
{
	static const struct turn turns[] = {
		{"", "rd.imaboot=0", PARAM_ENABLED, true, ALL, "off - recovery all"},
		{"", "rd.imaboot=1", PARAM_ENABLED, false, ALL, ALL},
		{"", "rd.imaboot.require=1", PARAM_REQUIRE, false, ALL, "on require recovery all"},
		{"require = yes\n", "rd.imaboot.require=0", PARAM_REQUIRE, true, "on require recovery all",
			ALL},
		{"", "rd.imaboot.require=0", PARAM_REQUIRE, false, ALL, ALL},
		{"", "rd.imaboot.debug=1", PARAM_DEBUG, false, ALL, "on - recovery all debug"},
		{"", "rd.imaboot.debug=0", PARAM_DEBUG, false, ALL, ALL},
		{"", "rd.imaboot.recovery=1", PARAM_RECOVERY, false, ALL, ALL " menu"},
		{"on-failure = continue\n", "rd.imaboot.recovery=1", PARAM_RECOVERY, false, "",
			"on - continue all menu"},
		{"on-failure = halt\n", "rd.imaboot.recovery=1", PARAM_RECOVERY, true, "on - halt all",
			"on - halt all menu"},
		{"on-failure = halt\n", "rd.imaboot.recovery=0", PARAM_RECOVERY, false, "", "on - halt all"},
		{"", "rd.imaboot.policy=root", PARAM_POLICY, false, ALL, "on - recovery root"},
		{"", "rd.imaboot.policy=known-good", PARAM_POLICY, true, ALL, "on - recovery known-good"},
		{"", "rd.imaboot.policy=image", PARAM_POLICY, true, ALL, "on - recovery image"},
		{"", "rd.imaboot.policy=none", PARAM_POLICY, true, ALL, "on - recovery none"},
		{"", "rd.imaboot.policy=/a/b", PARAM_POLICY, true, ALL, "on - recovery path/a/b"},
	};
	size_t i;
	int way;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(turns); i++)
		for (way = 0; way < 4; way++)
			check_turn(&turns[i], way & 1, way & 2);
}

/* Going on unprotected is laxer than a menu, a menu is laxer than a stop; one stop is as strict as another. */
static void every_action_against_every_other(void **context)
{
	static const char *const words[] = {"recovery", "reboot", "poweroff", "halt", "continue"};
	static const int laxity[] = {1, 0, 0, 0, 2};
	char config[64], line[64], before[64], after[64];
	size_t from, to;
	int way;

	(void)context;
	for (from = 0; from < ARRAY_SIZE(words); from++)
		for (to = 0; to < ARRAY_SIZE(words); to++)
			for (way = 0; way < 4; way++) {
				struct turn turn = {config, line, PARAM_ON_FAILURE, laxity[to] > laxity[from],
					before, after};

				(void)snprintf(config, sizeof(config), "on-failure = %s\n", words[from]);
				(void)snprintf(line, sizeof(line), "rd.imaboot.on_failure=%s", words[to]);
				(void)snprintf(before, sizeof(before), "on - %s all", words[from]);
				(void)snprintf(after, sizeof(after), "on - %s all", words[to]);
				check_turn(&turn, way & 1, way & 2);
			}
}

static void long_paths_are_whole(void **context)
{
	char line[PARAM_TEXT_MAX + 32] = "rd.imaboot.policy=/", wanted[2 * PARAM_TEXT_MAX];

	(void)context;
	memset(line + strlen(line), 'p', PARAM_TEXT_MAX - 2);
	apply("", line, false);
	assert_int_equal(strlen(settings.choice_path), PARAM_TEXT_MAX - 1);
	apply("", line, true);
	(void)snprintf(wanted, sizeof(wanted), REFUSED("%s"), line);
	assert_buf(&complaints, wanted);
	assert_string_equal(settings.choice_path, "");
}

static void explain(const char *wanted)
{
	struct buf text = {0};

	settings_explain(&settings, &text);
	assert_buf(&text, wanted);
}

/* Another key is another secret, and without a certificate EVM stays off. */
static void keys_of_evm_are_refused_on_a_locked_platform(void **context)
{
	static const char line[] = "evmkey=/k evmx509=/c masterkey=/m masterkeytype=user";

	(void)context;
	apply("evm = both\n", line, false);
	assert_buf(&complaints, "");
	assert_string_equal(settings.evm_key, "/k");
	assert_string_equal(settings.evm_x509, "/c");
	assert_string_equal(settings.master, "/m");
	assert_true(settings.master_is_user);
	apply("evm = both\n", line, true);
	assert_buf(&complaints, REFUSED("evmx509=/c") REFUSED("evmkey=/k") REFUSED("masterkey=/m")
					REFUSED("masterkeytype=user"));
	assert_string_equal(settings.evm_key, "");
	assert_string_equal(settings.evm_x509, "");
	assert_string_equal(settings.master, "");
	assert_false(settings.master_is_user);
	apply("evm = both\nallow-override = yes\n", line, true);
	assert_buf(&complaints, "");
	assert_true(settings.master_is_user);
	apply("", line, true);
	assert_buf(&complaints, "");
	assert_string_equal(settings.evm_x509, "");
	assert_false(settings.by_params[PARAM_EVM_X509]);
}

static void defaults_are_explained(void **context)
{
	(void)context;
	apply("", "", false);
	explain("require = no (default)\n"
		"signature = auto (default)\n"
		"allow-sha1 = no (default)\n"
		"must-appraise = auto (default)\n"
		"root-certificates = auto (default)\n"
		"require-certificates =  (default)\n"
		"policy = /etc/ima/ima-policy (default)\n"
		"known-good = /etc/ima/ima-policy.known-good (default)\n"
		"preflight = init (default)\n"
		"evm = off (default)\n"
		"on-failure = recovery (default)\n"
		"recovery-timeout = 0 (default)\n"
		"recovery-timeout-action = reboot (default)\n"
		"recovery-password = none (default)\n"
		"allow-override = no (default)\n"
		"pcr = 12 (default)\n"
		"pcr-required = no (default)\n"
		"labels = auto (default)\n"
		"rd.imaboot: not given\n"
		"rd.imaboot.recovery: not given\n"
		"rd.imaboot.policy: not given\n"
		"rd.imaboot.on_failure: not given\n"
		"rd.imaboot.require: not given\n"
		"rd.imaboot.debug: not given\n"
		"evmkey: not given\n"
		"evmx509: not given\n"
		"masterkey: not given\n"
		"masterkeytype: not given\n");
}

static void origins_are_explained(void **context)
{
	static const char config[] =
		"require = no\n\nsignature = required\nroot-certificates = no\n"
		"require-certificates = a.der  b\x1b.der\npolicy = /p\n"
		"known-good = none\non-failure = halt\nrecovery-timeout = 90\n"
		"recovery-timeout-action = poweroff\npcr = none\npcr-required = yes\nallow-sha1 = yes\n"
		"preflight = init /p\n"
		"recovery-password = $6$salt$hash\n"
		"labels = stage0\n"
		"evm = both\n"
		"must-appraise = no\n";

	(void)context;
	apply(config,
		"rd.imaboot=0 rd.imaboot.require rd.imaboot.on_failure=reboot rd.imaboot.debug "
		"rd.imaboot.policy=none evmkey=/k evmx509=/c masterkeytype=user",
		true);
	explain("require = yes (kernel command line)\n"
		"signature = required (configuration, line 3)\n"
		"allow-sha1 = yes (configuration, line 13)\n"
		"must-appraise = no (configuration, line 18)\n"
		"root-certificates = no (configuration, line 4)\n"
		"require-certificates = a.der b\\x1b.der (configuration, line 5)\n"
		"policy = /p (configuration, line 6)\n"
		"known-good = none (configuration, line 7)\n"
		"preflight = init /p (configuration, line 14)\n"
		"evm = both (configuration, line 17)\n"
		"on-failure = reboot (kernel command line)\n"
		"recovery-timeout = 90 (configuration, line 9)\n"
		"recovery-timeout-action = poweroff (configuration, line 10)\n"
		"recovery-password = set (configuration, line 15)\n"
		"allow-override = no (default)\n"
		"pcr = none (configuration, line 11)\n"
		"pcr-required = yes (configuration, line 12)\n"
		"labels = stage0 (configuration, line 16)\n"
		"rd.imaboot: refused\n"
		"rd.imaboot.recovery: not given\n"
		"rd.imaboot.policy: refused\n"
		"rd.imaboot.on_failure: obeyed\n"
		"rd.imaboot.require: obeyed\n"
		"rd.imaboot.debug: obeyed\n"
		"evmkey: refused\n"
		"evmx509: refused\n"
		"masterkey: not given\n"
		"masterkeytype: refused\n");
}

#define SETTINGS_TEST(test) cmocka_unit_test_teardown(test, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SETTINGS_TEST(nothing_given_changes_nothing),
		SETTINGS_TEST(each_parameter_in_each_direction),
		SETTINGS_TEST(every_action_against_every_other),
		SETTINGS_TEST(long_paths_are_whole),
		SETTINGS_TEST(keys_of_evm_are_refused_on_a_locked_platform),
		SETTINGS_TEST(defaults_are_explained),
		SETTINGS_TEST(origins_are_explained),
	};

	return RUN_TESTS(tests);
}
