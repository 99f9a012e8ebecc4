/* SPDX-License-Identifier: MIT */
/*
 * Whether the machine could go on under a policy that is about to be committed: its rules are evaluated, as the kernel
 * would, for the files that must be executed next. A policy under which init could not run is not committed.
 *
 * Which hooks see a file and with which access: fs/exec.c (do_open_execat: MAY_EXEC alone), fs/namei.c (do_open),
 * fs/binfmt_elf.c (elf_map, the linker by open_exec), security/integrity/ima/ima_main.c (ima_file_check,
 * ima_bprm_check, ima_file_mmap).
 */
#ifndef IMABOOT_PREFLIGHT_H
#define IMABOOT_PREFLIGHT_H

#include <stdbool.h>
#include "candidate.h"
#include "config.h"
#include "util.h"

struct preflight {
	const struct config *config;
	int root_fd; /* the real root; -1: there is none, and the image is looked at as one */
	const char *root;
	int image_fd;
	const char *image;
	const char *init;  /* init= of the command line; "": not given */
	bool labels_later; /* the policy is loaded once the security module knows the labels */
	bool recovery;     /* a failure leads to the recovery, whose shell must run */
	bool evm;          /* EVM will be active */
	bool built_in;     /* ima_policy=appraise_tcb: rules that are shown go with the first policy */
	const char *
		mode; /* "log", "fix" or "off" of ima_appraise=, where it is obeyed; NULL: appraisal is enforced */
	/* Says what is no reason to refuse the policy. */
	void (*warn)(void *context, const char *text);
	void *context;
};

/*
 * Stage preflight. Returns 0, also where nothing can be said of the policy (the dry run judges its text), or a
 * negative errno with the record's problem and its list of denied files set: -EACCES.
 */
_must_check_ int candidate_preflight(struct candidate *candidate, const struct preflight *preflight);

#endif
