// SPDX-License-Identifier: MIT
/*
 * Rules that can never match, because an earlier one of their class always does; see policy_warn.h.
 * Matching is that of ima_match_rules() (ima_policy.c).
 */
#include "policy_warn.h"

#include <errno.h>

static bool spans_equal(const struct policy *policy, struct span a, struct span b)
{
	return a.len == b.len && memcmp(span_bytes(policy, a), span_bytes(policy, b), a.len) == 0;
}

/* Whether all ids that pass the second comparison pass the first. */
static bool id_covers(unsigned op, uint32_t id, unsigned inner_op, uint32_t inner_id)
{
	if (op == OP_EQUAL || inner_op == OP_EQUAL) {
		if (inner_op != OP_EQUAL)
			return false;
		return op == OP_EQUAL ? id == inner_id : op == OP_LESS ? inner_id < id : inner_id > id;
	}
	return op == inner_op && (op == OP_LESS ? inner_id <= id : inner_id >= id);
}

/* A rule without func= matches every hook but those that look for their own name. */
static bool func_covers(const struct policy_rule *earlier, const struct policy_rule *rule)
{
	if (earlier->func == rule->func)
		return true;
	return earlier->func == FUNC_NONE && rule->func != FUNC_KEY && rule->func != FUNC_CRITICAL_DATA &&
	       rule->func != FUNC_SETXATTR;
}

/* mask=M lets through less than mask=^M. */
static bool mask_covers(const struct policy_rule *earlier, const struct policy_rule *rule)
{
	if (!earlier->mask)
		return true;
	return earlier->mask == rule->mask && (earlier->flags & RULE_INMASK || rule->flags & RULE_MASK);
}

static bool ids_cover(const struct policy_rule *earlier, const struct policy_rule *rule, uint32_t flags)
{
	if (flags & (RULE_UID | RULE_EUID) &&
		!id_covers(earlier->uid_op, earlier->uid, rule->uid_op, rule->uid))
		return false;
	if (flags & (RULE_GID | RULE_EGID) &&
		!id_covers(earlier->gid_op, earlier->gid, rule->gid_op, rule->gid))
		return false;
	if (flags & RULE_FOWNER &&
		!id_covers(earlier->fowner_op, earlier->fowner, rule->fowner_op, rule->fowner))
		return false;
	return !(flags & RULE_FGROUP) ||
	       id_covers(earlier->fgroup_op, earlier->fgroup, rule->fgroup_op, rule->fgroup);
}

static bool labels_cover(
	const struct policy *policy, const struct policy_rule *earlier, const struct policy_rule *rule)
{
	int i;

	for (i = 0; i < LSM_COUNT; i++)
		if (earlier->lsm[i].len && !spans_equal(policy, earlier->lsm[i], rule->lsm[i]))
			return false;
	return true;
}

/* The conditions that a rule must have too to be covered; hook and mask can be left out on either side. */
static uint32_t needed_conditions(const struct policy_rule *earlier)
{
	return earlier->flags & RULE_CONDITIONS & ~(uint32_t)(RULE_FUNC | RULE_MASK | RULE_INMASK);
}

bool policy_rule_covers(
	const struct policy *policy, const struct policy_rule *earlier, const struct policy_rule *rule)
{
	uint32_t flags = needed_conditions(earlier);

	if (flags & ~rule->flags || !func_covers(earlier, rule) || !mask_covers(earlier, rule))
		return false;
	if (flags & RULE_FSMAGIC && earlier->fsmagic != rule->fsmagic)
		return false;
	if (flags & RULE_FSNAME && !spans_equal(policy, earlier->fsname, rule->fsname))
		return false;
	if (flags & RULE_FS_SUBTYPE && !spans_equal(policy, earlier->fs_subtype, rule->fs_subtype))
		return false;
	if (flags & RULE_FSUUID && memcmp(earlier->fsuuid, rule->fsuuid, sizeof(rule->fsuuid)) != 0)
		return false;
	if (flags & RULE_KEYRINGS && !spans_equal(policy, earlier->keyrings, rule->keyrings))
		return false;
	if (flags & RULE_LABEL && !spans_equal(policy, earlier->label, rule->label))
		return false;
	return ids_cover(earlier, rule, flags) && labels_cover(policy, earlier, rule);
}

static uint32_t hash_number(uint32_t hash, uint32_t number)
{
	hash = (hash ^ number) * UINT32_C(0x9e3779b1);
	return hash ^ hash >> 15;
}

