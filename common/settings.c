// SPDX-License-Identifier: MIT
/* The settings in force; see settings.h. */
#include "settings.h"

#include "escape.h"
#include "format.h"

#define COMPLAINT_MAX 1536

/* What one run shares. */
struct judge {
	struct settings *settings;
	bool locked;
	const char *locked_reason;
	void (*complain)(const char *text, void *context);
	void *context;
};

/* Whether a parameter is obeyed that makes the boot laxer (or may make it so). */
static bool may_loosen(const struct judge *judge, enum param param, const char *value)
{
	char text[COMPLAINT_MAX];

	if (!judge->locked || judge->settings->config.allow_override)
		return true;
	judge->settings->refused[param] = true;
	(void)format_text(text, sizeof(text),
		"kernel parameter %s=%s is refused: %s, and the image's configuration does not say "
		"allow-override = yes",
		param_name(param), value, judge->locked_reason);
	judge->complain(text, judge->context);
	return false;
}

static void apply_enabled(const struct judge *judge, const struct params *params)
{
	enum param_value value = params->values[PARAM_ENABLED];

	if (value == PARAM_UNSET || (value == PARAM_FALSE && !may_loosen(judge, PARAM_ENABLED, "0")))
		return;
	judge->settings->enabled = value == PARAM_TRUE;
	judge->settings->by_params[PARAM_ENABLED] = true;
}

static void apply_require(const struct judge *judge, const struct params *params)
{
	enum param_value value = params->values[PARAM_REQUIRE];
	struct settings *settings = judge->settings;

	if (value == PARAM_UNSET)
		return;
	if (value == PARAM_FALSE && settings->config.require && !may_loosen(judge, PARAM_REQUIRE, "0"))
		return;
	settings->config.require = value == PARAM_TRUE;
	settings->from_params[KEY_REQUIRE] = settings->by_params[PARAM_REQUIRE] = true;
}

/* How lax an action is: going on without protection, a menu, or a stop. */
static int laxity(enum config_failure action)
{
	return action == FAILURE_CONTINUE ? 2 : action == FAILURE_RECOVERY ? 1 : 0;
}

static void apply_on_failure(const struct judge *judge, const struct params *params)
{
	static const char *const words[] = {"recovery", "reboot", "poweroff", "halt", "continue"};
	struct settings *settings = judge->settings;
	enum config_failure action;

	if (params->on_failure < 0)
		return;
	action = (enum config_failure)params->on_failure;
	if (laxity(action) > laxity(settings->config.on_failure) &&
		!may_loosen(judge, PARAM_ON_FAILURE, words[action]))
		return;
	settings->config.on_failure = action;
	settings->from_params[KEY_ON_FAILURE] = settings->by_params[PARAM_ON_FAILURE] = true;
}

/* A menu is laxer than a machine that stops, so it depends on what a failure would lead to. */
static void apply_recovery(const struct judge *judge, const struct params *params)
{
	enum param_value value = params->values[PARAM_RECOVERY];
	struct settings *settings = judge->settings;

	if (value == PARAM_UNSET)
		return;
	if (value == PARAM_TRUE && laxity(FAILURE_RECOVERY) > laxity(settings->config.on_failure) &&
		!may_loosen(judge, PARAM_RECOVERY, "1"))
		return;
	settings->recovery = value == PARAM_TRUE;
	settings->by_params[PARAM_RECOVERY] = true;
}

static enum policy_choice choice_of(const char *policy)
{
	if (*policy == '/')
		return CHOICE_PATH;
	if (string_equal(policy, "root"))
		return CHOICE_ROOT;
	if (string_equal(policy, "known-good"))
		return CHOICE_KNOWN_GOOD;
	return string_equal(policy, "image") ? CHOICE_IMAGE : CHOICE_NONE;
}

/* Which policy comes first can make a boot laxer, unless it is the one that comes first anyway. */
static void apply_policy(const struct judge *judge, const struct params *params)
{
	struct settings *settings = judge->settings;
	enum policy_choice choice;

	if (!*params->policy)
		return;
	choice = choice_of(params->policy);
	if (choice != CHOICE_ROOT && !may_loosen(judge, PARAM_POLICY, params->policy))
		return;
	settings->choice = choice;
	if (choice == CHOICE_PATH)
		(void)format_text(settings->choice_path, sizeof(settings->choice_path), "%s", params->policy);
	settings->by_params[PARAM_POLICY] = true;
}

/*
 * A path of dracut's: other keys than the image's own could be an attacker's, and with a certificate that is not there
 * EVM stays off.
 */
static void apply_path(
	const struct judge *judge, enum param param, const char *path, char ret[static PARAM_TEXT_MAX])
{
	if (!*path || !may_loosen(judge, param, path))
		return;
	(void)format_text(ret, PARAM_TEXT_MAX, "%s", path);
	judge->settings->by_params[param] = true;
}

static void apply_evm(const struct judge *judge, const struct params *params)
{
	struct settings *settings = judge->settings;

	if (settings->config.evm == EVM_OFF)
		return;
	apply_path(judge, PARAM_EVM_X509, params->evm_x509, settings->evm_x509);
	apply_path(judge, PARAM_EVM_KEY, params->evm_key, settings->evm_key);
	apply_path(judge, PARAM_MASTER, params->master, settings->master);
	if (params->master_type_given &&
		may_loosen(judge, PARAM_MASTER_TYPE, params->master_is_user ? "user" : "trusted")) {
		settings->master_is_user = params->master_is_user;
		settings->by_params[PARAM_MASTER_TYPE] = true;
	}
}

void settings_apply(struct settings *settings, const struct params *params, bool locked,
	const char *locked_reason, void (*complain)(const char *text, void *context), void *context)
{
	struct judge judge = {.settings = settings,
		.locked = locked,
		.locked_reason = locked_reason,
		.complain = complain,
		.context = context};

	settings->enabled = true;
	apply_enabled(&judge, params);
	apply_require(&judge, params);
	apply_on_failure(&judge, params);
	apply_recovery(&judge, params);
	apply_policy(&judge, params);
	apply_evm(&judge, params);
	settings->debug = params->values[PARAM_DEBUG] == PARAM_TRUE;
	settings->by_params[PARAM_DEBUG] = params->values[PARAM_DEBUG] != PARAM_UNSET;
}

static void explain_key(const struct settings *settings, enum config_key key, struct buf *ret)
{
	char value[CONFIG_PATH_MAX];

	config_value(&settings->config, key, value);
	buf_printf(ret, "%s = ", config_key_name(key));
	escape_string(ret, value);
	if (settings->from_params[key])
		buf_puts(ret, " (kernel command line)\n");
	else if (settings->config.lines[key])
		buf_printf(ret, " (configuration, line %zu)\n", settings->config.lines[key]);
	else
		buf_puts(ret, " (default)\n");
}

static void explain_param(const struct settings *settings, enum param param, struct buf *ret)
{
	buf_printf(ret, "%s: %s\n", param_name(param),
		settings->refused[param]     ? "refused"
		: settings->by_params[param] ? "obeyed"
					     : "not given");
}

void settings_explain(const struct settings *settings, struct buf *ret)
{
	int i;

	for (i = 0; i < KEY_COUNT; i++)
		explain_key(settings, (enum config_key)i, ret);
	for (i = 0; i < PARAM_COUNT; i++)
		explain_param(settings, (enum param)i, ret);
}
