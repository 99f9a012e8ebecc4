/* SPDX-License-Identifier: MIT */
/*
 * What a signature is over. Version 2: the file's digest. Version 3: the hash of a short structure of
 * attribute type, algorithm and digest, so that a signature of one kind cannot pass for another
 * (security/integrity/ima/ima_appraise.c, calc_file_id_hash; integrity.h, struct ima_file_id). Of an
 * fs-verity file the digest is that of its Merkle tree (Documentation/filesystems/fsverity.rst): FS_IOC_MEASURE_VERITY
 * tells it. Of a file without fs-verity libfsverity computes the one that it will have with the defaults of
 * FS_IOC_ENABLE_VERITY: blocks of 4096 bytes, no salt.
 */
#ifndef IMABOOT_FILEID_H
#define IMABOOT_FILEID_H

#include <stdbool.h>
#include <sys/stat.h>
#include "digest.h"
#include "filehash.h"
#include "imasig.h"
#include "problem.h"

/* True for a file that has fs-verity. */
bool fileid_has_verity(int fd);

/*
 * The bytes that a signature of that kind (IMASIG_V2, _V3, _VERITY) of the open file is over; arguments, return
 * value and errors as of filehash_file(). fs-verity has SHA-256 and SHA-512 alone: -EOPNOTSUPP for others; -EDOM:
 * the file has fs-verity over another algorithm.
 */
_must_check_ int fileid_make(enum imasig_kind kind, struct filehash *hash, unsigned int algo, int fd,
	const struct stat *before, uint8_t ret[DIGEST_MAX], size_t *ret_len, struct problem *problem);

#endif
