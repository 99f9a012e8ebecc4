/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own files (procfs, sysfs, securityfs) and the program's below /run: every path
 * that is compiled in goes through here, so that a unit test can put a folder in front of it.
 */
#ifndef IMABOOT_SYSFILE_H
#define IMABOOT_SYSFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "util.h"

#define SECURITYFS_DIR "/sys/kernel/security"
#define IMA_DIR SECURITYFS_DIR "/integrity/ima"
#define IMA_POLICY IMA_DIR "/policy"
#define LSM_FILE SECURITYFS_DIR "/lsm"
#define EVM_FILE SECURITYFS_DIR "/integrity/evm/evm"
#define LOCKDOWN_FILE SECURITYFS_DIR "/lockdown"
#define EFI_SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define OPAL_SECURE_BOOT "/proc/device-tree/ibm,secureboot/os-secureboot-enforcing"
#define POWERVM_SECURE_BOOT "/proc/device-tree/ibm,secure-boot"
#define IPL_SECURE "/sys/firmware/ipl/secure"
#define BOOT_PARAMS "/sys/kernel/boot_params/data"
#define PROC_KEYS "/proc/keys"
#define PROC_CMDLINE "/proc/cmdline"
#define CMDLINE_MAX (64 * 1024) /* bytes; x86 has 2048, s390x as many as it was built with */
#define PROC_VMCORE "/proc/vmcore"
#define PROC_CONSOLES "/proc/consoles"
#define PROC_MOUNTINFO "/proc/self/mountinfo"
#define PROC_SELF_CONTEXT "/proc/self/attr/current"
#define PROC_SELF_EXE "/proc/self/exe"
#define PROC_SELF_FD "/proc/self/fd"
#define PROC_SELF_FDINFO "/proc/self/fdinfo"
#define PRINTK_RATELIMIT "/proc/sys/kernel/printk_ratelimit"
#define KMSG "/dev/kmsg"
#define RUN_DIR "/run/imaboot"
#define RUN_STATUS RUN_DIR "/status.json"
#define RUN_REPORT RUN_DIR "/report.txt"
#define RUN_OUTCOME RUN_DIR "/outcome"
#define RUN_LATE RUN_DIR "/late"
#define RUN_FAILURE RUN_DIR "/failure.txt"
#define RUN_RECOVERY RUN_DIR "/recovery"
#define RUN_RECOVERY_LOG RUN_DIR "/recovery.log"
#define RUN_CLOCK RUN_DIR "/clock"
#define RUN_WRONG RUN_DIR "/wrong"
#define RUN_DISK RUN_DIR "/disk"
#define RUN_SYSRQ RUN_DIR "/sysrq"
#define RUN_LOG_DIR "/run/log"
#define RUN_IMABOOT_LOG_DIR RUN_LOG_DIR "/imaboot"
#define RUN_TPM_EVENTS RUN_IMABOOT_LOG_DIR "/tpm-events.json"
#define RECOVERY_DIR "/usr/lib/imaboot"
#define RECOVERY_PROGRAM RECOVERY_DIR "/recovery"
#define RECOVERY_BUSYBOX RECOVERY_DIR "/busybox"
#define RECOVERY_AUTH RECOVERY_DIR "/imaboot-auth"
#define CONFIG_FILE "/etc/imaboot/imaboot.conf"

/* What RUN_RECOVERY holds. */
#define RECOVERY_IN_INITRAMFS "initramfs\n"
#define RECOVERY_IN_SYSTEM "system\n"
#define RECOVERY_IN_EMERGENCY "emergency\n"

/* For unit tests: puts a folder in front of every path ("" again: none). Kept, not copied. */
void sysfile_set_prefix(const char *prefix);

/* Writes path with the prefix into ret. Returns 0, or -ENAMETOOLONG. */
_must_check_ int sysfile_path(const char *path, char ret[static PATH_MAX]);

/* open(2) with O_CLOEXEC and O_NOCTTY added. Returns a descriptor or a negative errno. */
_must_check_ int sysfile_open(const char *path, int flags);

/*
 * Reads a small file whole: at most size - 1 bytes, and a NUL behind them. Returns the number of
 * bytes, or a negative errno; -EFBIG when there is more: ret has the first size - 1 bytes then.
 */
_must_check_ ssize_t sysfile_read(const char *path, char *ret, size_t size);

/*
 * Hands each line that ends in a newline to take(line, context), without the newline, until that
 * returns false. Returns 0, or a negative errno when the file cannot be read.
 */
_must_check_ int sysfile_lines(
	const char *path, bool (*take)(const char *line, void *context), void *context);

/* Writes a short text with one write(2) into an existing file. Returns 0 or a negative errno. */
_must_check_ int sysfile_write(const char *path, const char *text);

/*
 * Puts a file in place as a whole: written beside it with the given mode, synced, renamed.
 * Returns 0 or a negative errno, and leaves nothing behind then.
 */
_must_check_ int sysfile_replace(const char *path, const void *bytes, size_t len, mode_t mode);

#endif
