/* SPDX-License-Identifier: MIT */
/*
 * The list of what was signed: one line a file, sorted by path, "ALGORITHM:DIGEST KEYID PATH". The digest is what
 * the signature is over, the key id 8 hexadecimal digits or "-" for a digest without a signature, and
 * the path is escaped as in common/escape.h. Safe to be added to from any thread.
 */
#ifndef IMABOOT_MANIFEST_H
#define IMABOOT_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "problem.h"

struct manifest_entry {
	const char *path;
	unsigned int algo; /* the kernel's number of the digest's algorithm */
	const uint8_t *digest;
	size_t digest_len;
	bool is_signed;
	uint32_t key_id; /* of the signature */
};

struct manifest;

/* An empty one, or NULL when memory ran out. */
struct manifest *manifest_new(void);

/* Adds a file. Returns 0, or -ENOMEM with *problem set. */
_must_check_ int manifest_add(
	struct manifest *manifest, const struct manifest_entry *entry, struct problem *problem);

/* True for the names of standard output, "-" and "/dev/stdout". */
bool manifest_is_stdout(const char *path);

/* Tells before any work is done that manifest_write() would fail. Returns 0, or a negative errno with *problem set. */
_must_check_ int manifest_check(const char *path, struct problem *problem);

/*
 * Writes it, sorted, to standard output, or in place of a file that is there. Returns 0, or a negative errno with
 * *problem set.
 */
_must_check_ int manifest_write(struct manifest *manifest, const char *path, struct problem *problem);

/* Releases it; NULL is fine. */
void manifest_free(struct manifest *manifest);

#endif
