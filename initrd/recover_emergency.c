// SPDX-License-Identifier: MIT
/*
 * The emergency shell of the initramfs, which opens where the root cannot be found or mounted, a hook failed, or the command
 * line has a break: for everybody who is in front of the machine. A hook calls this before it. On an open platform
 * without a password the shell opens, once the mark is made. Elsewhere the recovery takes its place, in which a shell has a
 * password or is not there; nothing that needs the root is.
 */
#include "recover.h"

#include <errno.h>
#include "log.h"
#include "recovery_run.h"
#include "sysfile.h"

static const char failure[] =
	"The initramfs did not get to the root's own system, and would open its emergency shell.\n"
	"  why:    the kernel's log says so: the root was not found or mounted, or a hook failed\n"
	"  remedy: restart, or choose another entry in the boot loader; repair the root from another "
	"system\n";

const char *recover_why_absent(const struct recover *recover, const struct recover_action *action)
{
	return recover->emergency && action->root
		       ? "the initramfs did not get to the root's system: restart the machine"
		       : NULL;
}

/* What the recovery shows and goes by; one that is there already, of a boot that failed, stays as it is. */
static int write_files(void)
{
	char path[PATH_MAX];
	int r = sysfile_path(RUN_RECOVERY, path);

	if (r < 0 || access(path, F_OK) == 0)
		return r;
	r = sysfile_replace(RUN_FAILURE, failure, strlen(failure), 0644);
	if (r == 0)
		r = sysfile_replace(RUN_RECOVERY, RECOVERY_IN_EMERGENCY, strlen(RECOVERY_IN_EMERGENCY), 0644);
	return r;
}

int recover_emergency(struct recover *recover)
{
	bool open = recover->gate == GATE_CONFIRM;
	int lock, r;

	if (recover->dry_run) {
		log_notice("emergency: dry run: the emergency shell of the initramfs %s: %s",
			open ? "would open" : "would not open", recover->gate_reason);
		return open ? EXIT_DONE : EXIT_FAILED;
	}
	if (open && boot_mark(&recover->boot, "imaboot: emergency shell"))
		return EXIT_DONE;
	log_error("the emergency shell of the initramfs does not open: %s",
		open ? "the image's configuration says pcr-required = yes" : recover->gate_reason);
	(void)!boot_mark(&recover->boot, "imaboot: recovery");
	lock = boot_lock();
	r = lock < 0 ? lock : write_files();
	close_fd(&lock);
	if (r < 0)
		log_error(RUN_RECOVERY " cannot be written: %s; there is no menu", strerror(-r));
	else
		(void)!recovery_run(recover->root, NULL);
	recover_close(recover);
	recover_hold_boot(recover->root);
}
