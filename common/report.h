/* SPDX-License-Identifier: MIT */
/*
 * What a boot did: the content of /run/imaboot/status.json and of the text beside it.
 *
 * Schema 1 of status.json; fields may be added, none is taken away or changes its meaning:
 *
 *   schema        1
 *   version       of the program that wrote it
 *   outcome       enforced, fallback, no-policy, unprotected, disabled, not-applicable, recovery,
 *                 failed; deferred (imaboot-late.service loads the policy and then writes this file
 *                 anew); others may come
 *   kernel        {"ima_policy_file": absent, loaded-once, read-only, writable or readable} after the boot
 *   keyring       the one the signers went to, ".ima" or "_ima"; null where none was used
 *   certificates  [{path, source: image or root, keyring, result: loaded, present, skipped or
 *                 refused, key: the kernel's description or null, reason, remedy: text or null}]
 *   candidates    [{source: root, known-good, image or parameter, path, sha256, stage: read, signature, preflight,
 *                 dry-run, commit or confirm, result: accepted, failed, absent or deferred, reason, remedy, denied:
 *                 [{path, source: image or root, line: of the rule, 0 for one in force before, cause}]}]
 *   stage0        null, or the stage-0 policy that went before one with labels: {path, sha256, stage, result,
 *                 signed_by, not_verified, proof, reason, remedy}
 *   late          whether imaboot-late.service wrote this
 *   messages      [text]: refused parameters and the like
 *   policy        null, or what is in force: {source, path, sha256, signed_by: the key or null,
 *                 not_verified: why there is no such key, or null,
 *                 proof: file-gone, read-only, read-back or kernel-log}
 *   evm           null where it is off, or {mode: hmac, x509 or both, result: active, present (it was active
 *                 before) or failed, value: what was written, or null, reason, remedy}
 *   guard         whether the guard is set
 *   duration_us   microseconds that the boot program took
 *
 * Text that is not printable UTF-8 is escaped as in escape.h.
 */
#ifndef IMABOOT_REPORT_H
#define IMABOOT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"
#include "problem.h"

enum outcome {
	OUTCOME_FAILED,
	OUTCOME_ENFORCED,
	OUTCOME_FALLBACK,
	OUTCOME_NO_POLICY,
	OUTCOME_UNPROTECTED,
	OUTCOME_DISABLED,
	OUTCOME_NOT_APPLICABLE,
	OUTCOME_RECOVERY, /* asked for: nothing was loaded, and a person will be asked */
	OUTCOME_DEFERRED,
};

enum cert_result {
	CERT_LOADED,  /* it is in the keyring now */
	CERT_PRESENT, /* a key of its name and key identifier was there before */
	CERT_SKIPPED, /* not offered, or not needed; the problem says why */
	CERT_REFUSED, /* it is not in the keyring; the problem says why */
};

struct report_cert {
	char *path;
	const char *source;  /* "image" or "root" */
	const char *keyring; /* the keyring it was meant for */
	char sha256[65];     /* of the file, where it could be read */
	enum cert_result result;
	char *key; /* the kernel's description; NULL while it has none */
	struct problem problem;
};

enum policy_stage {
	STAGE_READ,
	STAGE_SIGNATURE,
	STAGE_PREFLIGHT,
	STAGE_DRY_RUN,
	STAGE_COMMIT,
	STAGE_CONFIRM,
};

enum candidate_result { CANDIDATE_ACCEPTED, CANDIDATE_FAILED, CANDIDATE_ABSENT, CANDIDATE_DEFERRED };

/* A file that the policy would deny, though it must run next. */
struct report_denied {
	char *path;
	bool of_image; /* not of the root */
	uint32_t line; /* of the rule in the policy; 0: the rule is in force already */
	char *cause;   /* a clause */
};

#define REPORT_DENIED_MAX 32 /* of those in a report */
#define REPORT_SHOWN_MAX 8   /* refused certificates that a person is shown of a failure */

struct report_candidate {
	const char *source; /* "root", "known-good", "image", "parameter" or "file" */
	char *path;
	char sha256[65];
	enum policy_stage stage; /* the last one that was tried */
	enum candidate_result result;
	char *signed_by;    /* description of the key that verified it; NULL without one */
	char *not_verified; /* why there is none, where none is required */
	struct report_denied *denied;
	size_t denied_count;
	const char *proof; /* how the commit was proven; NULL before that */
	struct problem problem;
};

enum evm_result { EVM_FAILED, EVM_ACTIVE, EVM_PRESENT };

/* What became of EVM. */
struct report_evm {
	const char *mode; /* "hmac", "x509" or "both"; NULL: it is off */
	enum evm_result result;
	unsigned int value; /* what was written; 0: nothing */
	struct problem problem;
};

struct report {
	enum outcome outcome;
	const char *policy_file; /* state of the kernel's policy file */
	const char *keyring;
	struct report_cert *certs;
	size_t cert_count;
	struct report_candidate *candidates;
	size_t candidate_count;
	struct report_candidate stage0; /* path NULL: none was tried */
	bool late;                      /* written by imaboot-late.service */
	char **messages;
	size_t message_count;
	struct report_evm evm;
	bool guard;
	uint64_t duration_us;
};

/* Words of the schema. */
const char *outcome_name(enum outcome outcome);
const char *cert_result_name(enum cert_result result);
const char *policy_stage_name(enum policy_stage stage);
const char *evm_result_name(enum evm_result result);

/* Exit status that an outcome stands for. */
int outcome_exit(enum outcome outcome);

/* Adds an empty record and returns it, or NULL when memory ran out; valid until the next addition. */
struct report_cert *report_add_cert(struct report *report);
struct report_candidate *report_add_candidate(struct report *report);

/* Empties a record. */
void report_reset_candidate(struct report_candidate *candidate);

/* Adds a message. Returns 0 or -ENOMEM. */
_must_check_ int report_add_message(struct report *report, const char *format, ...) _printf_(2, 3);

/* Adds a denied file; beyond REPORT_DENIED_MAX, or where memory runs out, nothing is added. */
void report_add_denied(struct report_candidate *candidate, const char *path, bool of_image, uint32_t line,
	const char *cause);

/* The candidate that is in force, or NULL. */
const struct report_candidate *report_policy(const struct report *report);

/* The candidate that waits for imaboot-late.service, or NULL. */
const struct report_candidate *report_deferred(const struct report *report);

/* True where a candidate was there and did not pass. */
bool report_has_failed(const struct report *report);

/* How many certificates have the result. */
size_t report_count_certs(const struct report *report, enum cert_result result);

/* Writes the report as one JSON object and a newline. */
void report_json(const struct report *report, struct buf *ret);

/* Writes the report as lines of text for people. */
void report_text(const struct report *report, struct buf *ret);

/* The certificates alone: a JSON array and a newline, or lines of text. */
void report_certs_json(const struct report *report, struct buf *ret);
void report_certs_text(const struct report *report, struct buf *ret);

/*
 * Writes what a person at the machine must know of a failure: what did not work, why, and what to do, in
 * paragraphs of one line each.
 */
void report_failure(const struct report *report, struct buf *ret);

/* Writes one line: outcome, policy, certificates, guard, time. */
void report_summary(const struct report *report, struct buf *ret);

/* Releases everything. */
void report_free(struct report *report);

#define _cleanup_report_ _cleanup_(report_free)

#endif
