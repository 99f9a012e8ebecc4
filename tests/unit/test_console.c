// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/console.c at pseudo-terminals: what is typed, pressed, typed ahead and broken, on several consoles; what
 * is shown, and in lines of which length.
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include "console.h"
#include "fakeroot.h"

#define NAMES 3

static struct {
	int master[NAMES];
	pid_t typist;
	struct consoles consoles;
	char shown[65536];
} pty;

/* Makes consoles ttyT0, ttyT1 and so on, behind the names of pseudo-terminals. */
static void make_consoles(int count)
{
	char name[128], dev[32], list[256] = "";
	int i, slave;

	for (i = 0; i < count; i++) {
		assert_int_equal(openpty(&pty.master[i], &slave, name, NULL, NULL), 0);
		(void)snprintf(dev, sizeof(dev), "/dev/ttyT%d", i);
		fakeroot_link(dev, name);
		(void)snprintf(list + strlen(list), sizeof(list) - strlen(list),
			"ttyT%d                -W- (EC   a)    4:%d\n", i, 64 + i);
		/* Without an open end the master reads EIO before the console is opened. */
	}
	fakeroot_file(PROC_CONSOLES, list);
	assert_int_equal(consoles_open(&pty.consoles, NULL), 0);
	assert_int_equal(pty.consoles.count, count);
}

static int stop(void **context)
{
	int i;

	consoles_close(&pty.consoles);
	if (pty.typist > 0) {
		(void)kill(pty.typist, SIGKILL);
		(void)waitpid(pty.typist, NULL, 0);
	}
	for (i = 0; i < NAMES; i++)
		if (pty.master[i] > 0)
			(void)close(pty.master[i]);
	memset(&pty, 0, sizeof(pty));
	return fakeroot_remove(context);
}

/* What has been shown on a console so far. */
static const char *shown(int which)
{
	struct pollfd wait = {.fd = pty.master[which], .events = POLLIN};
	size_t len = 0;
	ssize_t n;

	while (poll(&wait, 1, 50) > 0 &&
		(n = read(pty.master[which], pty.shown + len, sizeof(pty.shown) - 1 - len)) > 0)
		len += (size_t)n;
	pty.shown[len] = '\0';
	return pty.shown;
}

/* A person who types when the prompt is there. */
static void type_later(int which, const char *bytes, size_t len)
{
	pty.typist = fork();
	if (pty.typist != 0)
		return;
	char text[4096];
	size_t have = 0;

	while (have < sizeof(text) - 1 && !memchr(text, '?', have)) {
		ssize_t n = read(pty.master[which], text + have, sizeof(text) - 1 - have);

		if (n <= 0)
			_exit(1);
		have += (size_t)n;
	}
	if (write(pty.master[which], bytes, len) != (ssize_t)len)
		_exit(1);
	for (;;)
		pause();
}

static int ask(bool secret, char *ret, size_t *ret_index)
{
	const struct console_read how = {.secret = secret, .seconds = 20};

	return consoles_ask(&pty.consoles, "Well? ", &how, ret, ret_index);
}

static void check_line(const char *typed, size_t len, const char *wanted)
{
	char answer[CONSOLE_LINE_MAX];
	size_t index = 9;

	make_consoles(1);
	type_later(0, typed, len);
	assert_int_equal(ask(false, answer, &index), strlen(wanted));
	assert_string_equal(answer, wanted);
	assert_int_equal(index, 0);
}

#define LINE_TEST(name, typed, wanted)                              \
	static void name(void **context)                            \
	{                                                           \
		(void)context;                                      \
		check_line("" typed, sizeof(typed) - 1, "" wanted); \
	}

LINE_TEST(line_ends_at_return, "abc\rdef\r", "abc")
LINE_TEST(line_ends_at_newline, "abc\n", "abc")
LINE_TEST(empty_line_is_empty, "\r", "")
LINE_TEST(backspace_erases_a_character, "ab\x7f\x08\x7f\x7fyxs\xc3\xa4\x7f\r", "yxs")
LINE_TEST(kill_erases_the_line, "secret\x15yes\r", "yes")
LINE_TEST(control_keys_are_no_input,
	"\x03\x1a\x1c\x04y\x11\x13"
	"e\0s\x0f\x1b\r",
	"yes")

