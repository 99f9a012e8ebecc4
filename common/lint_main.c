// SPDX-License-Identifier: MIT
/*
 * The verb lint: reads files and a kernel's configuration, prints the result; see lint_main.h.
 *
 * Without --kernel and --config it judges for the running kernel, with the configuration that distributions put
 * beside it, and where that has no IMA (a build machine) for the newest kernel that is known.
 */
#include "lint_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include "format.h"
#include "lint.h"
#include "log.h"
#include "out.h"
#include "policy_print.h"

#define CONFIG_MAX ((size_t)4 << 20) /* bytes of a kernel's configuration; real ones have 300,000 */
#define IMA_FOLDER "/sys/kernel/security/ima"

static const char *kernel_option, *config_option, *format_option;
static const struct lint_program *this_program;
static bool no_warnings_option, werror_option, canonical_option, json_option;

const struct verb_option lint_verb_options[] = {
	{.name = "kernel",
		.argument = "VERSION",
		.help = "judge for this kernel, as 6.1",
		.value = &kernel_option},
	{.name = "config",
		.argument = "FILE",
		.help = "and this configuration of it",
		.value = &config_option},
	{.name = "no-warnings", .help = "report errors alone", .flag = &no_warnings_option},
	{.name = "werror", .help = "exit with 1 on warnings too", .flag = &werror_option},
	{.name = "canonical", .help = "print the policy as the kernel shows it", .flag = &canonical_option},
	{.name = "format", .argument = "FORM", .help = "text, json or sarif", .value = &format_option},
	{.name = "json", .help = "the same as --format json", .flag = &json_option},
	{0},
};

const char lint_verb_details[] =
	"A kernel's configuration is read as text; imactl also unpacks /proc/config.gz. Without --kernel and "
	"--config\nthe running kernel is meant or, where it has no IMA, the newest that is known.\nThe ids "
	"in brackets are explained in imaboot-lint(7).";

/* Says what keeps a path from being read; returns -errno. */
static int refuse(const char *path, int error, const char *reason, const char *remedy)
{
	log_error("%s: %s; %s", path, reason, remedy);
	return -error;
}

static int check_kind(const char *path, mode_t mode, const char *what)
{
	char remedy[80];

	(void)format_text(remedy, sizeof(remedy), "name %s", what);
	if (S_ISREG(mode))
		return 0;
	if (S_ISDIR(mode))
		return refuse(path, EISDIR, "is a directory", remedy);
	return refuse(path, EINVAL, "is a device, a pipe or a socket, not a file", remedy);
}

static int refuse_errno(const char *path, int error)
{
	return refuse(path, error, strerror(error),
		error == ENOENT   ? "check the name"
		: error == EACCES ? "run as root, or make the file readable"
				  : "check the file and its file system");
}

/*
 * Reads a regular file of at most max bytes; what is a message's name for it. What is no file is not opened: a
 * pipe would block, a device may do anything.
 */
static int read_input(const char *path, size_t max, const char *what, struct buf *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	char chunk[16384], limit[80];
	ssize_t got;

	if (stat(path, &st) < 0)
		return refuse_errno(path, errno);
	if (check_kind(path, st.st_mode, what) < 0)
		return -EINVAL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return refuse_errno(path, errno);
	if (check_kind(path, st.st_mode, what) < 0)
		return -EINVAL;
	while ((got = read(fd, chunk, sizeof(chunk))) != 0) {
		if (got < 0)
			return refuse_errno(path, errno);
		buf_add(ret, chunk, (size_t)got);
		if (ret->len > max) {
			(void)format_text(limit, sizeof(limit), "has more than %zu bytes", max);
			return refuse(path, EFBIG, limit, "make it smaller; comments can go");
		}
		if (buf_failed(ret))
			return refuse(path, ENOMEM, "does not fit into memory", "split it");
	}
	return 0;
}

static bool is_packed(const struct buf *config)
{
	return config->len >= 2 && memcmp(config->data, "\x1f\x8b", 2) == 0;
}

static int unpack_config(const char *path, const struct buf *packed, struct buf *ret)
{
	if (!this_program->unpack)
		return refuse(path, EOPNOTSUPP, "is packed, and this program does not unpack it",
			"unpack it with zcat, or use imactl lint");
	if (this_program->unpack((const uint8_t *)packed->data, packed->len, CONFIG_MAX, ret) < 0)
		return refuse(path, EBADMSG, "is damaged: it cannot be unpacked", "get it again");
	return 0;
}

/* Reads a configuration, packed or not, and narrows the model down by it. */
static int use_config(struct kernel_model *model, const char *path, bool version_is_given)
{
	_cleanup_buf_ struct buf config = {0}, unpacked = {0};
	const struct buf *text = &config;
	unsigned version;
	int result;

	if (read_input(path, CONFIG_MAX, "a kernel's configuration", &config) < 0)
		return -EINVAL;
	if (is_packed(&config)) {
		if (unpack_config(path, &config, &unpacked) < 0)
			return -EINVAL;
		text = &unpacked;
	}
	version = kernel_version_of_config(buf_string(text), text->len);
	if (version && !version_is_given)
		kernel_model_init(model, version);
	result = kernel_model_configure(model, buf_string(text), text->len);
	if (result == -ENOTSUP)
		return refuse(
			path, ENOTSUP, "is of a kernel without IMA (CONFIG_IMA)", "choose another kernel");
	if (result < 0)
		return refuse(
			path, EINVAL, "is not a kernel's configuration", "name one, as /boot/config-6.1.0");
	return 0;
}

