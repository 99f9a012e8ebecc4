// SPDX-License-Identifier: MIT
/* The stage preflight; see preflight.h. */
#include "preflight_internal.h"

#include <errno.h>
#include "buf.h"
#include "policy_parse.h"
#include "securityfs.h"
#include "sysfile.h"

#define PROC_OWN_LABEL "/proc/self/attr/current"

/* Labels mean something once the LSM has its policy: until then this process has none with parts. */
static void find_labels(struct judge *judge, char label[static FS_LABEL_MAX])
{
	ssize_t len = sysfile_read(PROC_OWN_LABEL, label, FS_LABEL_MAX);

	fs_label_parse(label, len > 0 ? (size_t)len : 0, &judge->cred.label);
	judge->model.labels =
		judge->cred.label.type_len || judge->preflight->labels_later ? LABELS_KNOWN : LABELS_INACTIVE;
}

/*
 * The rules that are in force and stay there, in front of the candidate. Only rules of a policy that was loaded matter
 * here: those of the architecture and of the kernel's configuration are about modules, firmware, kexec and policies
 * (ima_efi.c; ima_policy.c, build_appraise_rules). The built-in ones go when the first policy is loaded.
 */
static void read_front(struct judge *judge, struct buf *text, struct policy *front)
{
	if (judge->preflight->built_in || securityfs_policy_state() != POLICY_READABLE ||
		securityfs_read_policy(text) < 0 || !text->len)
		return;
	if (policy_parse(&judge->model, buf_string(text), text->len, NULL, front) < 0)
		judge->preflight->warn(judge->preflight->context,
			"preflight: the rules that are in force already cannot be read back whole");
	judge->policies[judge->policy_count++] = front;
}

static int judge_all(struct judge *judge, struct report_candidate *record)
{
	struct targets root, image;
	int r = targets_find(judge->preflight, &root, &image, &record->problem);

	if (r == 0)
		r = judge_targets(judge, &root);
	if (r == 0)
		r = judge_targets(judge, &image);
	if (r == 0)
		r = tell_findings(judge, record);
	else if (!record->problem.error)
		problem_set(&record->problem, r, "cannot be tried on the files that must run next: %s",
			strerror(-r));
	closure_free(&root.closure);
	closure_free(&image.closure);
	return r;
}

int candidate_preflight(struct candidate *candidate, const struct preflight *preflight)
{
	_cleanup_(judge_free) struct judge judge = {.preflight = preflight,
		.keyring = candidate->keyring,
		.cred = {.cap_setuid = true, .cap_setgid = true}};
	_cleanup_policy_ struct policy policy = {0}, front = {0};
	_cleanup_buf_ struct buf front_text = {0};
	char label[FS_LABEL_MAX] = "";

	if (preflight->config->preflight == PREFLIGHT_OFF)
		return 0;
	candidate->record->stage = STAGE_PREFLIGHT;
	candidate->record->result = CANDIDATE_FAILED;
	kernel_model_init(&judge.model, candidate_kernel_version());
	find_labels(&judge, label);
	/* What the kernel will refuse is for the dry run to explain. */
	if (policy_parse(&judge.model, (const char *)candidate->file.bytes, candidate->file.len, NULL,
		    &policy) < 0)
		return 0;
	read_front(&judge, &front_text, &front);
	judge.candidate = &policy;
	judge.policies[judge.policy_count++] = &policy;
	return judge_has_work(&judge) ? judge_all(&judge, candidate->record) : 0;
}
