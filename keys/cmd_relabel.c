// SPDX-License-Identifier: MIT
/*
 * imactl relabel: digests for the files that have none. With ima_appraise=fix the kernel writes them when a file that its
 * policy appraises is opened (ima_appraise.c, ima_appraise_measurement); else they are written here.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include "complain.h"
#include "files.h"
#include "filehash.h"
#include "imaxattr.h"
#include "imasig.h"
#include "interrupt.h"
#include "json.h"
#include "machine.h"
#include "progress.h"
#include "signer.h"
#include "verbs.h"

#define NAME "relabel"

static struct files_options opts;
static const char *hash_option, *by_option;
static bool dry_run_option, json_option;

static struct {
	bool by_kernel;
	unsigned int algo;
	atomic_uint_fast64_t labelled, right, is_signed, unlabelled, failed;
} work;

/* ---- who writes --------------------------------------------------------------------------- */

static int usage(const char *message)
{
	log_error(NAME ": %s; see 'imactl relabel --help'", message);
	return EXIT_USAGE;
}

static int choose(void)
{
	const char *hash = hash_option ? hash_option : "sha256";

	work.algo = string_equal(hash, "sha256")   ? DIGEST_SHA256
		    : string_equal(hash, "sha384") ? DIGEST_SHA384
		    : string_equal(hash, "sha512") ? DIGEST_SHA512
						   : 0;
	if (!work.algo)
		return usage("--hash is none of sha256, sha384, sha512");
	if (by_option && !string_equal(by_option, "kernel") && !string_equal(by_option, "imactl"))
		return usage("--by is none of kernel, imactl");
	work.by_kernel = by_option ? string_equal(by_option, "kernel") : machine_fixes();
	if (work.by_kernel && !machine_fixes())
		return usage(machine_has_secure_boot()
				     ? "the running kernel does not repair: under Secure Boot it ignores "
				       "ima_appraise=fix"
				     : "the running kernel does not repair: boot it with ima_appraise=fix");
	if (work.by_kernel && (hash_option || dry_run_option))
		return usage(
			"--hash and --dry-run are for --by imactl: the kernel has its own hash (ima_hash=)");
	return 0;
}

/* ---- one file ----------------------------------------------------------------------------- */

static void *begin_thread(void *shared)
{
	(void)shared;
	return calloc(1, sizeof(struct filehash));
}

static void end_thread(void *state)
{
	filehash_free(state);
	free(state);
}

/* What a file has already. */
enum label { LABEL_NONE, LABEL_DIGEST, LABEL_SIGNATURE };

static enum label label_of(const struct imasig *sig)
{
	return sig->kind == IMASIG_NONE     ? LABEL_NONE
	       : sig->kind == IMASIG_DIGEST ? LABEL_DIGEST
					    : LABEL_SIGNATURE;
}

/* A signature says more than a digest, and what is neither is for a person to look at: both stay. */
static int read_label(
	int fd, uint8_t value[static IMASIG_MAX], size_t *len, enum label *ret, struct problem *problem)
{
	int r = imaxattr_get(fd, value, IMASIG_MAX, len);
	struct imasig sig;

	*ret = LABEL_SIGNATURE;
	if (r == -ERANGE)
		return 0; /* no digest is that long */
	if (r < 0)
		return problem_set(problem, r,
			r == -EOPNOTSUPP ? "its file system has no security.ima"
					 : "its security.ima cannot be read: %s",
			strerror(-r));
	imasig_parse(value, *len, &sig);
	if (sig.kind == IMASIG_MALFORMED || sig.kind == IMASIG_UNKNOWN) {
		problem_set(problem, -EBADMSG,
			"its security.ima is neither a digest nor a whole signature, and was left alone");
		problem_remedy(problem,
			"sign it (imactl sign), or take the attribute away: setfattr -x security.ima");
		return -EBADMSG;
	}
	*ret = label_of(&sig);
	return 0;
}

/* Opening it was what the kernel needed; a look at the attribute tells whether it did anything. */
static int see_label(int fd, struct problem *problem)
{
	uint8_t value[IMASIG_MAX];
	enum label label;
	size_t len;
	int r = read_label(fd, value, &len, &label, problem);

	if (r == 0)
		atomic_fetch_add(label == LABEL_NONE     ? &work.unlabelled
				 : label == LABEL_DIGEST ? &work.labelled
							 : &work.is_signed,
			1);
	return r;
}

