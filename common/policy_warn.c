// SPDX-License-Identifier: MIT
/*
 * Warnings on a whole policy; see policy_warn.h. What they warn of was seen on real machines: an initramfs in
 * which nothing can be executed any more, a policy that lets the next one in unsigned, rules without effect.
 */
#include "policy_warn.h"

#include <stdarg.h>
#include "format.h"
#include "policy_words.h"
#include "selinux.h"

struct warner {
	const struct kernel_model *model;
	const struct policy *policy;
	struct diags *diags;
};

/* Warns about a rule, or with NULL about the file. */
static void _printf_(4, 5) warn(struct warner *warner, const struct policy_rule *rule,
	enum policy_issue issue, const char *format, ...)
{
	const char *text = warner->policy->text;
	uint32_t start = rule ? rule->text.start : 0, line_start = start;
	char message[600];
	va_list args;
	size_t size;

	while (line_start && text[line_start - 1] != '\n')
		line_start--;
	va_start(args, format);
	size = format_args(message, sizeof(message), format, args);
	va_end(args);
	if (size >= sizeof(message))
		size = sizeof(message) - 1;
	diags_add(warner->diags, false, issue, rule ? rule->line : 1, start - line_start + 1,
		rule ? rule->text.len : 0, message, size);
}

/* ---- file systems that an appraisal must not reach -------------------------------------------- */

/* What kinds of access a rule can be about. */
enum { KIND_EXEC = 1, KIND_MMAP = 2, KIND_FILE = 4 };

struct filesystem {
	const char *name;
	uint64_t magic; /* include/uapi/linux/magic.h */
};

static const struct filesystem ram[] = {{"tmpfs", 0x01021994}, {"ramfs", 0x858458f6}};
static const struct filesystem pseudo[] = {
	{"proc", 0x9fa0}, {"sysfs", 0x62656572}, {"securityfs", 0x73636673}, {"devpts", 0x1cd1},
	{"cgroup", 0x27e0eb}, {"cgroup2", 0x63677270},
	{"selinuxfs", SELINUX_FS_MAGIC}, /* systemd freezes where it must read it and cannot */
};

static unsigned rule_kinds(const struct policy_rule *rule)
{
	switch (rule->func) {
	case FUNC_NONE:
		return KIND_EXEC | KIND_MMAP | KIND_FILE;
	case FUNC_BPRM:
		return KIND_EXEC;
	case FUNC_MMAP:
	case FUNC_MMAP_REQPROT:
		return KIND_MMAP;
	case FUNC_FILE:
		return KIND_FILE;
	default:
		return 0;
	}
}

static bool is_on(const struct warner *warner, const struct policy_rule *rule, const struct filesystem *fs)
{
	size_t len = strlen(fs->name);

	if (rule->flags & RULE_FSMAGIC && rule->fsmagic != fs->magic)
		return false;
	return !(rule->flags & RULE_FSNAME) ||
	       (rule->fsname.len == len &&
		       memcmp(span_bytes(warner->policy, rule->fsname), fs->name, len) == 0);
}

static bool root_passes(unsigned op, uint32_t id)
{
	return op == OP_EQUAL ? id == 0 : op == OP_LESS;
}

static bool has_labels(const struct policy_rule *rule)
{
	int i;

	for (i = 0; i < LSM_COUNT; i++)
		if (rule->lsm[i].len)
			return true;
	return false;
}

/* Whether the rule can match what root does with root's files on this file system; labels are taken to say no. */
static bool reaches(const struct warner *warner, const struct policy_rule *rule, const struct filesystem *fs)
{
	if (!is_on(warner, rule, fs) || rule->flags & (RULE_FSUUID | RULE_FS_SUBTYPE) || has_labels(rule))
		return false;
	if (rule->flags & (RULE_UID | RULE_EUID) && !root_passes(rule->uid_op, rule->uid))
		return false;
	if (rule->flags & (RULE_GID | RULE_EGID) && !root_passes(rule->gid_op, rule->gid))
		return false;
	if (rule->flags & RULE_FGROUP && !root_passes(rule->fgroup_op, rule->fgroup))
		return false;
	return !(rule->flags & RULE_FOWNER) || root_passes(rule->fowner_op, rule->fowner);
}

