// SPDX-License-Identifier: MIT
/* The forms in which lint speaks, and the verb around it: files, options, exit status. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "gunzip.h"
#include "lint.h"
#include "lint_main.h"
#include "out.h"

static void check(const char *name, const char *text, struct lint *ret)
{
	struct kernel_model model;

	kernel_model_init(&model, KERNEL(6, 1));
	assert_int_equal(lint_check(&model, name, text, strlen(text), true, ret), 0);
}

static void assert_source(const char *text, const char *said)
{
	_cleanup_lint_ struct lint lint = {0};
	_cleanup_buf_ struct buf out = {0};

	check("f", text, &lint);
	lint_render_text(&out, &lint, true);
	assert_string_equal(buf_string(&out), said);
}

static void test_carets(void **state)
{
	(void)state;
	assert_source("audit\n  measure mask=MAY_REED # x\n",
		"f:2:16: error: mask= cannot be 'MAY_REED'; did you mean 'MAY_READ'? [unknown-value]\n"
		"      measure mask=MAY_REED # x\n"
		"                   ^~~~~~~~\n"
		"f:2:25: error: a comment cannot follow a rule before Linux 6.14; put it on a line of its "
		"own "
		"[suffix-comment]\n"
		"      measure mask=MAY_REED # x\n"
		"                            ^~~\n");
	/* Columns count bytes; the caret stands under the escaped line. */
	assert_source("audit\tfsname=\xc3\xa9\xff uid=x\n",
		"f:1:22: error: uid= takes a decimal id, not 'x' [bad-number]\n"
		"    audit\\x09fsname=\xc3\xa9\\xff uid=x\n"
		"                              ^\n");
	assert_source("audit", "f:1:6: error: the last line does not end in a newline: a load by path is "
			       "refused, and can crash "
			       "the kernel [no-newline]\n"
			       "    audit\n"
			       "         ^\n");
}

/* Of a long line the part around the place is shown. */
static void test_long_lines_are_cut(void **state)
{
	_cleanup_buf_ struct buf text = {0}, out = {0};
	_cleanup_lint_ struct lint lint = {0};
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		buf_puts(&text, "uid=1 ");
	buf_putc(&text, '\n');
	check("f", buf_string(&text), &lint);
	lint_render_text(&out, &lint, true);
	assert_non_null(strstr(buf_string(&out), "\n    uid=1 uid=1 uid=1"));
	assert_non_null(strstr(buf_string(&out), "uid=1 uid=1 uid=...\n          ^~~~~\n"));
}

static void test_json(void **state)
{
	_cleanup_lint_ struct lint lint = {0};
	_cleanup_buf_ struct buf out = {0};
	struct json json = {.buf = &out};

	(void)state;
	check("a\"b\n", "audit \"\x1b\n", &lint);
	json_array_begin(&json, NULL);
	lint_render_json(&json, &lint);
	json_array_end(&json);
	assert_string_equal(buf_string(&out),
		"[{\"file\":\"a\\\"b\\\\x0a\",\"line\":1,\"column\":7,\"severity\":\"error\",\"rule\":"
		"\"unknown-word\","
		"\"message\":\"the rule language has no word '\\\"\\\\x1b'\"}]");
}

static void test_sarif(void **state)
{
	_cleanup_lint_ struct lint lint = {0};
	_cleanup_buf_ struct buf out = {0};
	struct json json = {.buf = &out};
	const char *results;

	(void)state;
	check("dir:1/a b%", "audit fsname=\xc3\xa9 uid=xy\n", &lint);
	lint_sarif_begin(&json, "imactl");
	lint_sarif_add(&json, &lint);
	lint_sarif_end(&json);
	assert_non_null(strstr(buf_string(&out), "\"version\":\"2.1.0\""));
	assert_non_null(strstr(buf_string(&out),
		"{\"id\":\"file-empty\",\"shortDescription\":{\"text\":\"The file is empty\"}}"));
	results = strstr(buf_string(&out), "\"columnKind\"");
	assert_non_null(results);
	/* Columns count characters here, and the path is a URI. */
	assert_string_equal(results,
		"\"columnKind\":\"unicodeCodePoints\",\"results\":[{\"ruleId\":\"bad-number\",\"ruleIndex\":"
		"8,"
		"\"level\":\"error\",\"message\":{\"text\":\"uid= takes a decimal id, not "
		"'xy'\"},\"locations\":["
		"{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"./dir%3A1/a%20b%25\"},\"region\":{"
		"\"startLine\":1,\"startColumn\":20,\"endColumn\":22}}}]}]}]}");
}

