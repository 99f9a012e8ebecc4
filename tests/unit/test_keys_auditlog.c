// SPDX-License-Identifier: MIT
/* Tests of keys/auditlog.c: lines as kernels 6.1 and 6.12, auditd, journald and syslog write them. */
#include "auditlog.h"
#include "unit.h"
#include "util.h"

static struct auditlog_record record;

static enum auditlog_kind parse(const char *line)
{
	return auditlog_parse(line, strlen(line), false, &record);
}

static enum auditlog_kind parse_kmsg(const char *line)
{
	return auditlog_parse(line, strlen(line), true, &record);
}

#define FIELDS "pid=11631 uid=0 auid=1000 ses=2 subj=unconfined op=appraise_data "
#define FILE_FIELDS                                                                                         \
	FIELDS "cause=missing-hash comm=\"bash\" name=\"/usr/bin/vim\" dev=\"nvme0n1p6\" ino=568828 res=0 " \
	       "errno=0"
#define RECORD "audit: type=1800 audit(1700000000.123:45): " FILE_FIELDS

static void assert_vim(void)
{
	assert_int_equal(record.kind, AUDITLOG_DATA);
	assert_string_equal(record.op, "appraise_data");
	assert_string_equal(record.cause, "missing-hash");
	assert_string_equal(record.comm, "bash");
	assert_string_equal(record.name, "/usr/bin/vim");
	assert_string_equal(record.dev, "nvme0n1p6");
	assert_true(record.has_ino && record.has_uid && record.has_result && !record.result);
	assert_int_equal(record.ino, 568828);
	assert_int_equal(record.uid, 0);
}

static void one_record_in_every_log(void **context)
{
	static const char *const lines[] = {
		RECORD,
		RECORD "\n",
		RECORD "\r\n",
		"[   12.345678] " RECORD,
		"[Sat Nov 21 22:00:00 2026] " RECORD,
		"<5>[   12.345678] " RECORD,
		"Nov 21 22:00:00 host kernel: " RECORD,
		"Nov 21 22:00:00 host kernel: [   12.345678] " RECORD,
		"2026-11-21T22:00:00+00:00 host kernel: " RECORD,
		"[    5.140900] host kernel: " RECORD,
		"kernel: " RECORD,
		"Nov 21 22:00:00 host audit[11631]: INTEGRITY_DATA " FILE_FIELDS,
		"INTEGRITY_DATA " FILE_FIELDS,
		"type=INTEGRITY_DATA msg=audit(1700000000.123:45): " FILE_FIELDS,
		"type=INTEGRITY_DATA msg=audit(1700000000.123:45): " FILE_FIELDS
		"\x1dUID=\"root\" AUID=\"x\"",
		"type=1800 msg=audit(1700000000.123:45): " FILE_FIELDS,
		"node=host type=INTEGRITY_DATA msg=audit(1700000000.123:45): " FILE_FIELDS,
	};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		(void)parse(lines[i]);
		assert_vim();
	}
	(void)parse_kmsg("5,339,5140900,-;" RECORD "\n SUBSYSTEM=x\n");
	assert_vim();
}

