// SPDX-License-Identifier: MIT
/*
 * The policies of a boot, in order: the one that the command line names, the root's, its known-good one, the
 * image's. The first that passes all stages is in force; a fallback is judged like a first choice.
 */
#include "boot_internal.h"

#include <errno.h>
#include "candidate.h"
#include "labels.h"
#include "log.h"
#include "platform.h"
#include "policy_scope.h"
#include "preflight.h"
#include "securityfs.h"
#include "sysfile.h"

bool boot_requires_signature(const struct boot *boot)
{
	enum config_signature signature = boot->settings.config.signature;

	if (signature != SIGNATURE_AUTO)
		return signature == SIGNATURE_REQUIRED;
	return boot->locked || boot->has_signers || report_count_certs(boot->report, CERT_LOADED) ||
	       report_count_certs(boot->report, CERT_PRESENT);
}

static void warn_of_preflight(void *context, const char *text)
{
	boot_note(context, LOG_WARNING, "%s", text);
}

/* Whether labels that nobody knows yet would have the load put off; see boot_labels.c. */
static bool puts_labels_off(const struct boot *boot)
{
	enum config_labels labels = boot->settings.config.labels;

	return labels == CONFIG_LABELS_LATE ||
	       (labels == CONFIG_LABELS_AUTO && securityfs_policy_state() != POLICY_READABLE);
}

static bool candidate_appraises(const struct candidate *candidate)
{
	_cleanup_policy_ struct policy policy = {0};

	if (labels_parse((const char *)candidate->file.bytes, candidate->file.len, candidate_kernel_version(),
		    &policy) < 0)
		return true; /* the dry run says what is wrong with it */
	return policy_appraises(&policy);
}

/* Where it must appraise a policy that does not is none; elsewhere it is told, and marked in the end. */
static int check_appraisal(struct boot *boot, struct candidate *candidate)
{
	struct report_candidate *record = candidate->record;

	boot->appraises_nothing = !candidate_appraises(candidate);
	if (!boot->appraises_nothing)
		return 0;
	if (!config_must_appraise(&boot->settings.config)) {
		boot_note(boot, LOG_WARNING,
			"policy %s (%s) appraises no file: under it everything runs; give it rules with "
			"appraise",
			record->path, record->source);
		return 0;
	}
	record->stage = STAGE_PREFLIGHT;
	record->result = CANDIDATE_FAILED;
	problem_set(&record->problem, -EPERM, "appraises no file: under it everything runs");
	problem_remedy(&record->problem,
		"give it rules with appraise, or set must-appraise = no in " CONFIG_FILE " of the image");
	return -EPERM;
}

int boot_preflight(struct boot *boot, struct candidate *candidate)
{
	const struct config *config = &boot->settings.config;
	struct preflight preflight = {.config = config,
		.root_fd = boot->root_fd,
		.root = boot->root,
		.image_fd = boot->image_fd,
		.image = boot->image,
		.init = boot->params.init,
		.labels_later = puts_labels_off(boot),
		.recovery = config->on_failure == FAILURE_RECOVERY,
		.evm = config->evm != EVM_OFF,
		.built_in = boot->params.appraise_tcb,
		.mode = platform_appraise_mode(boot->params.appraise, boot->locked),
		.warn = warn_of_preflight,
		.context = boot};

	return candidate_preflight(candidate, &preflight);
}

/*
 * Takes one candidate through its stages; path NULL: the image's. Returns 0 when it is in force or deferred,
 * -ENOENT where it is absent, or another negative errno.
 */
