// SPDX-License-Identifier: MIT
/*
 * Tests of common/format.c: what it knows, it prints as the C library does.
 * wrap: malloc
 */
#include "format.h"
#include <inttypes.h>
#include <limits.h>
#include "unit.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static bool no_memory;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
	return no_memory ? NULL : __real_malloc(size);
}

/* Both must give the same bytes and the same length, with that much room. */
#define CHECK_SIZE(size, ...)                                                 \
	do {                                                                  \
		char ours_[512], theirs_[512];                                \
		size_t len_;                                                  \
		memset(ours_, '#', sizeof(ours_));                            \
		memset(theirs_, '#', sizeof(theirs_));                        \
		len_ = format_text(ours_, size, __VA_ARGS__);                 \
		assert_int_equal(len_, snprintf(theirs_, size, __VA_ARGS__)); \
		assert_memory_equal(ours_, theirs_, sizeof(ours_));           \
	} while (0)
#define CHECK(...) CHECK_SIZE(512, __VA_ARGS__)

static void plain_text_is_kept(void **context)
{
	(void)context;
	CHECK("%s", "");
	CHECK("plain");
	CHECK("100%% of %s%%", "it");
	CHECK("%s", "\xff\n%s");
}

static void strings_and_characters(void **context)
{
	(void)context;
	CHECK("<%s|%10s|%-10s|%2s>", "four", "four", "four", "four");
	CHECK("<%.2s|%.9s|%.0s|%.s>", "four", "four", "four", "four");
	CHECK("<%10.2s|%-10.2s|%*.*s|%-*s>", "four", "four", 7, 3, "four", 6, "four");
	CHECK("<%c%3c%-3c>", 'a', 'b', 'c');
	CHECK("%c", 0);
}

/* A precision bounds what is read: the bytes need no NUL. */
static void precision_bounds_the_reading(void **context)
{
	char *bytes = malloc(3), text[8];

	(void)context;
	assert_non_null(bytes);
	memcpy(bytes, "abc", 3);
	assert_int_equal(format_text(text, sizeof(text), "%.*s", 3, bytes), 3);
	assert_string_equal(text, "abc");
	free(bytes);
}

static void missing_string_is_shown(void **context)
{
	const char *volatile missing = NULL;
	char text[16];

	(void)context;
	assert_int_equal(format_text(text, sizeof(text), "<%s>", missing), 8);
	assert_string_equal(text, "<(null)>");
}

static void limits_of_the_numbers(void **context)
{
	(void)context;
	CHECK("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	CHECK("%ld %ld %lld %lld", LONG_MAX, LONG_MIN, LLONG_MAX, LLONG_MIN);
	CHECK("%zd %zd", (ssize_t)SSIZE_MAX, (ssize_t)-1);
	CHECK("%u %lu %llu %zu", UINT_MAX, ULONG_MAX, ULLONG_MAX, SIZE_MAX);
	CHECK("%x %X %lx %llX %zx", UINT_MAX, 0xabcdefU, ULONG_MAX, ULLONG_MAX, SIZE_MAX);
	CHECK("%" PRIu64 " %" PRIx64 " %" PRId64, UINT64_MAX, UINT64_MAX, INT64_MIN);
	CHECK("<%5d|%-5d|%05d|%05d|%-5u|%08x|%02x|%3u>", 42, 42, 42, -42, 42U, 0xbeefU, 0x1ffU, 12345U);
	CHECK("<%*d|%-*d|%0*x>", 6, -7, 6, -7, 6, 0xaU);
}

static void text_is_cut_and_its_length_told(void **context)
{
	size_t size;

	(void)context;
	for (size = 1; size < 24; size++) {
		CHECK_SIZE(size, "%s-%04d-%6s", "begin", 42, "end");
		CHECK_SIZE(size, "%-12s|%c", "x", 'y');
	}
	assert_int_equal(format_text(NULL, 0, "%s %d", "eight", 10), 8);
}

/* What is not known is shown as its letter, and an unfinished conversion is nothing. */
static void unknown_conversions_are_harmless(void **context)
{
	static const char *const formats[] = {"<%q>", "<%5", "<%-0.", "<%l", "<%"};
	static const char *const wanted[] = {"<q>", "<", "<", "<", "<"};
	char text[16];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		assert_int_equal(format_text(text, sizeof(text), formats[i], 0), strlen(wanted[i]));
		assert_string_equal(text, wanted[i]);
	}
	/* A negative width from an argument counts as none. */
	assert_int_equal(format_text(text, sizeof(text), "<%*d>", -5, 7), 3);
	assert_string_equal(text, "<7>");
}

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t random_below(uint64_t limit)
{
	return random_number() % limit;
}

