// SPDX-License-Identifier: MIT
/* One plan; see plan_run.h. */
#include "plan_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include "complain.h"
#include "interrupt.h"
#include "lsmlabels.h"
#include "machine.h"
#include "plan_report.h"
#include "rootconf.h"
#include "rootfile.h"

/* What is released at the end. */
struct run {
	struct plan plan;
	struct rootconf conf;
	struct plan_certs certs;
	struct policyfile file;
	struct plan_policy policy;
	char *policy_path;
	char modules[LSM_LIST_MAX]; /* the security modules of the kernel */
};

static void run_free(struct run *run)
{
	plan_free(&run->plan);
	plan_policy_free(&run->policy);
	policyfile_free(&run->file);
	plan_certs_free(&run->certs);
	rootconf_free(&run->conf);
	close_fd(&run->plan.root_fd);
	free(run->policy_path);
}

static int no_memory(const char *verb)
{
	log_error("%s: out of memory", verb);
	return EXIT_FAILED;
}

static char *below(const char *root, const char *path)
{
	size_t len = strlen(root);
	char *full;

	while (len && root[len - 1] == '/')
		len--;
	return asprintf(&full, "%.*s%s", (int)len, root, path) < 0 ? NULL : full;
}

static int open_root(const char *verb, const struct plan_options *opts, struct run *run)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *root = opts->files.root ? opts->files.root : "/";

	if (fsfacts_check(&opts->told, &problem) < 0) {
		log_error("%s: %s", verb, problem_reason_text(&problem));
		return EXIT_USAGE;
	}
	run->plan.root = root;
	run->plan.root_fd = root_open(root);
	if (run->plan.root_fd < 0) {
		log_error("%s: cannot be opened: %s; name the folder of a root with --root", root,
			strerror(-run->plan.root_fd));
		return EXIT_FAILED;
	}
	if (rootconf_read(run->plan.root_fd, root, false, &run->conf) < 0)
		return no_memory(verb);
	run->policy_path = opts->policy ? strdup(opts->policy) : below(root, run->conf.config.policy);
	return run->policy_path ? 0 : no_memory(verb);
}

static int find_target(const struct plan_options *opts, struct run *run)
{
	_cleanup_problem_ struct problem problem = {0};
	struct plan *plan = &run->plan;

	if (target_find(plan->root_fd, plan->root, opts->kernel, opts->config, &plan->target, &problem) < 0) {
		if (opts->config)
			(void)complain(opts->config, &problem);
		else
			log_error("%s", problem_reason_text(&problem));
		return EXIT_USAGE;
	}
	return 0;
}

/* Of the machine itself they are known. */
static void find_modules(const struct plan_options *opts, struct run *run)
{
	_cleanup_buf_ struct buf list = {0};
	bool known = string_equal(run->plan.root, "/") && !opts->kernel &&
		     machine_read("/sys/kernel/security/lsm", &list) == 0;

	(void)snprintf(run->modules, sizeof(run->modules), "%s", known ? buf_string(&list) : LSM_LIST_ALL);
}

/* What the boot needs. */
static int find_needs(const char *verb, const struct plan_options *opts, struct run *run)
{
	struct plan *plan = &run->plan;
	struct needs_options options = {.init = opts->init,
		.config = &run->conf.config,
		.has_selinux = plan->target.selinux,
		.other_machine = !string_equal(plan->root, "/")};
	char path[256];

	/* Of a kernel that is not in the root, all modules there are. */
	(void)snprintf(path, sizeof(path), "/lib/modules/%s", plan->target.name);
	if (root_has_folder(plan->root_fd, path))
		options.release = plan->target.name;
	return needs_find(plan->root_fd, plan->root, &options, &plan->needs) < 0 ? no_memory(verb) : 0;
}

static int load_certs(const struct plan_options *opts, struct run *run)
{
	struct plan *plan = &run->plan;
	const struct plan_cert_sources sources = {.root_fd = opts->certs.count ? -1 : plan->root_fd,
		.root = plan->root,
		.folders = &opts->certs,
		.signers = &opts->signers,
		.cas = &opts->cas,
		.trusted = &opts->trusted,
		.running = opts->running};
	int status = plan_certs_load(&plan->target, &sources, &run->certs);

	/* What the kernel verifies of files, and the preflight with it. */
	plan->ring = (struct imaverify_ring){
		.certs = run->certs.usable, .count = run->certs.usable_count, .takes_sha1 = true};
	if (!status && !run->conf.problem.error)
		plan_certs_require(&run->certs, &run->conf.config, &run->conf.problem);
	return status;
}

/* A policy that is yet to be put there, or the root's own. */
static int read_policy(const struct plan_options *opts, struct run *run)
{
	_cleanup_problem_ struct problem problem = {0};

	if (opts->policy_file)
		return 0;
	if (opts->policy)
		return policyfile_read(opts->policy, NULL, &run->file);
	if (policyfile_read_root(
		    run->plan.root_fd, run->plan.root, run->conf.config.policy, &run->file, &problem) == 0)
		return 0;
	if (!problem.remedy)
		problem_remedy(&problem, "name the policy with --policy");
	return complain(run->policy_path, &problem);
}

