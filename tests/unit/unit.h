/* SPDX-License-Identifier: MIT */
/*
 * What every unit test includes: cmocka with the headers that it wants before it, and the checks
 * that several tests share.
 *
 * A test replaces functions with --wrap; the Makefile reads their names from its comment.
 */
#ifndef IMABOOT_TEST_UNIT_H
#define IMABOOT_TEST_UNIT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "buf.h"
#include "problem.h"

/* Checks error and texts of a problem; remedy NULL: there is none. Releases it. */
#define assert_problem(set, wanted_error, wanted_reason, wanted_remedy)              \
	do {                                                                         \
		struct problem *checked_ = (set);                                    \
		const char *remedy_ = (wanted_remedy);                               \
		assert_int_equal(checked_->error, wanted_error);                     \
		assert_string_equal(problem_reason_text(checked_), wanted_reason);   \
		if (remedy_)                                                         \
			assert_string_equal(problem_remedy_text(checked_), remedy_); \
		else                                                                 \
			assert_null(checked_->remedy);                               \
		problem_free(checked_);                                              \
	} while (0)

/* Checks the content of a buffer and releases it. */
#define assert_buf(buf, wanted)                               \
	do {                                                  \
		assert_false((buf)->failed);                  \
		assert_string_equal(buf_string(buf), wanted); \
		assert_int_equal((buf)->len, strlen(wanted)); \
		buf_free(buf);                                \
	} while (0)

#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
