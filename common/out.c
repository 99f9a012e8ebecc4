// SPDX-License-Identifier: MIT
/* Standard output; see out.h. */
#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include "buf.h"
#include "format.h"

#define FLUSH_AT ((size_t)64 * 1024)

static struct buf pending;
static int error;

/* Writes it all. Returns 0 or a negative errno. */
static int write_all(int fd, const struct buf *text)
{
	size_t done = 0;
	ssize_t n;

	while (done < text->len) {
		n = write(fd, text->data + done, text->len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return text->failed ? -ENOMEM : 0;
}

static void flush(void)
{
	if (!error)
		error = write_all(STDOUT_FILENO, &pending);
	buf_free(&pending);
}

void out_error(struct buf *text)
{
	(void)write_all(STDERR_FILENO, text);
	buf_free(text);
}

void out_bytes(const void *bytes, size_t len)
{
	buf_add(&pending, bytes, len);
	if (pending.len >= FLUSH_AT)
		flush();
}

void out_printf(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = format_new_args(format, args);
	va_end(args);
	if (text)
		out_bytes(text, strlen(text));
	else
		error = -ENOMEM;
}

int out_finish(void)
{
	int r;

	flush();
	r = error;
	error = 0;
	return r;
}
