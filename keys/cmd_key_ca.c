// SPDX-License-Identifier: MIT
/* imactl key ca: a root CA, the one that the kernel is to trust. */
#include "complain.h"
#include "keyopts.h"
#include "verbs.h"

#define NAME "ca"
#define DAYS 3650

static struct keyopts opts;

static int run_ca(size_t count, char **operands)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_pkey_ EVP_PKEY *key = NULL;
	_cleanup_x509_ X509 *certificate = NULL;
	struct x509_order order = {.subject = opts.subject, .cn = opts.cn, .is_ca = true};
	int status = keyopts_check(&opts, NAME, true);

	(void)count;
	(void)operands;
	if (!status)
		status = keyopts_days(&opts, NAME, DAYS, &order.days);
	if (!status)
		status = keyopts_key(&opts, NAME, &key);
	if (status)
		return status;
	order.signing_key = key;
	order.hash = opts.hash;
	if (x509_make(&order, &certificate, &problem) < 0)
		return complain(opts.out, &problem);
	return keyopts_write_certificate(&opts, certificate);
}

static const struct verb_option options[] = {
	KEYOPTS_KEY(opts),
	PASSPHRASE_OPTIONS(opts.passphrase),
	KEYOPTS_SUBJECT(opts),
	KEYOPTS_DAYS(opts, "3650"),
	KEYOPTS_OUT(opts),
	{.name = "pem", .help = "write PEM; kernels read only DER, which is the default", .flag = &opts.pem},
	{0},
};

const struct verb verb_key_ca = {
	.name = NAME,
	.operands = "",
	.summary = "make a CA: its private key and its self-signed certificate",
	.options = options,
	.run = run_ca,
};
