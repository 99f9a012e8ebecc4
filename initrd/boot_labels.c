// SPDX-License-Identifier: MIT
/*
 * Policies whose labels no security module knows yet: the initramfs has no SELinux policy, and the kernel refuses the file
 * while its built-in policy is in force (ima_policy.c, ima_lsm_rule_init). A kernel that takes several policies gets a tiny
 * stage-0 policy first; elsewhere imaboot-late.service loads the file, once PID 1 has loaded the modules' policy.
 */
#include "boot_internal.h"

#include <errno.h>
#include "labels.h"
#include "late.h"
#include "late_recovery.h"
#include "log.h"
#include "securityfs.h"

#define STAGE0_PATH "/etc/imaboot/stage0"
#define STAGE0_NAME "built-in"
/* From here on the kernel takes signed policies alone. */
#define STAGE0_TEXT "appraise func=POLICY_CHECK appraise_type=imasig\n"

/* Takes another record's problem over, behind a clause of its own. */
static int take_problem(struct candidate *candidate, const char *clause, const struct problem *other)
{
	struct problem *problem = &candidate->record->problem;

	candidate->record->result = CANDIDATE_FAILED;
	problem_set(problem, other->error, "%s%s", clause, problem_reason_text(other));
	if (other->remedy)
		problem_remedy(problem, "%s", other->remedy);
	return other->error;
}

/* Whether the kernel has nothing against the rules but their labels: it is given them without. */
static int judge_unlabelled(struct boot *boot, struct candidate *candidate, const struct policy *policy)
{
	_cleanup_report_ struct report scratch = {0};
	_cleanup_candidate_ struct candidate other = {.file = {.fd = -1}, .keyring = candidate->keyring};
	_cleanup_buf_ struct buf text = {0};
	int r;

	labels_strip(policy, &text);
	other.record = &scratch.stage0;
	r = buf_failed(&text) ? -ENOMEM
			      : candidate_read_text(&other, candidate->record->path, buf_string(&text));
	if (r == 0)
		r = candidate_dry_run(&other);
	if (r == -EACCES) {
		boot_note(boot, LOG_INFO,
			"policy %s: this kernel judges signed files alone, so its rules were checked without "
			"the kernel",
			candidate->record->path);
		return 0;
	}
	return r < 0 ? take_problem(candidate, "", &scratch.stage0.problem) : 0;
}

/* The image's stage-0 policy, or the one that is built in. */
static int read_stage0(struct boot *boot, struct candidate *stage0)
{
	int r = candidate_read_detached(stage0, boot->image_fd, boot->image, STAGE0_PATH);

	if (r < 0 && stage0->record->result == CANDIDATE_ABSENT) {
		free(stage0->record->path);
		stage0->record->path = NULL;
		problem_free(&stage0->record->problem);
		r = candidate_read_text(stage0, STAGE0_NAME, STAGE0_TEXT);
		return r < 0 ? r : candidate_check_signature(stage0, false);
	}
	return r < 0 ? r : candidate_check_signature(stage0, boot_requires_signature(boot));
}

/* An unsigned policy is not even tried behind a stage-0 policy that closes the chain. */
static int check_chain(const struct candidate *stage0, const struct candidate *candidate)
{
	_cleanup_policy_ struct policy policy = {0};
	struct problem *problem = &stage0->record->problem;

	if (candidate->record->signed_by)
		return 0;
	if (labels_parse((const char *)stage0->file.bytes, stage0->file.len, candidate_kernel_version(),
		    &policy) == 0 &&
		!labels_chain_is_closed(&policy))
		return 0;
	stage0->record->result = CANDIDATE_FAILED;
	problem_set(problem, -EACCES, "after it the kernel takes signed policies alone, and %s is not: %s",
		candidate->record->path,
		candidate->record->not_verified ? candidate->record->not_verified : "");
	problem_remedy(problem, "sign it: imactl sign --policy --key KEY FILE");
	return -EACCES;
}

/* What there is to do where the kernel refuses the stage-0 policy. */
static int explain_stage0(struct candidate *stage0, int error)
{
	if (error == -EACCES && !stage0->sig_len)
		problem_remedy(&stage0->record->problem,
			"put a signed stage-0 policy into the image: write the line '%.*s' to " STAGE0_PATH
			", and sign it: imactl sign --detached --policy --key KEY " STAGE0_PATH,
			(int)strcspn(STAGE0_TEXT, "\n"), STAGE0_TEXT);
	return error;
}

