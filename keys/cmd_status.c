// SPDX-License-Identifier: MIT
/* imactl status: the running kernel and its keyrings, the policy in force, and what the last boot reported. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/utsname.h>
#include "complain.h"
#include "escape.h"
#include "json.h"
#include "jsonfile.h"
#include "machine.h"
#include "verbs.h"

#define NAME "status"
#define REPORT "/run/imaboot/status.json"
#define REPORT_MAX 16777216
#define RINGS_MAX 16

static bool json_option;
static const char *report_option;

struct ring {
	int error; /* a negative errno; -ENOENT: there is none, or none that this user can see */
	char **keys;
	size_t count;
};

struct status {
	struct utsname kernel;
	enum machine_policy policy;
	bool guard, locked;
	const char *locked_reason;
	struct buf rules, evm, measurements, violations, appraise;
	int rules_error;
	struct ring rings[RINGS_MAX];
	struct json_object *report;
	struct problem report_problem; /* -ENOENT: no report */
};

/* ---- looking ------------------------------------------------------------------------------ */

static void look_at_rings(struct status *status)
{
	key_serial_t serial;
	size_t i;

	for (i = 0; i < machine_ring_count; i++) {
		struct ring *ring = &status->rings[i];

		ring->error = machine_find_ring(machine_rings[i], &serial);
		if (ring->error == 0)
			ring->error = machine_list_ring(serial, &ring->keys, &ring->count);
	}
}

static void look(struct status *status)
{
	(void)uname(&status->kernel);
	status->policy = machine_policy_state();
	status->guard = machine_has_guard();
	status->locked = machine_is_locked(&status->locked_reason);
	status->rules_error = -ENOENT;
	if (status->policy == MACHINE_READABLE || status->policy == MACHINE_READ_ONLY)
		status->rules_error = machine_read(MACHINE_POLICY, &status->rules);
	(void)!machine_read("/sys/kernel/security/evm", &status->evm);
	(void)!machine_read(MACHINE_IMA "/runtime_measurements_count", &status->measurements);
	(void)!machine_read(MACHINE_IMA "/violations", &status->violations);
	(void)machine_parameter("ima_appraise", &status->appraise);
	look_at_rings(status);
	if (jsonfile_read(report_option ? report_option : REPORT, REPORT_MAX, &status->report,
		    &status->report_problem) == 0 &&
		jsonfile_number(status->report, "schema") != 1) {
		problem_set(&status->report_problem, -EBADMSG, "is of a schema that is not known here");
		problem_remedy(
			&status->report_problem, "use the imactl of the imaboot that is in the initramfs");
		jsonfile_free(&status->report);
		status->report = NULL;
	}
}

static void status_free(struct status *status)
{
	size_t i;

	buf_free(&status->rules);
	buf_free(&status->evm);
	buf_free(&status->measurements);
	buf_free(&status->violations);
	buf_free(&status->appraise);
	for (i = 0; i < RINGS_MAX; i++)
		machine_free_list(status->rings[i].keys, status->rings[i].count);
	jsonfile_free(&status->report);
	problem_free(&status->report_problem);
}

static size_t count_rules(const struct status *status)
{
	const char *at = buf_string(&status->rules);
	size_t count = status->rules.len ? 1 : 0;

	for (; (at = strchr(at, '\n')); at++)
		count++;
	return count;
}

/* ---- for people --------------------------------------------------------------------------- */

static const char *policy_text(enum machine_policy state)
{
	static const char *const texts[] = {
		[MACHINE_UNKNOWN] = "not known: securityfs is not mounted",
		[MACHINE_NO_IMA] = "the kernel has no IMA",
		[MACHINE_GONE] = "one was loaded, and this kernel takes no second one",
		[MACHINE_READ_ONLY] = "one was loaded, and this kernel takes no second one",
		[MACHINE_WRITABLE] = "one can be loaded; the rules in force cannot be read",
		[MACHINE_READABLE] = "one can be loaded",
	};

	return texts[state];
}

