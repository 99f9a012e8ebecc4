// SPDX-License-Identifier: MIT
/*
 * Inside a test machine, as its init: gives rules to the running kernel and compares its verdict with ours.
 *
 * No rule is committed: after each write a second one at an offset, which is always refused, poisons the
 * transaction (ima_fs.c, ima_write_policy and ima_release_policy). Where the policy can be read back and rules may
 * be added, accepted rules are committed in batches afterwards and what the kernel shows is compared, byte for
 * byte, with our canonical print.
 *
 * The kernel's command line: agree.n=COUNT agree.seed=SEED agree.commit=COUNT. Files: /config, the kernel's
 * configuration; /corpus, rules one a line. It prints disagreements and, last, a line for each part.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "escape.h"
#include "generate.h"
#include "policy_parse.h"
#include "policy_print.h"

#define POLICY "/sys/kernel/security/integrity/ima/policy"
#define REPORTED_MAX 50
#define BATCH 1000
#define SPEED_RULES 20000

static struct kernel_model model;
static unsigned long tried, accepted, disagreements;

static void stop(const char *why)
{
	printf("agree: %s: %s\n", why, strerror(errno));
	fflush(stdout);
	(void)reboot(RB_POWER_OFF);
	exit(1);
}

static void read_file(const char *path, struct buf *buf)
{
	char chunk[4096];
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while ((got = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(buf, chunk, (size_t)got);
	close(fd);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		printf("agree: %s: %s\n", path, strerror(errno));
	close(fd);
}

/* The kernel's verdict on one rule: what write() returned, or the negative errno. */
static long ask_kernel(const struct buf *rule)
{
	int fd = open(POLICY, O_WRONLY | O_CLOEXEC);
	long result;

	if (fd < 0)
		stop(POLICY);
	result = write(fd, rule->data, rule->len);
	if (result < 0)
		result = -errno;
	if (pwrite(fd, "x", 1, 1) != -1 || errno != EINVAL)
		stop("the transaction could not be poisoned");
	close(fd);
	return result;
}

/* Ours, in the same terms: the length of the line and one more, or the negative errno. */
static long ask_parser(const struct buf *rule, bool *ret_is_rule)
{
	_cleanup_policy_ struct policy policy = {0};
	size_t max = rule->len > POLICY_WRITE_MAX ? POLICY_WRITE_MAX : rule->len, len = 0;
	int verdict = policy_parse_write(&model, rule->data, rule->len, NULL, &policy);

	*ret_is_rule = verdict == 1;
	if (verdict < 0)
		return verdict;
	while (len < max && rule->data[len] != '\n' && rule->data[len] != '\0')
		len++;
	return (long)len + 1;
}

static void report(const struct buf *rule, long kernel, long parser)
{
	_cleanup_buf_ struct buf text = {0};

	disagreements++;
	if (disagreements > REPORTED_MAX)
		return;
	escape_bytes(&text, rule->data, rule->len);
	printf("disagree: kernel %ld, parser %ld: %s\n", kernel, parser, buf_string(&text));
}

static bool try_rule(const struct buf *rule)
{
	bool is_rule;
	long parser = ask_parser(rule, &is_rule), kernel = ask_kernel(rule);

	tried++;
	accepted += is_rule;
	if (kernel != parser)
		report(rule, kernel, parser);
	return is_rule && kernel == parser;
}

static void try_corpus(void)
{
	_cleanup_buf_ struct buf corpus = {0};
	char *line, *end;

	read_file("/corpus", &corpus);
	for (line = corpus.data; line && *line; line = end + 1) {
		struct buf rule = {0};

		end = strchr(line, '\n');
		if (!end)
			break;
		buf_add(&rule, line, (size_t)(end - line));
		if (rule.len)
			(void)try_rule(&rule);
		buf_free(&rule);
	}
}

/* Adds one line of a file and how it ends: mostly as it should, for one wrong line spoils the whole file. */
static void add_line(struct generator *generator, struct buf *file, bool is_last)
{
	static const char *const good[] = {"measure func=FILE_CHECK", "# comment", "", " \t",
		"dont_appraise fsmagic=0x9fa0", "measure fsname=x\r", "  audit func=BPRM_CHECK  ", "#"};
	struct buf rule = {0};

	if (generate_number(generator, 8)) {
		buf_puts(file, good[generate_number(generator, ARRAY_SIZE(good))]);
	} else {
		generate_rule(generator, &rule);
		buf_add(file, rule.data, rule.len);
		buf_free(&rule);
	}
	switch (generate_number(generator, is_last ? 6 : 40)) {
	case 0:
		buf_putc(file, '\0');
		break;
	case 1:
		break;
	default:
		buf_putc(file, '\n');
	}
}

