/* SPDX-License-Identifier: MIT */
/*
 * What happens at boot, from the certificates to the guard, as one function that fills a report.
 */
#ifndef IMABOOT_BOOT_H
#define IMABOOT_BOOT_H

#include "report.h"

/*
 * Does the whole work for the image at `image` ("/" in the initramfs) and the real root at
 * `root` (NULL: there is none). Fills the report, its outcome included; messages of failures
 * have gone to the log. Returns the exit status.
 */
int boot_run(const char *image, const char *root, struct report *report);

/* True for a name of require-certificates that is the file name of an accepted certificate. */
int boot_has_cert(const struct report *report, const char *name);

#endif
