// SPDX-License-Identifier: MIT
/* Labels of security modules in a policy; see labels.h. */
#include "labels.h"

#include "lsmlabels.h"
#include "policy_model.h"
#include "policy_parse.h"
#include "policy_print.h"
#include "sysfile.h"

int labels_parse(const char *text, size_t len, unsigned int kernel, struct policy *ret)
{
	struct kernel_model model;

	kernel_model_init(&model, kernel);
	return policy_parse(&model, text, len, NULL, ret);
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

/* SELinux calls a process "kernel" until its policy is loaded, and has a context with colons from then on. */
static bool selinux_has_policy(void)
{
	char context[256];

	return sysfile_read(PROC_SELF_CONTEXT, context, sizeof(context)) > 0 && strchr(context, ':');
}

void labels_modules(char ret[static LSM_LIST_MAX])
{
	if (sysfile_read(LSM_FILE, ret, LSM_LIST_MAX) < 0)
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

int labels_check(const struct policy *policy, int root_fd, const char *root, struct problem *problem)
{
	char modules[LSM_LIST_MAX];

	labels_modules(modules);
	return lsmlabels_check(policy, modules, selinux_has_policy() ? -1 : root_fd, root, problem);
}