/* The kernel's verdict on a file that it loads by its path. */
static long ask_kernel_path(const struct buf *file)
{
	const struct buf path = {.data = (char *)(uintptr_t) "/file", .len = 5};
	int fd = open(path.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, file->data, file->len) != (ssize_t)file->len)
		stop(path.data);
	close(fd);
	return ask_kernel(&path);
}

/*
 * Whole files, loaded by path and not committed. None lacks its last newline: there the kernel reads on in memory
 * that is not the file's, up to a page fault (seen with 6.1 and 6.12).
 */
static void try_files(struct generator *generator, unsigned long count)
{
	unsigned long tried_files = 0, accepted_files = 0;

	for (; tried_files < count; tried_files++) {
		_cleanup_policy_ struct policy policy = {0};
		struct buf file = {0};
		uint32_t lines = generate_number(generator, 6) + 1;
		long kernel, parser;

		while (lines--)
			add_line(generator, &file, lines == 0);
		if (!file.len || (file.data[file.len - 1] != '\n' && !memchr(file.data, '\0', file.len)))
			buf_putc(&file, '\n');
		kernel = ask_kernel_path(&file);
		parser = policy_parse(&model, file.data, file.len, NULL, &policy);
		accepted_files += parser == 0;
		if (kernel != (parser == 0 ? 5 : parser))
			report(&file, kernel, parser);
		buf_free(&file);
	}
	printf("files: %lu files, %lu accepted\n", tried_files, accepted_files);
}

/* Rules of which a later direct write would be refused must come last. */
static bool ends_direct_writes(const struct policy *policy)
{
	const struct policy_rule *rule = policy->rules;

	return rule->action == ACTION_APPRAISE && rule->func == FUNC_POLICY;
}

/* Writes the rules as one transaction and lets it be committed. */
static void commit(const struct buf *rules)
{
	const char *at = rules->data, *end;
	int fd = open(POLICY, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		stop(POLICY);
	for (; *at; at = end + 1) {
		end = strchr(at, '\n');
		if (write(fd, at, (size_t)(end - at)) < 0)
			stop(at);
	}
	close(fd);
}

/* Compares what the kernel shows with what we expect; says where they part. */
static void compare_shown(const struct buf *expected)
{
	_cleanup_buf_ struct buf shown = {0}, ours = {0}, theirs = {0};
	size_t at = 0, line = 0;

	read_file(POLICY, &shown);
	if (shown.len == expected->len && memcmp(shown.data, expected->data, shown.len) == 0)
		return;
	disagreements++;
	for (; at < shown.len && at < expected->len && shown.data[at] == expected->data[at]; at++)
		if (shown.data[at] == '\n')
			line = at + 1;
	escape_bytes(&theirs, shown.data + line, strcspn(shown.data + line, "\n"));
	escape_bytes(&ours, expected->data + line, strcspn(expected->data + line, "\n"));
	printf("disagree: the kernel shows '%s', we print '%s'\n", buf_string(&theirs), buf_string(&ours));
}

/* Adds an accepted rule to the batch, and its canonical form to what is expected. */
static void add_to_batch(const struct buf *rule, struct buf *batch, struct buf *last, struct buf *expected,
	struct buf *expected_last)
{
	_cleanup_policy_ struct policy policy = {0};
	bool later;

	if (policy_parse_write(&model, rule->data, rule->len, NULL, &policy) != 1)
		return;
	later = ends_direct_writes(&policy);
	buf_add(later ? last : batch, rule->data, strcspn(rule->data, "\n"));
	buf_putc(later ? last : batch, '\n');
	policy_print_rule(later ? expected_last : expected, &policy, policy.rules, PRINT_KERNEL);
}

/* Commits so many rules in batches and compares after each. */
static void try_commits(struct generator *generator, unsigned long count)
{
	static const char first[] = "dont_appraise\ndont_measure\ndont_hash\n";
	struct buf batch = {0}, last = {0}, expected = {0}, expected_last = {0}, rule = {0};
	unsigned long committed = 0;

	buf_puts(&batch, first);
	buf_puts(&expected, "dont_appraise \ndont_measure \ndont_hash \n");
	while (committed < count) {
		generate_rule(generator, &rule);
		if (rule.len > POLICY_WRITE_MAX - 1 || memchr(rule.data, '\0', rule.len) || !try_rule(&rule))
			continue;
		add_to_batch(&rule, &batch, &last, &expected, &expected_last);
		if (++committed % BATCH && committed < count)
			continue;
		commit(&batch);
		compare_shown(&expected);
		buf_free(&batch);
		model.labels = LABELS_INACTIVE;
	}
	if (last.len) {
		commit(&last);
		buf_add(&expected, buf_string(&expected_last), expected_last.len);
		compare_shown(&expected);
	}
	printf("committed: %lu rules, %zu bytes shown\n", committed, expected.len);
}

static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
}

