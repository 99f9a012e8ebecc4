// SPDX-License-Identifier: MIT
/*
 * imactl deploy: a policy, its signature and the certificates to their places in a root, once plan says that it will
 * boot with them. The policy comes last: until then nothing has changed that a boot goes by.
 */
#include <stdio.h>
#include "certplace.h"
#include "complain.h"
#include "initramfs.h"
#include "interrupt.h"
#include "keepimage.h"
#include "place.h"
#include "plan_run.h"
#include "rootconf.h"
#include "rootfile.h"
#include "verbs.h"

#define NAME "deploy"

static struct plan_options opts;
static const char *signature_option;
static bool force_option, dry_run_option, no_initramfs_option;

static const char *root_name(void)
{
	return opts.files.root ? opts.files.root : "/";
}

/* ---- putting it in place ------------------------------------------------------------------ */

/* What is under way. */
struct deployment {
	int root_fd, folder_fd;     /* the policy's folder */
	struct rootconf conf;       /* which says where the policy is */
	char temporary[PLACE_NAME]; /* the policy as long as it is not in place; "" it is not there */
	struct placed placed;       /* what became of it */
	struct certplace certs;
	struct initramfs initramfs; /* program NULL: it is not made */
	struct keepimage images;    /* what was there before it */
	bool has_image;             /* it was made, with the new certificates */
};

/* Says one step; with --dry-run that is all. Returns true when it is to be done. */
static bool step(const char *what, const char *path)
{
	struct buf line = {0};

	buf_printf(&line, "%s%s %s%s", dry_run_option ? "would " : "", what,
		opts.files.root ? opts.files.root : "", path);
	log_notice("%s", buf_string(&line));
	buf_free(&line);
	return !dry_run_option;
}

static const char *policy_path(const struct deployment *deployment)
{
	return deployment->conf.config.policy;
}

static const char *policy_name(const struct deployment *deployment)
{
	return strrchr(policy_path(deployment), '/') + 1;
}

/* The root, and where its policy is: plan has opened it, and told what is wrong with its configuration. */
static int open_root(struct deployment *deployment)
{
	deployment->root_fd = root_open(root_name());
	if (deployment->root_fd >= 0 &&
		rootconf_read(deployment->root_fd, root_name(), true, &deployment->conf) == 0)
		return 0;
	log_error(NAME ": %s: cannot be opened", root_name());
	return EXIT_FAILED;
}

/* All that can be wrong before anything is written. */
static int begin(struct deployment *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	int status = certplace_read(&opts.signers, &opts.cas, &ret->certs);

	if (status || no_initramfs_option)
		return status;
	if (!string_equal(root_name(), "/")) {
		log_notice("the initramfs of %s is not made anew: run dracut or update-initramfs in it",
			root_name());
		return 0;
	}
	return initramfs_find(opts.kernel, &ret->initramfs, &problem) < 0 ? complain("initramfs", &problem)
									  : 0;
}

/* The policy comes to lie beside its place: that there is no room for it is known before anything is changed. */
static int prepare_policy(struct deployment *deployment, const struct policyfile *policy)
{
	const struct place_file file = {.bytes = buf_string(&policy->text),
		.len = policy->text.len,
		.mode = 0644,
		.value = policy->value_len ? policy->value : NULL,
		.value_len = policy->value_len};
	_cleanup_problem_ struct problem problem = {0};
	int fd;

	if (dry_run_option)
		return 0;
	fd = deployment->folder_fd = place_open_folder(deployment->root_fd, policy_path(deployment), true);
	if (fd < 0)
		problem_set(&problem, fd, "its folder cannot be opened or made: %s", strerror(-fd));
	else if (place_prepare(fd, policy_name(deployment), &file, deployment->temporary, &problem) == 0)
		return 0;
	deployment->temporary[0] = '\0';
	return complain(policy_path(deployment), &problem);
}

/* Nothing else is begun after a signal. */
static int check_interrupt(void)
{
	if (!interrupted())
		return 0;
	log_error(NAME ": interrupted");
	return EXIT_FAILED;
}

static int put_certificates(struct deployment *deployment)
{
	size_t i;

	for (i = 0; i < deployment->certs.count; i++) {
		_cleanup_problem_ struct problem problem = {0};
		struct certplace_cert *cert = &deployment->certs.list[i];

		if (check_interrupt())
			return EXIT_FAILED;
		if (step("write", buf_string(&cert->path)) &&
			certplace_write(deployment->root_fd, cert, &problem) < 0)
			return complain(buf_string(&cert->path), &problem);
	}
	return 0;
}

static int make_initramfs(struct deployment *deployment)
{
	_cleanup_problem_ struct problem problem = {0};

	if (check_interrupt())
		return EXIT_FAILED;
	if (!deployment->initramfs.program ||
		!step("make the initramfs anew with", deployment->initramfs.program))
		return 0;
	if (keepimage_begin(deployment->initramfs.release, &deployment->images, &problem) < 0 ||
		initramfs_build(&deployment->initramfs, &problem) < 0)
		return complain("initramfs", &problem);
	deployment->has_image = true;
	return 0;
}

static int publish_policy(struct deployment *deployment)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *name = policy_name(deployment);
	char kept[PLACE_NAME];
	int r;

	if (check_interrupt())
		return EXIT_FAILED;
	if (!step("write", policy_path(deployment)))
		return 0;
	(void)snprintf(kept, sizeof(kept), "%.*s.bak", NAME_MAX - 4, name);
	r = place_publish(
		deployment->folder_fd, deployment->temporary, name, kept, &deployment->placed, &problem);
	deployment->temporary[0] = '\0';
	return r < 0 ? complain(policy_path(deployment), &problem) : 0;
}

