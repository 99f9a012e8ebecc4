// SPDX-License-Identifier: MIT
/*
 * What appraisal makes of a file's value; see evaluate.h. The order is the kernel's, from ima_main.c
 * (process_measurement) through ima_api.c (ima_collect_measurement) to ima_appraise.c.
 */
#include "evaluate.h"

#include "policy_words.h"

static bool is_signature(enum appraise_value value)
{
	return value == VALUE_SIGNATURE_GOOD || value == VALUE_SIGNATURE_BAD ||
	       value == VALUE_SIGNATURE_NO_KEY || value == VALUE_SIGV3_GOOD || value == VALUE_VERITY_GOOD ||
	       value == VALUE_VERITY_BAD;
}

static bool is_verity(enum appraise_value value)
{
	return value == VALUE_VERITY_GOOD || value == VALUE_VERITY_BAD;
}

/* Whether the value names a hash, and the kernel does not have it; a number that is none means the default. */
static bool lacks_algorithm(const struct kernel_model *model, enum appraise_value value, unsigned int algo)
{
	bool names = is_signature(value) || value == VALUE_HASH_GOOD || value == VALUE_HASH_BAD;

	return names && algo < POLICY_ALGOS && !(model->algos & UINT32_C(1) << algo);
}

/* Nothing, or a digest, where a rule wants a signature. */
static enum denial missing_signature(const struct verdict *verdict)
{
	return verdict->flags & RULE_VERITY ? DENIAL_VERITY_REQUIRED : DENIAL_SIGNATURE_REQUIRED;
}

/* ima_collect_measurement(): the file is hashed before the value is looked at. */
static enum denial collect(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo)
{
	if (verdict->flags & RULE_VERITY)
		return verdict->fsverity || is_verity(value) ? DENIAL_NONE : DENIAL_NO_VERITY;
	if (verdict->direct_io && verdict->reads_file)
		return DENIAL_DIRECT_IO;
	return lacks_algorithm(model, value, algo) ? DENIAL_NO_ALGORITHM : DENIAL_NONE;
}

/* xattr_verify() for a signature of a file's digest. */
static enum denial verify_signature(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, bool of_verity)
{
	if (verdict->flags & RULE_VERITY && verdict->flags & RULE_SIGNED)
		return DENIAL_VERITY_REQUIRED;
	if (value == VALUE_SIGV3_GOOD && model->version < KERNEL(7, 1))
		return DENIAL_SIGNATURE_VERSION;
	if (value != VALUE_SIGV3_GOOD && verdict->flags & RULE_SIGV3 && model->version >= KERNEL(7, 1))
		return DENIAL_SIGV3_REQUIRED;
	if (value != VALUE_SIGNATURE_GOOD && value != VALUE_SIGV3_GOOD)
		return DENIAL_INVALID_SIGNATURE;
	return of_verity ? DENIAL_INVALID_SIGNATURE : DENIAL_NONE;
}

/* The same for one of an fs-verity digest. */
static enum denial verify_verity(const struct verdict *verdict, enum appraise_value value, bool of_verity)
{
	if (verdict->flags & RULE_SIGNED && !(verdict->flags & RULE_VERITY))
		return DENIAL_SIGNATURE_REQUIRED;
	return value == VALUE_VERITY_GOOD && of_verity ? DENIAL_NONE : DENIAL_INVALID_VERITY;
}

/* ima_appraise_measurement(); of_verity: the digest that the kernel has made is that of fs-verity. */
static enum denial appraise(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, bool of_verity)
{
	bool wants_signature = verdict->flags & RULE_SIGNED;

	if (value == VALUE_MODSIG_GOOD && verdict->flags & RULE_MODSIG)
		return DENIAL_NONE;
	switch (value) {
	case VALUE_NEW:
		return DENIAL_NONE;
	case VALUE_UNSUPPORTED:
		return DENIAL_NO_XATTRS;
	case VALUE_UNVERIFIABLE:
		return DENIAL_UNVERIFIABLE;
	case VALUE_NONE:
	case VALUE_MODSIG_GOOD:
		return wants_signature ? missing_signature(verdict) : DENIAL_MISSING_HASH;
	case VALUE_HASH_GOOD:
	case VALUE_HASH_BAD:
		if (wants_signature)
			return missing_signature(verdict);
		return value == VALUE_HASH_GOOD && !of_verity ? DENIAL_NONE : DENIAL_INVALID_HASH;
	case VALUE_VERITY_GOOD:
	case VALUE_VERITY_BAD:
		return verify_verity(verdict, value, of_verity);
	case VALUE_UNKNOWN:
		return DENIAL_UNKNOWN_DATA;
	default:
		return verify_signature(model, verdict, value, of_verity);
	}
}