/* The running kernel, if it is one with IMA: its version, and its configuration where that lies about. */
static void use_running_kernel(struct kernel_model *model)
{
	struct kernel_model narrowed;
	struct utsname name;
	char path[128];
	unsigned version;

	if (access(IMA_FOLDER, F_OK) != 0 || uname(&name) < 0 ||
		kernel_version_parse(name.release, &version) < 0)
		return;
	kernel_model_init(model, version);
	narrowed = *model;
	(void)format_text(path, sizeof(path), "/boot/config-%s", name.release);
	if (access(path, R_OK) == 0 && use_config(&narrowed, path, true) == 0)
		*model = narrowed;
}

int lint_model(
	const struct lint_program *program, const char *kernel, const char *config, struct kernel_model *ret)
{
	unsigned version = KERNEL_NEWEST;
	int result;

	this_program = program;
	if (kernel) {
		result = kernel_version_parse(kernel, &version);
		if (result == -ERANGE)
			log_error("--kernel: '%s' cannot load a policy by its path; Linux %u.%u or newer can",
				kernel, KERNEL_MAJOR(KERNEL_OLDEST), KERNEL_MINOR(KERNEL_OLDEST));
		else if (result < 0)
			log_error("--kernel: '%s' is not a version; give one such as 6.1", kernel);
		if (result < 0)
			return EXIT_USAGE;
	}
	kernel_model_init(ret, version);
	if (!kernel && !config)
		use_running_kernel(ret);
	if (config && use_config(ret, config, kernel != NULL) < 0)
		return EXIT_USAGE;
	return 0;
}

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF };

/* Returns 0, or EXIT_USAGE after a message. */
static int read_format(enum format *ret)
{
	static const char *const names[] = {"text", "json", "sarif"};
	unsigned i;

	*ret = json_option ? FORMAT_JSON : FORMAT_TEXT;
	if (!format_option)
		return 0;
	if (json_option) {
		log_error("--json and --format exclude each other; give one of them");
		return EXIT_USAGE;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (string_equal(names[i], format_option)) {
			*ret = i;
			return 0;
		}
	}
	log_error("--format: '%s' is not one of text, json, sarif", format_option);
	return EXIT_USAGE;
}

struct output {
	enum format format;
	struct buf text;  /* what is printed, json and sarif as a whole */
	struct json json; /* writes into text */
	bool failed;
};

/* Prints what was collected, and forgets it. */
static void flush_text(struct buf *text)
{
	out_bytes(buf_string(text), text->len);
	buf_free(text);
}

static void add_result(struct output *output, const struct lint *lint)
{
	if (output->format == FORMAT_JSON)
		lint_render_json(&output->json, lint);
	else if (output->format == FORMAT_SARIF)
		lint_sarif_add(&output->json, lint);
	else
		lint_render_text(
			&output->text, lint, isatty(canonical_option ? STDERR_FILENO : STDOUT_FILENO));
	if (output->format == FORMAT_TEXT && canonical_option)
		out_error(&output->text);
	else if (output->format == FORMAT_TEXT)
		flush_text(&output->text);
	if (!canonical_option || lint->diags.errors)
		return;
	policy_print(&output->text, &lint->policy, PRINT_KERNEL);
	flush_text(&output->text);
}

static void lint_file(struct output *output, const struct kernel_model *model, size_t max, const char *path)
{
	_cleanup_buf_ struct buf text = {0};
	_cleanup_lint_ struct lint lint = {0};

	output->failed = true;
	if (read_input(path, max, "a policy file", &text) < 0)
		return;
	if (lint_check(model, path, buf_string(&text), text.len, !no_warnings_option, &lint) < 0) {
		log_error("%s: there is not enough memory to check it; split it", path);
		return;
	}
	output->failed = lint.diags.errors || (werror_option && lint.diags.count);
	add_result(output, &lint);
}

int lint_main(const struct lint_program *program, size_t count, char **files)
{
	struct output output = {0};
	struct kernel_model model;
	bool failed = false;
	size_t i;

	output.json.buf = &output.text;
	if (read_format(&output.format) || lint_model(program, kernel_option, config_option, &model))
		return EXIT_USAGE;
	if (canonical_option && output.format != FORMAT_TEXT) {
		log_error("--canonical prints a policy, not %s; leave one of the options out",
			output.format == FORMAT_JSON ? "JSON" : "SARIF");
		return EXIT_USAGE;
	}
	if (output.format == FORMAT_JSON)
		json_array_begin(&output.json, NULL);
	if (output.format == FORMAT_SARIF)
		lint_sarif_begin(&output.json, program->name);
	for (i = 0; i < count; i++) {
		lint_file(&output, &model, program->max, files[i]);
		failed |= output.failed;
	}
	if (output.format == FORMAT_JSON)
		json_array_end(&output.json);
	if (output.format == FORMAT_SARIF)
		lint_sarif_end(&output.json);
	if (output.format != FORMAT_TEXT)
		buf_putc(&output.text, '\n');
	failed |= buf_failed(&output.text);
	flush_text(&output.text);
	return failed ? EXIT_FAILED : EXIT_DONE;
}
