// SPDX-License-Identifier: MIT
/* imaboot recover: the actions of the recovery, what is common to them, and the table of them. */
#include <errno.h>
#include "log.h"
#include "memory.h"
#include "recover.h"
#include "sysfile.h"
#include "verbs.h"

#define W RECOVER_WEAKENS

/* In the order of the menu; those without a letter are for the script around it. */
const struct recover_action recover_actions[] = {
	{"report", 'v', "show the whole report", NULL, 0, false, NULL, recover_report},
	{"retry", 't', "try the policies again, and go on with the boot", NULL, 0, true, NULL, recover_retry},
	{"retry-known-good", 'k', "boot with the known-good policy of the root", NULL, W, true,
		"imaboot: recovery: known-good policy", recover_retry},
	{"retry-image", 'i', "boot with the policy of the image", NULL, W, true,
		"imaboot: recovery: image policy", recover_retry},
	{"unprotected", 'u', "boot this once without a policy", NULL, W, true, "imaboot: unprotected boot",
		recover_unprotected},
	{"check", 'c', "check the policies again, and commit nothing", NULL, 0, true, NULL, recover_check},
	{"set-aside", 'b', "set the root's policy aside, as ima-policy.bak", "the root: one file is renamed",
		W | RECOVER_WRITES, true, "imaboot: recovery: policy set aside", recover_set_aside},
	{"restore-known-good", 'g', "put the known-good policy in its place",
		"the root: a copy of one file, and the old one under another name", W | RECOVER_WRITES, true,
		"imaboot: recovery: known-good policy put in place", recover_restore},
	{"copy-report", 'd', "copy the report to a removable disk", "the first removable disk: new files",
		RECOVER_WRITES, false, NULL, recover_copy_report},
	{"shell", 's', "open a shell of the initramfs", NULL, W | RECOVER_SHELL, false,
		"imaboot: recovery: shell", recover_shell},
	{"firmware", 'f', "restart into the firmware setup", NULL, 0, false, NULL, recover_firmware},
	{"reboot", 'r', "restart the machine", NULL, 0, false, NULL, recover_reboot},
	{"poweroff", 'p', "power the machine off", NULL, 0, false, NULL, recover_poweroff},
	{"screen", '\0', "print what failed, and what the machine will do", NULL, 0, false, NULL,
		recover_screen},
	{"menu", '\0', "print the menu", NULL, 0, false, NULL, recover_menu},
	{"ask", '\0', "ask at the consoles for an entry of the menu, and print its name", NULL, 0, false,
		NULL, recover_ask},
	{"show", '\0', "show standard input on the consoles", NULL, 0, false, NULL, recover_show},
	{"timeout", '\0', "do what recovery-timeout-action says", NULL, 0, false, NULL, recover_timeout},
	{"hold", '\0', "wait for the time-out without asking", NULL, 0, false, NULL, recover_hold},
	{"emergency", '\0', "return where the initramfs may open its emergency shell", NULL, 0, false, NULL,
		recover_emergency},
};

const size_t recover_action_count = ARRAY_SIZE(recover_actions);

static const char *root_option, *policy_option;
static bool dry_run_option;

const struct recover_action *recover_find(const char *name)
{
	size_t i;

	for (i = 0; i < recover_action_count; i++)
		if (string_equal(recover_actions[i].name, name))
			return &recover_actions[i];
	return NULL;
}

/* "retry --policy known-good" is "retry-known-good". Returns false where the options do not go together. */
static bool apply_policy(struct recover *recover)
{
	const char *name = recover->action->name;

	if (policy_option && string_equal(name, "retry")) {
		if (string_equal(policy_option, "known-good"))
			recover->action = recover_find("retry-known-good");
		else if (string_equal(policy_option, "image"))
			recover->action = recover_find("retry-image");
		else if (!string_equal(policy_option, "root"))
			policy_option = NULL;
		if (!policy_option)
			return false;
	} else if (policy_option) {
		return false;
	}
	if (string_equal(recover->action->name, "retry-known-good"))
		recover->choice = CHOICE_KNOWN_GOOD;
	else if (string_equal(recover->action->name, "retry-image"))
		recover->choice = CHOICE_IMAGE;
	else if (policy_option)
		recover->choice = CHOICE_ROOT;
	return true;
}

