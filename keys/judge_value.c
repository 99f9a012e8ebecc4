// SPDX-License-Identifier: MIT
/* What the value of security.ima comes to; see judge.h. */
#include <errno.h>
#include <sys/stat.h>
#include "digest.h"
#include "imaxattr.h"
#include "judge_internal.h"

#define MODSIG_MARK "~Module signature appended~\n"

void judge_deny(struct judgement *ret, enum auditlog_kind kind, const char *cause)
{
	ret->denied = true;
	ret->kind = kind;
	ret->cause = cause;
}

void judge_set_denial(struct judgement *ret, enum denial denial, bool no_key)
{
	if (denial == DENIAL_NO_XATTRS)
		judge_deny(ret, AUDITLOG_DATA, "no-xattrs");
	else if (no_key && (denial == DENIAL_INVALID_SIGNATURE || denial == DENIAL_INVALID_VERITY))
		judge_deny(ret, AUDITLOG_DATA, "unknown-key");
	else if (denial != DENIAL_NONE)
		judge_deny(ret, AUDITLOG_DATA, denial_cause(denial));
}

/* The best that the attribute could turn out to be, before the file is read. */
static enum appraise_value best_value(const struct imasig *sig)
{
	switch (sig->kind) {
	case IMASIG_NONE:
		return VALUE_NONE;
	case IMASIG_DIGEST:
		return VALUE_HASH_GOOD;
	case IMASIG_V2:
		return VALUE_SIGNATURE_GOOD;
	case IMASIG_V3:
		return VALUE_SIGV3_GOOD;
	case IMASIG_VERITY:
		return VALUE_VERITY_GOOD;
	case IMASIG_V1:
	case IMASIG_MALFORMED:
		return VALUE_SIGNATURE_BAD;
	case IMASIG_UNKNOWN:
		break;
	}
	return VALUE_UNKNOWN;
}

static enum appraise_value value_of(const struct imaverify_result *result)
{
	bool verity = result->sig.kind == IMASIG_VERITY;

	switch (result->cause) {
	case IMAVERIFY_SIGNED:
	case IMAVERIFY_HASHED:
		return result->lacks_verity ? VALUE_VERITY_BAD : best_value(&result->sig);
	case IMAVERIFY_NO_VALUE:
		return VALUE_NONE;
	case IMAVERIFY_WRONG_DIGEST:
		return VALUE_HASH_BAD;
	case IMAVERIFY_UNKNOWN_KEY:
		return verity ? VALUE_VERITY_BAD : VALUE_SIGNATURE_NO_KEY;
	case IMAVERIFY_UNKNOWN_TYPE:
		return VALUE_UNKNOWN;
	case IMAVERIFY_NO_ALGORITHM:
		return result->sig.kind == IMASIG_DIGEST ? VALUE_HASH_BAD : VALUE_SIGNATURE_BAD;
	case IMAVERIFY_WRONG_SIGNATURE:
	case IMAVERIFY_WEAK_HASH:
	case IMAVERIFY_OLD_VERSION:
	case IMAVERIFY_MALFORMED:
	case IMAVERIFY_UNREADABLE:
	case IMAVERIFY_OTHER_KERNEL:
	case IMAVERIFY_NO_VERITY:
	case IMAVERIFY_CAUSES:
		break;
	}
	return verity ? VALUE_VERITY_BAD : VALUE_SIGNATURE_BAD;
}

/* A rule that takes appended signatures, and a file that has one: whether it is good is the kernel's to say. */
static bool has_modsig(const struct look *look, const struct seen *seen, size_t count)
{
	const struct stat *st = look->st;
	char mark[sizeof(MODSIG_MARK) - 1];
	size_t i;

	for (i = 0; i < count; i++)
		if (seen[i].verdict.flags & RULE_MODSIG)
			break;
	return i < count && st->st_size > (off_t)sizeof(mark) &&
	       pread(look->fd, mark, sizeof(mark), st->st_size - (off_t)sizeof(mark)) ==
		       (ssize_t)sizeof(mark) &&
	       memcmp(mark, MODSIG_MARK, sizeof(mark)) == 0;
}

/* Reads the attribute, once. */
static int read_value(struct look *look)
{
	int r;

	if (look->has_value)
		return look->error;
	look->has_value = true;
	r = imaxattr_get(look->fd, look->value, sizeof(look->value), &look->len);
	if (r == -ERANGE)
		look->sig = (struct imasig){.kind = IMASIG_MALFORMED};
	else if (r == 0)
		imasig_parse(look->value, look->len, &look->sig);
	look->error = r == -ERANGE ? 0 : r;
	return look->error;
}

/* Verifies the file, once. */
static const struct imaverify_result *verify_once(struct imaverify *verify, struct look *look)
{
	if (!look->verified)
		imaverify_file(verify, look->fd, look->st, look->value, look->len, &look->result);
	look->verified = true;
	return &look->result;
}

/* What the policy says to a value that is not to be verified. */
static void judge_given(const struct judge *judge, const struct seen *seen, size_t count,
	enum appraise_value value, struct judgement *ret)
{
	judge_set_denial(
		ret, judge_first_denial(judge, seen, count, value, DIGEST_SHA256, &ret->rule), false);
}

void judge_value(const struct judge *judge, struct imaverify *verify, struct look *look,
	const struct seen *seen, size_t count, struct judgement *ret)
{
	const struct imasig *sig = &look->sig;
	const struct imaverify_result *result;
	int r = read_value(look);
	enum denial denial;

	if (r < 0 && r != -EOPNOTSUPP) {
		problem_set(&ret->problem, r, "its security.ima cannot be read: %s", strerror(-r));
		return;
	}
	if (r == -EOPNOTSUPP) {
		judge_given(judge, seen, count, VALUE_UNSUPPORTED, ret);
		return;
	}
	if ((sig->kind == IMASIG_NONE || sig->kind == IMASIG_DIGEST) && has_modsig(look, seen, count)) {
		judge_given(judge, seen, count, VALUE_MODSIG_GOOD, ret);
		return;
	}
	denial = judge_first_denial(judge, seen, count, best_value(sig),
		sig->kind == IMASIG_NONE ? DIGEST_SHA256 : sig->algo, &ret->rule);
	if (denial != DENIAL_NONE || sig->kind == IMASIG_NONE) {
		judge_set_denial(ret, denial, false);
		return;
	}
	/* The file is read only where a good value would satisfy the rules. */
	result = verify_once(verify, look);
	ret->was_read = result->cause != IMAVERIFY_UNKNOWN_KEY;
	if (result->cause == IMAVERIFY_UNREADABLE)
		problem_set(
			&ret->problem, result->problem.error, "%s", problem_reason_text(&result->problem));
	else
		judge_set_denial(ret,
			judge_first_denial(judge, seen, count, value_of(result), sig->algo, &ret->rule),
			result->cause == IMAVERIFY_UNKNOWN_KEY);
}
