/* SPDX-License-Identifier: MIT */
/*
 * The kernel that a policy and signatures are judged for: its version, its configuration, and the keyring of signers
 * that it has.
 */
#ifndef IMABOOT_TARGET_H
#define IMABOOT_TARGET_H

#include "certview.h"
#include "policy_model.h"

struct target {
	struct kernel_model model;
	char name[128];          /* "6.12.1-1", or the version; of a kernel release where one was found */
	char config[128];        /* where its configuration was found; "" nowhere */
	enum certview_ring ring; /* of signers: CERTVIEW_IMA_OLD, CERTVIEW_IMA or CERTVIEW_USER_IMA */
	bool ecdsa;              /* it verifies ECDSA, or that is not known */
	bool module_decompress;  /* it unpacks compressed modules itself, and so appraises their files */
	bool selinux;            /* it has SELinux, or that is not known */
	bool sig_enforce;        /* it takes signed modules alone: CONFIG_MODULE_SIG_FORCE */
};

/*
 * Fills *ret. version: --kernel, or NULL: that of the root's own kernels which is the newest (/lib/modules), for the root
 * "/" the running one. config: --config, or NULL: the root's /boot/config-RELEASE or /lib/modules/RELEASE/config. Without
 * a configuration the kernel is taken to have .ima and everything that its version can have. Returns 0, or a negative
 * errno with *problem set.
 */
_must_check_ int target_find(int root_fd, const char *root, const char *version, const char *config,
	struct target *ret, struct problem *problem);

#endif
