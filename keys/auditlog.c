// SPDX-License-Identifier: MIT
/* A line of a log, read for what IMA says in it; see auditlog.h. */
#include "auditlog.h"

#include <string.h>
#include "logline.h"
#include "util.h"

#define SEPARATOR '\x1d' /* auditd puts names for numbers behind it */

/* ---- fields ------------------------------------------------------------------------------- */

struct field {
	struct text key, value;
	bool is_quoted;
};

/* Takes "key=value" or 'key="value"'; a word without = has an empty key. False at the end, or where a quote is open. */
static bool take_field(struct text *text, struct field *ret, bool *broken)
{
	size_t n = 0, start;

	*ret = (struct field){0};
	while (text->len && *text->at == ' ')
		text_advance(text, text->at + 1);
	if (!text->len || *text->at == SEPARATOR)
		return false;
	while (n < text->len && text->at[n] != '=' && text->at[n] != ' ' && text->at[n] != SEPARATOR)
		n++;
	start = n < text->len && text->at[n] == '=' ? n + 1 : 0;
	ret->key = (struct text){text->at, start ? n : 0};
	text_advance(text, text->at + start);
	ret->is_quoted = start && text->len && *text->at == '"';
	if (ret->is_quoted) {
		const char *end = memchr(text->at + 1, '"', text->len - 1);

		*broken |= !end;
		if (!end)
			return false;
		ret->value = (struct text){text->at + 1, (size_t)(end - text->at) - 1};
		text_advance(text, end + 1);
		return true;
	}
	for (n = 0; n < text->len && text->at[n] != ' ' && text->at[n] != SEPARATOR;)
		n++;
	ret->value = (struct text){text->at, n};
	text_advance(text, text->at + n);
	return true;
}

/* Adds a word to what is in ret; false where it does not fit, or holds a NUL. */
static bool add_word(struct text word, char *ret, size_t size)
{
	size_t len = strlen(ret);

	if (memchr(word.at, '\0', word.len) || len + !!len + word.len >= size)
		return false;
	if (len)
		ret[len++] = ' ';
	memcpy(ret + len, word.at, word.len);
	ret[len + word.len] = '\0';
	return true;
}

/* A name that a process could choose: quoted as it is, or in hexadecimal. */
static bool set_name(const struct field *field, char *ret, size_t size)
{
	size_t i;

	if (*ret)
		return false; /* twice */
	if (field->is_quoted)
		return add_word(field->value, ret, size);
	if (field->value.len == strlen("(null)") && memcmp(field->value.at, "(null)", field->value.len) == 0)
		return true;
	if (!field->value.len || field->value.len % 2 || field->value.len / 2 >= size)
		return false;
	for (i = 0; i < field->value.len / 2; i++) {
		int high = text_hex(field->value.at[2 * i]), low = text_hex(field->value.at[2 * i + 1]);

		if (high < 0 || low < 0 || !(high | low))
			return false;
		ret[i] = (char)(high << 4 | low);
	}
	ret[i] = '\0';
	return true;
}

static bool set_number(const struct field *field, uint64_t max, uint64_t *ret, bool *ret_has)
{
	struct text value = field->value;

	if (*ret_has || !text_number(&value, ret) || value.len || *ret > max)
		return false;
	*ret_has = true;
	return true;
}

static bool key_is(const struct field *field, const char *key)
{
	return field->key.len == strlen(key) && memcmp(field->key.at, key, field->key.len) == 0;
}

/* Stores one field; false where it is not well-formed. Fields that say nothing here are passed by. */
static bool set_field(const struct field *field, struct auditlog_record *record)
{
	uint64_t number = 0;
	bool ok;

	if (key_is(field, "op"))
		return !*record->op && add_word(field->value, record->op, sizeof(record->op));
	if (key_is(field, "cause"))
		return !*record->cause && add_word(field->value, record->cause, sizeof(record->cause));
	if (key_is(field, "comm"))
		return set_name(field, record->comm, sizeof(record->comm));
	if (key_is(field, "name"))
		return set_name(field, record->name, sizeof(record->name));
	if (key_is(field, "dev"))
		return set_name(field, record->dev, sizeof(record->dev));
	if (key_is(field, "ino"))
		return set_number(field, UINT64_MAX, &record->ino, &record->has_ino);
	if (key_is(field, "uid")) {
		ok = set_number(field, UINT32_MAX, &number, &record->has_uid);
		record->uid = (uint32_t)number;
		return ok;
	}
	if (!key_is(field, "res"))
		return true;
	ok = set_number(field, 1, &number, &record->has_result);
	record->result = number;
	return ok;
}

/* The kernel's cause may have several words: those without a = that follow it are more of it. */
static bool parse_fields(struct text text, struct auditlog_record *record)
{
	bool broken = false, in_cause = false;
	struct field field;

	while (take_field(&text, &field, &broken)) {
		if (field.key.len) {
			in_cause = key_is(&field, "cause") && !field.is_quoted;
			if (!set_field(&field, record))
				return false;
		} else if (in_cause && !add_word(field.value, record->cause, sizeof(record->cause))) {
			return false;
		}
	}
	return !broken && record->has_result && *record->cause;
}

