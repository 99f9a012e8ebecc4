// SPDX-License-Identifier: MIT
/* What a kernel would say to a file; see judge.h. */
#include "judge.h"

#include <errno.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include "digest.h"
#include "fileid.h"
#include "imaxattr.h"
#include "judge_internal.h"

#define LABEL_MAX 512
#define MODSIG_MARK "~Module signature appended~\n"

void judge_init(const struct target *target, const struct policy *policy, struct judge *ret)
{
	size_t i;
	int slot;

	*ret = (struct judge){.target = target, .policy = policy};
	for (i = 0; i < policy->count; i++) {
		ret->asks_verity |= (policy->rules[i].flags & RULE_VERITY) != 0;
		for (slot = LSM_OBJ_USER; slot <= LSM_OBJ_TYPE; slot++)
			ret->asks_labels |= policy->rules[i].lsm[slot].len != 0;
	}
}

/* ---- roles -------------------------------------------------------------------------------- */

static bool matches(const char *path, const char *const *globs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (fnmatch(globs[i], path, 0) == 0)
			return true;
	return false;
}

static bool is_packed_module(const char *path)
{
	static const char *const globs[] = {"*.ko.gz", "*.ko.xz", "*.ko.zst"};

	return matches(path, globs, ARRAY_SIZE(globs));
}

unsigned int judge_roles(int fd, const char *path, const struct stat *st)
{
	static const char *const libraries[] = {"*.so", "*.so.*"};
	static const char *const firmware[] = {"/lib/firmware/*", "/usr/lib/firmware/*"};
	char magic[4] = "";
	bool is_library;
	ssize_t n;

	if (fnmatch("*.ko", path, 0) == 0 || is_packed_module(path))
		return ROLE_MODULE;
	if (matches(path, firmware, ARRAY_SIZE(firmware)))
		return ROLE_FIRMWARE;
	/* Only what may be executed or mapped is looked into: most files are not, and are not read for this. */
	is_library = matches(path, libraries, ARRAY_SIZE(libraries));
	if (!is_library && !(st->st_mode & 0111))
		return ROLE_READ;
	n = pread(fd, magic, sizeof(magic), 0);
	if (n == (ssize_t)sizeof(magic) && memcmp(magic, "\177ELF", sizeof(magic)) == 0)
		return is_library ? ROLE_LIBRARY : ROLE_PROGRAM;
	return st->st_mode & 0111 && n >= 2 && magic[0] == '#' && magic[1] == '!' ? ROLE_SCRIPT : ROLE_READ;
}

/* ---- the verdict -------------------------------------------------------------------------- */

static void deny(struct judgement *ret, enum auditlog_kind kind, const char *cause)
{
	ret->denied = true;
	ret->kind = kind;
	ret->cause = cause;
}

static void set_denial(struct judgement *ret, enum denial denial, bool no_key)
{
	if (denial == DENIAL_NO_XATTRS)
		deny(ret, AUDITLOG_DATA, "no-xattrs");
	else if (no_key && (denial == DENIAL_INVALID_SIGNATURE || denial == DENIAL_INVALID_VERITY))
		deny(ret, AUDITLOG_DATA, "unknown-key");
	else if (denial != DENIAL_NONE)
		deny(ret, AUDITLOG_DATA, denial_cause(denial));
}

/* ---- the value ---------------------------------------------------------------------------- */

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
		return best_value(&result->sig);
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
static bool has_modsig(int fd, const struct stat *st, const struct seen *seen, size_t count)
{
	char mark[sizeof(MODSIG_MARK) - 1];
	size_t i;

	for (i = 0; i < count; i++)
		if (seen[i].verdict.flags & RULE_MODSIG)
			break;
	return i < count && st->st_size > (off_t)sizeof(mark) &&
	       pread(fd, mark, sizeof(mark), st->st_size - (off_t)sizeof(mark)) == (ssize_t)sizeof(mark) &&
	       memcmp(mark, MODSIG_MARK, sizeof(mark)) == 0;
}

