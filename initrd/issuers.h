/* SPDX-License-Identifier: MIT */
/*
 * Names the issuer of a certificate that the kernel refused for want of it (ENOKEY), by the summary that was made when
 * the image was built (certinfo.h): the program parses no X.509. The summary is believed, as all of the image is; a
 * certificate that is not in it keeps its bare reason.
 */
#ifndef IMABOOT_ISSUERS_H
#define IMABOOT_ISSUERS_H

#include "report.h"

/* Puts better words to the refusals in the report. A summary that is wrong is said in the log. */
void issuers_explain(int image_fd, const char *image, struct report *report);

#endif
