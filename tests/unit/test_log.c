// SPDX-License-Identifier: MIT
/*
 * Tests of common/log.c.
 * wrap: open fstat getpeername format_new_args
 */
#include "log.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include "capture.h"

static int kmsg = -1;                       /* what the log gets when it opens /dev/kmsg */
static int console = -1;                    /* and /dev/console */
static const char *printk, *printk_devkmsg; /* what these files hold; NULL: they are not there */
static bool stderr_is_console, stderr_is_closed;
static const char *stderr_peer; /* the socket that it is connected to; NULL: it is none */
static int opens;
static bool out_of_memory;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_getpeername(int fd, struct sockaddr *ret, socklen_t *len);
int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
char *__real_format_new_args(const char *format, va_list args) _printf_(1, 0);
char *__wrap_format_new_args(const char *format, va_list args) _printf_(1, 0);

static int open_text(const char *text)
{
	int fd = text ? memfd_create("text", MFD_CLOEXEC) : -1;

	if (fd >= 0)
		assert_true(pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text));
	return fd;
}

int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (strcmp(path, "/proc/sys/kernel/printk") == 0)
		return open_text(printk);
	if (strcmp(path, "/proc/sys/kernel/printk_devkmsg") == 0)
		return open_text(printk_devkmsg);
	if (strcmp(path, "/dev/console") == 0)
		return console < 0 ? -1 : dup(console);
	if (strcmp(path, "/dev/kmsg") != 0)
		return __real_open(path, flags, mode);
	assert_int_equal(flags, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	opens++;
	return kmsg < 0 ? -1 : dup(kmsg);
}

int __wrap_getpeername(int fd, struct sockaddr *ret, socklen_t *len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	assert_int_equal(fd, STDERR_FILENO);
	if (!stderr_peer) {
		errno = ENOTSOCK;
		return -1;
	}
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", stderr_peer);
	assert_true(*len >= sizeof(address));
	memcpy(ret, &address, sizeof(address));
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path) + 1);
	return 0;
}

int __wrap_fstat(int fd, struct stat *st)
{
	if (fd == STDERR_FILENO && stderr_is_closed) {
		errno = EBADF;
		return -1;
	}
	if (__real_fstat(fd, st) < 0)
		return -1;
	if (fd == STDERR_FILENO && stderr_is_console) {
		st->st_mode = S_IFCHR | 0600;
		st->st_rdev = makedev(5, 1);
	}
	return 0;
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
	console = memfd_create("console", MFD_CLOEXEC);
	printk = "4\t4\t1\t7\n";
	printk_devkmsg = "on\n";
	stderr_is_console = stderr_is_closed = false;
	stderr_peer = NULL;
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
	(void)close(console);
	return close(kmsg);
}

/* What was written to one of them. */
static const char *text_of(int fd)
{
	static char text[8192];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	return text;
}

static const char *kmsg_text(void)
{
	return text_of(kmsg);
}

/* stderr becomes a stream to the journal. */
static void stderr_is_journal(void)
{
	stderr_peer = "/run/systemd/journal/stdout";
}

static void log_each_level(void)
{
	log_set_kmsg(true);
	log_error("error");
	log_warning("warning");
	log_notice("notice");
}

#define EACH_RECORD "<27>test: error\n<28>test: warning\n<29>test: notice\n"
#define EACH_LINE "test: error\ntest: warning\ntest: notice\n"

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

static void console_shows_each_line_once(void **context)
{
	(void)context;
	stderr_is_console = true;
	log_each_level();
	assert_string_equal(capture_end(&capture), "test: warning\ntest: notice\n");
	assert_string_equal(kmsg_text(), EACH_RECORD);
	assert_string_equal(text_of(console), "");
}

static void console_of_a_talkative_kernel_needs_nothing_more(void **context)
{
	(void)context;
	stderr_is_console = true;
	printk = "15\t4\t1\t7\n";
	log_each_level();
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(kmsg_text(), EACH_RECORD);
}

static void console_gets_all_where_the_level_is_unknown(void **context)
{
	(void)context;
	stderr_is_console = true;
	printk = NULL;
	log_each_level();
	assert_string_equal(capture_end(&capture), EACH_LINE);
}

static void journal_gets_each_line_once(void **context)
{
	(void)context;
	stderr_is_journal();
	log_each_level();
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(kmsg_text(), EACH_RECORD);
	/* The kernel shows errors alone; a warning must be seen, a notice need not. */
	assert_string_equal(text_of(console), "test: warning\n");
}

static void quiet_kernel_keeps_no_trouble_back(void **context)
{
	(void)context;
	stderr_is_journal();
	printk = "1\t4\t1\t7\n";
	log_each_level();
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(text_of(console), "test: error\ntest: warning\n");
}

static void journal_without_a_console(void **context)
{
	int saved = console;

	(void)context;
	stderr_is_journal();
	printk = "1\t4\t1\t7\n";
	console = -1;
	log_each_level();
	console = saved;
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(kmsg_text(), EACH_RECORD);
}

static void another_socket_is_no_journal(void **context)
{
	(void)context;
	stderr_peer = "/run/systemd/journal/stdout2";
	log_each_level();
	assert_string_equal(capture_end(&capture), EACH_LINE);
	assert_string_equal(kmsg_text(), EACH_RECORD);
}

static void closed_stderr_is_no_failure(void **context)
{
	(void)context;
	stderr_is_closed = true;
	log_each_level();
	assert_string_equal(capture_end(&capture), "");
	assert_string_equal(kmsg_text(), EACH_RECORD);
}

static void kernel_log_that_drops_is_no_log(void **context)
{
	(void)context;
	stderr_is_journal();
	printk_devkmsg = "off\n";
	log_each_level();
	assert_string_equal(capture_end(&capture), EACH_LINE);
	assert_string_equal(kmsg_text(), "");
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
		LOG_TEST(console_shows_each_line_once),
		LOG_TEST(console_of_a_talkative_kernel_needs_nothing_more),
		LOG_TEST(console_gets_all_where_the_level_is_unknown),
		LOG_TEST(journal_gets_each_line_once),
		LOG_TEST(quiet_kernel_keeps_no_trouble_back),
		LOG_TEST(journal_without_a_console),
		LOG_TEST(another_socket_is_no_journal),
		LOG_TEST(closed_stderr_is_no_failure),
		LOG_TEST(kernel_log_that_drops_is_no_log),
		LOG_TEST(longest_record_is_whole),
		LOG_TEST(longer_record_is_cut),
		LOG_TEST(cut_does_not_split_a_character),
		LOG_TEST(without_memory_nothing_is_written),
	};

	return RUN_TESTS(tests);
}
