// SPDX-License-Identifier: MIT
/* What a kernel would say to a file; see judge.h. */
#include "judge.h"

#include <errno.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include "digest.h"
#include "fileid.h"
#include "imaxattr.h"
#include "judge_internal.h"

#define LABEL_MAX 512
#define UUIDS_MAX 16 /* that are tried where the real one is not known, as in the preflight */

void judge_init(const struct target *target, const struct policy *policy, struct judge *ret)
{
	size_t i;
	int slot;

	*ret = (struct judge){.target = target, .policy = policy};
	for (i = 0; i < policy->count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		ret->asks_verity |= (rule->flags & RULE_VERITY) != 0;
		ret->asks_uuid |= (rule->flags & RULE_FSUUID) != 0;
		if (rule->action == ACTION_APPRAISE && rule->func == FUNC_MODULE && target->model.appraise &&
			!ret->module_rule)
			ret->module_rule = rule;
		for (slot = LSM_OBJ_USER; slot <= LSM_OBJ_TYPE; slot++)
			ret->asks_labels |= rule->lsm[slot].len != 0;
	}
}

/* ---- roles -------------------------------------------------------------------------------- */

static bool matches(const char *path, const char *const *globs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (fnmatch(globs[i], path, 0) == 0)
			return true;
	return false;
}

static bool is_packed_module(const char *path)
{
	static const char *const globs[] = {"*.ko.gz", "*.ko.xz", "*.ko.zst"};

	return matches(path, globs, ARRAY_SIZE(globs));
}

unsigned int judge_roles(int fd, const char *path, const struct stat *st)
{
	static const char *const libraries[] = {"*.so", "*.so.*"};
	static const char *const firmware[] = {"/lib/firmware/*", "/usr/lib/firmware/*"};
	char magic[4] = "";
	bool is_library;
	ssize_t n;

	if (fnmatch("*.ko", path, 0) == 0 || is_packed_module(path))
		return ROLE_MODULE;
	if (matches(path, firmware, ARRAY_SIZE(firmware)))
		return ROLE_FIRMWARE;
	/* Only what may be executed or mapped is looked into: most files are not, and are not read for this. */
	is_library = matches(path, libraries, ARRAY_SIZE(libraries));
	if (!is_library && !(st->st_mode & 0111))
		return ROLE_READ;
	n = pread(fd, magic, sizeof(magic), 0);
	if (n == (ssize_t)sizeof(magic) && memcmp(magic, "\177ELF", sizeof(magic)) == 0)
		return is_library ? ROLE_LIBRARY : ROLE_PROGRAM;
	return st->st_mode & 0111 && n >= 2 && magic[0] == '#' && magic[1] == '!' ? ROLE_SCRIPT : ROLE_READ;
}

/* ---- files -------------------------------------------------------------------------------- */

/* security.selinux is "user:role:type:level"; other modules' labels are not looked at by any rule here. */
static void parse_label(const char *text, size_t len, struct lsm_context *ret)
{
	const char *end = text + strnlen(text, len), *colon;
	const char **parts[] = {&ret->user, &ret->role, &ret->type};
	size_t *lens[] = {&ret->user_len, &ret->role_len, &ret->type_len}, i;

	for (i = 0; i < ARRAY_SIZE(parts) && text < end; i++, text = colon + 1) {
		colon = memchr(text, ':', (size_t)(end - text));
		if (!colon)
			colon = end;
		*parts[i] = text;
		*lens[i] = (size_t)(colon - text);
	}
}

/*
 * A module that kmod unpacks itself comes to the kernel without a file, and is denied wherever a rule appraises modules,
 * whether or not that matches this one (ima_main.c, ima_load_data; ima_policy.c, ima_appraise_flag).
 */
static bool comes_without_file(const struct judge *judge, const struct judge_subject *subject)
{
	return judge->module_rule && subject->roles & ROLE_MODULE && is_packed_module(subject->path) &&
	       !judge->target->module_decompress && !judge->target->sig_enforce;
}

static void deny_without_file(const struct judge *judge, struct judgement *ret)
{
	ret->appraised = true;
	ret->rule = ret->rules[0] = judge->module_rule;
	ret->rule_count = 1;
	judge_deny(ret, AUDITLOG_NO_FILE, "module");
}

