/* SPDX-License-Identifier: MIT */
/*
 * What the files of the preflight share: preflight.c (the stage), preflight_targets.c (what must run),
 * preflight_judge.c (the policies' verdict on a file), preflight_tell.c (what is said of it).
 */
#ifndef IMABOOT_PREFLIGHT_INTERNAL_H
#define IMABOOT_PREFLIGHT_INTERNAL_H

#include "appraise.h"
#include "closure.h"
#include "evaluate.h"
#include "fsfacts.h"
#include "preflight.h"

#define POLICIES_MAX 2 /* what is in force and stays, and the candidate */

/* Files of one root that are looked at: the first `required` of its closure must run, the rest should. */
struct targets {
	const struct preflight *preflight;
	struct problem *problem; /* what ended the search for them; its error is 0: nothing has */
	struct closure closure;
	size_t required;
	bool of_image;
	bool selinux; /* systemd must be able to read selinuxfs */
};

/* A file that would be denied, or may be. */
struct finding {
	char *path;
	bool of_image, required;
	bool sure; /* false: it depends on what is not known */
	enum denial denial;
	struct decision rule;
	struct appraised appraised;
	uint64_t fsmagic;
};

struct judge {
	const struct preflight *preflight;
	struct kernel_model model;
	const struct policy *policies[POLICIES_MAX];
	size_t policy_count;
	const struct policy *candidate;
	const char *keyring;
	struct cred_facts cred;
	struct fs_table file_systems;
	uint64_t read; /* bytes of files of one root that were looked at */
	struct finding *findings;
	size_t finding_count;
};

/*
 * Fills in what must run next. Returns 0, or a negative errno with *problem set: -ENOMEM, -E2BIG where the files of a root
 * ask for more than is looked at (closure.h), or where that is not done after PREFLIGHT_SECONDS.
 */
#define PREFLIGHT_SECONDS 30
_must_check_ int targets_find(const struct preflight *preflight, struct targets *root, struct targets *image,
	struct problem *problem);

/* Judges all files of the targets and adds findings. Returns 0 or -ENOMEM. */
_must_check_ int judge_targets(struct judge *judge, const struct targets *targets);

/* True where a rule of the policies appraises an access that is looked at here. */
bool judge_has_work(const struct judge *judge);

/* Says what the findings and gaps are. Returns 0 or -EACCES with the record's problem and denied files set. */
_must_check_ int tell_findings(const struct judge *judge, struct report_candidate *record);

void judge_free(struct judge *judge);

#endif
