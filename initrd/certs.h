/* SPDX-License-Identifier: MIT */
/*
 * Certificates: from files into the kernel's keyrings, each with a result for the report.
 *
 * CA certificates come from the image alone and go to .secondary_trusted_keys: the kernel lets
 * any key in there vouch for others. Signers go to .ima, where the kernel checks their issuer, or
 * to _ima in root's user keyring on kernels without .ima, where it checks nothing.
 *
 * A second copy of each signer that the kernel accepted goes to a keyring of this process
 * (KEYRING_VERIFY), to verify signatures with: the kernel refuses its verify call on keys of
 * .ima. Nothing else ever gets in there: a certificate that merely has the name and the key
 * identifier of an accepted one must not take its place.
 */
#ifndef IMABOOT_CERTS_H
#define IMABOOT_CERTS_H

#include <stdbool.h>
#include "keyring.h"
#include "report.h"
#include "util.h"

#define CERT_SIZE_MAX (64 * 1024) /* bytes of a certificate file */
#define CERT_COUNT_MAX 1000       /* files in one folder */
#define CERTS_TOLD_MAX 20         /* refused ones in one run that the log names */
#define CERTS_DIR "/etc/keys/ima"
#define CERTS_CA_DIR CERTS_DIR "/ca"
#define KEYRING_TRUSTED ".ima"
#define KEYRING_USER "_ima"
#define EVM_CERTS_DIR "/etc/keys/evm"
#define KEYRING_EVM ".evm"
#define KEYRING_EVM_USER "_evm"
#define KEYRING_CA ".secondary_trusted_keys"
#define KEYRING_VERIFY "imaboot-verify" /* this process's copies of accepted signers */
#define KEYRING_PROBE "imaboot-probe"   /* where the kernel parses a certificate, nothing more */

enum root_certs {
	ROOT_CERTS_AUTO, /* from the root where the keyring checks the issuer */
	ROOT_CERTS_YES,
	ROOT_CERTS_NO,
};

struct certs_source {
	int image_fd;               /* root folder of the image */
	const char *image;          /* its name, for messages */
	int root_fd;                /* the real root; -1 where there is none, or it is the image */
	const char *root;           /* its name */
	enum root_certs root_certs; /* whether signers of the real root are used */
};

/*
 * Loads all certificates and adds a record for each file to the report; sets report->keyring.
 * A bad file never stops the others. Returns 0, or a negative errno when a keyring cannot be
 * used at all (said in the log).
 */
_must_check_ int certs_load(const struct certs_source *source, struct report *report);

/*
 * Loads EVM's certificates, those of EVM_CERTS_DIR and the one at `extra` where there is one, under
 * the rules of the signers. *ret_count is how many are in the keyring then. Returns as certs_load().
 */
_must_check_ int certs_load_evm(
	const struct certs_source *source, const char *extra, struct report *report, size_t *ret_count);

/*
 * Says in the log which certificates were refused, from that record on: CERTS_TOLD_MAX of them by name, and how many
 * more there are. All of them are in the report.
 */
void certs_tell(const struct report *report, size_t first);

/*
 * For verbs that load no certificate: copies those of the image whose key is in .ima or _ima to
 * the keyring of this process, so that a signature can be explained. *ret_keyring is the name of
 * the keyring found, NULL where there is none.
 */
void certs_recall(int image_fd, const char *image, const char **ret_keyring);

/*
 * Puts the certificate at path (absolute, inside the root) into the keyring of this process, where
 * signatures are verified with it; no issuer is asked for. Returns 0, or a negative errno with
 * *problem set.
 */
_must_check_ int certs_add_private(int root_fd, const char *path, struct problem *problem);

#endif
