// SPDX-License-Identifier: MIT
/* Parameters on the kernel command line; see params.h. */
#include "params.h"

#include "config.h"
#include "words.h"
#include "format.h"

#define POLICY_WORDS "root|known-good|image|none"
#define MASTER_TYPE_WORDS "trusted|user"
#define COMPLAINT_MAX 256

static const struct {
	char name[24], help[80];
} table[] = {
	[PARAM_ENABLED] = {PARAM_PREFIX, "0 switches imaboot off for this boot"},
	[PARAM_RECOVERY] = {PARAM_PREFIX ".recovery", "1: load nothing and start the recovery environment"},
	[PARAM_POLICY] = {PARAM_PREFIX ".policy",
		"the policy to begin with: root, known-good, image, a path in the root, or none"},
	[PARAM_ON_FAILURE] = {PARAM_PREFIX ".on_failure",
		"what a failure leads to: recovery, reboot, poweroff, halt or continue"},
	[PARAM_REQUIRE] = {PARAM_PREFIX ".require", "1: a boot without a policy is a failure"},
	[PARAM_DEBUG] = {PARAM_PREFIX ".debug", "1: more messages"},
	[PARAM_EVM_KEY] = {"evmkey", "the file with EVM's HMAC key, an encrypted key's blob"},
	[PARAM_EVM_X509] = {"evmx509", "a certificate for EVM besides those of /etc/keys/evm"},
	[PARAM_MASTER] = {"masterkey", "the file with the key that EVM's HMAC key is encrypted with"},
	[PARAM_MASTER_TYPE] = {"masterkeytype", "the type of that key: trusted or user"},
};

const char *param_name(enum param param)
{
	return table[param].name;
}

const char *param_help(enum param param)
{
	return table[param].help;
}

/* One word of the command line: name, and value or NULL; quotes around the value are left out. */
struct word {
	const char *name, *value;
	size_t name_len, value_len;
};

/* Takes the next word off the line; returns false at its end. */
static bool next_word(const char **line, const char *end, struct word *ret)
{
	const char *start, *p = *line;
	bool quoted = false;

	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n'))
		p++;
	start = p;
	*ret = (struct word){.name = start};
	for (; p < end && (quoted || (*p != ' ' && *p != '\t' && *p != '\n')); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '=' && !ret->value)
			ret->value = p + 1;
	}
	ret->name_len = (size_t)((ret->value ? ret->value - 1 : p) - start);
	ret->value_len = ret->value ? (size_t)(p - ret->value) : 0;
	if (ret->value_len >= 2 && ret->value[0] == '"' && ret->value[ret->value_len - 1] == '"') {
		ret->value++;
		ret->value_len -= 2;
	}
	*line = p;
	return p > start;
}

static bool text_is(const char *bytes, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(bytes, text, len) == 0;
}

static enum param_value parse_bool(const struct word *word)
{
	static const struct {
		const char *text;
		enum param_value value;
	} words[] = {{"1", PARAM_TRUE}, {"yes", PARAM_TRUE}, {"on", PARAM_TRUE}, {"0", PARAM_FALSE},
		{"no", PARAM_FALSE}, {"off", PARAM_FALSE}};
	size_t i;

	if (!word->value)
		return PARAM_TRUE;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (text_is(word->value, word->value_len, words[i].text))
			return words[i].value;
	return PARAM_UNSET;
}

static int find_param(const struct word *word)
{
	int i;

	for (i = 0; i < PARAM_COUNT; i++)
		if (text_is(word->name, word->name_len, table[i].name))
			return i;
	return -1;
}

/* Shortens a length for a message. */
static int shown(size_t len)
{
	return len > 64 ? 64 : (int)len;
}

static bool take_bool(enum param param, const struct word *word, struct params *ret)
{
	enum param_value value = parse_bool(word);

	if (value == PARAM_UNSET)
		return false;
	ret->values[param] = value;
	return true;
}

static bool take_policy(const struct word *word, struct params *ret)
{
	if (!word->value || !word->value_len || word->value_len >= PARAM_TEXT_MAX)
		return false;
	if (*word->value != '/' && words_find(POLICY_WORDS, word->value, word->value_len) < 0)
		return false;
	memcpy(ret->policy, word->value, word->value_len);
	ret->policy[word->value_len] = '\0';
	return true;
}

static bool take_on_failure(const struct word *word, struct params *ret)
{
	int index = word->value ? words_find(CONFIG_FAILURE_WORDS, word->value, word->value_len) : -1;

	if (index >= 0)
		ret->on_failure = index;
	return index >= 0;
}

static bool take_path(const struct word *word, char ret[static PARAM_TEXT_MAX])
{
	if (!word->value || !word->value_len || word->value_len >= PARAM_TEXT_MAX || *word->value != '/')
		return false;
	memcpy(ret, word->value, word->value_len);
	ret[word->value_len] = '\0';
	return true;
}

