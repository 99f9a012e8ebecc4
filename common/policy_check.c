// SPDX-License-Identifier: MIT
/*
 * The checks on a whole rule (ima_policy.c, ima_validate_rule): which options go with which action and hook.
 *
 * The kernel does all of this from 5.10 on; older ones let more pass, and a rule that fails here does
 * nothing sensible on them, so they are not told apart.
 */
#include "policy_internal.h"
#include "format.h"

#include <errno.h>

#define IDS_AND_FILES                                                                                    \
	(RULE_FUNC | RULE_FSMAGIC | RULE_FSNAME | RULE_FS_SUBTYPE | RULE_FSUUID | RULE_UID | RULE_EUID | \
		RULE_GID | RULE_EGID | RULE_FOWNER | RULE_FGROUP | RULE_PCR)
#define ANY_FILE (IDS_AND_FILES | RULE_MASK | RULE_INMASK | RULE_SIGNED | RULE_DIRECTIO | RULE_ALGOS)

/* The words behind the flags. */
static const struct {
	uint32_t flag;
	char name[32];
} flag_names[] = {
	{RULE_MASK, "mask="},
	{RULE_INMASK, "mask=^"},
	{RULE_FSMAGIC, "fsmagic="},
	{RULE_FSNAME, "fsname="},
	{RULE_FS_SUBTYPE, "fs_subtype="},
	{RULE_FSUUID, "fsuuid="},
	{RULE_UID, "uid"},
	{RULE_EUID, "euid"},
	{RULE_GID, "gid"},
	{RULE_EGID, "egid"},
	{RULE_FOWNER, "fowner"},
	{RULE_FGROUP, "fgroup"},
	{RULE_KEYRINGS, "keyrings="},
	{RULE_LABEL, "label="},
	{RULE_PCR, "pcr="},
	{RULE_ALGOS, "appraise_algos="},
	{RULE_MODSIG, "appraise_type=imasig|modsig"},
	{RULE_SIGV3, "appraise_type=sigv3"},
	{RULE_SIGNED, "appraise_type="},
	{RULE_VERITY, "digest_type=verity"},
	{RULE_BLACKLIST, "appraise_flag="},
	{RULE_DIRECTIO, "permit_directio"},
};

const char *policy_flag_name(uint32_t flag)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (flag_names[i].flag & flag)
			return flag_names[i].name;
	return "";
}

/* What a rule for this hook may carry on this kernel. */
static uint32_t allowed_flags(unsigned func, unsigned version)
{
	switch (func) {
	case FUNC_MODULE:
	case FUNC_KEXEC_KERNEL:
	case FUNC_KEXEC_INITRAMFS:
		return ANY_FILE | RULE_MODSIG | RULE_BLACKLIST | (version >= KERNEL(7, 2) ? RULE_SIGV3 : 0);
	case FUNC_KEXEC_CMDLINE:
		return IDS_AND_FILES;
	case FUNC_KEY:
		return RULE_FUNC | RULE_UID | RULE_GID | RULE_PCR | RULE_KEYRINGS;
	case FUNC_CRITICAL_DATA:
		return RULE_FUNC | RULE_UID | RULE_GID | RULE_PCR | RULE_LABEL;
	case FUNC_SETXATTR:
		return RULE_FUNC | RULE_ALGOS;
	default:
		return ANY_FILE | RULE_VERITY | RULE_SIGV3;
	}
}

/* The place to blame: the word itself where it was noted, else the whole rule. */
static void fail_rule(
	struct parser *parser, const char *at, enum policy_issue issue, const char *what, const char *why)
{
	const char *rule = parser->text + parser->rule.text.start, *end = rule + parser->rule.text.len,
		   *word = at;

	while (word && word < end && *word != ' ' && *word != '\t')
		word++;
	parser_fail(parser, -EINVAL, issue, at ? at : rule, (size_t)(at ? word - at : end - rule), "%s %s",
		what, why);
}

/* Where the word for a flag stands; NULL where it was not noted. */
static const char *flag_at(const struct parser *parser, uint32_t flag)
{
	switch (flag) {
	case RULE_PCR:
		return parser->pcr_at;
	case RULE_ALGOS:
		return parser->algos_at;
	case RULE_BLACKLIST:
		return parser->flag_at;
	case RULE_SIGNED:
	case RULE_MODSIG:
	case RULE_SIGV3:
		return parser->type_at;
	default:
		return NULL;
	}
}

