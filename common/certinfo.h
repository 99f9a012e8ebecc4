/* SPDX-License-Identifier: MIT */
/*
 * What is in the certificates of an image, as plain text: made by imactl when the image is built, read by the boot
 * program, which parses no X.509, so that it can name the issuer of a certificate that the kernel refuses.
 *
 * The first line is CERTINFO_MAGIC. Then each certificate has eight lines in this order, a name, one space and the
 * value; the values are in the escaped form of escape.h and may be cut at CERTINFO_VALUE_MAX bytes, "-" stands for none:
 *
 *   path            in the image
 *   sha256          of the file, 64 hexadecimal digits: the certificate is known by it, wherever it lies
 *   subject         "O=x, CN=y"
 *   issuer
 *   key-id          subjectKeyIdentifier, hexadecimal
 *   issuer-key-id   authorityKeyIdentifier, hexadecimal
 *   not-before      "2026-01-31T00:00:00Z"
 *   not-after
 *
 * Pure.
 */
#ifndef IMABOOT_CERTINFO_H
#define IMABOOT_CERTINFO_H

#include <stdbool.h>
#include "buf.h"

#define CERTINFO_FILE "/etc/imaboot/certificates"
#define CERTINFO_MAGIC "imaboot certificates 1"
#define CERTINFO_SIZE_MAX (1024 * 1024) /* bytes of the file */
#define CERTINFO_VALUE_MAX 1024         /* bytes of a value */

enum certinfo_field {
	CERTINFO_PATH,
	CERTINFO_SHA256,
	CERTINFO_SUBJECT,
	CERTINFO_ISSUER,
	CERTINFO_KEY_ID,
	CERTINFO_ISSUER_KEY_ID,
	CERTINFO_NOT_BEFORE,
	CERTINFO_NOT_AFTER,
	CERTINFO_FIELDS,
};

/* A value; not ended by a NUL. */
struct certinfo_value {
	const char *bytes;
	size_t len;
};

struct certinfo {
	struct certinfo_value fields[CERTINFO_FIELDS];
};

/*
 * Checks a whole file. Returns 0, or -EINVAL with the number of the first wrong line in *ret_line (from 1): a wrong
 * first line, a field that is missing or not in its place, an empty or overlong value, a control byte, a last line
 * without its end.
 */
_must_check_ int certinfo_check(const char *text, size_t len, size_t *ret_line);

/*
 * Finds the first certificate whose field has that value, in a text that certinfo_check() passed; the values point into
 * the text. Returns false where there is none, and for the value "-".
 */
bool certinfo_find(const char *text, size_t len, enum certinfo_field field, const char *value,
	size_t value_len, struct certinfo *ret);

/* Adds the first line. */
void certinfo_begin(struct buf *ret);

/* Adds one field of a certificate, to be called in the order of the fields; no bytes: there is none. */
void certinfo_add(enum certinfo_field field, const void *bytes, size_t len, struct buf *ret);

#endif
