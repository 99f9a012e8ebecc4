// SPDX-License-Identifier: MIT
/* The image's configuration; see config.h. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include "buf.h"
#include "format.h"
#include "words.h"

#define COMPLAINT_MAX 256
#define PCR_MAX 23

struct text {
	const char *bytes;
	size_t len;
};

/* What one run shares. */
struct parser {
	struct config *config;
	void (*complain)(size_t line, const char *text, void *context);
	void *context;
	size_t line;
	int error;
};

/* What the value of a key is. */
enum kind {
	KIND_WORD,   /* one of a list of words */
	KIND_NAMES,  /* file names, separated by blanks */
	KIND_PATHS,  /* absolute paths, separated by blanks, and words among them */
	KIND_PATH,   /* an absolute path, or "none" where words allow it */
	KIND_NUMBER, /* a decimal number up to max, or "none" where words allow it */
	KIND_HASH,   /* a crypt(3) hash; never shown */
};

static const struct {
	const char *name;
	enum kind kind;
	const char *words;
	unsigned int max;
} table[KEY_COUNT] = {
	[KEY_REQUIRE] = {"require", KIND_WORD, "no|yes", 0},
	[KEY_SIGNATURE] = {"signature", KIND_WORD, "auto|required|optional", 0},
	[KEY_ALLOW_SHA1] = {"allow-sha1", KIND_WORD, "no|yes", 0},
	[KEY_MUST_APPRAISE] = {"must-appraise", KIND_WORD, "auto|yes|no", 0},
	[KEY_ROOT_CERTS] = {"root-certificates", KIND_WORD, "auto|yes|no", 0},
	[KEY_REQUIRED_CERTS] = {"require-certificates", KIND_NAMES, NULL, 0},
	[KEY_POLICY] = {"policy", KIND_PATH, NULL, 0},
	[KEY_KNOWN_GOOD] = {"known-good", KIND_PATH, "none", 0},
	[KEY_PREFLIGHT] = {"preflight", KIND_PATHS, "init|off", 0},
	[KEY_EVM] = {"evm", KIND_WORD, CONFIG_EVM_WORDS, 0},
	[KEY_ON_FAILURE] = {"on-failure", KIND_WORD, CONFIG_FAILURE_WORDS, 0},
	[KEY_RECOVERY_TIMEOUT] = {"recovery-timeout", KIND_NUMBER, NULL, CONFIG_TIMEOUT_MAX},
	[KEY_RECOVERY_TIMEOUT_ACTION] = {"recovery-timeout-action", KIND_WORD, CONFIG_TIMEOUT_WORDS, 0},
	[KEY_RECOVERY_PASSWORD] = {"recovery-password", KIND_HASH, NULL, 0},
	[KEY_ALLOW_OVERRIDE] = {"allow-override", KIND_WORD, "no|yes", 0},
	[KEY_PCR] = {"pcr", KIND_NUMBER, "none", PCR_MAX},
	[KEY_PCR_REQUIRED] = {"pcr-required", KIND_WORD, "no|yes", 0},
	[KEY_LABELS] = {"labels", KIND_WORD, CONFIG_LABELS_WORDS, 0},
};

