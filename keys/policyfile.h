/* SPDX-License-Identifier: MIT */
/*
 * A policy file and its signature, read once: what is judged is what is put in place. Of a file that a person names the
 * signature may lie beside it; of a root's policy a boot reads the attribute alone.
 */
#ifndef IMABOOT_POLICYFILE_H
#define IMABOOT_POLICYFILE_H

#include <stdint.h>
#include "buf.h"
#include "imasig.h"
#include "problem.h"

struct policyfile {
	struct buf text;
	uint8_t value[IMASIG_MAX]; /* of security.ima */
	size_t value_len;          /* bytes; 0: there is none */
};

/*
 * Reads the policy at path. Its signature: the file of that name; or with signature NULL the policy's security.ima, in
 * place of which PATH.sig is taken where it is no signature. Returns 0, or an exit status after a message.
 */
_must_check_ int policyfile_read(const char *path, const char *signature, struct policyfile *ret);

/*
 * Reads the policy at path (absolute, inside the root), of at most INFILE_POLICY_MAX bytes, with its attribute. Returns
 * 0, or a negative errno with *problem set, as rootfile_open(). An empty file is no problem here.
 */
_must_check_ int policyfile_read_root(
	int root_fd, const char *root, const char *path, struct policyfile *ret, struct problem *problem);

void policyfile_free(struct policyfile *file);

#define _cleanup_policyfile_ _cleanup_(policyfile_free)

#endif
