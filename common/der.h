/* SPDX-License-Identifier: MIT */
/*
 * As much of a certificate as is read in user space at boot: whether the file is one DER element
 * and nothing else. All else is the kernel's to judge (crypto/asymmetric_keys/x509_cert_parser.c);
 * it accepts trailing bytes, we do not. Pure.
 */
#ifndef IMABOOT_DER_H
#define IMABOOT_DER_H

#include <stddef.h>
#include <stdint.h>
#include "problem.h"

/*
 * Checks len bytes; path is for the remedy's command line. Returns 0, or -EBADMSG with *problem
 * set: PEM instead of DER, not a SEQUENCE of definite length, truncated, bytes after its end.
 */
_must_check_ int der_check_certificate(
	const uint8_t *bytes, size_t len, const char *path, struct problem *problem);

#endif