const char *config_key_name(enum config_key key)
{
	return table[key].name;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct text trim(struct text text)
{
	while (text.len && is_blank(*text.bytes)) {
		text.bytes++;
		text.len--;
	}
	while (text.len && is_blank(text.bytes[text.len - 1]))
		text.len--;
	return text;
}

static void error(struct parser *parser, const char *format, ...) _printf_(2, 3);

static void error(struct parser *parser, const char *format, ...)
{
	char text[COMPLAINT_MAX];
	va_list args;

	va_start(args, format);
	(void)format_args(text, sizeof(text), format, args);
	va_end(args);
	parser->complain(parser->line, text, parser->context);
	if (parser->error == 0)
		parser->error = -EINVAL;
}

/* How much of a text a message shows. */
static int shown(size_t len)
{
	return len > 64 ? 64 : (int)len;
}

/* The same of what should be a key: a mistake must not lead to a password's hash behind it being shown. */
static int shown_key(struct text text)
{
	size_t len = 0;

	while (len < text.len && !is_blank(text.bytes[len]) && text.bytes[len] != ':' &&
		text.bytes[len] != '$')
		len++;
	return shown(len);
}

static void add_item(struct parser *parser, struct text item, char ***list, size_t *count)
{
	char **grown = realloc(*list, (*count + 1) * sizeof(*grown));

	if (grown)
		*list = grown;
	if (!grown || !(grown[*count] = strndup(item.bytes, item.len))) {
		parser->error = -ENOMEM;
		return;
	}
	(*count)++;
}

static void take_name(struct parser *parser, struct text name)
{
	struct config *config = parser->config;

	if (memchr(name.bytes, '/', name.len))
		error(parser, "'%.*s' must be a file name without a folder", shown(name.len), name.bytes);
	else
		add_item(parser, name, &config->required_certs, &config->required_cert_count);
}

/* An item of preflight: init, or a path; off stands alone. */
static void take_program(struct parser *parser, struct text item, bool alone)
{
	struct config *config = parser->config;
	int word = words_find(table[KEY_PREFLIGHT].words, item.bytes, item.len);

	if (word == PREFLIGHT_INIT || (word == PREFLIGHT_OFF && alone)) {
		config->preflight = (enum config_preflight)word;
	} else if (*item.bytes == '/' && item.len < CONFIG_PATH_MAX) {
		add_item(parser, item, &config->preflight_paths, &config->preflight_path_count);
	} else {
		config->preflight = PREFLIGHT_INIT; /* less is not tried for a mistake */
		error(parser,
			"'%.*s' is no value of 'preflight', which takes off, or init and absolute paths",
			shown(item.len), item.bytes);
	}
}

/* Values with blanks between them. */
static void take_items(struct parser *parser, enum config_key key, struct text value)
{
	size_t whole = value.len;

	if (key == KEY_PREFLIGHT)
		parser->config->preflight = PREFLIGHT_LIST;
	while (value.len) {
		struct text item = {value.bytes, 0};

		while (item.len < value.len && !is_blank(item.bytes[item.len]))
			item.len++;
		if (key == KEY_PREFLIGHT)
			take_program(parser, item, item.len == whole);
		else
			take_name(parser, item);
		value.bytes += item.len;
		value.len -= item.len;
		value = trim(value);
	}
}

static void take_word(struct parser *parser, enum config_key key, struct text value)
{
	struct config *config = parser->config;
	int word = words_find(table[key].words, value.bytes, value.len);

	if (word < 0) {
		error(parser, "'%.*s' is no value of '%s', which takes %s", shown(value.len), value.bytes,
			table[key].name, table[key].words);
		return;
	}
	if (key == KEY_REQUIRE)
		config->require = word == 1;
	else if (key == KEY_SIGNATURE)
		config->signature = (enum config_signature)word;
	else if (key == KEY_ALLOW_SHA1)
		config->allow_sha1 = word == 1;
	else if (key == KEY_MUST_APPRAISE)
		config->must_appraise = (enum config_appraise)word;
	else if (key == KEY_ROOT_CERTS)
		config->root_certs = (enum config_root_certs)word;
	else if (key == KEY_EVM)
		config->evm = (enum config_evm)word;
	else if (key == KEY_ON_FAILURE)
		config->on_failure = (enum config_failure)word;
	else if (key == KEY_RECOVERY_TIMEOUT_ACTION)
		config->timeout_action = (enum config_timeout)word;
	else if (key == KEY_ALLOW_OVERRIDE)
		config->allow_override = word == 1;
	else if (key == KEY_PCR_REQUIRED)
		config->pcr_required = word == 1;
	else if (key == KEY_LABELS)
		config->labels = (enum config_labels)word;
}

static void take_path(struct parser *parser, enum config_key key, struct text value)
{
	char *path = key == KEY_POLICY ? parser->config->policy : parser->config->known_good;

	if (table[key].words && words_find(table[key].words, value.bytes, value.len) >= 0) {
		*path = '\0';
		return;
	}
	if (*value.bytes != '/') {
		error(parser, "'%.*s' is no value of '%s', which takes an absolute path%s", shown(value.len),
			value.bytes, table[key].name, table[key].words ? " or none" : "");
		return;
	}
	if (value.len >= CONFIG_PATH_MAX) {
		error(parser, "the path of '%s' is longer than %d bytes", table[key].name,
			CONFIG_PATH_MAX - 1);
		return;
	}
	memcpy(path, value.bytes, value.len);
	path[value.len] = '\0';
}

static void take_number(struct parser *parser, enum config_key key, struct text value)
{
	unsigned int number = 0;
	size_t i;

	if (table[key].words && words_find(table[key].words, value.bytes, value.len) >= 0) {
		parser->config->pcr = CONFIG_PCR_NONE;
		return;
	}
	for (i = 0; i < value.len && number <= table[key].max; i++) {
		if (value.bytes[i] < '0' || value.bytes[i] > '9')
			break;
		number = number * 10 + (unsigned int)(value.bytes[i] - '0');
	}
	if (i < value.len || number > table[key].max) {
		error(parser, "'%.*s' is no value of '%s', which takes a number from 0 to %u%s",
			shown(value.len), value.bytes, table[key].name, table[key].max,
			table[key].words ? " or none" : "");
		return;
	}
	if (key == KEY_PCR)
		parser->config->pcr = (int)number;
	else
		parser->config->recovery_timeout = number;
}

/* The methods of crypt(5) that are worth their name; what follows is base64 of its kind and separators. */
static bool is_hash(struct text value)
{
	static const char *const methods[] = {"$y$", "$gy$", "$7$", "$2b$", "$2y$", "$6$", "$5$"};
	static const char bytes[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$,=";
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(methods) && !len; i++)
		if (value.len > strlen(methods[i]) &&
			memcmp(value.bytes, methods[i], strlen(methods[i])) == 0)
			len = strlen(methods[i]);
	if (!len || value.len >= CONFIG_HASH_MAX)
		return false;
	for (i = 0; i < value.len; i++)
		if (!strchr(bytes, value.bytes[i]))
			return false;
	return true;
}

/* A value that is wrong lets nobody in, and is not repeated: messages go to places that anybody can read. */
static void take_hash(struct parser *parser, struct text value)
{
	char *hash = parser->config->recovery_password;

	if (!is_hash(value)) {
		error(parser, "the value of 'recovery-password' is no hash of crypt(5) that is taken here; "
			      "make one: "
			      "mkpasswd -m yescrypt");
		return;
	}
	memcpy(hash, value.bytes, value.len);
	hash[value.len] = '\0';
}

static void take_value(struct parser *parser, enum config_key key, struct text value)
{
	switch (table[key].kind) {
	case KIND_WORD:
		take_word(parser, key, value);
		break;
	case KIND_NAMES:
	case KIND_PATHS:
		take_items(parser, key, value);
		break;
	case KIND_PATH:
		take_path(parser, key, value);
		break;
	case KIND_NUMBER:
		take_number(parser, key, value);
		break;
	case KIND_HASH:
		take_hash(parser, value);
		break;
	}
}

static void take_pair(struct parser *parser, struct text name, struct text value)
{
	size_t *lines = parser->config->lines;
	int key = 0;

	while (key < KEY_COUNT &&
		(strlen(table[key].name) != name.len || memcmp(table[key].name, name.bytes, name.len) != 0))
		key++;
	if (key == KEY_COUNT) {
		error(parser, "'%.*s' is not a key; see imaboot.conf(5)", shown_key(name), name.bytes);
		return;
	}
	if (lines[key]) {
		error(parser, "'%s' was set in line %zu already; set it once", table[key].name, lines[key]);
		return;
	}
	lines[key] = parser->line;
	if (key == KEY_RECOVERY_PASSWORD)
		strcpy(parser->config->recovery_password, CONFIG_HASH_INVALID);
	if (!value.len)
		error(parser, "'%s' has no value", table[key].name);
	else
		take_value(parser, (enum config_key)key, value);
}

static void take_line(struct parser *parser, struct text line)
{
	const char *sign;

	line = trim(line);
	if (!line.len || *line.bytes == '#')
		return;
	if (memchr(line.bytes, '\0', line.len) || memchr(line.bytes, '\r', line.len)) {
		error(parser, "a NUL or CR byte; write the file as plain text with LF line ends");
		return;
	}
	sign = memchr(line.bytes, '=', line.len);
	if (!sign) {
		error(parser, "'%.*s' is not of the form key = value", shown_key(line), line.bytes);
		return;
	}
	take_pair(parser, trim((struct text){line.bytes, (size_t)(sign - line.bytes)}),
		trim((struct text){sign + 1, line.len - (size_t)(sign - line.bytes) - 1}));
}

void config_init(struct config *ret)
{
	*ret = (struct config){.policy = CONFIG_POLICY, .known_good = CONFIG_KNOWN_GOOD, .pcr = CONFIG_PCR};
}

int config_parse(const char *text, size_t len, struct config *ret,
	void (*complain)(size_t line, const char *text, void *context), void *context)
{
	struct parser parser = {.config = ret, .complain = complain, .context = context};

	config_init(ret);
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		parser.line++;
		take_line(&parser, (struct text){text, line});
		text += end ? line + 1 : line;
		len -= end ? line + 1 : line;
	}
	return parser.error;
}

