/* SPDX-License-Identifier: MIT */
/* What the running kernel has of IMA: its files, its keyrings, its mounts. Looks, and changes nothing. */
#ifndef IMABOOT_MACHINE_H
#define IMABOOT_MACHINE_H

#include <keyutils.h>
#include <stdbool.h>
#include "buf.h"

#define MACHINE_IMA "/sys/kernel/security/integrity/ima"
#define MACHINE_POLICY MACHINE_IMA "/policy"

enum machine_policy {
	MACHINE_UNKNOWN,   /* securityfs is not mounted */
	MACHINE_NO_IMA,    /* the kernel has no IMA */
	MACHINE_GONE,      /* a policy was loaded, and no second one can be */
	MACHINE_READ_ONLY, /* the same, and root can read it */
	MACHINE_WRITABLE,  /* a policy can be loaded */
	MACHINE_READABLE,  /* the same, and root can read the rules in force */
};

/* The keyrings that have to do with IMA and EVM, in the order in which they are shown. */
extern const char *const machine_rings[];
extern const size_t machine_ring_count;

/* For unit tests: a folder in front of every path; "" again: none. Kept, not copied. */
void machine_set_prefix(const char *prefix);

/* Reads a small file of the kernel as text, without the newline at its end. Returns 0 or a negative errno. */
_must_check_ int machine_read(const char *path, struct buf *ret);

/* The state of IMA's policy file, from its presence and mode (ima_fs.c, ima_release_policy). */
enum machine_policy machine_policy_state(void);

/* "unknown", and the words of imaboot's status.json: "absent", "loaded-once", "read-only", "writable", "readable". */
const char *machine_policy_name(enum machine_policy state);

/* True where the policy file is bound over itself read-only, so that systemd does not load a policy. */
bool machine_has_guard(void);

/* True where UEFI Secure Boot is on. */
bool machine_has_secure_boot(void);

/* Adds the value of a parameter of the kernel's command line, the last one, which counts. False where there is none. */
bool machine_parameter(const char *name, struct buf *ret);

/*
 * True where the kernel repairs (ima_appraise=fix): it writes the digest of a file that its policy appraises when that is
 * opened. Under Secure Boot the parameter is ignored (ima_appraise.c, default_appraise_setup).
 */
bool machine_fixes(void);

/* Whether what is booted is vouched for; a clause says why. */
bool machine_is_locked(const char **ret_reason);

/*
 * Root's keyring of that name, from /proc/keys, where a process sees what it may view. Returns 0, -ENOENT where there
 * is none to be seen, or another negative errno.
 */
_must_check_ int machine_find_ring(const char *name, key_serial_t *ret);

/*
 * The keys in a keyring: count descriptions, which hold what is in a certificate. Returns 0, or a negative errno.
 */
_must_check_ int machine_list_ring(key_serial_t ring, char ***ret, size_t *ret_count);
void machine_free_list(char **list, size_t count);

#endif
