// SPDX-License-Identifier: MIT
/* Lint: the check of a file, and its result as lines and as JSON; see lint.h. */
#include "lint.h"

#include <errno.h>
#include "escape.h"
#include "policy_parse.h"
#include "policy_warn.h"

#define SHOWN_MAX 160   /* bytes of a source line that are shown */
#define SHOWN_BEFORE 60 /* of them, before the place that is meant */

int lint_check(const struct kernel_model *model, const char *name, const char *text, size_t len,
	bool warnings, struct lint *ret_lint)
{
	size_t kept = 0, i;
	int result;

	*ret_lint = (struct lint){.name = name, .text = text, .len = len};
	result = policy_parse(model, text, len, &ret_lint->diags, &ret_lint->policy);
	if (result == -ENOMEM || result == -EFBIG)
		return result;
	if (warnings && !ret_lint->diags.errors)
		policy_warn(model, &ret_lint->policy, &ret_lint->diags);
	if (!warnings) {
		for (i = 0; i < ret_lint->diags.count; i++)
			if (ret_lint->diags.items[i].is_error)
				ret_lint->diags.items[kept++] = ret_lint->diags.items[i];
		ret_lint->diags.count = kept;
	}
	diags_sort(&ret_lint->diags);
	return ret_lint->diags.failed ? -ENOMEM : 0;
}

void lint_free(struct lint *lint)
{
	policy_free(&lint->policy);
	diags_free(&lint->diags);
}

static const char *severity(const struct diag *diag)
{
	return diag->is_error ? "error" : "warning";
}

/* Characters of escaped text: each is one column on a terminal. */
static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* The source line, or the part of it around the place, and a caret under the place. */
static void render_source(struct buf *buf, const char *line, size_t len, const struct diag *diag)
{
	_cleanup_buf_ struct buf before = {0}, meant = {0};
	size_t at = diag->column - 1, from = 0, to = len, mark;

	if (at > len)
		at = len;
	if (len > SHOWN_MAX) {
		from = at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
		to = from + SHOWN_MAX < len ? from + SHOWN_MAX : len;
	}
	mark = diag->length && at + diag->length < to ? diag->length : to - at;
	escape_bytes(&before, line + from, at - from);
	escape_bytes(&meant, line + at, mark);
	buf_printf(buf, "    %s%s%s", from ? "..." : "", buf_string(&before), buf_string(&meant));
	escape_bytes(buf, line + at + mark, to - at - mark);
	buf_printf(buf, "%s\n    %s%*s^", to < len ? "..." : "", from ? "   " : "",
		(int)count_characters(buf_string(&before)), "");
	if (diag->length)
		for (mark = count_characters(buf_string(&meant)); mark > 1; mark--)
			buf_putc(buf, '~');
	buf_putc(buf, '\n');
}

/* The file's lines one after the other, for diagnostics that are sorted by them. */
struct lines {
	const char *at, *end;
	uint32_t number;
	size_t len;
};

static void go_to_line(struct lines *lines, uint32_t number)
{
	const char *newline;

	for (;;) {
		newline = lines->at < lines->end ? memchr(lines->at, '\n', (size_t)(lines->end - lines->at))
						 : NULL;
		lines->len = (size_t)((newline ? newline : lines->end) - lines->at);
		if (lines->number >= number || !newline)
			return;
		lines->at = newline + 1;
		lines->number++;
	}
}

void lint_render_text(struct buf *buf, const struct lint *lint, bool source)
{
	struct lines lines = {lint->text, lint->text + lint->len, 1, 0};
	const struct diag *diag;
	size_t i;

	for (i = 0; i < lint->diags.count; i++) {
		diag = &lint->diags.items[i];
		escape_string(buf, lint->name);
		buf_printf(buf, ":%u:%u: %s: ", (unsigned)diag->line, (unsigned)diag->column, severity(diag));
		escape_string(buf, diag_message(&lint->diags, diag));
		buf_printf(buf, " [%s]\n", policy_issue_id(diag->issue));
		if (!source || !lint->len)
			continue;
		go_to_line(&lines, diag->line);
		render_source(buf, lines.at, lines.len, diag);
	}
}

