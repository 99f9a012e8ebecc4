// SPDX-License-Identifier: MIT
/* What imactl plan prints for people; see plan_report.h. */
#include "plan_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "denials.h"
#include "escape.h"

#define SHOWN_NAMES 10
#define FEW_NAMES 9 /* one more than a command names */

/* Each thing of which it is known that it keeps the root from booting. */
static bool is_refused(const struct plan_report *report)
{
	const struct plan *plan = report->plan;

	return (report->conf->error && report->conf->error != -EACCES) || report->policy->problem.error ||
	       plan->needs.problem.error || plan_memory_denied(plan) || atomic_load(&plan->denied_needed);
}

enum plan_answer plan_answer(const struct plan_report *report)
{
	if (is_refused(report))
		return PLAN_NO;
	return report->conf->error || atomic_load(&report->plan->unreadable_needed) ||
			       atomic_load(&report->plan->unsure_needed)
		       ? PLAN_NOT_KNOWN
		       : PLAN_YES;
}

/* ---- commands ----------------------------------------------------------------------------- */

void plan_command(const struct plan *plan, const struct plan_group *group, struct buf *ret)
{
	const char *command = denial_words_of(group->kind, group->cause)->command;
	const char *below = string_equal(plan->root, "/") ? "" : plan->root, *names[FEW_NAMES];
	char *full[FEW_NAMES] = {NULL};
	_cleanup_buf_ struct buf whole = {0};
	size_t i, count = group->name_count < FEW_NAMES ? group->name_count : FEW_NAMES;

	for (i = 0; i < count; i++) {
		if (asprintf(&full[i], "%s%s", below, group->names[i]) < 0)
			full[i] = NULL;
		names[i] = full[i] ? full[i] : "";
	}
	/* A tree is signed with one command; other programs are told what they are for. */
	if (strncmp(command, "imactl sign ", strlen("imactl sign ")) == 0)
		buf_printf(&whole, "--root %s%s --skip-valid", problem_path(plan->root),
			group->need == NEED_SETTINGS || group->need == NEED_NONE ? "" : " --executables");
	else
		buf_puts(&whole, "FILE...");
	denial_command(command, names, count, buf_string(&whole), ret);
	for (i = 0; i < count; i++)
		free(full[i]);
}

static void add_rule(const struct plan *plan, const struct policy_rule *rule, struct buf *ret)
{
	const struct policy *policy = plan->judge.policy;

	buf_printf(ret, "line %u: ", rule->line);
	escape_bytes(ret, span_bytes(policy, rule->text), rule->text.len);
}

/* ---- for people --------------------------------------------------------------------------- */

static void print_target(const struct plan_report *report, struct buf *ret)
{
	const struct target *target = &report->plan->target;

	buf_puts(ret, "kernel:       ");
	escape_string(ret, target->name);
	buf_printf(ret, ", signers' keyring %s", target->ring == CERTVIEW_USER_IMA ? "_ima" : ".ima");
	if (*target->config) {
		buf_puts(ret, ", configured as ");
		escape_string(ret, target->config);
	} else {
		buf_puts(ret, ", its configuration is not known");
	}
	buf_putc(ret, '\n');
}

/* A reason behind its lead, and what to do in a line of its own. */
static void print_problem(const char *lead, const struct problem *problem, struct buf *ret)
{
	buf_puts(ret, lead);
	escape_string(ret, problem_reason_text(problem));
	if (problem->remedy) {
		buf_puts(ret, "\n  to mend it: ");
		escape_string(ret, problem_remedy_text(problem));
	}
	buf_putc(ret, '\n');
}

