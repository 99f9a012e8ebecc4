/* SPDX-License-Identifier: MIT */
/*
 * The syntax tree of an IMA policy: an ordered array of decoded rules.
 *
 * The kernel evaluates a policy front to back; for each class of action (measure, appraise, audit, hash) the
 * first rule that matches decides (ima_policy.c, ima_match_policy). Strings are not copied: a span points into
 * the text that was parsed, which must outlive the tree.
 */
#ifndef IMABOOT_POLICY_H
#define IMABOOT_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

/* A piece of the policy's text. */
struct span {
	uint32_t start;
	uint32_t len;
};

/* Pairs: an action and its exemption follow each other, so (action - 1) / 2 is the class. */
enum policy_action {
	ACTION_NONE,
	ACTION_MEASURE,
	ACTION_DONT_MEASURE,
	ACTION_APPRAISE,
	ACTION_DONT_APPRAISE,
	ACTION_AUDIT,
	ACTION_DONT_AUDIT,
	ACTION_HASH,
	ACTION_DONT_HASH,
	ACTION_COUNT,
};

#define ACTION_CLASSES 4
#define action_class(action) (((unsigned)(action)-1) / 2)
#define action_exempts(action) ((action) != ACTION_NONE && ((unsigned)(action)-1) % 2 == 1)

/* The hooks of func=. FUNC_NONE: the rule names none and matches all but KEY_CHECK and CRITICAL_DATA. */
enum policy_func {
	FUNC_NONE,
	FUNC_FILE,
	FUNC_MMAP,
	FUNC_MMAP_REQPROT,
	FUNC_BPRM,
	FUNC_CREDS,
	FUNC_MODULE,
	FUNC_FIRMWARE,
	FUNC_KEXEC_KERNEL,
	FUNC_KEXEC_INITRAMFS,
	FUNC_POLICY,
	FUNC_KEXEC_CMDLINE,
	FUNC_KEY,
	FUNC_CRITICAL_DATA,
	FUNC_SETXATTR,
	FUNC_COUNT,
};

/* The values of mask=, as the kernel's MAY_* bits (include/linux/fs.h). */
enum policy_mask { MASK_EXEC = 1, MASK_WRITE = 2, MASK_READ = 4, MASK_APPEND = 8 };

/* What a rule carries: conditions first, then options. */
enum policy_flag {
	RULE_FUNC = 1 << 0,
	RULE_MASK = 1 << 1,   /* mask=M: exactly this access */
	RULE_INMASK = 1 << 2, /* mask=^M: this access among others */
	RULE_FSMAGIC = 1 << 3,
	RULE_FSNAME = 1 << 4,
	RULE_FS_SUBTYPE = 1 << 5,
	RULE_FSUUID = 1 << 6,
	RULE_UID = 1 << 7,
	RULE_EUID = 1 << 8,
	RULE_GID = 1 << 9,
	RULE_EGID = 1 << 10,
	RULE_FOWNER = 1 << 11,
	RULE_FGROUP = 1 << 12,
	RULE_KEYRINGS = 1 << 13,
	RULE_LABEL = 1 << 14,
	RULE_PCR = 1 << 15,
	RULE_ALGOS = 1 << 16,
	RULE_SIGNED = 1 << 17,    /* a signature is required, a hash is not enough */
	RULE_MODSIG = 1 << 18,    /* an appended signature will do */
	RULE_SIGV3 = 1 << 19,     /* the signature must be of version 3 */
	RULE_VERITY = 1 << 20,    /* digest_type=verity */
	RULE_BLACKLIST = 1 << 21, /* appraise_flag=check_blacklist, before Linux 6.6 */
	RULE_DIRECTIO = 1 << 22,
};

/* The slots of LSM labels, in the kernel's order (enum lsm_rule_types). */
enum policy_lsm {
	LSM_OBJ_USER,
	LSM_OBJ_ROLE,
	LSM_OBJ_TYPE,
	LSM_SUBJ_USER,
	LSM_SUBJ_ROLE,
	LSM_SUBJ_TYPE,
	LSM_COUNT
};

/* How an id is compared. */
enum policy_operator { OP_EQUAL = '=', OP_LESS = '<', OP_GREATER = '>' };

struct policy_rule {
	uint64_t fsmagic;
	uint32_t flags;   /* enum policy_flag */
	uint32_t line;    /* 1-based */
	struct span text; /* the rule as written, without the blanks before it */
	uint32_t uid, gid, fowner, fgroup;
	uint32_t algos; /* bit n: the hash with the kernel's number n (enum hash_algo) */
	struct span fsname, fs_subtype;
	struct span keyrings, label; /* items separated by bars */
	struct span lsm[LSM_COUNT];  /* len 0: no condition */
	uint8_t fsuuid[16];
	uint8_t action;                               /* enum policy_action */
	uint8_t func;                                 /* enum policy_func */
	uint8_t mask;                                 /* enum policy_mask */
	uint8_t uid_op, gid_op, fowner_op, fgroup_op; /* enum policy_operator */
	uint8_t pcr;
	uint8_t template;     /* 0: none; else 1 + an index for policy_template_name() */
	uint8_t lsm_inactive; /* bit n: slot n names a label that no LSM knows yet; such a rule never matches */
};

struct policy {
	const char *text; /* what the spans point into; not owned */
	size_t len;
	struct policy_rule *rules;
	size_t count, size;
};

/* The first byte of a span; it is not terminated. */
static inline const char *span_bytes(const struct policy *policy, struct span span)
{
	return policy->text + span.start;
}

/* Releases the rules; the text stays the caller's. */
void policy_free(struct policy *policy);

#define _cleanup_policy_ _cleanup_(policy_free)

#endif
