/* SPDX-License-Identifier: MIT */
/*
 * Verifies a security.ima signature with the kernel's own code, against the certificates that
 * the kernel accepted (the keyring KEYRING_VERIFY of this process).
 *
 * IMA tells no more than "invalid-signature" of most bad ones; here the causes are told apart.
 * What is verified is what IMA verifies: the digest of the content, under the algorithm and with
 * the key that the signature's header names (security/integrity/digsig_asymmetric.c,
 * asymmetric_verify).
 */
#ifndef IMABOOT_SIGCHECK_H
#define IMABOOT_SIGCHECK_H

#include <stddef.h>
#include <stdint.h>
#include "problem.h"
#include "util.h"

/*
 * Checks the signature `value` (sig_len bytes of security.ima, 0 for none) of the content. path
 * names the file in remedies, keyring the one of the signers. Returns 0 and the signer's
 * description in *ret_signer (allocated), or a negative errno with *problem set:
 * -ENODATA no signature, -EBADMSG not a usable one, -EOPNOTSUPP a kind, or an algorithm, that
 * cannot be verified, -ENOKEY its key is not among those loaded, -EKEYREJECTED it does not
 * belong to this content and key.
 */
_must_check_ int sigcheck_verify(const uint8_t *content, size_t len, const uint8_t *value, size_t sig_len,
	const char *path, const char *keyring, char **ret_signer, struct problem *problem);

#endif
