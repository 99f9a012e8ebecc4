// SPDX-License-Identifier: MIT
/*
 * Tests of common/config.c.
 * wrap: realloc strndup
 */
#include "config.h"
#include "unit.h"

static bool no_realloc, no_strndup;

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
char *__real_strndup(const char *string, size_t len);
char *__wrap_strndup(const char *string, size_t len);

void *__wrap_realloc(void *pointer, size_t size)
{
	return no_realloc ? NULL : __real_realloc(pointer, size);
}

char *__wrap_strndup(const char *string, size_t len)
{
	return no_strndup ? NULL : __real_strndup(string, len);
}

static struct config config;
static struct buf complaints; /* "LINE: text" each */

static void complain(size_t line, const char *text, void *context)
{
	assert_ptr_equal(context, &config);
	buf_printf(&complaints, "%zu: %s\n", line, text);
}

/* Parses a copy of exactly that size, so that a read past its end is found. */
static int parse(const char *text, size_t len)
{
	char *copy = malloc(len + !len);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	r = config_parse(copy, len, &config, complain, &config);
	free(copy);
	return r;
}

/* The text must give exactly these complaints. */
static void check_bad(const char *text, const char *wanted)
{
	assert_int_equal(parse(text, strlen(text)), -EINVAL);
	assert_buf(&complaints, wanted);
	config_free(&config);
}

static void nothing_means_the_defaults(void **context)
{
	static const char *const texts[] = {"", "\n", "# comment", "  \t\n\t# require = yes\n"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(parse(texts[i], strlen(texts[i])), 0);
		assert_buf(&complaints, "");
		assert_false(config.require);
		assert_int_equal(config.signature, SIGNATURE_AUTO);
		assert_int_equal(config.root_certs, CONFIG_CERTS_AUTO);
		assert_false(config.allow_override);
		assert_false(config.allow_sha1);
		assert_int_equal(config.evm, EVM_OFF);
		assert_int_equal(config.required_cert_count, 0);
		assert_string_equal(config.policy, "/etc/ima/ima-policy");
		assert_string_equal(config.known_good, "/etc/ima/ima-policy.known-good");
		assert_int_equal(config.on_failure, FAILURE_RECOVERY);
		assert_int_equal(config.recovery_timeout, 0);
		assert_int_equal(config.timeout_action, TIMEOUT_REBOOT);
		assert_int_equal(config.pcr, 12);
		assert_false(config.pcr_required);
		assert_int_equal(config.labels, CONFIG_LABELS_AUTO);
		config_free(&config);
	}
}

static void every_key_is_read(void **context)
{
	static const char text[] = "require = yes\nsignature=required\n\troot-certificates\t=\tno  \n"
				   "allow-override =yes\nrequire-certificates = a.der  b.der\tc\n";

	(void)context;
	assert_int_equal(parse(text, strlen(text)), 0);
	assert_buf(&complaints, "");
	assert_true(config.require);
	assert_int_equal(config.signature, SIGNATURE_REQUIRED);
	assert_int_equal(config.root_certs, CONFIG_CERTS_NO);
	assert_true(config.allow_override);
	assert_int_equal(config.required_cert_count, 3);
	assert_string_equal(config.required_certs[0], "a.der");
	assert_string_equal(config.required_certs[1], "b.der");
	assert_string_equal(config.required_certs[2], "c");
	config_free(&config);
	assert_null(config.required_certs);
}

static void other_words_of_the_keys(void **context)
{
	static const char text[] =
		"require = no\nsignature = optional\nroot-certificates = yes\nallow-override = no";
	static const char automatic[] = "signature = auto\nroot-certificates = auto\n";

	(void)context;
	assert_int_equal(parse(text, strlen(text)), 0);
	assert_false(config.require);
	assert_int_equal(config.signature, SIGNATURE_OPTIONAL);
	assert_int_equal(config.root_certs, CONFIG_CERTS_YES);
	assert_false(config.allow_override);
	assert_int_equal(parse(automatic, strlen(automatic)), 0);
	assert_int_equal(config.signature, SIGNATURE_AUTO);
	assert_int_equal(config.root_certs, CONFIG_CERTS_AUTO);
}

/* Parses one line, which must be right, and gives the key's value back. */
static const char *value_of(const char *line, enum config_key key)
{
	static char value[CONFIG_PATH_MAX];

	config_free(&config);
	assert_int_equal(parse(line, strlen(line)), 0);
	assert_buf(&complaints, "");
	assert_int_equal(config.lines[key], *line ? 1 : 0);
	config_value(&config, key, value);
	return value;
}

