// SPDX-License-Identifier: MIT
/* Untrusted bytes made safe for a console, a log and JSON; see escape.h. */
#include "escape.h"

#include <stdint.h>

size_t utf8_length(const unsigned char *bytes, size_t len)
{
	unsigned char first = len ? bytes[0] : 0xff, low = 0x80, high = 0xbf;
	size_t n, i;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	n = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (len < n)
		return 0;
	if (first == 0xe0)
		low = 0xa0; /* below: overlong */
	else if (first == 0xed)
		high = 0x9f; /* above: surrogates */
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f; /* above: past U+10FFFF */
	if (bytes[1] < low || bytes[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* The code point of a well-formed sequence of n bytes. */
static uint32_t utf8_decode(const unsigned char *bytes, size_t n)
{
	static const unsigned char first_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t point = bytes[0] & first_mask[n];
	size_t i;

	for (i = 1; i < n; i++)
		point = point << 6 | (bytes[i] & 0x3f);
	return point;
}

/* True for what a terminal obeys or hides instead of showing. */
static int is_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c ||
	       (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

void escape_bytes(struct buf *buf, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0, n, j;

	while (i < len) {
		n = utf8_length(p + i, len - i);
		if (n == 1 && p[i] == '\\') {
			buf_puts(buf, "\\\\");
		} else if (n && !is_unsafe(utf8_decode(p + i, n))) {
			buf_add(buf, p + i, n);
		} else {
			if (!n)
				n = 1;
			for (j = 0; j < n; j++)
				buf_printf(buf, "\\x%02x", p[i + j]);
		}
		i += n;
	}
}

void escape_string(struct buf *buf, const char *string)
{
	escape_bytes(buf, string, strlen(string));
}
