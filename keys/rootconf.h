/* SPDX-License-Identifier: MIT */
/*
 * The configuration of a root, /etc/imaboot/imaboot.conf, as the image that is made of the root will have it: read once,
 * by whoever plans, deploys, rescues or blesses.
 */
#ifndef IMABOOT_ROOTCONF_H
#define IMABOOT_ROOTCONF_H

#include "config.h"
#include "problem.h"

#define ROOTCONF_FILE "/etc/imaboot/imaboot.conf"

struct rootconf {
	struct config config; /* the defaults for what is absent or wrong */
	struct problem
		problem; /* why a boot would end over it; error 0: it would not. -EACCES: it is not known */
};

/*
 * Reads it. Each error of the file is told, with its line, unless somebody did already. Returns 0, with what is wrong with
 * it in ret->problem, or -ENOMEM.
 */
_must_check_ int rootconf_read(int root_fd, const char *root, bool told, struct rootconf *ret);

void rootconf_free(struct rootconf *conf);

#define _cleanup_rootconf_ _cleanup_(rootconf_free)

#endif
