// SPDX-License-Identifier: MIT
/* Labels of security modules in a policy; see labels.h. */
#include "labels.h"

#include <errno.h>
#include "format.h"
#include "policy_model.h"
#include "policy_parse.h"
#include "policy_print.h"
#include "policy_words.h"
#include "rootfile.h"
#include "selinux.h"
#include "sysfile.h"

#define SELINUX_POLICY_MAX (64 * 1024 * 1024) /* bytes; Fedora's has 4 MiB */
#define SELINUX_CONFIG_MAX (64 * 1024)        /* bytes */
#define SELINUX_POLICIES_MAX 64               /* files in its folder */
#define ALL_SLOTS ((1U << LSM_COUNT) - 1)

int labels_parse(const char *text, size_t len, unsigned int kernel, struct policy *ret)
{
	struct kernel_model model;

	kernel_model_init(&model, kernel);
	return policy_parse(&model, text, len, NULL, ret);
}

static bool rule_has_label(const struct policy_rule *rule)
{
	size_t slot;

	for (slot = 0; slot < LSM_COUNT; slot++)
		if (rule->lsm[slot].len)
			return true;
	return false;
}

bool labels_are_in(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (rule_has_label(&policy->rules[i]))
			return true;
	return false;
}

void labels_strip(const struct policy *policy, struct buf *ret)
{
	size_t i;

	for (i = 0; i < policy->count; i++) {
		struct policy_rule rule = policy->rules[i];

		memset(rule.lsm, 0, sizeof(rule.lsm));
		policy_print_rule(ret, policy, &rule, PRINT_SOURCE);
	}
}

bool labels_chain_is_closed(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (policy->rules[i].action == ACTION_APPRAISE &&
			(policy->rules[i].func == FUNC_POLICY || policy->rules[i].func == FUNC_NONE))
			return true;
	return false;
}

/* The slots whose labels an active module has, and those that SELinux alone has; and the kernel's list of modules. */
struct modules {
	unsigned int slots, selinux;
	char names[256];
};

/*
 * What each module's audit_rule_init takes: SELinux all, Smack users (any name at once), AppArmor the subject's role. Where
 * the kernel has no list (CONFIG_SECURITY off, securityfs missing), nothing is known.
 */
static void find_modules(struct modules *ret)
{
	static const struct {
		const char *name;
		unsigned int slots;
	} known[] = {{"selinux", ALL_SLOTS}, {"smack", 1U << LSM_OBJ_USER | 1U << LSM_SUBJ_USER},
		{"apparmor", 1U << LSM_SUBJ_ROLE}};
	char padded[sizeof(ret->names) + 2], name[16];
	size_t i;

	*ret = (struct modules){0};
	if (sysfile_read(LSM_FILE, ret->names, sizeof(ret->names)) < 0)
		ret->names[0] = '\0';
	ret->names[strcspn(ret->names, "\n")] = '\0';
	(void)format_text(padded, sizeof(padded), ",%s,", ret->names);
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		(void)format_text(name, sizeof(name), ",%s,", known[i].name);
		if (!strstr(padded, name))
			continue;
		ret->selinux = i == 0 ? known[i].slots : ret->selinux & ~known[i].slots;
		ret->slots |= known[i].slots;
	}
}

/* SELinux calls a process "kernel" until its policy is loaded, and has a context with colons from then on. */
static bool selinux_has_policy(void)
{
	char context[256];

	return sysfile_read(PROC_SELF_CONTEXT, context, sizeof(context)) > 0 && strchr(context, ':');
}

/* What one check shares. */
struct search {
	const struct policy *policy;
	int root_fd;
	const char *root;
	struct selinux_config config;
	uint8_t *missing; /* for each rule: bit n for a label of slot n that was found nowhere yet */
	struct problem *problem;
};

static int refuse(struct search *search, size_t rule, unsigned int slot, const char *why, const char *remedy)
{
	const struct policy *policy = search->policy;
	struct span label = policy->rules[rule].lsm[slot];

	problem_set(search->problem, -ENOENT, "line %u: the label %s=%.*s can never become known: %s",
		policy->rules[rule].line, policy_lsm_name(slot), label.len > 64 ? 64 : (int)label.len,
		span_bytes(policy, label), why);
	problem_remedy(search->problem, "%s", remedy);
	return -ENOENT;
}

/* Each label must be of a kind that an active module has; what must then be in SELinux's policy is noted. */
static int check_modules(struct search *search)
{
	struct modules modules;
	char why[sizeof(modules.names) + 64];
	size_t i;
	unsigned int slot;

	find_modules(&modules);
	(void)format_text(why, sizeof(why), "no security module that is active has such labels (active: %s)",
		*modules.names ? modules.names : "none");
	for (i = 0; i < search->policy->count; i++)
		for (slot = 0; slot < LSM_COUNT; slot++) {
			if (!search->policy->rules[i].lsm[slot].len)
				continue;
			if (!(modules.slots & 1U << slot))
				return refuse(search, i, slot, why,
					"switch the module on (security=selinux on the kernel command line), "
					"or write the "
					"rule without a label");
			if (modules.selinux & 1U << slot)
				search->missing[i] = (uint8_t)(search->missing[i] | 1U << slot);
		}
	return 0;
}

