// SPDX-License-Identifier: MIT
/*
 * Tests of common/out.c.
 * wrap: write format_new_args realloc
 */
#include "out.h"
#include "capture.h"
#include "format.h"

static struct {
	int error;      /* of each write from now on */
	size_t most;    /* bytes that one write takes; 0: all */
	bool interrupt; /* the next one is */
	size_t writes;
	bool no_text, no_memory;
} fake;

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
char *__real_format_new_args(const char *format, va_list args) _printf_(1, 0);
char *__wrap_format_new_args(const char *format, va_list args) _printf_(1, 0);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	fake.writes++;
	errno = fake.error ? fake.error : EINTR;
	if (fake.error || fake.interrupt) {
		fake.interrupt = false;
		return -1;
	}
	return __real_write(fd, bytes, fake.most && len > fake.most ? fake.most : len);
}

char *__wrap_format_new_args(const char *format, va_list args)
{
	return fake.no_text ? NULL : __real_format_new_args(format, args);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fake.no_memory ? NULL : __real_realloc(pointer, size);
}

static struct capture capture;

static int start(void **context)
{
	(void)context;
	memset(&fake, 0, sizeof(fake));
	return out_finish();
}

/* Ends the output with that result, and checks what arrived. */
static void check_finish(int wanted, const char *text)
{
	int r = out_finish();

	fake.error = 0;
	assert_string_equal(capture_end(&capture), text);
	assert_int_equal(r, wanted);
}

static void output_is_written_at_the_end(void **context)
{
	(void)context;
	fake.writes = 0;
	capture_begin(&capture, STDOUT_FILENO);
	out_printf("%s %d", "one", 2);
	out_bytes("\n", 1);
	out_printf("%s", "");
	assert_int_equal(fake.writes, 0);
	check_finish(0, "one 2\n");
	assert_int_equal(fake.writes, 1);
}

static void nothing_is_written_without_output(void **context)
{
	(void)context;
	fake.writes = 0;
	fake.error = EBADF;
	assert_int_equal(out_finish(), 0);
	assert_int_equal(fake.writes, 0);
}

static void zero_bytes_are_kept(void **context)
{
	(void)context;
	capture_begin(&capture, STDOUT_FILENO);
	out_bytes("a\0b", 3);
	assert_int_equal(out_finish(), 0);
	(void)capture_end(&capture);
	assert_memory_equal(capture.text, "a\0b", 4);
}

static void large_output_is_written_before_the_end(void **context)
{
	static char line[1024];
	int i;

	(void)context;
	memset(line, 'x', sizeof(line));
	fake.writes = 0;
	capture_begin(&capture, STDOUT_FILENO);
	for (i = 0; i < 63; i++)
		out_bytes(line, sizeof(line));
	assert_int_equal(fake.writes, 0);
	out_bytes(line, sizeof(line) - 1);
	assert_int_equal(fake.writes, 0);
	out_bytes("y", 1);
	assert_int_equal(fake.writes, 1);
	assert_int_equal(out_finish(), 0);
	assert_int_equal(fake.writes, 1);
	(void)capture_end(&capture);
	assert_int_equal(strlen(capture.text), 65535); /* all that a capture has room for */
}

static void short_and_interrupted_writes_go_on(void **context)
{
	(void)context;
	fake.most = 2;
	fake.interrupt = true;
	capture_begin(&capture, STDOUT_FILENO);
	out_printf("seven!!");
	check_finish(0, "seven!!");
}

/* The first error is told, nothing is written after it, and the next verb starts afresh. */
static void lost_output_is_told_once(void **context)
{
	static char large[65536];

	(void)context;
	memset(large, 'x', sizeof(large));
	capture_begin(&capture, STDOUT_FILENO);
	fake.error = ENOSPC;
	out_bytes(large, sizeof(large));
	fake.error = EIO;
	out_printf("more");
	assert_int_equal(out_finish(), -ENOSPC);
	fake.error = 0;
	out_printf("afresh");
	check_finish(0, "afresh");
}

static void without_memory_output_is_lost(void **context)
{
	(void)context;
	capture_begin(&capture, STDOUT_FILENO);
	out_printf("a");
	fake.no_text = true;
	out_printf("b");
	fake.no_text = false;
	check_finish(-ENOMEM, "");
	capture_begin(&capture, STDOUT_FILENO);
	fake.no_memory = true;
	out_printf("a");
	fake.no_memory = false;
	check_finish(-ENOMEM, "");
}

static void error_text_goes_to_standard_error(void **context)
{
	struct buf text = {0};

	(void)context;
	buf_puts(&text, "wrong\n");
	capture_begin(&capture, STDERR_FILENO);
	out_error(&text);
	assert_string_equal(capture_end(&capture), "wrong\n");
	assert_null(text.data);
	assert_int_equal(text.len, 0);
	/* Where that fails, there is nowhere to say so. */
	buf_puts(&text, "wrong\n");
	fake.error = EIO;
	out_error(&text);
	fake.error = 0;
	assert_null(text.data);
	assert_int_equal(out_finish(), 0);
}

#define OUT_TEST(test) cmocka_unit_test_setup(test, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OUT_TEST(output_is_written_at_the_end),
		OUT_TEST(nothing_is_written_without_output),
		OUT_TEST(zero_bytes_are_kept),
		OUT_TEST(large_output_is_written_before_the_end),
		OUT_TEST(short_and_interrupted_writes_go_on),
		OUT_TEST(lost_output_is_told_once),
		OUT_TEST(without_memory_output_is_lost),
		OUT_TEST(error_text_goes_to_standard_error),
	};

	return RUN_TESTS(tests);
}
