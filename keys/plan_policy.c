// SPDX-License-Identifier: MIT
/* The policy that a boot loads; see plan_policy.h. */
#include "plan_policy.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "log.h"
#include "lsmlabels.h"
#include "policy_scope.h"
#include "policy_text.h"

/* The bytes as an open file, since signatures are verified of files. Returns a descriptor or a negative errno. */
static int open_bytes(const struct buf *bytes, struct stat *ret_st)
{
	_cleanup_close_ int fd = memfd_create("policy", MFD_CLOEXEC);

	if (fd < 0 || (bytes->len && pwrite(fd, bytes->data, bytes->len, 0) != (ssize_t)bytes->len) ||
		fstat(fd, ret_st) < 0)
		return errno ? -errno : -EIO;
	return take_fd(&fd);
}

static void refuse(struct plan_policy *policy, const char *reason)
{
	problem_set(&policy->problem, -EKEYREJECTED, "would not be loaded: %s", reason);
	problem_remedy(&policy->problem, "imactl sign --key KEY --cert CERT %s", problem_path(policy->path));
}

/*
 * What keeps a signature that is good in itself from counting: the boot verifies version 2 alone (sigcheck.c of the boot
 * program), and the kernel must have the hash. NULL: nothing.
 */
static const char *find_obstacle(const struct imasig *sig, const struct target *target)
{
	if (sig->kind == IMASIG_V3)
		return "its signature has format version 3, and a boot verifies version 2 alone";
	if (sig->kind == IMASIG_VERITY)
		return "its signature is one of its fs-verity digest, and a boot verifies one of its content "
		       "alone";
	if (sig->algo < 32 && !(target->model.algos & UINT32_C(1) << sig->algo))
		return "it is signed over a hash that this kernel does not have";
	return NULL;
}

/* Why the signature does not count, or NULL. */
static const char *judge_signature(const struct target *target, const struct imaverify_result *result)
{
	if (result->cause == IMAVERIFY_SIGNED)
		return find_obstacle(&result->sig, target);
	if (result->cause == IMAVERIFY_HASHED)
		return "has a digest, and no signature";
	return result->problem.error ? problem_reason_text(&result->problem)
				     : imaverify_words(result->cause)->reason;
}

static void check_signature(const struct plan_policy_source *source, const struct target *target,
	const struct imaverify_ring *signers, struct plan_policy *policy)
{
	const struct policyfile *file = source->file;
	struct imaverify_ring ring = *signers;
	struct imaverify verify;
	struct imaverify_result result = {0};
	const char *reason;
	struct stat st;
	_cleanup_close_ int fd = open_bytes(&file->text, &st);

	ring.takes_sha1 = source->config->allow_sha1;
	if (fd < 0 || imaverify_begin(&ring, &verify) < 0) {
		problem_set(&policy->problem, -ENOMEM, "its signature cannot be verified: out of memory");
		return;
	}
	imaverify_file(&verify, fd, &st, file->value, file->value_len, &result);
	imaverify_end(&verify);
	reason = judge_signature(target, &result);
	policy->is_signed = !reason;
	policy->signer = result.signer ? result.signer->path : NULL;
	if (reason && policy->must_be_signed)
		refuse(policy, reason);
	problem_free(&result.problem);
}

static int check_text(const struct target *target, const struct buf *text, struct plan_policy *policy)
{
	int r = policy_text_check(
		(const uint8_t *)buf_string(text), text->len, policy->path, &policy->problem);

	if (lint_check(&target->model, policy->path, buf_string(text), text->len, true, &policy->lint) < 0) {
		log_error("%s: there is not enough memory to check it", policy->path);
		return EXIT_FAILED;
	}
	if (r == 0 && policy->lint.diags.errors) {
		problem_set(&policy->problem, -EINVAL,
			"would not be loaded: the kernel refuses it (errors: %zu)",
			policy->lint.diags.errors);
		problem_remedy(&policy->problem, "imactl lint --kernel %s %s", problem_path(target->name),
			problem_path(policy->path));
	}
	return 0;
}

/* Labels that can never become known, or that the configuration wants none of: see labels.c of the boot program. */
static void check_labels(const struct plan_policy_source *source, struct plan_policy *policy)
{
	const struct policy *rules = &policy->lint.policy;
	_cleanup_problem_ struct problem problem = {0};
	int r;

	if (!lsmlabels_are_in(rules))
		return;
	r = lsmlabels_check(rules, source->modules, source->root_fd, source->root, &problem);
	if (r == 0 && source->config->labels == CONFIG_LABELS_REFUSE) {
		r = problem_set(&problem, -EINVAL,
			"no security module knows its labels early in a boot, and imaboot.conf says labels = "
			"refuse");
		problem_remedy(&problem, "write the rules without labels, or set labels = auto");
	}
	if (r == 0)
		return;
	problem_set(&policy->problem, r, "would not be loaded: %s", problem_reason_text(&problem));
	if (problem.remedy)
		problem_remedy(&policy->problem, "%s", problem.remedy);
}

int plan_policy_load(const struct plan_policy_source *source, const struct target *target,
	const struct imaverify_ring *ring, struct plan_policy *ret)
{
	enum config_signature signature = source->config->signature;

	*ret = (struct plan_policy){.path = strdup(source->path)};
	if (!ret->path || check_text(target, &source->file->text, ret))
		return EXIT_FAILED;
	/* As at boot: a machine that has certificates wants signatures (imaboot.conf(5)). */
	ret->must_be_signed =
		signature == SIGNATURE_REQUIRED || (signature == SIGNATURE_AUTO && source->has_certs);
	ret->appraises_nothing = !policy_appraises(&ret->lint.policy);
	if (!ret->problem.error)
		check_signature(source, target, ring, ret);
	if (!ret->problem.error && ret->appraises_nothing && config_must_appraise(source->config)) {
		problem_set(&ret->problem, -EPERM,
			"would not be loaded: appraises no file: under it everything runs");
		problem_remedy(&ret->problem,
			"give it rules with appraise, or set must-appraise = no in imaboot.conf");
	}
	if (!ret->problem.error)
		check_labels(source, ret);
	return 0;
}

void plan_policy_free(struct plan_policy *policy)
{
	free(policy->path);
	lint_free(&policy->lint);
	problem_free(&policy->problem);
}
