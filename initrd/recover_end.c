// SPDX-License-Identifier: MIT
/* How a recovery ends without a boot: restart, power off, the firmware's setup, the time-out; see recover.h. */
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include "log.h"
#include "sysfile.h"

#define EFIVARS_DIR "/sys/firmware/efi/efivars"
#define EFI_GUID "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define OS_INDICATIONS EFIVARS_DIR "/OsIndications-" EFI_GUID
#define OS_INDICATIONS_SUPPORTED EFIVARS_DIR "/OsIndicationsSupported-" EFI_GUID
#define VARIABLE_SIZE 12 /* four bytes of attributes, and a 64-bit number */
#define BOOT_TO_SETUP 1  /* EFI_OS_INDICATIONS_BOOT_TO_FW_UI */

static int stop(const struct recover *recover, const char *what, int command)
{
	if (recover->dry_run) {
		log_notice("%s: dry run: the machine %s", recover->action->name, what);
		return EXIT_DONE;
	}
	recover_log("%s: the machine %s", recover->action->name, what);
	sync();
	(void)reboot(command);
	log_error("the kernel refuses to stop the machine: %s", strerror(errno));
	return EXIT_FAILED;
}

int recover_reboot(struct recover *recover)
{
	return stop(recover, "restarts", RB_AUTOBOOT);
}

int recover_poweroff(struct recover *recover)
{
	return stop(recover, "powers off", RB_POWER_OFF);
}

int recover_timeout(struct recover *recover)
{
	switch (recover->boot.settings.config.timeout_action) {
	case TIMEOUT_POWEROFF:
		return stop(recover, "powers off", RB_POWER_OFF);
	case TIMEOUT_HALT:
		return stop(recover, "halts", (int)RB_HALT_SYSTEM);
	case TIMEOUT_REBOOT:
		break;
	}
	return stop(recover, "restarts", RB_AUTOBOOT);
}

/*
 * Where the boot failed and its program did not come so far as to stop the machine (it was killed), this does what
 * on-failure says. Returns only where the configuration wants a person to be asked, or to go on.
 */
static void stop_as_configured(struct recover *recover)
{
	switch (recover->boot.settings.config.on_failure) {
	case FAILURE_REBOOT:
		(void)stop(recover, "restarts", RB_AUTOBOOT);
		break;
	case FAILURE_POWEROFF:
		(void)stop(recover, "powers off", RB_POWER_OFF);
		break;
	case FAILURE_HALT:
		(void)stop(recover, "halts", (int)RB_HALT_SYSTEM);
		break;
	case FAILURE_RECOVERY:
	case FAILURE_CONTINUE:
		break;
	}
}

int recover_hold(struct recover *recover)
{
	unsigned int seconds = recover->boot.settings.config.recovery_timeout;

	stop_as_configured(recover);
	if (recover->dry_run)
		return recover_timeout(recover);
	if (seconds)
		log_message(LOG_ALERT, "the recovery cannot ask anybody; the machine waits for %u second%s",
			seconds, seconds == 1 ? "" : "s");
	else
		log_message(
			LOG_ALERT, "the recovery cannot ask anybody; the machine waits to be switched off");
	if (seconds) {
		(void)sleep(seconds);
		(void)recover_timeout(recover);
	}
	for (;;)
		(void)sleep(3600);
}

void recover_hold_boot(const char *root)
{
	struct recover recover = {.action = recover_find("hold"), .image = "/", .root = root, .choice = -1};

	if (recover_open(&recover) == 0)
		(void)recover_hold(&recover);
	for (;;)
		(void)sleep(3600);
}

/* ---- the firmware's setup ---- */

static bool read_variable(const char *path, unsigned char ret[static VARIABLE_SIZE + 4])
{
	return sysfile_read(path, (char *)ret, VARIABLE_SIZE + 4) == VARIABLE_SIZE;
}

/* Mounts efivarfs where nobody has; returns true where it is to be unmounted. */
static bool mount_variables(void)
{
	char path[PATH_MAX];

	if (sysfile_path(EFI_SECURE_BOOT, path) < 0 || access(path, F_OK) == 0 ||
		sysfile_path(EFIVARS_DIR, path) < 0)
		return false;
	return mount("efivarfs", path, "efivarfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

static void unmount_variables(bool mounted)
{
	char path[PATH_MAX];

	if (mounted && sysfile_path(EFIVARS_DIR, path) == 0)
		(void)umount2(path, MNT_DETACH);
}

bool recover_has_firmware_setup(void)
{
	unsigned char variable[VARIABLE_SIZE + 4];
	bool mounted = mount_variables();
	bool ret = read_variable(OS_INDICATIONS_SUPPORTED, variable) && (variable[4] & BOOT_TO_SETUP);

	unmount_variables(mounted);
	return ret;
}

/* Sets the bit; attributes are non-volatile, boot service, run time. Returns 0 or a negative errno. */
static int ask_for_setup(void)
{
	unsigned char variable[VARIABLE_SIZE + 4] = {0};
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	int r = sysfile_path(OS_INDICATIONS, path);

	if (r < 0)
		return r;
	(void)!read_variable(OS_INDICATIONS, variable);
	variable[0] = 7;
	variable[4] |= BOOT_TO_SETUP;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || write(fd, variable, VARIABLE_SIZE) != VARIABLE_SIZE)
		return -errno;
	return 0;
}

int recover_firmware(struct recover *recover)
{
	bool mounted;
	int r;

	if (!recover_has_firmware_setup()) {
		log_error(
			"firmware: this firmware has no setup that can be asked for: restart, and press its "
			"key");
		return EXIT_NOT_APPLICABLE;
	}
	if (recover->dry_run)
		return stop(recover, "restarts into the firmware setup", RB_AUTOBOOT);
	mounted = mount_variables();
	r = ask_for_setup();
	unmount_variables(mounted);
	if (r < 0) {
		log_error(
			"firmware: the variable OsIndications cannot be written: %s; restart, and press the "
			"firmware's key",
			strerror(-r));
		return EXIT_FAILED;
	}
	return stop(recover, "restarts into the firmware setup", RB_AUTOBOOT);
}
