// SPDX-License-Identifier: MIT
/* Which rules decide about an access; see evaluate.h. What appraisal makes of the file: evaluate_value.c. */
#include "evaluate.h"

#include <string.h>

/* What a rule adds to the file's state, whatever its action (ima.h, IMA_NONACTION_FLAGS). */
#define ADDED_FLAGS (RULE_SIGNED | RULE_MODSIG | RULE_SIGV3 | RULE_VERITY | RULE_BLACKLIST | RULE_DIRECTIO)

static bool span_equals(const struct policy *policy, struct span span, const char *bytes, size_t len)
{
	return span.len == len && memcmp(span_bytes(policy, span), bytes, len) == 0;
}

static bool name_matches(const struct policy *policy, struct span wanted, const char *name)
{
	return name && span_equals(policy, wanted, name, strlen(name));
}

static bool id_matches(unsigned op, uint32_t wanted, uint32_t id)
{
	return op == OP_LESS ? id < wanted : op == OP_GREATER ? id > wanted : id == wanted;
}

/* euid= and egid=: with the capability any of the three ids will do. */
static bool effective_matches(
	unsigned op, uint32_t wanted, uint32_t effective, bool capable, uint32_t saved, uint32_t real)
{
	return id_matches(op, wanted, effective) ||
	       (capable && (id_matches(op, wanted, saved) || id_matches(op, wanted, real)));
}

static bool list_has(const struct policy *policy, struct span list, const char *name)
{
	size_t len = name ? strlen(name) : 0;
	const char *item = span_bytes(policy, list), *end = item + list.len, *bar;

	for (; name && item <= end; item = bar + 1) {
		bar = memchr(item, '|', (size_t)(end - item));
		if (!bar)
			bar = end;
		if ((size_t)(bar - item) == len && memcmp(item, name, len) == 0)
			return true;
	}
	return false;
}

/* ima_match_rule_data(): a rule for keys or data must name the hook, and of the ids only uid= counts. */
static bool data_matches(
	const struct policy *policy, const struct policy_rule *rule, const struct access *access)
{
	struct span list = rule->func == FUNC_KEY ? rule->keyrings : rule->label;

	if (rule->func != access->func)
		return false;
	if (rule->flags & RULE_UID && !id_matches(rule->uid_op, rule->uid, access->cred->uid))
		return false;
	return !list.len || list_has(policy, list, access->keyring);
}

static bool mask_matches(const struct policy_rule *rule, unsigned int mask)
{
	if (rule->flags & RULE_MASK && rule->mask != mask)
		return false;
	return !(rule->flags & RULE_INMASK) || rule->mask & mask;
}

static bool filesystem_matches(
	const struct policy *policy, const struct policy_rule *rule, const struct file_facts *file)
{
	if (rule->flags & RULE_FSMAGIC && rule->fsmagic != file->fsmagic)
		return false;
	if (rule->flags & RULE_FSNAME && !name_matches(policy, rule->fsname, file->fsname))
		return false;
	if (rule->flags & RULE_FS_SUBTYPE && !name_matches(policy, rule->fs_subtype, file->fs_subtype))
		return false;
	return !(rule->flags & RULE_FSUUID) || memcmp(rule->fsuuid, file->fsuuid, sizeof(file->fsuuid)) == 0;
}

static bool ids_match(
	const struct policy_rule *rule, const struct cred_facts *cred, const struct file_facts *file)
{
	uint32_t flags = rule->flags;

	if (flags & RULE_UID && !id_matches(rule->uid_op, rule->uid, cred->uid))
		return false;
	if (flags & RULE_EUID && !effective_matches(rule->uid_op, rule->uid, cred->euid, cred->cap_setuid,
					 cred->suid, cred->uid))
		return false;
	if (flags & RULE_GID && !id_matches(rule->gid_op, rule->gid, cred->gid))
		return false;
	if (flags & RULE_EGID && !effective_matches(rule->gid_op, rule->gid, cred->egid, cred->cap_setgid,
					 cred->sgid, cred->gid))
		return false;
	if (flags & RULE_FOWNER && !id_matches(rule->fowner_op, rule->fowner, file->fowner))
		return false;
	return !(flags & RULE_FGROUP) || id_matches(rule->fgroup_op, rule->fgroup, file->fgroup);
}