static void every_word_is_read_and_given_back(void **context)
{
	static const struct {
		enum config_key key;
		const char *words[6];
	} keys[] = {{KEY_REQUIRE, {"no", "yes"}}, {KEY_SIGNATURE, {"auto", "required", "optional"}},
		{KEY_ROOT_CERTS, {"auto", "yes", "no"}},
		{KEY_ON_FAILURE, {"recovery", "reboot", "poweroff", "halt", "continue"}},
		{KEY_RECOVERY_TIMEOUT_ACTION, {"reboot", "poweroff", "halt"}},
		{KEY_ALLOW_SHA1, {"no", "yes"}}, {KEY_MUST_APPRAISE, {"auto", "yes", "no"}},
		{KEY_EVM, {"off", "hmac", "x509", "both"}}, {KEY_ALLOW_OVERRIDE, {"no", "yes"}},
		{KEY_PCR_REQUIRED, {"no", "yes"}}, {KEY_POLICY, {"/", "/p", "/a b"}},
		{KEY_KNOWN_GOOD, {"/p", "none"}}, {KEY_RECOVERY_TIMEOUT, {"0", "1", "86400"}},
		{KEY_PCR, {"0", "7", "23", "none"}}, {KEY_REQUIRED_CERTS, {"a.der", "a.der b.der"}},
		{KEY_PREFLIGHT, {"init", "off", "/a", "/a /b", "init /a /b"}},
		{KEY_LABELS, {"auto", "stage0", "late", "refuse"}}};
	const char *const *word;
	char line[64];
	size_t i;

	(void)context;
	assert_int_equal(ARRAY_SIZE(keys), KEY_COUNT - 1); /* the password's hash is not given back */
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		for (word = keys[i].words; *word; word++) {
			(void)snprintf(line, sizeof(line), "%s = %s\n", config_key_name(keys[i].key), *word);
			assert_string_equal(value_of(line, keys[i].key), *word);
		}
	config_free(&config);
}

static void words_have_their_meaning(void **context)
{
	(void)context;
	(void)value_of("on-failure = continue", KEY_ON_FAILURE);
	assert_int_equal(config.on_failure, FAILURE_CONTINUE);
	(void)value_of("on-failure = poweroff", KEY_ON_FAILURE);
	assert_int_equal(config.on_failure, FAILURE_POWEROFF);
	(void)value_of("recovery-timeout-action = halt", KEY_RECOVERY_TIMEOUT_ACTION);
	assert_int_equal(config.timeout_action, TIMEOUT_HALT);
	(void)value_of("recovery-timeout = 0090", KEY_RECOVERY_TIMEOUT);
	assert_int_equal(config.recovery_timeout, 90);
	(void)value_of("pcr = none", KEY_PCR);
	assert_int_equal(config.pcr, CONFIG_PCR_NONE);
	(void)value_of("known-good = none", KEY_KNOWN_GOOD);
	assert_string_equal(config.known_good, "");
	(void)value_of("preflight = /a init", KEY_PREFLIGHT);
	assert_int_equal(config.preflight, PREFLIGHT_INIT);
	assert_int_equal(config.preflight_path_count, 1);
	assert_string_equal(config.preflight_paths[0], "/a");
	(void)value_of("preflight = /a", KEY_PREFLIGHT);
	assert_int_equal(config.preflight, PREFLIGHT_LIST);
	(void)value_of("pcr-required = yes", KEY_PCR_REQUIRED);
	assert_true(config.pcr_required);
	(void)value_of("labels = late", KEY_LABELS);
	assert_int_equal(config.labels, CONFIG_LABELS_LATE);
	(void)value_of("must-appraise = no", KEY_MUST_APPRAISE);
	assert_int_equal(config.must_appraise, CONFIG_APPRAISE_NO);
}

#define HASH_WRONG                                                                                  \
	"1: the value of 'recovery-password' is no hash of crypt(5) that is taken here; make one: " \
	"mkpasswd -m yescrypt\n"

static void hash_is_taken_and_never_shown(void **context)
{
	static const char *const good[] = {"$y$j9T$salt$abc./09AZaz", "$6$rounds=5000$salt$abc", "$5$s$h",
		"$2b$05$abc", "$2y$05$abc", "$7$CU..../....salt$abc", "$gy$j9T$salt$abc"};
	char line[128], value[CONFIG_PATH_MAX];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		(void)snprintf(line, sizeof(line), "recovery-password = %s", good[i]);
		assert_string_equal(value_of(line, KEY_RECOVERY_PASSWORD), "set");
		assert_string_equal(config.recovery_password, good[i]);
	}
	config_init(&config);
	config_value(&config, KEY_RECOVERY_PASSWORD, value);
	assert_string_equal(value, "none");
}

