// SPDX-License-Identifier: MIT
/* The consoles of /proc/consoles; see console.h. */
#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include "escape.h"
#include "format.h"
#include "sysfile.h"

#define STALL_MS 5000  /* a console that takes nothing for so long is left out */
#define QUIET_MS 200   /* typed-ahead input is over when nothing came for so long */
#define DROPS_MAX 50   /* so often at most; noise does not keep a prompt away for ever */
#define KEY_ERASE 0x08 /* and 0x7f */
#define KEY_KILL 0x15

static void close_console(struct console *console)
{
	if (console->fd < 0)
		return;
	if (console->raw)
		(void)tcsetattr(console->fd, TCSANOW, &console->saved);
	(void)close(console->fd);
	console->fd = -1;
}

void consoles_close(struct consoles *consoles)
{
	size_t i;

	for (i = 0; i < consoles->count; i++) {
		close_console(&consoles->list[i]);
		explicit_bzero(consoles->list[i].line, sizeof(consoles->list[i].line));
	}
	consoles->count = 0;
}

/* What a run of consoles_open() looks for. */
struct search {
	struct consoles *consoles;
	const char *name; /* NULL: any */
};

/* Opens the device that console->name is below /dev. Returns false where it is no terminal. */
static bool open_console(struct console *console)
{
	char path[NAME_MAX + 16];

	(void)format_text(path, sizeof(path), "/dev/%s", console->name);
	console->fd = sysfile_open(path, O_RDWR | O_NONBLOCK);
	if (console->fd >= 0 && tcgetattr(console->fd, &console->saved) == 0)
		return true;
	close_console(console);
	return false;
}

#define DEVICE_KEY "DEVNAME="

/* A line of a device's uevent file in sysfs: its name below /dev. */
static bool take_device_line(const char *line, void *context)
{
	struct console *console = context;

	if (strncmp(line, DEVICE_KEY, strlen(DEVICE_KEY)) != 0)
		return true;
	(void)format_text(console->name, sizeof(console->name), "%s", line + strlen(DEVICE_KEY));
	return false;
}

/*
 * "ttyS0                -W- (EC   a)    4:64": the console's name, and the number of its device, by which sysfs knows what
 * that is called: sclp_line0 on s390x. Where there is no such number, the console's name is the device's.
 */
static void find_device(const char *line, struct console *ret)
{
	const char *number = strrchr(line, ' ');
	char path[64];

	*ret = (struct console){.fd = -1};
	(void)format_text(ret->name, sizeof(ret->name), "%.*s", (int)strcspn(line, " "), line);
	if (number && !number[strspn(number, " 0123456789:")] &&
		format_text(path, sizeof(path), "/sys/dev/char/%s/uevent", number + 1) < sizeof(path))
		(void)!sysfile_lines(path, take_device_line, ret);
}

static bool take_console_line(const char *line, void *context)
{
	const struct search *search = context;
	struct consoles *consoles = search->consoles;
	struct console *console = &consoles->list[consoles->count];

	if (consoles->count == CONSOLE_MAX)
		return false;
	find_device(line, console);
	if (*console->name && (!search->name || string_equal(console->name, search->name)) &&
		open_console(console))
		consoles->count++;
	return true;
}

int consoles_open(struct consoles *ret, const char *name)
{
	struct search search = {.consoles = ret, .name = name};
	int r;

	*ret = (struct consoles){0};
	r = sysfile_lines(PROC_CONSOLES, take_console_line, &search);
	if (!ret->count && !name)
		(void)take_console_line("console", &search);
	if (ret->count)
		return 0;
	return r < 0 && r != -ENOENT ? r : -ENXIO;
}

/* ---- output ---- */

