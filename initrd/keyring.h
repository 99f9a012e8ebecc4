/* SPDX-License-Identifier: MIT */
/*
 * The kernel's keyrings: the only file that makes the key system calls (add_key(2),
 * request_key(2), keyctl(2)); no library, so that the program stays static and small.
 */
#ifndef IMABOOT_KEYRING_H
#define IMABOOT_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

typedef int32_t key_serial;

#define KEY_DESCRIPTION_MAX 1024 /* bytes with the NUL; a certificate's is 764 at most (x509_cert_parser.c) */

/*
 * Finds one of the kernel's own keyrings (".ima", ".secondary_trusted_keys") by name in
 * /proc/keys: they are in no process's keyring, so a search does not reach them. User space
 * cannot make a keyring whose name begins with a dot (security/keys/keyctl.c, add_key).
 * A description may hold a newline and so forge a line of that file: what is found is described
 * again. Returns 0, -ENOENT where the kernel has no such keyring, -ENODEV where /proc is not
 * mounted, or a negative errno.
 */
_must_check_ int keyring_find(const char *name, key_serial *ret);

/*
 * Finds the keyring of that name in root's user keyring (@u), or makes it there; then sees to
 * it that the kernel's request_key() finds it from this process (integrity_init_keyring and
 * request_asymmetric_key in security/integrity/digsig_asymmetric.c): a session keyring without
 * a link to @u is replaced by one that has it. Returns 0 or a negative errno.
 */
_must_check_ int keyring_ensure_user(const char *name, key_serial *ret);

/* Finds the keyring of that name in root's user keyring. Returns 0, -ENOKEY, or a negative errno. */
_must_check_ int keyring_find_user(const char *name, key_serial *ret);

/* Finds or makes a keyring that only this process has. Returns 0 or a negative errno. */
_must_check_ int keyring_private(const char *name, key_serial *ret);

/*
 * Adds a DER certificate. The kernel parses it and, where the keyring is restricted, looks for
 * its issuer (crypto/asymmetric_keys/x509_public_key.c, restrict.c). Returns 0 and the key, or
 * the kernel's negative errno: -EBADMSG not a certificate, -ENOPKG unknown algorithm,
 * -EKEYREJECTED bad signature, -ENOKEY no issuer.
 */
_must_check_ int keyring_add_cert(key_serial ring, const void *der, size_t len, key_serial *ret);

/*
 * Description of an asymmetric key: the subject's name, ": " and the hexadecimal key identifier
 * (or serial number). Written to ret, cut at KEY_DESCRIPTION_MAX. Returns 0 or a negative errno.
 */
_must_check_ int keyring_describe(key_serial key, char ret[static KEY_DESCRIPTION_MAX]);

/*
 * True when the keyring holds an asymmetric key of that whole description. A key in .ima may be
 * found but not had: its permissions give search to those who possess it alone, and the kernel
 * answers EACCES instead of ENOKEY (security/keys/keyring.c, keyring_search_iterator).
 */
bool keyring_has(key_serial ring, const char *description);

/*
 * Finds an asymmetric key of a private keyring by the last four bytes of its identifier. Returns
 * 0, -ENOKEY, or a negative errno.
 */
_must_check_ int keyring_search_id(key_serial ring, uint32_t key_id, key_serial *ret);

/* Puts a key that this process has into a keyring too. Returns 0 or a negative errno. */
_must_check_ int keyring_link(key_serial ring, key_serial key);

/*
 * Adds a key of another type ("user", "trusted", "encrypted") to this process's own keyring, where
 * the kernel's request_key() finds it and where it goes away with the process. Returns 0 or the
 * kernel's negative errno; -ENODEV: it has no keys of that type.
 */
_must_check_ int keyring_add_own(
	const char *type, const char *description, const void *payload, size_t len, key_serial *ret);

/* Takes a key out of this process's own keyring. Returns 0 or a negative errno. */
_must_check_ int keyring_unlink_own(key_serial key);

/*
 * Verifies a signature with a key of a private keyring (KEYCTL_PKEY_VERIFY, Linux 4.20): PKCS#1
 * for an RSA key, X9.62 for an ECDSA one. hash is the digest's name ("sha256"). Returns 0 when it
 * is good. -EKEYREJECTED: not the signature of this digest; -EINVAL, -EBADMSG: not a signature of
 * this key; -ENOENT, -ENOPKG: the kernel lacks the algorithm.
 */
_must_check_ int keyring_verify(key_serial key, const char *hash, const void *digest, size_t digest_len,
	const void *signature, size_t signature_len);

#endif
