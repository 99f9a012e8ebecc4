// SPDX-License-Identifier: MIT
/*
 * What follows from an outcome. Before a person gets a prompt, and before the machine goes on unprotected, a PCR
 * of the TPM is extended: nothing that comes later can take that back.
 */
#include "boot_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include "log.h"
#include "sysfile.h"
#include "tpm.h"

/* Appends the event to the log that tells a verifier what the PCR was extended with. */
static void log_event(unsigned int pcr, const char *event, unsigned int banks)
{
	_cleanup_free_ char *record = tpm_event_record(pcr, event, banks);
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	size_t len = record ? strlen(record) : 0;

	if (sysfile_path(RUN_LOG_DIR, path) == 0)
		(void)mkdir(path, 0755);
	if (sysfile_path(RUN_IMABOOT_LOG_DIR, path) == 0)
		(void)mkdir(path, 0755);
	if (len && sysfile_path(RUN_TPM_EVENTS, path) == 0)
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || write(fd, record, len) != (ssize_t)len)
		log_warning(RUN_TPM_EVENTS " cannot be written: the event \"%s\" is in the PCR alone", event);
}

bool boot_mark(struct boot *boot, const char *event)
{
	_cleanup_problem_ struct problem problem = {0};
	const struct config *config = &boot->settings.config;
	unsigned int banks;

	if (config->pcr == CONFIG_PCR_NONE)
		return true;
	if (tpm_mark((unsigned int)config->pcr, event, &banks, &problem) == 0) {
		log_event((unsigned int)config->pcr, event, banks);
		boot_note(boot, LOG_NOTICE, "PCR %d was extended with \"%s\"", config->pcr, event);
		return true;
	}
	boot_note(boot, config->pcr_required ? LOG_ERR : LOG_WARNING,
		"PCR %d was not extended with \"%s\": %s%s%s", config->pcr, event,
		problem_reason_text(&problem), problem.remedy ? "; " : "", problem_remedy_text(&problem));
	return !config->pcr_required;
}

static enum boot_action action_of(enum config_timeout timeout)
{
	return timeout == TIMEOUT_REBOOT     ? BOOT_REBOOT
	       : timeout == TIMEOUT_POWEROFF ? BOOT_POWEROFF
					     : BOOT_HALT;
}

/* Whether the image has the recovery environment, which then keeps the clock. */
static bool has_recovery(const struct boot *boot)
{
	return boot->image_fd >= 0 && faccessat(boot->image_fd, &RECOVERY_PROGRAM[1], X_OK, 0) == 0;
}

/*
 * Without somebody to ask the machine stops, or after the time-out does what the configuration says. In the running system
 * this is for a recovery that cannot be held: nobody holds the boot there when this program ends.
 */
static void settle_recovery(struct boot *boot, struct boot_end *end)
{
	const struct config *config = &boot->settings.config;

	(void)!boot_mark(boot, "imaboot: recovery");
	end->recovery = !boot->late || has_recovery(boot);
	if (boot->late && !config->recovery_timeout)
		end->action = BOOT_HALT;
	if (!config->recovery_timeout || (!boot->late && has_recovery(boot)))
		return;
	end->action = action_of(config->timeout_action);
	end->delay = config->recovery_timeout;
}

/* A configuration with errors is not believed when it says to go on. */
static enum config_failure failure_action(const struct boot *boot)
{
	enum config_failure action = boot->settings.config.on_failure;

	return boot->misconfigured && action == FAILURE_CONTINUE ? FAILURE_RECOVERY : action;
}

static void settle_failure(struct boot *boot, struct boot_end *end)
{
	enum config_failure action = failure_action(boot);

	if (boot->again)
		return;
	if (action == FAILURE_CONTINUE && boot_mark(boot, "imaboot: unprotected boot")) {
		boot_note(boot, LOG_ALERT,
			"THIS MACHINE BOOTS UNPROTECTED: no policy could be put in force, and the "
			"configuration says "
			"on-failure = continue");
		boot->report->outcome = OUTCOME_UNPROTECTED;
		end->status = EXIT_FALLBACK;
		return;
	}
	end->action = action == FAILURE_REBOOT     ? BOOT_REBOOT
		      : action == FAILURE_POWEROFF ? BOOT_POWEROFF
		      : action == FAILURE_HALT     ? BOOT_HALT
						   : BOOT_RETURN;
	if (end->action == BOOT_RETURN)
		settle_recovery(boot, end);
}

/* An outcome without protection that is no failure is marked all the same; where it must be and cannot, it fails. */
static void settle_unprotected(struct boot *boot, struct boot_end *end, const char *event)
{
	if (boot_mark(boot, event))
		return;
	boot->report->outcome = OUTCOME_FAILED;
	end->status = EXIT_FAILED;
	settle_failure(boot, end);
}

void boot_settle(struct boot *boot, struct boot_end *ret)
{
	enum outcome outcome = boot->report->outcome;

	*ret = (struct boot_end){.status = boot->misconfigured ? EXIT_USAGE : outcome_exit(outcome)};
	if (boot->again && boot->again->check_only)
		return;
	if (outcome == OUTCOME_FAILED)
		settle_failure(boot, ret);
	else if (outcome == OUTCOME_RECOVERY)
		settle_recovery(boot, ret);
	else if (outcome == OUTCOME_UNPROTECTED)
		settle_unprotected(boot, ret, "imaboot: unprotected boot");
	else if (outcome == OUTCOME_DISABLED)
		settle_unprotected(boot, ret, "imaboot: disabled");
	else if (outcome == OUTCOME_DEFERRED)
		settle_unprotected(boot, ret, "imaboot: deferred");
	else if (outcome == OUTCOME_NO_POLICY)
		settle_unprotected(boot, ret, "imaboot: no policy");
	else if (boot->kdump) /* the dump is saved with or without the mark */
		(void)!boot_mark(boot, "imaboot: kdump");
	else if (outcome == OUTCOME_NOT_APPLICABLE)
		settle_unprotected(boot, ret, "imaboot: no IMA");
	else if (boot->appraises_nothing)
		settle_unprotected(boot, ret, "imaboot: nothing is appraised");
}

void boot_end(const struct boot_end *end)
{
	static const struct {
		const char *what;
		int command;
	} actions[] = {[BOOT_REBOOT] = {"reboots", RB_AUTOBOOT},
		[BOOT_POWEROFF] = {"powers off", RB_POWER_OFF},
		[BOOT_HALT] = {"halts", (int)RB_HALT_SYSTEM}};

	if (end->action == BOOT_RETURN)
		return;
	log_message(LOG_ALERT, "the boot failed, and the machine %s in %u second%s",
		actions[end->action].what, end->delay, end->delay == 1 ? "" : "s");
	(void)sleep(end->delay);
	sync();
	(void)reboot(actions[end->action].command);
	log_error("the kernel refuses to stop the machine: %s", strerror(errno));
}
