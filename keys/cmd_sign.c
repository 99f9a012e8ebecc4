// SPDX-License-Identifier: MIT
/* imactl sign: signatures (or digests) of files into security.ima, or beside them. */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include "complain.h"
#include "escape.h"
#include "filehash.h"
#include "files.h"
#include "imaxattr.h"
#include "infile.h"
#include "outfile.h"
#include "pkey.h"
#include "policy_text.h"
#include "progress.h"
#include "signer.h"
#include "verbs.h"

#define NAME "sign"
#define POLICY_NAME "ima-policy"

static struct files_options opts;
static struct passphrase_source passphrase;
static const char *key_option, *cert_option, *hash_option;
static bool policy_option, detached_option, hash_only_option, dry_run_option, skip_valid_option;

/* What the threads share; the signer is not changed while they run. */
static struct {
	struct signer signer;
	atomic_uint_fast64_t signed_files, valid, failed;
} work;

/* A thread's own. */
struct thread {
	EVP_PKEY_CTX *context, *verify;
	struct filehash hash;
};

static void end_thread(void *state)
{
	struct thread *thread = state;

	EVP_PKEY_CTX_free(thread->context);
	EVP_PKEY_CTX_free(thread->verify);
	filehash_free(&thread->hash);
	free(thread);
}

static void *begin_thread(void *shared)
{
	struct thread *thread = calloc(1, sizeof(*thread));

	(void)shared;
	if (!thread || !work.signer.key)
		return thread;
	thread->context = signer_context(&work.signer);
	thread->verify = signer_verify_context(work.signer.key, work.signer.algo);
	if (thread->context && thread->verify)
		return thread;
	log_error(NAME ": the key cannot be used to sign: %s", ossl_reason());
	end_thread(thread);
	return NULL;
}

/* A policy that a kernel would refuse as a whole, or that does nothing, is not worth a signature. */
static bool is_policy(const char *path)
{
	const char *slash = strrchr(path, '/');

	return policy_option || string_equal(slash ? slash + 1 : path, POLICY_NAME);
}

static int check_policy(int fd, const char *path, struct problem *problem)
{
	_cleanup_buf_ struct buf bytes = {0};
	int r = infile_read_fd(fd, INFILE_POLICY_MAX, &bytes, problem);

	if (r < 0)
		return r;
	return policy_text_check((const uint8_t *)buf_string(&bytes), bytes.len, path, problem);
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

static bool is_valid(struct thread *thread, int fd, const uint8_t *digest, size_t digest_len)
{
	uint8_t value[IMASIG_MAX];
	size_t len;

	return imaxattr_get(fd, value, sizeof(value), &len) == 0 &&
	       signer_has_made(&work.signer, thread->verify, digest, digest_len, value, len);
}

/* Returns 1 when there was nothing to do, 0 when it is signed, or a negative errno. */
static int sign_one(
	struct thread *thread, int fd, const char *path, const struct stat *st, struct problem *problem)
{
	uint8_t digest[DIGEST_MAX], value[IMASIG_MAX];
	size_t digest_len = 0, len;
	int r = is_policy(path) ? check_policy(fd, path, problem) : 0;

	if (r == 0)
		r = filehash_file(&thread->hash, work.signer.algo, fd, st, digest, &digest_len, problem);
	if (r < 0)
		return r;
	if (skip_valid_option && is_valid(thread, fd, digest, digest_len))
		return 1;
	if (dry_run_option) {
		announce(path);
		return 0;
	}
	r = signer_make(&work.signer, thread->context, digest, digest_len, value, &len, problem);
	if (r < 0)
		return r;
	return detached_option ? write_detached(path, value, len, problem)
			       : imaxattr_set(fd, value, len, problem);
}

static void sign_file(void *state, int fd, const char *path, const struct stat *st)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = sign_one(state, fd, path, st, &problem);

	if (r == -EINTR)
		return; /* as if it had not been begun */
	if (r >= 0) {
		atomic_fetch_add(r ? &work.valid : &work.signed_files, 1);
		return;
	}
	progress_complain(path, &problem);
	atomic_fetch_add(&work.failed, 1);
}

static int usage(const char *message)
{
	log_error(NAME ": %s; see 'imactl sign --help'", message);
	return EXIT_USAGE;
}