static void print_certs(const struct plan_report *report, struct buf *ret)
{
	const struct plan_certs *certs = report->certs;
	size_t i, refused = 0, depend = 0;

	for (i = 0; i < certs->count; i++) {
		refused += certs->list[i].verdict.answer == CERTVIEW_REFUSED;
		depend += certs->list[i].verdict.answer == CERTVIEW_DEPENDS;
	}
	buf_printf(ret, "certificates: %zu, refused: %zu, not read: %zu\n", certs->count + certs->unreadable,
		refused, certs->unreadable);
	for (i = 0; i < certs->count; i++) {
		if (certs->list[i].verdict.answer != CERTVIEW_REFUSED)
			continue;
		buf_puts(ret, "  refused: ");
		escape_string(ret, certs->list[i].path);
		buf_printf(ret, ": %s\n", certs->list[i].verdict.reason);
	}
	if (depend)
		buf_printf(ret,
			"  taken for trusted: %zu; name what the kernel trusts with --trusted, or use "
			"--running, and that is checked\n",
			depend);
}

static void print_policy(const struct plan_report *report, struct buf *ret)
{
	const struct plan_policy *policy = report->policy;

	buf_puts(ret, "policy:       ");
	escape_string(ret, policy->path);
	buf_printf(ret, ": rules: %zu, warnings: %zu", policy->lint.policy.count,
		policy->lint.diags.count - policy->lint.diags.errors);
	if (policy->is_signed) {
		buf_puts(ret, ", signed by ");
		escape_string(ret, policy->signer);
	} else {
		buf_printf(ret, ", not signed%s", policy->must_be_signed ? "" : ", and needs no signature");
	}
	buf_putc(ret, '\n');
	if (policy->problem.error)
		print_problem("  it ", &policy->problem, ret);
	else if (policy->appraises_nothing)
		buf_puts(ret,
			"  it appraises no file: under it everything runs; give it rules with appraise\n");
}

static void print_files(const struct plan_report *report, struct buf *ret)
{
	const struct plan *plan = report->plan;
	size_t i;

	buf_printf(ret,
		"files:        %" PRIu64 ", appraised: %" PRIu64 ", denied: %" PRIu64
		", needed and denied: %" PRIu64 "\n",
		report->files, (uint64_t)atomic_load(&plan->appraised), (uint64_t)atomic_load(&plan->denied),
		(uint64_t)atomic_load(&plan->denied_needed));
	for (i = 0; i < plan->judge.policy->count; i++) {
		if (!atomic_load(&plan->by_rule[i]))
			continue;
		buf_printf(ret, "%10" PRIu64 " by ", (uint64_t)atomic_load(&plan->by_rule[i]));
		add_rule(plan, &plan->judge.policy->rules[i], ret);
		buf_putc(ret, '\n');
	}
	if (atomic_load(&plan->unreadable) + report->unopened)
		buf_printf(ret, "  could not be read: %" PRIu64 "; be root, who can\n",
			(uint64_t)atomic_load(&plan->unreadable) + report->unopened);
	if (report->names_facts && report->is_folder)
		buf_puts(ret, "  the policy asks about file systems, and this root is a folder of another "
			      "one: say what it "
			      "will be with --fstype and --fsuuid\n");
}

static void print_group(const struct plan_report *report, const struct plan_group *group, struct buf *ret)
{
	const struct denial_words *words = denial_words_of(group->kind, group->cause);
	size_t i, shown = report->all || group->name_count <= SHOWN_NAMES ? group->name_count : SHOWN_NAMES;

	buf_printf(ret, "%10" PRIu64 " %s: %s\n", group->count, group->cause, words->reason);
	for (i = 0; i < shown; i++) {
		buf_puts(ret, "             ");
		escape_string(ret, group->names[i]);
		buf_putc(ret, '\n');
	}
	if (group->count > shown)
		buf_printf(
			ret, "             and %" PRIu64 " more; --all lists them\n", group->count - shown);
	if (group->rule) {
		buf_puts(ret, "           the rule: ");
		add_rule(report->plan, group->rule, ret);
		buf_putc(ret, '\n');
	}
	if (group->because && group->count == 1) {
		buf_puts(ret, "           needed by: ");
		escape_string(ret, group->because);
		buf_putc(ret, '\n');
	}
	if (words->command) {
		buf_puts(ret, "           to mend it: ");
		plan_command(report->plan, group, ret);
		buf_putc(ret, '\n');
	}
}

