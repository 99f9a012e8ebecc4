/* SPDX-License-Identifier: MIT */
/* The initramfs of this machine made anew by the program that the distribution has for it. */
#ifndef IMABOOT_INITRAMFS_H
#define IMABOOT_INITRAMFS_H

#include "problem.h"

struct initramfs {
	const char *program; /* its path */
	char release[128];   /* of the kernel */
};

/*
 * Finds the program: update-initramfs where there is one, since dracut may be installed beside it and is then not what
 * makes the images; else dracut. release: a kernel's, or NULL: the running one's; it must have modules here, without which
 * update-initramfs makes an image that boots nothing. Returns 0, or a negative errno with *problem set.
 */
_must_check_ int initramfs_find(const char *release, struct initramfs *ret, struct problem *problem);

/*
 * Runs it; its output goes to standard error. After interrupted() it is told to end, and after a second signal it is
 * ended, with all that it started. Returns 0 once there is a new image, or a negative errno with *problem set.
 */
_must_check_ int initramfs_build(const struct initramfs *initramfs, struct problem *problem);

#endif
