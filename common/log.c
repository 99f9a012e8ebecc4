// SPDX-License-Identifier: MIT
/* Messages to stderr and to the kernel's log; see log.h. */
#include "log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include "buf.h"
#include "escape.h"
#include "format.h"

#define KMSG_PATH "/dev/kmsg"
#define KMSG_SWITCH_PATH "/proc/sys/kernel/printk_devkmsg"
#define PRINTK_PATH "/proc/sys/kernel/printk"
#define JOURNAL_PATH "/run/systemd/journal/stdout"
#define CONSOLE_PATH "/dev/console"
#define CONSOLE_DEVICE makedev(5, 1)
#define FACILITY_DAEMON (3 << 3)

static struct {
	const char *program;
	bool kmsg, debug;
} state = {.program = "imaboot"};

void log_set_program(const char *name)
{
	state.program = name;
}

void log_set_kmsg(bool on)
{
	state.kmsg = on;
}

void log_set_debug(bool on)
{
	state.debug = on;
}

/* Writes to a descriptor what can be written; a log has nowhere to report its own failure. */
static void write_out(int fd, const struct buf *buf)
{
	size_t done = 0;
	ssize_t n;

	while (done < buf->len && (n = write(fd, buf->data + done, buf->len - done)) > 0)
		done += (size_t)n;
}

/* Length of the longest prefix of at most max bytes that does not cut a UTF-8 sequence. */
static size_t cut_length(const struct buf *line, size_t max)
{
	if (line->len <= max)
		return line->len;
	while (max && ((unsigned char)line->data[max] & 0xc0) == 0x80)
		max--;
	return max;
}

/* Reads the beginning of a small file; "" where it cannot be read. */
static void read_word(const char *path, char *ret, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, ret, size - 1);

	ret[len > 0 ? len : 0] = '\0';
}

/* With printk.devkmsg=off the kernel takes what is written and drops it (printk.c, devkmsg_write). */
static bool kmsg_is_off(void)
{
	char word[8];

	read_word(KMSG_SWITCH_PATH, word, sizeof(word));
	return strncmp(word, "off", 3) == 0;
}

/* Whether the kernel shows records of that level on the consoles (printk.c, suppress_message_printing). */
static bool kernel_shows(int level)
{
	char word[8];

	read_word(PRINTK_PATH, word, sizeof(word));
	return strtol(word, NULL, 10) > level;
}

/* Returns true when the record is in the kernel's log. */
static bool write_kmsg(int level, const struct buf *line)
{
	_cleanup_close_ int fd = open(KMSG_PATH, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	_cleanup_buf_ struct buf record = {0};
	size_t len = cut_length(line, LOG_KMSG_MAX);

	if (fd < 0 || kmsg_is_off())
		return false;
	buf_printf(&record, "<%d>", FACILITY_DAEMON | level);
	buf_add(&record, line->data, len);
	if (len < line->len)
		buf_puts(&record, "...");
	buf_putc(&record, '\n');
	/* One write is one record. */
	return !record.failed && write(fd, record.data, record.len) == (ssize_t)record.len;
}

/*
 * Whether stderr is a stream to the journal. $JOURNAL_STREAM would say so too (systemd.exec(5)), but dracut's scripts
 * hand the environment of one service on to the next.
 */
static bool is_journal(void)
{
	struct sockaddr_un peer = {0};
	socklen_t len = sizeof(peer);

	return getpeername(STDERR_FILENO, (struct sockaddr *)&peer, &len) == 0 &&
	       peer.sun_family == AF_UNIX && strncmp(peer.sun_path, JOURNAL_PATH, sizeof(JOURNAL_PATH)) == 0;
}

/*
 * A line that is in the kernel's log goes where it is not seen yet: the journal reads that log, and the kernel shows
 * it on the consoles, down to a level. Nobody shall be told twice, and no trouble kept back.
 */
static void write_second(int level, const struct buf *line)
{
	struct stat st;
	bool console, journal;

	if (fstat(STDERR_FILENO, &st) < 0)
		return;
	console = S_ISCHR(st.st_mode) && st.st_rdev == CONSOLE_DEVICE;
	journal = is_journal();
	if ((console || journal) && kernel_shows(level))
		return;
	if (!journal) {
		write_out(STDERR_FILENO, line);
	} else if (level <= LOG_WARNING) {
		_cleanup_close_ int fd = open(CONSOLE_PATH, O_WRONLY | O_CLOEXEC | O_NOCTTY);

		if (fd >= 0)
			write_out(fd, line);
	}
}

/* Formats, escapes and prefixes a line; false when memory ran out. */
static bool make_line(struct buf *ret, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static bool make_line(struct buf *ret, const char *format, va_list args)
{
	_cleanup_free_ char *text = format_new_args(format, args);

	if (!text)
		return false;
	buf_printf(ret, "%s: ", state.program);
	escape_string(ret, text);
	return !ret->failed;
}

static void send_line(int level, struct buf *line)
{
	bool logged = state.kmsg && write_kmsg(level, line);

	buf_putc(line, '\n');
	if (logged)
		write_second(level, line);
	else
		write_out(STDERR_FILENO, line);
}

static bool is_hidden(int level)
{
	return level == LOG_DEBUG && !state.debug;
}

void log_message(int level, const char *format, ...)
{
	_cleanup_buf_ struct buf line = {0};
	va_list args;

	va_start(args, format);
	if (!is_hidden(level) && make_line(&line, format, args))
		send_line(level, &line);
	va_end(args);
}

void log_kernel(int level, const char *format, ...)
{
	_cleanup_buf_ struct buf line = {0};
	va_list args;

	va_start(args, format);
	if (state.kmsg && make_line(&line, format, args))
		(void)write_kmsg(level, &line);
	va_end(args);
}

void log_escaped(int level, const char *text)
{
	_cleanup_buf_ struct buf line = {0};

	buf_printf(&line, "%s: %s", state.program, text);
	if (!is_hidden(level) && !line.failed)
		send_line(level, &line);
}
