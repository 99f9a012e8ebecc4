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

/*
 * What is asked of IMA when, on regular files only (ima_main.c). The mask of FUNC_FILE is the access mode.
 *   open(2)         FUNC_FILE with MASK_READ, MASK_WRITE, both; also MASK_APPEND with O_APPEND
 *   execve(2)       FUNC_FILE, FUNC_BPRM, FUNC_CREDS, then FUNC_MMAP_REQPROT (from 6.3 on) and FUNC_MMAP, all
 *                   with MASK_EXEC, for the program. FUNC_CREDS: from 5.8 on the ids are still those before
 *                   a setuid program changes them, but the saved ones are the effective ones already
 *                   (prepare_exec_creds); FUNC_MMAP: those of the new program
 *                   a script: the first three for it and for its interpreter
 *                   an ELF interpreter: FUNC_FILE, then FUNC_MMAP, with MASK_EXEC
 *   a library       FUNC_FILE with MASK_READ, then FUNC_MMAP with MASK_EXEC
 *   finit_module(2) FUNC_FILE for the open(2), FUNC_MODULE with MASK_READ; POLICY, FIRMWARE, KEXEC_* the same
 * EVM is left out, and so are digests in the .blacklist keyring.
 */

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
	uint8_t fsuuid[16];     /* super_block.s_uuid; zeros where it has none; a tmpfs has a random one */
	uint32_t fowner, fgroup;
	struct lsm_context label;
	bool fsverity; /* fs-verity is on for the file: statx(2), STATX_ATTR_VERITY */
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
	bool direct_io;      /* the file was opened with O_DIRECT */
};

/* The rule that decided for a class; rule NULL: none matched, and nothing is done. */
struct decision {
	const struct policy *policy;
	const struct policy_rule *rule;
};

struct verdict {
	struct decision by_class[ACTION_CLASSES]; /* index: action_class() */
	bool measure, appraise, audit, hash;      /* what is done in the end */
	/* What evaluate_appraisal() goes by. */
	uint32_t
		flags; /* RULE_* options of every rule that decided, of whatever class (IMA_NONACTION_FLAGS) */
	uint32_t algos;    /* appraise_algos= of the rule that appraises; 0: any */
	unsigned int mask; /* of the access */
	uint8_t memory;    /* which of the kernel's memories of the file is asked: see struct file_state */
	bool reads_file;   /* the kernel hashes the file, not what it has read of it into memory */
	bool direct_io, fsverity; /* from the access and the file */
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
	VALUE_SIGV3_GOOD,       /* version 3, over a plain file's digest; before Linux 7.1 any of version 3 */
	VALUE_VERITY_GOOD,      /* version 3, over an fs-verity digest */
	VALUE_UNKNOWN,          /* first byte unknown */
	VALUE_VERITY_BAD,   /* over an fs-verity digest, but it does not verify, or its key is not loaded */
	VALUE_NEW,          /* no attribute: the file is created by this access */
	VALUE_MODSIG_GOOD,  /* no attribute or a digest, but an appended signature that verifies */
	VALUE_UNVERIFIABLE, /* FUSE with ima_policy=fail_securely or mounted in a user namespace */
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
	DENIAL_SIGV3_REQUIRED,     /* IMA-sigv3-required */
	DENIAL_SIGNATURE_VERSION,  /* invalid-signature-version: a version that this kernel does not take */
	DENIAL_INVALID_VERITY,     /* invalid-verity-signature */
	DENIAL_NO_VERITY,          /* no-verity-digest: digest_type=verity, and fs-verity is not on */
	DENIAL_NO_ALGORITHM,       /* failed: the kernel does not have the hash that the value names */
	DENIAL_DIRECT_IO,          /* failed(directio): opened with O_DIRECT, and no permit_directio */
	DENIAL_UNVERIFIABLE,       /* unverifiable-signature */
	DENIAL_SIGNED_WRITE,       /* a signed file is opened for writing: nothing is logged */
};

/*
 * What ima_appraise_measurement would decide where the verdict says appraise (ima_appraise.c).
 * algo is the kernel's number of the hash that it makes of the file: the one that the value names, and without
 * one the kernel's default (ima_hash=, CONFIG_IMA_DEFAULT_HASH; mostly 4, SHA-256). For VALUE_SIGV3_GOOD before
 * Linux 7.2 it is the default too (ima_get_hash_algo).
 */
enum denial evaluate_appraisal(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo);

/*
 * What the kernel remembers of a file until it is changed (struct ima_iint_cache): for each kind of hook whether
 * appraisal has passed, and the options of every rule that has ever decided about the file. Zeros: not looked at.
 */
struct file_state {
	uint32_t flags;
	uint8_t passed;            /* bits: verdict.memory */
	bool collected, of_verity; /* a digest of the file is there; it is that of fs-verity */
	bool measured, audited, hashed;
	bool is_signed; /* its value was looked at, and is a signature */
};

/*
 * evaluate_appraisal() for one access after another to the same file, as execve(2) makes them; it is that of the
 * first. What passed once is not looked at again for that kind of hook, be the rules stricter there.
 */
enum denial evaluate_next(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo, struct file_state *state);

/* The kernel's word for a denial, as in its audit record: "missing-hash"; "" where it logs nothing. */
const char *denial_cause(enum denial denial);

#endif