/* The index of a key's word. */
static int word_of(const struct config *config, enum config_key key)
{
	switch (key) {
	case KEY_REQUIRE:
		return config->require;
	case KEY_SIGNATURE:
		return (int)config->signature;
	case KEY_ALLOW_SHA1:
		return config->allow_sha1;
	case KEY_MUST_APPRAISE:
		return (int)config->must_appraise;
	case KEY_ROOT_CERTS:
		return (int)config->root_certs;
	case KEY_EVM:
		return (int)config->evm;
	case KEY_ON_FAILURE:
		return (int)config->on_failure;
	case KEY_RECOVERY_TIMEOUT_ACTION:
		return (int)config->timeout_action;
	case KEY_ALLOW_OVERRIDE:
		return config->allow_override;
	case KEY_PCR_REQUIRED:
		return config->pcr_required;
	case KEY_LABELS:
		return (int)config->labels;
	default:
		return -1;
	}
}

static void add_items(struct buf *text, char *const *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		buf_printf(text, "%s%s", text->len ? " " : "", items[i]);
}

static void items_value(const struct config *config, enum config_key key, char ret[static CONFIG_PATH_MAX])
{
	_cleanup_buf_ struct buf text = {0};

	if (key == KEY_PREFLIGHT && config->preflight != PREFLIGHT_LIST)
		buf_puts(&text, config->preflight == PREFLIGHT_OFF ? "off" : "init");
	if (key == KEY_PREFLIGHT)
		add_items(&text, config->preflight_paths, config->preflight_path_count);
	else
		add_items(&text, config->required_certs, config->required_cert_count);
	(void)format_text(ret, CONFIG_PATH_MAX, "%s", buf_string(&text));
}