/* Characters of a word, and its bytes; a character is a byte that continues none. */
static size_t word_length(const char *text, size_t *ret_bytes)
{
	size_t i, n = 0;

	for (i = 0; text[i] && text[i] != ' ' && text[i] != '\n'; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	*ret_bytes = i;
	return n;
}

static void begin_line(struct buf *ret, size_t indent)
{
	buf_putc(ret, '\n');
	while (indent--)
		buf_putc(ret, ' ');
}

/* Adds one line of input, which ends at a newline or a NUL; returns its length. */
static size_t wrap_line(const char *text, struct buf *ret)
{
	size_t start = strspn(text, " "), at = start, column = 0, blanks = start, indent, bytes, n;

	if (start > CONSOLE_COLUMNS / 2)
		start = CONSOLE_COLUMNS / 2;
	indent = start + 2;
	while (text[at] && text[at] != '\n') {
		n = word_length(text + at, &bytes);
		if (column > indent && column + blanks + n > CONSOLE_COLUMNS) {
			begin_line(ret, indent);
			column = indent;
			blanks = 0;
		}
		for (column += blanks; blanks; blanks--)
			buf_putc(ret, ' ');
		for (; bytes; bytes--, at++) {
			bool begins = ((unsigned char)text[at] & 0xc0) != 0x80;

			if (begins && column == CONSOLE_COLUMNS) {
				begin_line(ret, indent);
				column = indent;
			}
			column += begins;
			buf_putc(ret, text[at]);
		}
		blanks = strspn(text + at, " ");
		at += blanks;
	}
	return at;
}

void console_wrap(const char *text, struct buf *ret)
{
	_cleanup_buf_ struct buf clean = {0};
	size_t i, n, len = strlen(text);

	for (i = 0; i < len; i += n) {
		unsigned char c = (unsigned char)text[i];

		n = c < 0x80 ? 1 : utf8_length((const unsigned char *)text + i, len - i);
		if ((n > 1 && (c != 0xc2 || (unsigned char)text[i + 1] >= 0xa0)) || c == '\n' ||
			(c >= 0x20 && c < 0x7f)) {
			buf_add(&clean, text + i, n);
			continue;
		}
		n = n > 1 ? n : 1;
		buf_putc(&clean, c == '\t' ? ' ' : '?');
	}
	for (i = 0; i < clean.len;) {
		i += wrap_line(clean.data + i, ret);
		if (i < clean.len) {
			buf_putc(ret, '\n');
			i++;
		}
	}
	ret->failed |= clean.failed;
}

/* Writes all of it, or closes a console that takes no more. */
static void write_console(struct console *console, const char *bytes, size_t len)
{
	struct pollfd wait = {.fd = console->fd, .events = POLLOUT};
	ssize_t n;

	while (len && console->fd >= 0) {
		n = write(console->fd, bytes, len);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			close_console(console);
		} else if (poll(&wait, 1, STALL_MS) == 0) {
			(void)tcflush(console->fd, TCOFLUSH);
			close_console(console);
		}
	}
}

/* To each, with the carriage returns that a terminal in any state needs. */
static void write_all(struct consoles *consoles, const char *text)
{
	_cleanup_buf_ struct buf bytes = {0};
	size_t i;

	for (; *text; text++) {
		if (*text == '\n')
			buf_putc(&bytes, '\r');
		buf_putc(&bytes, *text);
	}
	for (i = 0; i < consoles->count; i++)
		write_console(&consoles->list[i], buf_string(&bytes), bytes.len);
}

void consoles_write(struct consoles *consoles, const char *text)
{
	_cleanup_buf_ struct buf lines = {0};

	console_wrap(text, &lines);
	write_all(consoles, buf_string(&lines));
	if (consoles->prompt)
		write_all(consoles, consoles->prompt + strspn(consoles->prompt, "\n"));
}

/* ---- input ---- */

static void make_raw(struct console *console)
{
	struct termios raw = console->saved;

	raw.c_iflag = IGNBRK | IGNPAR;
	raw.c_oflag = OPOST;
	raw.c_lflag = 0;
	raw.c_cflag |= CREAD | CLOCAL;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	console->raw = console->fd >= 0 && tcsetattr(console->fd, TCSANOW, &raw) == 0;
}

/* The set for poll(2), in the order of the list; only: of that console alone. Returns false where none is open. */
static bool fill_set(const struct consoles *consoles, const char *only, struct pollfd set[static CONSOLE_MAX])
{
	bool any = false;
	size_t i;

	for (i = 0; i < consoles->count; i++) {
		bool counts = !only || string_equal(consoles->list[i].name, only);

		set[i] = (struct pollfd){.fd = counts ? consoles->list[i].fd : -1, .events = POLLIN};
		any |= set[i].fd >= 0;
	}
	return any;
}

