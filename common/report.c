// SPDX-License-Identifier: MIT
/* What a boot did, as JSON and as text; see report.h for the schema. */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include "escape.h"
#include "format.h"
#include "json.h"

static const char *const outcome_names[] = {[OUTCOME_FAILED] = "failed",
	[OUTCOME_ENFORCED] = "enforced",
	[OUTCOME_FALLBACK] = "fallback",
	[OUTCOME_NO_POLICY] = "no-policy",
	[OUTCOME_UNPROTECTED] = "unprotected",
	[OUTCOME_DISABLED] = "disabled",
	[OUTCOME_NOT_APPLICABLE] = "not-applicable",
	[OUTCOME_RECOVERY] = "recovery",
	[OUTCOME_DEFERRED] = "deferred"};

const char *outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

int outcome_exit(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_ENFORCED:
	case OUTCOME_NO_POLICY:
	case OUTCOME_DEFERRED:
		return EXIT_DONE;
	case OUTCOME_FALLBACK:
	case OUTCOME_UNPROTECTED:
		return EXIT_FALLBACK;
	case OUTCOME_DISABLED:
	case OUTCOME_NOT_APPLICABLE:
		return EXIT_NOT_APPLICABLE;
	case OUTCOME_FAILED:
	case OUTCOME_RECOVERY:
		break;
	}
	return EXIT_FAILED;
}

const char *cert_result_name(enum cert_result result)
{
	static const char *const names[] = {[CERT_LOADED] = "loaded",
		[CERT_PRESENT] = "present",
		[CERT_SKIPPED] = "skipped",
		[CERT_REFUSED] = "refused"};

	return names[result];
}

const char *policy_stage_name(enum policy_stage stage)
{
	static const char *const names[] = {[STAGE_READ] = "read",
		[STAGE_SIGNATURE] = "signature",
		[STAGE_PREFLIGHT] = "preflight",
		[STAGE_DRY_RUN] = "dry-run",
		[STAGE_COMMIT] = "commit",
		[STAGE_CONFIRM] = "confirm"};

	return names[stage];
}

static const char *candidate_result_name(enum candidate_result result)
{
	static const char *const names[] = {[CANDIDATE_ACCEPTED] = "accepted",
		[CANDIDATE_FAILED] = "failed",
		[CANDIDATE_ABSENT] = "absent",
		[CANDIDATE_DEFERRED] = "deferred"};

	return names[result];
}

/* Grows an array by one zeroed record and returns that; NULL when memory ran out. */
static void *add_record(void *array_pointer, size_t *count, size_t size)
{
	char **array = array_pointer, *grown = realloc(*array, (*count + 1) * size);

	if (!grown)
		return NULL;
	*array = grown;
	return memset(grown + (*count)++ * size, 0, size);
}

struct report_cert *report_add_cert(struct report *report)
{
	return add_record(&report->certs, &report->cert_count, sizeof(*report->certs));
}

struct report_candidate *report_add_candidate(struct report *report)
{
	return add_record(&report->candidates, &report->candidate_count, sizeof(*report->candidates));
}

int report_add_message(struct report *report, const char *format, ...)
{
	char **slot = add_record(&report->messages, &report->message_count, sizeof(*report->messages));
	va_list args;

	if (!slot)
		return -ENOMEM;
	va_start(args, format);
	*slot = format_new_args(format, args);
	va_end(args);
	if (*slot)
		return 0;
	report->message_count--;
	return -ENOMEM;
}

void report_add_denied(
	struct report_candidate *candidate, const char *path, bool of_image, uint32_t line, const char *cause)
{
	struct report_denied *denied =
		candidate->denied_count < REPORT_DENIED_MAX
			? add_record(&candidate->denied, &candidate->denied_count, sizeof(*candidate->denied))
			: NULL;

	if (!denied)
		return;
	*denied = (struct report_denied){strdup(path), of_image, line, strdup(cause)};
	if (denied->path && denied->cause)
		return;
	free(denied->path);
	free(denied->cause);
	candidate->denied_count--;
}