static bool labels_match(const struct policy *policy, const struct policy_rule *rule,
	const struct lsm_context *object, const struct lsm_context *subject)
{
	const struct {
		const char *bytes;
		size_t len;
	} parts[LSM_COUNT] = {
		[LSM_OBJ_USER] = {object->user, object->user_len},
		[LSM_OBJ_ROLE] = {object->role, object->role_len},
		[LSM_OBJ_TYPE] = {object->type, object->type_len},
		[LSM_SUBJ_USER] = {subject->user, subject->user_len},
		[LSM_SUBJ_ROLE] = {subject->role, subject->role_len},
		[LSM_SUBJ_TYPE] = {subject->type, subject->type_len},
	};
	int i;

	if (rule->lsm_inactive)
		return false;
	for (i = 0; i < LSM_COUNT; i++)
		if (rule->lsm[i].len &&
			(!parts[i].len || !span_equals(policy, rule->lsm[i], parts[i].bytes, parts[i].len)))
			return false;
	return true;
}

/* ima_match_rules() */
static bool rule_matches(
	const struct policy *policy, const struct policy_rule *rule, const struct access *access)
{
	if (rule->flags & RULE_FUNC && rule->func != access->func)
		return false;
	if (access->func == FUNC_KEY || access->func == FUNC_CRITICAL_DATA)
		return data_matches(policy, rule, access);
	return mask_matches(rule, access->mask) && filesystem_matches(policy, rule, access->file) &&
	       ids_match(rule, access->cred, access->file) &&
	       labels_match(policy, rule, &access->file->label, &access->cred->label);
}

/*
 * The classes that the kernel looks for: those with a rule that does something, wherever it stands
 * (ima_update_policy_flags). The exemptions of any other class are not even looked at.
 */
static unsigned int active_classes(
	const struct kernel_model *model, const struct policy *const *policies, size_t count)
{
	unsigned int active = 0;
	size_t i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < policies[i]->count; j++)
			if (policies[i]->rules[j].func != FUNC_SETXATTR &&
				!action_exempts(policies[i]->rules[j].action))
				active |= 1U << action_class(policies[i]->rules[j].action);
	return model->appraise ? active : active & ~(1U << action_class(ACTION_APPRAISE));
}

/* get_subaction(): a rule without func= is remembered as one for FILE_CHECK. */
static uint8_t memory_of(enum policy_func func)
{
	switch (func) {
	case FUNC_NONE:
	case FUNC_FILE:
		return 1 << 0;
	case FUNC_MMAP:
	case FUNC_MMAP_REQPROT:
		return 1 << 1;
	case FUNC_BPRM:
		return 1 << 2;
	case FUNC_CREDS:
		return 1 << 3;
	default:
		return 1 << 4;
	}
}

static void decide(const struct policy *policy, const struct policy_rule *rule, struct verdict *ret)
{
	ret->by_class[action_class(rule->action)] = (struct decision){policy, rule};
	ret->flags |= rule->flags & ADDED_FLAGS;
	switch (rule->action) {
	case ACTION_MEASURE:
		ret->measure = true;
		break;
	case ACTION_APPRAISE:
		ret->appraise = true;
		/* A hash rule before this one is without effect, one behind it is not. */
		ret->hash = false;
		ret->algos = rule->algos;
		ret->memory = memory_of(rule->func);
		break;
	case ACTION_AUDIT:
		ret->audit = true;
		break;
	case ACTION_HASH:
		ret->hash = true;
		break;
	default:
		break;
	}
}

/* Whether the hook hashes the file; the others are given what the kernel has read of it (ima_post_read_file). */
static bool reads_file(enum policy_func func)
{
	return func == FUNC_FILE || func == FUNC_MMAP || func == FUNC_MMAP_REQPROT || func == FUNC_BPRM ||
	       func == FUNC_CREDS;
}

void evaluate(const struct kernel_model *model, const struct policy *const *policies, size_t count,
	const struct access *access, struct verdict *ret)
{
	unsigned int active = active_classes(model, policies, count);
	const struct policy_rule *rule, *end;
	size_t i;

	*ret = (struct verdict){
		.mask = access->mask,
		.reads_file = reads_file(access->func),
		.direct_io = access->direct_io,
		.fsverity = access->file && access->file->fsverity,
	};
	for (i = 0; i < count && active; i++) {
		end = policies[i]->rules + policies[i]->count;
		for (rule = policies[i]->rules; rule < end && active; rule++) {
			if (!(active & 1U << action_class(rule->action)) ||
				!rule_matches(policies[i], rule, access))
				continue;
			decide(policies[i], rule, ret);
			active &= ~(1U << action_class(rule->action));
		}
	}
}
