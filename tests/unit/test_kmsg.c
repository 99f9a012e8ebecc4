// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/kmsg.c. A record of the log is one read; the wrapped read gives them in order.
 * wrap: read poll lseek
 */
#include "kmsg.h"
#include <poll.h>
#include "fakeroot.h"

struct record {
	const char *text; /* NULL: the read fails with this error */
	int error;
};

static const struct record *records; /* ends with an EAGAIN, at which a poll goes on to the next */
static size_t polls;
static bool scripted;
static int lseek_error;

ssize_t __real_read(int fd, void *bytes, size_t len);
ssize_t __wrap_read(int fd, void *bytes, size_t len);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
off_t __real_lseek(int fd, off_t offset, int whence);
off_t __wrap_lseek(int fd, off_t offset, int whence);

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
	if (!scripted)
		return __real_read(fd, bytes, len);
	if (!records->text) {
		int error = records->error;

		if (error != EAGAIN)
			records++;
		errno = error;
		return -1;
	}
	assert_true(strlen(records->text) <= len);
	memcpy(bytes, records->text, strlen(records->text));
	return (ssize_t)strlen((records++)->text);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	assert_null(fds);
	assert_int_equal(count, 0);
	assert_true(timeout > 0);
	polls++;
	if (records[1].text || records[1].error)
		records++;
	return 0;
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
	if (!lseek_error)
		return __real_lseek(fd, offset, whence);
	errno = lseek_error;
	return -1;
}

static struct kmsg_facts facts;

static void collect(const struct record *script, bool want_audit)
{
	records = script;
	polls = 0;
	scripted = true;
	memset(&facts, 'x', sizeof(facts));
	kmsg_collect(99, want_audit, &facts);
	scripted = false;
}

static void parse(const char *line)
{
	facts = (struct kmsg_facts){0};
	kmsg_parse_line(line, &facts);
}

static void verdicts_are_recognised(void **context)
{
	(void)context;
	parse("ima: policy update completed");
	assert_true(facts.completed && !facts.failed);
	parse("ima: policy update failed\n");
	assert_true(facts.failed && !facts.completed);
	parse("imaboot: dry run of /p: \"policy update failed\", which the kernel logs next");
	assert_false(facts.failed || facts.completed);
}

/* A device says what it is called, and the kernel prints that behind the device's place. */
static void words_count_at_the_start_of_a_line(void **context)
{
	static const char *const texts[] = {"ima: policy update failed", "ima: policy update completed",
		"audit: type=1800 audit(1:1): op=appraise_data cause=missing-hash comm",
		"audit: type=1807 audit(1:1): action=measure res=0",
		"integrity: Request for unknown key 'id:0011aabb' in '.ima' keyring. err -11"};
	char line[256];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		(void)snprintf(line, sizeof(line), "usb 1-1: Product: %s", texts[i]);
		parse(line);
		assert_false(
			facts.completed || facts.failed || *facts.cause || *facts.bad_rule || *facts.key_id);
		parse(texts[i]);
		assert_true(
			facts.completed || facts.failed || *facts.cause || *facts.bad_rule || *facts.key_id);
	}
	/* The file's name comes behind the cause, and is the attacker's. */
	parse("audit: type=1800 audit(1:1): pid=1 op=collect_data cause=failed name=\"op=appraise_data "
	      "cause=x\"");
	assert_string_equal(facts.cause, "");
}

static void cause_is_taken_from_the_audit_line(void **context)
{
	(void)context;
	parse("audit: type=1800 audit(1.2:3): pid=1 uid=0 auid=4294967295 ses=4294967295 op=appraise_data "
	      "cause=invalid-signature comm=\"imaboot\" name=\"/p\" dev=\"vda\" ino=1 res=0 errno=0");
	assert_string_equal(facts.cause, "invalid-signature");
	parse("audit: type=1800 audit(1.2:3): pid=1 op=collect_data cause=failed comm=\"imaboot\" res=0");
	assert_string_equal(facts.cause, "");
	parse("audit: type=1800 audit(1.2:3): pid=1 op=appraise_data cause=last");
	assert_string_equal(facts.cause, "last");
}

static void long_cause_is_cut(void **context)
{
	char line[300] = "audit: type=1800 op=appraise_data cause=";

	(void)context;
	memset(line + strlen(line), 'c', 200);
	parse(line);
	assert_int_equal(strlen(facts.cause), KMSG_WORD_MAX - 1);
}

static void key_is_taken_from_the_request_line(void **context)
{
	(void)context;
	parse("integrity: Request for unknown key 'id:0011aabb' err -11");
	assert_string_equal(facts.key_id, "0011aabb");
	parse("integrity: Request for unknown key 'ring' err -11");
	assert_string_equal(facts.key_id, "");
}

static void bad_rule_is_taken_from_the_audit_line(void **context)
{
	char line[400] = "audit: type=1807 audit(1.2:3): ";

	(void)context;
	parse("audit: type=1807 audit(1.2:3): action=measure func=BOGUS res=0");
	assert_string_equal(facts.bad_rule, "action=measure func=BOGUS");
	parse("audit: type=1807 audit(1.2:3): action=measure res=1");
	assert_string_equal(facts.bad_rule, "");
	parse("audit: type=1807 audit res=0): ");
	assert_string_equal(facts.bad_rule, "");
	parse("audit: type=1807 audit(1.2:3):  res=0");
	assert_string_equal(facts.bad_rule, "");
	memset(line + strlen(line), 'r', 300);
	strcat(line, " res=0");
	parse(line);
	assert_int_equal(strlen(facts.bad_rule), sizeof(facts.bad_rule) - 1);
}

