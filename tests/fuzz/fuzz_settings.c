// SPDX-License-Identifier: MIT
/*
 * Any configuration with any kernel command line, divided by the first NUL: on a locked platform nothing gets laxer
 * that the configuration does not let, every refusal is told, and the explanation has its lines.
 */
#include "fuzz.h"
#include "settings.h"

static size_t complaints;

static void complain_config(size_t line, const char *text, void *context)
{
	(void)context;
	CHECK(line && *text);
}

static void complain(const char *text, void *context)
{
	CHECK(context == &complaints);
	CHECK(strncmp(text, "kernel parameter ", 17) == 0 && strlen(text) < 1536);
	complaints++;
}

static int laxity(enum config_failure action)
{
	return action == FAILURE_CONTINUE ? 2 : action == FAILURE_RECOVERY ? 1 : 0;
}

/* The configuration as it was, against what the parameters made of it. */
static void check_locked(const struct config *before, const struct settings *after)
{
	if (before->allow_override)
		return;
	CHECK(after->enabled);
	CHECK(after->config.require >= before->require);
	CHECK(laxity(after->config.on_failure) <= laxity(before->on_failure));
	CHECK(!after->recovery || laxity(FAILURE_RECOVERY) <= laxity(before->on_failure));
	CHECK(after->choice == CHOICE_ALL || after->choice == CHOICE_ROOT);
	CHECK(!*after->choice_path);
}

static void check_explained(const struct settings *settings)
{
	struct buf text = {0};
	size_t i, lines = 0;

	settings_explain(settings, &text);
	CHECK(!text.failed);
	for (i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	CHECK(lines == KEY_COUNT + PARAM_COUNT);
	buf_free(&text);
}

static void check_run(const uint8_t *data, size_t size, const struct params *params, bool locked)
{
	char *text = (char *)fuzz_copy(data, size);
	struct settings settings = {0};
	struct config before;
	size_t refused = 0;
	int i;

	(void)!config_parse(text, size, &settings.config, complain_config, NULL);
	before = settings.config;
	complaints = 0;
	settings_apply(&settings, params, locked, "it is locked", complain, &complaints);
	for (i = 0; i < PARAM_COUNT; i++) {
		CHECK(!(settings.refused[i] && settings.by_params[i]));
		refused += settings.refused[i];
	}
	CHECK(complaints == refused);
	CHECK(locked || refused == 0);
	CHECK((settings.choice == CHOICE_PATH) == (*settings.choice_path == '/'));
	/* Only these are theirs to change. */
	CHECK(settings.config.allow_override == before.allow_override);
	CHECK(settings.config.signature == before.signature && settings.config.pcr == before.pcr);
	CHECK(settings.config.labels == before.labels);
	CHECK(settings.config.pcr_required == before.pcr_required);
	CHECK(settings.config.root_certs == before.root_certs);
	CHECK(settings.config.pcr >= CONFIG_PCR_NONE && settings.config.pcr <= 23);
	CHECK(settings.config.recovery_timeout <= CONFIG_TIMEOUT_MAX);
	if (locked)
		check_locked(&before, &settings);
	check_explained(&settings);
	config_free(&settings.config);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
	size_t config = end ? (size_t)(end - data) : size;
	char *line = (char *)fuzz_copy(end ? end + 1 : data, end ? size - config - 1 : 0);
	struct params params;

	params_parse(line, end ? size - config - 1 : 0, &params, complain, &complaints);
	check_run(data, config, &params, false);
	check_run(data, config, &params, true);
	free(line);
	return 0;
}
