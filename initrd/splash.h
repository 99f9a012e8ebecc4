/* SPDX-License-Identifier: MIT */
/*
 * A splash screen (plymouth) that hides the consoles and reads their keyboard: it is left before the recovery shows
 * anything. The image may be without plymouth's client, and a policy in force may refuse to execute it, so its daemon is
 * asked directly, as systemd does (plymouth's src/ply-boot-protocol.h; systemd's src/shared/plymouth-util.c).
 */
#ifndef IMABOOT_SPLASH_H
#define IMABOOT_SPLASH_H

#include "util.h"

/*
 * Asks the daemon to end, and waits for that for ten seconds at most; one that stays is killed. Virtual consoles that are
 * in graphics mode then, or without their keyboard, are set back (ioctl_console(2), KDSETMODE, KDSKBMODE). Returns 0,
 * where there was no splash screen too, or a negative errno, which is logged: -ETIMEDOUT, or what connect(2) or write(2) says.
 */
_must_check_ int splash_leave(void);

#endif
