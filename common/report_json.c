// SPDX-License-Identifier: MIT
/* What a boot did, as JSON; see report.h for the schema. */
#include "report.h"

#include "json.h"

static const char *candidate_result_name(enum candidate_result result)
{
	static const char *const names[] = {[CANDIDATE_ACCEPTED] = "accepted",
		[CANDIDATE_FAILED] = "failed",
		[CANDIDATE_ABSENT] = "absent",
		[CANDIDATE_DEFERRED] = "deferred"};

	return names[result];
}

/* reason and remedy: null where there is nothing to explain. */
static void problem_json(const struct problem *problem, struct json *json)
{
	json_string(json, "reason", problem->error ? problem_reason_text(problem) : NULL);
	json_string(json, "remedy", problem->remedy);
}

static void cert_json(const struct report_cert *cert, struct json *json)
{
	json_object_begin(json, NULL);
	json_string(json, "path", cert->path);
	json_string(json, "source", cert->source);
	json_string(json, "keyring", cert->keyring);
	json_string(json, "result", cert_result_name(cert->result));
	json_string(json, "key", cert->key);
	problem_json(&cert->problem, json);
	json_object_end(json);
}

static void certs_json(const struct report *report, const char *name, struct json *json)
{
	size_t i;

	json_array_begin(json, name);
	for (i = 0; i < report->cert_count; i++)
		cert_json(&report->certs[i], json);
	json_array_end(json);
}

void report_certs_json(const struct report *report, struct buf *ret)
{
	struct json json = {.buf = ret};

	certs_json(report, NULL, &json);
	buf_putc(ret, '\n');
}

static void candidate_json(const struct report_candidate *candidate, struct json *json)
{
	size_t i;

	json_object_begin(json, NULL);
	json_string(json, "source", candidate->source);
	json_string(json, "path", candidate->path);
	json_string(json, "sha256", *candidate->sha256 ? candidate->sha256 : NULL);
	json_string(json, "stage", policy_stage_name(candidate->stage));
	json_string(json, "result", candidate_result_name(candidate->result));
	problem_json(&candidate->problem, json);
	json_array_begin(json, "denied");
	for (i = 0; i < candidate->denied_count; i++) {
		json_object_begin(json, NULL);
		json_string(json, "path", candidate->denied[i].path);
		json_string(json, "source", candidate->denied[i].of_image ? "image" : "root");
		json_number(json, "line", candidate->denied[i].line);
		json_string(json, "cause", candidate->denied[i].cause);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

static void stage0_json(const struct report_candidate *stage0, struct json *json)
{
	if (!stage0->path) {
		json_null(json, "stage0");
		return;
	}
	json_object_begin(json, "stage0");
	json_string(json, "path", stage0->path);
	json_string(json, "sha256", *stage0->sha256 ? stage0->sha256 : NULL);
	json_string(json, "stage", policy_stage_name(stage0->stage));
	json_string(json, "result", candidate_result_name(stage0->result));
	json_string(json, "signed_by", stage0->signed_by);
	json_string(json, "not_verified", stage0->not_verified);
	json_string(json, "proof", stage0->proof);
	problem_json(&stage0->problem, json);
	json_object_end(json);
}

static void policy_json(const struct report_candidate *policy, struct json *json)
{
	if (!policy) {
		json_null(json, "policy");
		return;
	}
	json_object_begin(json, "policy");
	json_string(json, "source", policy->source);
	json_string(json, "path", policy->path);
	json_string(json, "sha256", policy->sha256);
	json_string(json, "signed_by", policy->signed_by);
	json_string(json, "not_verified", policy->not_verified);
	json_string(json, "proof", policy->proof);
	json_object_end(json);
}

static void evm_json(const struct report_evm *evm, struct json *json)
{
	if (!evm->mode) {
		json_null(json, "evm");
		return;
	}
	json_object_begin(json, "evm");
	json_string(json, "mode", evm->mode);
	json_string(json, "result", evm_result_name(evm->result));
	if (evm->value)
		json_number(json, "value", evm->value);
	else
		json_null(json, "value");
	problem_json(&evm->problem, json);
	json_object_end(json);
}

void report_json(const struct report *report, struct buf *ret)
{
	struct json json = {.buf = ret};
	size_t i;

	json_object_begin(&json, NULL);
	json_number(&json, "schema", 1);
	json_string(&json, "version", IMABOOT_VERSION);
	json_string(&json, "outcome", outcome_name(report->outcome));
	json_object_begin(&json, "kernel");
	json_string(&json, "ima_policy_file", report->policy_file);
	json_object_end(&json);
	json_string(&json, "keyring", report->keyring);
	certs_json(report, "certificates", &json);
	json_array_begin(&json, "candidates");
	for (i = 0; i < report->candidate_count; i++)
		candidate_json(&report->candidates[i], &json);
	json_array_end(&json);
	stage0_json(&report->stage0, &json);
	json_bool(&json, "late", report->late);
	json_array_begin(&json, "messages");
	for (i = 0; i < report->message_count; i++)
		json_string(&json, NULL, report->messages[i]);
	json_array_end(&json);
	policy_json(report_policy(report), &json);
	evm_json(&report->evm, &json);
	json_bool(&json, "guard", report->guard);
	json_number(&json, "duration_us", report->duration_us);
	json_object_end(&json);
	buf_putc(ret, '\n');
}
