// SPDX-License-Identifier: MIT
/* imactl verify: the signatures and digests of files against certificates, failures by cause. */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/utsname.h>
#include "complain.h"
#include "files.h"
#include "imaverify.h"
#include "imaxattr.h"
#include "infile.h"
#include "interrupt.h"
#include "json.h"
#include "policy_model.h"
#include "progress.h"
#include "signers.h"
#include "verbs.h"

#define NAME "verify"

static struct files_options opts;
static struct verb_strings cert_option;
static bool json_option, detached_option, quiet_option, running_option;

static struct {
	struct signers signers;
	struct imaverify_ring ring;
	atomic_uint_fast64_t causes[IMAVERIFY_CAUSES];
	atomic_uint_fast64_t formats[IMASIG_MALFORMED + 1]; /* of good signatures */
	atomic_uint_fast64_t lack_verity; /* those for fs-verity on files that do not have it */
	bool has_entry;                   /* the JSON array is not empty */
} work;

/* The words of --format, and what else there is; NULL for what is none. */
static const char *format_name(enum imasig_kind kind)
{
	static const char *const names[] = {[IMASIG_DIGEST] = "digest",
		[IMASIG_V1] = "v1",
		[IMASIG_V2] = "v2",
		[IMASIG_V3] = "v3",
		[IMASIG_VERITY] = "verity",
		[IMASIG_MALFORMED] = NULL};

	return names[kind];
}

static bool is_good(enum imaverify_cause cause)
{
	return cause == IMAVERIFY_SIGNED || cause == IMAVERIFY_HASHED;
}

static void end_thread(void *state)
{
	imaverify_end(state);
	free(state);
}

static void *begin_thread(void *shared)
{
	struct imaverify *verify = calloc(1, sizeof(*verify));

	(void)shared;
	if (verify && imaverify_begin(&work.ring, verify) == 0)
		return verify;
	free(verify);
	return NULL;
}

/* ---- one file ----------------------------------------------------------------------------- */

static int read_value(int fd, const char *path, uint8_t *ret, size_t *len, struct problem *problem)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_buf_ struct buf bytes = {0};
	int r;

	*len = 0;
	if (!detached_option) {
		r = imaxattr_get(fd, ret, IMASIG_MAX, len);
		if (r == -EOPNOTSUPP)
			r = 0;
		return r < 0 ? problem_set(problem, r, "its security.ima cannot be read: %s", strerror(-r))
			     : 0;
	}
	if (asprintf(&name, "%s.sig", path) < 0) {
		name = NULL;
		return problem_set(problem, -ENOMEM, "out of memory");
	}
	if (access(name, F_OK) < 0 && errno == ENOENT)
		return 0;
	r = infile_read(name, IMASIG_MAX, &bytes, problem);
	if (r == 0)
		memcpy(ret, bytes.data, *len = bytes.len);
	return r == -ENODATA ? 0 : r;
}

static void say_json(const char *path, const struct imaverify_result *result)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	const struct imaverify_words *words = imaverify_words(result->cause);
	bool has_id = result->sig.kind == IMASIG_V2 || result->sig.kind == IMASIG_V3 ||
		      result->sig.kind == IMASIG_VERITY;
	char id[16] = "";

	(void)snprintf(id, sizeof(id), "%08" PRIx32, result->sig.key_id);
	json_object_begin(&json, NULL);
	json_string(&json, "path", path);
	json_string(&json, "result", is_good(result->cause) ? "good" : "failed");
	json_string(&json, "cause", words->id);
	json_string(&json, "reason",
		result->problem.error ? problem_reason_text(&result->problem) : words->reason);
	json_string(&json, "format", format_name(result->sig.kind));
	json_string(&json, "hash", result->sig.kind == IMASIG_NONE ? NULL : digest_name(result->sig.algo));
	json_string(&json, "key_id", has_id ? id : NULL);
	json_string(&json, "cert", result->signer ? result->signer->path : NULL);
	if (result->cause == IMAVERIFY_SIGNED && result->sig.kind == IMASIG_VERITY)
		json_bool(&json, "fs_verity", !result->lacks_verity);
	json_object_end(&json);
	progress_write_member(&text, &work.has_entry);
}