/* Judges by the value; reads the file only where a good value would satisfy the rules. */
static void judge_value(const struct judge *judge, struct imaverify *verify, int fd, const struct stat *st,
	const struct seen *seen, size_t count, struct judgement *ret)
{
	uint8_t value[IMASIG_MAX];
	struct imaverify_result result = {0};
	struct imasig sig;
	size_t len = 0;
	int r = imaxattr_get(fd, value, sizeof(value), &len);
	enum denial denial;

	if (r == -EOPNOTSUPP) {
		set_denial(ret,
			judge_first_denial(judge, seen, count, VALUE_UNSUPPORTED, DIGEST_SHA256, &ret->rule),
			false);
		return;
	}
	if (r < 0 && r != -ERANGE) {
		problem_set(&ret->problem, r, "its security.ima cannot be read: %s", strerror(-r));
		return;
	}
	if (r == -ERANGE)
		sig = (struct imasig){.kind = IMASIG_MALFORMED};
	else
		imasig_parse(value, len, &sig);
	if ((sig.kind == IMASIG_NONE || sig.kind == IMASIG_DIGEST) && has_modsig(fd, st, seen, count)) {
		set_denial(ret,
			judge_first_denial(judge, seen, count, VALUE_MODSIG_GOOD, DIGEST_SHA256, &ret->rule),
			false);
		return;
	}
	denial = judge_first_denial(judge, seen, count, best_value(&sig),
		sig.kind == IMASIG_NONE ? DIGEST_SHA256 : sig.algo, &ret->rule);
	if (denial == DENIAL_NONE && sig.kind != IMASIG_NONE) {
		imaverify_file(verify, fd, st, value, len, &result);
		ret->was_read = result.cause != IMAVERIFY_UNKNOWN_KEY;
		if (result.cause == IMAVERIFY_UNREADABLE) {
			ret->problem = result.problem;
			return;
		}
		denial = judge_first_denial(judge, seen, count, value_of(&result), sig.algo, &ret->rule);
		problem_free(&result.problem);
	}
	set_denial(ret, denial, result.cause == IMAVERIFY_UNKNOWN_KEY);
}

/* ---- files -------------------------------------------------------------------------------- */

/* security.selinux is "user:role:type:level"; other modules' labels are not looked at by any rule here. */
static void parse_label(const char *text, size_t len, struct lsm_context *ret)
{
	const char *end = text + strnlen(text, len), *colon;
	const char **parts[] = {&ret->user, &ret->role, &ret->type};
	size_t *lens[] = {&ret->user_len, &ret->role_len, &ret->type_len}, i;

	for (i = 0; i < ARRAY_SIZE(parts) && text < end; i++, text = colon + 1) {
		colon = memchr(text, ':', (size_t)(end - text));
		if (!colon)
			colon = end;
		*parts[i] = text;
		*lens[i] = (size_t)(colon - text);
	}
}

/* A module that kmod unpacks itself comes to the kernel without a file (ima_load_data). */
static bool comes_without_file(
	const struct judge *judge, const char *path, const struct seen *seen, size_t count)
{
	size_t i;

	if (!is_packed_module(path) || judge->target->module_decompress || judge->target->sig_enforce)
		return false;
	for (i = 0; i < count; i++)
		if (seen[i].role == ROLE_MODULE && seen[i].verdict.appraise &&
			seen[i].verdict.by_class[action_class(ACTION_APPRAISE)].rule->func == FUNC_MODULE)
			return true;
	return false;
}

void judge_file(const struct judge *judge, struct imaverify *verify, int fd, const char *path,
	const struct stat *st, const struct file_facts *facts, unsigned int roles, struct judgement *ret)
{
	struct file_facts file = *facts;
	struct seen seen[STEPS_MAX];
	char label[LABEL_MAX];
	size_t count, len;

	*ret = (struct judgement){0};
	file.fowner = st->st_uid;
	file.fgroup = st->st_gid;
	if (judge->asks_labels && imaxattr_get_label(fd, label, sizeof(label), &len) == 0)
		parse_label(label, len, &file.label);
	file.fsverity = judge->asks_verity && fileid_has_verity(fd);
	count = judge_look(judge, &file, roles, seen);
	if (!judge_note_rules(seen, count, ret))
		return;
	if (comes_without_file(judge, path, seen, count))
		deny(ret, AUDITLOG_NO_FILE, "module");
	else
		judge_value(judge, verify, fd, st, seen, count, ret);
	/* With EVM active the value does not count without security.evm (ima_appraise.c, ima_appraise_measurement). */
	if (judge->evm && !ret->denied && !ret->problem.error && imaxattr_lacks_evm(fd))
		deny(ret, AUDITLOG_DATA, "missing-HMAC");
	if (ret->denied && !ret->rule)
		ret->rule = ret->rules[0];
}

void judge_bare(const struct judge *judge, const struct file_facts *facts, unsigned int role, bool has_xattrs,
	struct judgement *ret)
{
	struct seen seen[STEPS_MAX];
	size_t count = judge_look(judge, facts, role, seen);

	*ret = (struct judgement){0};
	if (judge_note_rules(seen, count, ret))
		set_denial(ret,
			judge_first_denial(judge, seen, count,
				has_xattrs ? VALUE_HASH_GOOD : VALUE_UNSUPPORTED, DIGEST_SHA256, &ret->rule),
			false);
}

void judgement_free(struct judgement *judgement)
{
	problem_free(&judgement->problem);
}
