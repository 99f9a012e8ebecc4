/* SPDX-License-Identifier: MIT */
/* What a program writes to its standard output or error, caught in a memory file. */
#ifndef IMABOOT_TEST_CAPTURE_H
#define IMABOOT_TEST_CAPTURE_H

#include <sys/mman.h>
#include <unistd.h>
#include "unit.h"

struct capture {
	int target, saved, memory;
	char text[65536];
};

static inline void capture_begin(struct capture *capture, int target)
{
	(void)fflush(NULL);
	capture->target = target;
	capture->saved = dup(target);
	capture->memory = memfd_create("capture", MFD_CLOEXEC);
	assert_true(capture->saved >= 0 && capture->memory >= 0);
	assert_true(dup2(capture->memory, target) == target);
}

/* Ends it; the text, which may hold a NUL, is in the structure. */
static inline const char *capture_end(struct capture *capture)
{
	ssize_t len;

	(void)fflush(NULL);
	assert_true(dup2(capture->saved, capture->target) == capture->target);
	(void)close(capture->saved);
	len = pread(capture->memory, capture->text, sizeof(capture->text) - 1, 0);
	(void)close(capture->memory);
	assert_true(len >= 0);
	capture->text[len] = '\0';
	return capture->text;
}

#endif