static uint32_t lowest_bit(uint32_t flags)
{
	return flags & ~(flags - 1);
}

/* The flag of a forbidden set that says most: modsig rather than the signature it implies. */
static uint32_t first_flag(uint32_t flags)
{
	if (flags & RULE_MODSIG)
		return RULE_MODSIG;
	if (flags & RULE_SIGV3)
		return RULE_SIGV3;
	return lowest_bit(flags);
}

static void check_action(struct parser *parser)
{
	const struct policy_rule *rule = &parser->rule;
	uint32_t wrong = 0;

	if (rule->action == ACTION_NONE) {
		fail_rule(parser, NULL, ISSUE_MISSING_ACTION, "the rule has no action:",
			"one of measure, dont_measure, appraise, dont_appraise, audit, hash, dont_hash");
		return;
	}
	if (rule->action != ACTION_MEASURE && rule->flags & RULE_PCR)
		fail_rule(
			parser, parser->pcr_at, ISSUE_CONFLICT, "pcr=", "goes with the action measure only");
	if (rule->action != ACTION_APPRAISE)
		wrong = rule->flags & (RULE_SIGNED | RULE_MODSIG | RULE_SIGV3 | RULE_BLACKLIST | RULE_ALGOS);
	if (wrong)
		fail_rule(parser, flag_at(parser, first_flag(wrong)), ISSUE_CONFLICT,
			wrong & (RULE_MODSIG | RULE_SIGV3 | RULE_SIGNED)
				? "appraise_type="
				: policy_flag_name(first_flag(wrong)),
			"goes with the action appraise only");
}

static bool has_labels(const struct policy_rule *rule)
{
	int i;

	for (i = 0; i < LSM_COUNT; i++)
		if (rule->lsm[i].len)
			return true;
	return false;
}

static void check_func(struct parser *parser)
{
	const struct policy_rule *rule = &parser->rule;
	uint32_t wrong =
		rule->flags & ~allowed_flags(rule->func, parser->model->version) & ~(uint32_t)RULE_FUNC;
	bool measures = rule->action == ACTION_MEASURE || rule->action == ACTION_DONT_MEASURE;
	bool only_measured = rule->func == FUNC_KEXEC_CMDLINE || rule->func == FUNC_KEY ||
			     rule->func == FUNC_CRITICAL_DATA;
	char why[64];

	if (rule->func == FUNC_NONE)
		(void)format_text(why, sizeof(why), "needs a func= that allows it");
	else
		(void)format_text(why, sizeof(why), "does not go with func=%s", policy_func_name(rule->func));
	if (only_measured && !measures)
		fail_rule(parser, parser->func_at, ISSUE_CONFLICT, policy_func_name(rule->func),
			"goes with the actions measure and dont_measure only");
	if (rule->func == FUNC_SETXATTR && rule->action != ACTION_APPRAISE)
		fail_rule(parser, parser->func_at, ISSUE_CONFLICT, "SETXATTR_CHECK",
			"goes with the action appraise only");
	if (wrong)
		fail_rule(parser, flag_at(parser, first_flag(wrong)), ISSUE_CONFLICT,
			policy_flag_name(first_flag(wrong)), why);
	if ((rule->func == FUNC_KEY || rule->func == FUNC_CRITICAL_DATA) && has_labels(rule))
		fail_rule(parser, NULL, ISSUE_CONFLICT, "a label of a security module", why);
	if (rule->func == FUNC_SETXATTR && !(rule->flags & RULE_ALGOS))
		fail_rule(parser, parser->func_at, ISSUE_MISSING_OPTION, "SETXATTR_CHECK",
			"needs appraise_algos=");
}

void parser_check_rule(struct parser *parser)
{
	const struct policy_rule *rule = &parser->rule;

	check_action(parser);
	if (parser->error)
		return;
	check_func(parser);
	if (rule->flags & RULE_BLACKLIST && !(rule->flags & RULE_MODSIG))
		fail_rule(parser, parser->flag_at, ISSUE_MISSING_OPTION,
			"appraise_flag=", "needs appraise_type=imasig|modsig (before Linux 6.6)");
	if (rule->action == ACTION_APPRAISE && rule->flags & RULE_VERITY && !(rule->flags & RULE_SIGNED))
		fail_rule(parser, NULL, ISSUE_MISSING_OPTION, "digest_type=verity",
			"needs appraise_type=sigv3 behind it: such files are appraised by signature only");
}