static void print_memories(const struct plan *plan, struct buf *ret)
{
	size_t i;

	for (i = 0; i < plan->memory_count; i++) {
		const struct plan_memory *memory = &plan->memories[i];

		if (!memory->rule)
			continue;
		buf_printf(ret, "%s: %s\n           the rule: ",
			memory->rare ? "denied, where a machine does it" : "denied, and every boot does it",
			memory->what);
		add_rule(plan, memory->rule, ret);
		buf_printf(ret,
			"\n           to mend it, above that rule: dont_appraise fsmagic=0x%" PRIx64 "\n",
			memory->magic);
	}
}

static void print_groups(const struct plan_report *report, struct buf *ret)
{
	const struct plan *plan = report->plan;
	enum need last = NEED_COUNT;
	size_t i;

	for (i = 0; i < plan->group_count; i++) {
		const struct plan_group *group = &plan->groups[i];

		if (!i || group->need != last)
			buf_printf(ret, "denied: %s\n", need_heading(group->need));
		last = group->need;
		print_group(report, group, ret);
	}
}

/* Why that is not known; of several causes the first. */
static void add_unknown(const struct plan_report *report, struct buf *ret)
{
	if (report->conf->error)
		buf_puts(ret, "imaboot.conf could not be read; be root, who can");
	else if (atomic_load(&report->plan->unsure_needed))
		buf_printf(ret,
			"whether %" PRIu64
			" files that the boot needs are denied depends on the UUID of their file "
			"system; say it with --fsuuid",
			(uint64_t)atomic_load(&report->plan->unsure_needed));
	else
		buf_printf(ret, "%" PRIu64 " files that the boot needs could not be read; be root, who can",
			(uint64_t)atomic_load(&report->plan->unreadable_needed));
}

static void add_refusal(const struct plan_report *report, struct buf *ret)
{
	const struct plan *plan = report->plan;

	if (report->conf->error && report->conf->error != -EACCES) {
		buf_puts(ret, "imaboot.conf ");
		escape_string(ret, problem_reason_text(report->conf));
	} else if (report->policy->problem.error) {
		buf_puts(ret, "the policy ");
		escape_string(ret, problem_reason_text(&report->policy->problem));
	} else if (plan->needs.problem.error) {
		buf_puts(ret, "the root ");
		escape_string(ret, problem_reason_text(&plan->needs.problem));
	} else if (plan_memory_denied(plan)) {
		buf_puts(ret, "it denies what every boot does");
	} else {
		buf_printf(ret, "it denies %" PRIu64 " files that the boot needs",
			(uint64_t)atomic_load(&plan->denied_needed));
	}
}

static void print_verdict(const struct plan_report *report, struct buf *ret)
{
	enum plan_answer answer = plan_answer(report);

	buf_puts(ret, "verdict:      ");
	if (answer == PLAN_YES) {
		buf_puts(ret, "will boot under this policy");
	} else if (answer == PLAN_NOT_KNOWN) {
		buf_puts(ret, "not known: ");
		add_unknown(report, ret);
	} else {
		buf_puts(ret, "will not boot under this policy: ");
		add_refusal(report, ret);
	}
	buf_putc(ret, '\n');
}

void plan_report_text(const struct plan_report *report, struct buf *ret)
{
	const struct plan *plan = report->plan;

	print_target(report, ret);
	if (report->conf->error)
		print_problem("imaboot.conf: ", report->conf, ret);
	print_certs(report, ret);
	print_policy(report, ret);
	buf_puts(ret, "init:         ");
	escape_string(ret, plan->needs.init ? plan->needs.init : "none");
	buf_printf(ret, ", files that the boot needs: %zu\n", plan->needs.count);
	if (plan->needs.problem.error)
		print_problem("  it ", &plan->needs.problem, ret);
	print_files(report, ret);
	print_memories(plan, ret);
	print_groups(report, ret);
	print_verdict(report, ret);
}
