// SPDX-License-Identifier: MIT
/* imactl sign: signatures (or digests) of files into security.ima, or beside them. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include "complain.h"
#include "interrupt.h"
#include "outfile.h"
#include "pkey.h"
#include "secrets.h"
#include "signjob.h"
#include "token.h"
#include "verbs.h"

#define NAME "sign"

static struct files_options opts;
static struct passphrase_source passphrase;
static const char *key_option, *cert_option, *hash_option, *format_option, *mutable_option, *manifest_option;
static bool hash_only_option;
static struct signjob job; /* what the threads share */

static int usage(const char *message)
{
	log_error(NAME ": %s; see 'imactl sign --help'", message);
	return EXIT_USAGE;
}

/* The number of a word in a list that ends with NULL; without a word 0, and -1 where it is not in it. */
static int find_word(const char *word, const char *const *words)
{
	int i;

	for (i = 0; word && words[i]; i++)
		if (string_equal(word, words[i]))
			return i;
	return word ? -1 : 0;
}

static int parse_words(void)
{
	static const enum imasig_kind kinds[] = {IMASIG_V2, IMASIG_V3, IMASIG_VERITY};
	static const char *const formats[] = {"v2", "v3", "verity", NULL};
	static const char *const mutables[] = {"digest", "sign", "skip", NULL};
	int format = find_word(format_option, formats), mutable = find_word(mutable_option, mutables);

	if (format < 0)
		log_error(NAME ": --format '%s' is none of v2, v3, verity", format_option);
	if (mutable < 0)
		log_error(NAME ": --mutable '%s' is none of digest, sign, skip", mutable_option);
	if (format < 0 || mutable < 0)
		return EXIT_USAGE;
	job.signer.kind = kinds[format];
	job.mutable_files = (enum signjob_mutable) mutable;
	return 0;
}

static int check_options(void)
{
	const char *hash = hash_option ? hash_option : "sha256";

	job.signer.algo = string_equal(hash, "sha256")   ? DIGEST_SHA256
			  : string_equal(hash, "sha384") ? DIGEST_SHA384
			  : string_equal(hash, "sha512") ? DIGEST_SHA512
							 : 0;
	if (!job.signer.algo) {
		log_error(NAME ": --hash '%s' is none of sha256, sha384, sha512", hash);
		return EXIT_USAGE;
	}
	if (parse_words())
		return EXIT_USAGE;
	if (token_refuse_pin(NAME, key_option))
		return EXIT_USAGE;
	if (hash_only_option && (key_option || cert_option))
		return usage("--hash-only needs no --key and no --cert");
	if (!hash_only_option && !key_option)
		return usage("--key is missing");
	if (hash_only_option && format_option)
		return usage("--format is of signatures, and --hash-only makes none");
	if (job.detached && opts.root)
		return usage("--detached is for single files, not for --root");
	if (job.dry_run && manifest_option)
		return usage("--manifest lists what was signed, and --dry-run signs nothing");
	if (job.detached && job.skip_valid)
		return usage("--skip-valid looks at security.ima, not at detached signatures");
	return 0;
}

/* The list must not take the place of what is read here, and is tried before any work is done. */
static int check_manifest(size_t count, char *const *operands)
{
	const char *const inputs[] = {key_option, cert_option, passphrase.file, opts.from0};
	_cleanup_problem_ struct problem problem = {0};
	bool is_input = false;
	size_t i;

	if (!manifest_option)
		return 0;
	for (i = 0; !manifest_is_stdout(manifest_option) && i < ARRAY_SIZE(inputs) + count; i++) {
		const char *input = i < count ? operands[i] : inputs[i - count];

		is_input = is_input || (input && outfile_is_same(manifest_option, input));
	}
	if (is_input) {
		log_error(NAME ": --manifest '%s' is a file that is read here; name another one",
			manifest_option);
		return EXIT_USAGE;
	}
	return manifest_check(manifest_option, &problem) < 0 ? complain(manifest_option, &problem) : 0;
}

static int load_signer(void)
{
	_cleanup_problem_ struct problem problem = {0};

	if (hash_only_option)
		return 0;
	if (pkey_load(key_option, &passphrase, &job.signer.key, &problem) < 0 ||
		pkey_check(job.signer.key, &problem) < 0)
		return complain(key_option, &problem);
	if (signer_set_id(&job.signer, cert_option, &problem) < 0)
		return complain(cert_option ? cert_option : key_option, &problem);
	if (job.signer.is_expired)
		log_warning("%s: has expired; kernels do not look at dates, other programs do", cert_option);
	if (job.signer.is_unfit)
		log_warning("%s: kernels refuse it for .ima from Linux 6.6 on: see imactl key check",
			cert_option);
	return 0;
}