/* The first label that is still missing; false where there is none. */
static bool find_missing(const struct search *search, size_t *ret_rule, unsigned int *ret_slot)
{
	size_t i;

	for (i = 0; i < search->policy->count; i++)
		if (search->missing[i]) {
			*ret_rule = i;
			*ret_slot = (unsigned int)__builtin_ctz(search->missing[i]);
			return true;
		}
	return false;
}

static int read_config(struct search *search)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r = rootfile_read(
		search->root_fd, search->root, SELINUX_CONFIG, SELINUX_CONFIG_MAX, &file, search->problem);

	selinux_config_parse((const char *)file.bytes, r == 0 ? file.len : 0, &search->config);
	return r == -ENOENT || r == -ENODATA ? 0 : r;
}

static void look_into(struct search *search, const struct rootfile *file)
{
	const struct policy *policy = search->policy;
	size_t i;
	unsigned int slot;

	for (i = 0; i < policy->count; i++)
		for (slot = 0; slot < LSM_COUNT; slot++) {
			struct span label = policy->rules[i].lsm[slot];

			if (search->missing[i] & 1U << slot &&
				selinux_policy_may_have(file->bytes, file->len, (enum policy_lsm)slot,
					span_bytes(policy, label), label.len))
				search->missing[i] = (uint8_t)(search->missing[i] & ~(1U << slot));
		}
}

/* Looks into each policy.N of the folder: which one is loaded depends on the kernel and on libsepol. */
static int look_into_all(struct search *search, size_t *ret_files)
{
	char dir[SELINUX_TYPE_MAX + 32], path[SELINUX_TYPE_MAX + 32 + NAME_MAX + 1];
	char **names = NULL;
	size_t count = 0, i;
	int r;

	(void)format_text(dir, sizeof(dir), SELINUX_DIR "/%s/policy", search->config.type);
	*ret_files = 0;
	r = root_list(search->root_fd, dir, SELINUX_POLICIES_MAX, &names, &count);
	for (i = 0; r == 0 && i < count; i++) {
		_cleanup_rootfile_ struct rootfile file = {.fd = -1};
		_cleanup_problem_ struct problem ignored = {0};

		if (strncmp(names[i], "policy.", strlen("policy.")) != 0)
			continue;
		(void)format_text(path, sizeof(path), "%s/%s", dir, names[i]);
		if (rootfile_read(search->root_fd, search->root, path, SELINUX_POLICY_MAX, &file, &ignored) <
				0 ||
			!selinux_policy_is_valid(file.bytes, file.len))
			continue;
		(*ret_files)++;
		look_into(search, &file);
	}
	root_list_free(names, count);
	return r;
}

/* The labels that SELinux alone has must be in the policy that the root will load. */
static int check_selinux(struct search *search)
{
	size_t rule, files = 0;
	unsigned int slot;
	char why[SELINUX_TYPE_MAX + 128];
	int r;

	if (!find_missing(search, &rule, &slot) || search->root_fd < 0 || selinux_has_policy())
		return 0;
	r = read_config(search);
	if (r < 0)
		return problem_set(
			search->problem, r, SELINUX_CONFIG " of the root cannot be read: %s", strerror(-r));
	problem_free(search->problem);
	if (search->config.disabled)
		return refuse(search, rule, slot, SELINUX_CONFIG " of the root says SELINUX=disabled",
			"let the root load its SELinux policy (SELINUX=permissive or enforcing), or write "
			"the rule "
			"without a label");
	r = look_into_all(search, &files);
	if (r < 0)
		return problem_set(search->problem, r,
			SELINUX_DIR "/%s/policy of the root cannot be read: %s", search->config.type,
			strerror(-r));
	(void)format_text(why, sizeof(why),
		files ? "the root's SELinux policy, " SELINUX_DIR "/%s/policy, does not have it"
		      : "the root has no SELinux policy in " SELINUX_DIR "/%s/policy",
		search->config.type);
	if (!find_missing(search, &rule, &slot))
		return 0;
	return refuse(search, rule, slot, why,
		files ? "correct the label, or install the SELinux module that defines it"
		      : "install an SELinux policy, or write the rule without a label");
}

int labels_check(const struct policy *policy, int root_fd, const char *root, struct problem *problem)
{
	_cleanup_free_ uint8_t *missing = calloc(policy->count + 1, 1);
	struct search search = {
		.policy = policy, .root_fd = root_fd, .root = root, .missing = missing, .problem = problem};
	int r;

	if (!missing)
		return problem_set(problem, -ENOMEM, "there is no memory to look up its labels");
	r = check_modules(&search);
	return r < 0 ? r : check_selinux(&search);
}
