// SPDX-License-Identifier: MIT
/*
 * imactl rescue: repairs the policy of an installed root from a rescue system. Without an action it only looks, and says
 * which action would help.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include "complain.h"
#include "escape.h"
#include "json.h"
#include "lsmlabels.h"
#include "place.h"
#include "plan_certs.h"
#include "plan_policy.h"
#include "rootconf.h"
#include "rootfile.h"
#include "verbs.h"

#define NAME "rescue"
#define KEPT ".bak"

static const char *root_option, *kernel_option;
static struct verb_strings trusted_option;
static bool set_aside_option, known_good_option, restore_option, force_option, json_option;

enum which { WHICH_POLICY, WHICH_KNOWN_GOOD, WHICH_KEPT, WHICH_COUNT };

/* One policy of the root. */
struct known {
	char path[CONFIG_PATH_MAX +
		  sizeof(KEPT)]; /* as the configuration says; "": it says that there is none */
	int folder_fd;           /* -1: the root has no such folder */
	bool there;              /* the name is taken, by whatever it is */
	struct policyfile file;
	struct problem unread; /* why it could not be read; error 0: it could */
	struct plan_policy judged;
};

struct rescue {
	int root_fd;
	struct rootconf conf;
	struct target target;
	struct plan_certs certs;
	struct known policies[WHICH_COUNT];
};

static const char *name_of(const struct known *policy)
{
	const char *slash = strrchr(policy->path, '/');

	return slash ? slash + 1 : "known-good";
}

/* Why a boot would not load it. */
static const struct problem *problem_of(const struct known *policy)
{
	return policy->unread.error ? &policy->unread : &policy->judged.problem;
}

static bool is_good(const struct rescue *rescue, enum which which)
{
	return rescue->policies[which].there && !problem_of(&rescue->policies[which])->error;
}

/* ---- looking ------------------------------------------------------------------------------ */

static void find_paths(struct rescue *rescue)
{
	const struct config *config = &rescue->conf.config;
	struct known *policies = rescue->policies;

	(void)snprintf(policies[WHICH_POLICY].path, sizeof(policies->path), "%s", config->policy);
	(void)snprintf(policies[WHICH_KEPT].path, sizeof(policies->path), "%s" KEPT, config->policy);
	(void)snprintf(policies[WHICH_KNOWN_GOOD].path, sizeof(policies->path), "%s", config->known_good);
}

/* What cannot be read can be set aside all the same. */
static int look_at_policy(struct rescue *rescue, struct known *policy)
{
	const struct imaverify_ring ring = {
		.certs = rescue->certs.usable, .count = rescue->certs.usable_count};
	const struct plan_policy_source source = {.path = name_of(policy),
		.file = &policy->file,
		.config = &rescue->conf.config,
		.has_certs = rescue->certs.count > 0,
		.root_fd = rescue->root_fd,
		.root = root_option,
		.modules = LSM_LIST_ALL};
	struct stat st;

	if (!*policy->path)
		return 0;
	policy->folder_fd = place_open_folder(rescue->root_fd, policy->path, false);
	policy->there = policy->folder_fd >= 0 &&
			fstatat(policy->folder_fd, name_of(policy), &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!policy->there)
		return 0;
	if (policyfile_read_root(rescue->root_fd, root_option, policy->path, &policy->file, &policy->unread) <
		0)
		return 0;
	return plan_policy_load(&source, &rescue->target, &ring, &policy->judged);
}

static int look_at_policies(struct rescue *rescue)
{
	size_t i;
	int status = 0;

	find_paths(rescue);
	for (i = 0; !status && i < WHICH_COUNT; i++)
		status = look_at_policy(rescue, &rescue->policies[i]);
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
	if (rootconf_read(rescue->root_fd, root_option, false, &rescue->conf) < 0)
		return EXIT_FAILED;
	if (target_find(rescue->root_fd, root_option, kernel_option, NULL, &rescue->target, &problem) < 0) {
		log_error("%s", problem_reason_text(&problem));
		return EXIT_USAGE;
	}
	sources.root_fd = rescue->root_fd;
	status = plan_certs_load(&rescue->target, &sources, &rescue->certs);
	return status ? status : look_at_policies(rescue);
}

static void print_policy(const struct known *policy)
{
	const struct problem *problem = problem_of(policy);
	_cleanup_buf_ struct buf name = {0}, reason = {0};

	escape_string(&name, name_of(policy));
	escape_string(&reason, problem_reason_text(problem));
	printf("%-22s ", buf_string(&name));
	if (!policy->there)
		printf("is not there\n");
	else if (policy->unread.error)
		printf("%s\n", buf_string(&reason));
	else
		printf("rules: %zu, %s%s%s\n", policy->judged.lint.policy.count,
			policy->judged.is_signed ? "signed" : "not signed", problem->error ? ": " : "",
			problem->error ? buf_string(&reason) : "");
}

static const char *advice(const struct rescue *rescue)
{
	if (is_good(rescue, WHICH_POLICY))
		return "the policy would be loaded; whether all files satisfy it: imactl plan --root";
	if (is_good(rescue, WHICH_KNOWN_GOOD))
		return "put the known-good policy in its place: imactl rescue --use-known-good --root";
	if (is_good(rescue, WHICH_KEPT))
		return "put the one before it back: imactl rescue --restore --root";
	if (rescue->policies[WHICH_POLICY].there)
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
		print_policy(&rescue->policies[i]);
	printf("%-22s %s %s\n", "what helps", advice(rescue), problem_path(root_option));
}

