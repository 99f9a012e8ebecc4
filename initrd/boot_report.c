// SPDX-License-Identifier: MIT
/*
 * What a run leaves below /run/imaboot for those that come after it: the report in two forms, what a person must know
 * of a failure, and, last of all, the outcome. The folder is also the lock between runs.
 */
#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include "log.h"
#include "sysfile.h"
#include "sysrq.h"

int boot_lock(void)
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

bool boot_is_done(char ret[static 64], int *ret_status)
{
	char *status;

	if (sysfile_read(RUN_OUTCOME, ret, 64) < 0)
		return false;
	status = strchr(ret, ' ');
	if (!status)
		return false;
	*status++ = '\0';
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

/* The recovery does nothing where this file is not: on-failure may want no menu. It says where the recovery is. */
static void write_recovery(const struct report *report, bool wanted)
{
	_cleanup_buf_ struct buf failure = {0}, place = {0};
	char path[PATH_MAX];

	if (!wanted) {
		if (sysfile_path(RUN_RECOVERY, path) == 0)
			(void)unlink(path);
		sysrq_restore();
		return;
	}
	report_failure(report, &failure);
	write_file(RUN_FAILURE, &failure);
	buf_puts(&place, report->late ? RECOVERY_IN_SYSTEM : RECOVERY_IN_INITRAMFS);
	write_file(RUN_RECOVERY, &place);
}

/* The outcome, "WORD STATUS", comes last: where it is there, the others are. */
void boot_write_report(const struct report *report, const struct boot_end *end)
{
	_cleanup_buf_ struct buf json = {0}, text = {0}, outcome = {0};

	report_json(report, &json);
	report_text(report, &text);
	buf_printf(&outcome, "%s %d\n", outcome_name(report->outcome), end->status);
	write_file(RUN_STATUS, &json);
	write_file(RUN_REPORT, &text);
	write_recovery(report, end->recovery);
	write_file(RUN_OUTCOME, &outcome);
}