/* Drops what was typed, until nothing comes for a moment. */
static void drop_input(struct consoles *consoles)
{
	struct pollfd set[CONSOLE_MAX];
	int drops = 0;
	size_t i;

	do {
		for (i = 0; i < consoles->count; i++)
			if (consoles->list[i].fd >= 0)
				(void)tcflush(consoles->list[i].fd, TCIFLUSH);
		if (!fill_set(consoles, NULL, set))
			return;
	} while (drops++ < DROPS_MAX && poll(set, consoles->count, QUIET_MS) > 0);
	for (i = 0; i < consoles->count; i++) {
		consoles->list[i].len = 0;
		consoles->list[i].too_long = false;
	}
}

/* Takes the last character away; returns false where there is none. */
static bool erase(struct console *console)
{
	if (!console->len)
		return false;
	while (console->len && ((unsigned char)console->line[--console->len] & 0xc0) == 0x80)
		;
	return true;
}

/* Takes one byte of a line; returns true at its end. */
static bool take_byte(struct console *console, char byte, bool secret)
{
	unsigned char c = (unsigned char)byte;

	if (c == '\r' || c == '\n') {
		write_console(console, "\r\n", 2);
		return true;
	}
	if (c == KEY_ERASE || c == 0x7f) {
		if (erase(console) && !secret)
			write_console(console, "\b \b", 3);
	} else if (c == KEY_KILL) {
		while (erase(console))
			if (!secret)
				write_console(console, "\b \b", 3);
	} else if (c >= 0x20 && console->len < sizeof(console->line) - 1) {
		console->line[console->len++] = byte;
		if (!secret)
			write_console(console, &byte, 1);
	} else if (c >= 0x20) {
		console->too_long = true;
	}
	return false;
}

/* Reads what one console has; returns true once a line is whole. */
static bool read_console(struct consoles *consoles, struct console *console, bool secret)
{
	char bytes[256];
	ssize_t i, n = read(console->fd, bytes, sizeof(bytes));
	bool whole = false;

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close_console(console);
		return false;
	}
	for (i = 0; i < n && !whole; i++) {
		consoles->touched = true;
		whole = take_byte(console, bytes[i], secret);
	}
	explicit_bzero(bytes, sizeof(bytes));
	return whole;
}

/* Waits until some console has a whole line; returns its index or a negative errno. */
static int wait_line(struct consoles *consoles, const struct console_read *how)
{
	struct pollfd set[CONSOLE_MAX];
	size_t i;
	int r;

	for (;;) {
		int wait = how->seconds ? (int)how->seconds * 1000 : -1;

		if (how->tick && !consoles->touched) {
			wait = how->tick(consoles, how->context);
			if (wait < -1)
				return wait;
		}
		if (!fill_set(consoles, how->only, set))
			return -EIO;
		r = poll(set, consoles->count, wait);
		if (r == 0 && !(how->tick && !consoles->touched))
			return -ETIMEDOUT;
		for (i = 0; r > 0 && i < consoles->count; i++)
			if (set[i].fd >= 0 && set[i].revents &&
				read_console(consoles, &consoles->list[i], how->secret))
				return (int)i;
	}
}

int consoles_ask(struct consoles *consoles, const char *prompt, const struct console_read *how,
	char ret[static CONSOLE_LINE_MAX], size_t *ret_index)
{
	const struct console *console;
	size_t i;
	int r;

	for (i = 0; i < consoles->count; i++)
		make_raw(&consoles->list[i]);
	drop_input(consoles);
	consoles->touched = false;
	write_all(consoles, prompt);
	consoles->prompt = prompt;
	r = wait_line(consoles, how);
	consoles->prompt = NULL;
	if (r < 0)
		return r;
	console = &consoles->list[r];
	*ret_index = (size_t)r;
	if (console->too_long)
		return -E2BIG;
	memcpy(ret, console->line, console->len);
	ret[console->len] = '\0';
	return (int)console->len;
}