/* Whether a policy with labels is loaded once they are known (boot_policy.c of the boot program, puts_labels_off). */
static bool loads_late(const struct config *config, const struct kernel_model *kernel)
{
	return config->labels == CONFIG_LABELS_LATE ||
	       (config->labels == CONFIG_LABELS_AUTO && !kernel->read_policy);
}

static int load_policy(const struct plan_options *opts, struct run *run)
{
	struct plan *plan = &run->plan;
	const struct plan_policy_source source = {.path = run->policy_path,
		.file = opts->policy_file ? opts->policy_file : &run->file,
		.config = &run->conf.config,
		.has_certs = run->certs.count > 0,
		.root_fd = plan->root_fd,
		.root = plan->root,
		.modules = run->modules};
	int status = read_policy(opts, run);

	if (!status)
		status = plan_policy_load(&source, &plan->target, &plan->ring, &run->policy);
	if (status)
		return status;
	judge_init(&plan->target, &run->policy.lint.policy, &plan->judge);
	plan->judge.evm = run->conf.config.evm != EVM_OFF;
	plan->judge.labels_late = loads_late(&run->conf.config, &plan->target.model);
	plan->by_rule = calloc(plan->judge.policy->count + 1, sizeof(*plan->by_rule));
	return plan->by_rule ? 0 : EXIT_FAILED;
}

/*
 * True where a rule asks what differs between the folder and the file system that it will be: its UUID, or what its file
 * system is now.
 */
static bool names_facts(const struct plan *plan)
{
	const struct policy *policy = plan->judge.policy;
	struct fsfacts facts = {0};
	struct stat st;
	size_t i;

	if (fstat(plan->root_fd, &st) == 0)
		fsfacts_get(plan->root_fd, &st, &plan->told, &facts);
	for (i = 0; i < policy->count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if ((rule->flags & RULE_FSUUID && !plan->told.uuid) ||
			(rule->flags & RULE_FSNAME && !plan->told.type) ||
			(rule->flags & RULE_FSMAGIC && !plan->told.type &&
				rule->fsmagic == facts.facts.fsmagic))
			return true;
	}
	return false;
}

/* A root that is neither the running one nor a mount point. */
static void look_at_root(struct plan *plan)
{
	struct stat here, above;

	if (fstat(plan->root_fd, &here) < 0)
		return;
	plan->mount = fsfacts_mount(plan->root_fd);
	plan->is_folder = !string_equal(plan->root, "/") && fstatat(plan->root_fd, "..", &above, 0) == 0 &&
			  here.st_dev == above.st_dev;
}

static int walk(
	const char *verb, const struct plan_options *opts, struct run *run, struct plan_report *report)
{
	const struct files_task task = {.verb = verb,
		.done = "looked at",
		.shared = &run->plan,
		.begin = plan_begin,
		.file = plan_file,
		.end = plan_end};
	struct files_options files = opts->files;
	struct files_counts counts = {0};
	int status;

	files.root = run->plan.root;
	status = files_run(&files, 0, NULL, &task, &counts);
	report->files = counts.handled;
	report->unopened = counts.failed;
	if (status)
		return status;
	if (interrupted()) {
		log_error("%s: interrupted; not all files were looked at", verb);
		return EXIT_FAILED;
	}
	/* A thread that could not be set up has only emptied the queue. */
	return atomic_load(&run->plan.looked_at) < counts.handled || plan_rest(&run->plan) < 0
		       ? no_memory(verb)
		       : 0;
}

static int print(
	const char *verb, const struct plan_report *report, bool as_json, enum plan_verdict *ret_verdict)
{
	_cleanup_buf_ struct buf text = {0};

	if (as_json)
		plan_report_json(report, &text);
	else
		plan_report_text(report, &text);
	if (buf_failed(&text))
		return no_memory(verb);
	(void)fwrite(text.data, 1, text.len, stdout);
	*ret_verdict = plan_answer(report) == PLAN_YES ? PLAN_BOOTS : PLAN_FAILS;
	return *ret_verdict == PLAN_BOOTS ? EXIT_DONE : EXIT_FAILED;
}

int plan_run(const char *verb, const struct plan_options *opts, enum plan_verdict *ret_verdict)
{
	_cleanup_(run_free) struct run run = {.plan = {.root_fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER}};
	struct plan_report report = {.plan = &run.plan,
		.conf = &run.conf.problem,
		.certs = &run.certs,
		.policy = &run.policy,
		.all = opts->all};
	int status = open_root(verb, opts, &run);

	*ret_verdict = PLAN_NONE;
	run.plan.told = opts->told;
	run.plan.keep_all = opts->all;
	if (!status)
		look_at_root(&run.plan);
	if (!status)
		status = find_target(opts, &run);
	if (!status) {
		find_modules(opts, &run);
		status = load_certs(opts, &run);
	}
	if (!status)
		status = load_policy(opts, &run);
	if (status)
		return status;
	status = find_needs(verb, opts, &run);
	if (!status)
		status = walk(verb, opts, &run, &report);
	if (status)
		return status;
	plan_memories(&run.plan);
	plan_sort(&run.plan);
	report.names_facts = names_facts(&run.plan);
	report.is_folder = run.plan.is_folder;
	return print(verb, &report, opts->json, ret_verdict);
}
