/* SPDX-License-Identifier: MIT */
/* What `imactl sign` does with each file, in as many threads as asked for; the options are in cmd_sign.c. */
#ifndef IMABOOT_SIGNJOB_H
#define IMABOOT_SIGNJOB_H

#include <stdatomic.h>
#include "files.h"
#include "manifest.h"
#include "signer.h"

/* What becomes of a file that the running system changes. */
enum signjob_mutable { MUTABLE_DIGEST, MUTABLE_SIGN, MUTABLE_SKIP };

struct signjob {
	struct signer signer;
	bool is_policy; /* the files are policies, whatever their names */
	bool detached, dry_run, skip_valid;
	bool sign_writable; /* executables in a tree that others may have written are signed too */
	struct stat root;   /* of --root: who owns the tree */
	enum signjob_mutable mutable_files;
	struct manifest *manifest; /* or NULL */
	atomic_uint_fast64_t signed_files, digests, valid, left, others, failed;
};

/* The functions of struct files_task; shared is the struct signjob. */
void *signjob_begin(void *shared);
void signjob_file(void *state, const struct fileitem *item);
void signjob_end(void *state);

#endif
