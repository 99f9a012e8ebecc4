// SPDX-License-Identifier: MIT
/* What imactl plan prints for programs; see plan_report.h. */
#include "denials.h"
#include "json.h"
#include "plan_report.h"

static void json_certs(const struct plan_certs *certs, struct json *json)
{
	static const char *const answers[] = {"taken", "refused", "depends"};
	size_t i;

	json_array_begin(json, "certificates");
	for (i = 0; i < certs->count; i++) {
		json_object_begin(json, NULL);
		json_string(json, "path", certs->list[i].path);
		json_bool(json, "ca", certs->list[i].is_ca_folder);
		json_string(json, "answer", answers[certs->list[i].verdict.answer]);
		json_string(json, "reason", certs->list[i].verdict.reason);
		json_object_end(json);
	}
	json_array_end(json);
}

static void json_problem(struct json *json, const struct problem *problem)
{
	json_string(json, "reason", problem->error ? problem_reason_text(problem) : NULL);
	json_string(json, "remedy", problem->error ? problem_remedy_text(problem) : NULL);
}

static void json_policy(const struct plan_policy *policy, struct json *json)
{
	json_object_begin(json, "policy");
	json_string(json, "path", policy->path);
	json_number(json, "rules", policy->lint.policy.count);
	json_number(json, "errors", policy->lint.diags.errors);
	json_number(json, "warnings", policy->lint.diags.count - policy->lint.diags.errors);
	json_bool(json, "appraises", !policy->appraises_nothing);
	json_bool(json, "signed", policy->is_signed);
	json_string(json, "signed_by", policy->is_signed ? policy->signer : NULL);
	json_problem(json, &policy->problem);
	json_object_end(json);
}

static void json_rules(const struct plan *plan, struct json *json)
{
	const struct policy *policy = plan->judge.policy;
	size_t i;

	json_array_begin(json, "rules");
	for (i = 0; i < policy->count; i++) {
		json_object_begin(json, NULL);
		json_number(json, "line", policy->rules[i].line);
		json_bytes(
			json, "rule", span_bytes(policy, policy->rules[i].text), policy->rules[i].text.len);
		json_number(json, "files", atomic_load(&plan->by_rule[i]));
		json_object_end(json);
	}
	json_array_end(json);
}

static void json_group(const struct plan *plan, const struct plan_group *group, struct json *json)
{
	const struct denial_words *words = denial_words_of(group->kind, group->cause);
	_cleanup_buf_ struct buf command = {0};
	size_t i;

	json_object_begin(json, NULL);
	json_string(json, "group", need_name(group->need));
	json_bool(json, "needed", group->need != NEED_NONE);
	json_string(json, "cause", group->cause);
	json_string(json, "reason", words->reason);
	if (words->command)
		plan_command(plan, group, &command);
	json_string(json, "remedy", words->command ? buf_string(&command) : NULL);
	if (group->rule)
		json_number(json, "line", group->rule->line);
	else
		json_null(json, "line");
	json_string(json, "needed_by", group->because);
	json_number(json, "count", group->count);
	json_array_begin(json, "files");
	for (i = 0; i < group->name_count; i++)
		json_string(json, NULL, group->names[i]);
	json_array_end(json);
	json_object_end(json);
}

static void json_memories(const struct plan *plan, struct json *json)
{
	size_t i;

	json_array_begin(json, "memory");
	for (i = 0; i < plan->memory_count; i++) {
		if (!plan->memories[i].rule)
			continue;
		json_object_begin(json, NULL);
		json_string(json, "what", plan->memories[i].what);
		json_bool(json, "needed", !plan->memories[i].rare);
		json_number(json, "line", plan->memories[i].rule->line);
		json_object_end(json);
	}
	json_array_end(json);
}

void plan_report_json(const struct plan_report *report, struct buf *ret)
{
	const struct plan *plan = report->plan;
	struct json json = {.buf = ret};
	size_t i;

	json_object_begin(&json, NULL);
	json_bool(&json, "boots", plan_answer(report) == PLAN_YES);
	json_bool(&json, "known", plan_answer(report) != PLAN_NOT_KNOWN);
	json_string(&json, "kernel", plan->target.name);
	json_string(&json, "config", *plan->target.config ? plan->target.config : NULL);
	json_string(&json, "keyring", plan->target.ring == CERTVIEW_USER_IMA ? "_ima" : ".ima");
	json_object_begin(&json, "configuration");
	json_problem(&json, report->conf);
	json_object_end(&json);
	json_certs(report->certs, &json);
	json_policy(report->policy, &json);
	json_object_begin(&json, "root");
	json_string(&json, "path", plan->root);
	json_string(&json, "init", plan->needs.init);
	json_number(&json, "needed", plan->needs.count);
	json_problem(&json, &plan->needs.problem);
	json_object_end(&json);
	json_object_begin(&json, "files");
	json_number(&json, "total", report->files);
	json_number(&json, "appraised", atomic_load(&plan->appraised));
	json_number(&json, "read", atomic_load(&plan->read));
	json_number(&json, "denied", atomic_load(&plan->denied));
	json_number(&json, "denied_needed", atomic_load(&plan->denied_needed));
	json_number(&json, "unreadable", atomic_load(&plan->unreadable) + report->unopened);
	json_object_end(&json);
	json_rules(plan, &json);
	json_memories(plan, &json);
	json_array_begin(&json, "denied");
	for (i = 0; i < plan->group_count; i++)
		json_group(plan, &plan->groups[i], &json);
	json_array_end(&json);
	json_object_end(&json);
	buf_putc(ret, '\n');
}
