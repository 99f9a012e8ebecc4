/* SPDX-License-Identifier: MIT */
/* What `imactl denials` prints: records by cause, for people and for programs. Pure. */
#ifndef IMABOOT_DENIAL_REPORT_H
#define IMABOOT_DENIAL_REPORT_H

#include "buf.h"
#include "denials.h"

/* Lines of text; denials_sort() was called. all: every file of a cause, not only the first ones. */
void denial_report_text(const struct denials *denials, bool all, struct buf *ret);

/* One JSON object and a newline. */
void denial_report_json(const struct denials *denials, struct buf *ret);

#endif
