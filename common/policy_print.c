// SPDX-License-Identifier: MIT
/* Policies as text; see policy_print.h. The order of the words is that of ima_policy_show() (ima_policy.c). */
#include "policy_print.h"

#include "policy_words.h"

#define SHOWN_NAME_MAX 63 /* ima_policy_show() prints names through a buffer of 64 bytes */

static void print_span(
	struct buf *buf, const char *key, const struct policy *policy, struct span span, size_t max)
{
	buf_puts(buf, key);
	buf_add(buf, span_bytes(policy, span), span.len > max ? max : span.len);
	buf_putc(buf, ' ');
}

/* The kernel prints ids with %d. */
static void print_id(struct buf *buf, const char *key, unsigned op, uint32_t id, enum print_form form)
{
	if (form == PRINT_KERNEL)
		buf_printf(buf, "%s%c%d ", key, (char)op, (int32_t)id);
	else
		buf_printf(buf, "%s%c%u ", key, (char)op, (unsigned)id);
}

static void print_uuid(struct buf *buf, const uint8_t uuid[16])
{
	int i;

	buf_puts(buf, "fsuuid=");
	for (i = 0; i < 16; i++)
		buf_printf(
			buf, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned)uuid[i]);
	buf_putc(buf, ' ');
}

static void print_files(
	struct buf *buf, const struct policy *policy, const struct policy_rule *rule, enum print_form form)
{
	size_t max = form == PRINT_KERNEL ? SHOWN_NAME_MAX : SIZE_MAX;

	if (rule->flags & RULE_FUNC)
		buf_printf(buf, "func=%s ", policy_func_name(rule->func));
	if (rule->flags & (RULE_MASK | RULE_INMASK))
		buf_printf(buf, "mask=%s%s ", rule->flags & RULE_INMASK ? "^" : "",
			policy_mask_name(rule->mask));
	if (rule->flags & RULE_FSMAGIC)
		buf_printf(buf, "fsmagic=0x%llx ", (unsigned long long)rule->fsmagic);
	if (rule->flags & RULE_FSNAME)
		print_span(buf, "fsname=", policy, rule->fsname, max);
	if (rule->flags & RULE_FS_SUBTYPE)
		print_span(buf, "fs_subtype=", policy, rule->fs_subtype, max);
	if (rule->flags & RULE_KEYRINGS)
		print_span(buf, "keyrings=", policy, rule->keyrings, SIZE_MAX);
	if (rule->flags & RULE_LABEL)
		print_span(buf, "label=", policy, rule->label, SIZE_MAX);
	if (rule->flags & RULE_PCR)
		buf_printf(buf, "pcr=%u ", (unsigned)rule->pcr);
	if (rule->flags & RULE_FSUUID)
		print_uuid(buf, rule->fsuuid);
}

static void print_ids(struct buf *buf, const struct policy_rule *rule, enum print_form form)
{
	if (rule->flags & RULE_UID)
		print_id(buf, "uid", rule->uid_op, rule->uid, form);
	if (rule->flags & RULE_EUID)
		print_id(buf, "euid", rule->uid_op, rule->uid, form);
	if (rule->flags & RULE_GID)
		print_id(buf, "gid", rule->gid_op, rule->gid, form);
	if (rule->flags & RULE_EGID)
		print_id(buf, "egid", rule->gid_op, rule->gid, form);
	if (rule->flags & RULE_FOWNER)
		print_id(buf, "fowner", rule->fowner_op, rule->fowner, form);
	if (rule->flags & RULE_FGROUP)
		print_id(buf, "fgroup", rule->fgroup_op, rule->fgroup, form);
}

static void print_algos(struct buf *buf, uint32_t algos)
{
	const char *separator = "appraise_algos=";
	unsigned i;

	for (i = 0; i < POLICY_ALGOS; i++) {
		if (!(algos & UINT32_C(1) << i))
			continue;
		buf_printf(buf, "%s%s", separator, policy_algo_name(i));
		separator = ",";
	}
	buf_putc(buf, ' ');
}

static void print_labels(struct buf *buf, const struct policy *policy, const struct policy_rule *rule)
{
	unsigned i;

	for (i = 0; i < LSM_COUNT; i++) {
		if (!rule->lsm[i].len)
			continue;
		buf_puts(buf, policy_lsm_name(i));
		print_span(buf, "=", policy, rule->lsm[i], SIZE_MAX);
	}
}