/* What a boot has not asked for is not there: on-failure may want no menu, and a boot that went on is over. */
static bool is_going_on(const struct recover *recover)
{
	char path[PATH_MAX];

	if (recover->action->run == recover_hold || recover->action->run == recover_show ||
		recover->action->run == recover_emergency)
		return true;
	return sysfile_path(RUN_RECOVERY, path) == 0 && access(path, F_OK) == 0;
}

/* Reboots and the like need no lock; a shell would keep it from what is done in it. */
static bool needs_lock(const struct recover *recover)
{
	int (*run)(struct recover *) = recover->action->run;

	return run == recover_retry || run == recover_check || run == recover_unprotected ||
	       run == recover_set_aside || run == recover_restore || run == recover_copy_report;
}

static int run_action(struct recover *recover)
{
	_cleanup_close_ int lock = -1;
	const char *why = recover_why_absent(recover, recover->action);

	if (why) {
		log_error("%s: %s", recover->action->name, why);
		return EXIT_NOT_APPLICABLE;
	}
	if (recover_pass(recover) < 0)
		return EXIT_FAILED;
	if (!needs_lock(recover))
		return recover->action->run(recover);
	lock = boot_lock();
	if (lock < 0) {
		log_error(RUN_DIR " cannot be locked: %s; nothing is done", strerror(-lock));
		return EXIT_FAILED;
	}
	/* Another run may have ended the recovery while the question stood. */
	return is_going_on(recover) ? recover->action->run(recover) : EXIT_NOT_APPLICABLE;
}

static int run_recover(size_t count, char **operands)
{
	struct recover recover = {.action = recover_find(operands[0]),
		.image = "/",
		.root = root_option ? root_option : "/sysroot",
		.choice = -1,
		.dry_run = dry_run_option};
	int status;

	(void)count;
	if (!recover.action) {
		log_error("recover: '%s' is not an action; see 'imaboot recover --help'", operands[0]);
		return EXIT_USAGE;
	}
	if (!apply_policy(&recover)) {
		log_error("recover: --policy takes root, known-good or image, and goes with retry alone");
		return EXIT_USAGE;
	}
	if (!is_going_on(&recover)) {
		log_notice("recover: no recovery is going on: there is no " RUN_RECOVERY);
		return EXIT_NOT_APPLICABLE;
	}
	memory_limit();
	log_set_kmsg(true);
	if (recover_open(&recover) < 0)
		return EXIT_FAILED;
	status = run_action(&recover);
	recover_close(&recover);
	return status;
}

static const struct verb_option options[] = {
	{.name = "root",
		.argument = "DIR",
		.help = "the mounted real root (/sysroot)",
		.value = &root_option},
	{.name = "policy",
		.argument = "NAME",
		.help = "of retry: begin with root, known-good or image",
		.value = &policy_option},
	{.name = "dry-run", .help = "tell what would be done; do nothing", .flag = &dry_run_option},
	{0},
};

const struct verb verb_recover = {
	.name = "recover",
	.operands = "ACTION",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "do one thing of the recovery menu, after a failed boot",
	.details = "Actions: report, retry, retry-known-good, retry-image, unprotected, check, set-aside,\n"
		   "restore-known-good, copy-report, shell, firmware, reboot, poweroff.\n"
		   "What weakens the boot, writes, or opens a shell asks at the consoles first, and for the\n"
		   "password where there is one or the platform is locked. See imaboot-recovery(7).",
	.options = options,
	.run = run_recover,
};
