/* SPDX-License-Identifier: MIT */
/*
 * The settings in force: the image's configuration, and what the kernel command line may change
 * of it. Pure.
 *
 * What makes a boot stricter is always obeyed. What makes it laxer is obeyed on an open platform,
 * or where the configuration says allow-override = yes; else it is reported and ignored.
 */
#ifndef IMABOOT_SETTINGS_H
#define IMABOOT_SETTINGS_H

#include <stdbool.h>
#include "buf.h"
#include "config.h"
#include "params.h"

/* The policy that a boot begins with. */
enum policy_choice {
	CHOICE_ALL,        /* all, in order */
	CHOICE_ROOT,       /* the root's, then the rest in order */
	CHOICE_KNOWN_GOOD, /* from the known-good one on */
	CHOICE_IMAGE,      /* the image's alone */
	CHOICE_PATH,       /* the one at choice_path in the root, then all */
	CHOICE_NONE,       /* no policy at all */
};

struct settings {
	struct config config; /* as the command line has changed it */
	bool enabled, recovery, debug;
	enum policy_choice choice;
	char choice_path[PARAM_TEXT_MAX];
	char evm_key[PARAM_TEXT_MAX], evm_x509[PARAM_TEXT_MAX],
		master[PARAM_TEXT_MAX]; /* absolute; "": default */
	bool master_is_user;
	bool from_params[KEY_COUNT]; /* the command line has set that key */
	bool by_params[PARAM_COUNT]; /* the parameter was obeyed */
	bool refused[PARAM_COUNT];   /* the parameter was refused */
};

/*
 * Lets the parameters change the settings; settings->config is filled already. locked_reason says
 * in a clause why the platform is locked. Each refusal is handed to complain(text, context).
 */
void settings_apply(struct settings *settings, const struct params *params, bool locked,
	const char *locked_reason, void (*complain)(const char *text, void *context), void *context);

/* Writes the settings with the origin of each, a line each, in the order of the tables. */
void settings_explain(const struct settings *settings, struct buf *ret);

#endif
