/* SPDX-License-Identifier: MIT */
/*
 * Certificates put into a root's /etc/keys/ima by `imactl deploy`: in DER, each in one step, and taken back as one where
 * what comes after them fails. One that is replaced stays beside the new one, under a name that boots and images read too,
 * until certplace_keep(): a machine that restarts in between has its old policy, and verifies it with that one.
 */
#ifndef IMABOOT_CERTPLACE_H
#define IMABOOT_CERTPLACE_H

#include "buf.h"
#include "place.h"
#include "problem.h"
#include "verb.h"

/* One of them. */
struct certplace_cert {
	const char *source; /* as it was named */
	struct buf path;    /* in the root */
	struct buf der;
	int folder_fd; /* of the path; -1 before it is written */
	struct placed placed;
	bool visible; /* placed.kept is a name that boots and images read */
};

struct certplace {
	struct certplace_cert *list;
	size_t count;
};

/* Adds the name that a certificate gets there: its own, with .der in place of what is behind the last dot. */
void certplace_name(const char *source, struct buf *ret);

/*
 * Reads the certificates of signers and of CAs. Returns 0, or an exit status after a message: two of them would have the
 * same path, or one a name that no boot reads, or one cannot be read. Nothing is written.
 */
_must_check_ int certplace_read(
	const struct verb_strings *signers, const struct verb_strings *cas, struct certplace *ret);

/*
 * Writes one, unless the same bytes are there; what was there before has another name until the end. Returns 0, or a negative errno with *problem set:
 * certplace_undo() knows what is left to be done then.
 */
_must_check_ int certplace_write(int root_fd, struct certplace_cert *cert, struct problem *problem);

/* Makes it as it was before, each that was written. Returns how many could not be; they are said. */
size_t certplace_undo(struct certplace *certs);

/* Lets go of what was there before. has_image: an image was made meanwhile; it is said which of them are in it. */
void certplace_keep(struct certplace *certs, bool has_image);

/* Closes and releases. */
void certplace_free(struct certplace *certs);

#endif
