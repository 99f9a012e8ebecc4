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
static enum denial verify_signature(
	const struct kernel_model *model, const struct verdict *verdict, enum appraise_value value)
{
	if (verdict->flags & RULE_VERITY && verdict->flags & RULE_SIGNED)
		return DENIAL_VERITY_REQUIRED;
	if (value == VALUE_SIGV3_GOOD)
		return model->version >= KERNEL(7, 1) ? DENIAL_NONE : DENIAL_SIGNATURE_VERSION;
	if (model->version >= KERNEL(7, 1) && verdict->flags & RULE_SIGV3)
		return DENIAL_SIGV3_REQUIRED;
	return value == VALUE_SIGNATURE_GOOD ? DENIAL_NONE : DENIAL_INVALID_SIGNATURE;
}

/* The same for one of an fs-verity digest, which the kernel has only where a rule asks for it. */
static enum denial verify_verity(const struct verdict *verdict, enum appraise_value value)
{
	if (verdict->flags & RULE_SIGNED && !(verdict->flags & RULE_VERITY))
		return DENIAL_SIGNATURE_REQUIRED;
	return value == VALUE_VERITY_GOOD && verdict->flags & RULE_VERITY ? DENIAL_NONE
									  : DENIAL_INVALID_VERITY;
}

/* ima_appraise_measurement() */
static enum denial appraise(
	const struct kernel_model *model, const struct verdict *verdict, enum appraise_value value)
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
		return value == VALUE_HASH_GOOD ? DENIAL_NONE : DENIAL_INVALID_HASH;
	case VALUE_VERITY_GOOD:
	case VALUE_VERITY_BAD:
		return verify_verity(verdict, value);
	case VALUE_UNKNOWN:
		return DENIAL_UNKNOWN_DATA;
	default:
		return verify_signature(model, verdict, value);
	}
}

/* Whether a mask of hashes leaves out this one; the default is not known here, and a number that is none means it. */
static bool algos_refuse(uint32_t algos, unsigned int algo)
{
	return algos && (algo >= POLICY_ALGOS || !(algos & UINT32_C(1) << algo));
}

enum denial evaluate_appraisal(const struct kernel_model *model, const struct verdict *verdict,
	enum appraise_value value, unsigned int algo)
{
	bool exempt = verdict->direct_io && verdict->flags & RULE_DIRECTIO;
	enum denial denial;

	if (!verdict->appraise)
		return DENIAL_NONE;
	denial = collect(model, verdict, value, algo);
	if (denial == DENIAL_NONE && !exempt)
		denial = appraise(model, verdict, value);
	if (denial == DENIAL_DIRECT_IO && exempt)
		denial = DENIAL_NONE;
	if (denial == DENIAL_NONE && algos_refuse(verdict->algos, algo))
		denial = DENIAL_ALGORITHM;
	if (denial == DENIAL_NONE && verdict->mask & MASK_WRITE && is_signature(value) && !exempt)
		denial = DENIAL_SIGNED_WRITE;
	return denial;
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
