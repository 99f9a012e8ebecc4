// SPDX-License-Identifier: MIT
/* What a policy covers as a whole; see policy_scope.h. */
#include "policy_scope.h"

#include <stddef.h>

static bool appraises_files(const struct policy_rule *rule)
{
	switch (rule->func) {
	case FUNC_NONE:
	case FUNC_FILE:
	case FUNC_MMAP:
	case FUNC_MMAP_REQPROT:
	case FUNC_BPRM:
	case FUNC_CREDS:
	case FUNC_MODULE:
		return rule->action == ACTION_APPRAISE;
	default:
		return false;
	}
}

bool policy_appraises(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (appraises_files(&policy->rules[i]))
			return true;
	return false;
}