static void print_policy(const struct status *status, struct buf *ret)
{
	buf_printf(ret, "policy:      %s", policy_text(status->policy));
	if (status->rules_error == 0)
		buf_printf(ret, "; %zu rules are in force", count_rules(status));
	else if (status->rules_error != -ENOENT)
		buf_printf(ret, "; the rules in force cannot be read: %s", strerror(-status->rules_error));
	buf_puts(ret, "\n");
	if (status->appraise.len) {
		buf_puts(ret, "appraisal:   ima_appraise=");
		escape_bytes(ret, status->appraise.data, status->appraise.len);
		buf_puts(ret, " is on the kernel command line\n");
	}
	if (status->evm.len) {
		buf_puts(ret, "EVM:         ");
		escape_bytes(ret, status->evm.data, status->evm.len);
		buf_putc(ret, '\n');
	}
	if (status->violations.len) {
		buf_puts(ret, "measured:    ");
		escape_bytes(ret, buf_string(&status->measurements), status->measurements.len);
		buf_puts(ret, " entries, violations: ");
		escape_bytes(ret, status->violations.data, status->violations.len);
		buf_putc(ret, '\n');
	}
}

static void print_rings(const struct status *status, struct buf *ret)
{
	size_t i, key, seen = 0;

	for (i = 0; i < machine_ring_count; i++) {
		const struct ring *ring = &status->rings[i];

		if (ring->error == -ENOENT)
			continue;
		seen++;
		if (ring->error < 0)
			buf_printf(ret, "keyring:     %s, whose keys cannot be read: %s\n", machine_rings[i],
				strerror(-ring->error));
		else
			buf_printf(ret, "keyring:     %s, keys: %zu\n", machine_rings[i], ring->count);
		for (key = 0; key < ring->count; key++) {
			buf_puts(ret, "             - ");
			escape_string(ret, ring->keys[key]);
			buf_putc(ret, '\n');
		}
	}
	if (!seen)
		buf_printf(ret, "keyring:     none can be seen%s\n", geteuid() ? "; root sees them" : "");
}

static void print_candidates(const struct json_object *report, struct buf *ret)
{
	const char *result, *remedy, *reason;
	const struct json_object *candidate;
	size_t i;

	for (i = 0; i < jsonfile_count(report, "candidates"); i++) {
		candidate = jsonfile_at(report, "candidates", i);
		result = jsonfile_string(candidate, "result");
		reason = jsonfile_string(candidate, "reason");
		remedy = jsonfile_string(candidate, "remedy");
		if (!result || !string_equal(result, "failed"))
			continue;
		buf_puts(ret, "             failed: ");
		escape_string(
			ret, jsonfile_string(candidate, "path") ? jsonfile_string(candidate, "path") : "?");
		buf_puts(ret, ": ");
		escape_string(ret, reason ? reason : "?");
		if (remedy) {
			buf_puts(ret, "; ");
			escape_string(ret, remedy);
		}
		buf_putc(ret, '\n');
	}
}

static void print_certificates(const struct json_object *report, struct buf *ret)
{
	const struct json_object *certificate;
	const char *result, *path, *reason;
	size_t i, refused = 0, count = jsonfile_count(report, "certificates");

	for (i = 0; i < count; i++) {
		certificate = jsonfile_at(report, "certificates", i);
		result = jsonfile_string(certificate, "result");
		path = jsonfile_string(certificate, "path");
		reason = jsonfile_string(certificate, "reason");
		if (!result || !string_equal(result, "refused"))
			continue;
		refused++;
		buf_puts(ret, "             refused: ");
		escape_string(ret, path ? path : "?");
		buf_puts(ret, ": ");
		escape_string(ret, reason ? reason : "?");
		buf_putc(ret, '\n');
	}
	buf_printf(ret, "             certificates: %zu, %zu of them refused\n", count, refused);
}

static void print_report(const struct status *status, struct buf *ret)
{
	const struct json_object *policy = jsonfile_object(status->report, "policy");
	const char *outcome = jsonfile_string(status->report, "outcome");

	buf_puts(ret, "last boot:   ");
	if (!status->report) {
		buf_puts(ret, status->report_problem.error == -ENOENT
				      ? "no report: imaboot did not run, or not in this boot\n"
				      : "its report cannot be read\n");
		return;
	}
	escape_string(ret, outcome ? outcome : "?");
	if (policy) {
		buf_puts(ret, ", policy ");
		escape_string(ret, jsonfile_string(policy, "path") ? jsonfile_string(policy, "path") : "?");
		buf_puts(ret, " of ");
		escape_string(
			ret, jsonfile_string(policy, "source") ? jsonfile_string(policy, "source") : "?");
	}
	buf_printf(ret, ", %" PRIu64 " ms\n", jsonfile_number(status->report, "duration_us") / 1000);
	print_candidates(status->report, ret);
	print_certificates(status->report, ret);
}

