/* SPDX-License-Identifier: MIT */
/* The verbs of imaboot; each has a file of its own, cmd_<verb>.c. */
#ifndef IMABOOT_VERBS_H
#define IMABOOT_VERBS_H

#include "verb.h"

extern const struct verb verb_boot;    /* everything that happens at boot */
extern const struct verb verb_keys;    /* the certificates alone */
extern const struct verb verb_load;    /* one policy file: dry run, commit, proof */
extern const struct verb verb_check;   /* one policy file: dry run only */
extern const struct verb verb_lint;    /* policy files, without a kernel */
extern const struct verb verb_verify;  /* security.ima of files */
extern const struct verb verb_guard;   /* sets and lifts the guard */
extern const struct verb verb_status;  /* kernel, keyring, guard, last boot */
extern const struct verb verb_recover; /* one action of the recovery */

#endif
