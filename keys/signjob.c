// SPDX-License-Identifier: MIT
/* What becomes of each file; see signjob.h. */
#include "signjob.h"

#include <errno.h>
#include <stdio.h>
#include "buf.h"
#include "escape.h"
#include "executable.h"
#include "fileid.h"
#include "imaxattr.h"
#include "infile.h"
#include "log.h"
#include "mutability.h"
#include "others.h"
#include "outfile.h"
#include "policy_text.h"
#include "progress.h"
#include "x509.h"

#define POLICY_NAME "ima-policy"

/* A thread's own. */
struct thread {
	struct signjob *job;
	EVP_PKEY_CTX *context, *verify;
	struct filehash hash;
};

/* The file at hand. */
struct subject {
	const struct fileitem *item;
	bool is_digest;     /* it gets a digest, no signature */
	const char *others; /* why others may have written what would be executed; NULL: they may not */
	uint8_t digest[DIGEST_MAX];
	size_t digest_len;
};

void signjob_end(void *state)
{
	struct thread *thread = state;

	EVP_PKEY_CTX_free(thread->context);
	EVP_PKEY_CTX_free(thread->verify);
	filehash_free(&thread->hash);
	free(thread);
}

static EVP_PKEY_CTX *make_verify_context(const struct signer *signer)
{
	_cleanup_pkey_ EVP_PKEY *key = x509_public(signer->key);

	return key ? signer_verify_context(key, signer->algo) : NULL;
}

void *signjob_begin(void *shared)
{
	struct thread *thread = calloc(1, sizeof(*thread));
	const struct signer *signer;

	if (!thread)
		return NULL;
	thread->job = shared;
	signer = &thread->job->signer;
	if (!signer->key)
		return thread;
	thread->context = signer_context(signer);
	if (thread->job->skip_valid)
		thread->verify = make_verify_context(signer);
	if (thread->context && (thread->verify || !thread->job->skip_valid))
		return thread;
	log_error("sign: the key cannot be used to sign: %s", ossl_reason());
	signjob_end(thread);
	return NULL;
}

/* A policy that a kernel would refuse as a whole, or that does nothing, is not worth a signature. */
static bool is_policy(const struct signjob *job, const char *path)
{
	const char *slash = strrchr(path, '/');

	return job->is_policy || string_equal(slash ? slash + 1 : path, POLICY_NAME);
}

static int check_policy(const struct subject *subject, struct problem *problem)
{
	_cleanup_buf_ struct buf bytes = {0};
	int r = infile_read_fd(subject->item->fd, INFILE_POLICY_MAX, &bytes, problem);

	if (r < 0)
		return r;
	return policy_text_check(
		(const uint8_t *)buf_string(&bytes), bytes.len, subject->item->path, problem);
}

/*
 * Whether the running system changes the file; what is executed is for the signer to change. A signature beside the
 * file hinders nobody.
 */
static bool is_mutable(const struct signjob *job, const struct fileitem *item)
{
	return !job->detached && item->inside && mutability_of(item->inside) &&
	       !is_executable(item->fd, item->path);
}

static int write_detached(const char *path, const uint8_t *value, size_t len, struct problem *problem)
{
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s.sig", path) < 0) {
		name = NULL;
		return problem_set(problem, -ENOMEM, "out of memory");
	}
	return outfile_write(name, value, len, 0644, true, problem);
}

static void announce(const char *path)
{
	_cleanup_buf_ struct buf line = {0};

	escape_string(&line, path);
	buf_putc(&line, '\n');
	progress_write(&line);
}

static bool is_valid(const struct thread *thread, const struct subject *subject)
{
	struct signer signer = thread->job->signer;
	uint8_t value[IMASIG_MAX];
	size_t len;

	if (subject->is_digest)
		signer.key = NULL;
	return imaxattr_get(subject->item->fd, value, sizeof(value), &len) == 0 &&
	       signer_has_made(&signer, thread->verify, subject->digest, subject->digest_len, value, len);
}