/* A password that was meant and is wrong is not the same as none: nobody gets in. */
static void wrong_hash_lets_nobody_in(void **context)
{
	static const char *const wrong[] = {"secret", "$1$salt$abc", "$y$", "$y$a b", "$y$a:b", "$6$a*", "*",
		"!", "$6$\xff", "aAbBcCdDeEfFg"};
	char line[512];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		(void)snprintf(line, sizeof(line), "recovery-password = %s", wrong[i]);
		check_bad(line, HASH_WRONG);
		assert_string_equal(config.recovery_password, CONFIG_HASH_INVALID);
	}
	check_bad("recovery-password =", "1: 'recovery-password' has no value\n");
	assert_string_equal(config.recovery_password, CONFIG_HASH_INVALID);
	(void)snprintf(line, sizeof(line), "recovery-password = $6$%0256d", 0);
	check_bad(line, HASH_WRONG);
	assert_string_equal(config.recovery_password, CONFIG_HASH_INVALID);
}

static void numbers_have_bounds(void **context)
{
	static const char timeout[] =
		"is no value of 'recovery-timeout', which takes a number from 0 to 86400";
	static const char *const wrong[] = {"86401", "99999999999999999999", "-1", "1s", "+1", "0x1", "1 0"};
	char line[64], wanted[160];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		(void)snprintf(line, sizeof(line), "recovery-timeout = %s", wrong[i]);
		(void)snprintf(wanted, sizeof(wanted), "1: '%s' %s\n", wrong[i], timeout);
		check_bad(line, wanted);
		assert_int_equal(config.recovery_timeout, 0);
	}
	check_bad("recovery-timeout = none",
		"1: 'none' is no value of 'recovery-timeout', which takes a number from 0 to 86400\n");
	check_bad("pcr = 24", "1: '24' is no value of 'pcr', which takes a number from 0 to 23 or none\n");
	assert_int_equal(config.pcr, 12);
}

static void paths_are_absolute_and_fit(void **context)
{
	char line[CONFIG_PATH_MAX + 32] = "policy = /";

	(void)context;
	check_bad("policy = etc/p\nknown-good = p\n",
		"1: 'etc/p' is no value of 'policy', which takes an absolute path\n"
		"2: 'p' is no value of 'known-good', which takes an absolute path or none\n");
	assert_string_equal(config.policy, CONFIG_POLICY);
	assert_string_equal(config.known_good, CONFIG_KNOWN_GOOD);
	check_bad("preflight = off /a x",
		"1: 'off' is no value of 'preflight', which takes off, or init and absolute paths\n"
		"1: 'x' is no value of 'preflight', which takes off, or init and absolute paths\n");
	assert_int_equal(config.preflight, PREFLIGHT_INIT);
	check_bad("policy = none", "1: 'none' is no value of 'policy', which takes an absolute path\n");
	memset(line + 10, 'p', CONFIG_PATH_MAX - 2);
	assert_int_equal(strlen(value_of(line, KEY_POLICY)), CONFIG_PATH_MAX - 1);
	line[10 + CONFIG_PATH_MAX - 2] = 'p';
	check_bad(line, "1: the path of 'policy' is longer than 1023 bytes\n");
	assert_string_equal(config.policy, CONFIG_POLICY);
}

/* A list that is longer than the room is cut, not more. */
static void long_list_is_cut(void **context)
{
	char line[2 * CONFIG_PATH_MAX] = "require-certificates = ";
	const char *value;

	(void)context;
	memset(line + strlen(line), 'n', CONFIG_PATH_MAX + 100);
	value = value_of(line, KEY_REQUIRED_CERTS);
	assert_int_equal(strlen(value), CONFIG_PATH_MAX - 1);
	config_free(&config);
}

static void line_must_be_a_pair(void **context)
{
	(void)context;
	check_bad("\nrequire\n", "2: 'require' is not of the form key = value\n");
}

static void unknown_key_is_told(void **context)
{
	(void)context;
	check_bad("require=yes\nRequire=yes", "2: 'Require' is not a key; see imaboot.conf(5)\n");
	check_bad("=yes", "1: '' is not a key; see imaboot.conf(5)\n");
}

static void repeated_key_is_told(void **context)
{
	(void)context;
	check_bad("require=yes\n\nrequire=yes\n", "3: 'require' was set in line 1 already; set it once\n");
}