/*
 * AppArmor knows one label before it has a policy, that of what is not confined, and takes any beginning of
 * it for it (security/apparmor: aa_label_strn_parse, aa_lookupn_profile). Only a subject's
 * role can be such a label (aa_audit_rule_init). The rules here have no colons and no stacked labels.
 */
static bool label_known(int slot, const char *label, size_t len)
{
	if (slot != LSM_SUBJ_ROLE)
		return false;
	if (is_space((unsigned char)*label)) {
		while (len && is_space((unsigned char)*label)) {
			label++;
			len--;
		}
		if (!len)
			return false;
	}
	return len <= 10 && memcmp(label, "unconfined", len) == 0;
}

static void make_model(void)
{
	_cleanup_buf_ struct buf config = {0}, lsm = {0};
	struct utsname name;
	unsigned version;

	if (uname(&name) < 0 || kernel_version_parse(name.release, &version) < 0)
		stop("no version");
	kernel_model_init(&model, version);
	read_file("/config", &config);
	if (kernel_model_configure(&model, buf_string(&config), config.len) < 0)
		stop("/config");
	/* There are no modules here. */
	model.algos &= ~model.algo_modules;
	model.labels = LABELS_REFUSED;
	read_file("/sys/kernel/security/lsm", &lsm);
	if (strstr(buf_string(&lsm), "apparmor"))
		model.label_known = label_known;
}

static unsigned long option(const char *cmdline, const char *name, unsigned long otherwise)
{
	const char *at = strstr(cmdline, name);

	return at ? strtoul(at + strlen(name), NULL, 10) : otherwise;
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* How long the kernel and we take for the same large file; the kernel also reads it and keeps the rules. */
static void time_both(void)
{
	_cleanup_policy_ struct policy policy = {0};
	struct buf file = {0};
	double start, kernel, parser;
	unsigned i;

	for (i = 0; i < SPEED_RULES; i += 4)
		buf_printf(&file,
			"measure func=FILE_CHECK mask=^MAY_READ uid=%u\n"
			"dont_measure fsmagic=0x%x fowner=%u\n"
			"appraise func=MODULE_CHECK fowner=%u appraise_type=imasig\n"
			"audit func=BPRM_CHECK fsname=fs_%u fgroup<%u\n",
			i, i, i, i, i, i);
	start = seconds();
	if (ask_kernel_path(&file) < 0)
		stop("the large file");
	kernel = seconds() - start;
	start = seconds();
	if (policy_parse(&model, file.data, file.len, NULL, &policy) < 0)
		stop("the large file");
	parser = seconds() - start;
	printf("speed: %d rules, kernel %.0f rules/s, parser %.0f rules/s\n", SPEED_RULES,
		SPEED_RULES / kernel, SPEED_RULES / parser);
	buf_free(&file);
}

static void run(const char *cmdline)
{
	struct generator generator = {option(cmdline, "agree.seed=", 1)};
	unsigned long count = option(cmdline, "agree.n=", 20000), i;
	struct buf rule = {0};
	double start = seconds();

	try_corpus();
	for (i = 0; i < count; i++) {
		generate_rule(&generator, &rule);
		(void)try_rule(&rule);
	}
	printf("verdicts: %lu rules, %lu accepted, %lu disagreements, %.1f s\n", tried, accepted,
		disagreements, seconds() - start);
	try_files(&generator, count / 10);
	time_both();
	if (model.write_policy && model.read_policy)
		try_commits(&generator, option(cmdline, "agree.commit=", 4000));
	printf("agree: %lu rules, %lu disagreements\n", tried, disagreements);
}

int main(void)
{
	_cleanup_buf_ struct buf cmdline = {0};

	if (getpid() == 1) {
		(void)mkdir("/proc", 0755);
		(void)mkdir("/sys", 0755);
		if (mount("proc", "/proc", "proc", 0, "") < 0 || mount("sysfs", "/sys", "sysfs", 0, "") < 0 ||
			mount("securityfs", "/sys/kernel/security", "securityfs", 0, "") < 0)
			stop("mount");
	}
	write_file("/proc/sys/kernel/printk", "1");
	read_file("/proc/cmdline", &cmdline);
	make_model();
	run(buf_string(&cmdline));
	fflush(stdout);
	if (getpid() == 1)
		(void)reboot(RB_AUTOBOOT);
	return disagreements != 0;
}
