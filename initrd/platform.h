/* SPDX-License-Identifier: MIT */
/*
 * Whether the platform is locked: then the kernel command line may not loosen anything, and a
 * policy must be signed.
 */
#ifndef IMABOOT_PLATFORM_H
#define IMABOOT_PLATFORM_H

#include <stdbool.h>

/*
 * True when UEFI Secure Boot is on (the variable SecureBoot, UEFI specification 3.3) or the
 * kernel's lockdown is not "none" (security/lockdown/lockdown.c). *ret_reason says which, as a
 * clause for messages. What cannot be read does not count as locked: a kernel under Secure Boot
 * whose variable is hidden is caught by its lockdown.
 */
bool platform_is_locked(const char **ret_reason);

#endif
