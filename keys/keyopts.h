/* SPDX-License-Identifier: MIT */
/* What `imactl key ca`, `request` and `issue` share: options, the private key, the output. */
#ifndef IMABOOT_KEYOPTS_H
#define IMABOOT_KEYOPTS_H

#include "passphrase.h"
#include "verb.h"
#include "x509.h"

struct keyopts {
	const char *key;       /* --key: used when it is there, else made; of issue: --issuer-key */
	const char *algorithm; /* --algorithm; NULL: RSA-3072 */
	const char *subject;   /* --subject */
	const char *cn;        /* --cn */
	const char *days;      /* --days */
	const char *hash;      /* --hash; NULL: sha256 */
	const char *out;       /* --out */
	bool encrypt, force, pem;
	struct passphrase_source passphrase;
};

/* Entries of an option table. */
#define KEYOPTS_KEY(opts)                                                                                  \
	{.name = "key",                                                                                    \
		.argument = "FILE",                                                                        \
		.help = "the private key: used if it is there, else made, mode 0600",                      \
		.value = &(opts).key},                                                                     \
		{.name = "algorithm",                                                                      \
			.argument = "NAME",                                                                \
			.help = "of a new key: rsa2048, rsa3072 (the default), rsa4096, p256, p384",       \
			.value = &(opts).algorithm},                                                       \
	{                                                                                                  \
		.name = "encrypt", .help = "encrypt a new key with a pass phrase", .flag = &(opts).encrypt \
	}
#define KEYOPTS_SUBJECT(opts)                                                                     \
	{.name = "subject",                                                                       \
		.argument = "NAME",                                                               \
		.help = "the subject, such as /O=ORGANIZATION/CN=NAME",                           \
		.value = &(opts).subject},                                                        \
	{                                                                                         \
		.name = "cn", .argument = "NAME", .help = "the subject by its common name alone", \
		.value = &(opts).cn                                                               \
	}
#define KEYOPTS_DAYS(opts, standard)                                                            \
	{                                                                                       \
		.name = "days", .argument = "N", .help = "how long it is valid (" standard ")", \
		.value = &(opts).days                                                           \
	}
#define KEYOPTS_OUT(opts)                                                                                   \
	{.name = "hash",                                                                                    \
		.argument = "NAME",                                                                         \
		.help = "sha256 (the default), sha384 or sha512",                                           \
		.value = &(opts).hash},                                                                     \
		{.name = "out", .argument = "FILE", .help = "where the result goes", .value = &(opts).out}, \
	{                                                                                                   \
		.name = "force", .help = "let --out replace a file", .flag = &(opts).force                  \
	}

/*
 * Checks what can be told from the options alone, and that --out may be written and is neither the
 * private key nor its pass phrase; needs_subject: --subject or --cn must be there. Returns 0, or an exit status after a message under that name.
 */
_must_check_ int keyopts_check(struct keyopts *opts, const char *verb, bool needs_subject);

/*
 * Sees that --out is not a file that the verb reads (input; NULL: none), which what names in the message. Returns 0 or
 * EXIT_USAGE.
 */
_must_check_ int keyopts_spare(
	const struct keyopts *opts, const char *verb, const char *input, const char *what);

/* The days of --days, else standard. Returns 0 or EXIT_USAGE after a message. */
_must_check_ int keyopts_days(
	const struct keyopts *opts, const char *verb, unsigned int standard, unsigned int *ret);

/* Reads the private key of --key, or makes and writes it. Returns 0 or an exit status after a message. */
_must_check_ int keyopts_key(const struct keyopts *opts, const char *verb, EVP_PKEY **ret);

/* Writes a certificate (DER, or PEM with --pem) and says so. Returns the exit status. */
_must_check_ int keyopts_write_certificate(const struct keyopts *opts, X509 *certificate);

/* Writes bytes to --out and says what they are. Returns the exit status. */
_must_check_ int keyopts_write(const struct keyopts *opts, const char *what, const struct buf *bytes);

#endif
