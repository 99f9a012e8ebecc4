/* SPDX-License-Identifier: MIT */
/*
 * The folders of libraries for newer processors that the GNU dynamic linker looks into first, below each of its folders
 * (ld.so(8)): glibc-hwcaps/x86-64-v2 to -v4 on x86-64, whose levels are those of the x86-64 psABI, and glibc-hwcaps/z13 to
 * z16 on s390x (glibc: sysdeps/x86_64 and sysdeps/s390, dl-hwcaps-subdirs.c).
 */
#ifndef IMABOOT_HWCAPS_H
#define IMABOOT_HWCAPS_H

#include <stdint.h>

#define HWCAPS_DIR "glibc-hwcaps"
#define HWCAPS_LEVEL_MAX 5

/* The level of the running processor for programs of a machine (<elf.h>): 1 to HWCAPS_LEVEL_MAX, 1 for another machine. */
unsigned int hwcaps_running(uint16_t machine);

/* The folder for a level of the machine, from 2 on; NULL where there is none. */
const char *hwcaps_name(uint16_t machine, unsigned int level);

/* The level that a folder's name stands for ("x86-64-v3": 3, "z13": 2), 0 where it is none of the machine. */
unsigned int hwcaps_level(uint16_t machine, const char *name);

#endif
