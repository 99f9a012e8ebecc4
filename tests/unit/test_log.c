// SPDX-License-Identifier: MIT
/*
 * Tests of common/log.c.
 * wrap: open format_new_args
 */
#include "log.h"
#include <fcntl.h>
#include "capture.h"

static int kmsg = -1; /* what the log gets when it opens /dev/kmsg */
static int opens;
static bool out_of_memory;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);
char *__real_format_new_args(const char *format, va_list args) _printf_(1, 0);
char *__wrap_format_new_args(const char *format, va_list args) _printf_(1, 0);

int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (strcmp(path, "/dev/kmsg") != 0)
		return __real_open(path, flags, mode);
	assert_int_equal(flags, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	opens++;
	return kmsg < 0 ? -1 : dup(kmsg);
}

char *__wrap_format_new_args(const char *format, va_list args)
{
	return out_of_memory ? NULL : __real_format_new_args(format, args);
}

static struct capture capture;

static int start(void **context)
{
	(void)context;
	kmsg = memfd_create("kmsg", MFD_CLOEXEC);
	opens = 0;
	log_set_program("test");
	log_set_kmsg(false);
	log_set_debug(false);
	capture_begin(&capture, STDERR_FILENO);
	return 0;
}

static int stop(void **context)
{
	(void)context;
	return close(kmsg);
}

/* What was written to the kernel's log. */
static const char *kmsg_text(void)
{
	static char text[8192];
	ssize_t len = pread(kmsg, text, sizeof(text) - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	return text;
}

static void line_begins_with_the_program(void **context)
{
	(void)context;
	log_error("%s is %d", "it", 1);
	assert_string_equal(capture_end(&capture), "test: it is 1\n");
	assert_int_equal(opens, 0);
}

static void untrusted_bytes_are_escaped_once(void **context)
{
	(void)context;
	log_warning("a%s", "\n\x1b[2J\\");
	assert_string_equal(capture_end(&capture), "test: a\\x0a\\x1b[2J\\\\\n");
}

static void escaped_line_is_not_escaped_again(void **context)
{
	(void)context;
	log_escaped(LOG_NOTICE, "a\\x0a%s");
	assert_string_equal(capture_end(&capture), "test: a\\x0a%s\n");
}

static void debug_is_hidden_until_asked_for(void **context)
{
	(void)context;
	log_debug("hidden");
	log_escaped(LOG_DEBUG, "hidden");
	log_set_debug(true);
	log_debug("shown");
	assert_string_equal(capture_end(&capture), "test: shown\n");
}

static void kernel_log_gets_facility_and_level(void **context)
{
	(void)context;
	log_set_kmsg(true);
	log_error("one");
	log_warning("two");
	log_notice("three");
	log_escaped(LOG_INFO, "four");
	assert_string_equal(capture_end(&capture), "test: one\ntest: two\ntest: three\ntest: four\n");
	assert_string_equal(kmsg_text(), "<27>test: one\n<28>test: two\n<29>test: three\n<30>test: four\n");
	assert_int_equal(opens, 4);
}

static void line_for_the_kernel_log_alone(void **context)
{
	(void)context;
	log_kernel(LOG_INFO, "nowhere");
	log_set_kmsg(true);
	log_kernel(LOG_INFO, "a%s", "\n");
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(kmsg_text(), "<30>test: a\\x0a\n");
}

static void absent_kernel_log_is_no_failure(void **context)
{
	int saved = kmsg;

	(void)context;
	log_set_kmsg(true);
	kmsg = -1;
	log_error("still here");
	kmsg = saved;
	assert_string_equal(capture_end(&capture), "test: still here\n");
}

/* Logs a line of `len` bytes in all and looks at the record. */
static void check_record(size_t len, const char *last, bool cut)
{
	char text[1024] = "", wanted[1100], line[1050];

	memset(text, 'x', len - strlen("test: ") - strlen(last));
	strcat(text, last);
	(void)snprintf(line, sizeof(line), "test: %s", text);
	log_error("%s", text);
	if (cut)
		(void)snprintf(wanted, sizeof(wanted), "<27>%.*s...\n", LOG_KMSG_MAX, line);
	else
		(void)snprintf(wanted, sizeof(wanted), "<27>%s\n", line);
	assert_string_equal(kmsg_text(), wanted);
	strcat(line, "\n");
	assert_string_equal(capture_end(&capture), line);
}

static void longest_record_is_whole(void **context)
{
	(void)context;
	log_set_kmsg(true);
	check_record(LOG_KMSG_MAX, "", false);
}

static void longer_record_is_cut(void **context)
{
	(void)context;
	log_set_kmsg(true);
	check_record(LOG_KMSG_MAX + 1, "", true);
}

static void cut_does_not_split_a_character(void **context)
{
	char wanted[1100], text[1024] = "";

	(void)context;
	log_set_kmsg(true);
	memset(text, 'x', LOG_KMSG_MAX - strlen("test: ") - 2);
	log_error("%s\xe2\x82\xac", text);
	(void)capture_end(&capture);
	(void)snprintf(wanted, sizeof(wanted), "<27>test: %s...\n", text);
	assert_string_equal(kmsg_text(), wanted);
}

static void without_memory_nothing_is_written(void **context)
{
	(void)context;
	log_set_kmsg(true);
	out_of_memory = true;
	log_error("lost");
	log_kernel(LOG_ERR, "lost");
	out_of_memory = false;
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(kmsg_text(), "");
}

#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(line_begins_with_the_program),
		LOG_TEST(untrusted_bytes_are_escaped_once),
		LOG_TEST(escaped_line_is_not_escaped_again),
		LOG_TEST(debug_is_hidden_until_asked_for),
		LOG_TEST(kernel_log_gets_facility_and_level),
		LOG_TEST(line_for_the_kernel_log_alone),
		LOG_TEST(absent_kernel_log_is_no_failure),
		LOG_TEST(longest_record_is_whole),
		LOG_TEST(longer_record_is_cut),
		LOG_TEST(cut_does_not_split_a_character),
		LOG_TEST(without_memory_nothing_is_written),
	};

	return RUN_TESTS(tests);
}