static int list(const struct thread *thread, const struct subject *subject, struct problem *problem)
{
	const struct signer *signer = &thread->job->signer;
	const struct manifest_entry entry = {.path = subject->item->path,
		.algo = signer->algo,
		.digest = subject->digest,
		.digest_len = subject->digest_len,
		.is_signed = !subject->is_digest,
		.key_id = signer->key_id};

	return thread->job->manifest ? manifest_add(thread->job->manifest, &entry, problem) : 0;
}

static int write_value(const struct thread *thread, const struct subject *subject, struct problem *problem)
{
	const struct signer *signer = &thread->job->signer;
	uint8_t value[IMASIG_MAX];
	size_t len = 0;
	int r = 0;

	if (subject->is_digest)
		signer_wrap(signer->algo, subject->digest, subject->digest_len, value, &len);
	else
		r = signer_make(
			signer, thread->context, subject->digest, subject->digest_len, value, &len, problem);
	if (r < 0)
		return r;
	return thread->job->detached ? write_detached(subject->item->path, value, len, problem)
				     : imaxattr_set(subject->item->fd, value, len, problem);
}

/* What is executed with this signer's word for it must not be what a user has left in the tree. */
static const char *find_others(const struct signjob *job, const struct fileitem *item)
{
	const char *reason = NULL;

	if (job->signer.key && item->is_found && !job->sign_writable)
		reason = others_may_write(item->inside, item->st, &job->root);
	return reason && is_executable(item->fd, item->path) ? reason : NULL;
}

static void leave_to_others(struct signjob *job, const struct subject *subject)
{
	_cleanup_problem_ struct problem problem = {0};

	problem_set(&problem, -EPERM, "is executable and was not signed: %s", subject->others);
	progress_complain(subject->item->path, &problem);
	atomic_fetch_add(&job->others, 1);
}

/* What became of a file. */
enum { SIGN_DONE, SIGN_VALID, SIGN_OTHERS };

/* Returns one of those, or a negative errno with *problem set. */
static int sign_one(struct thread *thread, struct subject *subject, struct problem *problem)
{
	const struct signjob *job = thread->job;
	int r;

	if (subject->others && !job->skip_valid)
		return SIGN_OTHERS;
	r = is_policy(job, subject->item->path) ? check_policy(subject, problem) : 0;
	if (r == 0)
		r = fileid_make(subject->is_digest ? IMASIG_V2 : job->signer.kind, &thread->hash,
			job->signer.algo, subject->item->fd, subject->item->st, subject->digest,
			&subject->digest_len, problem);
	if (r < 0)
		return r;
	if (job->skip_valid && is_valid(thread, subject)) {
		r = list(thread, subject, problem);
		return r < 0 ? r : SIGN_VALID;
	}
	if (subject->others)
		return SIGN_OTHERS;
	if (job->dry_run)
		announce(subject->item->path);
	else
		r = write_value(thread, subject, problem);
	return r < 0 ? r : list(thread, subject, problem);
}

void signjob_file(void *state, const struct fileitem *item)
{
	_cleanup_problem_ struct problem problem = {0};
	struct thread *thread = state;
	struct signjob *job = thread->job;
	struct subject subject = {
		.item = item, .is_digest = !job->signer.key, .others = find_others(job, item)};
	int r;

	if (!subject.is_digest && job->mutable_files != MUTABLE_SIGN && is_mutable(job, item)) {
		if (job->mutable_files == MUTABLE_SKIP) {
			atomic_fetch_add(&job->left, 1);
			return;
		}
		subject.is_digest = true;
	}
	r = sign_one(thread, &subject, &problem);
	if (r == -EINTR)
		return; /* as if it had not been begun */
	if (r == SIGN_OTHERS) {
		leave_to_others(job, &subject);
	} else if (r < 0) {
		progress_complain(item->path, &problem);
		atomic_fetch_add(&job->failed, 1);
	} else {
		atomic_fetch_add(r == SIGN_VALID     ? &job->valid
				 : subject.is_digest ? &job->digests
						     : &job->signed_files,
			1);
	}
}
