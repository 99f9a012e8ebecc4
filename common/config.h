/* SPDX-License-Identifier: MIT */
/*
 * The image's configuration, /etc/imaboot/imaboot.conf: "key = value" lines and # comments.
 *
 * Strict: no quoting, no includes, nothing executed; an unknown key, a repeated key or a bad
 * value is an error with its line, and all errors of the file are told at once. The table in
 * config.c is the only list of keys. Pure.
 */
#ifndef IMABOOT_CONFIG_H
#define IMABOOT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include "util.h"

#define CONFIG_SIZE_MAX (64 * 1024) /* bytes of the file */

enum config_signature { SIGNATURE_AUTO, SIGNATURE_REQUIRED, SIGNATURE_OPTIONAL };
enum config_root_certs { CONFIG_CERTS_AUTO, CONFIG_CERTS_YES, CONFIG_CERTS_NO };

struct config {
	bool require;                      /* a boot without a policy is a failure */
	enum config_signature signature;   /* whether a policy must be signed */
	enum config_root_certs root_certs; /* whether signers are taken from the real root */
	bool allow_override;               /* the command line may loosen on a locked platform too */
	char **required_certs;             /* file names that must be among the accepted certificates */
	size_t required_cert_count;
};

/*
 * Reads len bytes of text. Each error is handed to complain(line, text, context). Returns 0, or
 * -EINVAL when there was one; *ret then has the defaults for what is wrong. -ENOMEM.
 */
_must_check_ int config_parse(const char *text, size_t len, struct config *ret,
	void (*complain)(size_t line, const char *text, void *context), void *context);

/* Releases the lists. */
void config_free(struct config *config);

#define _cleanup_config_ _cleanup_(config_free)

#endif
