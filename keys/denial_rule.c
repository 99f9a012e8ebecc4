// SPDX-License-Identifier: MIT
/* The rules behind denials; see denial_rule.h. */
#include "denial_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include "filesystem.h"
#include "infile.h"
#include "judge.h"
#include "lint.h"
#include "machine.h"

static void set_rule(const struct policy *policy, const struct policy_rule *rule, struct denial_entry *entry)
{
	struct buf text = {0};

	buf_printf(&text, "line %u: ", rule->line);
	buf_add(&text, span_bytes(policy, rule->text), rule->text.len);
	free(entry->rule);
	entry->rule = buf_take(&text);
}

static void find_rule(const struct judge *judge, struct denial_entry *entry)
{
	const struct fsfacts_told told = {0};
	_cleanup_close_ int fd = -1;
	struct judgement judgement;
	struct fsfacts fs;
	struct stat st;

	if (*entry->name != '/' || lstat(entry->name, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	/* It may be another file of that name by now. */
	fd = open(entry->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0 || (entry->has_ino && st.st_ino != entry->ino))
		return;
	fsfacts_get(fd, &st, &told, &fs);
	fs.facts.fowner = st.st_uid;
	fs.facts.fgroup = st.st_gid;
	judge_bare(judge, &fs.facts, judge_roles(fd, entry->name, &st), true, &judgement);
	if (judgement.rule || judgement.rule_count)
		set_rule(judge->policy, judgement.rule ? judgement.rule : judgement.rules[0], entry);
	judgement_free(&judgement);
}

int denial_rules_find(const char *policy, struct denials *denials, struct problem *problem)
{
	_cleanup_buf_ struct buf text = {0};
	_cleanup_lint_ struct lint lint = {0};
	struct target target = {.ecdsa = true};
	unsigned int version = KERNEL_NEWEST;
	struct utsname running;
	struct judge judge;
	size_t i;
	int r = policy ? infile_read(policy, INFILE_POLICY_MAX, &text, problem)
		       : machine_read(MACHINE_POLICY, &text);

	if (r < 0)
		return policy ? r : 0;
	/* machine_read() takes the last newline away, and a policy must have it. */
	if (!policy)
		buf_putc(&text, '\n');
	if (uname(&running) < 0 || kernel_version_parse(running.release, &version) < 0)
		version = KERNEL_NEWEST;
	kernel_model_init(&target.model, version);
	if (lint_check(&target.model, policy ? policy : MACHINE_POLICY, buf_string(&text), text.len, false,
		    &lint) < 0)
		return problem_set(problem, -ENOMEM, "out of memory");
	judge_init(&target, &lint.policy, &judge);
	for (i = 0; i < denials->count; i++)
		if (denials->entries[i].kind == AUDITLOG_DATA)
			find_rule(&judge, &denials->entries[i]);
	return 0;
}
