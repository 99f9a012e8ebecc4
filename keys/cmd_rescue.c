// SPDX-License-Identifier: MIT
/*
 * imactl rescue: repairs the policy of an installed root from a rescue system. Without an action it only looks, and says
 * which action would help.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "complain.h"
#include "escape.h"
#include "imaxattr.h"
#include "infile.h"
#include "json.h"
#include "place.h"
#include "plan_certs.h"
#include "plan_policy.h"
#include "rootfile.h"
#include "verbs.h"

#define NAME "rescue"
#define POLICY "ima-policy"
#define KEPT "ima-policy.bak"
#define KNOWN_GOOD "ima-policy.known-good"
#define FOLDER "/etc/ima/"

static const char *root_option, *kernel_option;
static struct verb_strings trusted_option;
static bool set_aside_option, known_good_option, restore_option, force_option, json_option;

enum which { WHICH_POLICY, WHICH_KNOWN_GOOD, WHICH_KEPT, WHICH_COUNT };
static const char *const names[WHICH_COUNT] = {POLICY, KNOWN_GOOD, KEPT};

struct rescue {
	int root_fd, folder_fd; /* -1: the root has no such folder */
	struct target target;
	struct plan_certs certs;
	struct plan_policy policies[WHICH_COUNT];
	bool there[WHICH_COUNT];
};

static bool is_good(const struct rescue *rescue, enum which which)
{
	return rescue->there[which] && !rescue->policies[which].problem.error;
}

/* ---- looking ------------------------------------------------------------------------------ */

static int look_at_policies(struct rescue *rescue)
{
	const struct imaverify_ring ring = {
		.certs = rescue->certs.usable, .count = rescue->certs.usable_count};
	char path[128];
	struct stat st;
	size_t i;
	int status = 0;

	for (i = 0; !status && rescue->folder_fd >= 0 && i < WHICH_COUNT; i++) {
		const struct plan_policy_source source = {
			.root_fd = rescue->root_fd, .root = root_option, .path = names[i], .in_root = path};

		(void)snprintf(path, sizeof(path), FOLDER "%s", names[i]);
		rescue->there[i] = fstatat(rescue->folder_fd, names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
				   S_ISREG(st.st_mode);
		if (rescue->there[i])
			status = plan_policy_load(&source, &rescue->target, &ring, &rescue->policies[i]);
	}
	return status;
}

static int look(struct rescue *rescue)
{
	_cleanup_problem_ struct problem problem = {0};
	static const struct verb_strings none;
	struct plan_cert_sources sources = {.root = root_option,
		.folders = &none,
		.signers = &none,
		.cas = &none,
		.trusted = &trusted_option};
	int status;

	rescue->root_fd = root_open(root_option);
	if (rescue->root_fd < 0) {
		log_error("%s: cannot be opened: %s; mount the root, and name the folder", root_option,
			strerror(-rescue->root_fd));
		return EXIT_FAILED;
	}
	rescue->folder_fd = place_open_folder(rescue->root_fd, FOLDER, false);
	if (target_find(rescue->root_fd, root_option, kernel_option, NULL, &rescue->target, &problem) < 0) {
		log_error("%s", problem_reason_text(&problem));
		return EXIT_USAGE;
	}
	sources.root_fd = rescue->root_fd;
	status = plan_certs_load(&rescue->target, &sources, &rescue->certs);
	return status ? status : look_at_policies(rescue);
}

static void print_policy(const struct rescue *rescue, enum which which)
{
	const struct plan_policy *policy = &rescue->policies[which];
	_cleanup_buf_ struct buf text = {0};

	if (!rescue->there[which]) {
		printf("%-22s is not there\n", names[which]);
		return;
	}
	if (policy->problem.error)
		escape_string(&text, problem_reason_text(&policy->problem));
	printf("%-22s rules: %zu, %s%s%s\n", names[which], policy->lint.policy.count,
		policy->is_signed ? "signed" : "not signed", text.len ? ": " : "", buf_string(&text));
}

static const char *advice(const struct rescue *rescue)
{
	if (is_good(rescue, WHICH_POLICY))
		return "the policy would be loaded; whether all files satisfy it: imactl plan --root";
	if (is_good(rescue, WHICH_KNOWN_GOOD))
		return "put the known-good policy in its place: imactl rescue --use-known-good --root";
	if (is_good(rescue, WHICH_KEPT))
		return "put the one before it back: imactl rescue --restore --root";
	if (rescue->there[WHICH_POLICY])
		return "set it aside, and boot without a policy of the root: imactl rescue --set-aside "
		       "--root";
	return "there is no policy to repair; put one there: imactl deploy --policy FILE --root";
}

static void print_all(const struct rescue *rescue)
{
	enum which i;

	printf("%-22s %s\n", "kernel", rescue->target.name);
	printf("%-22s %zu, of them signers that the kernel takes: %zu\n", "certificates", rescue->certs.count,
		rescue->certs.usable_count);
	for (i = 0; i < WHICH_COUNT; i++)
		print_policy(rescue, (enum which)i);
	printf("%-22s %s %s\n", "what helps", advice(rescue), problem_path(root_option));
}

static void policy_json(const struct rescue *rescue, enum which which, struct json *json)
{
	const struct plan_policy *policy = &rescue->policies[which];

	json_object_begin(json, NULL);
	json_string(json, "name", names[which]);
	json_bool(json, "present", rescue->there[which]);
	json_bool(json, "good", is_good(rescue, which));
	json_number(json, "rules", policy->lint.policy.count);
	json_bool(json, "signed", policy->is_signed);
	json_string(json, "reason",
		rescue->there[which] && policy->problem.error ? problem_reason_text(&policy->problem) : NULL);
	json_object_end(json);
}

static void print_json(const struct rescue *rescue)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	enum which i;

	json_object_begin(&json, NULL);
	json_string(&json, "kernel", rescue->target.name);
	json_number(&json, "certificates", rescue->certs.count);
	json_number(&json, "signers", rescue->certs.usable_count);
	json_array_begin(&json, "policies");
	for (i = 0; i < WHICH_COUNT; i++)
		policy_json(rescue, (enum which)i, &json);
	json_array_end(&json);
	json_string(&json, "advice", advice(rescue));
	json_object_end(&json);
	printf("%s\n", buf_string(&text));
}