/* Whether a mask of hashes leaves out this one; the default is not known here, and a number that is none means it. */
static bool algos_refuse(uint32_t algos, unsigned int algo)
{
	return algos && (algo >= POLICY_ALGOS || !(algos & UINT32_C(1) << algo));
}

/* Whether something is left to be done of a verdict; the kernel looks at the file only then. */
static bool is_left(const struct verdict *verdict, const struct file_state *state)
{
	return (verdict->appraise && !(state->passed & verdict->memory)) ||
	       (verdict->measure && !state->measured) || (verdict->audit && !state->audited) ||
	       (verdict->hash && !state->hashed && state->is_signed);
}

/* The file is hashed once; its value is looked at until it has passed for this kind of hook. */
static enum denial look(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo, struct file_state *state)
{
	bool exempt = verdict->direct_io && verdict->flags & RULE_DIRECTIO;
	enum denial denial = state->collected ? DENIAL_NONE : collect(model, verdict, value, algo);

	if (denial == DENIAL_NO_VERITY || denial == DENIAL_NO_ALGORITHM)
		return denial;
	if (denial == DENIAL_NONE && !state->collected) {
		state->collected = true;
		state->of_verity = verdict->flags & RULE_VERITY;
	}
	state->measured |= verdict->measure;
	state->audited |= verdict->audit;
	if (denial == DENIAL_NONE && verdict->appraise && !(state->passed & verdict->memory)) {
		denial = appraise(model, verdict, value, state->of_verity);
		if (denial == DENIAL_NONE)
			state->passed |= verdict->memory;
		state->is_signed |= is_signature(value);
	}
	if (exempt)
		denial = DENIAL_NONE;
	return denial == DENIAL_NONE && algos_refuse(verdict->algos, algo) ? DENIAL_ALGORITHM : denial;
}

enum denial evaluate_next(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo, struct file_state *state)
{
	struct verdict all = *verdict;
	enum denial denial = DENIAL_NONE;

	if (!verdict->measure && !verdict->appraise && !verdict->audit && !verdict->hash)
		return DENIAL_NONE;
	state->flags |= verdict->flags;
	all.flags = state->flags;
	if (verdict->hash && !state->is_signed) {
		state->is_signed = is_signature(value) && !is_verity(value);
		state->hashed = true;
	}
	if (is_left(verdict, state))
		denial = look(model, &all, value, algo, state);
	if (denial == DENIAL_NONE && verdict->mask & MASK_WRITE && state->is_signed)
		denial = DENIAL_SIGNED_WRITE;
	return verdict->appraise ? denial : DENIAL_NONE;
}

enum denial evaluate_appraisal(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo)
{
	struct file_state state = {0};

	return evaluate_next(model, verdict, value, algo, &state);
}

const char *denial_cause(enum denial denial)
{
	static const char *const causes[] = {
		[DENIAL_MISSING_HASH] = "missing-hash",
		[DENIAL_SIGNATURE_REQUIRED] = "IMA-signature-required",
		[DENIAL_INVALID_HASH] = "invalid-hash",
		[DENIAL_INVALID_SIGNATURE] = "invalid-signature",
		[DENIAL_ALGORITHM] = "denied-hash-algorithm",
		[DENIAL_VERITY_REQUIRED] = "verity-signature-required",
		[DENIAL_UNKNOWN_DATA] = "unknown-ima-data",
		[DENIAL_SIGV3_REQUIRED] = "IMA-sigv3-required",
		[DENIAL_SIGNATURE_VERSION] = "invalid-signature-version",
		[DENIAL_INVALID_VERITY] = "invalid-verity-signature",
		[DENIAL_NO_VERITY] = "no-verity-digest",
		[DENIAL_NO_ALGORITHM] = "failed",
		[DENIAL_DIRECT_IO] = "failed(directio)",
		[DENIAL_UNVERIFIABLE] = "unverifiable-signature",
	};

	return (size_t)denial < ARRAY_SIZE(causes) && causes[denial] ? causes[denial] : "";
}
