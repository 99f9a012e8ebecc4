// SPDX-License-Identifier: MIT
/* Tests of keys/units.c and units_parse.c: unit files, and the way from the default target. */
#include "fakeroot.h"
#include "rootfile.h"
#include "units.h"

/* ---- one file ----------------------------------------------------------------------------- */

static struct buf said;
static int answer;

static int take_unit(void *context, const char *name, size_t len)
{
	(void)context;
	buf_printf(&said, "unit %.*s\n", (int)len, name);
	return answer;
}

static int take_command(void *context, const char *path, size_t len)
{
	(void)context;
	buf_printf(&said, "command %.*s\n", (int)len, path);
	return answer;
}

static const struct units_sink sink = {.unit = take_unit, .command = take_command};

static void assert_parsed(const char *text, const char *wanted)
{
	assert_int_equal(units_parse(text, strlen(text), &sink), 0);
	assert_buf(&said, wanted);
}

static void lines_of_a_unit(void **context)
{
	(void)context;
	assert_parsed("[Unit]\nWants=a.service  b.socket\nRequires = c.target\nAfter=x.target\n"
		      "BindsTo=d.device\nRequisite=e.mount\nUpholds=f.service\n",
		"unit a.service\nunit b.socket\nunit c.target\nunit d.device\nunit e.mount\nunit "
		"f.service\n");
	assert_parsed("[Service]\nExecStart=/usr/bin/a "
		      "--option\nExecStartPre=-/usr/bin/b\nExecStartPost=+/usr/bin/c\n"
		      "ExecCondition=!!/usr/bin/d\nExecStop=/usr/bin/no\nExecReload=/usr/bin/no\n",
		"command /usr/bin/a\ncommand /usr/bin/b\ncommand /usr/bin/c\ncommand /usr/bin/d\n");
	assert_parsed(
		"[Service]\nExecStart=@/usr/bin/a a0\nExecStart=:-|/usr/bin/b\nExecStart=\"/opt/x y\" z\n"
		"ExecStart='/opt/q' z\nExecStart=sh -c x\n",
		"command /usr/bin/a\ncommand /usr/bin/b\ncommand /opt/x y\ncommand /opt/q\ncommand sh\n");
	assert_parsed("[Socket]\nService=s.service\n[Timer]\nUnit=t.service\n[Path]\nUnit=p.service\n",
		"unit s.service\nunit t.service\nunit p.service\n");
	assert_parsed("[Socket]\nExecStartPre=/bin/x\n[Mount]\nWhat=/dev/x\n", "command /bin/x\n");
}

static void lines_that_go_on(void **context)
{
	(void)context;
	assert_parsed(
		"[Service]\nExecStart=\\\n  /bin/a x\nExecStart=-\\\n\t\\\n/bin/b\n", "command /bin/a\n");
	assert_parsed("[Service]\nExecStart=\\\n# a comment\n ; another\n  /bin/a \\\n y\nExecStart=/bin/b\n",
		"command /bin/a\ncommand /bin/b\n");
	assert_parsed("[Service]\n# no line goes on here \\\nExecStart=/bin/a\n", "command /bin/a\n");
	assert_parsed("[Service]\nExecStart=\\\n", "");
	assert_parsed("[Service]\nExecStart=\\", "");
	assert_parsed("[Unit]\nWants=\\\n a.service \\\n# no.service\n b.service\nWants=c.service\n",
		"unit a.service\nunit b.service\nunit c.service\n");
}

static void what_is_passed_by(void **context)
{
	(void)context;
	assert_parsed("", "");
	assert_parsed("Wants=a.service\n", "");
	assert_parsed("# [Unit]\n; Wants=a.service\n[Unit]\n#Wants=a.service\n", "");
	assert_parsed("[Service]\nWants=a.service\n[Unit]\nUnit=b.service\nWants\n", "");
	assert_parsed(
		"[Service]\nExecStart=\nExecStart=-\nExecStart=%h/x\nExecStart=/bin/$X\nExecStart=/a\\x20b\n",
		"");
	assert_parsed("[Service]\nExecStart=/bin/a \\\n  ExecStart=/bin/b\n", "command /bin/a\n");
	assert_parsed("[Unit]\nWants=a.service \\\n  b.service\n", "unit a.service\nunit b.service\n");
	assert_int_equal(units_parse("[Service]\nExecStart=/bin/a\0b\n", 27, &sink), 0);
	assert_buf(&said, "");
}

static void a_sink_that_has_no_memory(void **context)
{
	(void)context;
	answer = -ENOMEM;
	assert_int_equal(units_parse("[Unit]\nWants=a.service b.service\n", 33, &sink), -ENOMEM);
	assert_buf(&said, "unit a.service\n");
	assert_int_equal(units_parse("[Service]\nExecStart=/bin/a\n", 27, &sink), -ENOMEM);
	assert_buf(&said, "command /bin/a\n");
	answer = 0;
}

