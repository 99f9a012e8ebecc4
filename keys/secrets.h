/* SPDX-License-Identifier: MIT */
/* What keeps private keys and pass phrases in the memory of this process. */
#ifndef IMABOOT_SECRETS_H
#define IMABOOT_SECRETS_H

/*
 * To be called before the first of them is read: from here on the process leaves no core dump, and no other process of
 * this user can look into it (prctl(2), PR_SET_DUMPABLE; setrlimit(2), RLIMIT_CORE).
 */
void secrets_begin(void);

#endif