/* Commits the stage-0 policy, once in a boot. The record in the report says how that went. */
static int commit_stage0(struct boot *boot, const struct candidate *candidate)
{
	_cleanup_candidate_ struct candidate stage0 = {
		.record = &boot->report->stage0, .file = {.fd = -1}, .keyring = boot->report->keyring};
	struct report_candidate *record = stage0.record;
	int r;

	if (record->result == CANDIDATE_ACCEPTED && record->proof)
		return 0;
	report_reset_candidate(record);
	record->source = "stage-0";
	r = read_stage0(boot, &stage0);
	if (r == 0)
		r = check_chain(&stage0, candidate);
	/* Its rules stay in front of all others, and in force where the policy after it fails. */
	if (r == 0)
		r = boot_preflight(boot, &stage0);
	if (r == 0)
		r = explain_stage0(&stage0, candidate_dry_run(&stage0));
	if (r == 0)
		r = candidate_commit(&stage0);
	if (r == 0)
		boot_note(boot, LOG_NOTICE,
			"the stage-0 policy (%s) is in force: the labels of %s are taken, and match once "
			"their "
			"security "
			"module knows them",
			record->path, candidate->record->path);
	return r;
}

/* A load that fails in the running system has a recovery too; without it the machine stops there. */
static void keep_recovery(struct boot *boot)
{
	_cleanup_problem_ struct problem problem = {0};

	if (boot->settings.config.on_failure != FAILURE_RECOVERY ||
		late_recovery_save(boot->image_fd, boot->image, &problem) == 0)
		return;
	boot_note(boot, LOG_WARNING,
		"the recovery cannot be kept for " LATE_UNIT
		": %s%s%s; if the load fails there, the machine stops",
		problem_reason_text(&problem), problem.remedy ? "; " : "", problem_remedy_text(&problem));
}

/* Leaves the file to the service, where the root has that. */
static int defer(struct boot *boot, struct candidate *candidate)
{
	struct problem *problem = &candidate->record->problem;
	int r;

	if (boot->root_fd < 0) {
		problem_set(problem, -ENOENT,
			"no security module knows its labels yet, and there is no root to load it later");
		problem_remedy(problem, "write the image's policy without labels");
		return -ENOENT;
	}
	r = late_find_unit(boot->root_fd, boot->root, problem);
	if (r == 0 && boot->again && boot->again->check_only)
		return 0;
	if (r == 0)
		r = late_save(boot->image_fd, boot->image, problem);
	if (r < 0)
		return r;
	keep_recovery(boot);
	candidate->record->result = CANDIDATE_DEFERRED;
	boot_note(boot, LOG_NOTICE,
		"policy %s (%s) waits for " LATE_UNIT ": no security module knows its labels yet",
		candidate->record->path, candidate->record->source);
	return 0;
}

static int make_way(struct boot *boot, struct candidate *candidate)
{
	enum config_labels labels = boot->settings.config.labels;
	struct problem *problem = &candidate->record->problem;
	int r;

	if (labels == CONFIG_LABELS_REFUSE) {
		problem_set(problem, -EINVAL,
			"no security module knows its labels yet, and the image's configuration says labels "
			"= refuse");
		problem_remedy(problem, "write the rules without labels, or set labels = auto");
		return -EINVAL;
	}
	/* What shows its rules takes several policies too, unless somebody built the kernel otherwise. */
	if (labels == CONFIG_LABELS_STAGE0 ||
		(labels == CONFIG_LABELS_AUTO && securityfs_policy_state() == POLICY_READABLE)) {
		if (boot->again && boot->again->check_only)
			return 0;
		r = commit_stage0(boot, candidate);
		if (r == 0)
			return candidate_dry_run(candidate);
		/* Nor does a root whose programs the stage-0 policy denies choose the other way. */
		if (labels == CONFIG_LABELS_STAGE0 || boot->report->stage0.stage == STAGE_PREFLIGHT)
			return take_problem(candidate,
				"its stage-0 policy is not in force: ", &boot->report->stage0.problem);
	}
	return defer(boot, candidate);
}

int boot_dry_run(struct boot *boot, struct candidate *candidate)
{
	_cleanup_policy_ struct policy policy = {0};
	struct problem *problem = &candidate->record->problem;
	bool is_right = labels_parse((const char *)candidate->file.bytes, candidate->file.len,
				candidate_kernel_version(), &policy) == 0;
	int r;

	if (boot->late || !lsmlabels_are_in(&policy))
		return candidate_dry_run(candidate);
	r = labels_check(&policy, boot->root_fd, boot->root, problem);
	if (r < 0) {
		candidate->record->stage = STAGE_DRY_RUN;
		return r;
	}
	r = candidate_dry_run(candidate);
	if (r != -EINVAL || !is_right)
		return r;
	problem_free(problem);
	r = judge_unlabelled(boot, candidate, &policy);
	return r < 0 ? r : make_way(boot, candidate);
}