static uint32_t hash_bytes(uint32_t hash, const char *bytes, size_t len)
{
	while (len--)
		hash = hash_number(hash, (unsigned char)*bytes++);
	return hash;
}

/* Rules with the same class and conditions have the same hash. */
static uint32_t hash_conditions(const struct policy *policy, const struct policy_rule *rule)
{
	const struct span spans[] = {rule->fsname, rule->fs_subtype, rule->keyrings, rule->label};
	const uint32_t numbers[] = {rule->flags & RULE_CONDITIONS, action_class(rule->action), rule->func,
		rule->mask, (uint32_t)rule->fsmagic, rule->uid, rule->gid, rule->fowner, rule->fgroup};
	uint32_t hash = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		hash = hash_number(hash, numbers[i]);
	if (rule->flags & RULE_FSUUID)
		for (i = 0; i < sizeof(rule->fsuuid); i++)
			hash = hash_number(hash, rule->fsuuid[i]);
	for (i = 0; i < ARRAY_SIZE(spans); i++)
		hash = hash_bytes(hash, span_bytes(policy, spans[i]), spans[i].len);
	for (i = 0; i < LSM_COUNT; i++)
		hash = hash_bytes(hash, span_bytes(policy, rule->lsm[i]), rule->lsm[i].len);
	return hash;
}

static int count_conditions(const struct policy_rule *rule)
{
	int count = __builtin_popcount(rule->flags & RULE_CONDITIONS), i;

	for (i = 0; i < LSM_COUNT; i++)
		count += rule->lsm[i].len != 0;
	return count;
}

struct shadows {
	const struct policy *policy;
	uint32_t *table; /* open addressing; 1 + the index of a rule */
	uint32_t mask;
	uint32_t broad[ACTION_CLASSES][POLICY_SHADOWS];  /* indices of rules with few conditions */
	uint32_t needed[ACTION_CLASSES][POLICY_SHADOWS]; /* and those conditions, for a quick no */
	unsigned broad_count[ACTION_CLASSES];
};

/* Finds the rule with the same conditions, or puts this one in its place. */
static const struct policy_rule *find_same(struct shadows *shadows, size_t index)
{
	const struct policy_rule *rules = shadows->policy->rules, *rule = &rules[index], *other;
	uint32_t slot = hash_conditions(shadows->policy, rule) & shadows->mask;

	for (; shadows->table[slot]; slot = (slot + 1) & shadows->mask) {
		other = &rules[shadows->table[slot] - 1];
		if (action_class(other->action) == action_class(rule->action) &&
			policy_rule_covers(shadows->policy, other, rule) &&
			policy_rule_covers(shadows->policy, rule, other))
			return other;
	}
	shadows->table[slot] = (uint32_t)index + 1;
	return NULL;
}

static const struct policy_rule *find_broader(struct shadows *shadows, size_t index)
{
	const struct policy_rule *rules = shadows->policy->rules, *rule = &rules[index];
	unsigned class = action_class(rule->action), i;

	for (i = 0; i < shadows->broad_count[class]; i++)
		if (!(shadows->needed[class][i] & ~rule->flags) &&
			policy_rule_covers(shadows->policy, &rules[shadows->broad[class][i]], rule))
			return &rules[shadows->broad[class][i]];
	if (i < POLICY_SHADOWS && count_conditions(rule) <= 3) {
		shadows->broad[class][i] = (uint32_t)index;
		shadows->needed[class][i] = needed_conditions(rule);
		shadows->broad_count[class]++;
	}
	return NULL;
}

int policy_find_shadowed(const struct policy *policy,
	void (*found)(void *data, const struct policy_rule *rule, const struct policy_rule *earlier),
	void *data)
{
	_cleanup_free_ uint32_t *table = NULL;
	struct shadows shadows = {.policy = policy};
	const struct policy_rule *earlier;
	size_t size = 16, i;

	while (size < policy->count * 2)
		size *= 2;
	table = calloc(size, sizeof(*table));
	if (!table)
		return -ENOMEM;
	shadows.table = table;
	shadows.mask = (uint32_t)(size - 1);
	for (i = 0; i < policy->count; i++) {
		/* A rule whose label nobody knows matches nothing. */
		if (policy->rules[i].lsm_inactive)
			continue;
		earlier = find_same(&shadows, i);
		if (!earlier)
			earlier = find_broader(&shadows, i);
		if (earlier)
			found(data, &policy->rules[i], earlier);
	}
	return 0;
}
