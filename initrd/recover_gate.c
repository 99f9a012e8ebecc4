// SPDX-License-Identifier: MIT
/*
 * Who may do what in the recovery; see recover.h. The password is read from a console by this process, which has made
 * that console raw and dropped what was typed before, is checked by imaboot-auth of the image over a pipe, and is never
 * an argument or a file. A try counts as wrong from before it is checked: whoever ends the process gains nothing.
 */
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <time.h>
#include "escape.h"
#include "format.h"
#include "log.h"
#include "platform.h"
#include "rootfile.h"
#include "sysfile.h"

#define ANSWER_SECONDS 120 /* then a question is withdrawn */
#define TRIES 3
#define DELAY_FIRST 5 /* seconds, after the third wrong password; doubled with each further one */
#define DELAY_MAX 300

unsigned long recover_now(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (unsigned long)now.tv_sec;
}

unsigned int recover_delay(unsigned int wrong)
{
	unsigned int delay = DELAY_FIRST;

	if (wrong < TRIES)
		return 0;
	for (; wrong > TRIES && delay < DELAY_MAX; wrong--)
		delay *= 2;
	return delay < DELAY_MAX ? delay : DELAY_MAX;
}

void recover_log(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_buf_ struct buf line = {0};
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	text = format_new_args(format, args);
	va_end(args);
	if (!text)
		return;
	log_message(LOG_WARNING, "recovery: %s", text);
	buf_printf(&line, "%lu s: ", recover_now());
	escape_string(&line, text);
	buf_putc(&line, '\n');
	if (sysfile_path(RUN_RECOVERY_LOG, path) == 0)
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || line.failed || write(fd, line.data, line.len) != (ssize_t)line.len)
		log_warning(RUN_RECOVERY_LOG " cannot be written: this is in the kernel's log alone");
}

static void decide(struct recover *recover)
{
	const char *hash = recover->boot.settings.config.recovery_password;

	if (string_equal(hash, CONFIG_HASH_INVALID)) {
		recover->gate = GATE_NOBODY;
		recover->gate_reason = "the value of recovery-password in the image's configuration is wrong";
	} else if (*hash) {
		recover->gate = GATE_PASSWORD;
		recover->gate_reason = "the image's configuration has a recovery-password";
	} else if (recover->boot.locked) {
		recover->gate = GATE_NOBODY;
		recover->gate_reason = recover->boot.locked_reason;
	} else {
		recover->gate = GATE_CONFIRM;
		recover->gate_reason = recover->boot.locked_reason;
	}
}

/* The file tells where the recovery is held: in the initramfs, in place of its emergency shell, or in the running system. */
static bool is_held(const char *place)
{
	char text[32];

	return sysfile_read(RUN_RECOVERY, text, sizeof(text)) > 0 && string_equal(text, place);
}

int recover_open(struct recover *recover)
{
	struct boot *boot = &recover->boot;

	*boot = (struct boot){.report = &recover->report,
		.image = recover->image,
		.root = recover->root,
		.image_fd = root_open(recover->image),
		.root_fd = -1,
		.late = is_held(RECOVERY_IN_SYSTEM),
		.silent = true};
	recover->emergency = is_held(RECOVERY_IN_EMERGENCY);
	config_init(&boot->settings.config);
	if (boot->image_fd < 0) {
		log_error("%s: the image's root cannot be opened: %s", recover->image,
			strerror(-boot->image_fd));
		return boot->image_fd;
	}
	boot->misconfigured = boot_read_settings(boot) < 0;
	boot->silent = false;
	decide(recover);
	return 0;
}

void recover_close(struct recover *recover)
{
	close_fd(&recover->boot.image_fd);
	recover->boot.image_fd = -1;
	config_free(&recover->boot.settings.config);
	report_free(&recover->report);
}

/* ---- the password ---- */

/* What tells of wrong passwords in this boot: how many, and until when nobody is asked. */
static void read_wrong(unsigned int *ret_count, unsigned long *ret_until)
{
	char text[64], *end;

	*ret_count = 0;
	*ret_until = 0;
	if (sysfile_read(RUN_WRONG, text, sizeof(text)) <= 0)
		return;
	*ret_count = (unsigned int)strtoul(text, &end, 10);
	*ret_until = strtoul(end, NULL, 10);
}

static int write_wrong(unsigned int count)
{
	char text[64];
	size_t len = format_text(text, sizeof(text), "%u %lu\n", count, recover_now() + recover_delay(count));

	return sysfile_replace(RUN_WRONG, text, len, 0600);
}

/* Waits as long as earlier wrong answers cost. */
static void wait_out(struct consoles *consoles)
{
	unsigned long until, now = recover_now();
	unsigned int count;
	char text[128];

	read_wrong(&count, &until);
	if (until <= now)
		return;
	if (until - now > DELAY_MAX)
		until = now + DELAY_MAX;
	(void)format_text(text, sizeof(text),
		"%u wrong passwords: the next one can be given in %lu seconds.\n", count, until - now);
	consoles_write(consoles, text);
	while ((now = recover_now()) < until)
		(void)sleep((unsigned int)(until - now));
}

