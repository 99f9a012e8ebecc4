/* SPDX-License-Identifier: MIT */
/*
 * What a policy makes of one access to one file, as the kernel would decide it.
 *
 * Modelled on ima_policy.c: ima_match_rules and ima_match_policy. Rules are looked at front to back;
 * for each class of action (measure, appraise, audit, hash) the first rule that matches decides.
 * Several policies can be in force one after another: rules that the kernel brought along stay in
 * front of a loaded policy, and on kernels with IMA_WRITE_POLICY each load is appended. Pure.
 */
#ifndef IMABOOT_EVALUATE_H
#define IMABOOT_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "policy.h"
#include "policy_model.h"

/* The labels of a file or a process; a part of length 0 is not known, and a rule that asks for it does not match. */
struct lsm_context {
	const char *user, *role, *type; /* not terminated; NULL with length 0 */
	size_t user_len, role_len, type_len;
};

/* What rules ask about the file. */
struct file_facts {
	uint64_t fsmagic;       /* super_block.s_magic; statfs(2), f_type */
	const char *fsname;     /* super_block.s_type->name: "ext4", "tmpfs"; terminated */
	const char *fs_subtype; /* of FUSE; NULL or terminated */
	uint8_t fsuuid[16];     /* super_block.s_uuid; zeros where it has none */
	uint32_t fowner, fgroup;
	struct lsm_context label;
};

/* What rules ask about the process. */
struct cred_facts {
	uint32_t uid, euid, suid, gid, egid, sgid;
	bool cap_setuid, cap_setgid; /* euid= and egid= then match any of the three ids */
	struct lsm_context label;
};

struct access {
	enum policy_func func; /* the hook; not FUNC_NONE */
	unsigned int mask;     /* MASK_* bits of the access */
	const struct file_facts *file;
	const struct cred_facts *cred;
	const char *keyring; /* with FUNC_KEY: the keyring's name; with FUNC_CRITICAL_DATA: the label */
};

/* The rule that decided for a class; rule NULL: none matched, and nothing is done. */
struct decision {
	const struct policy *policy;
	const struct policy_rule *rule;
};

struct verdict {
	struct decision by_class[ACTION_CLASSES]; /* index: action_class() */
	bool measure, appraise, audit, hash;      /* what is done in the end */
};

/* Evaluates the policies, in their order, for one access on a kernel of that version. */
void evaluate(const struct kernel_model *model, const struct policy *const *policies, size_t count,
	const struct access *access, struct verdict *ret);

/* What security.ima of a file holds, and whether it is right; found out by the caller. */
enum appraise_value {
	VALUE_NONE,             /* no attribute */
	VALUE_UNSUPPORTED,      /* the file system has no extended attributes */
	VALUE_HASH_GOOD,        /* a digest, and it is the file's */
	VALUE_HASH_BAD,         /* a digest of something else */
	VALUE_SIGNATURE_GOOD,   /* a signature of version 2 that verifies with a loaded key */
	VALUE_SIGNATURE_BAD,    /* a signature that does not, or a malformed one */
	VALUE_SIGNATURE_NO_KEY, /* its key is not loaded */
	VALUE_SIGV3_GOOD,       /* version 3, over a plain file's digest */
	VALUE_VERITY_GOOD,      /* version 3, over an fs-verity digest */
	VALUE_UNKNOWN,          /* first byte unknown */
};

/* Why appraisal would deny; the words after them are the kernel's, in its audit record. */
enum denial {
	DENIAL_NONE,               /* allowed, or not appraised */
	DENIAL_MISSING_HASH,       /* missing-hash */
	DENIAL_NO_XATTRS,          /* the file system has none: nothing is logged */
	DENIAL_SIGNATURE_REQUIRED, /* IMA-signature-required */
	DENIAL_INVALID_HASH,       /* invalid-hash */
	DENIAL_INVALID_SIGNATURE,  /* invalid-signature */
	DENIAL_ALGORITHM,          /* denied-hash-algorithm: appraise_algos= does not list it */
	DENIAL_VERITY_REQUIRED,    /* verity-signature-required */
	DENIAL_UNKNOWN_DATA,       /* unknown-ima-data */
};

/*
 * What ima_appraise_measurement would decide where the verdict says appraise (ima_appraise.c).
 * algo is the kernel's number of the hash in the value (meaningless with VALUE_NONE and its like).
 */
enum denial evaluate_appraisal(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo);

/* The kernel's word for a denial, as in its audit record: "missing-hash". "" for DENIAL_NONE and DENIAL_NO_XATTRS. */
const char *denial_cause(enum denial denial);

#endif