/* Whether the rule exempts everything on this file system, for the hooks that it is about. */
static bool exempts(const struct warner *warner, const struct policy_rule *rule, const struct filesystem *fs)
{
	uint32_t others = RULE_CONDITIONS & ~(uint32_t)(RULE_FUNC | RULE_FSMAGIC | RULE_FSNAME);

	return rule->action == ACTION_DONT_APPRAISE && !(rule->flags & others) && !has_labels(rule) &&
	       is_on(warner, rule, fs);
}

/* The first rule that appraises on the file system without an exemption before it, or NULL. */
static const struct policy_rule *first_reaching(
	const struct warner *warner, const struct filesystem *fs, unsigned kinds)
{
	const struct policy_rule *rule = warner->policy->rules, *end = rule + warner->policy->count;

	for (; rule < end && kinds; rule++) {
		if (exempts(warner, rule, fs))
			kinds &= ~rule_kinds(rule);
		else if (rule->action == ACTION_APPRAISE && rule_kinds(rule) & kinds &&
			 reaches(warner, rule, fs))
			return rule;
	}
	return NULL;
}

/* Collects the file systems of a table that are reached; returns the first rule that does. */
static const struct policy_rule *collect_reached(const struct warner *warner, const struct filesystem *table,
	size_t count, unsigned kinds, char *names, size_t size)
{
	const struct policy_rule *rule, *first = NULL;
	size_t i, used = 0;

	for (i = 0; i < count; i++) {
		rule = first_reaching(warner, &table[i], kinds);
		if (!rule)
			continue;
		used += format_text(names + used, size - used, "%s%s (fsmagic=0x%08llx)", used ? ", " : "",
			table[i].name, (unsigned long long)table[i].magic);
		if (!first || rule->line < first->line)
			first = rule;
	}
	return first;
}

static void warn_filesystems(struct warner *warner)
{
	char names[300];
	const struct policy_rule *rule;

	rule = collect_reached(warner, ram, ARRAY_SIZE(ram), KIND_EXEC | KIND_MMAP, names, sizeof(names));
	if (rule)
		warn(warner, rule, ISSUE_RAM_APPRAISED,
			"programs on these are appraised, and an initramfs has no signatures: %s; put a "
			"dont_appraise rule for each before this one",
			names);
	rule = collect_reached(warner, pseudo, ARRAY_SIZE(pseudo), KIND_FILE, names, sizeof(names));
	if (rule)
		warn(warner, rule, ISSUE_PSEUDO_APPRAISED,
			"files of these are appraised and can have no signature, so they cannot be opened: "
			"%s; put a dont_appraise rule for each before this one",
			names);
}

/* ---- the chain of signed policies ------------------------------------------------------------- */

static bool is_about_policies(const struct policy_rule *rule)
{
	return (rule->action == ACTION_APPRAISE || rule->action == ACTION_DONT_APPRAISE) &&
	       (rule->func == FUNC_NONE || rule->func == FUNC_POLICY);
}

/* Whether the rule matches a policy file wherever it lies: who loads it and who owns it is root. */
static bool matches_every_policy(const struct policy_rule *rule)
{
	uint32_t fs = RULE_FSMAGIC | RULE_FSNAME | RULE_FS_SUBTYPE | RULE_FSUUID;

	return !(rule->flags & fs) && !has_labels(rule) &&
	       (!(rule->flags & RULE_FOWNER) || root_passes(rule->fowner_op, rule->fowner));
}

static bool on_ram(const struct warner *warner, const struct policy_rule *rule)
{
	return rule->flags & (RULE_FSMAGIC | RULE_FSNAME) &&
	       (exempts(warner, rule, &ram[0]) || exempts(warner, rule, &ram[1]));
}

/*
 * The first rule that matches decides whether the next policy must be signed. Only one with func=POLICY_CHECK
 * also stops rules that are written without a file (ima_policy.c, ima_appraise_flag).
 */
