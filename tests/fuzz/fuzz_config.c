// SPDX-License-Identifier: MIT
/* Any configuration: it is wrong exactly when something was complained of, and what it gives is within bounds. */
#include "fuzz.h"
#include <errno.h>
#include "config.h"

struct complaints {
	size_t count, last_line, lines;
};

static void complain(size_t line, const char *text, void *context)
{
	struct complaints *complaints = context;

	CHECK(line >= 1 && line >= complaints->last_line && line <= complaints->lines);
	CHECK(*text && strlen(text) < 256);
	complaints->last_line = line;
	complaints->count++;
}

/* Numbers and words are within their bounds, paths absolute, and each key has a value that it could have been set to. */
static void check_values(const struct config *config)
{
	char value[CONFIG_PATH_MAX];
	int key;

	CHECK(config->signature <= SIGNATURE_OPTIONAL && config->root_certs <= CONFIG_CERTS_NO);
	CHECK(config->on_failure <= FAILURE_CONTINUE && config->timeout_action <= TIMEOUT_HALT);
	CHECK(config->pcr >= CONFIG_PCR_NONE && config->pcr <= 23);
	CHECK(config->recovery_timeout <= CONFIG_TIMEOUT_MAX);
	CHECK(*config->policy == '/' && (*config->known_good == '/' || !*config->known_good));
	CHECK(!*config->recovery_password || *config->recovery_password == '$' ||
		strcmp(config->recovery_password, CONFIG_HASH_INVALID) == 0);
	for (key = 0; key < KEY_COUNT; key++) {
		config_value(config, (enum config_key)key, value);
		CHECK(*value || key == KEY_REQUIRED_CERTS);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_copy(data, size);
	struct complaints complaints = {.lines = 1};
	struct config config;
	size_t i;
	int r;

	for (i = 0; i < size; i++)
		complaints.lines += text[i] == '\n';
	r = config_parse(text, size, &config, complain, &complaints);
	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (complaints.count == 0));
	check_values(&config);
	for (i = 0; i < config.required_cert_count; i++) {
		CHECK(*config.required_certs[i]);
		CHECK(!strpbrk(config.required_certs[i], "/ \t\r\n"));
	}
	config_free(&config);
	CHECK(!config.required_certs && !config.required_cert_count);
	free(text);
	return 0;
}
