/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own keys (SysRq, drivers/tty/sysrq.c) while the recovery is there: those that end processes or change the
 * keyboard could take the menu away from whoever is in front of it, and a hook that is ended may lead to a shell. What
 * syncs, restarts and powers off stays.
 */
#ifndef IMABOOT_SYSRQ_H
#define IMABOOT_SYSRQ_H

/*
 * Takes from /proc/sys/kernel/sysrq what must not be; what it was is kept below /run, once. Nothing happens where the kernel
 * has no such file; another failure is logged. With sysrq_always_enabled on its command line the kernel does not look there.
 */
void sysrq_restrict(void);

/* Makes it what it was before sysrq_restrict(); a failure is logged. */
void sysrq_restore(void);

/* What a value leaves once it is restricted; pure. 1 stands for everything, as in the kernel. */
unsigned int sysrq_harmless(unsigned int value);

#endif
