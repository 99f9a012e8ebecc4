// SPDX-License-Identifier: MIT
/* The summary of an image's certificates: written, checked, searched. */
#include "certinfo.h"
#include "unit.h"
#include "util.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define RECORD(path, id, issuer)                                                                         \
	"path " path "\nsha256 " SHA "\nsubject CN=a\nissuer CN=b\nkey-id " id "\nissuer-key-id " issuer \
	"\nnot-before 2026-01-01T00:00:00Z\nnot-after 2027-01-01T00:00:00Z\n"
#define MAGIC CERTINFO_MAGIC "\n"

static void test_writes(void **state)
{
	static const char *const values[CERTINFO_FIELDS] = {
		"/a", SHA, "CN=a\nb", "CN=\\", "", "ab", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"};
	_cleanup_buf_ struct buf text = {0};
	size_t line;
	int i;

	(void)state;
	certinfo_begin(&text);
	for (i = 0; i < CERTINFO_FIELDS; i++)
		certinfo_add((enum certinfo_field)i, values[i], strlen(values[i]), &text);
	assert_string_equal(buf_string(&text), MAGIC
		"path /a\nsha256 " SHA "\nsubject CN=a\\x0ab\nissuer CN=\\\\\nkey-id -\nissuer-key-id ab\n"
		"not-before 2026-01-01T00:00:00Z\nnot-after 2027-01-01T00:00:00Z\n");
	assert_int_equal(certinfo_check(text.data, text.len, &line), 0);
}

static void test_cuts(void **state)
{
	_cleanup_buf_ struct buf text = {0};
	char value[CERTINFO_VALUE_MAX + 100];

	(void)state;
	memset(value, 'x', sizeof(value));
	certinfo_add(CERTINFO_SUBJECT, value, sizeof(value), &text);
	assert_int_equal(text.len, strlen("subject ") + CERTINFO_VALUE_MAX + 1);
}

static void test_finds(void **state)
{
	static const char text[] =
		MAGIC RECORD("/a", "0a", "-") RECORD("/b", "0b", "0a") RECORD("/c", "-", "0a");
	struct certinfo info;

	(void)state;
	assert_true(certinfo_find(text, strlen(text), CERTINFO_KEY_ID, "0b", 2, &info));
	assert_int_equal(info.fields[CERTINFO_PATH].len, 2);
	assert_memory_equal(info.fields[CERTINFO_PATH].bytes, "/b", 2);
	assert_memory_equal(info.fields[CERTINFO_ISSUER_KEY_ID].bytes, "0a", 2);
	assert_true(certinfo_find(text, strlen(text), CERTINFO_SHA256, SHA, strlen(SHA), &info));
	assert_memory_equal(info.fields[CERTINFO_PATH].bytes, "/a", 2);
	assert_false(certinfo_find(text, strlen(text), CERTINFO_KEY_ID, "0", 1, &info));
	assert_false(certinfo_find(text, strlen(text), CERTINFO_KEY_ID, "0b0", 3, &info));
	assert_false(certinfo_find(text, strlen(text), CERTINFO_KEY_ID, "-", 1, &info));
	assert_false(certinfo_find(text, strlen(text) - 1, CERTINFO_PATH, "/c", 2, &info));
	assert_false(certinfo_find("", 0, CERTINFO_PATH, "/c", 2, &info));
}

static void test_checks(void **state)
{
	static const struct {
		const char *text;
		size_t line; /* 0: nothing is wrong */
	} cases[] = {
		{MAGIC, 0},
		{MAGIC RECORD("/a", "0a", "-"), 0},
		{"", 1},
		{CERTINFO_MAGIC, 1},
		{"imaboot certificates 2\n", 1},
		{"\xef\xbb\xbf" MAGIC, 1},
		{MAGIC "\n", 2},
		{MAGIC RECORD("a", "0a", "-"), 2},
		{MAGIC RECORD("/a", "0A", "-"), 6},
		{MAGIC RECORD("/a", "", "-"), 6},
		{MAGIC RECORD("/a", "0a", "x"), 7},
		{MAGIC RECORD("/a\x7f", "0a", "-"), 2},
		{MAGIC RECORD("/a\x1b", "0a", "-"), 2},
		{MAGIC "path /a\nsha256 00\n", 3},
		{MAGIC "path /a\nsha256 " SHA "0\n", 3},
		{MAGIC "path /a\n", 3},
		{MAGIC "path /a", 2},
		{MAGIC "sha256 " SHA "\n", 2},
		{MAGIC "path\t/a\n", 2},
		{MAGIC RECORD("/a", "0a", "-") "\n", 10},
		{MAGIC RECORD("/a", "0a", "-") "path /b\nsubject x\n", 11},
	};
	size_t i, line;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int r = certinfo_check(cases[i].text, strlen(cases[i].text), &line);

		assert_int_equal(r, cases[i].line ? -EINVAL : 0);
		if (cases[i].line)
			assert_int_equal(line, cases[i].line);
	}
}

static void test_overlong(void **state)
{
	_cleanup_buf_ struct buf text = {0};
	size_t line, i;

	(void)state;
	buf_puts(&text, MAGIC "path /");
	for (i = 0; i < CERTINFO_VALUE_MAX; i++)
		buf_putc(&text, 'a');
	buf_putc(&text, '\n');
	assert_int_equal(certinfo_check(text.data, text.len, &line), -EINVAL);
	assert_int_equal(line, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_overlong),
	};

	return RUN_TESTS(tests);
}