static void console_without_input_ends_in_time(void **context)
{
	const struct console_read how = {.seconds = 1};
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	make_consoles(2);
	assert_int_equal(consoles_ask(&pty.consoles, "? ", &how, answer, &index), -ETIMEDOUT);
}

static void long_line_is_refused(void **context)
{
	char typed[CONSOLE_LINE_MAX + 1], answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	memset(typed, 'x', sizeof(typed));
	typed[sizeof(typed) - 1] = '\r';
	make_consoles(1);
	type_later(0, typed, sizeof(typed));
	assert_int_equal(ask(true, answer, &index), -E2BIG);
}

static void longest_line_is_whole(void **context)
{
	char typed[CONSOLE_LINE_MAX], answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	memset(typed, 'x', sizeof(typed));
	typed[sizeof(typed) - 1] = '\r';
	make_consoles(1);
	type_later(0, typed, sizeof(typed));
	assert_int_equal(ask(true, answer, &index), CONSOLE_LINE_MAX - 1);
}

/* What lies in the line before the prompt is no answer to it. */
static void typed_ahead_is_dropped(void **context)
{
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	make_consoles(1);
	assert_int_equal(write(pty.master[0], "yes\nyes\n", 8), 8);
	type_later(0, "no\r", 3);
	assert_int_equal(ask(false, answer, &index), 2);
	assert_string_equal(answer, "no");
}

static void any_console_may_answer(void **context)
{
	char answer[CONSOLE_LINE_MAX];
	size_t index = 9;

	(void)context;
	make_consoles(3);
	type_later(1, "here\r", 5);
	assert_int_equal(ask(false, answer, &index), 4);
	assert_int_equal(index, 1);
	assert_string_equal(pty.consoles.list[index].name, "ttyT1");
	assert_string_equal(shown(0), "Well? ");
	assert_string_equal(shown(2), "Well? ");
}

/* A password is not taken from somebody else than who began, nor shown to him. */
static void only_one_console_may_go_on(void **context)
{
	struct console_read how = {.secret = true, .only = "ttyT1", .seconds = 1};
	char answer[CONSOLE_LINE_MAX];
	size_t index = 9;

	(void)context;
	make_consoles(2);
	type_later(0, "mine\r", 5);
	assert_int_equal(consoles_ask(&pty.consoles, "Well? ", &how, answer, &index), -ETIMEDOUT);
	(void)kill(pty.typist, SIGKILL);
	(void)waitpid(pty.typist, NULL, 0);
	pty.typist = 0;
	assert_string_equal(shown(1), "Well? ");
	type_later(1, "here\r", 5);
	how.seconds = 20;
	assert_int_equal(consoles_ask(&pty.consoles, "Well? ", &how, answer, &index), 4);
	assert_int_equal(index, 1);
	how.only = "ttyT2";
	assert_int_equal(consoles_ask(&pty.consoles, "Well? ", &how, answer, &index), -EIO);
}

static void secret_is_not_shown(void **context)
{
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	make_consoles(1);
	type_later(0,
		"se\x7f"
		"ecret\r",
		9);
	assert_int_equal(ask(true, answer, &index), 6);
	assert_string_equal(answer, "secret");
	assert_null(strpbrk(shown(0), "secrt\b"));
}

/* A line that is closed is left out; without any there is no answer. */
static void closed_console_is_left_out(void **context)
{
	char answer[CONSOLE_LINE_MAX];
	size_t index = 9;

	(void)context;
	make_consoles(2);
	(void)close(pty.master[0]);
	pty.master[0] = -1;
	type_later(1, "yes\r", 4);
	assert_int_equal(ask(false, answer, &index), 3);
	assert_int_equal(index, 1);
	(void)kill(pty.typist, SIGKILL);
	(void)waitpid(pty.typist, NULL, 0);
	pty.typist = 0;
	(void)close(pty.master[1]);
	pty.master[1] = -1;
	assert_int_equal(ask(false, answer, &index), -EIO);
}

