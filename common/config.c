// SPDX-License-Identifier: MIT
/* The image's configuration; see config.h. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define COMPLAINT_MAX 256

enum key { KEY_REQUIRE, KEY_SIGNATURE, KEY_ROOT_CERTS, KEY_REQUIRED_CERTS, KEY_ALLOW_OVERRIDE, KEY_COUNT };

/* The words of a key, in the order of its enum; NULL: the value is a list. */
static const struct {
	const char *name;
	const char *words; /* separated by bars */
} table[KEY_COUNT] = {
	[KEY_REQUIRE] = {"require", "no|yes"},
	[KEY_SIGNATURE] = {"signature", "auto|required|optional"},
	[KEY_ROOT_CERTS] = {"root-certificates", "auto|yes|no"},
	[KEY_REQUIRED_CERTS] = {"require-certificates", NULL},
	[KEY_ALLOW_OVERRIDE] = {"allow-override", "no|yes"},
};

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
	size_t seen[KEY_COUNT]; /* the line of each key, 0: not yet */
	int error;
};

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
	(void)vsnprintf(text, sizeof(text), format, args);
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

/* Index of the text among words separated by bars, or -1. */
static int find_word(const char *words, struct text text)
{
	int index = 0;

	for (;;) {
		size_t len = strcspn(words, "|");

		if (len == text.len && memcmp(words, text.bytes, len) == 0)
			return index;
		if (!words[len])
			return -1;
		words += len + 1;
		index++;
	}
}

static void add_required(struct parser *parser, struct text name)
{
	struct config *config = parser->config;
	char **list = realloc(config->required_certs, (config->required_cert_count + 1) * sizeof(*list));

	if (list)
		config->required_certs = list;
	if (!list || !(list[config->required_cert_count] = strndup(name.bytes, name.len))) {
		parser->error = -ENOMEM;
		return;
	}
	config->required_cert_count++;
}

/* A list is separated by blanks; the names are file names without a folder. */
static void take_list(struct parser *parser, struct text value)
{
	while (value.len) {
		struct text name = {value.bytes, 0};

		while (name.len < value.len && !is_blank(name.bytes[name.len]))
			name.len++;
		if (memchr(name.bytes, '/', name.len))
			error(parser, "'%.*s' must be a file name without a folder", shown(name.len),
				name.bytes);
		else
			add_required(parser, name);
		value.bytes += name.len;
		value.len -= name.len;
		value = trim(value);
	}
}

static void store(struct config *config, enum key key, int word)
{
	switch (key) {
	case KEY_REQUIRE:
		config->require = word == 1;
		break;
	case KEY_SIGNATURE:
		config->signature = (enum config_signature)word;
		break;
	case KEY_ROOT_CERTS:
		config->root_certs = (enum config_root_certs)word;
		break;
	case KEY_ALLOW_OVERRIDE:
		config->allow_override = word == 1;
		break;
	case KEY_REQUIRED_CERTS:
	case KEY_COUNT:
		break;
	}
}

static void take_pair(struct parser *parser, struct text name, struct text value)
{
	int key = 0, word;

	while (key < KEY_COUNT &&
		(strlen(table[key].name) != name.len || memcmp(table[key].name, name.bytes, name.len) != 0))
		key++;
	if (key == KEY_COUNT) {
		error(parser, "'%.*s' is not a key; see imaboot.conf(5)", shown(name.len), name.bytes);
		return;
	}
	if (parser->seen[key]) {
		error(parser, "'%s' was set in line %zu already; set it once", table[key].name,
			parser->seen[key]);
		return;
	}
	parser->seen[key] = parser->line;
	if (!value.len) {
		error(parser, "'%s' has no value", table[key].name);
		return;
	}
	if (!table[key].words) {
		take_list(parser, value);
		return;
	}
	word = find_word(table[key].words, value);
	if (word < 0)
		error(parser, "'%.*s' is no value of '%s', which takes %s", shown(value.len), value.bytes,
			table[key].name, table[key].words);
	else
		store(parser->config, (enum key)key, word);
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
		error(parser, "'%.*s' is not of the form key = value", shown(line.len), line.bytes);
		return;
	}
	take_pair(parser, trim((struct text){line.bytes, (size_t)(sign - line.bytes)}),
		trim((struct text){sign + 1, line.len - (size_t)(sign - line.bytes) - 1}));
}

int config_parse(const char *text, size_t len, struct config *ret,
	void (*complain)(size_t line, const char *text, void *context), void *context)
{
	struct parser parser = {.config = ret, .complain = complain, .context = context};

	*ret = (struct config){0};
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

void config_free(struct config *config)
{
	size_t i;

	for (i = 0; i < config->required_cert_count; i++)
		free(config->required_certs[i]);
	free(config->required_certs);
	*config = (struct config){0};
}