static void missing_value_is_told(void **context)
{
	(void)context;
	check_bad("require = \nrequire-certificates=",
		"1: 'require' has no value\n2: 'require-certificates' has no value\n");
}

static void bad_value_is_told_with_the_words(void **context)
{
	(void)context;
	check_bad("signature = \"auto\"", "1: '\"auto\"' is no value of 'signature', which takes "
					  "auto|required|optional\n");
	check_bad("require = ye", "1: 'ye' is no value of 'require', which takes no|yes\n");
	check_bad("require = no|yes", "1: 'no|yes' is no value of 'require', which takes no|yes\n");
	check_bad(
		"require = yes # really", "1: 'yes # really' is no value of 'require', which takes no|yes\n");
}

static void all_errors_are_told_at_once(void **context)
{
	(void)context;
	assert_int_equal(parse("a\nb=1\nrequire=yes\n", 18), -EINVAL);
	assert_buf(&complaints,
		"1: 'a' is not of the form key = value\n2: 'b' is not a key; see imaboot.conf(5)\n");
	assert_true(config.require);
	config_free(&config);
}

/* Messages go to places that anybody can read: no part of a hash may be in one, whatever is wrong with its line. */
static void mistakes_show_no_hash(void **context)
{
	static const char *const lines[] = {"recovery-password $y$j9T$salt$hash",
		"recovery-password: $y$salt$hash", "recovery-password:$y$salt$hash",
		"recovery-password$y$salt$hash", "recovery-password $6$rounds=5000$salt$hash"};
	size_t i;

	(void)context;
	for (i = 0; i + 1 < ARRAY_SIZE(lines); i++)
		check_bad(lines[i], "1: 'recovery-password' is not of the form key = value\n");
	check_bad(lines[i], "1: 'recovery-password' is not a key; see imaboot.conf(5)\n");
	check_bad("$y$salt$hash", "1: '' is not of the form key = value\n");
}

static void binary_bytes_are_told(void **context)
{
	static const char wanted[] = "1: a NUL or CR byte; write the file as plain text with LF line ends\n";

	(void)context;
	check_bad("require = yes\r\n", wanted);
	assert_int_equal(parse("requ\0ire = yes\n", 15), -EINVAL);
	assert_buf(&complaints, wanted);
	assert_false(config.require);
}

static void required_certificate_has_no_folder(void **context)
{
	(void)context;
	check_bad("require-certificates = ok.der ca/root.der /x",
		"1: 'ca/root.der' must be a file name without a folder\n"
		"1: '/x' must be a file name without a folder\n");
}

static void long_values_are_shortened(void **context)
{
	char text[400] = "require = ", wanted[200], run[65];

	(void)context;
	memset(text + 10, 'v', 300);
	memset(run, 'v', 64);
	run[64] = '\0';
	(void)snprintf(wanted, sizeof(wanted), "1: '%s' is no value of 'require', which takes no|yes\n", run);
	check_bad(text, wanted);
}

static void without_memory_the_list_fails(void **context)
{
	static const char text[] = "require-certificates = a b\n";

	(void)context;
	no_realloc = true;
	assert_int_equal(parse(text, strlen(text)), -ENOMEM);
	no_realloc = false;
	config_free(&config);
	no_strndup = true;
	assert_int_equal(parse(text, strlen(text)), -ENOMEM);
	no_strndup = false;
	assert_int_equal(config.required_cert_count, 0);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_means_the_defaults),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(other_words_of_the_keys),
		cmocka_unit_test(every_word_is_read_and_given_back),
		cmocka_unit_test(words_have_their_meaning),
		cmocka_unit_test(hash_is_taken_and_never_shown),
		cmocka_unit_test(wrong_hash_lets_nobody_in),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(paths_are_absolute_and_fit),
		cmocka_unit_test(long_list_is_cut),
		cmocka_unit_test(line_must_be_a_pair),
		cmocka_unit_test(unknown_key_is_told),
		cmocka_unit_test(repeated_key_is_told),
		cmocka_unit_test(missing_value_is_told),
		cmocka_unit_test(bad_value_is_told_with_the_words),
		cmocka_unit_test(all_errors_are_told_at_once),
		cmocka_unit_test(mistakes_show_no_hash),
		cmocka_unit_test(binary_bytes_are_told),
		cmocka_unit_test(required_certificate_has_no_folder),
		cmocka_unit_test(long_values_are_shortened),
		cmocka_unit_test(without_memory_the_list_fails),
	};

	return RUN_TESTS(tests);
}