static void records_are_collected_until_the_verdict(void **context)
{
	static const struct record script[] = {{"6,1,1,-;something else\n", 0}, {NULL, EAGAIN},
		{"6,2,2,-;ima: policy update completed\n SUBSYSTEM=x\n", 0}, {NULL, EAGAIN}, {NULL, 0}};

	(void)context;
	collect(script, false);
	assert_true(facts.completed);
	assert_string_equal(facts.cause, "");
	assert_int_equal(polls, 1);
}

static void audit_line_is_waited_for(void **context)
{
	static const struct record script[] = {{"6,2,2,-;ima: policy update failed\n", 0}, {NULL, EAGAIN},
		{"5,3,3,-;audit: type=1800 audit(1:1): op=appraise_data cause=missing-hash c\n", 0},
		{NULL, EAGAIN}, {NULL, 0}};

	(void)context;
	collect(script, true);
	assert_true(facts.failed);
	assert_string_equal(facts.cause, "missing-hash");
	assert_int_equal(polls, 1);
}

static void waiting_ends(void **context)
{
	static const struct record script[] = {{NULL, EAGAIN}, {NULL, 0}};

	(void)context;
	collect(script, true);
	assert_false(facts.completed || facts.failed);
	assert_true(polls > 0);
}

static void overwritten_records_are_passed_over(void **context)
{
	static const struct record script[] = {{NULL, EPIPE}, {NULL, EINTR}, {"no semicolon", 0},
		{"6,2,2,-;ima: policy update failed\n", 0}, {NULL, EAGAIN}, {NULL, 0}};

	(void)context;
	collect(script, false);
	assert_true(facts.failed);
}

/* A process can write any text to the log, but not with the kernel's facility. */
static void records_of_processes_are_not_believed(void **context)
{
	static const struct record script[] = {{"12,1,1,-;ima: policy update completed\n", 0},
		{"30,1,1,-;ima: policy update completed\n", 0}, {"6,2,2,-;ima: policy update failed\n", 0},
		{NULL, EAGAIN}, {NULL, 0}};

	(void)context;
	collect(script, false);
	assert_false(facts.completed);
	assert_true(facts.failed);
}

/* What follows the first line are the record's properties. */
static void second_line_of_a_record_is_not_read(void **context)
{
	static const struct record script[] = {{"6,1,1,-;x\nima: policy update completed\n", 0},
		{"6,2,2,-;ima: policy update failed\n", 0}, {NULL, EAGAIN}, {NULL, 0}};

	(void)context;
	collect(script, false);
	assert_false(facts.completed);
}

static void without_a_log_there_are_no_facts(void **context)
{
	(void)context;
	memset(&facts, 'x', sizeof(facts));
	kmsg_collect(-ENOENT, true, &facts);
	assert_false(facts.completed || facts.failed || *facts.cause || *facts.key_id || *facts.bad_rule);
}

static void mark_is_the_end_of_the_log(void **context)
{
	int fd;

	(void)context;
	assert_int_equal(kmsg_mark(), -ENOENT);
	fakeroot_file("/dev/kmsg", "old");
	fd = kmsg_mark();
	assert_true(fd >= 0);
	assert_int_equal(__real_lseek(fd, 0, SEEK_CUR), 3);
	(void)close(fd);
	lseek_error = EINVAL;
	assert_int_equal(kmsg_mark(), -EINVAL);
	lseek_error = ESPIPE;
	fd = kmsg_mark();
	lseek_error = 0;
	assert_true(fd >= 0);
	(void)close(fd);
}

static void rate_limit_is_lifted_and_restored(void **context)
{
	char old[16];

	(void)context;
	fakeroot_file(PRINTK_RATELIMIT, "5\n");
	kmsg_lift_limit(old);
	assert_string_equal(fakeroot_read(PRINTK_RATELIMIT), "0\n");
	kmsg_restore_limit(old);
	assert_string_equal(fakeroot_read(PRINTK_RATELIMIT), "5\n");
}

static void unreadable_rate_limit_is_left_alone(void **context)
{
	char old[16] = "x";

	(void)context;
	kmsg_lift_limit(old);
	assert_string_equal(old, "");
	kmsg_restore_limit(old);
	assert_false(fakeroot_has(PRINTK_RATELIMIT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_are_recognised),
		cmocka_unit_test(words_count_at_the_start_of_a_line),
		cmocka_unit_test(cause_is_taken_from_the_audit_line),
		cmocka_unit_test(long_cause_is_cut),
		cmocka_unit_test(key_is_taken_from_the_request_line),
		cmocka_unit_test(bad_rule_is_taken_from_the_audit_line),
		cmocka_unit_test(records_are_collected_until_the_verdict),
		cmocka_unit_test(audit_line_is_waited_for),
		cmocka_unit_test(waiting_ends),
		cmocka_unit_test(overwritten_records_are_passed_over),
		cmocka_unit_test(records_of_processes_are_not_believed),
		cmocka_unit_test(second_line_of_a_record_is_not_read),
		cmocka_unit_test(without_a_log_there_are_no_facts),
		ROOT_TEST(mark_is_the_end_of_the_log),
		ROOT_TEST(rate_limit_is_lifted_and_restored),
		ROOT_TEST(unreadable_rate_limit_is_left_alone),
	};

	return RUN_TESTS(tests);
}
