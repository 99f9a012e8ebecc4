// SPDX-License-Identifier: MIT
/* Whether labels can become known; see lsmlabels.h. */
#include "lsmlabels.h"

#include <errno.h>
#include "format.h"
#include "policy_words.h"
#include "rootfile.h"
#include "selinuxroot.h"

#define SELINUX_POLICY_MAX (64 * 1024 * 1024) /* bytes; Fedora's has 4 MiB */
#define SELINUX_SUM_MAX (128 * 1024 * 1024)   /* bytes of all policies that are read */
#define ALL_SLOTS ((1U << LSM_COUNT) - 1)

bool lsm_is_in(const char *list, const char *module)
{
	char padded[LSM_LIST_MAX + 2], name[16];

	(void)format_text(padded, sizeof(padded), ",%s,", list);
	(void)format_text(name, sizeof(name), ",%s,", module);
	return strstr(padded, name);
}

/* The slots whose labels a module of the list has, and those that SELinux alone has. */
struct slots {
	unsigned int all, selinux;
};

static struct slots slots_of(const char *list)
{
	static const struct {
		const char *name;
		unsigned int slots;
	} known[] = {{"selinux", ALL_SLOTS}, {"smack", 1U << LSM_OBJ_USER | 1U << LSM_SUBJ_USER},
		{"apparmor", 1U << LSM_SUBJ_ROLE}};
	struct slots ret = {0};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (!lsm_is_in(list, known[i].name))
			continue;
		ret.selinux = i == 0 ? known[i].slots : ret.selinux & ~known[i].slots;
		ret.all |= known[i].slots;
	}
	return ret;
}

bool lsmlabels_rule_has(const struct policy_rule *rule)
{
	size_t slot;

	for (slot = 0; slot < LSM_COUNT; slot++)
		if (rule->lsm[slot].len)
			return true;
	return false;
}

bool lsmlabels_are_in(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (lsmlabels_rule_has(&policy->rules[i]))
			return true;
	return false;
}

/* What one check shares. */
struct search {
	const struct policy *policy;
	int root_fd;
	const char *root;
	struct selinux_config config;
	struct selinux_label *labels; /* those that must be in SELinux's policy */
	size_t count;
	size_t left; /* bytes that may still be read to find them */
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

static void add_label(struct search *search, size_t rule, unsigned int slot)
{
	struct span label = search->policy->rules[rule].lsm[slot];

	search->labels[search->count++] = (struct selinux_label){.text = span_bytes(search->policy, label),
		.len = label.len,
		.rule = (uint32_t)rule,
		.slot = (enum policy_lsm)slot};
}

/* Each label must be of a kind that an active module has; what must then be in SELinux's policy is noted. */
static int check_modules(struct search *search, const char *list)
{
	const struct slots slots = slots_of(list);
	char why[LSM_LIST_MAX + 64];
	size_t i;
	unsigned int slot;

	(void)format_text(why, sizeof(why), "no security module that is active has such labels (active: %s)",
		*list ? list : "none");
	for (i = 0; i < search->policy->count; i++)
		for (slot = 0; slot < LSM_COUNT; slot++) {
			if (!search->policy->rules[i].lsm[slot].len)
				continue;
			if (!(slots.all & 1U << slot))
				return refuse(search, i, slot, why,
					"switch the module on (security=selinux on the kernel command line), "
					"or write the "
					"rule without a label");
			if (slots.selinux & 1U << slot)
				add_label(search, i, slot);
		}
	return 0;
}

/* The label that is still missing and comes first in the policy; NULL where there is none. */
static const struct selinux_label *find_missing(const struct search *search)
{
	const struct selinux_label *first = NULL;
	size_t i;

	for (i = 0; i < search->count; i++) {
		const struct selinux_label *label = &search->labels[i];

		if (!label->found && (!first || label->rule < first->rule ||
					     (label->rule == first->rule && label->slot < first->slot)))
			first = label;
	}
	return first;
}

/* Looks into one policy. Returns 0, also where it is none that can be read; -E2BIG or -ENOMEM. */
static int look_into(struct search *search, const char *path, size_t *ret_files)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem ignored = {0};
	size_t max = search->left < SELINUX_POLICY_MAX ? search->left : SELINUX_POLICY_MAX;
	int r = rootfile_read(search->root_fd, search->root, path, max, &file, &ignored);

