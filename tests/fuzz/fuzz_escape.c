// SPDX-License-Identifier: MIT
/* Any bytes: the escaped form is printable UTF-8, and turned back it is the bytes. */
#include "fuzz.h"
#include "escape.h"

static int digit(char c)
{
	CHECK((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Turns the escaped form back; returns the length. */
static size_t turn_back(const struct buf *text, uint8_t *ret)
{
	size_t i, len = 0;

	for (i = 0; i < text->len; i++) {
		if (text->data[i] != '\\') {
			ret[len++] = (uint8_t)text->data[i];
		} else if (text->data[i + 1] == '\\') {
			ret[len++] = '\\';
			i++;
		} else {
			CHECK(text->data[i + 1] == 'x' && i + 3 < text->len);
			ret[len++] = (uint8_t)(digit(text->data[i + 2]) << 4 | digit(text->data[i + 3]));
			i += 3;
		}
	}
	return len;
}

static void check_printable(const struct buf *text)
{
	const unsigned char *p = (const unsigned char *)text->data;
	size_t i = 0, n;

	while (i < text->len) {
		n = utf8_length(p + i, text->len - i);
		CHECK(n >= 1 && n <= 4 && i + n <= text->len);
		CHECK(p[i] >= 0x20 && p[i] != 0x7f);
		CHECK(n != 2 || p[i] != 0xc2 || p[i + 1] >= 0xa0);      /* C1 */
		CHECK(n != 3 || memcmp(p + i, "\xe2\x80\xae", 3) != 0); /* right-to-left */
		CHECK(n != 3 || p[i] != 0xed || p[i + 1] < 0xa0);       /* surrogates */
		i += n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_copy(data, size), *back;
	_cleanup_buf_ struct buf text = {0};

	escape_bytes(&text, bytes, size);
	CHECK(!text.failed && text.len <= 4 * size);
	if (size) {
		check_printable(&text);
		back = malloc(text.len);
		CHECK(back);
		CHECK(turn_back(&text, back) == size && memcmp(back, bytes, size) == 0);
		free(back);
	}
	free(bytes);
	return 0;
}
