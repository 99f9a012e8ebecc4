// SPDX-License-Identifier: MIT
/* What a boot did, as text for people; see report.h. */
#include "report.h"

#include <inttypes.h>
#include "escape.h"

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

/* What a person is shown of the refused certificates: the first ones, and how many more there are. */
static void certs_failure(const struct report *report, struct buf *ret)
{
	size_t i, refused = 0;

	for (i = 0; i < report->cert_count; i++)
		if (report->certs[i].result == CERT_REFUSED && refused++ < REPORT_SHOWN_MAX)
			failure_text(
				"certificate", report->certs[i].path, NULL, &report->certs[i].problem, ret);
	if (refused > REPORT_SHOWN_MAX)
		buf_printf(ret, "%zu more certificates were refused; they are in the whole report.\n",
			refused - REPORT_SHOWN_MAX);
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
	certs_failure(report, ret);
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
