// SPDX-License-Identifier: MIT
/* Tests of keys/denials.c, denial_words.c and denial_report.c: records put together, and what is said of them. */
#include "denial_report.h"
#include "jsonfile.h"
#include "unit.h"

static struct denials denials;

static void add(const char *line)
{
	struct auditlog_record record;

	(void)auditlog_parse(line, strlen(line), false, &record);
	assert_int_equal(denials_add(&denials, &record), 0);
}

static void add_file(const char *cause, const char *name, const char *comm)
{
	char line[512];

	(void)snprintf(line, sizeof(line),
		"audit: type=1800 audit(1.2:3): pid=1 uid=7 op=appraise_data cause=%s comm=\"%s\" "
		"name=\"%s\" "
		"dev=\"vda\" ino=5 res=0",
		cause, comm, name);
	add(line);
}

static int forget(void **context)
{
	(void)context;
	denials_free(&denials);
	return 0;
}

static void records_are_put_together(void **context)
{
	int i;

	(void)context;
	for (i = 0; i < 3; i++)
		add_file("missing-hash", "/bin/a", i ? "bash" : "sh");
	add_file("missing-hash", "/bin/b", "sh");
	for (i = 0; i < 5; i++)
		add_file("invalid-hash", "/bin/c", "sh");
	add_file("invalid-hash", "/bin/a", "sh");
	denials_sort(&denials);
	assert_int_equal(denials.count, 4);
	/* The cause with the most records first, then its files. */
	assert_string_equal(denials.entries[0].name, "/bin/c");
	assert_int_equal(denials.entries[0].count, 5);
	assert_string_equal(denials.entries[1].name, "/bin/a");
	assert_string_equal(denials.entries[2].cause, "missing-hash");
	assert_int_equal(denials.entries[2].count, 3);
	assert_int_equal(denials.entries[2].program_count, 2);
	assert_string_equal(denials.entries[2].programs[1], "bash");
	assert_int_equal(denials.entries[2].uid, 7);
	assert_int_equal(denials.entries[2].ino, 5);
	assert_string_equal(denials.entries[3].name, "/bin/b");
}

static void thousands_of_files(void **context)
{
	char name[32];
	int i;

	(void)context;
	for (i = 0; i < 4000; i++) {
		(void)snprintf(name, sizeof(name), "/bin/%d", i % 2000);
		add_file("missing-hash", name, name + 5);
	}
	denials_sort(&denials);
	assert_int_equal(denials.count, 2000);
	for (i = 0; i < 2000; i++)
		assert_int_equal(denials.entries[i].count, 2);
}

static void what_is_no_news(void **context)
{
	(void)context;
	add("audit: type=1800 audit(1.2:3): op=appraise_data cause=missing-hash res=1");
	add("audit: type=1804 audit(1.2:3): op=add_template_measure cause=hash_added res=1");
	add("audit: type=1807 audit(1.2:3): action=measure res=1");
	add("audit: type=1300 audit(1.2:3): syscall=1");
	assert_int_equal(denials.count, 0);
	add("audit: type=1804 audit(1.2:3): op=invalid_pcr cause=ToMToU res=1");
	add("audit: type=1802 audit(1.2:3): op=policy_update cause=completed res=1");
	assert_int_equal(denials.count, 2);
	add("kauditd_printk_skb: 5 callbacks suppressed");
	add("kauditd_printk_skb: 6 callbacks suppressed");
	add("audit: type=1800 audit(1.2:3): nonsense");
	assert_int_equal(denials.count, 2);
	assert_int_equal(denials.lost, 11);
	assert_int_equal(denials.broken, 1);
}

static void more_programs_than_are_kept(void **context)
{
	static const char *const programs[] = {"a", "b", "a", "c", "d", "e", "f"};
	struct buf text = {0};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(programs); i++)
		add_file("missing-hash", "/bin/x", programs[i]);
	denials_sort(&denials);
	denial_report_text(&denials, false, &text);
	assert_non_null(strstr(buf_string(&text), "         7 /bin/x  [a, b, c, d, ...; vda, inode 5]\n"));
	buf_free(&text);
}