static void policy_json(const struct rescue *rescue, enum which which, struct json *json)
{
	const struct known *policy = &rescue->policies[which];
	const struct problem *problem = problem_of(policy);

	json_object_begin(json, NULL);
	json_string(json, "name", name_of(policy));
	json_bool(json, "present", policy->there);
	json_bool(json, "good", is_good(rescue, which));
	json_number(json, "rules", policy->judged.lint.policy.count);
	json_bool(json, "signed", policy->judged.is_signed);
	json_string(json, "reason", problem->error ? problem_reason_text(problem) : NULL);
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

static int done(const char *format, ...) _printf_(1, 2);

static int done(const char *format, ...)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	_cleanup_free_ char *what = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	if (json_option) {
		json_object_begin(&json, NULL);
		json_string(&json, "done", what);
		json_object_end(&json);
		printf("%s\n", buf_string(&text));
	} else {
		escape_string(&text, what ? what : "done");
		printf("%s; look again: imactl plan --root %s\n", buf_string(&text),
			problem_path(root_option));
	}
	return EXIT_DONE;
}

static int failed(const struct known *policy, int error)
{
	log_error("%s%s: %s", root_option, policy->path,
		error == -EEXIST ? "is there already, and nothing is overwritten; use --force"
				 : strerror(-error));
	return EXIT_FAILED;
}

/* What a boot would not load is put in place only by force, and what cannot be read not at all. */
static int check(const struct rescue *rescue, enum which which)
{
	const struct known *policy = &rescue->policies[which];

	if (!policy->there)
		return failed(policy, -ENOENT);
	if (is_good(rescue, which) || (force_option && !policy->unread.error))
		return 0;
	log_error("%s %s%s", name_of(policy), problem_reason_text(problem_of(policy)),
		policy->unread.error ? "" : "; use --force if you know better");
	return EXIT_FAILED;
}

static int set_aside(const struct rescue *rescue)
{
	const struct known *policy = &rescue->policies[WHICH_POLICY], *kept = &rescue->policies[WHICH_KEPT];

	if (!policy->there)
		return failed(policy, -ENOENT);
	if (renameat2(policy->folder_fd, name_of(policy), policy->folder_fd, name_of(kept),
		    force_option ? 0 : RENAME_NOREPLACE) < 0)
		return failed(kept, -errno);
	(void)fsync(policy->folder_fd);
	return done("%s is %s now", name_of(policy), name_of(kept));
}

static int restore(const struct rescue *rescue)
{
	const struct known *policy = &rescue->policies[WHICH_POLICY], *kept = &rescue->policies[WHICH_KEPT];
	int status = check(rescue, WHICH_KEPT);

	if (status)
		return status;
	if (renameat2(kept->folder_fd, name_of(kept), kept->folder_fd, name_of(policy),
		    policy->there ? RENAME_EXCHANGE : RENAME_NOREPLACE) < 0)
		return failed(policy, -errno);
	(void)fsync(kept->folder_fd);
	return done("%s is %s now", name_of(kept), name_of(policy));
}

static int use_known_good(const struct rescue *rescue)
{
	const struct known *good = &rescue->policies[WHICH_KNOWN_GOOD],
			   *policy = &rescue->policies[WHICH_POLICY], *kept = &rescue->policies[WHICH_KEPT];
	const struct place_file file = {.bytes = buf_string(&good->file.text),
		.len = good->file.text.len,
		.mode = 0644,
		.value = good->file.value_len ? good->file.value : NULL,
		.value_len = good->file.value_len};
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = -1;
	struct placed placed;
	int status = *good->path ? check(rescue, WHICH_KNOWN_GOOD) : EXIT_FAILED;

	if (!*good->path)
		log_error("the configuration says known-good = none; name one there, or use --restore");
	if (status)
		return status;
	fd = place_open_folder(rescue->root_fd, policy->path, true);
	if (fd < 0)
		return failed(policy, fd);
	if (place_write(fd, name_of(policy), name_of(kept), &file, &placed, &problem) < 0)
		return complain(name_of(policy), &problem);
	if (!*placed.kept)
		return done("%s is %s now; there was none before", name_of(good), name_of(policy));
	return done("%s is %s now, and the one before is %s", name_of(good), name_of(policy), name_of(kept));
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

static void release(struct rescue *rescue)
{
	size_t i;

	for (i = 0; i < WHICH_COUNT; i++) {
		struct known *policy = &rescue->policies[i];

		plan_policy_free(&policy->judged);
		policyfile_free(&policy->file);
		problem_free(&policy->unread);
		close_fd(&policy->folder_fd);
	}
	plan_certs_free(&rescue->certs);
	rootconf_free(&rescue->conf);
	close_fd(&rescue->root_fd);
}

static int run_rescue(size_t count, char **operands)
{
	struct rescue rescue = {
		.root_fd = -1, .policies = {{.folder_fd = -1}, {.folder_fd = -1}, {.folder_fd = -1}}};
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
	release(&rescue);
	return status;
}

static const struct verb_option options[] = {
	{.name = "root", .argument = "DIR", .help = "where the root is mounted", .value = &root_option},
	{.name = "set-aside", .help = "the policy becomes ima-policy" KEPT, .flag = &set_aside_option},
	{.name = "use-known-good",
		.help = "the known-good policy takes its place",
		.flag = &known_good_option},
	{.name = "restore", .help = "ima-policy" KEPT " takes its place again", .flag = &restore_option},
	{.name = "force",
		.help = "also what would not be loaded, and over ima-policy" KEPT,
		.flag = &force_option},
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
