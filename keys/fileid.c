// SPDX-License-Identifier: MIT
/* What a signature is over; see fileid.h. */
#include "fileid.h"

#include <errno.h>
#include <fcntl.h>
#include <libfsverity.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include "interrupt.h"

#define TYPE_SIGNATURE 0x03
#define TYPE_VERITY 0x06

struct reader {
	int fd;
	off_t at;
};

/* libfsverity_read_fn_t: the next size bytes, all of them. */
static int read_next(void *context, void *bytes, size_t size)
{
	struct reader *reader = context;
	ssize_t n;

	for (; size; size -= (size_t)n, reader->at += n, bytes = (uint8_t *)bytes + n) {
		if (interrupted())
			return -EINTR;
		n = pread(reader->fd, bytes, size, reader->at);
		if (n <= 0)
			return n < 0 ? -errno : -EBUSY;
	}
	return 0;
}

static int explain_verity(int error, struct problem *problem)
{
	if (error == -EINTR)
		return problem_set(problem, error, "was not read to its end: interrupted");
	if (error == -EBUSY)
		return filehash_busy(problem);
	return problem_set(problem, error, "its fs-verity digest cannot be made: %s", strerror(-error));
}

/* The kernel's number of an algorithm of fs-verity; 0: it is none that is known here. */
static unsigned int verity_algo(unsigned int number)
{
	return number == FS_VERITY_HASH_ALG_SHA256   ? DIGEST_SHA256
	       : number == FS_VERITY_HASH_ALG_SHA512 ? DIGEST_SHA512
						     : 0;
}

bool fileid_has_verity(int fd)
{
	struct statx more = {0};

	return statx(fd, "", AT_EMPTY_PATH, 0, &more) == 0 && more.stx_attributes & STATX_ATTR_VERITY;
}

/* The digest of a file that has fs-verity, with the blocks and the salt that it was given: the one that counts. */
static int measure(
	unsigned int algo, int fd, uint8_t ret[DIGEST_MAX], size_t *ret_len, struct problem *problem)
{
	union {
		struct fsverity_digest digest;
		uint8_t room[sizeof(struct fsverity_digest) + DIGEST_MAX];
	} measured = {.digest = {.digest_size = DIGEST_MAX}};
	const char *name;

	if (ioctl(fd, FS_IOC_MEASURE_VERITY, &measured) < 0)
		return problem_set(
			problem, -errno, "its fs-verity digest cannot be read: %s", strerror(errno));
	if (verity_algo(measured.digest.digest_algorithm) != algo) {
		name = digest_name(verity_algo(measured.digest.digest_algorithm));
		problem_set(problem, -EDOM, "has fs-verity over %s, and no signature over %s fits it",
			name ? name : "an algorithm that is not known here", digest_name(algo));
		problem_remedy(problem, "sign it over that one: imactl sign --format verity --hash %s",
			name ? name : "NAME");
		return -EDOM;
	}
	*ret_len = measured.digest.digest_size;
	memcpy(ret, measured.digest.digest, *ret_len);
	return 0;
}

/* The digest that a file will have once it gets fs-verity in the usual way. */
static int compute(unsigned int algo, int fd, const struct stat *before, uint8_t ret[DIGEST_MAX],
	size_t *ret_len, struct problem *problem)
{
	const struct libfsverity_merkle_tree_params parameters = {.version = 1,
		.hash_algorithm =
			algo == DIGEST_SHA256 ? FS_VERITY_HASH_ALG_SHA256 : FS_VERITY_HASH_ALG_SHA512,
		.file_size = (uint64_t)before->st_size};
	_cleanup_free_ struct libfsverity_digest *digest = NULL;
	struct reader reader = {.fd = fd};
	int r = libfsverity_compute_digest(&reader, read_next, &parameters, &digest);

	if (r < 0)
		return explain_verity(r, problem);
	*ret_len = digest->digest_size;
	memcpy(ret, digest->digest, *ret_len);
	return filehash_unchanged(fd, before, problem);
}

static int verity_digest(unsigned int algo, int fd, const struct stat *before, uint8_t ret[DIGEST_MAX],
	size_t *ret_len, struct problem *problem)
{
	if (algo != DIGEST_SHA256 && algo != DIGEST_SHA512) {
		problem_set(problem, -EOPNOTSUPP, "fs-verity knows no digests over %s",
			digest_name(algo) ? digest_name(algo) : "that algorithm");
		problem_remedy(problem, "use sha256 or sha512");
		return -EOPNOTSUPP;
	}
	return fileid_has_verity(fd) ? measure(algo, fd, ret, ret_len, problem)
				     : compute(algo, fd, before, ret, ret_len, problem);
}

/* Hashes type, algorithm and digest, in place. */
static int wrap(
	uint8_t type, unsigned int algo, uint8_t digest[DIGEST_MAX], size_t *len, struct problem *problem)
{
	uint8_t id[2 + DIGEST_MAX] = {type, (uint8_t)algo};

	memcpy(id + 2, digest, *len);
	if (EVP_Q_digest(NULL, digest_name(algo), NULL, id, 2 + *len, digest, len))
		return 0;
	return problem_set(problem, -EIO, "cannot be hashed: %s", ossl_reason());
}

int fileid_make(enum imasig_kind kind, struct filehash *hash, unsigned int algo, int fd,
	const struct stat *before, uint8_t ret[DIGEST_MAX], size_t *ret_len, struct problem *problem)
{
	int r = kind == IMASIG_VERITY ? verity_digest(algo, fd, before, ret, ret_len, problem)
				      : filehash_file(hash, algo, fd, before, ret, ret_len, problem);

	if (r < 0 || kind == IMASIG_V2)
		return r;
	return wrap(kind == IMASIG_VERITY ? TYPE_VERITY : TYPE_SIGNATURE, algo, ret, ret_len, problem);
}
