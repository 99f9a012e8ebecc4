/* SPDX-License-Identifier: MIT */
/* What the files of the boot share: boot.c (order), boot_settings.c, boot_policy.c, boot_labels.c, boot_failure.c. */
#ifndef IMABOOT_BOOT_INTERNAL_H
#define IMABOOT_BOOT_INTERNAL_H

#include <stdbool.h>
#include "boot.h"
#include "candidate.h"
#include "params.h"
#include "report.h"
#include "settings.h"

struct boot {
	struct report *report;
	const char *image, *root; /* names of the two root folders; root may be NULL */
	int image_fd, root_fd;    /* -1: there is none, or it is the other one */
	struct settings settings;
	struct params params;
	bool locked;
	const char *locked_reason;
	bool misconfigured;             /* the configuration has errors */
	bool has_signers;               /* certificates for IMA are in the image, whatever became of them */
	bool appraises_nothing;         /* the policy in force has no rule that appraises files */
	bool silent;                    /* boot_note() says nothing */
	const struct boot_again *again; /* NULL in the first run */
	bool late;                      /* imaboot-late.service runs this, in the running system */
	bool kdump;                     /* this kernel saves the dump of a crashed one */
};

/* Says something in the log and keeps it for the report. */
void boot_note(struct boot *boot, int level, const char *format, ...) _printf_(3, 4);

/* Reads configuration, parameters and platform. Returns 0, or a negative errno for a wrong configuration. */
_must_check_ int boot_read_settings(struct boot *boot);

/* Whether the kernel must find the keyring _ima by this process, in the running system; see late_appraise_self(). */
bool boot_finds_keyring(const struct boot *boot);

/* Whether a candidate's signature must verify. */
bool boot_requires_signature(const struct boot *boot);

/*
 * Stage preflight of a candidate: the policy is tried on what must run next. Returns 0, or a negative errno with the
 * record's problem set.
 */
_must_check_ int boot_preflight(struct boot *boot, struct candidate *candidate);

/*
 * Stage dry-run of a candidate. Where nothing but labels that no security module knows yet stands against it, what the
 * configuration's key labels says is done: a stage-0 policy is committed, after which they are taken, or the load is put
 * off (the record's result is then CANDIDATE_DEFERRED). Returns 0, or a negative errno with the record's problem set.
 */
_must_check_ int boot_dry_run(struct boot *boot, struct candidate *candidate);

/* Takes the policies through their stages, in order, and settles the outcome. */
void boot_load_policy(struct boot *boot);

/*
 * Extends the PCR of the configuration with the event, and notes it. Returns false where the mark is
 * required and cannot be made.
 */
_must_check_ bool boot_mark(struct boot *boot, const char *event);

/*
 * What follows from the outcome: the mark where the machine goes on unprotected or stops for a
 * person, and what is to be done once the report is written.
 */
void boot_settle(struct boot *boot, struct boot_end *ret);

#endif
