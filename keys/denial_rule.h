/* SPDX-License-Identifier: MIT */
/* Which rule of a policy appraises a file that a log says was denied. */
#ifndef IMABOOT_DENIAL_RULE_H
#define IMABOOT_DENIAL_RULE_H

#include "denials.h"
#include "problem.h"

/*
 * Gives each denied file that is still there, with the inode that the log names, the rule that appraises it when root
 * opens it as a file of its kind is opened. policy: a file; NULL: the rules in force, where the kernel shows them and
 * this user may read them, else nothing is done. Returns 0, or a negative errno with *problem set.
 */
_must_check_ int denial_rules_find(const char *policy, struct denials *denials, struct problem *problem);

#endif
