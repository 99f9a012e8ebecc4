// SPDX-License-Identifier: MIT
/*
 * imaboot boot: everything that happens at boot, once in a boot, with its report below /run.
 */
#include <errno.h>
#include <time.h>
#include "boot.h"
#include "late_recovery.h"
#include "log.h"
#include "memory.h"
#include "out.h"
#include "recover.h"
#include "recovery_run.h"
#include "report.h"
#include "sysfile.h"
#include "verbs.h"

static const char *root_option;
static bool explain_option, late_option, hold_option;

static uint64_t now_us(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* True where there is nothing to do; says why. The late run is for what the first one deferred. */
static bool is_done(int *ret_status)
{
	char outcome[64] = "";
	bool done = boot_is_done(outcome, ret_status);

	if (late_option && !done) {
		log_notice("no load was deferred in this boot: nothing is changed");
		*ret_status = EXIT_NOT_APPLICABLE;
		return true;
	}
	if (!done || (late_option && string_equal(outcome, outcome_name(OUTCOME_DEFERRED))))
		return false;
	log_notice("the work of this boot is done already, with outcome %s (see " RUN_STATUS
		   "): nothing is changed",
		outcome);
	return true;
}

/* Prints the settings and does nothing else. */
static int explain(void)
{
	_cleanup_buf_ struct buf text = {0};
	int r = boot_explain("/", &text);

	out_printf("%s", buf_string(&text));
	return r < 0 ? EXIT_USAGE : EXIT_DONE;
}

/* The late run has the folder that the first one left in the image's place. */
static void run_stages(struct report *report, struct boot_end *end)
{
	char image[PATH_MAX];

	if (!late_option)
		boot_run("/", root_option, report, end);
	else if (sysfile_path(RUN_LATE, image) == 0)
		boot_run_late(image, root_option ? root_option : "/", report, end);
}

/* A fallback is trouble too: it must be seen on a console that shows no mere notices. */
static int summary_level(int status)
{
	if (status == EXIT_FAILED || status == EXIT_USAGE)
		return LOG_ERR;
	return status == EXIT_FALLBACK ? LOG_WARNING : LOG_NOTICE;
}

static bool may_go_on(int status)
{
	return status == EXIT_DONE || status == EXIT_NOT_APPLICABLE || status == EXIT_FALLBACK;
}

/*
 * The running system has no hook around this program that asks a person. Where one has the boot go on, it ends as the
 * recovery left it; else as was settled before.
 */
static void finish_late(struct boot_end *end)
{
	char outcome[64];
	int status, r;

	r = end->recovery ? late_recovery_run() : 0;
	late_recovery_forget();
	if (!end->recovery)
		return;
	if (r == 0 && boot_is_done(outcome, &status) && may_go_on(status))
		*end = (struct boot_end){.status = status};
	else
		log_error("the recovery in the running system has ended without a decision: %s",
			strerror(r < 0 ? -r : EPROTO));
}

/* Does the work, unless it is done. Returns the exit status; stops the machine where that was settled. */
static int run_once(void)
{
	_cleanup_report_ struct report report = {0};
	_cleanup_buf_ struct buf summary = {0};
	_cleanup_close_ int lock = -1;
	uint64_t start = now_us();
	struct boot_end end = {0};
	int status;

	lock = boot_lock();
	if (lock < 0)
		log_warning(RUN_DIR " cannot be made and locked: %s; there will be no report there",
			strerror(-lock));
	else if (is_done(&status))
		return status;
	run_stages(&report, &end);
	report.duration_us = now_us() - start;
	report_summary(&report, &summary);
	log_escaped(summary_level(end.status), buf_string(&summary));
	if (lock >= 0)
		boot_write_report(&report, &end);
	/* The recovery takes it for each of its actions. */
	close_fd(&lock);
	lock = -1;
	if (late_option)
		finish_late(&end);
	boot_end(&end);
	return end.status;
}

/* Returns once the boot may go on: as it is, or since a person in the recovery had it go on. */
static void hold(int status)
{
	const char *root = root_option ? root_option : "/sysroot";
	char outcome[64];

	while (!may_go_on(status)) {
		if (recovery_run(root, NULL) < 0)
			recover_hold_boot(root);
		if (!boot_is_done(outcome, &status))
			status = EXIT_FAILED;
		if (!may_go_on(status))
			(void)sleep(1);
	}
}

static int run_boot(size_t count, char **operands)
{
	int status;

	(void)count;
	(void)operands;
	if (explain_option)
		return explain();
	if (hold_option && late_option) {
		log_error("--hold and --late do not go together: a late boot holds by itself");
		return EXIT_USAGE;
	}
	memory_limit();
	log_set_kmsg(true);
	status = run_once();
	if (!hold_option)
		return status;
	hold(status);
	return EXIT_DONE;
}

static const struct verb_option options[] = {
	{.name = "root",
		.argument = "DIR",
		.help = "the mounted real root (usually /sysroot)",
		.value = &root_option},
	{.name = "explain",
		.help = "print the settings and where each comes from; do nothing",
		.flag = &explain_option},
	{.name = "late",
		.help = "finish a load that the initramfs deferred (imaboot-late.service does)",
		.flag = &late_option},
	{.name = "hold",
		.help = "return, with 0, only when the boot may go on; lead to the recovery before",
		.flag = &hold_option},
	{0},
};

const struct verb verb_boot = {
	.name = "boot",
	.operands = "",
	.summary = "load certificates and policy, set the guard, write the report",
	.details = "Reads /etc/imaboot/imaboot.conf, certificates and policy of the image and of the real "
		   "root.\n"
		   "A second run in the same boot changes nothing. The report is in /run/imaboot.",
	.options = options,
	.run = run_boot,
};
