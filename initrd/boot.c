// SPDX-License-Identifier: MIT
/*
 * The boot: runs in the initramfs after the real root is mounted and before switch-root.
 * Before: no certificate of ours in any keyring, no custom policy. After: a policy is proven to be
 * in force, or the report says why not; systemd cannot freeze over a policy file.
 */
#include "boot.h"

#include <errno.h>
#include <stdio.h>
#include "candidate.h"
#include "certs.h"
#include "config.h"
#include "guard.h"
#include "log.h"
#include "params.h"
#include "platform.h"
#include "rootfile.h"
#include "securityfs.h"
#include "sysfile.h"

#define CMDLINE_MAX 8192 /* bytes; x86 has 2048, others up to 4096 */

/* What the steps of one boot share. */
struct boot {
	struct report *report;
	const char *image, *root;
	int image_fd, root_fd;
	struct config config;
	struct params params;
	bool locked;
	const char *locked_reason;
	bool misconfigured;
};

/* Says something in the log and keeps it for the report. */
static void note(struct boot *boot, int level, const char *text)
{
	log_message(level, "%s", text);
	if (report_add_message(boot->report, "%s", text) < 0)
		log_error("out of memory");
}

static void complain_config(size_t line, const char *text, void *context)
{
	char full[512];

	(void)snprintf(full, sizeof(full), CONFIG_FILE ":%zu: %s", line, text);
	note(context, LOG_ERR, full);
}

static void complain_param(const char *text, void *context)
{
	note(context, LOG_WARNING, text);
}

/* Reads the image's configuration; an absent file means the defaults. Returns 0 or a negative errno. */
static int read_config(struct boot *boot)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem problem = {0};
	char text[256];
	int r = rootfile_read(boot->image_fd, boot->image, CONFIG_FILE, CONFIG_SIZE_MAX, &file, &problem);

	if ((r == -ENOENT && !problem.remedy) || r == -ENODATA)
		return 0;
	if (r == 0)
		return config_parse((const char *)file.bytes, file.len, &boot->config, complain_config, boot);
	(void)snprintf(text, sizeof(text), CONFIG_FILE ": %s", problem_reason_text(&problem));
	note(boot, LOG_ERR, text);
	return r;
}

static void read_params(struct boot *boot)
{
	char line[CMDLINE_MAX];
	ssize_t len = sysfile_read(PROC_CMDLINE, line, sizeof(line));

	if (len < 0)
		log_warning(PROC_CMDLINE " cannot be read: %s; the kernel's parameters are ignored",
			strerror((int)-len));
	else
		params_parse(line, (size_t)len, &boot->params, complain_param, boot);
	log_set_debug(boot->params.values[PARAM_DEBUG] == PARAM_TRUE);
}

/* A parameter that loosens is obeyed on an open platform, or where the image allows it. */
static bool may_loosen(struct boot *boot, const char *parameter)
{
	char text[256];

	if (!boot->locked || boot->config.allow_override)
		return true;
	(void)snprintf(text, sizeof(text),
		"kernel parameter %s is refused: %s, and the image's configuration does not say "
		"allow-override = yes",
		parameter, boot->locked_reason);
	note(boot, LOG_WARNING, text);
	return false;
}

static bool is_switched_off(struct boot *boot)
{
	return boot->params.values[PARAM_ENABLED] == PARAM_FALSE && may_loosen(boot, "rd.imaboot=0");
}

static bool is_required(struct boot *boot)
{
	enum param_value value = boot->params.values[PARAM_REQUIRE];

	if (value == PARAM_TRUE)
		return true;
	if (value == PARAM_FALSE && boot->config.require)
		return !may_loosen(boot, "rd.imaboot.require=0");
	return boot->config.require;
}

/* Configuration, parameters, kernel: whether there is anything to do. Returns true to go on. */
static bool prepare(struct boot *boot)
{
	struct report *report = boot->report;
	int r = securityfs_mount();

	if (r < 0)
		log_warning("securityfs cannot be mounted on " SECURITYFS_DIR ": %s", strerror(-r));
	boot->locked = platform_is_locked(&boot->locked_reason);
	report->outcome = OUTCOME_FAILED;
	boot->misconfigured = read_config(boot) < 0;
	if (boot->misconfigured)
		return false;
	read_params(boot);
	if (boot->params.kdump) {
		note(boot, LOG_NOTICE, "this is a kdump kernel (elfcorehdr=): nothing is loaded");
		report->outcome = OUTCOME_NOT_APPLICABLE;
		return false;
	}
	if (is_switched_off(boot)) {
		note(boot, LOG_WARNING,
			"switched off by the kernel parameter rd.imaboot=0: no policy is loaded");
		report->outcome = OUTCOME_DISABLED;
		return false;
	}
	if (securityfs_policy_state() == POLICY_NO_IMA) {
		bool required = is_required(boot);

		note(boot, required ? LOG_ERR : LOG_NOTICE,
			"this kernel has no IMA (no " IMA_DIR "): no policy can be loaded; use a kernel with "
			"CONFIG_IMA");
		report->outcome = required ? OUTCOME_FAILED : OUTCOME_NOT_APPLICABLE;
		return false;
	}
	return true;
}

