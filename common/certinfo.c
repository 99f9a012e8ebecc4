// SPDX-License-Identifier: MIT
/* The summary of an image's certificates; see certinfo.h. */
#include "certinfo.h"

#include <errno.h>
#include "escape.h"

#define SHA256_HEX 64

static const char *const names[CERTINFO_FIELDS] = {
	[CERTINFO_PATH] = "path",
	[CERTINFO_SHA256] = "sha256",
	[CERTINFO_SUBJECT] = "subject",
	[CERTINFO_ISSUER] = "issuer",
	[CERTINFO_KEY_ID] = "key-id",
	[CERTINFO_ISSUER_KEY_ID] = "issuer-key-id",
	[CERTINFO_NOT_BEFORE] = "not-before",
	[CERTINFO_NOT_AFTER] = "not-after",
};

/* A line without its end; *text moves behind it. Returns false where there is no whole one. */
static bool next_line(const char **text, const char *end, struct certinfo_value *ret)
{
	const char *newline = *text < end ? memchr(*text, '\n', (size_t)(end - *text)) : NULL;

	if (!newline)
		return false;
	*ret = (struct certinfo_value){*text, (size_t)(newline - *text)};
	*text = newline + 1;
	return true;
}

static bool value_is(const struct certinfo_value *value, const char *bytes, size_t len)
{
	return value->len == len && memcmp(value->bytes, bytes, len) == 0;
}

static bool is_hex(const struct certinfo_value *value)
{
	size_t i;

	for (i = 0; i < value->len; i++)
		if (!memchr("0123456789abcdef", value->bytes[i], 16))
			return false;
	return true;
}

static bool is_plain(const struct certinfo_value *value)
{
	size_t i;

	for (i = 0; i < value->len; i++)
		if ((unsigned char)value->bytes[i] < ' ' || value->bytes[i] == 0x7f)
			return false;
	return value->len > 0 && value->len <= CERTINFO_VALUE_MAX;
}

/* The value of a line of that field. Returns false where it is not one. */
static bool take_field(
	const struct certinfo_value *line, enum certinfo_field field, struct certinfo_value *ret)
{
	size_t name = strlen(names[field]);

	if (line->len <= name || memcmp(line->bytes, names[field], name) != 0 || line->bytes[name] != ' ')
		return false;
	*ret = (struct certinfo_value){line->bytes + name + 1, line->len - name - 1};
	if (!is_plain(ret))
		return false;
	if (field == CERTINFO_SHA256)
		return ret->len == SHA256_HEX && is_hex(ret);
	if (field == CERTINFO_PATH)
		return *ret->bytes == '/';
	return (field != CERTINFO_KEY_ID && field != CERTINFO_ISSUER_KEY_ID) || value_is(ret, "-", 1) ||
	       is_hex(ret);
}

int certinfo_check(const char *text, size_t len, size_t *ret_line)
{
	const char *end = text + len;
	struct certinfo_value line, value;
	int field = 0;

	*ret_line = 1;
	if (!next_line(&text, end, &line) || !value_is(&line, CERTINFO_MAGIC, strlen(CERTINFO_MAGIC)))
		return -EINVAL;
	while (text < end) {
		++*ret_line;
		if (!next_line(&text, end, &line) || !take_field(&line, (enum certinfo_field)field, &value))
			return -EINVAL;
		field = (field + 1) % CERTINFO_FIELDS;
	}
	if (field == 0)
		return 0;
	++*ret_line; /* the line that is missing */
	return -EINVAL;
}

bool certinfo_find(const char *text, size_t len, enum certinfo_field field, const char *value,
	size_t value_len, struct certinfo *ret)
{
	const char *end = text + len;
	struct certinfo_value line;
	int i;

	if (!next_line(&text, end, &line) || (value_len == 1 && *value == '-'))
		return false;
	while (text < end) {
		for (i = 0; i < CERTINFO_FIELDS; i++)
			if (!next_line(&text, end, &line) ||
				!take_field(&line, (enum certinfo_field)i, &ret->fields[i]))
				return false;
		if (value_is(&ret->fields[field], value, value_len))
			return true;
	}
	return false;
}

void certinfo_begin(struct buf *ret)
{
	buf_puts(ret, CERTINFO_MAGIC "\n");
}

void certinfo_add(enum certinfo_field field, const void *bytes, size_t len, struct buf *ret)
{
	_cleanup_buf_ struct buf value = {0};

	escape_bytes(&value, len ? bytes : "-", len ? len : 1);
	buf_puts(ret, names[field]);
	buf_putc(ret, ' ');
	buf_add(ret, buf_string(&value), value.len > CERTINFO_VALUE_MAX ? CERTINFO_VALUE_MAX : value.len);
	buf_putc(ret, '\n');
	ret->failed |= value.failed;
}
