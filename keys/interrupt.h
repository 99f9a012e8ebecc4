/* SPDX-License-Identifier: MIT */
/* SIGINT, SIGTERM and SIGHUP while a verb changes files: it ends where nothing is left half done. */
#ifndef IMABOOT_INTERRUPT_H
#define IMABOOT_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* What the signals did before. */
struct interrupt {
	struct sigaction old[3];
};

/* From here on these signals are only noted; of each the second one ends the program. One that was ignored stays so. */
void interrupt_begin(struct interrupt *ret);

/* The same, but no signal ends the program: for what would be left half done. */
void interrupt_hold(struct interrupt *ret);

void interrupt_end(const struct interrupt *interrupt);

/* True after a signal since interrupt_begin(): finish what is at hand, begin nothing else. */
bool interrupted(void);

/* How many signals there were: who sends a second one does not want to wait for what is at hand. */
unsigned int interrupt_count(void);

#endif
