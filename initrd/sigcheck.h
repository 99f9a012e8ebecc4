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
#include "imasig.h"
#include "problem.h"
#include "util.h"

/* How a signature is judged, and what messages name. */
struct sigcheck {
	const char *path;       /* the file, in remedies */
	const char *keyring;    /* where the signers are, in messages */
	const char *key_remedy; /* what to do where the key is not there; NULL: what a boot needs */
	/*
	 * What makes a signature over SHA-1 count, in a remedy ("set allow-sha1 = yes in ..."); NULL
	 * where it counts.
	 */
	const char *sha1_switch;
};

/*
 * Takes the value of security.ima apart (len bytes, 0 for none) and refuses whatever is no
 * signature of version 2 over a digest that is accepted. Returns 0 and *ret, which points into
 * the value, or a negative errno with *problem set: -ENODATA no signature, -EBADMSG not a usable
 * one, -EOPNOTSUPP a kind, or an algorithm, that is not accepted.
 */
_must_check_ int sigcheck_header(const struct sigcheck *check, const uint8_t *value, size_t len,
	struct imasig *ret, struct problem *problem);

/*
 * Checks a signature from sigcheck_header() against the digest of the content, of the algorithm
 * that it names. Returns 0 and the signer's description in *ret_signer (allocated), or a negative
 * errno with *problem set: -ENOKEY its key is not among those loaded, -EKEYREJECTED it does not
 * belong to this digest and key, -EOPNOTSUPP the kernel lacks the algorithm.
 */
_must_check_ int sigcheck_digest(const struct sigcheck *check, const struct imasig *sig,
	const uint8_t *digest, char **ret_signer, struct problem *problem);

/* Both, for a content of len bytes in memory. Returns as they do. */
_must_check_ int sigcheck_verify(const struct sigcheck *check, const uint8_t *content, size_t len,
	const uint8_t *value, size_t value_len, char **ret_signer, struct problem *problem);

#endif
