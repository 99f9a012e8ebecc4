/* SPDX-License-Identifier: MIT */
/* The initramfs of this machine made anew by the program that the distribution has for it. */
#ifndef IMABOOT_INITRAMFS_H
#define IMABOOT_INITRAMFS_H

#include "problem.h"

/* The program's path: dracut where there is one, else update-initramfs; NULL: neither is there. */
const char *initramfs_program(void);

/*
 * Runs it for a kernel release, or for the running kernel where that is NULL; its output goes to standard error. Returns
 * 0, or a negative errno with *problem set.
 */
_must_check_ int initramfs_build(const char *release, struct problem *problem);

#endif
