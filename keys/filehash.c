// SPDX-License-Identifier: MIT
/* Digests of whole files; see filehash.h. */
#include "filehash.h"

#include <errno.h>
#include "interrupt.h"

#define BLOCK_SIZE ((size_t)256 * 1024)

void filehash_free(struct filehash *hash)
{
	EVP_MD_CTX_free(hash->context);
	EVP_MD_free(hash->md);
	free(hash->block);
	*hash = (struct filehash){0};
}

static int prepare(struct filehash *hash, unsigned int algo, struct problem *problem)
{
	const char *name = digest_name(algo);

	if (!hash->block)
		hash->block = malloc(BLOCK_SIZE);
	if (!hash->context)
		hash->context = EVP_MD_CTX_new();
	if (!hash->block || !hash->context)
		return problem_set(problem, -ENOMEM, "out of memory");
	if (hash->md && hash->algo == algo)
		return 0;
	EVP_MD_free(take_pointer(hash->md));
	hash->md = name ? EVP_MD_fetch(NULL, name, NULL) : NULL;
	hash->algo = algo;
	(void)(hash->md ? NULL : ossl_reason());
	if (hash->md && EVP_MD_get_size(hash->md) > 0 && EVP_MD_get_size(hash->md) <= DIGEST_MAX)
		return 0;
	return problem_set(problem, -EOPNOTSUPP,
		"its hash algorithm is number %u (%s), which is not known here", algo,
		name ? name : "unknown");
}

int filehash_busy(struct problem *problem)
{
	problem_set(problem, -EBUSY, "was changed while it was read");
	problem_remedy(problem, "try again when nothing writes to it");
	return -EBUSY;
}

int filehash_unchanged(int fd, const struct stat *before, struct problem *problem)
{
	struct stat after;

	if (fstat(fd, &after) == 0 && before->st_size == after.st_size &&
		before->st_mtim.tv_sec == after.st_mtim.tv_sec &&
		before->st_mtim.tv_nsec == after.st_mtim.tv_nsec)
		return 0;
	return filehash_busy(problem);
}

/*
 * Feeds the bytes of the size that the file had when it was opened, as the kernel does (ima_calc_file_hash_tfm), so that
 * one that grows is not read without end. A file of /proc has no size and yet bytes: it is asked for one.
 */
static int feed(struct filehash *hash, int fd, off_t size, struct problem *problem)
{
	off_t at = 0;
	size_t wanted;
	ssize_t n = 0;

	do {
		if (interrupted())
			return problem_set(problem, -EINTR, "was not read to its end: interrupted");
		wanted = size - at < (off_t)BLOCK_SIZE ? (size_t)(size - at) : BLOCK_SIZE;
		n = pread(fd, hash->block, wanted ? wanted : 1, at);
		if (n < 0)
			return problem_set(problem, -errno, "cannot be read: %s", strerror(errno));
		if ((n > 0) != (size > 0))
			return filehash_busy(problem);
		if (!EVP_DigestUpdate(hash->context, hash->block, (size_t)n))
			return problem_set(problem, -EIO, "cannot be hashed: %s", ossl_reason());
		at += n;
	} while (at < size);
	return 0;
}

int filehash_file(struct filehash *hash, unsigned int algo, int fd, const struct stat *before,
	uint8_t ret[DIGEST_MAX], size_t *ret_len, struct problem *problem)
{
	unsigned int len;
	int r = prepare(hash, algo, problem);

	if (r < 0)
		return r;
	if (!EVP_DigestInit_ex2(hash->context, hash->md, NULL))
		return problem_set(problem, -EIO, "cannot be hashed: %s", ossl_reason());
	r = feed(hash, fd, before->st_size, problem);
	if (r == 0)
		r = filehash_unchanged(fd, before, problem);
	if (r < 0)
		return r;
	if (!EVP_DigestFinal_ex(hash->context, ret, &len))
		return problem_set(problem, -EIO, "cannot be hashed: %s", ossl_reason());
	*ret_len = len;
	return 0;
}
