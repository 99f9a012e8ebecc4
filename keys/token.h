/* SPDX-License-Identifier: MIT */
/*
 * Private keys that do not leave a token: PKCS#11 (RFC 7512 URIs) through OpenSSL's store and the
 * provider "pkcs11", which is a package of its own. Its documentation says how it finds the token's module
 * (PKCS11_PROVIDER_MODULE, or p11-kit's configuration).
 */
#ifndef IMABOOT_TOKEN_H
#define IMABOOT_TOKEN_H

#include <stdbool.h>
#include "ossl.h"
#include "passphrase.h"
#include "problem.h"

/* True for a name that is a URI of a token's object, not a file's. */
bool token_is_uri(const char *name);

/*
 * Sees that a key's name is no URI with a PIN in it (pin-value), which all users can see among the arguments of a process,
 * and which messages would repeat. Returns 0, or EXIT_USAGE after a message of that verb without the name.
 */
_must_check_ int token_refuse_pin(const char *verb, const char *name);

/*
 * Finds the private key of a URI; the PIN comes from the source, unless the URI says where it is (pin-source). Returns
 * 0, or a negative errno with *problem set: -ENOPKG: no such provider; -ENOENT: no such key; -ENOTUNIQ: more than one;
 * -EKEYREJECTED: the token refused, for a wrong PIN in most cases.
 */
_must_check_ int token_load(
	const char *uri, const struct passphrase_source *source, EVP_PKEY **ret, struct problem *problem);

#endif