/* The file as it would be opened under these facts. */
static void judge_facts(const struct judge *judge, struct imaverify *verify,
	const struct judge_subject *subject, const struct file_facts *facts, struct look *look,
	struct judgement *ret)
{
	struct seen seen[STEPS_MAX];
	size_t count = judge_look(judge, facts, subject->roles, seen);

	*ret = (struct judgement){0};
	if (!judge_note_rules(seen, count, ret))
		return;
	judge_value(judge, verify, look, seen, count, ret);
	/* With EVM active the value does not count without security.evm (ima_appraise.c, ima_appraise_measurement). */
	if (judge->evm && !ret->denied && !ret->problem.error && imaxattr_lacks_evm(subject->fd))
		judge_deny(ret, AUDITLOG_DATA, "missing-HMAC");
	if (ret->denied && !ret->rule)
		ret->rule = ret->rules[0];
}

/* What is opened early is opened while nobody knows its label, and may be opened again later. */
static void judge_labels(const struct judge *judge, struct imaverify *verify,
	const struct judge_subject *subject, const struct file_facts *facts, struct look *look,
	struct judgement *ret)
{
	struct file_facts unlabelled = *facts;

	unlabelled.label = (struct lsm_context){0};
	if (facts->label.type_len && subject->early && !judge->labels_late) {
		judge_facts(judge, verify, subject, &unlabelled, look, ret);
		if (ret->denied || ret->problem.error)
			return;
		judgement_free(ret);
	}
	judge_facts(judge, verify, subject, facts, look, ret);
}

/* Where the file system's UUID is not known, it may be any that a rule asks for, or another one. */
static void judge_uuids(const struct judge *judge, struct imaverify *verify,
	const struct judge_subject *subject, struct file_facts *facts, struct look *look,
	struct judgement *ret)
{
	const struct policy *policy = judge->policy;
	struct judgement other;
	size_t i, tried = 0;

	for (i = 0; i < policy->count && tried < UUIDS_MAX && !ret->problem.error; i++) {
		if (!(policy->rules[i].flags & RULE_FSUUID))
			continue;
		memcpy(facts->fsuuid, policy->rules[i].fsuuid, sizeof(facts->fsuuid));
		judge_labels(judge, verify, subject, facts, look, &other);
		ret->unsure |= other.denied != ret->denied;
		judgement_free(&other);
		tried++;
	}
}

void judge_file(const struct judge *judge, struct imaverify *verify, const struct judge_subject *subject,
	struct judgement *ret)
{
	struct file_facts facts = subject->fs->facts;
	struct look look = {.fd = subject->fd, .st = subject->st};
	char label[LABEL_MAX];
	size_t len;

	*ret = (struct judgement){0};
	if (comes_without_file(judge, subject)) {
		deny_without_file(judge, ret);
		return;
	}
	facts.fowner = subject->st->st_uid;
	facts.fgroup = subject->st->st_gid;
	if (judge->asks_labels && imaxattr_get_label(subject->fd, label, sizeof(label), &len) == 0)
		parse_label(label, len, &facts.label);
	facts.fsverity = judge->asks_verity && fileid_has_verity(subject->fd);
	judge_labels(judge, verify, subject, &facts, &look, ret);
	if (judge->asks_uuid && !subject->fs->has_uuid)
		judge_uuids(judge, verify, subject, &facts, &look, ret);
	problem_free(&look.result.problem);
}

void judge_bare(const struct judge *judge, const struct file_facts *facts, unsigned int role, bool has_xattrs,
	struct judgement *ret)
{
	struct seen seen[STEPS_MAX];
	size_t count = judge_look(judge, facts, role, seen);

	*ret = (struct judgement){0};
	if (judge_note_rules(seen, count, ret))
		judge_set_denial(ret,
			judge_first_denial(judge, seen, count,
				has_xattrs ? VALUE_HASH_GOOD : VALUE_UNSUPPORTED, DIGEST_SHA256, &ret->rule),
			false);
}

void judgement_free(struct judgement *judgement)
{
	problem_free(&judgement->problem);
}
