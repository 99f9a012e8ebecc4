// SPDX-License-Identifier: MIT
/* A line of a log without what logs put before the message; see logline.h. */
#include "logline.h"

#include <string.h>
#include "util.h"

bool text_skip(struct text *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text->len < len || memcmp(text->at, prefix, len) != 0)
		return false;
	text->at += len;
	text->len -= len;
	return true;
}

const char *text_find(const struct text *text, const char *string)
{
	return memmem(text->at, text->len, string, strlen(string));
}

void text_advance(struct text *text, const char *to)
{
	text->len -= (size_t)(to - text->at);
	text->at = to;
}

bool text_number(struct text *text, uint64_t *ret)
{
	size_t digits = 0;

	for (*ret = 0; digits < text->len && text->at[digits] >= '0' && text->at[digits] <= '9'; digits++)
		if (__builtin_mul_overflow(*ret, 10, ret) ||
			__builtin_add_overflow(*ret, (uint64_t)(text->at[digits] - '0'), ret))
			return false;
	text_advance(text, text->at + digits);
	return digits > 0;
}

/* ---- what a log puts before the message ---------------------------------------------------- */

/* "<5>[   12.345678] ": dmesg, and the monotonic forms of journalctl. */
static void skip_time(struct text *text)
{
	struct text rest = *text;
	const char *end;
	uint64_t priority;

	if (text_skip(&rest, "<") && text_number(&rest, &priority) && text_skip(&rest, ">"))
		*text = rest;
	if (!text->len || *text->at != '[')
		return;
	end = text_find(text, "] ");
	if (end)
		text_advance(text, end + 2);
}

/* True where the text ends with the word, at its beginning or behind a blank. */
static bool ends_with_word(const char *bytes, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	return len >= word_len && memcmp(bytes + len - word_len, word, word_len) == 0 &&
	       (len == word_len || bytes[len - word_len - 1] == ' ');
}

/* "… host kernel: " and "… host audit[123]: ": the tag is what ends at the first colon with a blank. */
static bool skip_tag(struct text *text)
{
	const char *colon = text_find(text, ": ");
	size_t len = colon ? (size_t)(colon - text->at) : 0, number = len;

	if (!colon)
		return false;
	if (len && text->at[len - 1] == ']')
		for (number = len - 1; number && text->at[number - 1] >= '0' && text->at[number - 1] <= '9';)
			number--;
	if (number < len && (!number || text->at[number - 1] != '['))
		return false;
	if (!ends_with_word(text->at, number < len ? number - 1 : len, number < len ? "audit" : "kernel"))
		return false;
	text_advance(text, colon + 2);
	skip_time(text);
	return true;
}

static bool is_message(struct text text)
{
	static const char *const beginnings[] = {
		"audit: ", "integrity: ", "ima: ", "kauditd_printk_skb: ", "type=", "node=", "INTEGRITY_"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (text_skip(&text, beginnings[i]))
			return true;
	return false;
}

/* "6,339,5140900,-;message": false where a process wrote it (the facility is above the level's three bits). */
static bool skip_kmsg(struct text *text)
{
	const char *start = text_find(text, ";");
	uint64_t priority;

	if (!start || !text_number(text, &priority) || priority >> 3 || !text->len || *text->at != ',')
		return false;
	text_advance(text, start + 1);
	return true;
}

int text_hex(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Undoes \xNN (kernel/printk/printk.c, append_char of msg_add_ext_text) and cuts at the first newline. */
static struct text unescape_kmsg(struct text from, char ret[static AUDITLOG_LINE_MAX])
{
	struct text text = {.at = ret};
	size_t i;

	for (i = 0; i < from.len && from.at[i] != '\n' && text.len < AUDITLOG_LINE_MAX; i++) {
		int high = -1, low = -1;

		if (from.at[i] == '\\' && from.len - i >= 4 && from.at[i + 1] == 'x') {
			high = text_hex(from.at[i + 2]);
			low = text_hex(from.at[i + 3]);
		}
		if (high >= 0 && low >= 0)
			i += 3;
		ret[text.len++] = (char)(high >= 0 && low >= 0 ? high << 4 | low : from.at[i]);
	}
	return text;
}

bool logline_message(
	const char *line, size_t len, bool is_kmsg, char plain[static AUDITLOG_LINE_MAX], struct text *ret)
{
	struct text text = {line, len};

	if (len > AUDITLOG_LINE_MAX || (is_kmsg && !skip_kmsg(&text)))
		return false;
	if (is_kmsg)
		text = unescape_kmsg(text, plain);
	while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
		text.len--;
	if (!is_kmsg)
		skip_time(&text);
	if (!is_message(text) && (is_kmsg || !skip_tag(&text) || !is_message(text)))
		return false;
	*ret = text;
	return true;
}
