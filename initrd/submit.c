// SPDX-License-Identifier: MIT
/* The kernel's refusal of a policy in words; see submit.h. */
#include "submit.h"

#include <errno.h>
#include "policy_parse.h"

/* The policy file of securityfs could not be opened for writing. */
static int explain_open(int error, struct problem *problem)
{
	switch (error) {
	case -ENOENT:
		problem_set(problem, error, "this kernel takes one policy in a boot, and has it already");
		problem_remedy(problem, "reboot to load another one");
		break;
	case -EBUSY:
		problem_set(problem, error,
			"the kernel's policy file is busy: another process loads a policy, or this kernel "
			"takes "
			"no second one");
		problem_remedy(problem, "try again; if it stays so, reboot to load another policy");
		break;
	case -EROFS:
		problem_set(problem, error, "the guard over the kernel's policy file is set");
		problem_remedy(problem, "lift it with 'imaboot guard off', load, and set it again");
		break;
	case -EACCES:
	case -EPERM:
		problem_set(
			problem, error, "the kernel's policy file may not be opened: %s", strerror(-error));
		problem_remedy(problem, "run as root; with SELinux, in a domain that may load policies");
		break;
	default:
		problem_set(
			problem, error, "the kernel's policy file cannot be opened: %s", strerror(-error));
		break;
	}
	return error;
}

/* Takes a signature's problem over as the kernel's reason. */
static int take_signature(const struct submission *submission, struct problem *problem)
{
	problem_set(problem, submission->error, "%s", problem_reason_text(submission->signature));
	if (submission->signature->remedy)
		problem_remedy(problem, "%s", submission->signature->remedy);
	return submission->error;
}

/* EACCES: the kernel demands a signed policy and appraised this one. */
static int explain_access(const struct submission *submission, struct problem *problem)
{
	const struct kmsg_facts *facts = submission->facts;

	if (submission->signature->error)
		return take_signature(submission, problem);
	if (*facts->key_id) {
		problem_set(problem, submission->error,
			"is signed with the key %s, which is not in the kernel's keyring", facts->key_id);
		problem_remedy(problem, "load the signer's certificate first: imaboot keys");
	} else if (string_equal(facts->cause, "missing-HMAC")) {
		problem_set(problem, submission->error,
			"has no security.evm, which the kernel asks for since EVM is active");
		problem_remedy(problem,
			"sign both attributes: evmctl sign --portable --imasig --key KEY '%s'",
			problem_path(submission->path));
	} else if (string_equal(facts->cause, "invalid-HMAC") ||
		   string_equal(facts->cause, "invalid-fail-immutable")) {
		problem_set(problem, submission->error,
			"its security.evm does not belong to its owner, mode and attributes, or is by a key "
			"that EVM does not have");
		problem_remedy(problem,
			"look who changed them; then sign both attributes: evmctl sign --portable --imasig "
			"--key KEY '%s'",
			problem_path(submission->path));
	} else if (string_equal(facts->cause, "failed")) {
		/* Of op=collect_data: no digest could be made (ima_api.c, ima_collect_measurement). */
		problem_set(problem, submission->error,
			"the kernel cannot make the digest that its signature names: the module of that "
			"algorithm is not loaded, or the file cannot be read");
		problem_remedy(problem,
			"sign it over SHA-256, or put the algorithm's module (such as sha512_generic) into "
			"the image and load it");
	} else if (*facts->cause) {
		problem_set(
			problem, submission->error, "the kernel's appraisal refuses it: %s", facts->cause);
		problem_remedy(
			problem, "sign it again, and load the signer's certificate first: imaboot keys");
	} else {
		problem_set(problem, submission->error,
			"the kernel demands a signed policy and refuses this one without a reason in its "
			"log");
		problem_remedy(
			problem, "sign it again, and load the signer's certificate first: imaboot keys");
	}
	return submission->error;
}

/* What the front end of the policy language says of the first rule that this kernel refuses; false: nothing. */
static bool find_rule(const struct submission *submission, enum label_state labels, struct problem *problem)
{
	_cleanup_policy_ struct policy policy = {0};
	_cleanup_diags_ struct diags diags = {0};
	struct kernel_model model;
	size_t i;

	kernel_model_init(&model, submission->version);
	model.labels = labels;
	if (policy_parse(&model, submission->text, submission->text_len, &diags, &policy) == 0)
		return false;
	diags_sort(&diags);
	for (i = 0; i < diags.count; i++) {
		const struct diag *diag = &diags.items[i];

		if (!diag->is_error)
			continue;
		problem_set(problem, submission->error, "line %u, column %u: %s [%s]", diag->line,
			diag->column, diag_message(&diags, diag), policy_issue_id(diag->issue));
		return true;
	}
	return false;
}

/* The kernel's own words, where the front end finds nothing: it may be a label, which only a security module knows. */
static void quote_log(const struct submission *submission, struct problem *problem)
{
	const char *logged = submission->facts->bad_rule;
	bool has_label = strstr(logged, "obj_") || strstr(logged, "subj_");

	problem_set(problem, submission->error, "the kernel refuses a rule%s; it logged: %s",
		has_label ? " with a label that no security module knows" : "", logged);
	problem_remedy(problem, "%s",
		has_label ? "correct the label, or load the policy once the module has its own policy"
			  : "correct the rule, and sign the policy again");
}

/* EINVAL, ERANGE: a rule that this kernel does not take. */
static int explain_rule(const struct submission *submission, struct problem *problem)
{
	bool found = find_rule(submission, LABELS_KNOWN, problem);

	if (!found && *submission->facts->bad_rule) {
		quote_log(submission, problem);
		return submission->error;
	}
	if (!found && !find_rule(submission, LABELS_REFUSED, problem))
		problem_set(
			problem, submission->error, "the kernel refuses a rule, without a reason in its log");
	problem_remedy(problem, "correct the rule, and sign the policy again");
	return submission->error;
}

int submit_explain(const struct submission *submission, struct problem *problem)
{
	if (!submission->opened)
		return explain_open(submission->error, problem);
	switch (submission->error) {
	case -EACCES:
		return explain_access(submission, problem);
	case -EINVAL:
	case -ERANGE:
		return explain_rule(submission, problem);
	case -ETXTBSY:
		problem_set(problem, -ETXTBSY,
			"is open for writing in another process, so the kernel does not read it");
		problem_remedy(problem, "close it there and try again");
		return -ETXTBSY;
	case -ENOENT:
		problem_set(problem, -ENOENT,
			"the kernel cannot open it by its descriptor: /proc is not mounted");
		problem_remedy(problem, "mount procfs on /proc");
		return -ENOENT;
	default:
		return problem_set(problem, submission->error, "the kernel refuses to load it: %s",
			strerror(-submission->error));
	}
}
