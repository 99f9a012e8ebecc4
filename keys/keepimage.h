/* SPDX-License-Identifier: MIT */
/*
 * The initramfs images of a kernel kept while new ones are made, and put back where those cannot be used: dracut writes
 * over the old image, and takes it away where there is no room for the new one.
 */
#ifndef IMABOOT_KEEPIMAGE_H
#define IMABOOT_KEEPIMAGE_H

#include <stddef.h>
#include "problem.h"

struct keepimage_file;

struct keepimage {
	struct keepimage_file *files;
	size_t count;
};

/*
 * Copies all images of a kernel release (uname -r), where dracut and update-initramfs have them, to /var/tmp, without a
 * name: not to /boot, where there may be no room for two, and nothing stays after a crash. Returns 0, or a negative errno
 * with *problem set; to be released with keepimage_free() in any case.
 */
_must_check_ int keepimage_begin(const char *release, struct keepimage *ret, struct problem *problem);

/* Puts back those that are gone or changed, each in one step where there is room. Returns how many could not be; said. */
size_t keepimage_restore(struct keepimage *images);

void keepimage_free(struct keepimage *images);

#endif
