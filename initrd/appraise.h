/* SPDX-License-Identifier: MIT */
/*
 * What security.ima of a file holds, and whether it is right, found out as the kernel would (ima_appraise.c,
 * xattr_verify): the file's digest is compared, or its signature verified by the kernel's own code with a loaded key.
 */
#ifndef IMABOOT_APPRAISE_H
#define IMABOOT_APPRAISE_H

#include <stdbool.h>
#include <stdint.h>
#include "evaluate.h"
#include "util.h"

#define APPRAISE_SIZE_MAX (UINT64_C(1) << 30) /* bytes of a file that is read */
#define APPRAISE_TEXT_MAX 192

struct appraised {
	enum appraise_value value;
	unsigned int algo; /* the kernel's number of the hash, 4 (SHA-256) where there is no value */
	uint32_t key_id;   /* of a signature */
	bool unsure;       /* whether it is right cannot be said; value is what it would be if it is */
	enum appraise_value if_wrong; /* with unsure */
	bool lacks_evm;               /* the text is about security.evm, not security.ima */
	char text[APPRAISE_TEXT_MAX]; /* what is wrong with it, or why that cannot be said: a clause */
};

/*
 * Looks at an open file and its attribute; the file is read at most once, from its beginning. keyring is the name of
 * the signers' keyring, NULL where there is none. Returns 0, or the negative errno of fstat(2), fgetxattr(2) or read(2).
 */
_must_check_ int appraise_file(int fd, const char *keyring, struct appraised *ret);

#endif
