/* SPDX-License-Identifier: MIT */
/*
 * The few macros and helpers that every file uses: attributes, owned objects that are
 * released at the end of their scope, and the exit codes of both programs.
 */
#ifndef IMABOOT_UTIL_H
#define IMABOOT_UTIL_H

#include <dirent.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define _must_check_ __attribute__((warn_unused_result))
#define _printf_(string, first) __attribute__((format(printf, string, first)))
#define _cleanup_(function) __attribute__((cleanup(function)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The exit status of both programs, for every verb. */
enum exit_code {
	EXIT_DONE = 0,           /* what was asked for is done */
	EXIT_FAILED = 1,         /* it is not; a message says why */
	EXIT_USAGE = 2,          /* the command line or the configuration is wrong */
	EXIT_NOT_APPLICABLE = 3, /* the kernel has no IMA, or imaboot is switched off */
	EXIT_FALLBACK = 4,       /* done, but not with the first choice */
};

static inline void free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

static inline void close_fd(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static inline void close_dir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

#define _cleanup_free_ _cleanup_(free_pointer)
#define _cleanup_close_ _cleanup_(close_fd)
#define _cleanup_closedir_ _cleanup_(close_dir)

/* Hands a descriptor over: returns it and leaves -1, so that the cleanup does nothing. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Hands a pointer over: yields it and leaves NULL, so that the cleanup does nothing. */
#define take_pointer(pointer)                           \
	__extension__({                                 \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL;                       \
		taken_;                                 \
	})

static inline int string_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

#endif
