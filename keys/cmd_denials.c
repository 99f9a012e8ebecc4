// SPDX-License-Identifier: MIT
/* imactl denials: what the kernel's log or an audit log says of IMA, by cause, with what mends it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "complain.h"
#include "denial_report.h"
#include "denial_rule.h"
#include "verbs.h"

#define NAME "denials"
#define KMSG "/dev/kmsg"

static const char *print0_option, *policy_option;
static bool json_option, all_option;

/* ---- reading ------------------------------------------------------------------------------ */

static int add_line(
	struct denials *denials, const char *line, size_t len, bool is_kmsg, struct problem *problem)
{
	struct auditlog_record record;

	(void)auditlog_parse(line, len, is_kmsg, &record);
	return denials_add(denials, &record) < 0 ? problem_set(problem, -ENOMEM, "out of memory") : 0;
}

/* Each read is one record (Documentation/ABI/testing/dev-kmsg); EPIPE: some were overwritten meanwhile. */
static int read_kmsg(int fd, struct denials *denials, struct problem *problem)
{
	char record[8192];
	ssize_t n;
	int r = 0;

	while (r == 0) {
		n = read(fd, record, sizeof(record));
		if (n < 0 && (errno == EPIPE || errno == EINTR || errno == EINVAL))
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0)
			return n ? problem_set(problem, -errno, "cannot be read: %s", strerror(errno)) : 0;
		r = add_line(denials, record, (size_t)n, true, problem);
	}
	return r;
}

/* Lines of a file; what is longer than any line of the kernel is passed by in pieces. */
struct lines {
	char bytes[4 * AUDITLOG_LINE_MAX];
	size_t len;
	bool is_tail; /* the line's beginning was thrown away */
};

static int take_lines(struct lines *lines, struct denials *denials, struct problem *problem)
{
	char *at = lines->bytes, *end;
	int r = 0;

	while (r == 0 && (end = memchr(at, '\n', lines->len - (size_t)(at - lines->bytes)))) {
		if (!lines->is_tail)
			r = add_line(denials, at, (size_t)(end - at), false, problem);
		lines->is_tail = false;
		at = end + 1;
	}
	lines->len -= (size_t)(at - lines->bytes);
	memmove(lines->bytes, at, lines->len);
	if (lines->len > AUDITLOG_LINE_MAX) {
		lines->is_tail = true;
		lines->len = 0;
	}
	return r;
}

static int read_lines(int fd, struct denials *denials, struct problem *problem)
{
	_cleanup_free_ struct lines *lines = calloc(1, sizeof(*lines));
	ssize_t n;
	int r = lines ? 0 : problem_set(problem, -ENOMEM, "out of memory");

	while (r == 0) {
		n = read(fd, lines->bytes + lines->len, sizeof(lines->bytes) - lines->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return problem_set(problem, -errno, "cannot be read: %s", strerror(errno));
		if (n == 0)
			return lines->len && !lines->is_tail
				       ? add_line(denials, lines->bytes, lines->len, false, problem)
				       : 0;
		lines->len += (size_t)n;
		r = take_lines(lines, denials, problem);
	}
	return r;
}

static int read_log(const char *path, struct denials *denials, struct problem *problem)
{
	bool is_stdin = string_equal(path, "-"), is_kmsg = string_equal(path, KMSG);
	_cleanup_close_ int fd =
		is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (is_kmsg ? O_NONBLOCK : 0));

	if (fd < 0) {
		problem_set(problem, -errno, "cannot be opened: %s", strerror(errno));
		if (is_kmsg)
			problem_remedy(
				problem, "be root, or give it the log: journalctl -k | imactl denials -");
		return problem->error;
	}
	return is_kmsg ? read_kmsg(fd, denials, problem) : read_lines(fd, denials, problem);
}

/* The names of one cause, each ended by a NUL: what `imactl sign --from0 -` reads. */
static void print_names(const struct denials *denials, struct buf *ret)
{
	size_t i;

	for (i = 0; i < denials->count; i++)
		if (denial_is_one(&denials->entries[i]) && *denials->entries[i].name == '/' &&
			string_equal(denials->entries[i].cause, print0_option))
			buf_add(ret, denials->entries[i].name, strlen(denials->entries[i].name) + 1);
}

/* ---- the verb ----------------------------------------------------------------------------- */

static int report(struct denials *denials)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_buf_ struct buf text = {0};
	bool denied = false;
	size_t i;

	denials_sort(denials);
	if (!print0_option && denial_rules_find(policy_option, denials, &problem) < 0)
		return complain(policy_option ? policy_option : NAME, &problem);
	for (i = 0; i < denials->count; i++)
		denied |= denial_is_one(&denials->entries[i]);
	if (print0_option)
		print_names(denials, &text);
	else if (json_option)
		denial_report_json(denials, &text);
	else
		denial_report_text(denials, all_option, &text);
	if (buf_failed(&text)) {
		log_error(NAME ": out of memory");
		return EXIT_FAILED;
	}
	(void)fwrite(buf_string(&text), 1, text.len, stdout);
	return denied ? EXIT_FAILED : EXIT_DONE;
}

static int run_denials(size_t count, char **operands)
{
	_cleanup_problem_ struct problem problem = {0};
	struct denials denials = {0};
	int status;

	if (print0_option && json_option) {
		log_error(NAME ": --print0 prints names, not JSON; give one of them");
		return EXIT_USAGE;
	}
	if (read_log(count ? operands[0] : KMSG, &denials, &problem) < 0)
		status = complain(count ? operands[0] : KMSG, &problem);
	else
		status = report(&denials);
	denials_free(&denials);
	return status;
}

static const struct verb_option options[] = {
	{.name = "all", .help = "list all files of a cause, not only the first", .flag = &all_option},
	{.name = "print0",
		.argument = "CAUSE",
		.help = "only the names of that cause, each ended by a NUL",
		.value = &print0_option},
	{.name = "policy",
		.argument = "FILE",
		.help = "name the rules of this policy, instead of those in force",
		.value = &policy_option},
	{.name = "json", .help = "print an object with causes and files", .flag = &json_option},
	{0},
};

const struct verb verb_denials = {
	.name = NAME,
	.operands = "[LOG]",
	.operands_max = 1,
	.summary = "what the kernel's log says was denied, and what mends it",
	.details = "Reads /dev/kmsg, or a file with lines of dmesg, journalctl, syslog or audit.log; - is "
		   "standard\n"
		   "input. The status is 1 when something was denied.",
	.options = options,
	.run = run_denials,
};
