// SPDX-License-Identifier: MIT
/* The policy that a boot loads; see plan_policy.h. */
#include "plan_policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "complain.h"
#include "config.h"
#include "imaxattr.h"
#include "infile.h"
#include "policy_text.h"
#include "rootfile.h"

#define CONFIG "/etc/imaboot/imaboot.conf"

static void complain_config(size_t line, const char *text, void *context)
{
	log_error("%s" CONFIG ":%zu: %s", (const char *)context, line, text);
}

/* What the configuration says of signatures; without one, or with a wrong one, the default. */
static enum config_signature read_signature(const struct plan_policy_source *source)
{
	const char *root = string_equal(source->root, "/") ? "" : source->root;
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_config_ struct config config = {0};
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r = rootfile_read(source->root_fd, source->root, CONFIG, CONFIG_SIZE_MAX, &file, &problem);

	config_init(&config);
	if (r == 0)
		(void)!config_parse(
			(const char *)file.bytes, file.len, &config, complain_config, (void *)root);
	else if (r != -ENOENT && r != -ENODATA)
		log_error("%s" CONFIG ": %s", root, problem_reason_text(&problem));
	return config.signature;
}

/* The value of security.ima, or of a detached signature where there is none. */
static int read_value(
	int fd, const struct plan_policy_source *source, uint8_t value[static IMASIG_MAX], size_t *len)
{
	_cleanup_problem_ struct problem ignored = {0};
	_cleanup_free_ char *name = NULL;
	_cleanup_buf_ struct buf bytes = {0};
	int r = imaxattr_get(fd, value, IMASIG_MAX, len);

	if (r == 0 && *len)
		return 0;
	*len = 0;
	if (source->in_root)
		return 0;
	if (asprintf(&name, "%s.sig", source->path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	if (infile_read(name, IMASIG_MAX, &bytes, &ignored) == 0)
		memcpy(value, bytes.data, *len = bytes.len);
	return 0;
}

static void check_signature(int fd, const struct plan_policy_source *source,
	const struct imaverify_ring *ring, struct plan_policy *policy)
{
	uint8_t value[IMASIG_MAX];
	struct imaverify verify;
	struct imaverify_result result = {0};
	struct stat st;
	size_t len = 0;
	int r = 0;

	if (source->signature)
		memcpy(value, source->signature, len = source->signature_len);
	else
		r = read_value(fd, source, value, &len);
	if (r < 0 || fstat(fd, &st) < 0 || imaverify_begin(ring, &verify) < 0) {
		problem_set(&policy->problem, -ENOMEM, "its signature cannot be verified: out of memory");
		return;
	}
	imaverify_file(&verify, fd, &st, value, len, &result);
	imaverify_end(&verify);
	policy->is_signed = result.cause == IMAVERIFY_SIGNED;
	policy->signer = result.signer ? result.signer->path : NULL;
	if (!policy->is_signed && policy->must_be_signed) {
		problem_set(&policy->problem, -EKEYREJECTED, "would not be loaded: %s",
			result.cause == IMAVERIFY_HASHED ? "has a digest, and no signature"
			: result.problem.error           ? problem_reason_text(&result.problem)
							 : imaverify_words(result.cause)->reason);
		problem_remedy(
			&policy->problem, "imactl sign --key KEY --cert CERT %s", problem_path(policy->path));
	}
	problem_free(&result.problem);
}

static int check_text(const struct target *target, struct plan_policy *policy)
{
	int r = policy_text_check(
		(const uint8_t *)buf_string(&policy->text), policy->text.len, policy->path, &policy->problem);

	if (lint_check(&target->model, policy->path, buf_string(&policy->text), policy->text.len, true,
		    &policy->lint) < 0) {
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

static int open_policy(const struct plan_policy_source *source, struct problem *problem)
{
	int fd;

	if (source->in_root)
		fd = rootfile_open(
			source->root_fd, source->root, source->in_root, INFILE_POLICY_MAX, problem);
	else
		fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0)
		return fd;
	if (!source->in_root)
		problem_set(problem, -errno, "cannot be opened: %s", strerror(errno));
	if (!problem->remedy)
		problem_remedy(problem, "name the policy with --policy");
	return problem->error;
}

int plan_policy_load(const struct plan_policy_source *source, const struct target *target,
	const struct imaverify_ring *ring, struct plan_policy *ret)
{
	const char *path = source->path;
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = -1;
	enum config_signature signature;
	int status;

	*ret = (struct plan_policy){.path = strdup(path)};
	if (!ret->path)
		return EXIT_FAILED;
	fd = open_policy(source, &problem);
	if (fd < 0)
		return complain(path, &problem);
	if (infile_read_fd(fd, INFILE_POLICY_MAX, &ret->text, &problem) < 0)
		return complain(path, &problem);
	status = check_text(target, ret);
	if (status)
		return status;
	signature = read_signature(source);
	/* As at boot: a machine that has signers wants signatures (imaboot.conf(5)). */
	ret->must_be_signed = signature == SIGNATURE_REQUIRED || (signature == SIGNATURE_AUTO && ring->count);
	if (!ret->problem.error)
		check_signature(fd, source, ring, ret);
	return 0;
}

void plan_policy_free(struct plan_policy *policy)
{
	free(policy->path);
	buf_free(&policy->text);
	lint_free(&policy->lint);
	problem_free(&policy->problem);
}
