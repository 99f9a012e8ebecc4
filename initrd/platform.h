/* SPDX-License-Identifier: MIT */
/*
 * Whether the platform is locked: then the kernel command line may not loosen anything, and a
 * policy must be signed.
 */
#ifndef IMABOOT_PLATFORM_H
#define IMABOOT_PLATFORM_H

#include <stdbool.h>

/*
 * True when the machine takes signed kernels alone: UEFI Secure Boot is on (the variable SecureBoot,
 * UEFI specification 3.3; on x86 also what the kernel's EFI stub found), or that of POWER
 * (arch/powerpc/kernel/secure_boot.c, is_ppc_secureboot_enabled), or s390x had a secure IPL
 * (arch/s390/kernel/ipl.c, ipl_secure_flag). And when the kernel's lockdown is not "none"
 * (security/lockdown/lockdown.c). *ret_reason says which, as a clause for messages. What cannot be read does not count as locked: on
 * machines without that stub's word, a kernel under Secure Boot whose variable is hidden
 * (efi=noruntime) is caught by its lockdown alone, where it has one.
 */
bool platform_is_locked(const char **ret_reason);

/*
 * The mode of appraisal that ima_appraise=value asks for, where the kernel obeys it: "log", "fix" or "off"; NULL where
 * appraisal is enforced (ima_appraise.c, default_appraise_setup). The kernel does not obey it under Secure Boot. One that
 * was built without IMA_APPRAISE_BOOTPARAM does not know it, and hands it on to PID 1 like any parameter that is not its own.
 */
const char *platform_appraise_mode(const char *value, bool locked);

#endif
