// SPDX-License-Identifier: MIT
/* A JSON writer; see json.h. */
#include "json.h"

#include <inttypes.h>
#include "escape.h"

/* Writes the comma that is due and the member's name. */
static void member(struct json *json, const char *name)
{
	if (json->separate)
		buf_putc(json->buf, ',');
	json->separate = true;
	if (name)
		buf_printf(json->buf, "\"%s\":", name);
}

static void open_with(struct json *json, const char *name, char bracket)
{
	member(json, name);
	buf_putc(json->buf, bracket);
	json->separate = false;
}

static void close_with(struct json *json, char bracket)
{
	buf_putc(json->buf, bracket);
	json->separate = true;
}

void json_object_begin(struct json *json, const char *name)
{
	open_with(json, name, '{');
}

void json_object_end(struct json *json)
{
	close_with(json, '}');
}

void json_array_begin(struct json *json, const char *name)
{
	open_with(json, name, '[');
}

void json_array_end(struct json *json)
{
	close_with(json, ']');
}

void json_bytes(struct json *json, const char *name, const void *bytes, size_t len)
{
	_cleanup_buf_ struct buf safe = {0};
	size_t i;

	member(json, name);
	/* After escaping no control character is left: only the quote and the backslash are special. */
	escape_bytes(&safe, bytes, len);
	if (safe.failed)
		json->buf->failed = true;
	buf_putc(json->buf, '"');
	for (i = 0; i < safe.len; i++) {
		if (safe.data[i] == '"' || safe.data[i] == '\\')
			buf_putc(json->buf, '\\');
		buf_putc(json->buf, safe.data[i]);
	}
	buf_putc(json->buf, '"');
}

void json_string(struct json *json, const char *name, const char *value)
{
	if (value)
		json_bytes(json, name, value, strlen(value));
	else
		json_null(json, name);
}

void json_number(struct json *json, const char *name, uint64_t value)
{
	member(json, name);
	buf_printf(json->buf, "%" PRIu64, value);
}

void json_bool(struct json *json, const char *name, bool value)
{
	member(json, name);
	buf_puts(json->buf, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
	member(json, name);
	buf_puts(json->buf, "null");
}
