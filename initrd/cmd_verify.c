// SPDX-License-Identifier: MIT
/*
 * imaboot verify: security.ima of files, with the kernel's own code, against certificates that
 * are given or those that the kernel has taken for IMA.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/xattr.h>
#include "certs.h"
#include "digestfile.h"
#include "escape.h"
#include "format.h"
#include "json.h"
#include "log.h"
#include "out.h"
#include "rootfile.h"
#include "sigcheck.h"
#include "verbs.h"

#define NAME "verify"
#define XATTR_IMA "security.ima"
#define GIVEN "the list given with --cert"
#define GIVE "give the signer's certificate with --cert, or sign the file with a key of one that is given"
#define SHA1_SWITCH "verify it with --allow-sha1"

static struct verb_strings cert_option;
static const char *sig_option;
static bool json_option, signed_option, sha1_option;

/* What is found out of one file. */
struct finding {
	struct imasig sig; /* its bytes are not used after the judgement */
	char *signer;      /* NULL without a good signature */
	struct problem problem;
};

/* What all files are judged with. */
struct judge {
	int root_fd;
	const char *keyring; /* for messages */
};

/* Digest of an open file. Returns 0, or a negative errno with *problem set. */
static int hash_file(int fd, unsigned int algo, uint8_t ret[static DIGEST_MAX], struct problem *problem)
{
	int r = digest_file(fd, algo, UINT64_MAX, ret);

	if (r == -EOPNOTSUPP)
		return problem_set(problem, r, "its digest algorithm %s is not known here",
			digest_name(algo) ? digest_name(algo) : "");
	return r < 0 ? problem_set(problem, r, "cannot be read: %s", strerror(-r)) : 0;
}

/* The bytes to judge: those of --sig, or the attribute. Returns 0, or a negative errno with *problem set. */
static int read_value(const struct judge *judge, int fd, uint8_t ret[static IMASIG_MAX], size_t *len,
	struct problem *problem)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem sig_problem = {0};
	char path[PATH_MAX];
	ssize_t n;
	int r;

	*len = 0;
	if (!sig_option) {
		n = fgetxattr(fd, XATTR_IMA, ret, IMASIG_MAX);
		if (n >= 0)
			*len = (size_t)n;
		if (n >= 0 || errno == ENODATA || errno == EOPNOTSUPP)
			return 0;
		return problem_set(problem, -errno, "its " XATTR_IMA " cannot be read: %s", strerror(errno));
	}
	r = root_absolute(sig_option, path);
	if (r == 0)
		r = rootfile_read(judge->root_fd, "/", path, IMASIG_MAX, &file, &sig_problem);
	if (r < 0)
		return problem_set(problem, r, "the signature %s: %s", sig_option,
			sig_problem.error ? problem_reason_text(&sig_problem) : strerror(-r));
	memcpy(ret, file.bytes, file.len);
	*len = file.len;
	return 0;
}

/* A digest in place of a signature: right or wrong, and whether that is enough. */
static int judge_digest(int fd, const char *path, struct finding *finding)
{
	uint8_t digest[DIGEST_MAX];
	int r = hash_file(fd, finding->sig.algo, digest, &finding->problem);

	if (r < 0)
		return r;
	/* As in the kernel, bytes behind the digest do not count (ima_appraise.c, xattr_verify). */
	if (finding->sig.len < digest_size(finding->sig.algo) ||
		memcmp(digest, finding->sig.bytes, digest_size(finding->sig.algo)) != 0) {
		problem_set(&finding->problem, -EKEYREJECTED,
			"its " XATTR_IMA " holds a digest that is not its own: it was changed since");
		problem_remedy(&finding->problem,
			"see who changed it; then sign it: imactl sign --key KEY '%s'", problem_path(path));
		return -EKEYREJECTED;
	}
	return 0;
}

static int judge_open(const struct judge *judge, int fd, const char *path, const uint8_t *value, size_t len,
	struct finding *finding)
{
	struct sigcheck check = {.path = path,
		.keyring = judge->keyring,
		.key_remedy = cert_option.count ? GIVE : NULL,
		.sha1_switch = sha1_option ? NULL : SHA1_SWITCH};
	uint8_t digest[DIGEST_MAX];
	int r;

	imasig_parse(value, len, &finding->sig);
	if (finding->sig.kind == IMASIG_DIGEST && !signed_option)
		return judge_digest(fd, path, finding);
	r = sigcheck_header(&check, value, len, &finding->sig, &finding->problem);
	if (r == 0)
		r = hash_file(fd, finding->sig.algo, digest, &finding->problem);
	return r < 0 ? r
		     : sigcheck_digest(&check, &finding->sig, digest, &finding->signer, &finding->problem);
}

/* Fills the finding. Returns 0 where the file is good. */
static int judge_file(const struct judge *judge, const char *name, struct finding *finding)
{
	_cleanup_close_ int fd = -1;
	uint8_t value[IMASIG_MAX];
	char path[PATH_MAX];
	size_t len;
	int r = root_absolute(name, path);

	if (r < 0)
		return problem_set(&finding->problem, r, "cannot be looked up: %s", strerror(-r));
	fd = rootfile_open(judge->root_fd, "/", path, UINT64_MAX, &finding->problem);
	if (fd < 0)
		return fd;
	r = read_value(judge, fd, value, &len, &finding->problem);
	return r < 0 ? r : judge_open(judge, fd, path, value, len, finding);
}

static const char *kind_name(enum imasig_kind kind)
{
	static const char *const names[] = {[IMASIG_NONE] = "none",
		[IMASIG_DIGEST] = "digest",
		[IMASIG_V1] = "signature-v1",
		[IMASIG_V2] = "signature-v2",
		[IMASIG_V3] = "signature-v3",
		[IMASIG_VERITY] = "fs-verity-signature",
		[IMASIG_UNKNOWN] = "unknown",
		[IMASIG_MALFORMED] = "malformed"};

	return names[kind];
}

