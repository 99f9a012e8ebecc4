// SPDX-License-Identifier: MIT
/* What a boot did: its records and their words; see report.h. */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include "format.h"

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

const char *evm_result_name(enum evm_result result)
{
	static const char *const names[] = {
		[EVM_FAILED] = "failed", [EVM_ACTIVE] = "active", [EVM_PRESENT] = "present"};

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
