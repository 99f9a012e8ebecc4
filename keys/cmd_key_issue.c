// SPDX-License-Identifier: MIT
/* imactl key issue: a CA makes a certificate of a request: a signer's, or an intermediate CA's. */
#include <errno.h>
#include "complain.h"
#include "keyopts.h"
#include "pkey.h"
#include "verbs.h"

#define NAME "issue"
#define DAYS 1825

static struct keyopts opts;
static const char *issuer_option;
static bool ca_option;

static bool issuer_fits(const struct x509_facts *facts, struct problem *problem)
{
	if (facts->is_ca && (facts->may_issue || !facts->has_usage))
		return true;
	problem_set(
		problem, -EINVAL, facts->is_ca ? "is a CA whose keyUsage lacks keyCertSign" : "is not a CA");
	problem_remedy(problem, "name the certificate of a CA; 'imactl key ca' makes one");
	return false;
}

/* Reads the issuer's certificate and its private key, and sees that they belong together. */
static int load_issuer(X509 **certificate, EVP_PKEY **key, time_t *not_after)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_facts_ struct x509_facts facts = {0};
	struct x509_form form;

	if (x509_load(issuer_option, certificate, &form, &problem) < 0)
		return complain(issuer_option, &problem);
	if (x509_describe(*certificate, &facts) < 0)
		problem_set(&problem, -ENOMEM, "out of memory");
	if (problem.error || !issuer_fits(&facts, &problem) ||
		(pkey_is_useless(facts.fitness) && pkey_check(x509_key(*certificate), &problem) < 0))
		return complain(issuer_option, &problem);
	*not_after = facts.not_after;
	if (pkey_load(opts.key, &opts.passphrase, key, &problem) < 0)
		return complain(opts.key, &problem);
	if (EVP_PKEY_eq(x509_key(*certificate), *key) == 1)
		return 0;
	(void)ossl_reason();
	problem_set(&problem, -EINVAL, "is not the private key of the certificate '%s'", issuer_option);
	problem_remedy(&problem, "name the key and the certificate of the same CA");
	return complain(opts.key, &problem);
}

static int check_options(const char *request)
{
	int status = keyopts_check(&opts, NAME, false);

	if (!status && (!issuer_option || !opts.key)) {
		log_error("issue: --%s is missing; see 'imactl key issue --help'",
			issuer_option ? "issuer-key" : "issuer");
		status = EXIT_USAGE;
	}
	if (!status)
		status = keyopts_spare(&opts, NAME, issuer_option, "the issuer's certificate");
	if (!status)
		status = keyopts_spare(&opts, NAME, request, "the request");
	return status;
}

static int issue(const char *path, struct x509_order *order)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_request_ X509_REQ *request = NULL;
	_cleanup_x509_ X509 *certificate = NULL;

	if (x509_load_request(path, &request, &problem) < 0 ||
		pkey_check(x509_request_key(request), &problem) < 0)
		return complain(path, &problem);
	order->request = request;
	if (x509_make(order, &certificate, &problem) < 0)
		return complain(path, &problem);
	return keyopts_write_certificate(&opts, certificate);
}

static int run_issue(size_t count, char **operands)
{
	_cleanup_x509_ X509 *issuer = NULL;
	_cleanup_pkey_ EVP_PKEY *key = NULL;
	struct x509_order order = {.subject = opts.subject, .cn = opts.cn, .is_ca = ca_option};
	time_t now = time(NULL), not_after = 0;
	int status = check_options(operands[0]);

	(void)count;
	if (!status)
		status = keyopts_days(&opts, NAME, DAYS, &order.days);
	if (!status)
		status = load_issuer(&issuer, &key, &not_after);
	if (status)
		return status;
	if (now > not_after)
		log_warning(
			"%s: has expired; kernels do not look at dates, other programs do", issuer_option);
	else if (now + (time_t)order.days * 86400 > not_after)
		log_warning("%s: expires before the certificate that it issues here; kernels do not look at "
			    "dates, other programs do",
			issuer_option);
	order.issuer = issuer;
	order.signing_key = key;
	order.hash = opts.hash;
	return issue(operands[0], &order);
}

static const struct verb_option options[] = {
	{.name = "issuer", .argument = "CERT", .help = "the certificate of the CA", .value = &issuer_option},
	{.name = "issuer-key", .argument = "FILE", .help = "its private key", .value = &opts.key},
	PASSPHRASE_OPTIONS(opts.passphrase),
	{.name = "ca",
		.help = "issue the certificate of an intermediate CA, not of a signer",
		.flag = &ca_option},
	KEYOPTS_SUBJECT(opts),
	KEYOPTS_DAYS(opts, "1825"),
	KEYOPTS_OUT(opts),
	{.name = "pem", .help = "write PEM; kernels read only DER, which is the default", .flag = &opts.pem},
	{0},
};

const struct verb verb_key_issue = {
	.name = NAME,
	.operands = "REQUEST",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "make a certificate of a request",
	.details =
		"The subject is the request's unless --subject or --cn gives another. Extensions that the\n"
		"request asks for are not taken over: a signer gets digitalSignature, a CA keyCertSign.",
	.options = options,
	.run = run_issue,
};