/* "action=appraise func=NONSENSE res=0" (ima_parse_rule): words of a policy, whatever they are. */
static bool parse_rule(struct text text, struct auditlog_record *record)
{
	const char *at = text.at, *end = NULL;
	size_t len;

	while ((at = memmem(at, text.len - (size_t)(at - text.at), "res=", 4)))
		end = at++;
	if (!end || (size_t)(end - text.at) + 5 > text.len || (end[4] != '0' && end[4] != '1'))
		return false;
	record->has_result = true;
	record->result = end[4] == '1';
	for (len = (size_t)(end - text.at); len && text.at[len - 1] == ' ';)
		len--;
	return add_word((struct text){text.at, len}, record->rule, sizeof(record->rule));
}

/* ---- messages ----------------------------------------------------------------------------- */

static const struct type {
	enum auditlog_kind kind;
	const char *number, *name; /* include/uapi/linux/audit.h; libaudit's names */
} types[] = {
	{AUDITLOG_DATA, "1800 ", "INTEGRITY_DATA "},
	{AUDITLOG_METADATA, "1801 ", "INTEGRITY_METADATA "},
	{AUDITLOG_STATUS, "1802 ", "INTEGRITY_STATUS "},
	{AUDITLOG_PCR, "1804 ", "INTEGRITY_PCR "},
	{AUDITLOG_RULE, "1807 ", "INTEGRITY_POLICY_RULE "},
};

static enum auditlog_kind skip_type(struct text *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (text_skip(text, types[i].number) || text_skip(text, types[i].name))
			return types[i].kind;
	return AUDITLOG_OTHER;
}

/* "audit(1700000000.123:45): ", after "msg=" in audit.log, absent in journald's own form. */
static bool skip_stamp(struct text *text)
{
	const char *end;

	(void)text_skip(text, "msg=");
	if (!text_skip(text, "audit("))
		return false;
	end = text_find(text, "): ");
	if (!end || (size_t)(end - text->at) > AUDITLOG_WORD_MAX)
		return false;
	text_advance(text, end + 3);
	return true;
}

static void parse_record(struct text text, bool has_stamp, struct auditlog_record *record)
{
	record->kind = skip_type(&text);
	if (record->kind == AUDITLOG_OTHER)
		return;
	if ((has_stamp && !skip_stamp(&text)) ||
		!(record->kind == AUDITLOG_RULE ? parse_rule(text, record) : parse_fields(text, record)))
		*record = (struct auditlog_record){.kind = AUDITLOG_BROKEN};
}

/* "Request for unknown key 'id:5f3c1e7a' in '.ima' keyring. err -11" (digsig_asymmetric.c, request_asymmetric_key). */
static void parse_unknown_key(struct text text, struct auditlog_record *record)
{
	const char *end = text_find(&text, "'");
	size_t len = end ? (size_t)(end - text.at) : 0, i;

	record->kind = AUDITLOG_BROKEN;
	for (i = 0; i < len; i++)
		if (text_hex(text.at[i]) < 0)
			return;
	if (!len || !add_word((struct text){text.at, len}, record->cause, sizeof(record->cause)))
		return;
	text_advance(&text, end + 1);
	if (text_skip(&text, " in '")) {
		end = text_find(&text, "'");
		if (!end || !add_word((struct text){text.at, (size_t)(end - text.at)}, record->name,
				    AUDITLOG_WORD_MAX))
			return;
	}
	record->kind = AUDITLOG_NO_KEY;
}

/* Lines that are no audit records: ima_load_data, ima_read_file, ___ratelimit, audit_log_lost. */
static void parse_plain(struct text text, struct auditlog_record *record)
{
	static const char *const no_file[][2] = {
		{"ima: impossible to appraise a module without a file descriptor", "module"},
		{"ima: impossible to appraise a kernel image without a file descriptor", "kernel"},
		{"ima: Prevent firmware ", "firmware"},
	};
	struct text rest = text;
	size_t i;

	if (text_skip(&rest, "integrity: Request for unknown key 'id:")) {
		parse_unknown_key(rest, record);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(no_file); i++) {
		rest = text;
		if (text_skip(&rest, no_file[i][0])) {
			record->kind = AUDITLOG_NO_FILE;
			strcpy(record->cause, no_file[i][1]);
			return;
		}
	}
	rest = text;
	(void)text_skip(&rest, "audit: ");
	if (text_skip(&rest, "kauditd_printk_skb: ") && text_number(&rest, &record->count) &&
		text_skip(&rest, " callbacks suppressed"))
		record->kind = AUDITLOG_LOST;
	else
		record->count = 0;
}

static void parse_message(struct text text, struct auditlog_record *record)
{
	struct text rest = text;
	const char *blank;

	if (text_skip(&rest, "INTEGRITY_")) {
		parse_record(text, false, record);
		return;
	}
	if (text_skip(&rest, "node=")) {
		blank = text_find(&rest, " ");
		if (!blank)
			return;
		text_advance(&rest, blank + 1);
	} else {
		(void)text_skip(&rest, "audit: ");
	}
	if (text_skip(&rest, "type="))
		parse_record(rest, true, record);
	else
		parse_plain(text, record);
}

enum auditlog_kind auditlog_parse(const char *line, size_t len, bool is_kmsg, struct auditlog_record *ret)
{
	char plain[AUDITLOG_LINE_MAX];
	struct text text;

	*ret = (struct auditlog_record){.kind = AUDITLOG_OTHER};
	if (logline_message(line, len, is_kmsg, plain, &text))
		parse_message(text, ret);
	return ret->kind;
}
