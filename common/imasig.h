/* SPDX-License-Identifier: MIT */
/*
 * The value of the extended attribute security.ima, taken apart without trusting a byte of it.
 *
 * Layouts: security/integrity/integrity.h (enum evm_ima_xattr_type, struct signature_v2_hdr) and
 * security/integrity/digsig.c (integrity_digsig_verify). Pure: bytes in, structure out.
 */
#ifndef IMABOOT_IMASIG_H
#define IMABOOT_IMASIG_H

#include <stddef.h>
#include <stdint.h>
#include "util.h"

#define IMASIG_MAX 1024 /* bytes; a signature of RSA-4096 takes 521, one of RSA-7680 969 */

enum imasig_kind {
	IMASIG_NONE,      /* no attribute, or an empty one */
	IMASIG_DIGEST,    /* 0x01 or 0x04: a digest, no signature */
	IMASIG_V1,        /* 0x03 version 1: a format that kernels no longer verify with a certificate */
	IMASIG_V2,        /* 0x03 version 2: a signature of the file's digest */
	IMASIG_V3,        /* 0x03 version 3: a signature of type, algorithm and digest */
	IMASIG_VERITY,    /* 0x06: a signature of the fs-verity digest */
	IMASIG_UNKNOWN,   /* a first byte that is none of these */
	IMASIG_MALFORMED, /* a known first byte, but the lengths or the version do not fit */
};

struct imasig {
	enum imasig_kind kind;
	unsigned int algo;    /* number of the digest algorithm; see digest.h */
	uint32_t key_id;      /* V2, V3, VERITY: the last four bytes of the signer's subjectKeyIdentifier */
	const uint8_t *bytes; /* the signature or digest itself; points into the value */
	size_t len;           /* its length in bytes */
};

/* Takes the value apart; len is its length in bytes, any length is fine. */
void imasig_parse(const uint8_t *value, size_t len, struct imasig *ret);

#endif
