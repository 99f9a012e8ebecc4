// SPDX-License-Identifier: MIT
/* The outermost DER element of a certificate; see der.h. */
#include "der.h"

#include <errno.h>

#define TAG_SEQUENCE 0x30
#define LONG_FORM 0x80
#define PEM_MARK "-----BEGIN "

/* Length of header and content of the element, 0 where the header is none that a certificate has. */
static size_t element_length(const uint8_t *bytes, size_t len)
{
	size_t octets, content = 0, i;

	if (len < 2 || bytes[0] != TAG_SEQUENCE)
		return 0;
	if (bytes[1] < LONG_FORM)
		return 2 + (size_t)bytes[1];
	octets = bytes[1] & 0x7f;
	if (octets < 1 || octets > 3 || len < 2 + octets)
		return 0;
	for (i = 0; i < octets; i++)
		content = content << 8 | bytes[2 + i];
	return 2 + octets + content;
}

static int is_pem(const uint8_t *bytes, size_t len)
{
	size_t mark = strlen(PEM_MARK), i;

	/* A text before the mark is allowed in PEM (RFC 7468, explanatory text). */
	for (i = 0; i + mark <= len; i++)
		if (bytes[i] == '-' && memcmp(bytes + i, PEM_MARK, mark) == 0)
			return 1;
	return 0;
}

int der_check_certificate(const uint8_t *bytes, size_t len, const char *path, struct problem *problem)
{
	size_t length = element_length(bytes, len);

	if (length && length == len)
		return 0;
	if (!length && is_pem(bytes, len)) {
		problem_set(problem, -EBADMSG, "is PEM; the kernel reads DER");
		problem_remedy(problem, "convert it: openssl x509 -in '%s' -outform DER -out '%s.der'",
			problem_path(path), problem_path(path));
	} else if (!length) {
		problem_set(
			problem, -EBADMSG, "is not a DER certificate (it does not begin with a SEQUENCE)");
		problem_remedy(problem, "put a certificate in DER in its place, or remove it");
	} else if (length > len) {
		problem_set(problem, -EBADMSG, "is truncated: %zu of %zu bytes are there", len, length);
		problem_remedy(problem, "copy the certificate again");
	} else {
		problem_set(
			problem, -EBADMSG, "has %zu bytes after the end of the certificate", len - length);
		problem_remedy(problem,
			"one file holds one certificate: openssl x509 -inform DER -in '%s' "
			"-outform DER -out '%s.der'",
			problem_path(path), problem_path(path));
	}
	return -EBADMSG;
}
