/* SPDX-License-Identifier: MIT */
/*
 * A load that is put off: what imaboot-late.service of the root needs for it is kept below /run, which outlives
 * the switch to the root.
 *
 * The service runs `imaboot boot --late`: the same boot once more, with RUN_LATE in the image's place. Nothing of the
 * configuration, and no certificate of a CA, comes from the root: RUN_LATE is made while nothing of the root has run, and
 * belongs to root alone.
 */
#ifndef IMABOOT_LATE_H
#define IMABOOT_LATE_H

#include "problem.h"
#include "util.h"

#define LATE_UNIT "imaboot-late.service"

/*
 * Whether the root's systemd will run the service: the unit that counts among its folders, its link below
 * sysinit.target.wants, and the program that it names are there (systemd.unit(5), "Unit File Load Path"). Only reads.
 * Returns 0, or a negative errno with *problem set: -ENOENT something is missing, or what reading gives.
 */
_must_check_ int late_find_unit(int root_fd, const char *root, struct problem *problem);

/*
 * Copies configuration, policies and certificates of the image below RUN_LATE, for root alone. Returns 0, or a negative
 * errno with *problem set.
 */
_must_check_ int late_save(int image_fd, const char *image, struct problem *problem);

/*
 * Makes sure that an open RUN_LATE is what late_save() made: a folder of this user's that nobody else may write to.
 * Returns 0, -EPERM, or what fstat(2) says.
 */
_must_check_ int late_check(int fd);

/*
 * Has the kernel appraise this program, in this process: it is opened, mapped and executed once more ("imaboot version").
 * The kernel finds the keyring _ima by a search in the keyrings of whoever causes the first appraisal, and remembers it
 * then (security/integrity/digsig.c, integrity_keyring_from_id); the services that systemd starts next do not have
 * root's user keyring among theirs. Returns 0, or a negative errno where the program may not be executed.
 */
_must_check_ int late_appraise_self(void);

#endif