static void warn_chain(struct warner *warner)
{
	const struct policy_rule *rule = warner->policy->rules, *end = rule + warner->policy->count;
	const struct policy_rule *unsigned_rule = NULL;
	bool on_ram_exempt = false, decided = false;

	for (; rule < end; rule++) {
		if (!is_about_policies(rule))
			continue;
		on_ram_exempt |= on_ram(warner, rule) && !decided;
		if (rule->action == ACTION_APPRAISE && rule->func == FUNC_POLICY &&
			!(rule->flags & RULE_SIGNED) && !unsigned_rule)
			unsigned_rule = rule;
		if (!matches_every_policy(rule))
			continue;
		if (!(rule->flags & RULE_SIGNED) && !decided)
			break;
		decided = true;
		if (rule->func != FUNC_POLICY || rule->action != ACTION_APPRAISE)
			continue;
		if (on_ram_exempt)
			warn(warner, rule, ISSUE_POLICY_EXEMPT,
				"an earlier dont_appraise rule exempts tmpfs or ramfs: an unsigned policy is "
				"accepted from there; put this rule before it");
		return;
	}
	if (rule < end && rule->func == FUNC_POLICY)
		unsigned_rule = rule;
	warn(warner, unsigned_rule, ISSUE_POLICY_UNSIGNED,
		"after this policy the next one need not be signed; begin with 'appraise func=POLICY_CHECK "
		"appraise_type=imasig'");
}

/* ---- single rules ------------------------------------------------------------------------------ */

static void warn_programs(struct warner *warner)
{
	const struct policy_rule *rule = warner->policy->rules, *end = rule + warner->policy->count,
				 *exec = NULL;

	for (; rule < end; rule++) {
		if (rule->action != ACTION_APPRAISE)
			continue;
		if (rule_kinds(rule) & KIND_MMAP)
			return;
		if (rule->func == FUNC_BPRM && !exec)
			exec = rule;
	}
	if (exec)
		warn(warner, exec, ISSUE_EXEC_WITHOUT_MMAP,
			"programs are appraised when they are started, but libraries are not when they are "
			"mapped; add a rule with func=MMAP_CHECK");
}

static void warn_rule(
	struct warner *warner, const struct policy_rule *rule, bool *said_labels, bool *said_appraise)
{
	uint32_t files = RULE_FSMAGIC | RULE_FSNAME | RULE_FS_SUBTYPE | RULE_FSUUID;

	if (has_labels(rule) && warner->model->labels == LABELS_KNOWN && !*said_labels) {
		*said_labels = true;
		warn(warner, rule, ISSUE_LABEL_EARLY,
			"before the security module has its own policy it knows no label, and the kernel "
			"refuses the whole file while its built-in policy is in force");
	}
	if (rule->action != ACTION_APPRAISE)
		return;
	if (!warner->model->appraise && !*said_appraise) {
		*said_appraise = true;
		warn(warner, rule, ISSUE_NO_EFFECT,
			"this kernel is built without CONFIG_IMA_APPRAISE: appraise rules are accepted and "
			"do nothing");
	}
	if (rule->flags & RULE_FOWNER && rule->fowner_op == OP_EQUAL && rule->fowner == 0 &&
		rule_kinds(rule) & KIND_FILE && !(rule->flags & files) && !has_labels(rule))
		warn(warner, rule, ISSUE_ROOT_OWNED,
			"this reaches every file of root, logs, databases and /etc too; %s",
			rule->flags & RULE_SIGNED
				? "signed files cannot be changed any more, unsigned ones not opened"
				: "each needs a hash in security.ima, which a crash leaves out of date");
}

static void warn_shadowed(void *data, const struct policy_rule *rule, const struct policy_rule *earlier)
{
	struct warner *warner = data;

	/* It still closes the way of rules that are written without a file. */
	if (rule->action == ACTION_APPRAISE && rule->func == FUNC_POLICY && earlier->func != FUNC_POLICY)
		return;
	warn(warner, rule, ISSUE_NEVER_MATCHES,
		"this rule never matches: the one in line %u always comes first", (unsigned)earlier->line);
}

void policy_warn(const struct kernel_model *model, const struct policy *policy, struct diags *diags)
{
	struct warner warner = {model, policy, diags};
	bool said_labels = false, said_appraise = false;
	size_t i;

	if (!policy->count) {
		warn(&warner, NULL, ISSUE_NO_RULES,
			"the file has no rule: the kernel takes it, and nothing is in force");
		return;
	}
	warn_chain(&warner);
	warn_filesystems(&warner);
	warn_programs(&warner);
	for (i = 0; i < policy->count; i++)
		warn_rule(&warner, &policy->rules[i], &said_labels, &said_appraise);
	if (policy_find_shadowed(policy, warn_shadowed, &warner) < 0)
		diags->failed = true;
}
