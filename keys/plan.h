/* SPDX-License-Identifier: MIT */
/*
 * Whether a root will boot under a policy: the files that it needs, the rules that appraise them, and what would be
 * denied, put together by what it is needed for and by cause.
 */
#ifndef IMABOOT_PLAN_H
#define IMABOOT_PLAN_H

#include <pthread.h>
#include <stdatomic.h>
#include "fileitem.h"
#include "filesystem.h"
#include "imaverify.h"
#include "judge.h"
#include "needs.h"
#include "policy_diag.h"

#define PLAN_NAMES_MAX 1000 /* of one cause that are kept, unless all are wanted */

/* Files with one cause and one need. */
struct plan_group {
	enum need need;
	enum auditlog_kind kind;
	const char *cause;
	uint64_t count;
	char **names; /* in the root */
	size_t name_count;
	const struct policy_rule *rule; /* that denies the first of them */
	const char *because;            /* what the first of them is needed for, or NULL */
};

/* A file system of the running kernel that every boot reads, and what becomes of that. */
struct plan_memory {
	const char *name, *what; /* "proc"; what is done there */
	uint64_t magic;
	unsigned int role;
	bool has_xattrs;
	bool rare;                      /* few machines do it: a warning, no verdict */
	const struct policy_rule *rule; /* that denies it; NULL: none */
};

struct plan {
	const char *root;
	int root_fd;
	bool keep_all; /* names of every denied file are kept */
	struct fsfacts_told told;
	bool is_folder; /* the root is a folder that will be a file system of its own */
	uint64_t mount; /* of the root, see fsfacts_mount() */
	struct target target;
	struct judge judge;
	struct imaverify_ring ring;
	struct needs needs;
	struct plan_memory *memories;
	size_t memory_count;
	/* What the threads write. */
	pthread_mutex_t lock;
	struct plan_group *groups; /* in the order of their needs once plan_sort() has run */
	size_t group_count;
	atomic_uint_fast64_t *by_rule; /* files that each rule appraises */
	atomic_uint_fast64_t looked_at, appraised, read, denied, denied_needed, unreadable, unreadable_needed,
		unsure_needed; /* whether they are denied depends on a UUID that is not known */
};

/* What the threads do with each file, as in struct files_task; shared is the plan. */
void *plan_begin(void *shared);
void plan_file(void *state, const struct fileitem *item);
void plan_end(void *state);

/*
 * Judges what is needed and was not met in the tree: it is on another file system, or was left out. Returns 0 or
 * -ENOMEM.
 */
_must_check_ int plan_rest(struct plan *plan);

/* Judges what is read in memory alone, on every boot: /proc, /sys, /run, the initramfs. */
void plan_memories(struct plan *plan);

/* True where one of those is denied. */
bool plan_memory_denied(const struct plan *plan);

/* Puts the groups in order: by need, of a need the largest first. */
void plan_sort(struct plan *plan);

void plan_free(struct plan *plan);

#endif
