// SPDX-License-Identifier: MIT
/*
 * The boot: runs in the initramfs after the real root is mounted and before switch-root.
 * Before: no certificate of ours in any keyring, no custom policy. After: a policy is proven to be
 * in force, or the report says why not; systemd cannot freeze over a policy file.
 */
#include "boot_internal.h"

#include <errno.h>
#include "candidate.h"
#include "certs.h"
#include "evm.h"
#include "guard.h"
#include "late.h"
#include "log.h"
#include "rootfile.h"
#include "securityfs.h"
#include "sysfile.h"

/*
 * A kdump kernel has the memory of the crashed one to show. The parameter alone proves nothing:
 * anybody at the boot loader can write it.
 */
static bool is_kdump(struct boot *boot)
{
	char path[PATH_MAX];

	if (!boot->params.kdump)
		return false;
	boot->kdump = sysfile_path(PROC_VMCORE, path) == 0 && access(path, F_OK) == 0;
	if (boot->kdump)
		return true;
	boot_note(boot, LOG_WARNING,
		"kernel parameter elfcorehdr= is ignored: this is no kdump kernel (there is no " PROC_VMCORE
		")");
	return false;
}

/* Keeps systemd from loading, and from freezing over, a policy file once our work is done. */
static void set_guard(struct boot *boot)
{
	int r;

	if (!policy_state_is_writable(securityfs_policy_state()))
		return;
	r = guard_set();
	if (r < 0)
		log_error("the guard over " IMA_POLICY
			  " cannot be set: %s; systemd may try to load " POLICY_PATH " again",
			strerror(-r));
	boot->report->guard = r == 0;
}

/* Whether there is anything to do. Returns true to go on. */
static bool is_applicable(struct boot *boot)
{
	struct report *report = boot->report;
	bool required = boot->settings.config.require;

	if (is_kdump(boot)) {
		boot_note(boot, LOG_NOTICE, "this is a kdump kernel (elfcorehdr=): nothing is loaded");
		report->outcome = OUTCOME_NOT_APPLICABLE;
		/* It may go on to the root to save the dump there, and has no keys for its policy. */
		set_guard(boot);
		return false;
	}
	if (!boot->settings.enabled && !boot->again && !boot->late) {
		boot_note(boot, LOG_WARNING,
			"switched off by the kernel parameter rd.imaboot=0: no policy is loaded");
		report->outcome = OUTCOME_DISABLED;
		return false;
	}
	if (boot->settings.recovery && !boot->again && !boot->late) {
		boot_note(boot, LOG_WARNING,
			"no policy is loaded: the kernel parameter rd.imaboot.recovery asks for the "
			"recovery");
		report->outcome = OUTCOME_RECOVERY;
		return false;
	}
	if (securityfs_policy_state() != POLICY_NO_IMA)
		return true;
	if (boot->params.no_ima && boot->locked && !boot->settings.config.allow_override) {
		boot_note(boot, LOG_ERR,
			"the kernel parameter initcall_blacklist=init_ima switches IMA off, and %s: take it "
			"off "
			"the kernel command line",
			boot->locked_reason);
		return false;
	}
	boot_note(boot, required ? LOG_ERR : LOG_NOTICE,
		"this kernel has no IMA (no " IMA_DIR
		"): no policy can be loaded; use a kernel with CONFIG_IMA");
	report->outcome = required ? OUTCOME_FAILED : OUTCOME_NOT_APPLICABLE;
	return false;
}

bool boot_has_cert(const struct report *report, const char *name)
{
	size_t i;

	for (i = 0; i < report->cert_count; i++) {
		const struct report_cert *cert = &report->certs[i];
		const char *slash = cert->path ? strrchr(cert->path, '/') : NULL;

		if (cert->path && (cert->result == CERT_LOADED || cert->result == CERT_PRESENT) &&
			string_equal(slash ? slash + 1 : cert->path, name))
			return true;
	}
	return false;
}

/* Where certificates come from. */
static struct certs_source certs_source_of(const struct boot *boot)
{
	static const enum root_certs root_certs[] = {[CONFIG_CERTS_AUTO] = ROOT_CERTS_AUTO,
		[CONFIG_CERTS_YES] = ROOT_CERTS_YES,
		[CONFIG_CERTS_NO] = ROOT_CERTS_NO};

	return (struct certs_source){.image_fd = boot->image_fd,
		.image = boot->image,
		.root_fd = boot->root_fd,
		.root = boot->root,
		.root_certs = root_certs[boot->settings.config.root_certs]};
}

/* Who puts certificates into the image wants signatures, also where the kernel took none of them. */
static bool has_certs_of_image(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->cert_count; i++)
		if (string_equal(report->certs[i].source, "image"))
			return true;
	return false;
}

/* Loads the certificates and says which were refused. Returns false where a required one is missing. */
static bool load_certs(struct boot *boot)
{
	struct certs_source source = certs_source_of(boot);
	const struct config *config = &boot->settings.config;
	bool complete = true;
	size_t i;
	int r = certs_load(&source, boot->report);

	if (r < 0)
		complete = config->required_cert_count == 0;
	/* What could not be read may be there. */
	boot->has_signers = r < 0 || has_certs_of_image(boot->report);
	certs_tell(boot->report, 0);
	for (i = 0; i < config->required_cert_count; i++) {
		if (boot_has_cert(boot->report, config->required_certs[i]))
			continue;
		boot_note(boot, LOG_ERR,
			"certificate %s, which the configuration requires, is in no keyring; put it "
			"into " CERTS_DIR " of the image",
			config->required_certs[i]);
		complete = false;
	}
	return complete;
}

