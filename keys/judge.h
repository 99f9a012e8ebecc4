/* SPDX-License-Identifier: MIT */
/*
 * What a kernel would say when a file is opened in the ways in which a boot opens it: the rules that appraise it, and
 * whether its security.ima satisfies them. A file is read only where its content decides.
 */
#ifndef IMABOOT_JUDGE_H
#define IMABOOT_JUDGE_H

#include "auditlog.h"
#include "evaluate.h"
#include "filesystem.h"
#include "imaverify.h"
#include "needs.h"
#include "target.h"

#define JUDGE_RULES_MAX 8 /* rules that appraise one file and are kept */

/* What all files have in common; not changed while threads use it. */
struct judge {
	const struct target *target;
	const struct policy *policy;
	bool asks_labels, asks_verity, asks_uuid; /* a rule of the policy does */
	const struct policy_rule *module_rule;    /* the first that appraises modules; NULL: none does */
	/* For the caller to set: EVM will be active; the policy is loaded once labels are known. */
	bool evm, labels_late;
};

/* A file that is judged. */
struct judge_subject {
	int fd;
	const char *path; /* in the root */
	const struct stat *st;
	const struct fsfacts *fs;
	unsigned int roles;
	bool early; /* opened before any security module knows a label, too */
};

struct judgement {
	bool appraised;
	bool denied;
	bool unsure; /* that depends on the UUID of the file system, which is not known */
	/* With denied: the kernel's word, and the kind of record that has it; see denial_words_of(). */
	enum auditlog_kind kind;
	const char *cause;
	const struct policy_rule *rule; /* that denies it */
	const struct policy_rule *rules[JUDGE_RULES_MAX];
	size_t rule_count;
	bool was_read;          /* its content was hashed */
	struct problem problem; /* it could not be read; error 0: it could */
};

/* Looks which facts the policy asks for. */
void judge_init(const struct target *target, const struct policy *policy, struct judge *ret);

/* The roles of a file of which nothing is known but its path in the root, its mode and its first bytes. */
unsigned int judge_roles(int fd, const char *path, const struct stat *st);

/* Judges an open file. To be released with judgement_free(). */
void judge_file(const struct judge *judge, struct imaverify *verify, const struct judge_subject *subject,
	struct judgement *ret);

/* Judges what has no attribute: a new file of that file system, opened in one way. has_xattrs: it could have one. */
void judge_bare(const struct judge *judge, const struct file_facts *facts, unsigned int role, bool has_xattrs,
	struct judgement *ret);

void judgement_free(struct judgement *judgement);

#endif