static const struct report_candidate *find_result(const struct report *report, enum candidate_result result)
{
	size_t i;

	for (i = 0; i < report->candidate_count; i++)
		if (report->candidates[i].result == result)
			return &report->candidates[i];
	return NULL;
}

const struct report_candidate *report_policy(const struct report *report)
{
	return find_result(report, CANDIDATE_ACCEPTED);
}

const struct report_candidate *report_deferred(const struct report *report)
{
	return find_result(report, CANDIDATE_DEFERRED);
}

bool report_has_failed(const struct report *report)
{
	return find_result(report, CANDIDATE_FAILED) != NULL;
}

size_t report_count_certs(const struct report *report, enum cert_result result)
{
	size_t i, n = 0;

	for (i = 0; i < report->cert_count; i++)
		n += report->certs[i].result == result;
	return n;
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

static const char *evm_result_name(enum evm_result result)
{
	static const char *const names[] = {
		[EVM_FAILED] = "failed", [EVM_ACTIVE] = "active", [EVM_PRESENT] = "present"};

	return names[result];
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

/* ": REASON; REMEDY", as far as there are any. */
static void problem_text(const struct problem *problem, struct buf *ret)
{
	if (!problem->error)
		return;
	buf_puts(ret, ": ");
	escape_string(ret, problem_reason_text(problem));
	if (problem->remedy) {
		buf_puts(ret, "; ");
		escape_string(ret, problem->remedy);
	}
}

static void cert_text(const struct report_cert *cert, struct buf *ret)
{
	buf_printf(ret, "certificate (%s) ", cert->source);
	escape_string(ret, cert->path ? cert->path : "");
	buf_printf(ret, " %s %s %s", cert_result_name(cert->result),
		cert->result == CERT_REFUSED   ? "by"
		: cert->result == CERT_SKIPPED ? "for"
					       : "in",
		cert->keyring);
	if (cert->key) {
		buf_puts(ret, " as '");
		escape_string(ret, cert->key);
		buf_puts(ret, "'");
	}
	problem_text(&cert->problem, ret);
	buf_putc(ret, '\n');
}

void report_certs_text(const struct report *report, struct buf *ret)
{
	size_t i;

	for (i = 0; i < report->cert_count; i++)
		cert_text(&report->certs[i], ret);
}

static void candidate_text(const struct report_candidate *candidate, struct buf *ret)
{
	buf_printf(ret, "policy (%s) ", candidate->source);
	escape_string(ret, candidate->path ? candidate->path : "");
	if (candidate->result == CANDIDATE_FAILED)
		buf_printf(ret, " failed at stage %s", policy_stage_name(candidate->stage));
	else if (candidate->result == CANDIDATE_ABSENT)
		buf_puts(ret, " is absent");
	else if (candidate->result == CANDIDATE_DEFERRED)
		buf_puts(ret, " waits for imaboot-late.service");
	else
		buf_printf(
			ret, " is in force, proven by %s", candidate->proof ? candidate->proof : "nothing");
	if (candidate->signed_by) {
		buf_puts(ret, ", signed by '");
		escape_string(ret, candidate->signed_by);
		buf_puts(ret, "'");
	}
	if (candidate->not_verified) {
		buf_puts(ret, ", its signature not verified: ");
		escape_string(ret, candidate->not_verified);
	}
	if (candidate->result == CANDIDATE_FAILED)
		problem_text(&candidate->problem, ret);
	buf_putc(ret, '\n');
}

void report_text(const struct report *report, struct buf *ret)
{
	size_t i;

	report_summary(report, ret);
	buf_putc(ret, '\n');
	for (i = 0; i < report->message_count; i++) {
		escape_string(ret, report->messages[i]);
		buf_putc(ret, '\n');
	}
	report_certs_text(report, ret);
	if (report->stage0.path)
		candidate_text(&report->stage0, ret);
	for (i = 0; i < report->candidate_count; i++)
		candidate_text(&report->candidates[i], ret);
	if (report->evm.mode) {
		buf_printf(ret, "EVM (%s) %s", report->evm.mode, evm_result_name(report->evm.result));
		problem_text(&report->evm.problem, ret);
		buf_putc(ret, '\n');
	}
}

/* What went wrong with one object, its reason and its remedy: three lines at most. */
static void failure_text(
	const char *what, const char *path, const char *stage, const struct problem *problem, struct buf *ret)
{
	buf_printf(ret, "%s ", what);
	escape_string(ret, path ? path : "");
	buf_printf(ret, "%s%s\n  why:    ", stage ? " failed at stage " : " was refused", stage ? stage : "");
	escape_string(ret, problem_reason_text(problem));
	buf_putc(ret, '\n');
	if (!problem->remedy)
		return;
	buf_puts(ret, "  remedy: ");
	escape_string(ret, problem->remedy);
	buf_putc(ret, '\n');
}

void report_failure(const struct report *report, struct buf *ret)
{
	size_t i;

	buf_puts(ret,
		report->outcome == OUTCOME_RECOVERY
			? "The recovery was asked for on the kernel command line: no policy was loaded.\n"
		: report_policy(report)
			? "A policy is in force, but the boot failed.\n"
			: "This machine did not boot: no IMA policy could be put in force.\n");
	for (i = 0; i < report->message_count; i++) {
		escape_string(ret, report->messages[i]);
		buf_putc(ret, '\n');
	}
	for (i = 0; i < report->cert_count; i++)
		if (report->certs[i].result == CERT_REFUSED)
			failure_text(
				"certificate", report->certs[i].path, NULL, &report->certs[i].problem, ret);
	for (i = 0; i < report->candidate_count; i++)
		if (report->candidates[i].result == CANDIDATE_FAILED)
			failure_text("policy", report->candidates[i].path,
				policy_stage_name(report->candidates[i].stage),
				&report->candidates[i].problem, ret);
}

void report_summary(const struct report *report, struct buf *ret)
{
	const struct report_candidate *policy = report_policy(report);
	const struct report_candidate *deferred = report_deferred(report);
	size_t loaded = report_count_certs(report, CERT_LOADED) + report_count_certs(report, CERT_PRESENT);

	buf_printf(ret, "outcome %s: ", outcome_name(report->outcome));
	if (policy) {
		buf_puts(ret, "policy ");
		escape_string(ret, policy->path ? policy->path : "");
		buf_printf(ret, " (%s) in force", policy->source);
	} else if (deferred) {
		buf_puts(ret, "policy ");
		escape_string(ret, deferred->path);
		buf_printf(ret, " (%s) waits for imaboot-late.service", deferred->source);
	} else {
		buf_puts(ret, "no policy loaded");
	}
	if (report->keyring)
		buf_printf(ret, ", %zu certificate%s in the keyrings (signers in %s), %zu refused", loaded,
			loaded == 1 ? "" : "s", report->keyring, report_count_certs(report, CERT_REFUSED));
	buf_printf(ret, ", guard %s, %" PRIu64 ".%03" PRIu64 " ms", report->guard ? "set" : "not set",
		report->duration_us / 1000, report->duration_us % 1000);
}

static void free_denied(struct report_candidate *candidate)
{
	while (candidate->denied_count) {
		candidate->denied_count--;
		free(candidate->denied[candidate->denied_count].path);
		free(candidate->denied[candidate->denied_count].cause);
	}
	free(candidate->denied);
}

void report_reset_candidate(struct report_candidate *candidate)
{
	free(candidate->path);
	free(candidate->signed_by);
	free(candidate->not_verified);
	free_denied(candidate);
	problem_free(&candidate->problem);
	*candidate = (struct report_candidate){0};
}

void report_free(struct report *report)
{
	size_t i;

	for (i = 0; i < report->cert_count; i++) {
		free(report->certs[i].path);
		free(report->certs[i].key);
		problem_free(&report->certs[i].problem);
	}
	for (i = 0; i < report->candidate_count; i++)
		report_reset_candidate(&report->candidates[i]);
	report_reset_candidate(&report->stage0);
	for (i = 0; i < report->message_count; i++)
		free(report->messages[i]);
	problem_free(&report->evm.problem);
	free(report->certs);
	free(report->candidates);
	free(report->messages);
	*report = (struct report){0};
}
