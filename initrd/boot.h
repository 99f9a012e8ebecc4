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
	bool recovery;           /* a person is to be asked; the action is for where nobody can be */
};

/*
 * Does the whole work for the image at `image` ("/" in the initramfs) and the real root at
 * `root` (NULL: there is none). Fills the report, its outcome included; messages of failures
 * have gone to the log.
 */
void boot_run(const char *image, const char *root, struct report *report, struct boot_end *ret);

/* How a later run in the same boot, out of the recovery, differs from the first. */
struct boot_again {
	int choice;      /* an enum policy_choice to begin with; -1: that of the settings */
	bool check_only; /* nothing is committed; what passes its dry run counts as accepted in the report */
	bool late;       /* the recovery is in the running system: see late_recovery.h */
};

/*
 * The same once more, after a repair: certificates that are loaded stay, the guard is lifted for the
 * time of the run, and a failure leads back to the caller whatever on-failure says.
 */
void boot_run_again(const char *image, const char *root, const struct boot_again *again,
	struct report *report, struct boot_end *ret);

/*
 * Finishes a boot that was deferred, in the running system: the same work once more, with the folder that late.h
 * kept in the image's place. What is refused now is refused for good.
 */
void boot_run_late(const char *image, const char *root, struct report *report, struct boot_end *ret);

/*
 * Carries the end out: waits, writes back what is not on the disks yet, and stops the machine
 * (reboot(2)). Returns only where the action is BOOT_RETURN or the kernel refuses.
 */
void boot_end(const struct boot_end *end);

/* Writes the settings that a boot would have, with their origins. Returns 0 or a negative errno. */
_must_check_ int boot_explain(const char *image, struct buf *ret);

/* True for a name of require-certificates that is the file name of an accepted certificate. */
bool boot_has_cert(const struct report *report, const char *name);

/* Keeps other runs of this boot out until the descriptor is closed. Returns it, or a negative errno. */
_must_check_ int boot_lock(void);

/*
 * The outcome that an earlier run of this boot left, as a word in ret, and its exit status. Returns
 * false where there was none.
 */
bool boot_is_done(char ret[static 64], int *ret_status);

/* Writes the files of /run/imaboot for a boot that ended so; errors are logged. */
void boot_write_report(const struct report *report, const struct boot_end *end);

#endif
