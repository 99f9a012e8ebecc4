// SPDX-License-Identifier: MIT
/* What the verbs that make keys and certificates share; see keyopts.h. */
#include "keyopts.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include "complain.h"
#include "escape.h"
#include "outfile.h"
#include "pkey.h"
#include "token.h"

#define ALGORITHM_DEFAULT "rsa3072"
#define DAYS_MAX 36500

/* Says on standard output what was done with a file. */
static void tell(const char *path, const char *what)
{
	_cleanup_buf_ struct buf line = {0};

	escape_string(&line, path);
	printf("%s: %s\n", buf_string(&line), what);
}

static int check_hash(struct keyopts *opts, const char *verb)
{
	if (!opts->hash)
		opts->hash = "sha256";
	if (string_equal(opts->hash, "sha256") || string_equal(opts->hash, "sha384") ||
		string_equal(opts->hash, "sha512"))
		return 0;
	log_error("%s: --hash '%s' is none of sha256, sha384, sha512", verb, opts->hash);
	return EXIT_USAGE;
}

int keyopts_spare(const struct keyopts *opts, const char *verb, const char *input, const char *what)
{
	if (!input || !outfile_is_same(input, opts->out))
		return 0;
	log_error("%s: --out '%s' is %s; name another file", verb, opts->out, what);
	return EXIT_USAGE;
}

int keyopts_check(struct keyopts *opts, const char *verb, bool needs_subject)
{
	_cleanup_problem_ struct problem problem = {0};

	if (!opts->out || (needs_subject && !opts->key)) {
		log_error("%s: --%s is missing; see 'imactl key %s --help'", verb, opts->out ? "key" : "out",
			verb);
		return EXIT_USAGE;
	}
	if (opts->subject && opts->cn) {
		log_error("%s: --subject and --cn exclude each other; give one", verb);
		return EXIT_USAGE;
	}
	if (needs_subject && !opts->subject && !opts->cn) {
		log_error("%s: a name is missing; give --cn NAME or --subject /O=ORGANIZATION/CN=NAME", verb);
		return EXIT_USAGE;
	}
	if (check_hash(opts, verb) || token_refuse_pin(verb, opts->key))
		return EXIT_USAGE;
	if ((opts->subject || opts->cn) && x509_check_subject(opts->subject, opts->cn, &problem) < 0)
		return complain(verb, &problem);
	if (keyopts_spare(opts, verb, opts->key, "the private key") ||
		keyopts_spare(opts, verb, opts->passphrase.file, "the file of the pass phrase"))
		return EXIT_USAGE;
	if (outfile_check(opts->out, opts->force, &problem) < 0)
		return complain(opts->out, &problem);
	return 0;
}

int keyopts_days(const struct keyopts *opts, const char *verb, unsigned int standard, unsigned int *ret)
{
	char *end;
	unsigned long days;

	*ret = standard;
	if (!opts->days)
		return 0;
	errno = 0;
	days = strtoul(opts->days, &end, 10);
	if (*opts->days < '0' || *opts->days > '9' || *end || errno || !days || days > DAYS_MAX) {
		log_error("%s: --days '%s' is not a number from 1 to %d", verb, opts->days, DAYS_MAX);
		return EXIT_USAGE;
	}
	*ret = (unsigned int)days;
	return 0;
}

/* A key that is there is used as it is: options for a new one would be lost, so they are refused. */
static int load_key(const struct keyopts *opts, EVP_PKEY **ret)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_pkey_ EVP_PKEY *key = NULL;
	const char *algorithm;

	if (opts->encrypt) {
		problem_set(&problem, -EEXIST, "is there already, and --encrypt is for a new key");
		problem_remedy(&problem, "name another file, or leave --encrypt out");
		return complain(opts->key, &problem);
	}
	if (pkey_load(opts->key, &opts->passphrase, &key, &problem) < 0 || pkey_check(key, &problem) < 0)
		return complain(opts->key, &problem);
	algorithm = pkey_algorithm(key);
	if (opts->algorithm && !string_equal(opts->algorithm, algorithm)) {
		problem_set(&problem, -EEXIST, "is there already, a key of %s and not of %s", algorithm,
			opts->algorithm);
		problem_remedy(&problem, "name another file, or leave --algorithm out");
		return complain(opts->key, &problem);
	}
	tell(opts->key, "the private key, used as it is");
	*ret = take_pointer(key);
	return 0;
}

static int make_key(const struct keyopts *opts, EVP_PKEY **ret)
{
	const char *algorithm = opts->algorithm ? opts->algorithm : ALGORITHM_DEFAULT;
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_pkey_ EVP_PKEY *key = NULL;
	char passphrase[PASSPHRASE_MAX] = "";
	int r = 0;

	if (opts->encrypt)
		r = passphrase_get(&opts->passphrase, opts->key, true, passphrase, &problem);
	if (r == 0)
		r = pkey_generate(algorithm, &key, &problem);
	if (r == 0)
		r = pkey_write(key, opts->key, opts->encrypt ? passphrase : NULL, &problem);
	OPENSSL_cleanse(passphrase, sizeof(passphrase));
	if (r < 0)
		return complain(opts->key, &problem);
	tell(opts->key, opts->encrypt ? "a new private key, encrypted; keep it safe"
				      : "a new private key, not encrypted; keep it safe");
	*ret = take_pointer(key);
	return 0;
}

int keyopts_key(const struct keyopts *opts, const char *verb, EVP_PKEY **ret)
{
	bool is_new = !token_is_uri(opts->key) && access(opts->key, F_OK) < 0 && errno == ENOENT;

	if (is_new && !opts->encrypt && (opts->passphrase.file || opts->passphrase.fd)) {
		log_error("%s: '%s' is a new key, and a pass phrase is only for --encrypt", verb, opts->key);
		return EXIT_USAGE;
	}
	return is_new ? make_key(opts, ret) : load_key(opts, ret);
}

int keyopts_write(const struct keyopts *opts, const char *what, const struct buf *bytes)
{
	_cleanup_problem_ struct problem problem = {0};

	if (outfile_write(opts->out, bytes->data, bytes->len, 0644, opts->force, &problem) < 0)
		return complain(opts->out, &problem);
	tell(opts->out, what);
	return EXIT_DONE;
}

int keyopts_write_certificate(const struct keyopts *opts, X509 *certificate)
{
	_cleanup_buf_ struct buf bytes = {0}, what = {0};
	_cleanup_facts_ struct x509_facts facts = {0};

	if (x509_encode(certificate, opts->pem, &bytes) < 0 || x509_describe(certificate, &facts) < 0) {
		log_error("%s: out of memory", opts->out);
		return EXIT_FAILED;
	}
	buf_printf(&what, "the certificate of a %s in %s, key ", facts.is_ca ? "CA" : "signer",
		opts->pem ? "PEM" : "DER");
	escape_bytes(&what, buf_string(&facts.description), facts.description.len);
	return keyopts_write(opts, buf_string(&what), &bytes);
}