/* On standard error where standard output has the list. */
static void say_counts(uint64_t failed, uint64_t skipped)
{
	uint64_t valid = atomic_load(&job.valid), digests = atomic_load(&job.digests);
	const char *would = job.dry_run ? "would be " : "";
	FILE *to = manifest_option && manifest_is_stdout(manifest_option) ? stderr : stdout;

	if (hash_only_option)
		fprintf(to, "files: %" PRIu64 " %sgiven a digest", digests, would);
	else
		fprintf(to, "files: %" PRIu64 " %ssigned", atomic_load(&job.signed_files), would);
	if (digests && !hash_only_option)
		fprintf(to, ", %" PRIu64 " %sgiven a digest since they change", digests, would);
	if (valid)
		fprintf(to, ", %" PRIu64 " were already", valid);
	if (skipped)
		fprintf(to, ", %" PRIu64 " skipped", skipped);
	if (atomic_load(&job.others))
		fprintf(to, ", %" PRIu64 " that others may have written not signed",
			(uint64_t)atomic_load(&job.others));
	if (failed)
		fprintf(to, ", %" PRIu64 " failed", failed);
	fprintf(to, "\n");
}

static int write_manifest(void)
{
	_cleanup_problem_ struct problem problem = {0};

	if (!manifest_option || manifest_write(job.manifest, manifest_option, &problem) == 0)
		return 0;
	return complain(manifest_option, &problem);
}

static int summarize(const struct files_counts *counts)
{
	uint64_t left = atomic_load(&job.left), others = atomic_load(&job.others);
	uint64_t failed = atomic_load(&job.failed);
	uint64_t lost = counts->handled - atomic_load(&job.signed_files) - atomic_load(&job.digests) -
			atomic_load(&job.valid) - left - others - failed;
	int status = write_manifest();

	failed += counts->failed;
	say_counts(failed, counts->skipped + left);
	if (others)
		log_error(NAME ": %" PRIu64
			       " executables were not signed, since others may have written them; see who "
			       "did, then name them one by one, leave them out (--exclude), or mend owner "
			       "and mode; in "
			       "an image that you build yourself use --sign-writable",
			others);
	if (interrupted())
		log_error(NAME ": interrupted; each file is either signed or as it was");
	else if (lost)
		log_error(NAME ": %" PRIu64 " files were not signed: no thread could begin", lost);
	return failed || others || lost || interrupted() ? EXIT_FAILED : status;
}

/* Where the path in a system is known by where the root is, another folder than a root is a mistake. */
static void look_at_root(void)
{
	static const char *const folders[] = {"usr", "etc", "bin", "sbin", "boot"};
	_cleanup_close_ int fd = open(opts.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	size_t i;

	if (fd < 0 || fstat(fd, &job.root) < 0)
		return; /* the walk says why */
	for (i = 0; i < ARRAY_SIZE(folders); i++)
		if (fstatat(fd, folders[i], &st, 0) == 0)
			return;
	if (!hash_only_option && job.mutable_files != MUTABLE_SIGN)
		log_warning(NAME ": '%s' has neither /usr nor /etc nor /bin, so it is not told which of its "
				 "files change; "
				 "name the root of a system, or say --mutable sign",
			opts.root);
}

static int begin_job(void)
{
	if (opts.root)
		look_at_root();
	if (!manifest_option)
		return 0;
	job.manifest = manifest_new();
	if (job.manifest)
		return 0;
	log_error(NAME ": out of memory");
	return EXIT_FAILED;
}

static int run_sign(size_t count, char **operands)
{
	static const struct files_task task = {.verb = NAME,
		.done = "signed",
		.shared = &job,
		.begin = signjob_begin,
		.file = signjob_file,
		.end = signjob_end};
	struct files_counts counts;
	int status = check_options();

	secrets_begin();
	if (!status)
		status = check_manifest(count, operands);
	if (!status)
		status = load_signer();
	if (!status)
		status = begin_job();
	if (!status)
		status = files_run(&opts, count, operands, &task, &counts);
	if (!status)
		status = summarize(&counts);
	manifest_free(take_pointer(job.manifest));
	EVP_PKEY_free(take_pointer(job.signer.key));
	return status;
}

static const struct verb_option options[] = {
	{.name = "key",
		.argument = "FILE",
		.help = "the signer's private key, or a pkcs11: URI",
		.value = &key_option},
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
	{.name = "format",
		.argument = "NAME",
		.help = "v2 (the default), v3 (Linux 7.1 and later), verity (files with fs-verity)",
		.value = &format_option},
	{.name = "mutable",
		.argument = "HOW",
		.help = "what changes (/etc, /var and the like): digest (the default), sign, skip",
		.value = &mutable_option},
	{.name = "sign-writable",
		.help = "sign also executables of a tree that others may have written",
		.flag = &job.sign_writable},
	{.name = "manifest",
		.argument = "FILE",
		.help = "write a list of digests, key ids and paths; - is standard output",
		.value = &manifest_option},
	{.name = "hash-only",
		.help = "no signature: the digest alone, for files that change",
		.flag = &hash_only_option},
	{.name = "detached", .help = "write FILE.sig instead of security.ima", .flag = &job.detached},
	{.name = "policy", .help = "the files are policies: check them first", .flag = &job.is_policy},
	{.name = "skip-valid",
		.help = "leave files alone that have this signer's signature",
		.flag = &job.skip_valid},
	{.name = "dry-run", .help = "only print the names of the files", .flag = &job.dry_run},
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
