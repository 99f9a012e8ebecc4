/* SPDX-License-Identifier: MIT */
/* Digests of whole files of any size in constant memory, one file after the other in one thread. */
#ifndef IMABOOT_FILEHASH_H
#define IMABOOT_FILEHASH_H

#include <sys/stat.h>
#include "digest.h"
#include "ossl.h"
#include "problem.h"

/* A thread's own; all zero to begin with. */
struct filehash {
	EVP_MD *md; /* of algo */
	EVP_MD_CTX *context;
	unsigned int algo;
	uint8_t *block; /* what a read fills */
};

void filehash_free(struct filehash *hash);

/* The file is another one than when it was opened: -EBUSY, with *problem set. */
int filehash_busy(struct problem *problem);

/* Whether it still has the size and the time of before, its state when it was opened. Returns 0, or filehash_busy(). */
_must_check_ int filehash_unchanged(int fd, const struct stat *before, struct problem *problem);

/*
 * Digest of the open file, from its start, over any algorithm that OpenSSL has under the kernel's
 * name; before is its state when it was opened. Returns 0, or a negative errno with *problem set:
 * -EOPNOTSUPP: no such algorithm; -EBUSY: the file changed meanwhile, of which no more is read than it
 * had; -EINTR: interrupted.
 */
_must_check_ int filehash_file(struct filehash *hash, unsigned int algo, int fd, const struct stat *before,
	uint8_t ret[DIGEST_MAX], size_t *ret_len, struct problem *problem);

#endif