/* No console becomes the terminal of this session: nothing that is pressed there sends a signal. */
static void console_is_no_controlling_terminal(void **context)
{
	pid_t child;
	int status = 1;

	(void)context;
	make_consoles(1);
	consoles_close(&pty.consoles);
	child = fork();
	if (child == 0) {
		int fd;

		(void)setsid();
		if (consoles_open(&pty.consoles, NULL) < 0)
			_exit(2);
		fd = open("/dev/tty", O_RDWR);
		_exit(fd < 0 && errno == ENXIO ? 0 : 3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void terminal_is_given_back_as_it_was(void **context)
{
	struct termios before, during, after;
	const struct console_read how = {.seconds = 1};
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	make_consoles(1);
	before = pty.consoles.list[0].saved;
	assert_int_equal(consoles_ask(&pty.consoles, "? ", &how, answer, &index), -ETIMEDOUT);
	assert_int_equal(tcgetattr(pty.master[0], &during), 0);
	assert_int_equal(during.c_lflag & (ISIG | ICANON | ECHO), 0);
	assert_int_equal(during.c_iflag & (IXON | BRKINT), 0);
	consoles_close(&pty.consoles);
	assert_int_equal(tcgetattr(pty.master[0], &after), 0);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_iflag, before.c_iflag);
}

static void consoles_are_those_that_can_be_opened(void **context)
{
	(void)context;
	fakeroot_file(PROC_CONSOLES, "ttyX0 -W- (EC)\n../etc -W-\nnull -W-\n\n");
	fakeroot_link("/dev/null", "/dev/null");
	assert_int_equal(consoles_open(&pty.consoles, NULL), -ENXIO);
	assert_int_equal(pty.consoles.count, 0);
	assert_int_equal(unlink(fakeroot_path(PROC_CONSOLES)), 0);
	assert_int_equal(consoles_open(&pty.consoles, NULL), -ENXIO);
}

/* On s390x the name of a console is not that of its device, which may lie in a folder too. */
static void console_is_opened_by_its_number(void **context)
{
	char name[128];
	int slave;

	(void)context;
	assert_int_equal(openpty(&pty.master[0], &slave, name, NULL, NULL), 0);
	fakeroot_link("/dev/sclp_line0", name);
	fakeroot_link("/dev/3270/tty1", name);
	fakeroot_file("/sys/dev/char/4:64/uevent", "MAJOR=4\nMINOR=64\nDEVNAME=sclp_line0\n");
	fakeroot_file("/sys/dev/char/227:1/uevent", "DEVNAME=3270/tty1\n");
	fakeroot_file("/sys/dev/char/227:2/uevent", "MAJOR=227\n");
	fakeroot_file(PROC_CONSOLES, "ttyS0                -W- (EC p  )    4:64\n"
				     "tty3270              -W- (E     )  227:1\n"
				     "ttyX0                -W- (E     )  227:2\n"
				     "ttyY0                -W- (E     )  ../4:64\n"
				     "ttyZ0                -W- (E     )\nttyV0\n");
	assert_int_equal(consoles_open(&pty.consoles, NULL), 0);
	assert_int_equal(pty.consoles.count, 2);
	assert_string_equal(pty.consoles.list[0].name, "sclp_line0");
	assert_string_equal(pty.consoles.list[1].name, "3270/tty1");
	consoles_close(&pty.consoles);
	/* The shell asks for the device that was answered on. */
	assert_int_equal(consoles_open(&pty.consoles, "sclp_line0"), 0);
	assert_int_equal(pty.consoles.count, 1);
}

static void one_console_can_be_named(void **context)
{
	(void)context;
	make_consoles(3);
	consoles_close(&pty.consoles);
	assert_int_equal(consoles_open(&pty.consoles, "ttyT1"), 0);
	assert_int_equal(pty.consoles.count, 1);
	assert_string_equal(pty.consoles.list[0].name, "ttyT1");
	consoles_close(&pty.consoles);
	assert_int_equal(consoles_open(&pty.consoles, "ttyT"), -ENXIO);
}

static int ticks;

static int tick_twice(struct consoles *consoles, void *context)
{
	assert_ptr_equal(context, &ticks);
	assert_false(consoles->touched);
	return ++ticks == 3 ? -ETIME : 10;
}

static void clock_ends_the_wait(void **context)
{
	const struct console_read how = {.tick = tick_twice, .context = &ticks};
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	ticks = 0;
	make_consoles(1);
	assert_int_equal(consoles_ask(&pty.consoles, "? ", &how, answer, &index), -ETIME);
	assert_int_equal(ticks, 3);
}

static int tick_and_tell(struct consoles *consoles, void *context)
{
	int *told = context;

	if (*told)
		return -ETIME;
	*told = 1;
	consoles_write(consoles, "\nTold.\n");
	return 10;
}

static void prompt_follows_what_is_told_meanwhile(void **context)
{
	int told = 0;
	const struct console_read how = {.tick = tick_and_tell, .context = &told};
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	make_consoles(2);
	assert_int_equal(consoles_ask(&pty.consoles, "\nWell? ", &how, answer, &index), -ETIME);
	consoles_write(&pty.consoles, "Over.\n");
	assert_string_equal(shown(0), "\r\nWell? \r\nTold.\r\nWell? Over.\r\n");
	assert_string_equal(shown(1), "\r\nWell? \r\nTold.\r\nWell? Over.\r\n");
}

static int tick_slowly(struct consoles *consoles, void *context)
{
	(void)context;
	return consoles->touched ? -ETIME : 100;
}

static void key_stops_the_clock(void **context)
{
	const struct console_read how = {.tick = tick_slowly};
	char answer[CONSOLE_LINE_MAX];
	size_t index;

	(void)context;
	make_consoles(1);
	type_later(0, " x\r", 3);
	assert_int_equal(consoles_ask(&pty.consoles, "? ", &how, answer, &index), 2);
	assert_true(pty.consoles.touched);
}

static void check_wrap(const char *text, const char *wanted)
{
	struct buf lines = {0};

	console_wrap(text, &lines);
	assert_buf(&lines, wanted);
}

#define TEN "123456789 "
#define SEVENTY TEN TEN TEN TEN TEN TEN TEN

static void lines_fit_on_a_screen(void **context)
{
	(void)context;
	check_wrap("", "");
	check_wrap("one\n\ntwo\n", "one\n\ntwo\n");
	check_wrap(SEVENTY "123456789", SEVENTY "123456789");
	check_wrap(SEVENTY "1234567890",
		"123456789 123456789 123456789 123456789 123456789 123456789 123456789\n  1234567890");
	check_wrap("  " SEVENTY "1234567 x\ny",
		"  123456789 123456789 123456789 123456789 123456789 123456789 123456789 1234567\n    x\ny");
}

static void long_words_are_cut(void **context)
{
	char text[200], wanted[256];

	(void)context;
	memset(text, 'x', 160);
	text[160] = '\0';
	(void)snprintf(wanted, sizeof(wanted), "%.79s\n  %.77s\n  %.4s", text, text, text);
	check_wrap(text, wanted);
}

static void nothing_commands_the_terminal(void **context)
{
	(void)context;
	check_wrap("a\x1b[2Jb\x07\x7f\tc\r\xff\xc2\x9b"
		   "d\xc3\xa4\xe2\x82\xac",
		"a?[2Jb?? c???d\xc3\xa4\xe2\x82\xac");
}

#define CONSOLE_TEST(test) cmocka_unit_test_setup_teardown(test, fakeroot_new, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONSOLE_TEST(line_ends_at_return),
		CONSOLE_TEST(line_ends_at_newline),
		CONSOLE_TEST(empty_line_is_empty),
		CONSOLE_TEST(backspace_erases_a_character),
		CONSOLE_TEST(kill_erases_the_line),
		CONSOLE_TEST(control_keys_are_no_input),
		CONSOLE_TEST(console_without_input_ends_in_time),
		CONSOLE_TEST(long_line_is_refused),
		CONSOLE_TEST(longest_line_is_whole),
		CONSOLE_TEST(typed_ahead_is_dropped),
		CONSOLE_TEST(any_console_may_answer),
		CONSOLE_TEST(only_one_console_may_go_on),
		CONSOLE_TEST(secret_is_not_shown),
		CONSOLE_TEST(closed_console_is_left_out),
		CONSOLE_TEST(console_is_no_controlling_terminal),
		CONSOLE_TEST(terminal_is_given_back_as_it_was),
		CONSOLE_TEST(consoles_are_those_that_can_be_opened),
		CONSOLE_TEST(console_is_opened_by_its_number),
		CONSOLE_TEST(one_console_can_be_named),
		CONSOLE_TEST(clock_ends_the_wait),
		CONSOLE_TEST(prompt_follows_what_is_told_meanwhile),
		CONSOLE_TEST(key_stops_the_clock),
		CONSOLE_TEST(lines_fit_on_a_screen),
		CONSOLE_TEST(long_words_are_cut),
		CONSOLE_TEST(nothing_commands_the_terminal),
	};

	return RUN_TESTS(tests);
}