void config_value(const struct config *config, enum config_key key, char ret[static CONFIG_PATH_MAX])
{
	const char *path = key == KEY_POLICY ? config->policy : config->known_good;

	switch (table[key].kind) {
	case KIND_WORD:
		words_copy(table[key].words, word_of(config, key), ret);
		break;
	case KIND_NAMES:
	case KIND_PATHS:
		items_value(config, key, ret);
		break;
	case KIND_PATH:
		(void)format_text(ret, CONFIG_PATH_MAX, "%s", *path ? path : "none");
		break;
	case KIND_HASH:
		(void)format_text(ret, CONFIG_PATH_MAX, "%s",
			!*config->recovery_password                                    ? "none"
			: string_equal(config->recovery_password, CONFIG_HASH_INVALID) ? "invalid"
										       : "set");
		break;
	case KIND_NUMBER:
		if (key == KEY_PCR && config->pcr == CONFIG_PCR_NONE)
			(void)format_text(ret, CONFIG_PATH_MAX, "none");
		else
			(void)format_text(ret, CONFIG_PATH_MAX, "%u",
				key == KEY_PCR ? (unsigned int)config->pcr : config->recovery_timeout);
		break;
	}
}

static void free_items(char ***items, size_t *count)
{
	while (*count)
		free((*items)[--*count]);
	free(*items);
	*items = NULL;
}

void config_free(struct config *config)
{
	free_items(&config->required_certs, &config->required_cert_count);
	free_items(&config->preflight_paths, &config->preflight_path_count);
}

bool config_must_appraise(const struct config *config)
{
	return config->must_appraise == CONFIG_APPRAISE_YES ||
	       (config->must_appraise == CONFIG_APPRAISE_AUTO && config->require);
}