static void print_text(const struct status *status, struct buf *ret)
{
	buf_puts(ret, "kernel:      ");
	escape_string(ret, status->kernel.release);
	buf_printf(
		ret, "\nplatform:    %s (%s)\n", status->locked ? "locked" : "open", status->locked_reason);
	print_policy(status, ret);
	buf_printf(ret, "guard:       %s\n", status->guard ? "set: systemd loads no policy" : "not set");
	print_rings(status, ret);
	print_report(status, ret);
}

/* ---- for programs ------------------------------------------------------------------------- */

static void text_or_null(struct json *json, const char *name, const struct buf *text)
{
	if (text->len)
		json_bytes(json, name, text->data, text->len);
	else
		json_null(json, name);
}

static void print_json(const struct status *status, struct buf *ret)
{
	struct json json = {.buf = ret};
	size_t i, key;

	json_object_begin(&json, NULL);
	json_number(&json, "schema", 1);
	json_string(&json, "kernel", status->kernel.release);
	json_string(&json, "policy_file", machine_policy_name(status->policy));
	if (status->rules_error == 0)
		json_number(&json, "rules", count_rules(status));
	else
		json_null(&json, "rules");
	text_or_null(&json, "ima_appraise", &status->appraise);
	text_or_null(&json, "evm", &status->evm);
	text_or_null(&json, "measurements", &status->measurements);
	text_or_null(&json, "violations", &status->violations);
	json_bool(&json, "guard", status->guard);
	json_bool(&json, "locked", status->locked);
	json_string(&json, "locked_reason", status->locked_reason);
	json_array_begin(&json, "keyrings");
	for (i = 0; i < machine_ring_count; i++) {
		if (status->rings[i].error == -ENOENT)
			continue;
		json_object_begin(&json, NULL);
		json_string(&json, "name", machine_rings[i]);
		json_string(
			&json, "error", status->rings[i].error ? strerror(-status->rings[i].error) : NULL);
		json_array_begin(&json, "keys");
		for (key = 0; key < status->rings[i].count; key++)
			json_string(&json, NULL, status->rings[i].keys[key]);
		json_array_end(&json);
		json_object_end(&json);
	}
	json_array_end(&json);
	buf_printf(ret, ",\"boot\":%s}\n", status->report ? jsonfile_text(status->report) : "null");
}

static int run_status(size_t count, char **operands)
{
	_cleanup_(status_free) struct status status = {0};
	_cleanup_buf_ struct buf text = {0};

	(void)count;
	(void)operands;
	look(&status);
	if (json_option)
		print_json(&status, &text);
	else
		print_text(&status, &text);
	if (buf_failed(&text)) {
		log_error(NAME ": out of memory");
		return EXIT_FAILED;
	}
	(void)fwrite(text.data, 1, text.len, stdout);
	/* Without a report is no failure, unless it was asked for. */
	if (status.report_problem.error && (status.report_problem.error != -ENOENT || report_option))
		return complain(report_option ? report_option : REPORT, &status.report_problem);
	return status.policy == MACHINE_NO_IMA ? EXIT_NOT_APPLICABLE : EXIT_DONE;
}

static const struct verb_option options[] = {
	{.name = "report",
		.argument = "FILE",
		.help = "this report of a boot instead of " REPORT,
		.value = &report_option},
	{.name = "json",
		.help = "print one object; its member \"boot\" is status.json",
		.flag = &json_option},
	{0},
};

const struct verb verb_status = {
	.name = NAME,
	.operands = "",
	.summary = "show kernel, keyrings, policy in force and the last boot's report",
	.details = "Changes nothing, and needs no root, who sees more. The status is 3 where the kernel has "
		   "no IMA.",
	.options = options,
	.run = run_status,
};
