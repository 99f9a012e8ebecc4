// SPDX-License-Identifier: MIT
/* A gzip file unpacked by zlib; see gunzip.h. */
#include "gunzip.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

#define GZIP_WRAPPER (16 + MAX_WBITS) /* inflateInit2(): a gzip header and trailer, nothing else */

/* Unpacks until the stream ends. Returns 0 or a negative errno. */
static int inflate_all(z_stream *stream, size_t max, struct buf *ret)
{
	unsigned char chunk[16384];
	int status = Z_OK;

	while (status == Z_OK) {
		stream->next_out = chunk;
		stream->avail_out = sizeof(chunk);
		status = inflate(stream, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END)
			return status == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
		buf_add(ret, chunk, sizeof(chunk) - stream->avail_out);
		if (ret->len > max)
			return -EFBIG;
		if (buf_failed(ret))
			return -ENOMEM;
	}
	return 0;
}

int gunzip(const uint8_t *bytes, size_t len, size_t max, struct buf *ret)
{
	z_stream stream = {.next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (unsigned int)len};
	int r;

	if (len > UINT_MAX)
		return -EFBIG;
	if (inflateInit2(&stream, GZIP_WRAPPER) != Z_OK)
		return -ENOMEM;
	r = inflate_all(&stream, max, ret);
	(void)inflateEnd(&stream);
	return r;
}