/* Says why EVM is not active. Returns false where that is a failure of the boot. */
static bool excuse_evm(struct boot *boot)
{
	const struct report_evm *evm = &boot->report->evm;

	boot_note(boot, LOG_ERR, "EVM (evm = %s) is not active: %s%s%s", evm->mode,
		problem_reason_text(&evm->problem), evm->problem.remedy ? "; " : "",
		problem_remedy_text(&evm->problem));
	return !boot->settings.config.require;
}

/* EVM's part before a policy is in force, the policy, and EVM's activation. */
static void load_policy_and_evm(struct boot *boot)
{
	struct certs_source source = certs_source_of(boot);
	const struct settings *settings = &boot->settings;
	struct report *report = boot->report;
	_cleanup_evm_ struct evm evm = {.mode = settings->config.evm,
		/* The running system finds it as the initramfs left it. */
		.look_only = boot->late,
		.source = &source,
		.key_file = settings->evm_key,
		.x509_file = settings->evm_x509,
		.master_file = settings->master,
		.master_is_user = settings->master_is_user,
		.image_only = boot->locked ? boot->locked_reason : NULL,
		.record = &report->evm,
		.fd = -1};

	if (evm_prepare(&evm, report) < 0 && !excuse_evm(boot))
		return;
	boot_load_policy(boot);
	if (report->outcome == OUTCOME_FAILED || report->outcome == OUTCOME_UNPROTECTED ||
		(boot->again && boot->again->check_only))
		return;
	if (evm_activate(&evm) < 0 && !excuse_evm(boot))
		report->outcome = OUTCOME_FAILED;
}

bool boot_finds_keyring(const struct boot *boot)
{
	return boot->late && boot->report->keyring && string_equal(boot->report->keyring, KEYRING_USER);
}

/* It was found as soon as the policy was committed; now it is told where it was not. */
static void find_keyring(struct boot *boot)
{
	int r;

	if (!report_policy(boot->report) || !boot_finds_keyring(boot))
		return;
	r = late_appraise_self();
	if (r < 0)
		boot_note(boot, LOG_ERR,
			"this program cannot be executed under the policy: %s; the kernel may not have found "
			"its "
			"keyring " KEYRING_USER
			" by it, and then refuses what is signed: sign the imaboot of the root",
			strerror(-r));
}

static int open_image(struct boot *boot)
{
	boot->image_fd = root_open(boot->image);
	if (boot->image_fd < 0) {
		log_error(
			"%s: the image's root cannot be opened: %s", boot->image, strerror(-boot->image_fd));
		return boot->image_fd;
	}
	if (boot->late && late_check(boot->image_fd) < 0) {
		log_error("%s: is not what the initramfs left: it belongs to another user, or others may "
			  "read it; reboot",
			boot->image);
		/* Nothing in it is believed from here on, its recovery neither. */
		close_fd(&boot->image_fd);
		boot->image_fd = -1;
		return -EPERM;
	}
	return 0;
}

/* The real root, unless it is the image itself. */
static int open_real_root(struct boot *boot)
{
	if (!boot->root)
		return 0;
	boot->root_fd = root_open(boot->root);
	if (boot->root_fd < 0) {
		log_error("%s: the root cannot be opened: %s; give the mounted root with --root", boot->root,
			strerror(-boot->root_fd));
		return boot->root_fd;
	}
	if (root_same(boot->image_fd, boot->root_fd)) {
		log_debug("the root is the image");
		close_fd(&boot->image_fd);
		boot->image_fd = take_fd(&boot->root_fd);
	}
	return 0;
}

/* A later run needs what the guard of the first one keeps from everybody; it is set again in the end. */
static void prepare_again(struct boot *boot)
{
	int r;

	if (!boot->again && !boot->late)
		return;
	r = guard_lift();
	if (r < 0)
		log_error("the guard over " IMA_POLICY " cannot be lifted: %s", strerror(-r));
	if (boot->again && boot->again->choice >= 0)
		boot->settings.choice = (enum policy_choice)boot->again->choice;
}

/* The outcome is a failure before and, where nothing better comes of it, after. */
static void work(struct boot *boot)
{
	prepare_again(boot);
	if (boot->misconfigured || !is_applicable(boot) || !load_certs(boot))
		return;
	load_policy_and_evm(boot);
	find_keyring(boot);
}

static void run(struct boot *boot, struct boot_end *ret)
{
	struct report *report = boot->report;

	report->outcome = OUTCOME_FAILED;
	report->late = boot->late;
	config_init(&boot->settings.config);
	/* What is done about a failure is in the settings: they come before all that may fail. */
	if (open_image(boot) == 0) {
		boot->misconfigured = boot_read_settings(boot) < 0;
		if (open_real_root(boot) == 0)
			work(boot);
	}
	if (report->outcome != OUTCOME_DISABLED && report->outcome != OUTCOME_NOT_APPLICABLE)
		set_guard(boot);
	boot_settle(boot, ret);
	report->policy_file = policy_state_name(securityfs_policy_state());
	close_fd(&boot->image_fd);
	close_fd(&boot->root_fd);
	config_free(&boot->settings.config);
}

void boot_run(const char *image, const char *root, struct report *report, struct boot_end *ret)
{
	struct boot boot = {.report = report, .image = image, .root = root, .image_fd = -1, .root_fd = -1};

	run(&boot, ret);
}

void boot_run_again(const char *image, const char *root, const struct boot_again *again,
	struct report *report, struct boot_end *ret)
{
	struct boot boot = {.report = report,
		.image = image,
		.root = root,
		.image_fd = -1,
		.root_fd = -1,
		.again = again,
		.late = again->late};

	run(&boot, ret);
}

void boot_run_late(const char *image, const char *root, struct report *report, struct boot_end *ret)
{
	struct boot boot = {
		.report = report, .image = image, .root = root, .image_fd = -1, .root_fd = -1, .late = true};

	run(&boot, ret);
}
