/* SPDX-License-Identifier: MIT */
/*
 * The exactness test: combinations of a policy and a file, each predicted by the evaluator and then tried on the
 * running kernel. What its files share; exact.c tells how they work together.
 */
#ifndef IMABOOT_EXACT_H
#define IMABOOT_EXACT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "buf.h"
#include "evaluate.h"

/* Where the host puts what it has made: /exact/prog, the content of each file, and /exact/NAME, values. */
#define EXACT "/exact/"
/* The file system of the ext4 image has this UUID. */
#define EXT4_UUID "01234567-89ab-4cde-8f01-23456789abcd"

/* A value of security.ima, made by the host. */
struct value {
	const char *name;
	enum appraise_value kind;
	unsigned int algo; /* the hash that the kernel makes for it */
	bool fsverity;     /* the file has fs-verity: ext4 alone */
	bool in_image; /* the kernel lets nobody set it: it comes with the image, as /made-NAME-0, -1, … */
};

struct place {
	const char *name, *type, *dir;
	uint64_t magic;
	bool has_xattrs;
	enum { UUID_NONE, UUID_RANDOM, UUID_KNOWN } uuid;
};

struct actor {
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;
	bool cap_setuid, cap_setgid;
};

/*
 * One combination. What is done to the file is a string, one letter for each access, all by one process:
 *   r w u   open it for reading, for writing, for both      a   for appending
 *   d D     open it for reading, writing, with O_DIRECT     c   create it
 *   m       map it for execution; it was opened before the policy was loaded
 *   i       map it for reading, where reading implies execution (personality(2))
 *   x       execute it; alone                               M   give it to finit_module(2), opened before
 *   p       give it to the kernel as a policy (dry run)     h   as u, and write to it: it may be given a hash
 */
struct combo {
	unsigned int number; /* also of its file's owner and group */
	const char *group;   /* what it is for, in the report */
	const char *hook;    /* func= where its rules are about one */
	const struct value *value;
	const struct place *place;
	const char *does;
	mode_t mode;
	struct actor actor;
	struct buf rules,
		later; /* later: loaded after the first policy, where the kernel takes more than one */
	int fd;        /* opened before the policy was loaded, or -1 */
	char path[64];
};

/* What is foretold, and what was seen. Bits: the letters of what is done. */
struct answer {
	unsigned int denied;
	bool measured, audited, hashed;
	char causes
		[200]; /* " CAUSE;", ours that of the first denial, the kernel's all that it has recorded */
	int trouble;   /* an errno that belongs to no answer */
};

extern const struct place places[];
extern const struct value values[];
const struct value *value_find(const char *name);

/* What the running kernel can be asked. */
struct abilities {
	const struct kernel_model *model;
	bool again, modules; /* another policy can be loaded; finit_module(2) is there */
	bool fsverity, overlay;
};

/* Makes all combinations, always the same ones for a kernel; returns their number. */
unsigned int combos_make(const struct abilities *abilities, struct combo **ret_combos);

/* Makes the file of a combination, before the policy is loaded. Exits when it cannot. */
void combo_place(struct combo *combo);

/* Does it. */
void combo_try(const struct combo *combo, struct answer *ret);

/* Reads what the kernel's log says until now; then what it said about a file. */
void observe_start(void);
void observe_collect(void);
void observe_settle(const char *last);
void observe_file(const struct combo *combo, struct answer *answer);

/* Ends the program. */
_Noreturn void give_up(const char *what);

/* A whole file, or nothing. */
void slurp(const char *path, struct buf *buf);

#endif