static int try_password(struct recover *recover, struct consoles *consoles)
{
	/* Whoever confirmed it: the action happens at that console, which may be another person's. */
	const struct console_read how = {.secret = true, .only = recover->console, .seconds = ANSWER_SECONDS};
	char password[CONSOLE_LINE_MAX];
	unsigned long until;
	unsigned int count;
	size_t index;
	int r;

	wait_out(consoles);
	r = consoles_ask(consoles, "Recovery password: ", &how, password, &index);
	if (r < 0 && r != -E2BIG)
		return r;
	read_wrong(&count, &until);
	if (write_wrong(count + 1) < 0) {
		/* Nothing can count the tries: each one costs the most. */
		(void)sleep(DELAY_MAX);
	}
	r = r < 0 ? -EACCES
		  : recover_check_password(recover->boot.settings.config.recovery_password, password);
	explicit_bzero(password, sizeof(password));
	return r;
}

static int ask_password(struct recover *recover, struct consoles *consoles)
{
	char path[PATH_MAX];
	int i, r = -EACCES;

	for (i = 0; i < TRIES && r == -EACCES; i++) {
		r = try_password(recover, consoles);
		if (r == -EACCES)
			consoles_write(consoles, "That is not the password.\n");
	}
	if (r == 0 && sysfile_path(RUN_WRONG, path) == 0)
		(void)unlink(path);
	if (r == -EACCES)
		recover_log("%s: %d wrong passwords", recover->action->name, TRIES);
	else if (r == -ETIMEDOUT)
		log_error("%s: no password was given: nothing is done", recover->action->name);
	else if (r < 0)
		log_error("%s: the password cannot be checked (%s): nothing is done", recover->action->name,
			strerror(-r));
	return r;
}

/* ---- the question ---- */

static void describe(const struct recover *recover, struct buf *ret)
{
	const struct recover_action *action = recover->action;

	buf_printf(ret, "\n%s: %s.\n", action->name, action->help);
	if (action->writes)
		buf_printf(ret, "It writes %s.\n", action->writes);
	if (action->effects & RECOVER_WEAKENS)
		buf_puts(ret, "It weakens the boot.\n");
	if (action->effects & RECOVER_SHELL)
		buf_puts(ret, "Whoever has a shell can do everything.\n");
	if (action->event && recover->boot.settings.config.pcr != CONFIG_PCR_NONE)
		buf_printf(ret, "PCR %d is extended first, until the next start of the machine.\n",
			recover->boot.settings.config.pcr);
}

static int confirm(struct recover *recover, struct consoles *consoles)
{
	const struct console_read how = {.seconds = ANSWER_SECONDS};
	_cleanup_buf_ struct buf text = {0};
	char answer[CONSOLE_LINE_MAX];
	size_t index = 0;
	int r;

	describe(recover, &text);
	consoles_write(consoles, buf_string(&text));
	r = consoles_ask(consoles, "Type yes to do it, anything else to go back: ", &how, answer, &index);
	if (r >= 0 || r == -E2BIG)
		r = r >= 0 && string_equal(answer, "yes") ? 0 : -ECANCELED;
	if (r == 0)
		strcpy(recover->console, consoles->list[index].name);
	else
		log_error("%s: not confirmed: nothing is done", recover->action->name);
	return r;
}

/* What a run without --dry-run would ask for. */
static int tell_gate(const struct recover *recover)
{
	log_notice("%s: dry run: %s%s%s", recover->action->name,
		recover->gate == GATE_NOBODY     ? "refused: "
		: recover->gate == GATE_PASSWORD ? "needs a confirmation and the password"
						 : "needs a confirmation",
		recover->gate == GATE_NOBODY ? recover->gate_reason : "",
		recover->gate == GATE_NOBODY || !recover->action->event ? ""
									: ", and makes a mark in the PCR");
	return recover->gate == GATE_NOBODY ? -EPERM : 0;
}

int recover_pass(struct recover *recover)
{
	_cleanup_consoles_ struct consoles consoles = {0};
	const struct recover_action *action = recover->action;
	int r;

	if (!action->effects)
		return 0;
	if (recover->dry_run)
		return tell_gate(recover);
	if (recover->gate == GATE_NOBODY) {
		log_error("%s: refused: %s, and the image has no password for the recovery", action->name,
			recover->gate_reason);
		return -EPERM;
	}
	r = consoles_open(&consoles, NULL);
	if (r < 0) {
		log_error("%s: there is no console to ask at (" PROC_CONSOLES "): nothing is done",
			action->name);
		return r;
	}
	r = confirm(recover, &consoles);
	if (r == 0 && recover->gate == GATE_PASSWORD)
		r = ask_password(recover, &consoles);
	if (r < 0)
		return r;
	if (action->event && !boot_mark(&recover->boot, action->event)) {
		log_error("%s: no mark, nothing is done: the image's configuration says pcr-required = yes",
			action->name);
		return -EIO;
	}
	recover_log("%s, confirmed on %s", action->name, recover->console);
	return 0;
}