static void others_cannot_make_one_up(void **context)
{
	(void)context;
	assert_int_equal(parse_kmsg("12,339,5140900,-;" RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse_kmsg("5;" RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse_kmsg(RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse_kmsg("x,1,1,-;" RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse("Nov 21 22:00:00 host logger[7]: " RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse("Nov 21 22:00:00 host logger: kernel: " RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse("Nov 21 22:00:00 host notkernel: " RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse("Nov 21 22:00:00 host kernel[1]: " RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse("Nov 21 22:00:00 host 123]: INTEGRITY_DATA " FILE_FIELDS), AUDITLOG_OTHER);
	assert_int_equal(parse("x " RECORD), AUDITLOG_OTHER);
	assert_int_equal(parse(""), AUDITLOG_OTHER);
	assert_int_equal(parse("[ "), AUDITLOG_OTHER);
}

static void names_in_hexadecimal(void **context)
{
	static const char line[] =
		"audit: type=1800 audit(1.2:3): pid=1 uid=4294967295 op=\"appraise_data\" "
		"cause=\"invalid-hash\" comm=61222062 name=2F746D702F610A225C dev=(null) res=0";

	(void)context;
	assert_int_equal(parse(line), AUDITLOG_DATA);
	assert_string_equal(record.cause, "invalid-hash");
	assert_string_equal(record.comm, "a\" b");
	assert_string_equal(record.name, "/tmp/a\n\"\\");
	assert_string_equal(record.dev, "");
	assert_int_equal(record.uid, UINT32_MAX);
	assert_false(record.has_ino);
}

/* In a quoted name only a backslash is escaped by /dev/kmsg, and there alone. */
static void kmsg_escapes(void **context)
{
	(void)context;
	assert_int_equal(
		parse_kmsg("5,1,1,-;audit: type=1800 audit(1.2:3): cause=x name=\"/a\\x5cx41\" res=0"),
		AUDITLOG_DATA);
	assert_string_equal(record.name, "/a\\x41");
	assert_int_equal(
		parse("audit: type=1800 audit(1.2:3): cause=x name=\"/a\\x5c\" res=0"), AUDITLOG_DATA);
	assert_string_equal(record.name, "/a\\x5c");
	assert_int_equal(parse_kmsg("5,1,1,-;audit: type=1800 audit(1.2:3): cause=x name=\"/a\\xg1\" res=0"),
		AUDITLOG_DATA);
	assert_string_equal(record.name, "/a\\xg1");
}

static void records_that_are_not_whole(void **context)
{
	static const char *const fields[] = {
		"",
		"pid=1",
		"cause=x name=\"/a\"",     /* no result */
		"name=\"/a\" res=0",       /* no cause */
		"cause=x name=\"/a res=0", /* an open quote */
		"cause=x name=2F7 res=0",  /* half a byte */
		"cause=x name=2G res=0",   /* not hexadecimal */
		"cause=x name=2F00 res=0", /* a NUL */
		"cause=x name= res=0",     /* nothing */
		"cause=x name=\"a\" name=\"b\" res=0",
		"cause=x cause=y res=0",
		"cause=x op=a op=b res=0",
		"cause=x res=2",
		"cause=x res=",
		"cause=x res=0 res=0",
		"cause=x ino=99999999999999999999 res=0",
		"cause=x ino=1x res=0",
		"cause=x uid=4294967296 res=0",
		"cause=123456789012345678901234567890123456789012345678901234567890abcd res=0",
		"cause=1234567890123456789012345678901234567890 1234567890123456789012345 res=0",
	};
	char line[512];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		(void)snprintf(line, sizeof(line), "audit: type=1800 audit(1.2:3): %s", fields[i]);
		assert_int_equal(parse(line), AUDITLOG_BROKEN);
	}
	assert_int_equal(parse("audit: type=1800 cause=x res=0"), AUDITLOG_BROKEN);
	assert_int_equal(parse("audit: type=1800 audit(1.2:3: cause=x res=0"), AUDITLOG_BROKEN);
	assert_int_equal(parse("audit: type=1800 audit(1.2:3): cause=x res=0"), AUDITLOG_DATA);
}

static void a_line_that_is_too_long(void **context)
{
	static char line[AUDITLOG_LINE_MAX + 2];
	size_t len = strlen(RECORD);

	(void)context;
	memset(line, ' ', sizeof(line));
	memcpy(line, RECORD, len);
	assert_int_equal(auditlog_parse(line, AUDITLOG_LINE_MAX, false, &record), AUDITLOG_DATA);
	assert_int_equal(auditlog_parse(line, AUDITLOG_LINE_MAX + 1, false, &record), AUDITLOG_OTHER);
}

static void a_name_as_long_as_a_path(void **context)
{
	static char line[3 * PATH_MAX];
	size_t i, head;

	(void)context;
	for (i = PATH_MAX - 1; i <= PATH_MAX; i++) {
		head = (size_t)snprintf(
			line, sizeof(line), "audit: type=1800 audit(1.2:3): cause=x res=0 name=");
		memset(line + head, '2', 2 * i);
		line[head + 2 * i] = '\0';
		assert_int_equal(parse(line), i < PATH_MAX ? AUDITLOG_DATA : AUDITLOG_BROKEN);
		line[head] = '"';
		memset(line + head + 1, 'x', i);
		strcpy(line + head + 1 + i, "\"");
		assert_int_equal(parse(line), i < PATH_MAX ? AUDITLOG_DATA : AUDITLOG_BROKEN);
	}
}

static void policies(void **context)
{
	(void)context;
	assert_int_equal(
		parse("audit: type=1802 audit(1.2:3): pid=1 uid=0 op=policy_update cause=signed policy "
		      "required comm=\"systemd\" res=0 errno=0"),
		AUDITLOG_STATUS);
	assert_string_equal(record.cause, "signed policy required");
	assert_string_equal(record.comm, "systemd");
	assert_int_equal(
		parse("type=INTEGRITY_STATUS msg=audit(1.2:3): op=policy_update cause=completed res=1"),
		AUDITLOG_STATUS);
	assert_true(record.result);
	assert_int_equal(
		parse("audit: type=1807 audit(1.2:3): action=appraise func=NONSENSE res=0"), AUDITLOG_RULE);
	assert_string_equal(record.rule, "action=appraise func=NONSENSE");
	assert_false(record.result);
	assert_int_equal(
		parse("type=INTEGRITY_POLICY_RULE msg=audit(1.2:3): fsname=res=0  res=1"), AUDITLOG_RULE);
	assert_string_equal(record.rule, "fsname=res=0");
	assert_true(record.result);
	assert_int_equal(parse("audit: type=1807 audit(1.2:3): action=appraise"), AUDITLOG_BROKEN);
	assert_int_equal(parse("audit: type=1807 audit(1.2:3): action=appraise res="), AUDITLOG_BROKEN);
	assert_int_equal(parse("audit: type=1807 audit(1.2:3): action=appraise res=2"), AUDITLOG_BROKEN);
}

static void other_types(void **context)
{
	(void)context;
	assert_int_equal(parse("audit: type=1801 audit(1.2:3): op=appraise_metadata cause=no_label res=0"),
		AUDITLOG_METADATA);
	assert_int_equal(
		parse("audit: type=1804 audit(1.2:3): op=invalid_pcr cause=ToMToU res=1"), AUDITLOG_PCR);
	assert_int_equal(parse("audit: type=1805 audit(1.2:3): file=\"/bin/x\" hash=\"y\""), AUDITLOG_OTHER);
	assert_int_equal(parse("audit: type=18000 audit(1.2:3): cause=x res=0"), AUDITLOG_OTHER);
	assert_int_equal(parse("audit: type=1300 audit(1.2:3): syscall=59"), AUDITLOG_OTHER);
	assert_int_equal(parse("node=host"), AUDITLOG_OTHER);
}

static void keys_that_are_unknown(void **context)
{
	(void)context;
	assert_int_equal(
		parse("[ 1.0] integrity: Request for unknown key 'id:5f3c1e7a' in '.ima' keyring. err -11"),
		AUDITLOG_NO_KEY);
	assert_string_equal(record.cause, "5f3c1e7a");
	assert_string_equal(record.name, ".ima");
	assert_int_equal(parse("integrity: Request for unknown key 'id:5f3c1e7a' err -11"), AUDITLOG_NO_KEY);
	assert_string_equal(record.name, "");
	assert_int_equal(parse("integrity: Request for unknown key 'id:' err -11"), AUDITLOG_BROKEN);
	assert_int_equal(parse("integrity: Request for unknown key 'id:5f"), AUDITLOG_BROKEN);
	assert_int_equal(parse("integrity: Request for unknown key 'id:zz' err -11"), AUDITLOG_BROKEN);
	assert_int_equal(parse("integrity: Request for unknown key 'id:5f' in '.ima"), AUDITLOG_BROKEN);
}

static void loads_without_a_file(void **context)
{
	(void)context;
	assert_int_equal(
		parse("ima: impossible to appraise a module without a file descriptor. sig_enforce kernel "
		      "parameter might help"),
		AUDITLOG_NO_FILE);
	assert_string_equal(record.cause, "module");
	assert_int_equal(
		parse("ima: impossible to appraise a kernel image without a file descriptor; try using "
		      "kexec_file_load syscall."),
		AUDITLOG_NO_FILE);
	assert_string_equal(record.cause, "kernel");
	assert_int_equal(parse("ima: Prevent firmware loading_store."), AUDITLOG_NO_FILE);
	assert_string_equal(record.cause, "firmware");
	assert_int_equal(parse("ima: Allocated hash algorithm: sha256"), AUDITLOG_OTHER);
}

static void records_that_are_missing(void **context)
{
	(void)context;
	assert_int_equal(parse("[ 5.1] kauditd_printk_skb: 12 callbacks suppressed"), AUDITLOG_LOST);
	assert_int_equal(record.count, 12);
	assert_int_equal(parse("audit: kauditd_printk_skb: 7 callbacks suppressed"), AUDITLOG_LOST);
	assert_int_equal(parse("kauditd_printk_skb: x callbacks suppressed"), AUDITLOG_OTHER);
	assert_int_equal(parse("kauditd_printk_skb: 7 of them"), AUDITLOG_OTHER);
	assert_int_equal(record.count, 0);
	assert_int_equal(
		parse("kauditd_printk_skb: 99999999999999999999 callbacks suppressed"), AUDITLOG_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_record_in_every_log),
		cmocka_unit_test(others_cannot_make_one_up),
		cmocka_unit_test(names_in_hexadecimal),
		cmocka_unit_test(kmsg_escapes),
		cmocka_unit_test(records_that_are_not_whole),
		cmocka_unit_test(a_line_that_is_too_long),
		cmocka_unit_test(a_name_as_long_as_a_path),
		cmocka_unit_test(policies),
		cmocka_unit_test(other_types),
		cmocka_unit_test(keys_that_are_unknown),
		cmocka_unit_test(loads_without_a_file),
		cmocka_unit_test(records_that_are_missing),
	};

	return RUN_TESTS(tests);
}
