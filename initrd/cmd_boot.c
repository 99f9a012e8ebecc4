// SPDX-License-Identifier: MIT
/*
 * imaboot boot: everything that happens at boot, once in a boot, with its report below /run.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include "boot.h"
#include "log.h"
#include "out.h"
#include "report.h"
#include "sysfile.h"
#include "verbs.h"

static const char *root_option;
static bool explain_option;

static uint64_t now_us(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Takes the lock that keeps a second run out; it ends with the process. Returns fd or a negative errno. */
static int take_lock(void)
{
	char dir[PATH_MAX];
	int fd, r = sysfile_path(RUN_DIR, dir);

	if (r < 0)
		return r;
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = sysfile_open(RUN_DIR, O_RDONLY | O_DIRECTORY);
	if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	return fd;
}

/* True where this boot's work is done; says so and gives the exit status of the first run. */
static bool is_done(int *ret_status)
{
	char text[64], *status;

	if (sysfile_read(RUN_OUTCOME, text, sizeof(text)) < 0)
		return false;
	status = strchr(text, ' ');
	if (!status)
		return false;
	*status++ = '\0';
	log_notice("the work of this boot is done already, with outcome %s (see " RUN_STATUS
		   "): nothing is changed",
		text);
	*ret_status = *status >= '0' && *status <= '9' ? *status - '0' : EXIT_FAILED;
	return true;
}

static void write_file(const char *path, const struct buf *buf)
{
	int r = buf->failed ? -ENOMEM : sysfile_replace(path, buf->data, buf->len, 0644);

	if (r < 0)
		log_error("%s cannot be written: %s; the report is in the kernel's log alone", path,
			strerror(-r));
}

/* The outcome, "WORD STATUS", comes last: where it is there, the other two are. */
static void write_report(const struct report *report, int status)
{
	_cleanup_buf_ struct buf json = {0}, text = {0}, outcome = {0};

	report_json(report, &json);
	report_text(report, &text);
	buf_printf(&outcome, "%s %d\n", outcome_name(report->outcome), status);
	write_file(RUN_STATUS, &json);
	write_file(RUN_REPORT, &text);
	write_file(RUN_OUTCOME, &outcome);
}

/* Prints the settings and does nothing else. */
static int explain(void)
{
	_cleanup_buf_ struct buf text = {0};
	int r = boot_explain("/", &text);

	out_printf("%s", buf_string(&text));
	return r < 0 ? EXIT_USAGE : EXIT_DONE;
}

static int run_boot(size_t count, char **operands)
{
	_cleanup_report_ struct report report = {0};
	_cleanup_buf_ struct buf summary = {0};
	_cleanup_close_ int lock = -1;
	uint64_t start = now_us();
	struct boot_end end = {0};
	int status;

	(void)count;
	(void)operands;
	if (explain_option)
		return explain();
	log_set_kmsg(true);
	lock = take_lock();
	if (lock < 0)
		log_warning(RUN_DIR " cannot be made and locked: %s; there will be no report there",
			strerror(-lock));
	else if (is_done(&status))
		return status;
	boot_run("/", root_option, &report, &end);
	report.duration_us = now_us() - start;
	report_summary(&report, &summary);
	log_escaped(end.status == EXIT_FAILED || end.status == EXIT_USAGE ? LOG_ERR : LOG_NOTICE,
		buf_string(&summary));
	if (lock >= 0)
		write_report(&report, end.status);
	boot_end(&end);
	return end.status;
}

static const struct verb_option options[] = {
	{.name = "root",
		.argument = "DIR",
		.help = "the mounted real root (usually /sysroot)",
		.value = &root_option},
	{.name = "explain",
		.help = "print the settings and where each comes from; do nothing",
		.flag = &explain_option},
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