	if (r == -ENOMEM)
		return r;
	if (r == -EFBIG && max < SELINUX_POLICY_MAX)
		return -E2BIG;
	if (r == -EFBIG || r == -ENOENT)
		return 0;
	/* What fails may have been read to its end. */
	search->left -= r < 0 ? max : file.len;
	if (r < 0 || !selinux_policy_is_valid(file.bytes, file.len))
		return 0;
	(*ret_files)++;
	selinux_labels_find(file.bytes, file.len, search->labels, search->count);
	return 0;
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
	search->left = SELINUX_SUM_MAX;
	r = root_list(search->root_fd, dir, SELINUX_NAMES_MAX, &names, &count);
	for (i = 0; r == 0 && i < count && find_missing(search); i++) {
		if (strncmp(names[i], "policy.", strlen("policy.")) != 0)
			continue;
		(void)format_text(path, sizeof(path), "%s/%s", dir, names[i]);
		r = look_into(search, path, ret_files);
	}
	root_list_free(names, count);
	return r;
}

/* Says that the folder of policies could not be looked into. */
static int refuse_folder(struct search *search, int error)
{
	problem_set(search->problem, error, SELINUX_DIR "/%s/policy of the root cannot be read: %s",
		search->config.type,
		error == -E2BIG ? "it holds more than 64 files or 128 MiB" : strerror(-error));
	problem_remedy(search->problem, "check it: a policy that is loaded is all that it must hold");
	return error;
}

/* The labels that SELinux alone has must be in the policy that the root will load. */
static int check_selinux(struct search *search)
{
	const struct selinux_label *missing;
	size_t files = 0;
	char why[SELINUX_TYPE_MAX + 128];
	int r;

	selinux_labels_sort(search->labels, search->count);
	missing = find_missing(search);
	if (!missing || search->root_fd < 0)
		return 0;
	r = selinux_config_read(search->root_fd, search->root, &search->config);
	if (r < 0)
		return problem_set(
			search->problem, r, SELINUX_CONFIG " of the root cannot be read: %s", strerror(-r));
	if (search->config.disabled)
		return refuse(search, missing->rule, missing->slot,
			SELINUX_CONFIG " of the root says SELINUX=disabled",
			"let the root load its SELinux policy (SELINUX=permissive or enforcing), or write "
			"the rule "
			"without a label");
	r = look_into_all(search, &files);
	if (r < 0)
		return refuse_folder(search, r);
	(void)format_text(why, sizeof(why),
		files ? "the root's SELinux policy, " SELINUX_DIR "/%s/policy, does not have it"
		      : "the root has no SELinux policy in " SELINUX_DIR "/%s/policy",
		search->config.type);
	missing = find_missing(search);
	if (!missing)
		return 0;
	return refuse(search, missing->rule, missing->slot, why,
		files ? "correct the label, or install the SELinux module that defines it"
		      : "install an SELinux policy, or write the rule without a label");
}

int lsmlabels_check(
	const struct policy *policy, const char *list, int root_fd, const char *root, struct problem *problem)
{
	_cleanup_free_ struct selinux_label *labels = calloc(policy->count * LSM_COUNT + 1, sizeof(*labels));
	struct search search = {
		.policy = policy, .root_fd = root_fd, .root = root, .labels = labels, .problem = problem};
	int r;

	if (!labels)
		return problem_set(problem, -ENOMEM, "there is no memory to look up its labels");
	r = check_modules(&search, list);
	return r < 0 ? r : check_selinux(&search);
}