/* ---- mending ------------------------------------------------------------------------------ */

static int done(const char *what)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};

	json_object_begin(&json, NULL);
	json_string(&json, "done", what);
	json_object_end(&json);
	if (json_option)
		printf("%s\n", buf_string(&text));
	else
		printf("%s; look again: imactl plan --root %s\n", what, problem_path(root_option));
	return EXIT_DONE;
}

static int failed(const char *what, int error)
{
	log_error("%s" FOLDER "%s: %s", root_option, what,
		error == -EEXIST ? "is there already, and nothing is overwritten; use --force"
				 : strerror(-error));
	return EXIT_FAILED;
}

static int set_aside(const struct rescue *rescue)
{
	if (!rescue->there[WHICH_POLICY])
		return failed(POLICY, -ENOENT);
	if (renameat2(rescue->folder_fd, POLICY, rescue->folder_fd, KEPT,
		    force_option ? 0 : RENAME_NOREPLACE) < 0)
		return failed(KEPT, -errno);
	(void)fsync(rescue->folder_fd);
	return done(POLICY " is " KEPT " now");
}

static int restore(const struct rescue *rescue)
{
	unsigned int flags = rescue->there[WHICH_POLICY] ? RENAME_EXCHANGE : RENAME_NOREPLACE;

	if (!rescue->there[WHICH_KEPT])
		return failed(KEPT, -ENOENT);
	if (!force_option && !is_good(rescue, WHICH_KEPT)) {
		log_error(KEPT " %s; use --force if you know better",
			problem_reason_text(&rescue->policies[WHICH_KEPT].problem));
		return EXIT_FAILED;
	}
	if (renameat2(rescue->folder_fd, KEPT, rescue->folder_fd, POLICY, flags) < 0)
		return failed(POLICY, -errno);
	(void)fsync(rescue->folder_fd);
	return done(KEPT " is " POLICY " now");
}

