/* SPDX-License-Identifier: MIT */
/*
 * The actions of the recovery: `imaboot recover ACTION`. The shell script around them shows what they print and passes
 * on what was chosen; what may be done, and by whom, is decided here, in the process that does it.
 *
 * An action that weakens the boot, writes, or opens a shell goes through recover_pass(): it is confirmed at a console, the
 * password is asked for where there must be one, and the mark is made, before anything else.
 */
#ifndef IMABOOT_RECOVER_H
#define IMABOOT_RECOVER_H

#include "boot_internal.h"
#include "console.h"

#define RECOVER_WEAKENS 1u /* the boot is less protected by it */
#define RECOVER_WRITES 2u  /* to a disk */
#define RECOVER_SHELL 4u

struct recover;

struct recover_action {
	const char *name;                    /* as the command line has it */
	char key;                            /* its letter in the menu; '\0': it is not there */
	const char *help;                    /* one line for the menu */
	const char *writes;                  /* what it writes, for the question before it; NULL: nothing */
	unsigned int effects;                /* 0: everybody may do it */
	bool root;                           /* it needs the real root, or goes on to it */
	const char *event;                   /* what a PCR is extended with before it; NULL: nothing */
	int (*run)(struct recover *recover); /* returns the exit status */
};

/* Who may do what has effects. */
enum recover_gate {
	GATE_CONFIRM,  /* everybody at a console, once asked */
	GATE_PASSWORD, /* who knows the password */
	GATE_NOBODY,   /* nobody */
};

struct recover {
	const struct recover_action *action;
	const char *image, *root;
	int choice;     /* an enum policy_choice for retry, or -1 */
	bool dry_run;   /* tell, do nothing */
	bool emergency; /* the recovery takes the place of the initramfs's emergency shell: there is no root */
	struct boot boot; /* settings and platform */
	struct report report;
	enum recover_gate gate;
	const char *gate_reason;    /* a clause */
	char console[NAME_MAX + 1]; /* where the question was answered; "" */
};

/* The actions, in the order of the menu. */
extern const struct recover_action recover_actions[];
extern const size_t recover_action_count;

/* The one with that name, or NULL. */
const struct recover_action *recover_find(const char *name);

/* Reads settings and platform, and decides on the gate. Returns 0 or a negative errno, which is logged. */
_must_check_ int recover_open(struct recover *recover);

/* Releases what recover_open() took. */
void recover_close(struct recover *recover);

/*
 * Lets an action pass, or not: asks for confirmation and password, and makes the mark. Returns 0;
 * -EPERM nobody may, -ECANCELED not confirmed, -EACCES wrong password, -ETIMEDOUT no answer, -EIO no
 * mark, or what consoles_open() says. Everything but 0 is logged.
 */
_must_check_ int recover_pass(struct recover *recover);

/*
 * Checks a password against a crypt(3) hash with the image's imaboot-auth. Returns 0, -EACCES where it does not fit, or
 * another negative errno where it cannot be checked.
 */
_must_check_ int recover_check_password(const char *hash, const char *password);

/* Seconds to wait after so many wrong passwords; pure. */
unsigned int recover_delay(unsigned int wrong);

/* Seconds since the machine was started. */
unsigned long recover_now(void);

/* Keeps a line on what was done, in /run/imaboot/recovery.log and in the kernel's log. */
void recover_log(const char *format, ...) _printf_(1, 2);

/* The actions; each returns an exit status. */
int recover_report(struct recover *recover); /* recover_boot.c */
int recover_retry(struct recover *recover);
int recover_check(struct recover *recover);
int recover_unprotected(struct recover *recover);
int recover_set_aside(struct recover *recover); /* recover_root.c */
int recover_restore(struct recover *recover);
int recover_copy_report(struct recover *recover); /* recover_disk.c */
int recover_firmware(struct recover *recover);    /* recover_end.c */
int recover_reboot(struct recover *recover);
int recover_poweroff(struct recover *recover);
int recover_timeout(struct recover *recover);
int recover_hold(struct recover *recover);
int recover_shell(struct recover *recover);     /* recover_shell.c */
int recover_emergency(struct recover *recover); /* recover_emergency.c */
int recover_screen(struct recover *recover);    /* recover_menu.c */
int recover_menu(struct recover *recover);
int recover_ask(struct recover *recover);
int recover_show(struct recover *recover);

/* Does what the action "hold" does, for the real root of that name; does not return. */
void recover_hold_boot(const char *root) __attribute__((noreturn));

/* Why an action is not there, whoever asks; NULL where it is. */
const char *recover_why_absent(const struct recover *recover, const struct recover_action *action);

/* True where the firmware can be asked for its setup; UEFI specification 8.5.4. */
bool recover_has_firmware_setup(void);

#endif
