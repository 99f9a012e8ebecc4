/* SPDX-License-Identifier: MIT */
/*
 * IMA's policy file in securityfs: its state, and the transaction that it is
 * (security/integrity/ima/ima_fs.c: ima_open_policy, ima_write_policy, ima_release_policy).
 *
 * One open for writing is one transaction. The errno of a write is the kernel's verdict on what
 * was written; any failed write makes the release drop everything. A write at an offset fails
 * always and so turns the transaction into a dry run, what is written after it included.
 */
#ifndef IMABOOT_SECURITYFS_H
#define IMABOOT_SECURITYFS_H

#include <stdbool.h>
#include "buf.h"
#include "util.h"

enum policy_state {
	POLICY_NO_IMA,    /* the kernel has no IMA */
	POLICY_GONE,      /* a policy was committed; this kernel takes no second one */
	POLICY_READ_ONLY, /* the same, and the policy can be read back */
	POLICY_WRITABLE,  /* a policy can be loaded */
	POLICY_READABLE,  /* a policy can be loaded, and the rules in force can be read */
};

/* Mounts securityfs where it is not mounted yet. Returns 0 or a negative errno. */
_must_check_ int securityfs_mount(void);

/* State of the policy file, read from its presence and mode. */
enum policy_state securityfs_policy_state(void);

/* A word for each state, for reports: "absent", "loaded-once", "read-only", "writable", "readable". */
const char *policy_state_name(enum policy_state state);

/* True where a policy can be loaded. */
static inline bool policy_state_is_writable(enum policy_state state)
{
	return state == POLICY_WRITABLE || state == POLICY_READABLE;
}

/*
 * Has the kernel judge the file behind a descriptor that is open for reading, by writing the
 * path of the descriptor. commit false: nothing is committed whatever the verdict. Returns 0
 * when the kernel accepts it, or its negative errno: -EACCES no valid signature, -EINVAL a bad
 * rule, -EBUSY another writer, -ETXTBSY the file is open for writing; -EPROTO: the kernel takes no dry
 * run, and was given nothing. *ret_opened tells whether the policy file could be opened, so that the
 * errno is the verdict of a write.
 */
_must_check_ int securityfs_submit(int policy_fd, bool commit, bool *ret_opened);

/* Reads the rules in force. Returns 0, -EACCES where the kernel does not show them, or another errno. */
_must_check_ int securityfs_read_policy(struct buf *ret);

#endif
