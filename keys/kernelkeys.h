/* SPDX-License-Identifier: MIT */
/*
 * The keys that the running kernel holds, by the identifiers in their names. A key cannot be read back from a kernel, so
 * that it has an issuer's key says that it would look for it there, not that the signature is that key's. The name of a
 * key from a certificate ends with its subjectKeyIdentifier in hexadecimal (x509_public_key.c, x509_key_preparse).
 */
#ifndef IMABOOT_KERNELKEYS_H
#define IMABOOT_KERNELKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include "problem.h"
#include "x509.h"

struct kernelkeys {
	char **names;
	size_t count;
};

/* Names of keyrings, ended by NULL: what vouches for a certificate, and what verifies a file. */
extern const char *const kernelkeys_trusted[], *const kernelkeys_signers[];

/*
 * Looks up the keys of those keyrings that there are. Returns 0, or a negative errno with *problem set: -ENOENT: none of
 * the keyrings can be seen, which is so for all but root.
 */
_must_check_ int kernelkeys_load(const char *const *rings, struct kernelkeys *ret, struct problem *problem);

/* True where one of them has that identifier. */
bool kernelkeys_has(const struct kernelkeys *keys, const struct x509_id *id);

/* Releases the names. */
void kernelkeys_free(struct kernelkeys *keys);

#define _cleanup_kernelkeys_ _cleanup_(kernelkeys_free)

#endif
