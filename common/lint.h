/* SPDX-License-Identifier: MIT */
/*
 * What lint says about a policy file, and the forms in which it says it: lines for people and compilers' readers,
 * JSON, SARIF 2.1.0 for code hosts. Pure: bytes in, text out; untrusted bytes come out escaped as in escape.h.
 */
#ifndef IMABOOT_LINT_H
#define IMABOOT_LINT_H

#include <stdbool.h>
#include "buf.h"
#include "json.h"
#include "policy.h"
#include "policy_diag.h"
#include "policy_model.h"

/* A file that was looked at. */
struct lint {
	const char *name;
	const char *text; /* not owned */
	size_t len;
	struct policy policy;
	struct diags diags; /* in the order of lines */
};

/*
 * Parses a file's text and, when it has no error and warnings are wanted, looks for those too. name and text
 * must outlive ret_lint, which lint_free() releases in any case. Returns 0 (errors are in ret_lint->diags),
 * -EFBIG or -ENOMEM.
 */
_must_check_ int lint_check(const struct kernel_model *model, const char *name, const char *text, size_t len,
	bool warnings, struct lint *ret_lint);

void lint_free(struct lint *lint);

#define _cleanup_lint_ _cleanup_(lint_free)

/*
 * FILE:LINE:COLUMN: error|warning: message [rule-id], a line each; with source, the line that is meant and a
 * caret under the place. Columns count bytes from 1.
 */
void lint_render_text(struct buf *buf, const struct lint *lint, bool source);

/* Adds the objects {"file", "line", "column", "severity", "rule", "message"} to an array that is open. */
void lint_render_json(struct json *json, const struct lint *lint);

/*
 * A SARIF log with one run: begin, any number of files, end. Columns count characters. program is the tool's name.
 */
void lint_sarif_begin(struct json *json, const char *program);
void lint_sarif_add(struct json *json, const struct lint *lint);
void lint_sarif_end(struct json *json);

#endif