/* ---- a root ------------------------------------------------------------------------------- */

#define LIB "/usr/lib/systemd/system/"
#define ETC "/etc/systemd/system/"

static void assert_followed(const char *wanted)
{
	_cleanup_units_ struct units units = {0};
	_cleanup_close_ int root = root_open(fakeroot);
	struct buf text = {0};
	size_t i;

	assert_true(root >= 0);
	assert_int_equal(units_follow(root, fakeroot, &units), 0);
	for (i = 0; i < units.command_count; i++)
		buf_printf(&text, "%s %s\n", units.commands[i].unit, units.commands[i].path);
	assert_buf(&text, wanted);
}

static void a_root_without_systemd(void **context)
{
	(void)context;
	assert_followed("");
}

static void from_the_default_target(void **context)
{
	(void)context;
	fakeroot_link(LIB "default.target", "graphical.target");
	fakeroot_file(LIB "graphical.target", "[Unit]\nRequires=multi-user.target\n");
	fakeroot_file(LIB "multi-user.target", "[Unit]\nWants=a.service\n");
	fakeroot_file(LIB "a.service", "[Service]\nExecStart=/bin/old\n");
	fakeroot_file(ETC "a.service", "[Service]\nExecStart=/bin/new\n");
	fakeroot_file(ETC "a.service.d/x.conf", "[Service]\nExecStartPre=/bin/more\n");
	fakeroot_file(ETC "a.service.d/x.txt", "[Service]\nExecStartPre=/bin/not\n");
	fakeroot_link(LIB "graphical.target.wants/b@x.service", "../b@.service");
	fakeroot_file(LIB "b@.service", "[Service]\nExecStart=/bin/b\n");
	fakeroot_link(ETC "multi-user.target.requires/c.socket", "/usr/lib/systemd/system/c.socket");
	fakeroot_file(LIB "c.socket", "[Socket]\nListenStream=1\n");
	fakeroot_file(LIB "c.service", "[Service]\nExecStart=c-program\n");
	fakeroot_file("/usr/sbin/c-program", "x");
	fakeroot_file(LIB "unwanted.service", "[Service]\nExecStart=/bin/unwanted\n");
	assert_followed("b@x.service /bin/b\na.service /bin/new\na.service /bin/more\n"
			"c.service /usr/sbin/c-program\n");
}

static void what_is_masked_or_broken(void **context)
{
	(void)context;
	fakeroot_file(LIB "default.target", "[Unit]\nWants=masked.service empty.service alone.service "
					    "gone.service no-unit ../x.service loop.target\n");
	fakeroot_file(LIB "masked.service", "[Service]\nExecStart=/bin/masked\n");
	fakeroot_link(ETC "masked.service", "/dev/null");
	fakeroot_file(LIB "empty.service", "[Service]\nExecStart=/bin/empty\n");
	fakeroot_file(ETC "empty.service", "");
	fakeroot_link(LIB "alone.service", "alone.service");
	fakeroot_file(LIB "loop.target", "[Unit]\nWants=default.target loop.target\n");
	assert_followed("");
}

/* Whoever writes to the root decides how much there is. */
static void more_than_is_looked_at(void **context)
{
	_cleanup_units_ struct units units = {0};
	char *text = malloc(UNITS_FILE_MAX), *at, name[64];
	int root, i;

	(void)context;
	assert_non_null(text);
	at = text + sprintf(text, "[Unit]\nWants=");
	for (i = 0; i < 80; i++)
		at += sprintf(at, "u%d.service ", i);
	at += sprintf(at, "\n[Service]\n");
	while (at < text + UNITS_FILE_MAX - 32)
		at += sprintf(at, "ExecStart=/a\n");
	fakeroot_bytes(LIB "u0.service", text, (size_t)(at - text));
	free(text);
	fakeroot_link(LIB "default.target", "u0.service");
	for (i = 1; i < 80; i++) {
		(void)snprintf(name, sizeof(name), LIB "u%d.service", i);
		assert_int_equal(link(fakeroot_path(LIB "u0.service"), fakeroot_path(name)), 0);
	}
	root = root_open(fakeroot);
	assert_int_equal(units_follow(root, fakeroot, &units), 0);
	(void)close(root);
	assert_true(units.too_many);
	assert_int_equal(units.command_count, UNITS_COMMANDS_MAX);
	assert_in_range(units.file_count, 32, 34);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_a_unit),
		cmocka_unit_test(lines_that_go_on),
		cmocka_unit_test(what_is_passed_by),
		cmocka_unit_test(a_sink_that_has_no_memory),
		ROOT_TEST(a_root_without_systemd),
		ROOT_TEST(from_the_default_target),
		ROOT_TEST(what_is_masked_or_broken),
		ROOT_TEST(more_than_is_looked_at),
	};

	return RUN_TESTS(tests);
}
