// SPDX-License-Identifier: MIT
/* What the kernel said of a policy load; see kmsg.h. */
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include "sysfile.h"

#define RECORD_MAX 8192 /* CONSOLE_EXT_LOG_MAX: a longer record cannot be read */
#define WAIT_MS 300
#define STEP_MS 10

int kmsg_mark(void)
{
	int fd = sysfile_open(KMSG, O_RDONLY | O_NONBLOCK);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0 && errno != ESPIPE) {
		int r = -errno;

		(void)close(fd);
		return r;
	}
	return fd;
}

/* Copies len bytes, or as many as there is room for. */
static void copy_text(const char *start, size_t len, char *ret, size_t size)
{
	if (len >= size)
		len = size - 1;
	memcpy(ret, start, len);
	ret[len] = '\0';
}

/* "audit: type=1800 audit(1.2:3): pid=1 ... op=appraise_data cause=invalid-signature comm=...": the cause. */
static void parse_appraise_line(const char *line, struct kmsg_facts *facts)
{
	static const char key[] = " op=appraise_data cause=";
	const char *start = strstr(line, key);

	if (start)
		copy_text(start + strlen(key), strcspn(start + strlen(key), " \n"), facts->cause,
			sizeof(facts->cause));
}

/* "audit: type=1807 audit(1.2:3): action=measure func=BOGUS res=0": the text before res=0. */
static void parse_rule_line(const char *line, struct kmsg_facts *facts)
{
	const char *start = strstr(line, "): "), *end = strstr(line, " res=0");

	if (start && end && end >= start + 3)
		copy_text(start + 3, (size_t)(end - start - 3), facts->bad_rule, sizeof(facts->bad_rule));
}

static bool begins_with(const char *line, const char *text)
{
	return strncmp(line, text, strlen(text)) == 0;
}

void kmsg_parse_line(const char *line, struct kmsg_facts *facts)
{
	static const char key[] = "integrity: Request for unknown key 'id:";

	if (begins_with(line, "ima: policy update completed"))
		facts->completed = true;
	else if (begins_with(line, "ima: policy update failed"))
		facts->failed = true;
	else if (begins_with(line, "audit: type=1800 "))
		parse_appraise_line(line, facts);
	else if (begins_with(line, "audit: type=1807 "))
		parse_rule_line(line, facts);
	else if (begins_with(line, key))
		copy_text(line + strlen(key), strcspn(line + strlen(key), "'\n"), facts->key_id,
			sizeof(facts->key_id));
}

static long long now_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Reads the records that are there; each read(2) is one (Documentation/ABI/testing/dev-kmsg). */
static void drain(int fd, struct kmsg_facts *facts)
{
	char record[RECORD_MAX + 1];
	ssize_t n;
	char *text;

	for (;;) {
		n = read(fd, record, RECORD_MAX);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* records were overwritten before they were read: go on with the oldest */
		if (n <= 0)
			return;
		record[n] = '\0';
		text = strchr(record, ';');
		/* What a process writes to the log has another facility, in the bits above the level. */
		if (!text || strtoul(record, NULL, 10) >> 3)
			continue;
		text[strcspn(text, "\n")] = '\0'; /* what follows are " KEY=value" lines */
		kmsg_parse_line(text + 1, facts);
	}
}

void kmsg_collect(int fd, bool want_audit, struct kmsg_facts *ret)
{
	long long end = now_ms() + WAIT_MS;

	*ret = (struct kmsg_facts){0};
	if (fd < 0)
		return;
	for (;;) {
		drain(fd, ret);
		if ((ret->completed || ret->failed) && (!want_audit || *ret->cause || *ret->bad_rule))
			return;
		if (now_ms() >= end)
			return;
		(void)poll(NULL, 0, STEP_MS);
	}
}

void kmsg_lift_limit(char ret_old[static 16])
{
	if (sysfile_read(PRINTK_RATELIMIT, ret_old, 16) < 0 || sysfile_write(PRINTK_RATELIMIT, "0\n") < 0)
		ret_old[0] = '\0';
}

void kmsg_restore_limit(const char *old)
{
	if (*old)
		(void)!sysfile_write(PRINTK_RATELIMIT, old);
}
