/* SPDX-License-Identifier: MIT */
/*
 * A limit of the memory that this program takes, whatever the files of a root make of it: what comes beyond fails with
 * -ENOMEM, and so does the stage that asks for it, before the kernel ends a process of its choice.
 */
#ifndef IMABOOT_MEMORY_H
#define IMABOOT_MEMORY_H

#include <stdint.h>

/*
 * The largest inputs fit: a policy of 1 MiB, whose rules take up to 75 MiB, beside the rules that are in force, and an
 * SELinux policy of 64 MiB, or 1000 certificates of 64 KiB.
 */
#define MEMORY_MAX (UINT64_C(256) << 20) /* bytes */

/*
 * Sets RLIMIT_DATA (setrlimit(2)), for which Linux counts all private memory that can be written but for the stack:
 * .data, .bss, brk(2) and what malloc(3) maps (mm/mmap.c, may_expand_vm). A lower limit stays. It is the soft one.
 */
void memory_limit(void);

/* Takes it back, in a child that executes another program. */
void memory_unlimit(void);

#endif
