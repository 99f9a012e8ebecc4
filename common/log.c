// SPDX-License-Identifier: MIT
/* Messages to stderr and to the kernel's log; see log.h. */
#include "log.h"

#include <fcntl.h>
#include <stdarg.h>
#include "buf.h"
#include "escape.h"
#include "format.h"

#define KMSG_PATH "/dev/kmsg"
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

static void write_kmsg(int level, const struct buf *line)
{
	_cleanup_close_ int fd = open(KMSG_PATH, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	_cleanup_buf_ struct buf record = {0};
	size_t len = cut_length(line, LOG_KMSG_MAX);

	if (fd < 0)
		return;
	buf_printf(&record, "<%d>", FACILITY_DAEMON | level);
	buf_add(&record, line->data, len);
	if (len < line->len)
		buf_puts(&record, "...");
	buf_putc(&record, '\n');
	if (!record.failed)
		(void)!write(fd, record.data, record.len); /* one write is one record */
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
	if (state.kmsg)
		write_kmsg(level, line);
	buf_putc(line, '\n');
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
		write_kmsg(level, &line);
	va_end(args);
}

void log_escaped(int level, const char *text)
{
	_cleanup_buf_ struct buf line = {0};

	buf_printf(&line, "%s: %s", state.program, text);
	if (!is_hidden(level) && !line.failed)
		send_line(level, &line);
}
