/* SPDX-License-Identifier: MIT */
/*
 * The folders of libraries for newer processors that the GNU dynamic linker looks into first: glibc-hwcaps/x86-64-v2
 * to -v4 on x86-64, below each of its folders (ld.so(8)). Their levels are those of the x86-64 psABI.
 */
#ifndef IMABOOT_HWCAPS_H
#define IMABOOT_HWCAPS_H

#define HWCAPS_DIR "glibc-hwcaps"
#define HWCAPS_LEVEL_MAX 4

/* The level of the running processor, 1 to HWCAPS_LEVEL_MAX; 1 on other machines, which have no such folders here. */
unsigned int hwcaps_running(void);

/* The level that a folder's name stands for ("x86-64-v3": 3), 0 where it is none. */
unsigned int hwcaps_level(const char *name);

#endif
