/* SPDX-License-Identifier: MIT */
/*
 * One file's security.ima judged against certificates, in user space: what the kernel's
 * ima_appraise_measurement and integrity_digsig_verify would say, with the cause of a failure.
 */
#ifndef IMABOOT_IMAVERIFY_H
#define IMABOOT_IMAVERIFY_H

#include "certview.h"
#include "filehash.h"
#include "imasig.h"

enum imaverify_cause {
	IMAVERIFY_SIGNED, /* a good signature */
	IMAVERIFY_HASHED, /* a digest, and it is the file's */
	IMAVERIFY_NO_VALUE,
	IMAVERIFY_WRONG_DIGEST,
	IMAVERIFY_WRONG_SIGNATURE,
	IMAVERIFY_UNKNOWN_KEY,
	IMAVERIFY_WEAK_HASH,
	IMAVERIFY_NO_ALGORITHM,
	IMAVERIFY_OLD_VERSION,
	IMAVERIFY_MALFORMED,
	IMAVERIFY_UNKNOWN_TYPE,
	IMAVERIFY_UNREADABLE,
	IMAVERIFY_OTHER_KERNEL, /* with a kernel alone: its format is for newer ones */
	IMAVERIFY_NO_VERITY,    /* with a kernel alone: good for fs-verity, which the file does not have */
	IMAVERIFY_CAUSES,
};

/* A cause in words: a short identifier for programs, a clause, and what to do (NULL: nothing). */
struct imaverify_words {
	const char *id, *reason, *remedy;
};

/* The signers, shared by the threads and not changed while they run. */
struct imaverify_ring {
	const struct certview *certs;
	size_t count;
	unsigned int kernel; /* a KERNEL(), whose limits count too; 0: the signature alone does */
	bool takes_sha1;     /* a signature over SHA-1 counts, as it does for the kernel */
};

/* A thread's own; begun by imaverify_begin(). */
struct imaverify {
	const struct imaverify_ring *ring;
	struct filehash hash;
	struct imaverify_context {
		EVP_PKEY_CTX *context; /* of that certificate's key */
		unsigned int algo;
	} * contexts;
};

struct imaverify_result {
	enum imaverify_cause cause;
	struct imasig sig;             /* bytes is not kept */
	const struct certview *signer; /* the certificate that has the key id; NULL: none */
	bool lacks_verity;             /* a good signature for fs-verity, and the file does not have that */
	struct problem problem;        /* where there is more to say than the cause does */
};

const struct imaverify_words *imaverify_words(enum imaverify_cause cause);

/* Returns 0 or -ENOMEM; to be released with imaverify_end(). */
_must_check_ int imaverify_begin(const struct imaverify_ring *ring, struct imaverify *ret);
void imaverify_end(struct imaverify *verify);

/* Judges value for the open file. An interrupt is IMAVERIFY_UNREADABLE with -EINTR. */
void imaverify_file(struct imaverify *verify, int fd, const struct stat *st, const uint8_t *value, size_t len,
	struct imaverify_result *ret);

#endif