void lint_render_json(struct json *json, const struct lint *lint)
{
	const struct diag *diag;
	size_t i;

	for (i = 0; i < lint->diags.count; i++) {
		diag = &lint->diags.items[i];
		json_object_begin(json, NULL);
		json_string(json, "file", lint->name);
		json_number(json, "line", diag->line);
		json_number(json, "column", diag->column);
		json_string(json, "severity", severity(diag));
		json_string(json, "rule", policy_issue_id(diag->issue));
		json_string(json, "message", diag_message(&lint->diags, diag));
		json_object_end(json);
	}
}

void lint_sarif_begin(struct json *json, const char *program)
{
	unsigned i;

	json_object_begin(json, NULL);
	json_string(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_string(json, "version", "2.1.0");
	json_array_begin(json, "runs");
	json_object_begin(json, NULL);
	json_object_begin(json, "tool");
	json_object_begin(json, "driver");
	json_string(json, "name", program);
	json_string(json, "version", IMABOOT_VERSION);
	json_array_begin(json, "rules");
	for (i = 0; i < ISSUE_COUNT; i++) {
		json_object_begin(json, NULL);
		json_string(json, "id", policy_issue_id(i));
		json_object_begin(json, "shortDescription");
		json_string(json, "text", policy_issue_summary(i));
		json_object_end(json);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
	json_object_end(json);
	json_string(json, "columnKind", "unicodeCodePoints");
	json_array_begin(json, "results");
}

/* A path as a URI reference (RFC 3986): what is not plain is written as %XX. */
static void add_uri(struct json *json, const char *name)
{
	_cleanup_buf_ struct buf uri = {0};

	/* A first segment with a colon would be a scheme. */
	if (*name != '/' && strchr(name, ':'))
		buf_puts(&uri, "./");
	for (; *name; name++) {
		if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
			strchr("0123456789/-._~", *name))
			buf_putc(&uri, *name);
		else
			buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)*name);
	}
	json_string(json, "uri", buf_string(&uri));
}

/* Characters in so many bytes of a line; a byte that is none counts as one. */
static uint32_t count_points(const char *line, size_t len)
{
	size_t step;
	uint32_t count = 0;

	for (; len; line += step, len -= step, count++) {
		step = utf8_length((const unsigned char *)line, len);
		step = step ? step : 1;
	}
	return count;
}

static void add_region(struct json *json, const struct diag *diag, const struct lines *lines)
{
	size_t at = diag->column - 1 < lines->len ? diag->column - 1 : lines->len, len = diag->length;
	uint32_t column = 1 + count_points(lines->at, at);

	if (len > lines->len - at)
		len = lines->len - at;
	json_object_begin(json, "region");
	json_number(json, "startLine", diag->line);
	json_number(json, "startColumn", column);
	if (len)
		json_number(json, "endColumn", column + count_points(lines->at + at, len));
	json_object_end(json);
}

void lint_sarif_add(struct json *json, const struct lint *lint)
{
	struct lines lines = {lint->text, lint->text + lint->len, 1, 0};
	const struct diag *diag;
	size_t i;

	for (i = 0; i < lint->diags.count; i++) {
		diag = &lint->diags.items[i];
		go_to_line(&lines, diag->line);
		json_object_begin(json, NULL);
		json_string(json, "ruleId", policy_issue_id(diag->issue));
		json_number(json, "ruleIndex", diag->issue);
		json_string(json, "level", severity(diag));
		json_object_begin(json, "message");
		json_string(json, "text", diag_message(&lint->diags, diag));
		json_object_end(json);
		json_array_begin(json, "locations");
		json_object_begin(json, NULL);
		json_object_begin(json, "physicalLocation");
		json_object_begin(json, "artifactLocation");
		add_uri(json, lint->name);
		json_object_end(json);
		add_region(json, diag, &lines);
		json_object_end(json);
		json_object_end(json);
		json_array_end(json);
		json_object_end(json);
	}
}

void lint_sarif_end(struct json *json)
{
	json_array_end(json);
	json_object_end(json);
	json_array_end(json);
	json_object_end(json);
}