/* A machine with the policy of before needs the certificates and the image of before. */
static void take_back(struct deployment *deployment)
{
	size_t failed = certplace_undo(&deployment->certs) + keepimage_restore(&deployment->images);

	if (deployment->temporary[0])
		(void)unlinkat(deployment->folder_fd, deployment->temporary, 0);
	if (failed)
		return;
	if (deployment->images.count)
		log_error(NAME ": policy, certificates and initramfs are as they were before");
	else
		log_error(NAME ": policy and certificates are as they were before%s",
			deployment->has_image ? ", but not the initramfs: make it anew" : "");
}

static int deploy(struct deployment *deployment, const struct policyfile *policy)
{
	struct interrupt interrupt;
	int status = open_root(deployment);

	if (status)
		return status;
	interrupt_hold(&interrupt);
	status = prepare_policy(deployment, policy);
	if (!status)
		status = put_certificates(deployment);
	/* An image that cannot be made leaves the machine with its old policy. */
	if (!status)
		status = make_initramfs(deployment);
	if (!status)
		status = publish_policy(deployment);
	/* A policy that is in place, if only by half, needs the certificates that came with it. */
	if (status && !deployment->placed.in_place)
		take_back(deployment);
	else
		certplace_keep(&deployment->certs, deployment->has_image);
	interrupt_end(&interrupt);
	return status;
}

/* Whether it would boot, and what that means for what is asked for. */
static int plan(void)
{
	enum plan_verdict verdict;
	int status = plan_run(NAME, &opts, &verdict);

	/* A plan that came to no end, for a signal or for lack of memory, says nothing that could be overruled. */
	if (verdict == PLAN_FAILS && force_option) {
		log_warning("--force: it is put in place all the same");
		status = 0;
	} else if (verdict == PLAN_FAILS) {
		log_error(NAME ": nothing was changed; mend it first, or use --force");
	}
	(void)fflush(stdout);
	return status;
}

static int run_deploy(size_t count, char **operands)
{
	struct deployment deployment = {.root_fd = -1, .folder_fd = -1};
	_cleanup_policyfile_ struct policyfile policy = {0};
	int status;

	(void)count;
	(void)operands;
	if (!opts.policy) {
		log_error(NAME ": --policy is missing; see 'imactl deploy --help'");
		return EXIT_USAGE;
	}
	/* Read once: what the plan judges is what is put in place. */
	status = policyfile_read(opts.policy, signature_option, &policy);
	opts.policy_file = &policy;
	if (!status)
		status = begin(&deployment);
	if (!status)
		status = plan();
	if (!status)
		status = deploy(&deployment, &policy);
	certplace_free(&deployment.certs);
	keepimage_free(&deployment.images);
	rootconf_free(&deployment.conf);
	close_fd(&deployment.root_fd);
	close_fd(&deployment.folder_fd);
	return status;
}

static const struct verb_option options[] = {
	{.name = "policy", .argument = "FILE", .help = "the policy to put in place", .value = &opts.policy},
	{.name = "signature",
		.argument = "FILE",
		.help = "its signature, instead of its security.ima or FILE.sig",
		.value = &signature_option},
	{.name = "cert",
		.argument = "CERT",
		.help = "a signer's certificate to put there too; may be repeated",
		.list = &opts.signers},
	{.name = "ca", .argument = "CA", .help = "an intermediate CA's; may be repeated", .list = &opts.cas},
	{.name = "root",
		.argument = "DIR",
		.help = "the root, of this machine unless given",
		.value = &opts.files.root},
	{.name = "trusted",
		.argument = "CA",
		.help = "for plan: a certificate that the kernel trusts",
		.list = &opts.trusted},
	{.name = "running",
		.help = "for plan: trust the issuers whose keys the running kernel has",
		.flag = &opts.running},
	{.name = "kernel",
		.argument = "VERSION",
		.help = "the kernel that will be booted",
		.value = &opts.kernel},
	{.name = "config", .argument = "FILE", .help = "for plan: its configuration", .value = &opts.config},
	{.name = "init",
		.argument = "PATH",
		.help = "for plan: the program that is started",
		.value = &opts.init},
	{.name = "fstype",
		.argument = "NAME",
		.help = "for plan: the file system that a folder will be",
		.value = &opts.told.type},
	{.name = "fsuuid", .argument = "UUID", .help = "for plan: and its UUID", .value = &opts.told.uuid},
	{.name = "jobs", .argument = "N", .help = "for plan: threads", .value = &opts.files.jobs},
	{.name = "force", .help = "also what will not boot", .flag = &force_option},
	{.name = "no-initramfs", .help = "do not make the initramfs anew", .flag = &no_initramfs_option},
	{.name = "dry-run", .help = "plan, and say what would be done", .flag = &dry_run_option},
	{.name = "json", .help = "print what plan says as one object", .flag = &opts.json},
	{0},
};

const struct verb verb_deploy = {
	.name = NAME,
	.operands = "",
	.summary = "put a policy and certificates in place, once they will boot",
	.details =
		"Plans first, and changes nothing when the root would not boot. Then the certificates, the\n"
		"initramfs, and last the policy with its signature, in one step; the one before it stays "
		"as\nima-policy.bak.",
	.options = options,
	.run = run_deploy,
};
