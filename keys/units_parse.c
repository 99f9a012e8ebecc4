// SPDX-License-Identifier: MIT
/* The lines of a unit file; see units.h. */
#include <stdbool.h>
#include "units.h"

struct line {
	const char *at;
	size_t len;
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void trim(struct line *line)
{
	while (line->len && is_blank(*line->at)) {
		line->at++;
		line->len--;
	}
	while (line->len && is_blank(line->at[line->len - 1]))
		line->len--;
}

/*
 * A line that ends in a backslash goes on in the next one that is no comment: for what begins there it is a blank, as
 * for systemd (config_parse).
 */
static void skip_continuations(struct line *value)
{
	size_t n;

	trim(value);
	while (value->len >= 2 && value->at[0] == '\\' && value->at[1] == '\n') {
		n = 2;
		while (n < value->len && is_blank(value->at[n]))
			n++;
		while (n < value->len && (value->at[n] == '#' || value->at[n] == ';')) {
			while (n < value->len && value->at[n] != '\n')
				n++;
			while (n < value->len && is_blank(value->at[n]))
				n++;
		}
		*value = (struct line){value->at + n, value->len - n};
		trim(value);
	}
}

static bool line_is(const struct line *line, const char *text)
{
	return line->len == strlen(text) && memcmp(line->at, text, line->len) == 0;
}

/* The words of a value that are names of units. */
static int take_units(struct line value, const struct units_sink *sink)
{
	size_t n;
	int r = 0;

	for (skip_continuations(&value); r == 0 && value.len; skip_continuations(&value)) {
		for (n = 0; n < value.len && !is_blank(value.at[n]) && value.at[n] != '\\';)
			n++;
		if (n)
			r = sink->unit(sink->context, value.at, n);
		n += n == 0;
		value = (struct line){value.at + n, value.len - n};
	}
	return r;
}

/*
 * The program of a command line: behind the prefixes, perhaps between quotes. What has a specifier or a variable in it is
 * not known before systemd runs.
 */
static int take_command(struct line value, const struct units_sink *sink)
{
	char quote;
	size_t n = 0;

	skip_continuations(&value);
	while (value.len && strchr("@-:+!|", *value.at)) {
		value.at++;
		value.len--;
	}
	quote = value.len && (*value.at == '"' || *value.at == '\'') ? *value.at : '\0';
	if (quote) {
		value.at++;
		value.len--;
	}
	while (n < value.len && (quote ? value.at[n] != quote : !is_blank(value.at[n])))
		n++;
	if (!n || memchr(value.at, '%', n) || memchr(value.at, '$', n) || memchr(value.at, '\\', n) ||
		memchr(value.at, '\0', n))
		return 0;
	return sink->command(sink->context, value.at, n);
}

static int take_line(struct line line, const struct line *section, const struct units_sink *sink)
{
	static const char *const wants[] = {"Wants", "Requires", "BindsTo", "Requisite", "Upholds"};
	static const char *const commands[] = {"ExecStart", "ExecStartPre", "ExecStartPost", "ExecCondition"};
	const char *equals = memchr(line.at, '=', line.len);
	struct line key = {line.at, equals ? (size_t)(equals - line.at) : 0}, value;
	size_t i;

	if (!equals)
		return 0;
	value = (struct line){equals + 1, line.len - key.len - 1};
	trim(&key);
	for (i = 0; line_is(section, "[Unit]") && i < ARRAY_SIZE(wants); i++)
		if (line_is(&key, wants[i]))
			return take_units(value, sink);
	for (i = 0; !line_is(section, "[Unit]") && i < ARRAY_SIZE(commands); i++)
		if (line_is(&key, commands[i]))
			return take_command(value, sink);
	/* What a socket, a timer or a path unit starts. */
	if ((line_is(section, "[Socket]") && line_is(&key, "Service")) ||
		((line_is(section, "[Timer]") || line_is(section, "[Path]")) && line_is(&key, "Unit")))
		return take_units(value, sink);
	return 0;
}

static bool is_comment(const char *at, const char *last)
{
	while (at < last && is_blank(*at) && *at != '\n')
		at++;
	return at < last && (*at == '#' || *at == ';');
}

/* A backslash at the end of a line goes on in the next one: of both only the first matters here, but for lists. */
static struct line next_line(struct line *text)
{
	const char *end = text->at, *last = text->at + text->len;
	bool is_whole = is_comment(end, last), goes_on = false;
	struct line line;

	for (; end < last; end++) {
		if (*end != '\n')
			continue;
		/* A comment does not go on, and between two lines it does not end them. */
		if (!is_whole && end > text->at && end[-1] == '\\')
			goes_on = true;
		else if (!goes_on)
			break;
		if (goes_on && !is_comment(end + 1, last))
			goes_on = false;
	}
	line = (struct line){text->at, (size_t)(end - text->at)};
	end += end < last;
	*text = (struct line){end, (size_t)(last - end)};
	trim(&line);
	return line;
}

int units_parse(const char *text, size_t len, const struct units_sink *sink)
{
	struct line rest = {text, len}, section = {text, 0}, line;
	int r = 0;

	while (r == 0 && rest.len) {
		line = next_line(&rest);
		if (!line.len || *line.at == '#' || *line.at == ';')
			continue;
		if (*line.at == '[')
			section = line;
		else
			r = take_line(line, &section, sink);
	}
	return r;
}