/* Which signatures: from 7.1 on a flag of its own says sigv3; before, fs-verity implies it. */
static void print_signature(struct buf *buf, const struct policy_rule *rule, enum print_form form)
{
	bool imasig_first = form == PRINT_SOURCE && rule->flags & RULE_VERITY && !(rule->flags & RULE_SIGV3);

	if (form == PRINT_SOURCE && rule->flags & RULE_VERITY && !imasig_first)
		buf_puts(buf, "digest_type=verity ");
	/* Both kinds in one rule: the printer of the kernel names one, the parser takes them in this order. */
	if (form == PRINT_SOURCE && rule->flags & RULE_SIGV3 && rule->flags & RULE_MODSIG)
		buf_puts(buf, "appraise_type=imasig|modsig ");
	if (rule->flags & RULE_SIGV3)
		buf_puts(buf, "appraise_type=sigv3 ");
	else if (rule->flags & RULE_MODSIG)
		buf_puts(buf, "appraise_type=imasig|modsig ");
	else if (rule->flags & RULE_SIGNED)
		buf_puts(buf, "appraise_type=imasig ");
	if (rule->flags & RULE_VERITY && (form == PRINT_KERNEL || imasig_first))
		buf_puts(buf, "digest_type=verity ");
}

void policy_print_rule(
	struct buf *buf, const struct policy *policy, const struct policy_rule *rule, enum print_form form)
{
	if (form == PRINT_KERNEL && rule->lsm_inactive)
		return;
	buf_puts(buf, policy_action_name(rule->action));
	buf_putc(buf, ' ');
	print_files(buf, policy, rule, form);
	print_ids(buf, rule, form);
	if (rule->flags & RULE_ALGOS)
		print_algos(buf, rule->algos);
	print_labels(buf, policy, rule);
	if (rule->template)
		buf_printf(buf, "template=%s ", policy_template_name(rule->template));
	print_signature(buf, rule, form);
	if (rule->flags & RULE_BLACKLIST)
		buf_puts(buf, "appraise_flag=check_blacklist ");
	if (rule->flags & RULE_DIRECTIO)
		buf_puts(buf, "permit_directio ");
	buf_putc(buf, '\n');
}

void policy_print(struct buf *buf, const struct policy *policy, enum print_form form)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		policy_print_rule(buf, policy, &policy->rules[i], form);
}

static bool span_equal(const struct policy *a, struct span x, const struct policy *b, struct span y)
{
	return x.len == y.len && (!x.len || memcmp(span_bytes(a, x), span_bytes(b, y), x.len) == 0);
}

static bool ids_equal(const struct policy_rule *x, const struct policy_rule *y)
{
	return x->uid == y->uid && x->gid == y->gid && x->fowner == y->fowner && x->fgroup == y->fgroup &&
	       x->uid_op == y->uid_op && x->gid_op == y->gid_op && x->fowner_op == y->fowner_op &&
	       x->fgroup_op == y->fgroup_op;
}

static bool rule_equal(const struct policy *a, const struct policy_rule *x, const struct policy *b,
	const struct policy_rule *y)
{
	int i;

	if (x->action != y->action || x->func != y->func || x->mask != y->mask || x->flags != y->flags ||
		x->fsmagic != y->fsmagic || x->algos != y->algos || x->template != y->template ||
		x->pcr != y->pcr || x->lsm_inactive != y->lsm_inactive)
		return false;
	if (memcmp(x->fsuuid, y->fsuuid, sizeof(x->fsuuid)) != 0 || !ids_equal(x, y))
		return false;
	for (i = 0; i < LSM_COUNT; i++)
		if (!span_equal(a, x->lsm[i], b, y->lsm[i]))
			return false;
	return span_equal(a, x->fsname, b, y->fsname) && span_equal(a, x->fs_subtype, b, y->fs_subtype) &&
	       span_equal(a, x->keyrings, b, y->keyrings) && span_equal(a, x->label, b, y->label);
}

bool policy_equal(const struct policy *a, const struct policy *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!rule_equal(a, &a->rules[i], b, &b->rules[i]))
			return false;
	return true;
}

enum policy_presence policy_presence_in(const struct buf *canonical, const char *shown, size_t len)
{
	size_t before;

	if (!canonical->len || len < canonical->len)
		return POLICY_ABSENT;
	before = len - canonical->len;
	if (memcmp(shown + before, canonical->data, canonical->len) != 0)
		return POLICY_ABSENT;
	if (before == 0)
		return POLICY_ALONE;
	return shown[before - 1] == '\n' ? POLICY_AT_END : POLICY_ABSENT;
}