static int try_candidate(struct boot *boot, const char *source, const char *path)
{
	_cleanup_candidate_ struct candidate candidate = {.file = {.fd = -1},
		.keyring = boot->report->keyring,
		.allow_sha1 = boot->settings.config.allow_sha1,
		.find_keyring = boot_finds_keyring(boot),
		/* With EVM active the kernel asks for security.evm too, which no copy has. */
		.copy_remote = !boot->late};
	struct report_candidate *record = report_add_candidate(boot->report);
	int r;

	if (!record)
		return -ENOMEM;
	candidate.record = record;
	record->source = source;
	r = path ? candidate_read(&candidate, boot->root_fd, boot->root, path)
		 : candidate_read_image(&candidate, boot->image_fd, boot->image);
	if (r == 0)
		r = candidate_check_signature(&candidate, boot_requires_signature(boot));
	if (r == 0 && candidate_is_in_force(&candidate)) {
		boot->appraises_nothing = !candidate_appraises(&candidate);
		boot_note(boot, LOG_NOTICE, "policy %s (%s) is in force already: it is not loaded again",
			record->path, source);
		return 0;
	}
	if (r == 0)
		r = check_appraisal(boot, &candidate);
	if (r == 0)
		r = boot_preflight(boot, &candidate);
	if (r == 0)
		r = boot_dry_run(boot, &candidate);
	if (r == 0 && record->result == CANDIDATE_DEFERRED)
		return 0;
	if (r == 0 && boot->again && boot->again->check_only) {
		record->result = CANDIDATE_ACCEPTED;
		return 0;
	}
	if (r == 0)
		r = candidate_commit(&candidate);
	if (r < 0 && record->result == CANDIDATE_FAILED)
		log_error("policy %s (%s) failed at stage %s: %s%s%s", record->path ? record->path : "",
			source, policy_stage_name(record->stage), problem_reason_text(&record->problem),
			record->problem.remedy ? "; " : "", problem_remedy_text(&record->problem));
	return r;
}

/*
 * A root whose policy is absent may have lost it by its owner's will: that is no reason for the
 * known-good one, unless a policy is required or it was asked for.
 */
static bool wants_known_good(const struct boot *boot)
{
	const struct settings *settings = &boot->settings;

	return *settings->config.known_good &&
	       (settings->choice == CHOICE_KNOWN_GOOD || settings->config.require ||
		       report_has_failed(boot->report));
}

/* Tries those of the root. Returns 0 when one is in force, or the last negative errno. */
static int try_root(struct boot *boot)
{
	const struct settings *settings = &boot->settings;
	int r = -ENOENT;

	if (boot->root_fd < 0 || settings->choice == CHOICE_IMAGE)
		return -ENOENT;
	if (settings->choice == CHOICE_PATH) {
		r = try_candidate(boot, "parameter", settings->choice_path);
		if (r == -ENOENT)
			boot_note(boot, LOG_WARNING,
				"kernel parameter rd.imaboot.policy=%s names no file of the root; the "
				"policies "
				"after it are tried",
				settings->choice_path);
	}
	if (r < 0 && r != -ENOMEM && settings->choice != CHOICE_KNOWN_GOOD)
		r = try_candidate(boot, "root", settings->config.policy);
	if (r < 0 && r != -ENOMEM && wants_known_good(boot))
		r = try_candidate(boot, "known-good", settings->config.known_good);
	return r;
}

/* A policy is in force: the first choice, or another one. */
static enum outcome outcome_of_success(const struct boot *boot)
{
	const struct report_candidate *policy = report_policy(boot->report);
	bool unasked =
		boot->settings.choice != CHOICE_KNOWN_GOOD && string_equal(policy->source, "known-good");

	return report_has_failed(boot->report) || unasked ? OUTCOME_FALLBACK : OUTCOME_ENFORCED;
}

/* The policy is loaded, and means nothing yet. */
static void warn_of_mode(struct boot *boot)
{
	const char *mode = platform_appraise_mode(boot->params.appraise, boot->locked);

	if (mode)
		boot_note(boot, LOG_WARNING,
			"the kernel enforces no policy: its parameter says ima_appraise=%s; take it off the "
			"kernel command line",
			mode);
}

void boot_load_policy(struct boot *boot)
{
	struct report *report = boot->report;
	int r;

	if (boot->settings.choice == CHOICE_NONE) {
		boot_note(boot, LOG_WARNING,
			"no policy is loaded: the kernel parameter rd.imaboot.policy=none says so");
		report->outcome = OUTCOME_UNPROTECTED;
		return;
	}
	r = try_root(boot);
	if (r < 0 && r != -ENOMEM)
		r = try_candidate(boot, "image", NULL);
	if (r == 0) {
		report->outcome = report_deferred(report) ? OUTCOME_DEFERRED : outcome_of_success(boot);
		warn_of_mode(boot);
		return;
	}
	report->outcome = OUTCOME_FAILED;
	/* No memory for a candidate's record is a failure that the report cannot show. */
	if (report_has_failed(report) || r == -ENOMEM)
		return;
	/* Who asks for one policy in the recovery is not served with none. */
	if (!boot->settings.config.require && !(boot->again && boot->again->choice >= 0))
		report->outcome = OUTCOME_NO_POLICY;
	boot_note(boot, LOG_WARNING,
		"there is no policy: neither %s in the root nor " IMAGE_POLICY_PATH " in the image",
		boot->settings.config.policy);
}
