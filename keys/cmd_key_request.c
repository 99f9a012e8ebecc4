// SPDX-License-Identifier: MIT
/* imactl key request: a signer's key, and the request that a CA makes a certificate of. */
#include "complain.h"
#include "keyopts.h"
#include "verbs.h"

#define NAME "request"

static struct keyopts opts;

static int run_request(size_t count, char **operands)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_request_ X509_REQ *request = NULL;
	_cleanup_pkey_ EVP_PKEY *key = NULL;
	_cleanup_buf_ struct buf bytes = {0};
	int status = keyopts_check(&opts, NAME, true);

	(void)count;
	(void)operands;
	if (!status)
		status = keyopts_key(&opts, NAME, &key);
	if (status)
		return status;
	if (x509_make_request(key, opts.subject, opts.cn, opts.hash, &request, &problem) < 0)
		return complain(opts.out, &problem);
	if (x509_encode_request(request, &bytes) < 0) {
		log_error("%s: out of memory", opts.out);
		return EXIT_FAILED;
	}
	return keyopts_write(&opts, "the request in PEM, for a CA to issue the certificate", &bytes);
}

static const struct verb_option options[] = {
	KEYOPTS_KEY(opts),
	PASSPHRASE_OPTIONS(opts.passphrase),
	KEYOPTS_SUBJECT(opts),
	KEYOPTS_OUT(opts),
	{0},
};

const struct verb verb_key_request = {
	.name = NAME,
	.operands = "",
	.summary = "make a private key and the request for its certificate",
	.options = options,
	.run = run_request,
};
