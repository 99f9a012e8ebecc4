// SPDX-License-Identifier: MIT
/* Whether the platform is locked; see platform.h. */
#include "platform.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include "params.h"
#include "sysfile.h"

#define EFIVARS_DIR "/sys/firmware/efi/efivars"
#define BOOT_PARAMS_SIZE 4096         /* bytes */
#define BOOT_PARAMS_SECURE_BOOT 0x1ec /* asm/bootparam.h */
#define SECURE_BOOT_ENABLED 3         /* linux/efi.h, enum efi_secureboot_mode */

/* The variable's file: four bytes of attributes, then its one byte. */
static ssize_t read_variable(char bytes[static 16])
{
	char path[PATH_MAX];
	ssize_t len = sysfile_read(EFI_SECURE_BOOT, bytes, 16);

	/* An initramfs without systemd has not mounted efivarfs; it is there for this one read. */
	if (len == -ENOENT && sysfile_path(EFIVARS_DIR, path) == 0 &&
		mount("efivarfs", path, "efivarfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ==
			0) {
		len = sysfile_read(EFI_SECURE_BOOT, bytes, 16);
		(void)umount2(path, MNT_DETACH);
	}
	return len;
}

/*
 * What the kernel's EFI stub found before there was a command line: one that says efi=noruntime hides the variable
 * (struct boot_params, secure_boot; drivers/firmware/efi/libstub/secureboot.c). x86 alone has this file.
 */
static bool stub_has_seen_it(void)
{
	char bytes[BOOT_PARAMS_SIZE + 1];

	return sysfile_read(BOOT_PARAMS, bytes, sizeof(bytes)) > BOOT_PARAMS_SECURE_BOOT &&
	       bytes[BOOT_PARAMS_SECURE_BOOT] == SECURE_BOOT_ENABLED;
}

/* "none [integrity] confidentiality": the one in brackets is in force. */
static bool is_locked_down(void)
{
	char text[128];

	return sysfile_read(LOCKDOWN_FILE, text, sizeof(text)) > 0 && !strstr(text, "[none]");
}

#define PROC_INIT_ENVIRONMENT "/proc/1/environ"
#define ENVIRONMENT_MAX 16384

/* True where PID 1 got a variable of that name, as it is written on the command line: with - or _. */
static bool init_has_variable(const char *name)
{
	char text[ENVIRONMENT_MAX];
	ssize_t len = sysfile_read(PROC_INIT_ENVIRONMENT, text, sizeof(text));
	const char *at = text;

	for (; len > 0 && at < text + len; at += strlen(at) + 1)
		if (param_names_match(at, name, strlen(name)) && at[strlen(name)] == '=')
			return true;
	return false;
}

const char *platform_appraise_mode(const char *value, bool locked)
{
	static const char *const modes[] = {"off", "log", "fix"};
	size_t i;

	for (i = 0; !locked && i < ARRAY_SIZE(modes); i++)
		if (strncmp(value, modes[i], strlen(modes[i])) == 0)
			return init_has_variable("ima_appraise") ? NULL : modes[i];
	return NULL;
}

/* Why the machine takes signed kernels alone, or keeps more from its user; NULL: it does not. */
static const char *find_lock(void)
{
	char bytes[16];

	if ((read_variable(bytes) == 5 && bytes[4] == 1) || stub_has_seen_it())
		return "UEFI Secure Boot is on";
	/* A bare POWER machine has this property, which is empty. */
	if (sysfile_read(OPAL_SECURE_BOOT, bytes, sizeof(bytes)) >= 0)
		return "the firmware's Secure Boot is on (os-secureboot-enforcing)";
	/* A partition of PowerVM has a big-endian number: 0 off, 1 looked at and taken all the same. */
	if (sysfile_read(POWERVM_SECURE_BOOT, bytes, sizeof(bytes)) == 4 && memcmp(bytes, "\0\0\0\1", 4) > 0)
		return "the partition's Secure Boot is on (ibm,secure-boot)";
	if (sysfile_read(IPL_SECURE, bytes, sizeof(bytes)) > 0 && *bytes == '1')
		return "the machine was started by a secure IPL";
	return is_locked_down() ? "the kernel is locked down" : NULL;
}

bool platform_is_locked(const char **ret_reason)
{
	const char *lock = find_lock();

	*ret_reason = lock ? lock : "UEFI Secure Boot is off and the kernel is not locked down";
	return lock;
}
