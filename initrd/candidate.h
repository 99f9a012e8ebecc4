/* SPDX-License-Identifier: MIT */
/*
 * One policy on its way into the kernel: read, signature, dry run, commit, confirm.
 *
 * Each stage either passes or ends the way with a problem; nothing is committed before every
 * earlier stage passed. The kernel is given the descriptor that was read (its name in
 * /proc/self/fd), so no path is resolved twice, and its dry run judges the file again after us.
 */
#ifndef IMABOOT_CANDIDATE_H
#define IMABOOT_CANDIDATE_H

#include <stdbool.h>
#include "imasig.h"
#include "report.h"
#include "rootfile.h"
#include "util.h"

#define POLICY_SIZE_MAX (1024 * 1024) /* bytes of a policy file at boot */
#define POLICY_PATH "/etc/ima/ima-policy"
#define IMAGE_POLICY_PATH "/etc/imaboot/policy"

struct candidate {
	struct report_candidate *record; /* where stage, result and problem go; in the report */
	const char *keyring;             /* the signers', for messages; NULL where there is none */
	bool allow_sha1;                 /* a signature over SHA-1 counts */
	bool find_keyring;               /* late_appraise_self() at once after the commit */
	bool copy_remote;                /* from another machine's file system: what was checked is loaded */
	struct rootfile file;            /* the policy; the descriptor is what the kernel is given */
	uint8_t sig[IMASIG_MAX];         /* security.ima of it */
	size_t sig_len;
};

/*
 * Stage read: the regular file at path inside a root, whole and well-formed as a file, with its
 * security.ima. Returns 0 or a negative errno with the record's problem set; an absent file sets
 * the result CANDIDATE_ABSENT and returns -ENOENT.
 */
_must_check_ int candidate_read(struct candidate *candidate, int root_fd, const char *root, const char *path);

/*
 * Stage read for the image's policy: the initramfs carries no extended attributes, so file and
 * detached signature (the bytes of security.ima) are put together in a memory file (memfd_create(2),
 * on the kernel's tmpfs). A missing signature file leaves it unsigned. Returns as candidate_read().
 */
_must_check_ int candidate_read_image(struct candidate *candidate, int image_fd, const char *image);

/* The same for another file of the image: path, with its signature at path.sig. */
_must_check_ int candidate_read_detached(
	struct candidate *candidate, int image_fd, const char *image, const char *path);

/* Stage read for text that the program has itself; name stands for the path. It has no signature. */
_must_check_ int candidate_read_text(struct candidate *candidate, const char *name, const char *text);

/*
 * Stage signature: verified with the certificates that the kernel accepted. required false: only
 * what is found out is recorded, and 0 returned. Returns 0 or a negative errno.
 */
_must_check_ int candidate_check_signature(struct candidate *candidate, bool required);

/*
 * True where the kernel shows the candidate's rules and no others, on a kernel whose
 * policy can be read back: the record then says so, and nothing is to be loaded again.
 */
bool candidate_is_in_force(struct candidate *candidate);

/* Version of the running kernel, as the front end of the policy language counts. */
unsigned int candidate_kernel_version(void);

/* Stage dry-run: the kernel's verdict, nothing committed. Returns 0 or a negative errno. */
_must_check_ int candidate_dry_run(struct candidate *candidate);

/* Stages commit and confirm. Returns 0 once the policy is proven to be in force, or a negative errno. */
_must_check_ int candidate_commit(struct candidate *candidate);

/* Releases content and descriptor; the record stays in the report. */
void candidate_free(struct candidate *candidate);

#define _cleanup_candidate_ _cleanup_(candidate_free)

#endif
