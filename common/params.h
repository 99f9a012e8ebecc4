/* SPDX-License-Identifier: MIT */
/*
 * imaboot's parameters, and dracut's for EVM, on the kernel command line (kernel-parameters.txt, dracut.cmdline(7)).
 *
 * dracut's conventions: a bare name means 1, the last one wins, 0, no and off are false, 1, yes
 * and on are true. A value in double quotes may hold blanks, as the kernel's parser has it
 * (lib/cmdline.c, next_arg). The table in params.c is the only list of names. In the names of the
 * kernel's own parameters - and _ are alike, as they are to the kernel; in the others, as to dracut,
 * they are not. Pure.
 */
#ifndef IMABOOT_PARAMS_H
#define IMABOOT_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include "util.h"

#define PARAM_PREFIX "rd.imaboot"

enum param {
	PARAM_ENABLED,     /* rd.imaboot */
	PARAM_RECOVERY,    /* rd.imaboot.recovery */
	PARAM_POLICY,      /* rd.imaboot.policy */
	PARAM_ON_FAILURE,  /* rd.imaboot.on_failure */
	PARAM_REQUIRE,     /* rd.imaboot.require */
	PARAM_DEBUG,       /* rd.imaboot.debug */
	PARAM_EVM_KEY,     /* evmkey; this and the next ones are dracut's */
	PARAM_EVM_X509,    /* evmx509 */
	PARAM_MASTER,      /* masterkey */
	PARAM_MASTER_TYPE, /* masterkeytype */
	PARAM_COUNT,
};

#define PARAM_TEXT_MAX 1024 /* bytes of a value with its NUL */

enum param_value { PARAM_UNSET, PARAM_FALSE, PARAM_TRUE };

struct params {
	enum param_value values[PARAM_COUNT]; /* of the booleans */
	char policy[PARAM_TEXT_MAX]; /* root, known-good, image, none or an absolute path; "": not given */
	int on_failure;              /* an index into CONFIG_FAILURE_WORDS; -1: not given */
	char init[PARAM_TEXT_MAX];   /* init=, the last one; "": not given */
	char appraise[8];            /* ima_appraise=, the last one, cut: log, fix, off, enforce or another */
	bool appraise_tcb;           /* ima_policy= has appraise_tcb, or ima_appraise_tcb is there */
	bool no_ima;                 /* initcall_blacklist= has init_ima, which kernels before 6.19 obey */
	bool kdump; /* elfcorehdr= is there: this kernel only saves the dump of a crashed one */
	char evm_key[PARAM_TEXT_MAX], evm_x509[PARAM_TEXT_MAX],
		master[PARAM_TEXT_MAX]; /* absolute paths, or "" */
	bool master_is_user;            /* the master key is of type user, not trusted */
	bool master_type_given;
};

/* Name of a parameter, and one line on it for the documentation. */
const char *param_name(enum param param);
const char *param_help(enum param param);

/*
 * True where len bytes are one name to the kernel, to which - and _ in the name of a parameter are alike
 * (kernel/params.c, parameqn).
 */
bool param_names_match(const char *a, const char *b, size_t len);

/*
 * Reads a command line of len bytes. What is wrong (an unknown rd.imaboot.* name, a bad value) is
 * handed to complain(text, context), one call each, and otherwise ignored.
 */
void params_parse(const char *line, size_t len, struct params *ret,
	void (*complain)(const char *text, void *context), void *context);

#endif
