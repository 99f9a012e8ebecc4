/* SPDX-License-Identifier: MIT */
/* What `imactl plan` prints. Pure. */
#ifndef IMABOOT_PLAN_REPORT_H
#define IMABOOT_PLAN_REPORT_H

#include "plan.h"
#include "plan_certs.h"
#include "plan_policy.h"

struct plan_report {
	const struct plan *plan;
	const struct problem *conf; /* what is wrong with the root's imaboot.conf */
	const struct plan_certs *certs;
	const struct plan_policy *policy;
	uint64_t files, unopened; /* that were looked at, and that could not be */
	bool names_facts,
		is_folder; /* the policy asks about file systems; the root is a folder of another one */
	bool all;          /* every name */
};

/* Whether the root will boot, and under the policy. */
enum plan_answer { PLAN_NO, PLAN_NOT_KNOWN, PLAN_YES };
enum plan_answer plan_answer(const struct plan_report *report);

/* The command that mends a group: with full names where they are few, else for the whole root. */
void plan_command(const struct plan *plan, const struct plan_group *group, struct buf *ret);

/* Adds the report for people, in plan_report.c, and as a JSON object with a newline, in plan_json.c. */
void plan_report_text(const struct plan_report *report, struct buf *ret);
void plan_report_json(const struct plan_report *report, struct buf *ret);

#endif