static void print_json(struct json *json, const char *name, const struct finding *finding)
{
	const struct imasig *sig = &finding->sig;
	bool has_id = sig->kind == IMASIG_V2 || sig->kind == IMASIG_V3 || sig->kind == IMASIG_VERITY;
	char id[16];

	(void)format_text(id, sizeof(id), "%08x", sig->key_id);
	json_object_begin(json, NULL);
	json_string(json, "path", name);
	json_string(json, "result", finding->problem.error ? "failed" : "good");
	json_string(json, "kind", kind_name(sig->kind));
	json_string(json, "hash", has_id || sig->kind == IMASIG_DIGEST ? digest_name(sig->algo) : NULL);
	json_string(json, "key_id", has_id ? id : NULL);
	json_string(json, "signed_by", finding->signer);
	json_string(json, "reason", finding->problem.error ? problem_reason_text(&finding->problem) : NULL);
	json_string(json, "remedy", finding->problem.remedy);
	json_object_end(json);
}

static void print_text(const char *name, const struct finding *finding)
{
	_cleanup_buf_ struct buf text = {0};

	if (finding->problem.error) {
		log_error("%s: %s%s%s", name, problem_reason_text(&finding->problem),
			finding->problem.remedy ? "; " : "", problem_remedy_text(&finding->problem));
		return;
	}
	escape_string(&text, name);
	buf_printf(&text, ": good %s digest, no signature\n", digest_name(finding->sig.algo));
	if (finding->signer) {
		buf_free(&text);
		escape_string(&text, name);
		buf_printf(&text, ": good signature over %s, by '", digest_name(finding->sig.algo));
		escape_string(&text, finding->signer);
		buf_puts(&text, "'\n");
	}
	out_printf("%s", buf_string(&text));
}

/* The certificates of --cert into the keyring of this process. */
static int take_certs(int root_fd)
{
	size_t i;

	for (i = 0; i < cert_option.count; i++) {
		_cleanup_problem_ struct problem problem = {0};
		const char *name = cert_option.strings[i];
		char path[PATH_MAX];
		int r = root_absolute(name, path);

		if (r == 0)
			r = certs_add_private(root_fd, path, &problem);
		if (r == 0)
			continue;
		log_error("%s: %s%s%s", name, problem.error ? problem_reason_text(&problem) : strerror(-r),
			problem.remedy ? "; " : "", problem_remedy_text(&problem));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* Where the certificates come from. Returns the exit status. */
static int begin(struct judge *judge)
{
	if (judge->root_fd < 0) {
		log_error(NAME ": / cannot be opened: %s", strerror(-judge->root_fd));
		return EXIT_FAILED;
	}
	judge->keyring = GIVEN;
	if (cert_option.count)
		return take_certs(judge->root_fd);
	certs_recall(judge->root_fd, "/", &judge->keyring);
	if (judge->keyring)
		return EXIT_DONE;
	log_error(NAME ": the kernel has neither .ima nor _ima, so there are no certificates to verify with; "
		       "give them with --cert, or load them: imaboot keys");
	return EXIT_FAILED;
}

/* What was written of the array so far goes out: its length is not bounded. */
static int flush(struct buf *text)
{
	int r = text->failed ? -ENOMEM : 0;

	if (r < 0)
		log_error(NAME ": out of memory");
	out_bytes(buf_string(text), text->len);
	buf_free(text);
	return r;
}

static int run_verify(size_t count, char **operands)
{
	_cleanup_close_ int root_fd = root_open("/");
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};
	struct judge judge = {.root_fd = root_fd};
	int status;
	size_t i;

	if (sig_option && count > 1) {
		log_error(NAME ": --sig is the signature of one file, and there are %zu; see 'imaboot " NAME
			       " --help'",
			count);
		return EXIT_USAGE;
	}
	status = begin(&judge);
	if (status)
		return status;
	if (json_option)
		json_array_begin(&json, NULL);
	for (i = 0; i < count; i++) {
		struct finding finding = {0};

		if (judge_file(&judge, operands[i], &finding) < 0)
			status = EXIT_FAILED;
		if (json_option)
			print_json(&json, operands[i], &finding);
		else
			print_text(operands[i], &finding);
		free(finding.signer);
		problem_free(&finding.problem);
		if (json_option && flush(&text) < 0)
			status = EXIT_FAILED;
	}
	if (json_option)
		out_printf("]\n");
	return status;
}

static const struct verb_option options[] = {
	{.name = "cert",
		.argument = "CERT",
		.help = "a signer's certificate (DER); may be repeated",
		.list = &cert_option},
	{.name = "sig",
		.argument = "FILE",
		.help = "read the bytes of security.ima from there (one operand)",
		.value = &sig_option},
	{.name = "signed",
		.help = "a digest is not enough, as under appraise_type=imasig",
		.flag = &signed_option},
	{.name = "allow-sha1", .help = "a signature over SHA-1 counts", .flag = &sha1_option},
	{.name = "json", .help = "print an array with an object for each file", .flag = &json_option},
	{0},
};

const struct verb verb_verify = {
	.name = NAME,
	.operands = "FILE...",
	.operands_min = 1,
	.operands_max = (size_t)-1,
	.summary = "verify security.ima of files with the kernel's code",
	.details =
		"Without --cert, against the certificates of /etc/keys/ima whose key the kernel has in .ima "
		"or\n"
		"_ima: what it would say of the file itself. With --cert, against those alone; whether the\n"
		"kernel trusts them is not asked.",
	.options = options,
	.run = run_verify,
};