static int use_known_good(const struct rescue *rescue)
{
	const struct plan_policy *policy = &rescue->policies[WHICH_KNOWN_GOOD];
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = -1;
	uint8_t value[IMASIG_MAX];
	struct place_file file = {.bytes = buf_string(&policy->text), .len = policy->text.len, .mode = 0644};
	struct placed placed;
	int r;

	if (!rescue->there[WHICH_KNOWN_GOOD])
		return failed(KNOWN_GOOD, -ENOENT);
	if (!force_option && policy->problem.error) {
		log_error(KNOWN_GOOD " %s; use --force if you know better",
			problem_reason_text(&policy->problem));
		return EXIT_FAILED;
	}
	fd = openat(rescue->folder_fd, KNOWN_GOOD, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	r = fd < 0 ? -errno : imaxattr_get(fd, value, sizeof(value), &file.value_len);
	if (r < 0)
		return failed(KNOWN_GOOD, r);
	file.value = file.value_len ? value : NULL;
	if (place_write(rescue->folder_fd, POLICY, KEPT, &file, &placed, &problem) < 0)
		return complain(POLICY, &problem);
	return done(*placed.kept ? KNOWN_GOOD " is " POLICY " now, and the one before is " KEPT
				 : KNOWN_GOOD " is " POLICY " now; there was none before");
}

static int act(const struct rescue *rescue)
{
	if (set_aside_option)
		return set_aside(rescue);
	if (restore_option)
		return restore(rescue);
	if (known_good_option)
		return use_known_good(rescue);
	if (json_option)
		print_json(rescue);
	else
		print_all(rescue);
	return is_good(rescue, WHICH_POLICY) ? EXIT_DONE : EXIT_FAILED;
}

static int run_rescue(size_t count, char **operands)
{
	struct rescue rescue = {.root_fd = -1, .folder_fd = -1};
	size_t i;
	int status;

	(void)count;
	(void)operands;
	if (!root_option) {
		log_error(NAME ": --root is missing; see 'imactl rescue --help'");
		return EXIT_USAGE;
	}
	if (set_aside_option + known_good_option + restore_option > 1) {
		log_error(NAME
			": --set-aside, --use-known-good and --restore exclude each other; give one of them");
		return EXIT_USAGE;
	}
	status = look(&rescue);
	if (!status)
		status = act(&rescue);
	for (i = 0; i < WHICH_COUNT; i++)
		plan_policy_free(&rescue.policies[i]);
	plan_certs_free(&rescue.certs);
	close_fd(&rescue.root_fd);
	close_fd(&rescue.folder_fd);
	return status;
}

static const struct verb_option options[] = {
	{.name = "root", .argument = "DIR", .help = "where the root is mounted", .value = &root_option},
	{.name = "set-aside", .help = "the policy becomes " KEPT, .flag = &set_aside_option},
	{.name = "use-known-good", .help = KNOWN_GOOD " takes its place", .flag = &known_good_option},
	{.name = "restore", .help = KEPT " takes its place again", .flag = &restore_option},
	{.name = "force", .help = "also what would not be loaded, and over " KEPT, .flag = &force_option},
	{.name = "trusted",
		.argument = "CA",
		.help = "a certificate that the kernel trusts; may be repeated",
		.list = &trusted_option},
	{.name = "kernel",
		.argument = "VERSION",
		.help = "the kernel that will be booted",
		.value = &kernel_option},
	{.name = "json", .help = "print an object", .flag = &json_option},
	{0},
};

const struct verb verb_rescue = {
	.name = NAME,
	.operands = "",
	.summary = "repair the policy of a root that does not boot, from another system",
	.details = "Without an action it looks at the policies and certificates of the root, and says what "
		   "would\n"
		   "help; the status is then 1 where the policy would not be loaded.",
	.options = options,
	.run = run_rescue,
};