static void say_failure(const char *path, const struct imaverify_result *result)
{
	_cleanup_problem_ struct problem problem = {0};
	const struct imaverify_words *words = imaverify_words(result->cause);

	if (result->problem.error)
		progress_complain(path, &result->problem);
	else if (result->cause == IMAVERIFY_UNKNOWN_KEY)
		problem_set(&problem, -ENOKEY,
			"is signed with the key %08" PRIx32 ", and no certificate of it was given",
			result->sig.key_id);
	else
		problem_set(&problem, -EBADMSG, "%s", words->reason);
	if (problem.error)
		progress_complain(path, &problem);
}

static void count_result(const struct imaverify_result *result)
{
	atomic_fetch_add(&work.causes[result->cause], 1);
	if (result->cause != IMAVERIFY_SIGNED)
		return;
	atomic_fetch_add(&work.formats[result->sig.kind], 1);
	if (result->lacks_verity)
		atomic_fetch_add(&work.lack_verity, 1);
}

static void verify_file(void *state, const struct fileitem *item)
{
	uint8_t value[IMASIG_MAX];
	struct imaverify_result result = {0};
	size_t len;

	if (read_value(item->fd, item->path, value, &len, &result.problem) < 0)
		result.cause = result.problem.error == -ERANGE || result.problem.error == -EFBIG
				       ? IMAVERIFY_MALFORMED
				       : IMAVERIFY_UNREADABLE;
	else
		imaverify_file(state, item->fd, item->st, value, len, &result);
	if (result.problem.error != -EINTR) {
		count_result(&result);
		if (json_option)
			say_json(item->path, &result);
		else if (!is_good(result.cause) && !quiet_option)
			say_failure(item->path, &result);
	}
	problem_free(&result.problem);
}

/* ---- all of them -------------------------------------------------------------------------- */

/* The most frequent cause that was not said; -1 when all were. */
static int next_cause(const bool *said)
{
	int i, best = -1;

	for (i = 0; i < IMAVERIFY_CAUSES; i++)
		if (!said[i] && !is_good((enum imaverify_cause)i) && atomic_load(&work.causes[i]) &&
			(best < 0 || atomic_load(&work.causes[i]) > atomic_load(&work.causes[best])))
			best = i;
	return best;
}

static void print_causes(void)
{
	bool said[IMAVERIFY_CAUSES] = {false};
	const struct imaverify_words *words;
	int cause;

	while ((cause = next_cause(said)) >= 0) {
		said[cause] = true;
		words = imaverify_words((enum imaverify_cause)cause);
		printf("%8" PRIu64 " %s: %s", (uint64_t)atomic_load(&work.causes[cause]), words->id,
			words->reason);
		if (words->remedy)
			printf("; %s", words->remedy);
		printf("\n");
	}
}

static uint64_t count_failed(const struct files_counts *counts)
{
	uint64_t failed = counts->failed;
	int i;

	for (i = 0; i < IMAVERIFY_CAUSES; i++)
		if (!is_good((enum imaverify_cause)i))
			failed += atomic_load(&work.causes[i]);
	return failed;
}

static void print_json_end(const struct files_counts *counts)
{
	static const enum imasig_kind formats[] = {IMASIG_V2, IMASIG_V3, IMASIG_VERITY};
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	size_t i;

	json_object_begin(&json, "counts");
	for (i = 0; i < IMAVERIFY_CAUSES; i++)
		json_number(
			&json, imaverify_words((enum imaverify_cause)i)->id, atomic_load(&work.causes[i]));
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		json_number(&json, format_name(formats[i]), atomic_load(&work.formats[formats[i]]));
	json_number(&json, "without_fs_verity", atomic_load(&work.lack_verity));
	json_number(&json, "unopened", counts->failed);
	json_number(&json, "skipped", counts->skipped);
	json_object_end(&json);
	printf("],%s}\n", buf_string(&text));
}

/* Not every kernel takes the newer formats, so they are told apart where there are any. */
static void print_formats(void)
{
	uint64_t v3 = atomic_load(&work.formats[IMASIG_V3]),
		 verity = atomic_load(&work.formats[IMASIG_VERITY]);

	if (v3 && verity)
		printf(" (%" PRIu64 " of format v3, %" PRIu64 " of verity)", v3, verity);
	else if (v3 || verity)
		printf(" (%" PRIu64 " of format %s)", v3 + verity, v3 ? "v3" : "verity");
}

