/* SPDX-License-Identifier: MIT */
/*
 * EVM, which protects the metadata of files beside their content (security/integrity/evm): its
 * certificates and its HMAC key, and the value that activates it.
 *
 * Two steps. What can fail is made ready before any policy is committed: the keys are loaded, and
 * the file of securityfs is open, which a policy might forbid later. EVM is activated once the
 * policy is in force: with EVM active the kernel would ask for security.evm of the policy file too,
 * and the image's policy, a file in memory, has none.
 *
 * The HMAC key is an encrypted key's blob, of dracut's masterkey module and its parameters; both keys
 * are in this process's own keyring and leave it again: the kernel keeps its copy (evm_init_key).
 */
#ifndef IMABOOT_EVM_H
#define IMABOOT_EVM_H

#include <stdbool.h>
#include "certs.h"
#include "config.h"
#include "keyring.h"
#include "report.h"

#define EVM_BLOB_MAX (16 * 1024)       /* bytes of a key's file */
#define EVM_SETUP_COMPLETE 0x80000000u /* no change in this boot any more */

struct evm {
	enum config_evm mode;
	const struct certs_source *source;
	const char *key_file, *x509_file, *master_file; /* absolute; "" for the default */
	bool master_is_user;                            /* the master key is of type user, not trusted */
	const char *image_only;    /* why the keys of the root are not used, a clause; NULL: they are */
	bool look_only;            /* nothing is activated any more: only looks whether it is */
	struct report_evm *record; /* where result and problem go */
	int fd;                    /* the kernel's file; -1: it is not to be activated */
	key_serial key, master;    /* 0: not loaded by us */
};

/*
 * Loads certificates and keys as the mode says (unless it only looks), with a record of each certificate in the report.
 * Returns 0 (mode off, and EVM that is active already, too), or a negative errno with the record's
 * problem set.
 */
_must_check_ int evm_prepare(struct evm *evm, struct report *report);

/* Activates what was prepared; nothing where nothing was. Returns as evm_prepare(). */
_must_check_ int evm_activate(struct evm *evm);

/*
 * True where an open file has no security.evm: with EVM active the kernel then refuses whatever its
 * security.ima says (ima_appraise.c, "missing-HMAC").
 */
bool evm_lacks_label(int fd);

/* Takes the keys out of the keyring and closes the file. */
void evm_free(struct evm *evm);

#define _cleanup_evm_ _cleanup_(evm_free)

#endif
