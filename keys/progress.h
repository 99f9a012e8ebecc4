/* SPDX-License-Identifier: MIT */
/*
 * One line on the terminal that says how far a long job is, and messages that do not run into it.
 * Safe to be called from any thread.
 */
#ifndef IMABOOT_PROGRESS_H
#define IMABOOT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"
#include "problem.h"

/* Shows the line from now on where stderr is a terminal; done is a constant such as "signed". */
void progress_begin(const char *done);

/* So many files are done; the line is written again a few times a second. */
void progress_count(uint64_t files);

/* Takes the line away. */
void progress_end(void);

/* complain() for jobs with a progress line. */
void progress_complain(const char *path, const struct problem *problem);

/* Writes text to standard output in one piece. */
void progress_write(const struct buf *text);

/* The same for a member of a JSON array: with a comma before it, unless *has_member is not yet set. */
void progress_write_member(const struct buf *text, bool *has_member);

#endif
