// SPDX-License-Identifier: MIT
/* What is said of files that a policy would deny; see preflight_internal.h. */
#include "preflight_internal.h"

#include <errno.h>
#include <inttypes.h>
#include "buf.h"
#include "certs.h"
#include "report.h"

#define NAMED_MAX 3  /* files that a message names */
#define RULE_MAX 160 /* bytes of a rule in it */

/* What of the findings a message is about. */
struct choice {
	bool sure, required;
};

static bool is_chosen(const struct finding *finding, const struct choice *choice)
{
	/* Those that depend on what is not known are one choice, whatever they are needed for. */
	return finding->sure == choice->sure && (!choice->sure || finding->required == choice->required);
}

static size_t count_chosen(const struct judge *judge, const struct choice *choice)
{
	size_t i, count = 0;

	for (i = 0; i < judge->finding_count; i++)
		count += is_chosen(&judge->findings[i], choice);
	return count;
}

/* The cause in a clause after the file's name. */
static const char *cause_of(const struct finding *finding)
{
	bool has_value = finding->appraised.value != VALUE_NONE;

	if (finding->appraised.lacks_evm)
		return finding->appraised.text;
	switch (finding->denial) {
	case DENIAL_SIGNATURE_REQUIRED:
		return has_value ? "has only a hash, and no signature" : "has no signature";
	case DENIAL_ALGORITHM:
		return "has a hash of an algorithm that the rule does not allow";
	case DENIAL_VERITY_REQUIRED:
	case DENIAL_NO_VERITY:
		return "has no signature for fs-verity";
	case DENIAL_SIGV3_REQUIRED:
		return "has no signature of version 3";
	case DENIAL_SIGNATURE_VERSION:
		return "has a signature of a version that this kernel does not take";
	case DENIAL_NO_ALGORITHM:
		return "has a hash of an algorithm that this kernel does not have";
	default:
		return finding->appraised.text;
	}
}

/* "line 9: RULE", or that the rule is not the policy's own. */
static void add_rule(struct buf *text, const struct judge *judge, const struct finding *finding)
{
	const struct policy_rule *rule = finding->rule.rule;
	uint32_t len;

	if (!rule)
		return;
	len = rule->text.len > RULE_MAX ? RULE_MAX : rule->text.len;
	if (finding->rule.policy == judge->candidate)
		buf_printf(text, "line %u, '", rule->line);
	else
		buf_puts(text, "a rule that is in force already, '");
	buf_add(text, span_bytes(finding->rule.policy, rule->text), len);
	buf_puts(text, "': ");
}

static void add_finding(struct buf *text, const struct judge *judge, const struct finding *finding)
{
	buf_printf(text, "%s%s (", finding->path, finding->of_image ? " of the image" : "");
	add_rule(text, judge, finding);
	buf_printf(text, "%s)", cause_of(finding));
}

/* The first files of a choice, and how many more there are. Returns the first one, NULL where there is none. */
static const struct finding *add_list(
	struct buf *text, const struct judge *judge, const struct choice *choice)
{
	size_t i, named = 0, count = count_chosen(judge, choice);
	const struct finding *first = NULL;

	for (i = 0; i < judge->finding_count && named < NAMED_MAX; i++) {
		if (!is_chosen(&judge->findings[i], choice))
			continue;
		if (!first)
			first = &judge->findings[i];
		buf_puts(text, named++ ? ", " : "");
		add_finding(text, judge, &judge->findings[i]);
	}
	if (count > named)
		buf_printf(text, " and %zu more", count - named);
	return first;
}

static void warn_of(const struct judge *judge, const struct choice *choice, const char *lead)
{
	_cleanup_buf_ struct buf text = {0};

	buf_puts(&text, lead);
	if (add_list(&text, judge, choice))
		judge->preflight->warn(judge->preflight->context, buf_string(&text));
}

/* The files of the first kind of fix, by name where they are few. */
static void sign_remedy(const struct judge *judge, const struct choice *choice, struct problem *problem)
{
	_cleanup_buf_ struct buf names = {0};
	size_t i, count = 0;

	for (i = 0; i < judge->finding_count; i++) {
		const struct finding *finding = &judge->findings[i];

		if (!is_chosen(finding, choice) || finding->of_image)
			continue;
		if (++count <= NAMED_MAX)
			buf_printf(&names, " '%s'", problem_path(finding->path));
	}
	if (count > NAMED_MAX)
		problem_remedy(problem,
			"sign the root's files, below the folder DIR where it is mounted: imactl sign --key "
			"KEY --root DIR");
	else
		problem_remedy(problem, "sign %s: imactl sign --key KEY%s", count == 1 ? "it" : "them",
			buf_string(&names));
}

static void set_remedy(const struct judge *judge, const struct choice *choice, const struct finding *first,
	struct problem *problem)
{
	if (first->of_image || first->denial == DENIAL_NO_XATTRS)
		problem_remedy(problem,
			"put the rule 'dont_appraise fsmagic=0x%" PRIx64
			"' above it: files there carry no signatures",
			first->fsmagic);
	else if (first->appraised.value == VALUE_SIGNATURE_NO_KEY)
		problem_remedy(problem,
			"put the certificate of the key %08x into " CERTS_DIR
			" of the image, or sign the file with a key that is loaded",
			first->appraised.key_id);
	else
		sign_remedy(judge, choice, problem);
}

/* For the report: what is denied, up to a bound. */
static void record_denied(
	const struct judge *judge, const struct choice *choice, struct report_candidate *record)
{
	size_t i;

	for (i = 0; i < judge->finding_count; i++) {
		const struct finding *finding = &judge->findings[i];
		const struct policy_rule *rule = finding->rule.rule;

		if (is_chosen(finding, choice))
			report_add_denied(record, finding->path, finding->of_image,
				rule && finding->rule.policy == judge->candidate ? rule->line : 0,
				cause_of(finding));
	}
}

/* Where appraisal is not enforced, nothing is denied yet. */
static int tell_unenforced(const struct judge *judge, const struct choice *choice)
{
	_cleanup_buf_ struct buf lead = {0};

	buf_printf(&lead,
		"preflight: what must run next would be denied, were appraisal not in mode %s "
		"(ima_appraise=): ",
		judge->preflight->mode);
	warn_of(judge, choice, buf_string(&lead));
	return 0;
}

int tell_findings(const struct judge *judge, struct report_candidate *record)
{
	static const struct choice refused = {true, true}, advised = {true, false}, unsure = {false, false};
	_cleanup_buf_ struct buf text = {0};
	const struct finding *first;

	warn_of(judge, &advised, "preflight: the policy denies what the boot may do without: ");
	warn_of(judge, &unsure, "preflight: whether the policy denies these is not known: ");
	if (!count_chosen(judge, &refused))
		return 0;
	record_denied(judge, &refused, record);
	if (judge->preflight->mode)
		return tell_unenforced(judge, &refused);
	first = add_list(&text, judge, &refused);
	problem_set(&record->problem, -EACCES, "denies what must run next: %s", buf_string(&text));
	set_remedy(judge, &refused, first, &record->problem);
	return -EACCES;
}
