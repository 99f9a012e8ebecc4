/* SPDX-License-Identifier: MIT */
/* The signers' certificates that `imactl verify` judges by: those of the command line, or those of this machine. */
#ifndef IMABOOT_SIGNERS_H
#define IMABOOT_SIGNERS_H

#include <glob.h>
#include "certview.h"
#include "verb.h"

#define SIGNERS_FOLDER "/etc/keys/ima" /* where --running looks when no certificate is named */

struct signers {
	struct certview *certs;
	size_t count;
	glob_t files; /* the names that the folder gave; certs point into it */
};

/*
 * Reads the certificates named. running: only those count whose keys the running kernel has in .ima or _ima, the
 * others are warned of, and where none is named those of SIGNERS_FOLDER are read. Returns 0, or an exit status after
 * a message.
 */
_must_check_ int signers_load(const struct verb_strings *named, bool running, struct signers *ret);

/* Releases everything. */
void signers_free(struct signers *signers);

#endif