/* A value of any magnitude. */
static uint64_t random_value(void)
{
	return random_number() >> random_below(64);
}

/* Writes flags and width of a conversion. */
static void random_spec(char *ret, bool may_have_zero)
{
	*ret++ = '%';
	if (random_below(3) == 0)
		*ret++ = '-';
	else if (may_have_zero && random_below(3) == 0)
		*ret++ = '0';
	*ret = '\0';
	if (random_below(2))
		(void)sprintf(ret, "%d", (int)random_below(40) + 1);
}

static void random_number_is_the_same(const char *spec, size_t room)
{
	static const char *const lengths[] = {"", "l", "ll", "z"};
	static const char conversions[] = "duxX";
	unsigned int length = (unsigned int)random_below(4);
	uint64_t value = random_value() * (random_below(2) ? 1 : UINT64_MAX);
	char format[64];

	(void)snprintf(
		format, sizeof(format), "a%s%s%cz", spec, lengths[length], conversions[random_below(4)]);
	switch (length) {
	case 0:
		CHECK_SIZE(room, format, (unsigned int)value);
		break;
	case 1:
		CHECK_SIZE(room, format, (unsigned long)value);
		break;
	case 2:
		CHECK_SIZE(room, format, (unsigned long long)value);
		break;
	default:
		CHECK_SIZE(room, format, (size_t)value);
		break;
	}
}

static void random_string_is_the_same(const char *spec, size_t room)
{
	static const char letters[] = "the quick brown fox jumps over the lazy dog";
	const char *string = letters + random_below(sizeof(letters));
	char format[64];

	if (random_below(2))
		(void)snprintf(format, sizeof(format), "%s.%ds|", spec, (int)random_below(50));
	else
		(void)snprintf(format, sizeof(format), "%ss|", spec);
	CHECK_SIZE(room, format, string);
}

static void thousands_of_formats_are_as_the_c_librarys(void **context)
{
	char spec[16];
	int i;

	(void)context;
	for (i = 0; i < 20000; i++) {
		bool is_number = random_below(3) != 0;
		size_t room = random_below(4) ? 512 : random_below(30) + 1;

		random_spec(spec, is_number);
		if (is_number)
			random_number_is_the_same(spec, room);
		else
			random_string_is_the_same(spec, room);
	}
}

static void new_text_is_as_long_as_it_must_be(void **context)
{
	char *text = format_new("%s %d %300s", "a", 1, "b");

	(void)context;
	assert_non_null(text);
	assert_int_equal(strlen(text), 304);
	assert_int_equal(strncmp(text, "a 1  ", 5), 0);
	free(text);
	no_memory = true;
	text = format_new("%s", "a");
	no_memory = false;
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_kept),
		cmocka_unit_test(strings_and_characters),
		cmocka_unit_test(precision_bounds_the_reading),
		cmocka_unit_test(missing_string_is_shown),
		cmocka_unit_test(limits_of_the_numbers),
		cmocka_unit_test(text_is_cut_and_its_length_told),
		cmocka_unit_test(unknown_conversions_are_harmless),
		cmocka_unit_test(thousands_of_formats_are_as_the_c_librarys),
		cmocka_unit_test(new_text_is_as_long_as_it_must_be),
	};

	return RUN_TESTS(tests);
}
