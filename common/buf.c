// SPDX-License-Identifier: MIT
/* A growing byte buffer; see buf.h. */
#include "buf.h"
#include "format.h"

#include <stdarg.h>
#include <stdint.h>

/* Makes room for extra bytes and the NUL; doubling keeps many small additions linear. */
static bool buf_reserve(struct buf *buf, size_t extra)
{
	size_t need, size = buf->size ? buf->size : 128;
	char *data;

	if (buf->failed)
		return false;
	if (extra > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
		buf->failed = true;
		return false;
	}
	need = buf->len + extra + 1;
	if (need <= buf->size)
		return true;
	while (size < need)
		size *= 2;
	data = realloc(buf->data, size);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->size = size;
	return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *string)
{
	buf_add(buf, string, strlen(string));
}

void buf_putc(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = format_args(NULL, 0, format, args);
	va_end(args);
	if (!buf_reserve(buf, len))
		return;
	va_start(args, format);
	(void)format_args(buf->data + buf->len, len + 1, format, args);
	va_end(args);
	buf->len += len;
}

char *buf_take(struct buf *buf)
{
	char *data;

	if (!buf->data)
		buf_puts(buf, "");
	if (buf->failed) {
		buf_free(buf);
		return NULL;
	}
	data = take_pointer(buf->data);
	*buf = (struct buf){0};
	return data;
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){0};
}
