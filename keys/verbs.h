/* SPDX-License-Identifier: MIT */
/* The verbs of imactl; each has a file of its own, cmd_<verb>.c. */
#ifndef IMABOOT_HOST_VERBS_H
#define IMABOOT_HOST_VERBS_H

#include "verb.h"

extern const struct verb verb_key;     /* its entry in the overview; key_main() runs it */
extern const struct verb verb_sign;    /* signatures and digests onto files */
extern const struct verb verb_verify;  /* and checked */
extern const struct verb verb_lint;    /* policy files checked for any kernel */
extern const struct verb verb_relabel; /* digests */
extern const struct verb verb_plan;    /* will it boot? */
extern const struct verb verb_deploy;  /* policy and certificates to their places */
extern const struct verb verb_rescue;  /* a root that does not boot */
extern const struct verb verb_status;  /* the running kernel, and the last boot */
extern const struct verb verb_denials; /* what the kernel's log says was denied */
extern const struct verb verb_bundle;  /* what an initramfs needs, checked, as an archive */
extern const struct verb verb_bless;   /* the policy of this boot becomes the known-good one */

extern const struct verb verb_key_ca;      /* a CA: its key and its self-signed certificate */
extern const struct verb verb_key_request; /* a signer's key and the request for its certificate */
extern const struct verb verb_key_issue;   /* a request made into a certificate */
extern const struct verb verb_key_show;    /* what is in a certificate */
extern const struct verb verb_key_check;   /* what kernels do with it */

/* The verbs of `imactl key`: argv[0] is "key". Returns the exit status. */
_must_check_ int key_main(int argc, char **argv);

#endif