static int check_options(void)
{
	const char *hash = hash_option ? hash_option : "sha256";

	work.signer.algo = string_equal(hash, "sha256")   ? DIGEST_SHA256
			   : string_equal(hash, "sha384") ? DIGEST_SHA384
			   : string_equal(hash, "sha512") ? DIGEST_SHA512
							  : 0;
	if (!work.signer.algo) {
		log_error(NAME ": --hash '%s' is none of sha256, sha384, sha512", hash);
		return EXIT_USAGE;
	}
	if (hash_only_option && (key_option || cert_option))
		return usage("--hash-only needs no --key and no --cert");
	if (!hash_only_option && !key_option)
		return usage("--key is missing");
	if (detached_option && opts.root)
		return usage("--detached is for single files, not for --root");
	if (detached_option && skip_valid_option)
		return usage("--skip-valid looks at security.ima, not at detached signatures");
	return 0;
}

static int load_signer(void)
{
	_cleanup_problem_ struct problem problem = {0};

	if (hash_only_option)
		return 0;
	if (pkey_load(key_option, &passphrase, &work.signer.key, &problem) < 0 ||
		pkey_check(work.signer.key, &problem) < 0)
		return complain(key_option, &problem);
	if (signer_set_id(&work.signer, cert_option, &problem) < 0)
		return complain(cert_option ? cert_option : key_option, &problem);
	if (work.signer.is_expired)
		log_warning("%s: has expired; kernels do not look at dates, other programs do", cert_option);
	if (work.signer.is_unfit)
		log_warning("%s: kernels refuse it for .ima from Linux 6.6 on: see imactl key check",
			cert_option);
	return 0;
}

static int summarize(const struct files_counts *counts)
{
	uint64_t done = atomic_load(&work.signed_files), valid = atomic_load(&work.valid);
	uint64_t failed = counts->failed + atomic_load(&work.failed);
	const char *what = hash_only_option ? "given a digest" : "signed";
	uint64_t lost = counts->handled - done - valid - atomic_load(&work.failed);

	printf("files: %" PRIu64 " %s%s", done, dry_run_option ? "would be " : "", what);
	if (valid)
		printf(", %" PRIu64 " were already", valid);
	if (counts->skipped)
		printf(", %" PRIu64 " skipped", counts->skipped);
	if (failed)
		printf(", %" PRIu64 " failed", failed);
	printf("\n");
	if (files_interrupted())
		log_error(NAME ": interrupted; each file is either signed or as it was");
	else if (lost)
		log_error(NAME ": %" PRIu64 " files were not signed: no thread could begin", lost);
	return failed || lost || files_interrupted() ? EXIT_FAILED : EXIT_DONE;
}

static int run_sign(size_t count, char **operands)
{
	static const struct files_task task = {
		.verb = NAME, .done = "signed", .begin = begin_thread, .file = sign_file, .end = end_thread};
	struct files_counts counts;
	int status = check_options();

	if (!status)
		status = load_signer();
	if (!status)
		status = files_run(&opts, count, operands, &task, &counts);
	if (!status)
		status = summarize(&counts);
	EVP_PKEY_free(take_pointer(work.signer.key));
	return status;
}

static const struct verb_option options[] = {
	{.name = "key", .argument = "FILE", .help = "the signer's private key", .value = &key_option},
	{.name = "cert",
		.argument = "CERT",
		.help = "its certificate: gives the key id, and must be the key's",
		.value = &cert_option},
	PASSPHRASE_OPTIONS(passphrase),
	FILES_OPTIONS(opts),
	{.name = "hash",
		.argument = "NAME",
		.help = "sha256 (the default), sha384 or sha512",
		.value = &hash_option},
	{.name = "hash-only",
		.help = "no signature: the digest alone, for files that change",
		.flag = &hash_only_option},
	{.name = "detached", .help = "write FILE.sig instead of security.ima", .flag = &detached_option},
	{.name = "policy", .help = "the files are policies: check them first", .flag = &policy_option},
	{.name = "skip-valid",
		.help = "leave files alone that have this signer's signature",
		.flag = &skip_valid_option},
	{.name = "dry-run", .help = "only print the names of the files", .flag = &dry_run_option},
	{0},
};

const struct verb verb_sign = {
	.name = NAME,
	.operands = "[FILE]...",
	.operands_max = (size_t)-1,
	.summary = "sign files, or whole trees",
	.details = "Writes a signature to each file's security.ima, as 'evmctl ima_sign' does. Files named\n"
		   "ima-policy are checked as policies first. Without --cert the key id is that of a\n"
		   "certificate whose subjectKeyIdentifier is the SHA-1 of the key, the usual one.",
	.options = options,
	.run = run_sign,
};
