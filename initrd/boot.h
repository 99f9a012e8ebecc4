/* SPDX-License-Identifier: MIT */
/*
 * What happens at boot, from the certificates to the guard, as one function that fills a report.
 */
#ifndef IMABOOT_BOOT_H
#define IMABOOT_BOOT_H

#include <stdbool.h>
#include "buf.h"
#include "report.h"

/* How a boot ends, once its report is written. */
enum boot_action { BOOT_RETURN, BOOT_REBOOT, BOOT_POWEROFF, BOOT_HALT };

struct boot_end {
	int status;              /* exit status of the program, where it returns */
	enum boot_action action; /* what to do with the machine */
	unsigned int delay;      /* seconds before that */
};

/*
 * Does the whole work for the image at `image` ("/" in the initramfs) and the real root at
 * `root` (NULL: there is none). Fills the report, its outcome included; messages of failures
 * have gone to the log.
 */
void boot_run(const char *image, const char *root, struct report *report, struct boot_end *ret);

/*
 * Carries the end out: waits, writes back what is not on the disks yet, and stops the machine
 * (reboot(2)). Returns only where the action is BOOT_RETURN or the kernel refuses.
 */
void boot_end(const struct boot_end *end);

/* Writes the settings that a boot would have, with their origins. Returns 0 or a negative errno. */
_must_check_ int boot_explain(const char *image, struct buf *ret);

/* True for a name of require-certificates that is the file name of an accepted certificate. */
bool boot_has_cert(const struct report *report, const char *name);

#endif
