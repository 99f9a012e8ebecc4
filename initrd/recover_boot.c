// SPDX-License-Identifier: MIT
/* What the recovery does about the boot: the report, another try, going on without a policy; see recover.h. */
#include "recover.h"

#include <errno.h>
#include <time.h>
#include "guard.h"
#include "log.h"
#include "out.h"
#include "securityfs.h"
#include "sysfile.h"

static bool print_line(const char *line, void *context)
{
	(void)context;
	out_printf("%s\n", line);
	return true;
}

int recover_report(struct recover *recover)
{
	int r = sysfile_lines(RUN_REPORT, print_line, NULL);

	(void)recover;
	if (r < 0) {
		log_error(RUN_REPORT " cannot be read: %s; see the kernel's log", strerror(-r));
		return EXIT_FAILED;
	}
	if (sysfile_lines(RUN_RECOVERY_LOG, print_line, NULL) < 0)
		return EXIT_DONE; /* nothing was done yet */
	return EXIT_DONE;
}

/* One line for each policy that was looked at. */
static void print_candidates(const struct report *report)
{
	_cleanup_buf_ struct buf text = {0};

	report_failure(report, &text);
	out_printf("%s", buf_string(&text));
}

/* The first choice, or what is left of the choices, passes. */
static bool passes(const struct report *report, const char **ret_path)
{
	const struct report_candidate *policy = report_policy(report);

	if (policy)
		*ret_path = policy->path;
	return policy != NULL;
}

int recover_check(struct recover *recover)
{
	const struct boot_again again = {
		.choice = recover->choice, .check_only = true, .late = recover->boot.late};
	_cleanup_report_ struct report report = {0};
	struct boot_end end = {0};
	const char *path = "";

	if (recover->dry_run) {
		log_notice("check: dry run: a check changes nothing anyway");
		return EXIT_DONE;
	}
	boot_run_again(recover->image, recover->root, &again, &report, &end);
	if (passes(&report, &path) && !report_has_failed(&report)) {
		out_printf("%s: the kernel accepts it (nothing was committed). 'retry' puts it in force.\n",
			path);
		return EXIT_DONE;
	}
	print_candidates(&report);
	if (passes(&report, &path)) {
		out_printf("'retry' would fall back to %s, which the kernel accepts.\n", path);
		return EXIT_FALLBACK;
	}
	return EXIT_FAILED;
}

static uint64_t now_us(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int recover_retry(struct recover *recover)
{
	const struct boot_again again = {.choice = recover->choice, .late = recover->boot.late};
	_cleanup_report_ struct report report = {0};
	_cleanup_buf_ struct buf summary = {0};
	struct boot_end end = {0};
	uint64_t start;

	if (recover->dry_run) {
		log_notice("%s: dry run: would try the policies as 'check' does, and put the first one that "
			   "passes in force",
			recover->action->name);
		return EXIT_DONE;
	}
	if (report_add_message(&report, "a recovery came before this report: %s", recover->action->name) < 0)
		return EXIT_FAILED;
	start = now_us();
	boot_run_again(recover->image, recover->root, &again, &report, &end);
	report.duration_us = now_us() - start;
	report_summary(&report, &summary);
	recover_log("%s: %s", recover->action->name, outcome_name(report.outcome));
	log_escaped(LOG_NOTICE, buf_string(&summary));
	/* A failure leads back to the menu, whatever the configuration says of failures. */
	end.recovery = report.outcome == OUTCOME_FAILED;
	boot_write_report(&report, &end);
	return end.status;
}

int recover_unprotected(struct recover *recover)
{
	struct report *report = &recover->report;
	const struct boot_end end = {.status = EXIT_FALLBACK};
	int r = 0;

	if (recover->dry_run) {
		log_notice("unprotected: dry run: would set the guard and go on without a policy");
		return EXIT_DONE;
	}
	if (policy_state_is_writable(securityfs_policy_state()))
		r = guard_set();
	if (r < 0) {
		log_error("unprotected: the guard over " IMA_POLICY
			  " cannot be set: %s; without it systemd would load the policy, and freeze if that "
			  "fails: nothing is done",
			strerror(-r));
		return EXIT_FAILED;
	}
	report->outcome = OUTCOME_UNPROTECTED;
	report->late = recover->boot.late;
	report->guard = guard_is_set();
	report->policy_file = policy_state_name(securityfs_policy_state());
	boot_note(&recover->boot, LOG_ALERT,
		"THIS MACHINE BOOTS UNPROTECTED: no policy is in force, as was asked for in the recovery");
	recover_log("unprotected: the boot goes on without a policy");
	boot_write_report(report, &end);
	return EXIT_FALLBACK;
}
