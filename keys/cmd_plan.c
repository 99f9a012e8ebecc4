// SPDX-License-Identifier: MIT
/* imactl plan: will a root boot under a policy? */
#include "plan_run.h"
#include "verbs.h"

static struct plan_options opts;

static int run_plan(size_t count, char **operands)
{
	enum plan_verdict verdict;

	(void)count;
	(void)operands;
	return plan_run("plan", &opts, &verdict);
}

static const struct verb_option options[] = {
	{.name = "root",
		.argument = "DIR",
		.help = "the root, of this machine unless given",
		.value = &opts.files.root},
	{.name = "policy",
		.argument = "FILE",
		.help = "instead of DIR/etc/ima/ima-policy",
		.value = &opts.policy},
	{.name = "certs",
		.argument = "DIR",
		.help = "certificates that a boot loads, instead of DIR/etc/keys/ima",
		.list = &opts.certs},
	{.name = "trusted",
		.argument = "CA",
		.help = "a certificate that the kernel trusts; may be repeated",
		.list = &opts.trusted},
	{.name = "running",
		.help = "trust the issuers whose keys the running kernel has",
		.flag = &opts.running},
	{.name = "kernel",
		.argument = "VERSION",
		.help = "judge for this kernel, as 6.12",
		.value = &opts.kernel},
	{.name = "config", .argument = "FILE", .help = "and this configuration of it", .value = &opts.config},
	{.name = "init",
		.argument = "PATH",
		.help = "the program that is started, as init= says it",
		.value = &opts.init},
	{.name = "fstype",
		.argument = "NAME",
		.help = "the file system that a folder will be, as ext4",
		.value = &opts.told.type},
	{.name = "fsuuid", .argument = "UUID", .help = "and its UUID", .value = &opts.told.uuid},
	{.name = "exclude",
		.argument = "GLOB",
		.help = "not those files; with a slash: of the path below DIR, else of the name",
		.list = &opts.files.exclude},
	{.name = "cross-device",
		.help = "go into other file systems that are mounted there",
		.flag = &opts.files.cross_device},
	{.name = "jobs",
		.argument = "N",
		.help = "threads (the number of processors)",
		.value = &opts.files.jobs},
	{.name = "all", .help = "list all files of a cause, not only the first", .flag = &opts.all},
	{.name = "json", .help = "print one object", .flag = &opts.json},
	{0},
};

const struct verb verb_plan = {
	.name = "plan",
	.operands = "",
	.summary = "say before a reboot whether a root will boot under a policy",
	.details =
		"The certificates as the kernel will take them, the policy for the target's kernel and its\n"
		"signature, and every file that a rule appraises, those first that a boot needs. The status\n"
		"is 0 where it will boot under the policy, 1 where it will not.",
	.options = options,
	.run = run_plan,
};