static bool take_master_type(const struct word *word, struct params *ret)
{
	int index = word->value ? words_find(MASTER_TYPE_WORDS, word->value, word->value_len) : -1;

	if (index < 0)
		return false;
	ret->master_is_user = index == 1;
	ret->master_type_given = true;
	return true;
}

static bool take_value(enum param param, const struct word *word, struct params *ret)
{
	if (param == PARAM_EVM_KEY)
		return take_path(word, ret->evm_key);
	if (param == PARAM_EVM_X509)
		return take_path(word, ret->evm_x509);
	if (param == PARAM_MASTER)
		return take_path(word, ret->master);
	if (param == PARAM_MASTER_TYPE)
		return take_master_type(word, ret);
	if (param == PARAM_POLICY)
		return take_policy(word, ret);
	if (param == PARAM_ON_FAILURE)
		return take_on_failure(word, ret);
	return take_bool(param, word, ret);
}

/* What the value of a parameter must be, for messages. */
static const char *wanted_value(enum param param)
{
	if (param == PARAM_POLICY)
		return "root, known-good, image, none or an absolute path";
	if (param == PARAM_EVM_KEY || param == PARAM_EVM_X509 || param == PARAM_MASTER)
		return "an absolute path";
	if (param == PARAM_MASTER_TYPE)
		return "trusted or user";
	return param == PARAM_ON_FAILURE ? "recovery, reboot, poweroff, halt or continue" : "0 or 1";
}

static void take_word(const struct word *word, struct params *ret,
	void (*complain)(const char *text, void *context), void *context)
{
	char text[COMPLAINT_MAX];
	int param = find_param(word);

	if (param < 0 && word->name_len > strlen(PARAM_PREFIX) &&
		memcmp(word->name, PARAM_PREFIX ".", strlen(PARAM_PREFIX ".")) == 0) {
		(void)format_text(text, sizeof(text),
			"kernel parameter '%.*s' is unknown and ignored; see imaboot(7)",
			shown(word->name_len), word->name);
		complain(text, context);
	}
	if (param < 0 || take_value((enum param)param, word, ret))
		return;
	(void)format_text(text, sizeof(text), "kernel parameter %s=%.*s is ignored: the value must be %s",
		table[param].name, shown(word->value_len), word->value ? word->value : "",
		wanted_value((enum param)param));
	complain(text, context);
}

bool param_names_match(const char *a, const char *b, size_t len)
{
	while (len && (*a == '-' ? '_' : *a) == (*b == '-' ? '_' : *b)) {
		len--;
		a++;
		b++;
	}
	return !len;
}

/* True where the kernel takes the word for its parameter of that name. */
static bool is_named(const struct word *word, const char *name)
{
	return word->name_len == strlen(name) && param_names_match(word->name, name, word->name_len);
}

/* A value, cut to its room. */
static void copy_value(const struct word *word, char *ret, size_t size)
{
	(void)format_text(ret, size, "%.*s", (int)word->value_len, word->value);
}

/* True where the value, a list, has that item. */
static bool has_item(const struct word *word, const char *separators, const char *item)
{
	const char *at = word->value, *end = at + word->value_len;
	size_t len;

	for (; at < end; at += len + 1) {
		for (len = 0; at + len < end && !strchr(separators, at[len]); len++)
			;
		if (text_is(at, len, item))
			return true;
	}
	return false;
}

/* The kernel takes a quote in front of the whole word off, and the one that ends it (lib/cmdline.c, next_arg). */
static struct word without_quotes(struct word word)
{
	if (*word.name != '"')
		return word;
	word.name++;
	word.name_len--;
	if (word.value_len && word.value[word.value_len - 1] == '"')
		word.value_len--;
	return word;
}

/* Parameters of the kernel itself that matter here. */
static void take_of_kernel(struct word given, struct params *ret)
{
	const struct word unquoted = without_quotes(given), *word = &unquoted;

	if (is_named(word, "ima_appraise_tcb"))
		ret->appraise_tcb = true;
	if (!word->value)
		return;
	if (is_named(word, "elfcorehdr"))
		ret->kdump = true;
	else if (is_named(word, "init") && word->value_len < PARAM_TEXT_MAX)
		copy_value(word, ret->init, sizeof(ret->init));
	else if (is_named(word, "ima_appraise"))
		copy_value(word, ret->appraise, sizeof(ret->appraise));
	else if (is_named(word, "ima_policy"))
		ret->appraise_tcb |= has_item(word, " |", "appraise_tcb"); /* ima_policy.c, policy_setup */
	else if (is_named(word, "initcall_blacklist"))
		ret->no_ima |= has_item(word, ",", "init_ima"); /* init/main.c */
}

void params_parse(const char *line, size_t len, struct params *ret,
	void (*complain)(const char *text, void *context), void *context)
{
	const char *end = line + len;
	struct word word;

	*ret = (struct params){.on_failure = -1};
	while (next_word(&line, end, &word)) {
		take_of_kernel(word, ret);
		take_word(&word, ret, complain, context);
	}
}