static void print_text(const struct files_counts *counts, uint64_t good, uint64_t hashed, uint64_t failed)
{
	printf("files: %" PRIu64 " with a good signature", good);
	print_formats();
	printf(", %" PRIu64 " with a good digest, %" PRIu64 " failed", hashed, failed);
	if (counts->skipped)
		printf(", %" PRIu64 " skipped", counts->skipped);
	printf("\n");
	print_causes();
	if (counts->failed)
		printf("%8" PRIu64 " could not be opened\n", counts->failed);
	if (atomic_load(&work.lack_verity))
		printf("%8" PRIu64
		       " are signed for fs-verity and do not have it: no kernel appraises them before "
		       "they do; give it to them: fsverity enable\n",
			(uint64_t)atomic_load(&work.lack_verity));
}

static int summarize(const struct files_counts *counts)
{
	uint64_t good = atomic_load(&work.causes[IMAVERIFY_SIGNED]);
	uint64_t hashed = atomic_load(&work.causes[IMAVERIFY_HASHED]);
	uint64_t failed = count_failed(counts);

	if (json_option)
		print_json_end(counts);
	else
		print_text(counts, good, hashed, failed);
	if (good + hashed + failed < counts->handled + counts->failed) {
		log_error(NAME ": %s; not all files were looked at",
			interrupted() ? "interrupted" : "out of memory");
		return EXIT_FAILED;
	}
	if (!good && !hashed && !failed && !interrupted()) {
		log_error(NAME ": no file was looked at; name files, or leave out what skips them");
		return EXIT_FAILED;
	}
	return failed || interrupted() ? EXIT_FAILED : EXIT_DONE;
}

/* The version of the running kernel where it is the one that is asked about, else 0. */
static unsigned int find_kernel(void)
{
	struct utsname running;
	unsigned int version;
	int r;

	if (!running_option || uname(&running) < 0)
		return 0;
	r = kernel_version_parse(running.release, &version);
	return r == -ERANGE ? KERNEL_OLDEST : r < 0 ? 0 : version;
}

static int check_options(void)
{
	if (!cert_option.count && !running_option) {
		log_error(NAME ": --cert is missing; see 'imactl verify --help'");
		return EXIT_USAGE;
	}
	if (detached_option && opts.root) {
		log_error(
			NAME ": --detached is for single files, not for --root; see 'imactl verify --help'");
		return EXIT_USAGE;
	}
	return 0;
}

static int run_verify(size_t count, char **operands)
{
	static const struct files_task task = {.verb = NAME,
		.done = "verified",
		.begin = begin_thread,
		.file = verify_file,
		.end = end_thread};
	struct files_counts counts;
	int status = check_options();

	if (!status)
		status = signers_load(&cert_option, running_option, &work.signers);
	if (!status) {
		work.ring = (struct imaverify_ring){
			.certs = work.signers.certs, .count = work.signers.count, .kernel = find_kernel()};
		if (json_option)
			printf("{\"files\":[");
		status = files_run(&opts, count, operands, &task, &counts);
		if (!status)
			status = summarize(&counts);
		else if (json_option)
			printf("]}\n");
	}
	signers_free(&work.signers);
	return status;
}

static const struct verb_option options[] = {
	{.name = "cert",
		.argument = "CERT",
		.help = "a signer's certificate; may be repeated",
		.list = &cert_option},
	{.name = "running",
		.help = "count only the signers whose keys the running kernel has",
		.flag = &running_option},
	FILES_OPTIONS(opts),
	{.name = "detached", .help = "read FILE.sig instead of security.ima", .flag = &detached_option},
	{.name = "quiet", .help = "no line for each failed file, only the causes", .flag = &quiet_option},
	{.name = "json", .help = "print an object with every file and the counts", .flag = &json_option},
	{0},
};

const struct verb verb_verify = {
	.name = NAME,
	.operands = "[FILE]...",
	.operands_max = (size_t)-1,
	.summary = "verify signatures of files, or of whole trees",
	.details = "Signatures over SHA-2, and digests. Whether a kernel trusts the certificates is not\n"
		   "asked without --running: that is 'imactl key check'. The status is 1 when a file has "
		   "neither a good\n"
		   "signature nor a good digest, and when there is no file.",
	.options = options,
	.run = run_verify,
};
