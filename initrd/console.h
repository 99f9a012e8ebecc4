/* SPDX-License-Identifier: MIT */
/*
 * The consoles of /proc/consoles (proc_consoles(5)), for the recovery: each shows everything, and a line may be
 * typed on any of them. A console's device is the one whose number is on its line (fs/proc/consoles.c, show_console_dev);
 * what it is called stands in sysfs.
 *
 * They are opened with O_NOCTTY and never become a controlling terminal, so no key sends a signal to anybody. While
 * they are read from, the terminal driver passes every byte on as it is (no ISIG, no break, no flow control, no
 * hang-up): Ctrl-C is a byte like another, and ignored. A console that is closed or takes no output for five
 * seconds is left out. What was typed before a prompt is dropped (tcflush(3)), and what still comes in then, as a
 * paste does, too.
 */
#ifndef IMABOOT_CONSOLE_H
#define IMABOOT_CONSOLE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>
#include "buf.h"
#include "util.h"

#define CONSOLE_MAX 8      /* consoles that are opened */
#define CONSOLE_COLUMNS 79 /* of the 80 that the narrowest have */
#define CONSOLE_LINES 22   /* lines of text before a pause; two are for the prompt */
#define CONSOLE_LINE_MAX 512

struct console {
	int fd;                  /* -1: closed */
	char name[NAME_MAX + 1]; /* of its device, below /dev */
	struct termios saved;
	bool raw;
	char line[CONSOLE_LINE_MAX]; /* what is typed; not ended by a NUL */
	size_t len;
	bool too_long;
};

struct consoles {
	struct console list[CONSOLE_MAX];
	size_t count;
	bool touched;       /* a byte has come in since they were opened */
	const char *prompt; /* of the question that stands; NULL: none */
};

/*
 * Opens the consoles, or the one with that name alone (NULL: all). Returns 0, or -ENXIO where there
 * is none that can be opened.
 */
_must_check_ int consoles_open(struct consoles *ret, const char *name);

/* Gives them back as they were. */
void consoles_close(struct consoles *consoles);

/*
 * Writes text to each, in lines of at most CONSOLE_COLUMNS (see console_wrap()). While a question stands, as in tick(),
 * its prompt follows.
 */
void consoles_write(struct consoles *consoles, const char *text);

/* How a line is read. */
struct console_read {
	bool secret;          /* what is typed is not shown */
	const char *only;     /* the console whose answer counts, where a dialogue began; NULL: any */
	unsigned int seconds; /* an end without an answer after so long without a byte; 0: none */
	/*
	 * Called before each wait until a byte has come in: says how many milliseconds to wait at most (-1: any
	 * time), and a negative errno below -1 to end. May be NULL.
	 */
	int (*tick)(struct consoles *consoles, void *context);
	void *context;
};

/*
 * Drops what was typed, shows the prompt, and reads one line from whichever console ends one first.
 * ret is CONSOLE_LINE_MAX bytes with a NUL; *ret_index is the console. Control characters are left
 * out; backspace and Ctrl-U work. Returns its length, -ETIMEDOUT, -EIO where no console is left,
 * -E2BIG for a line that is too long, or what tick() said.
 */
_must_check_ int consoles_ask(struct consoles *consoles, const char *prompt, const struct console_read *how,
	char ret[static CONSOLE_LINE_MAX], size_t *ret_index);

/*
 * Breaks text into lines of at most CONSOLE_COLUMNS characters, at blanks where there are any; what
 * continues a line is set in by two more than it. Control characters and what is not UTF-8 become a
 * question mark. Pure.
 */
void console_wrap(const char *text, struct buf *ret);

#define _cleanup_consoles_ _cleanup_(consoles_close)

#endif
