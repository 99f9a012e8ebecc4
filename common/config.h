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
#define CONFIG_PATH_MAX 1024        /* bytes of a path in it, with its NUL */
#define CONFIG_POLICY "/etc/ima/ima-policy"
#define CONFIG_KNOWN_GOOD "/etc/ima/ima-policy.known-good"
#define CONFIG_PCR 12 /* what systemd-stub(7) extends where a boot departs from what was signed */
#define CONFIG_PCR_NONE -1
#define CONFIG_TIMEOUT_MAX 86400 /* seconds */
#define CONFIG_HASH_MAX 256      /* bytes of a crypt(3) hash, with its NUL */
#define CONFIG_HASH_INVALID "*"  /* no password fits it: what is there where the value is wrong */

enum config_key {
	KEY_REQUIRE,
	KEY_SIGNATURE,
	KEY_ALLOW_SHA1,
	KEY_MUST_APPRAISE,
	KEY_ROOT_CERTS,
	KEY_REQUIRED_CERTS,
	KEY_POLICY,
	KEY_KNOWN_GOOD,
	KEY_PREFLIGHT,
	KEY_EVM,
	KEY_ON_FAILURE,
	KEY_RECOVERY_TIMEOUT,
	KEY_RECOVERY_TIMEOUT_ACTION,
	KEY_RECOVERY_PASSWORD,
	KEY_ALLOW_OVERRIDE,
	KEY_PCR,
	KEY_PCR_REQUIRED,
	KEY_LABELS,
	KEY_COUNT,
};

enum config_signature { SIGNATURE_AUTO, SIGNATURE_REQUIRED, SIGNATURE_OPTIONAL };
/* Whether a policy that appraises no file is one; auto: where a policy is required. */
enum config_appraise { CONFIG_APPRAISE_AUTO, CONFIG_APPRAISE_YES, CONFIG_APPRAISE_NO };
enum config_root_certs { CONFIG_CERTS_AUTO, CONFIG_CERTS_YES, CONFIG_CERTS_NO };

/* For which programs a policy is tried before it is committed. */
enum config_preflight { PREFLIGHT_INIT, PREFLIGHT_OFF, PREFLIGHT_LIST };

/* What EVM is activated with; in the order of CONFIG_EVM_WORDS. The bits of HMAC and X509 are the kernel's. */
enum config_evm { EVM_OFF, EVM_HMAC, EVM_X509, EVM_BOTH };
#define CONFIG_EVM_WORDS "off|hmac|x509|both"

/* Where EVM's keys are, in the image or else in the root, unless the command line says otherwise. */
#define EVM_KEY_FILE "/etc/keys/evm-trusted.blob"
#define EVM_MASTER_FILE "/etc/keys/kmk-trusted.blob"
#define EVM_MASTER_USER_FILE "/etc/keys/kmk-user.blob"
#define EVM_X509_FILE "/etc/keys/x509_evm.der"

/* What a failed boot leads to; in the order of CONFIG_FAILURE_WORDS. */
enum config_failure { FAILURE_RECOVERY, FAILURE_REBOOT, FAILURE_POWEROFF, FAILURE_HALT, FAILURE_CONTINUE };
#define CONFIG_FAILURE_WORDS "recovery|reboot|poweroff|halt|continue"

/* What ends a wait; in the order of CONFIG_TIMEOUT_WORDS. */
enum config_timeout { TIMEOUT_REBOOT, TIMEOUT_POWEROFF, TIMEOUT_HALT };
#define CONFIG_TIMEOUT_WORDS "reboot|poweroff|halt"

/* How a policy is loaded whose labels no security module knows yet; in the order of CONFIG_LABELS_WORDS. */
enum config_labels { CONFIG_LABELS_AUTO, CONFIG_LABELS_STAGE0, CONFIG_LABELS_LATE, CONFIG_LABELS_REFUSE };
#define CONFIG_LABELS_WORDS "auto|stage0|late|refuse"

struct config {
	bool require;                    /* a boot without a policy is a failure */
	enum config_signature signature; /* whether a policy must be signed */
	bool allow_sha1;                 /* a policy may be signed over SHA-1 */
	enum config_appraise must_appraise;
	enum config_root_certs root_certs; /* whether signers are taken from the real root */
	char **required_certs;             /* file names that must be among the accepted certificates */
	size_t required_cert_count;
	char policy[CONFIG_PATH_MAX];     /* the root's policy; absolute, inside the root */
	char known_good[CONFIG_PATH_MAX]; /* the root's next choice; "": none */
	enum config_preflight preflight;
	char **preflight_paths; /* with PREFLIGHT_LIST, and beside init: absolute, inside the root */
	size_t preflight_path_count;
	enum config_evm evm;
	enum config_failure on_failure;
	unsigned int recovery_timeout; /* seconds; 0: no end */
	enum config_timeout timeout_action;
	char recovery_password[CONFIG_HASH_MAX]; /* a crypt(3) hash; "": none */
	bool allow_override;                     /* the command line may loosen on a locked platform too */
	int pcr;                                 /* where the mark goes, or CONFIG_PCR_NONE */
	bool pcr_required;                       /* a mark that cannot be made is a failure */
	enum config_labels labels;               /* what becomes of labels that nobody knows yet */
	size_t lines[KEY_COUNT];                 /* the line that sets a key; 0: the default */
};

/* Name of a key. */
const char *config_key_name(enum config_key key);

/*
 * The value of a key as the file would have it, into ret (CONFIG_PATH_MAX bytes; lists are cut). Of
 * recovery-password it tells only whether it is "set", "none" or "invalid".
 */
void config_value(const struct config *config, enum config_key key, char ret[static CONFIG_PATH_MAX]);

/* Fills in the defaults. */
void config_init(struct config *ret);

/*
 * Reads len bytes of text. Each error is handed to complain(line, text, context). Returns 0, or
 * -EINVAL when there was one; *ret then has the defaults for what is wrong. -ENOMEM.
 */
_must_check_ int config_parse(const char *text, size_t len, struct config *ret,
	void (*complain)(size_t line, const char *text, void *context), void *context);

/* Releases the lists. */
void config_free(struct config *config);

/* True where a policy that appraises no file is none. */
bool config_must_appraise(const struct config *config);

#define _cleanup_config_ _cleanup_(config_free)

#endif
