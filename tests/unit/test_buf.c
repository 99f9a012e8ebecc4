// SPDX-License-Identifier: MIT
/*
 * Tests of common/buf.c.
 * wrap: realloc
 */
#include "unit.h"

static bool out_of_memory;
static size_t reallocs;

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
	reallocs++;
	return out_of_memory ? NULL : __real_realloc(pointer, size);
}

static void empty_buffer_is_an_empty_string(void **context)
{
	struct buf buf = {0};

	(void)context;
	assert_string_equal(buf_string(&buf), "");
	assert_false(buf_failed(&buf));
	buf_free(&buf);
}

static void pieces_are_joined(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_puts(&buf, "one");
	buf_putc(&buf, ' ');
	buf_add(&buf, "two three", 3);
	buf_printf(&buf, " %d%s", 3, "!");
	assert_buf(&buf, "one two 3!");
}

static void nul_bytes_are_kept(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "a\0b\0", 4);
	buf_free(&buf);
}

static void adding_nothing_still_makes_a_string(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_add(&buf, NULL, 0);
	assert_non_null(buf.data);
	assert_buf(&buf, "");
}

static void growth_doubles(void **context)
{
	struct buf buf = {0};
	size_t i;

	(void)context;
	reallocs = 0;
	for (i = 0; i < 100000; i++)
		buf_putc(&buf, (char)('a' + i % 26));
	assert_int_equal(buf.len, 100000);
	assert_true(reallocs <= 11);
	for (i = 0; i < 100000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	assert_int_equal(buf.data[100000], 0);
	buf_free(&buf);
}

static void formatted_text_may_exceed_the_room(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_printf(&buf, "%*d", 5000, 7);
	assert_int_equal(buf.len, 5000);
	assert_int_equal(buf.data[4999], '7');
	buf_free(&buf);
}

static void running_out_of_memory_is_remembered(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_puts(&buf, "kept");
	out_of_memory = true;
	buf_printf(&buf, "%*d", 5000, 7);
	out_of_memory = false;
	assert_true(buf_failed(&buf));
	buf_puts(&buf, "ignored");
	buf_printf(&buf, "ignored");
	assert_string_equal(buf_string(&buf), "kept");
	buf_free(&buf);
	assert_false(buf_failed(&buf));
}

static void absurd_lengths_are_refused(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_add(&buf, "x", SIZE_MAX / 2);
	assert_true(buf_failed(&buf));
	assert_null(buf.data);
	buf_free(&buf);
}

static void take_hands_the_string_over(void **context)
{
	struct buf buf = {0};
	char *text;

	(void)context;
	buf_puts(&buf, "mine");
	text = buf_take(&buf);
	assert_string_equal(text, "mine");
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	free(text);
}

static void take_of_an_empty_buffer_is_an_empty_string(void **context)
{
	struct buf buf = {0};
	char *text = buf_take(&buf);

	(void)context;
	assert_string_equal(text, "");
	free(text);
}

static void take_after_failure_is_null(void **context)
{
	struct buf buf = {0};

	(void)context;
	buf_puts(&buf, "lost");
	buf.failed = true;
	assert_null(buf_take(&buf));
	assert_null(buf.data);
	out_of_memory = true;
	assert_null(buf_take(&buf));
	out_of_memory = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_buffer_is_an_empty_string),
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(nul_bytes_are_kept),
		cmocka_unit_test(adding_nothing_still_makes_a_string),
		cmocka_unit_test(growth_doubles),
		cmocka_unit_test(formatted_text_may_exceed_the_room),
		cmocka_unit_test(running_out_of_memory_is_remembered),
		cmocka_unit_test(absurd_lengths_are_refused),
		cmocka_unit_test(take_hands_the_string_over),
		cmocka_unit_test(take_of_an_empty_buffer_is_an_empty_string),
		cmocka_unit_test(take_after_failure_is_null),
	};

	return RUN_TESTS(tests);
}
