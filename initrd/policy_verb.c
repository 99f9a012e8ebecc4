// SPDX-License-Identifier: MIT
/* What the verbs load and check share; see policy_verb.h. */
#include "policy_verb.h"

#include <errno.h>
#include "candidate.h"
#include "certs.h"
#include "escape.h"
#include "guard.h"
#include "log.h"
#include "out.h"
#include "securityfs.h"

static void print_result(const struct report_candidate *record, bool commit)
{
	_cleanup_buf_ struct buf text = {0};

	escape_string(&text, record->path);
	if (commit)
		buf_printf(&text, ": in force (proof: %s)", record->proof);
	else
		buf_puts(&text, ": the kernel accepts it (nothing was committed)");
	if (record->signed_by) {
		buf_puts(&text, ", signed by '");
		escape_string(&text, record->signed_by);
		buf_puts(&text, "'");
	} else {
		buf_puts(&text, ", its signature not verified: ");
		escape_string(&text, record->not_verified);
	}
	out_printf("%s\n", buf_string(&text));
}

static int run_stages(struct candidate *candidate, int root_fd, const char *path, bool commit)
{
	int r = candidate_read(candidate, root_fd, "/", path);

	if (r == 0)
		r = candidate_check_signature(candidate, false);
	if (r == 0)
		r = candidate_dry_run(candidate);
	if (r == 0 && commit)
		r = candidate_commit(candidate);
	return r;
}

int policy_verb_run(const char *file, bool commit)
{
	_cleanup_report_ struct report report = {0};
	_cleanup_close_ int root_fd = root_open("/");
	_cleanup_candidate_ struct candidate candidate = {.file = {.fd = -1}};
	struct report_candidate *record = report_add_candidate(&report);
	char path[PATH_MAX];
	int r = root_absolute(file, path);

	if (root_fd < 0 || !record || r < 0) {
		log_error("%s: cannot be looked up: %s", file, strerror(r < 0 ? -r : errno));
		return EXIT_FAILED;
	}
	if (securityfs_mount() < 0 || securityfs_policy_state() == POLICY_NO_IMA) {
		log_error("this kernel has no IMA, or securityfs cannot be mounted; run as root on a kernel "
			  "with "
			  "CONFIG_IMA");
		return EXIT_NOT_APPLICABLE;
	}
	candidate.record = record;
	record->source = "file";
	certs_recall(root_fd, "/", &candidate.keyring);
	r = run_stages(&candidate, root_fd, path, commit);
	if (r < 0) {
		log_error("%s: failed at stage %s: %s%s%s", path, policy_stage_name(record->stage),
			problem_reason_text(&record->problem), record->problem.remedy ? "; " : "",
			problem_remedy_text(&record->problem));
		return EXIT_FAILED;
	}
	print_result(record, commit);
	return EXIT_DONE;
}
