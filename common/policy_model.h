/* SPDX-License-Identifier: MIT */
/*
 * What the verdict on a policy depends on besides its text: the kernel's version, its configuration, the hash
 * algorithms it has, and what it knows about LSM labels.
 *
 * The boot program knows its kernel's version and little else; lint may know a .config too. What is not known
 * is taken to be there, so that a policy is never refused for a guess.
 */
#ifndef IMABOOT_POLICY_MODEL_H
#define IMABOOT_POLICY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

/* A kernel version in one number; the third part does not matter here. */
#define KERNEL(major, minor) (((unsigned)(major) << 16) | (unsigned)(minor))
#define KERNEL_MAJOR(version) ((version) >> 16)
#define KERNEL_MINOR(version) ((version)&0xffff)

/* The newest version whose rule language is modelled. */
#define KERNEL_NEWEST KERNEL(7, 2)
/* The oldest one: the first that loads a policy by its path. */
#define KERNEL_OLDEST KERNEL(4, 6)

/* What becomes of a rule with a label (ima_policy.c, ima_lsm_rule_init). */
enum label_state {
	LABELS_KNOWN,    /* an LSM knows every label: accepted and active */
	LABELS_REFUSED,  /* unknown, and the built-in policy is in force: EINVAL */
	LABELS_INACTIVE, /* unknown, but a custom policy was loaded: accepted, matches nothing for now */
};

struct kernel_model {
	unsigned version;      /* KERNEL(major, minor) */
	bool from_config;      /* the fields below were read from a configuration, not assumed */
	bool appraise;         /* IMA_APPRAISE: without it appraise rules parse and do nothing */
	bool modsig;           /* IMA_APPRAISE_MODSIG */
	bool measure_keys;     /* IMA_MEASURE_ASYMMETRIC_KEYS */
	bool lsm_rules;        /* IMA_LSM_RULES */
	bool write_policy;     /* IMA_WRITE_POLICY: more than one load */
	bool read_policy;      /* IMA_READ_POLICY: the policy can be read back */
	bool long_is_64;       /* the width of unsigned long bounds fsmagic= and pcr= */
	uint32_t algos;        /* hash algorithms that are there: bit n is the kernel's number n */
	uint32_t algo_modules; /* those of algos that are in a module, so only there when it can be loaded */
	enum label_state labels;
	/* With labels that are not known in general: says whether this one is. NULL: none is. */
	bool (*label_known)(int slot, const char *label, size_t len);
};

/* Fills a model for a version of which nothing else is known: everything it can have is there. */
void kernel_model_init(struct kernel_model *model, unsigned version);

/*
 * Narrows a model down by a kernel's configuration, as text with lines CONFIG_X=y. Returns 0, or -EINVAL where
 * no line of it is one of a kernel configuration, -ENOTSUP where it says that the kernel has no IMA.
 */
_must_check_ int kernel_model_configure(struct kernel_model *model, const char *config, size_t len);

/*
 * Reads a version as uname -r and people write it: "6.1", "6.1.0-56-amd64", "v6.12". Returns 0, -EINVAL where it
 * is none, -ERANGE where it is older than KERNEL_OLDEST. A version newer than KERNEL_NEWEST is taken as it is.
 */
_must_check_ int kernel_version_parse(const char *string, unsigned *ret_version);

/* The version that a configuration's first lines name ("# Linux/x86 6.1.0 Kernel Configuration"); 0: none. */
unsigned kernel_version_of_config(const char *config, size_t len);

#endif
