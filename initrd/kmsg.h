/* SPDX-License-Identifier: MIT */
/*
 * What the kernel said of a policy load, read from its log between two marks.
 *
 * write(2) on the policy file returns one errno for many causes; the log tells them apart
 * (integrity_audit_msg and ima_release_policy). Audit lines come a little later than the call:
 * the kernel prints them from a thread of its own (kernel/audit.c, kauditd_thread).
 */
#ifndef IMABOOT_KMSG_H
#define IMABOOT_KMSG_H

#include <stdbool.h>
#include <stddef.h>
#include "util.h"

#define KMSG_WORD_MAX 64

struct kmsg_facts {
	bool completed;             /* "ima: policy update completed" */
	bool failed;                /* "ima: policy update failed" */
	char cause[KMSG_WORD_MAX];  /* cause= of the last op=appraise_data audit line; "" for none */
	char key_id[KMSG_WORD_MAX]; /* "0011aabb" of "Request for unknown key 'id:...'" */
	char bad_rule[256];         /* text of the last rule that audit type 1807 marks as res=0 */
};

/* Opens the log at its end: what comes later is read by kmsg_collect(). Returns fd or a negative errno. */
_must_check_ int kmsg_mark(void);

/*
 * Reads what came since kmsg_mark() and fills the facts. Waits, at most 300 ms, until "completed"
 * or "failed" was seen and, when want_audit is set, an audit line too.
 */
void kmsg_collect(int fd, bool want_audit, struct kmsg_facts *ret);

/*
 * Takes one line of the log (without the record's prefix, in which alone /dev/kmsg has the time; with or without a
 * newline) into the facts. The kernel's words count at the start of the line, behind the name of the part of the kernel
 * (pr_fmt of ima_fs.c and digsig_asymmetric.c; kernel/audit.c, kauditd_printk_skb): what others print behind theirs may
 * be any text, as the name of a USB device is.
 */
void kmsg_parse_line(const char *line, struct kmsg_facts *facts);

/*
 * Lifts the kernel's rate limit on audit lines, which would hide a bad rule behind ten good ones.
 * ret_old (16 bytes of room) keeps the value for kmsg_restore_limit().
 */
void kmsg_lift_limit(char ret_old[static 16]);
void kmsg_restore_limit(const char *old);

#endif
