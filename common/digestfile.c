// SPDX-License-Identifier: MIT
/* The digest of an open file; see digestfile.h. */
#include "digestfile.h"

#include <errno.h>
#include <fcntl.h>

#define BLOCK ((size_t)128 * 1024)

int digest_file(int fd, unsigned int algo, uint64_t max, uint8_t *ret)
{
	_cleanup_free_ uint8_t *block = malloc(BLOCK);
	struct digest digest;
	uint64_t at = 0;
	ssize_t n;
	int r = block ? digest_begin(&digest, algo) : -ENOMEM;

	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (r == 0) {
		n = pread(fd, block, BLOCK, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		digest_add(&digest, block, (size_t)n);
		at += (uint64_t)n;
		if (at > max)
			return -EFBIG;
	}
	if (r == 0)
		digest_end(&digest, ret);
	return r;
}