static void test_no_warnings(void **state)
{
	static const char text[] = "measure fsname=a fsname=b\n";
	_cleanup_lint_ struct lint all = {0}, errors = {0};
	struct kernel_model model;

	(void)state;
	kernel_model_init(&model, KERNEL(6, 1));
	assert_int_equal(lint_check(&model, "f", text, sizeof(text) - 1, true, &all), 0);
	assert_int_equal(all.diags.count, 2);
	assert_int_equal(lint_check(&model, "f", text, sizeof(text) - 1, false, &errors), 0);
	assert_int_equal(errors.diags.count, 0);
}

/* ---- the verb ---------------------------------------------------------------------------------- */

static char folder[] = "/tmp/imaboot-lint.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"good", "bad", "warned", "fifo", "config"};
	char path[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

static int (*unpack)(const uint8_t *bytes, size_t len, size_t max, struct buf *ret) = gunzip;

static void write_file(const char *name, const char *text)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/*
 * Runs the verb with its output thrown away and one option set, in the way in which the dispatcher does;
 * afterwards the option is unset again.
 */
static int run(const char *option, const char *value, const char *name, size_t max)
{
	const struct lint_program program = {.name = "imactl", .max = max, .unpack = unpack};
	const struct verb_option *at = lint_verb_options;
	char path[64], *files[] = {path};
	int status, saved = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	while (option && at->name && !string_equal(at->name, option))
		at++;
	if (option && at->flag)
		*at->flag = true;
	else if (option)
		*at->value = value;
	(void)fflush(stdout);
	assert_true(dup2(null, STDOUT_FILENO) >= 0);
	status = lint_main(&program, 1, files);
	assert_int_equal(out_finish(), 0);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	close(saved);
	close(null);
	if (option && at->flag)
		*at->flag = false;
	else if (option)
		*at->value = NULL;
	return status;
}

static void test_exit_status(void **state)
{
	(void)state;
	write_file("good", "appraise func=POLICY_CHECK appraise_type=imasig\n");
	write_file("bad", "nonsense\n");
	write_file("warned", "measure\n");
	assert_int_equal(run("kernel", "6.1", "good", 4096), EXIT_DONE);
	assert_int_equal(run("kernel", "6.1", "bad", 4096), EXIT_FAILED);
	assert_int_equal(run("kernel", "6.1", "warned", 4096), EXIT_DONE);
	assert_int_equal(run("werror", NULL, "warned", 4096), EXIT_FAILED);
	assert_int_equal(run("json", NULL, "bad", 4096), EXIT_FAILED);
	assert_int_equal(run("format", "sarif", "good", 4096), EXIT_DONE);
	assert_int_equal(run("canonical", NULL, "good", 4096), EXIT_DONE);
}

static void test_wrong_options(void **state)
{
	(void)state;
	write_file("good", "appraise func=POLICY_CHECK appraise_type=imasig\n");
	assert_int_equal(run("kernel", "six", "good", 4096), EXIT_USAGE);
	assert_int_equal(run("kernel", "4.4", "good", 4096), EXIT_USAGE);
	assert_int_equal(run("format", "xml", "good", 4096), EXIT_USAGE);
	assert_int_equal(run("config", "/nonexistent", "good", 4096), EXIT_USAGE);
}

static void test_wrong_files(void **state)
{
	char path[64];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(run("kernel", "6.1", "fifo", 4096), EXIT_FAILED);
	assert_int_equal(run("kernel", "6.1", "absent", 4096), EXIT_FAILED);
	assert_int_equal(run("kernel", "6.1", ".", 4096), EXIT_FAILED);
	assert_int_equal(run("kernel", "6.1", "../../dev/null", 4096), EXIT_FAILED);
	assert_int_equal(run("kernel", "6.1", "good", 20), EXIT_FAILED);
}

static void test_configurations(void **state)
{
	char path[64];

	(void)state;
	write_file("good", "appraise func=MODULE_CHECK appraise_type=imasig|modsig\n");
	(void)snprintf(path, sizeof(path), "%s/config", folder);
	write_file("config",
		"# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_IMA=y\nCONFIG_IMA_APPRAISE_MODSIG=y\n");
	assert_int_equal(run("config", path, "good", 4096), EXIT_DONE);
	write_file("config", "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_IMA=y\n");
	assert_int_equal(run("config", path, "good", 4096), EXIT_FAILED);
	write_file("config", "CONFIG_64BIT=y\n");
	assert_int_equal(run("config", path, "good", 4096), EXIT_USAGE);
	write_file("config", "measure\n");
	assert_int_equal(run("config", path, "good", 4096), EXIT_USAGE);
	write_file("config", "\x1f\x8b\x08 damaged");
	assert_int_equal(run("config", path, "good", 4096), EXIT_USAGE);
	unpack = NULL; /* as in the boot program */
	assert_int_equal(run("config", path, "good", 4096), EXIT_USAGE);
	unpack = gunzip;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_carets),
		cmocka_unit_test(test_long_lines_are_cut),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_sarif),
		cmocka_unit_test(test_no_warnings),
		cmocka_unit_test(test_exit_status),
		cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_configurations),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