static int write_label(struct filehash *hash, int fd, const struct stat *st, struct problem *problem)
{
	uint8_t old[IMASIG_MAX], value[IMASIG_MAX], digest[DIGEST_MAX];
	enum label label;
	size_t old_len, len, digest_len;
	int r = read_label(fd, old, &old_len, &label, problem);

	if (r < 0)
		return r;
	if (label == LABEL_SIGNATURE) {
		atomic_fetch_add(&work.is_signed, 1);
		return 0;
	}
	r = filehash_file(hash, work.algo, fd, st, digest, &digest_len, problem);
	if (r < 0)
		return r;
	signer_wrap(work.algo, digest, digest_len, value, &len);
	if (len == old_len && memcmp(value, old, len) == 0) {
		atomic_fetch_add(&work.right, 1);
		return 0;
	}
	r = dry_run_option ? 0 : imaxattr_set(fd, value, len, problem);
	if (r == 0)
		atomic_fetch_add(&work.labelled, 1);
	return r;
}

static void label_file(void *state, const struct fileitem *item)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = work.by_kernel ? see_label(item->fd, &problem)
			       : write_label(state, item->fd, item->st, &problem);

	if (r == -EINTR || r >= 0)
		return;
	progress_complain(item->path, &problem);
	atomic_fetch_add(&work.failed, 1);
}

/* ---- all of them -------------------------------------------------------------------------- */

static void count(const char *text, uint64_t number)
{
	if (number)
		printf(", %" PRIu64 " %s", number, text);
}

static void print_json(const struct files_counts *counts, uint64_t failed)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};

	json_object_begin(&json, NULL);
	json_string(&json, "by", work.by_kernel ? "kernel" : "imactl");
	json_bool(&json, "dry_run", dry_run_option);
	json_number(&json, "labelled", atomic_load(&work.labelled));
	json_number(&json, "right", atomic_load(&work.right));
	json_number(&json, "signed", atomic_load(&work.is_signed));
	json_number(&json, "not_appraised", atomic_load(&work.unlabelled));
	json_number(&json, "skipped", counts->skipped);
	json_number(&json, "failed", failed);
	json_object_end(&json);
	printf("%s\n", buf_string(&text));
}

static void print_text(const struct files_counts *counts, uint64_t failed)
{
	printf("files: %" PRIu64 " %s", (uint64_t)atomic_load(&work.labelled),
		work.by_kernel   ? "have a digest"
		: dry_run_option ? "would be given a digest"
				 : "given a digest");
	count("had the right one", atomic_load(&work.right));
	count("are signed, and were left alone", atomic_load(&work.is_signed));
	count("got none: no rule of the policy in force appraises them", atomic_load(&work.unlabelled));
	count("skipped", counts->skipped);
	count("failed", failed);
	printf("\n");
}

static int summarize(const struct files_counts *counts)
{
	uint64_t failed = counts->failed + atomic_load(&work.failed);
	uint64_t done = atomic_load(&work.labelled) + atomic_load(&work.right) +
			atomic_load(&work.is_signed) + atomic_load(&work.unlabelled) +
			atomic_load(&work.failed);

	if (json_option)
		print_json(counts, failed);
	else
		print_text(counts, failed);
	if (interrupted())
		log_error(NAME ": interrupted; each file has its old label or the new one");
	else if (done < counts->handled)
		log_error(NAME ": out of memory; not all files were looked at");
	return failed || interrupted() || done < counts->handled ? EXIT_FAILED : EXIT_DONE;
}

static int run_relabel(size_t operand_count, char **operands)
{
	static const struct files_task task = {.verb = NAME,
		.done = "labelled",
		.begin = begin_thread,
		.file = label_file,
		.end = end_thread};
	struct files_counts counts;
	int status = choose();

	if (!status && !operand_count && !opts.root && !opts.from0)
		opts.root = "/";
	if (!status)
		status = files_run(&opts, operand_count, operands, &task, &counts);
	return status ? status : summarize(&counts);
}

static const struct verb_option options[] = {
	FILES_OPTIONS(opts),
	{.name = "by",
		.argument = "WHO",
		.help = "kernel (with ima_appraise=fix), or imactl",
		.value = &by_option},
	{.name = "hash",
		.argument = "NAME",
		.help = "sha256 (the default), sha384 or sha512",
		.value = &hash_option},
	{.name = "dry-run", .help = "write nothing, only count", .flag = &dry_run_option},
	{.name = "json", .help = "print the counts as an object", .flag = &json_option},
	{0},
};

const struct verb verb_relabel = {
	.name = NAME,
	.operands = "[FILE]...",
	.operands_max = (size_t)-1,
	.summary = "give digests to files that have no signature",
	.details =
		"Where the kernel was booted with ima_appraise=fix it writes them itself when a file is "
		"opened\n"
		"that its policy appraises; else they are written here, and signatures are never replaced. "
		"Without\n"
		"files the whole root file system is meant.",
	.options = options,
	.run = run_relabel,
};
