// SPDX-License-Identifier: MIT
/*
 * What the kernel tells about files besides its answer: audit records in its log (1800: why appraisal denied, 1805: the
 * action audit) and the list of measurements. Records come a moment after the call that made them returned.
 */
#include "exact.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MEASUREMENTS "/sys/kernel/security/ima/ascii_runtime_measurements"

static struct buf records, measurements;
static int log_fd = -1;

void observe_start(void)
{
	int fd = open("/proc/sys/kernel/printk_ratelimit", O_WRONLY | O_CLOEXEC);

	/* Else the kernel hides audit records after ten in five seconds. */
	if (fd < 0 || write(fd, "0\n", 2) != 2)
		give_up("printk_ratelimit");
	(void)close(fd);
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		give_up("/dev/kmsg");
	(void)lseek(log_fd, 0, SEEK_END);
}

void observe_collect(void)
{
	char record[4096];
	ssize_t got;

	while ((got = read(log_fd, record, sizeof(record))) > 0)
		buf_add(&records, record, (size_t)got);
}

/* Waits until the record of the last file is there, for at most ten seconds. */
void observe_settle(const char *last)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		observe_collect();
		if (strstr(buf_string(&records), last))
			break;
		(void)nanosleep(&moment, NULL);
	}
	if (tries == 1000)
		give_up(last);
	slurp(MEASUREMENTS, &measurements);
}

/* The next line with both texts, the second as a whole word, from *at on; NULL: none. */
static const char *find_line(const char **at, const char *what, const char *name)
{
	const char *start = *at, *line, *found;

	for (; (*at = strstr(*at, name)); (*at)++) {
		if (!strchr("\" \n", (*at)[strlen(name)]))
			continue;
		for (line = *at; line > start && line[-1] != '\n'; line--)
			;
		found = strstr(line, what);
		if (!found || found > *at)
			continue;
		*at += strlen(name);
		return line;
	}
	return NULL;
}

static bool has_line(const struct buf *buf, const char *what, const char *name)
{
	const char *at = buf_string(buf);

	return find_line(&at, what, name) != NULL;
}

void observe_file(const struct combo *combo, struct answer *answer)
{
	/* A failure to hash is recorded with the last part of the path alone. */
	const char *name = strrchr(combo->path, '/') + 1, *at = buf_string(&records), *line, *cause;
	size_t used = 0;

	while ((line = find_line(&at, "type=1800 ", name))) {
		cause = strstr(line, " cause=");
		if (cause && used < sizeof(answer->causes))
			used += (size_t)snprintf(answer->causes + used, sizeof(answer->causes) - used,
				" %.*s;", (int)strcspn(cause + 7, " \n"), cause + 7);
	}
	answer->audited = has_line(&records, "type=1805 ", name);
	answer->measured = has_line(&measurements, " ima-sig ", name);
}
