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

static bool secure_boot_is_on(void)
{
	char bytes[16];

	return (read_variable(bytes) == 5 && bytes[4] == 1) || stub_has_seen_it();
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

bool platform_is_locked(const char **ret_reason)
{
	if (secure_boot_is_on()) {
		*ret_reason = "UEFI Secure Boot is on";
		return true;
	}
	if (is_locked_down()) {
		*ret_reason = "the kernel is locked down";
		return true;
	}
	*ret_reason = "UEFI Secure Boot is off and the kernel is not locked down";
	return false;
}