int boot_has_cert(const struct report *report, const char *name)
{
	size_t i;

	for (i = 0; i < report->cert_count; i++) {
		const struct report_cert *cert = &report->certs[i];
		const char *slash = cert->path ? strrchr(cert->path, '/') : NULL;

		if (cert->path && (cert->result == CERT_LOADED || cert->result == CERT_PRESENT) &&
			string_equal(slash ? slash + 1 : cert->path, name))
			return 1;
	}
	return 0;
}

/* Loads the certificates and says which were refused. Returns false where a required one is missing. */
static bool load_certs(struct boot *boot)
{
	static const enum root_certs root_certs[] = {[CONFIG_CERTS_AUTO] = ROOT_CERTS_AUTO,
		[CONFIG_CERTS_YES] = ROOT_CERTS_YES,
		[CONFIG_CERTS_NO] = ROOT_CERTS_NO};
	struct certs_source source = {.image_fd = boot->image_fd,
		.image = boot->image,
		.root_fd = boot->root_fd,
		.root = boot->root,
		.root_certs = root_certs[boot->config.root_certs]};
	bool complete = true;
	size_t i;

	if (certs_load(&source, boot->report) < 0)
		complete = boot->config.required_cert_count == 0;
	for (i = 0; i < boot->report->cert_count; i++) {
		const struct report_cert *cert = &boot->report->certs[i];

		if (cert->result == CERT_REFUSED)
			log_error("certificate %s (%s) is not in %s: %s%s%s", cert->path, cert->source,
				cert->keyring, problem_reason_text(&cert->problem),
				cert->problem.remedy ? "; " : "", problem_remedy_text(&cert->problem));
	}
	for (i = 0; i < boot->config.required_cert_count; i++) {
		char text[256];

		if (boot_has_cert(boot->report, boot->config.required_certs[i]))
			continue;
		(void)snprintf(text, sizeof(text),
			"certificate %s, which the configuration requires, is in no keyring; put it "
			"into " CERTS_DIR " of the image",
			boot->config.required_certs[i]);
		note(boot, LOG_ERR, text);
		complete = false;
	}
	return complete;
}

static bool signature_is_required(const struct boot *boot)
{
	if (boot->config.signature != SIGNATURE_AUTO)
		return boot->config.signature == SIGNATURE_REQUIRED;
	return boot->locked || report_count_certs(boot->report, CERT_LOADED) ||
	       report_count_certs(boot->report, CERT_PRESENT);
}

/* Takes one candidate through its stages. Returns 0 when it is in force, or a negative errno. */
static int try_candidate(struct boot *boot, const char *source)
{
	_cleanup_candidate_ struct candidate candidate = {
		.file = {.fd = -1}, .keyring = boot->report->keyring};
	struct report_candidate *record = report_add_candidate(boot->report);
	bool of_root = string_equal(source, "root");
	int r;

	if (!record)
		return -ENOMEM;
	candidate.record = record;
	record->source = source;
	r = of_root ? candidate_read(&candidate, boot->root_fd, boot->root, POLICY_PATH)
		    : candidate_read_image(&candidate, boot->image_fd, boot->image);
	if (r == 0)
		r = candidate_check_signature(&candidate, signature_is_required(boot));
	if (r == 0)
		r = candidate_dry_run(&candidate);
	if (r == 0)
		r = candidate_commit(&candidate);
	if (r < 0 && record->result == CANDIDATE_FAILED)
		log_error("policy %s (%s) failed at stage %s: %s%s%s", record->path ? record->path : "",
			source, policy_stage_name(record->stage), problem_reason_text(&record->problem),
			record->problem.remedy ? "; " : "", problem_remedy_text(&record->problem));
	return r;
}

/* Tries the candidates in order and settles the outcome. */
static void load_policy(struct boot *boot)
{
	int first = boot->root_fd >= 0 ? try_candidate(boot, "root") : -ENOENT;
	int r = first < 0 ? try_candidate(boot, "image") : 0;

	if (r == 0) {
		boot->report->outcome = report_has_failed(boot->report) ? OUTCOME_FALLBACK : OUTCOME_ENFORCED;
		return;
	}
	/* No memory for a candidate's record is a failure that the report cannot show. */
	if (report_has_failed(boot->report) || first == -ENOMEM || r == -ENOMEM) {
		boot->report->outcome = OUTCOME_FAILED;
		return;
	}
	boot->report->outcome = is_required(boot) ? OUTCOME_FAILED : OUTCOME_NO_POLICY;
	note(boot, LOG_WARNING,
		"there is no policy: neither " POLICY_PATH " in the root nor " IMAGE_POLICY_PATH
		" in the image");
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

/* The real root, unless it is the image itself. */
static int open_roots(struct boot *boot)
{
	boot->image_fd = root_open(boot->image);
	if (boot->image_fd < 0)
		return boot->image_fd;
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

int boot_run(const char *image, const char *root, struct report *report)
{
	struct boot boot = {.report = report, .image = image, .root = root, .image_fd = -1, .root_fd = -1};
	int status;

	report->outcome = OUTCOME_FAILED;
	if (open_roots(&boot) == 0 && prepare(&boot) && load_certs(&boot))
		load_policy(&boot);
	if (report->outcome != OUTCOME_DISABLED && report->outcome != OUTCOME_NOT_APPLICABLE)
		set_guard(&boot);
	report->policy_file = policy_state_name(securityfs_policy_state());
	status = boot.misconfigured ? EXIT_USAGE : outcome_exit(report->outcome);
	close_fd(&boot.image_fd);
	close_fd(&boot.root_fd);
	config_free(&boot.config);
	return status;
}