/* Where names go into a command. */
static void commands(void **context)
{
	static const char *const safe[] = {"/bin/a", "root/b"}, *const wrong[] = {"/bin/a", "/bin/;reboot"};
	static const char *const plain[] = {"a"}, *const option[] = {"-x/a"};
	static const char *const many[] = {"/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"};
	struct buf text = {0};

	(void)context;
	denial_command("mend FILES, see FILES", safe, 2, "FILE...", &text);
	assert_buf(&text, "mend /bin/a root/b, see /bin/a root/b");
	denial_command("mend FILES", wrong, 2, "FILE...", &text);
	assert_buf(&text, "mend FILE...");
	denial_command("mend FILES", wrong + 1, 1, "FILE...", &text);
	assert_buf(&text, "mend FILE");
	denial_command("mend FILES", plain, 1, "FILE...", &text);
	assert_buf(&text, "mend FILE");
	denial_command("mend FILES", option, 1, "FILE...", &text);
	assert_buf(&text, "mend FILE");
	denial_command("mend FILES", many, 8, "--root /", &text);
	assert_buf(&text, "mend /1 /2 /3 /4 /5 /6 /7 /8");
	denial_command("mend FILES", many, 9, "--root /", &text);
	assert_buf(&text, "mend --root /");
	denial_command("nothing", safe, 2, "", &text);
	assert_buf(&text, "nothing");
}

static void words(void **context)
{
	(void)context;
	assert_string_equal(denial_words_of(AUDITLOG_DATA, "invalid-hash")->reason,
		"has a digest that is not its own: it was changed since");
	assert_string_equal(denial_words_of(AUDITLOG_DATA, "never-seen")->reason,
		"was refused for a cause that is not known here");
	assert_string_equal(
		denial_words_of(AUDITLOG_STATUS, "other")->reason, "a policy could not be loaded");
	assert_null(denial_words_of(AUDITLOG_PCR, "ToMToU")->command);
}

static void json_of_another_program(void **context)
{
	_cleanup_problem_ struct problem problem = {0};
	char path[] = "/tmp/imaboot-unit.XXXXXX";
	static const char text[] =
		"{\"a\":\"x\",\"n\":7,\"b\":true,\"o\":{\"a\":\"y\"},\"l\":[{\"a\":\"z\"},\"s\",3]}";
	struct json_object *object = NULL;
	int fd = mkstemp(path);

	(void)context;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(jsonfile_read(path, 1000, &object, &problem), 0);
	assert_string_equal(jsonfile_string(object, "a"), "x");
	assert_null(jsonfile_string(object, "n"));
	assert_null(jsonfile_string(object, "none"));
	assert_null(jsonfile_string(NULL, "a"));
	assert_int_equal(jsonfile_number(object, "n"), 7);
	assert_int_equal(jsonfile_number(object, "a"), 0);
	assert_true(jsonfile_bool(object, "b"));
	assert_false(jsonfile_bool(object, "n"));
	assert_string_equal(jsonfile_string(jsonfile_object(object, "o"), "a"), "y");
	assert_int_equal(jsonfile_count(object, "l"), 3);
	assert_int_equal(jsonfile_count(object, "o"), 0);
	assert_string_equal(jsonfile_string(jsonfile_at(object, "l", 0), "a"), "z");
	assert_null(jsonfile_at(object, "l", 1));
	assert_null(jsonfile_at(object, "l", 9));
	assert_string_equal(jsonfile_string_at(object, "l", 1), "s");
	assert_string_equal(jsonfile_text(object), text);
	jsonfile_free(&object);
	assert_int_equal(jsonfile_read(path, 10, &object, &problem), -EFBIG);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(jsonfile_read(path, 1000, &object, &problem), -EBADMSG);
	assert_null(object);
	(void)close(fd);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(records_are_put_together, forget),
		cmocka_unit_test_teardown(thousands_of_files, forget),
		cmocka_unit_test_teardown(what_is_no_news, forget),
		cmocka_unit_test_teardown(more_programs_than_are_kept, forget),
		cmocka_unit_test(commands),
		cmocka_unit_test(words),
		cmocka_unit_test(json_of_another_program),
	};

	return RUN_TESTS(tests);
}
