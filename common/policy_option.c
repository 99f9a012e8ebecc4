// SPDX-License-Identifier: MIT
/*
 * The options of a rule (how it appraises and what it measures) and its lists, word by word, as
 * ima_parse_rule() (ima_policy.c) reads them; see policy_token.c.
 */
#include "policy_internal.h"

#include <errno.h>

void parser_take_digest_type(struct parser *parser, const struct token *token)
{
	struct policy_rule *rule = &parser->rule;
	bool verity = token->value_len == 6 && memcmp(token->value, "verity", 6) == 0;

	if (!verity) {
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_VALUE, token->value, token->value_len,
			"digest_type= can only be 'verity', not " QUOTED,
			quote(token->value, token->value_len));
		return;
	}
	if (rule->flags & RULE_SIGNED) {
		if (parser->model->version < KERNEL(7, 1)) {
			parser_fail(parser, -EINVAL, ISSUE_WORD_ORDER, token->at, token->len,
				"digest_type=verity must come before appraise_type= (before Linux 7.1)");
			return;
		}
		parser_warn(parser, ISSUE_VERSION_DIFFERS, token->at, token->len,
			"kernels before Linux 7.1 refuse digest_type= behind appraise_type=; put it in "
			"front");
	}
	rule->flags |= RULE_VERITY;
}

static void take_sigv3(struct parser *parser, const struct token *token)
{
	struct policy_rule *rule = &parser->rule;

	if (!(rule->flags & RULE_VERITY)) {
		if (parser->model->version < KERNEL(7, 1)) {
			parser_fail(parser, -EINVAL, ISSUE_WORD_ORDER, token->at, token->len,
				"appraise_type=sigv3 needs digest_type=verity in front of it (before Linux "
				"7.1)");
			return;
		}
		parser_warn(parser, ISSUE_VERSION_DIFFERS, token->at, token->len,
			"kernels before Linux 7.1 refuse appraise_type=sigv3 without digest_type=verity in "
			"front of it");
	}
	rule->flags |= RULE_SIGNED | RULE_SIGV3;
}

void parser_take_appraise_type(struct parser *parser, const struct token *token)
{
	const struct word *type = word_find(&policy_appraise_types, token->value, token->value_len);
	struct policy_rule *rule = &parser->rule;
	bool modsig;

	if (!type) {
		parser_fail_value(parser, token, &policy_appraise_types);
		return;
	}
	if (!parser_check_word_since(parser, token->value, token->value_len, type))
		return;
	parser->type_at = token->at;
	if (string_equal(type->name, "sigv3")) {
		take_sigv3(parser, token);
		return;
	}
	modsig = string_equal(type->name, "imasig|modsig");
	if (modsig && !parser->model->modsig) {
		parser_fail_config(parser, token->value, token->value_len, "IMA_APPRAISE_MODSIG");
		return;
	}
	if (rule->flags & RULE_VERITY) {
		parser_fail(parser, -EINVAL, ISSUE_CONFLICT, token->at, token->len,
			"after digest_type=verity only appraise_type=sigv3 is possible");
		return;
	}
	if (modsig && rule->flags & RULE_SIGV3) {
		parser_fail(parser, -EINVAL, ISSUE_CONFLICT, token->at, token->len,
			"after appraise_type=sigv3 an appended signature is not possible");
		return;
	}
	rule->flags |= RULE_SIGNED | (modsig ? RULE_MODSIG : 0);
}

/* From 6.6 on the value is not even looked at: signatures are always checked against the blacklist. */
void parser_take_appraise_flag(struct parser *parser, const struct token *token)
{
	if (parser->model->version >= KERNEL(6, 6)) {
		parser_warn(parser, ISSUE_VERSION_DIFFERS, token->at, token->len,
			"appraise_flag= has no effect from Linux 6.6 on; before, it means check_blacklist "
			"and needs appraise_type=imasig|modsig");
		return;
	}
	if (!parser->model->modsig) {
		parser_fail_config(parser, token->at, token->len, "IMA_APPRAISE_MODSIG");
		return;
	}
	if (!memmem(token->value, token->value_len, "blacklist", 9)) {
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_VALUE, token->value, token->value_len,
			"appraise_flag= can only be 'check_blacklist', not " QUOTED,
			quote(token->value, token->value_len));
		return;
	}
	parser->flag_at = token->at;
	parser->rule.flags |= RULE_BLACKLIST;
}

/* One hash of appraise_algos=; false with an error where the kernel would not take it. */
static bool take_algo(struct parser *parser, const struct token *token, const char *name, size_t len)
{
	const struct kernel_model *model = parser->model;
	const struct word *algo = word_find(&policy_algos, name, len), *near;

	if (!len) {
		parser_fail(parser, -EINVAL, ISSUE_EMPTY_ITEM, token->at, token->len,
			"the list of appraise_algos= has an empty item");
		return false;
	}
	if (!algo) {
		near = parser->diags ? word_nearest(&policy_algos, name, len) : NULL;
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_VALUE, name, len,
			"no hash algorithm is called " QUOTED "%s%s%s", quote(name, len),
			near ? "; did you mean '" : "", near ? near->name : "", near ? "'?" : "");
		return false;
	}
	if (!parser_check_word_since(parser, name, len, algo))
		return false;
	if (!(model->algos & 1U << algo->number)) {
		parser_fail(parser, -EINVAL, ISSUE_KERNEL_CONFIG, name, len,
			"this kernel has no code for the hash '%s'", algo->name);
		return false;
	}
	if (algo->number <= 2)
		parser_warn(parser, ISSUE_WEAK_HASH, name, len,
			"%s is broken: files can be made that share a hash", algo->name);
	if (model->algo_modules & 1U << algo->number)
		parser_warn(parser, ISSUE_HASH_MODULE, name, len,
			"%s is in a kernel module: the kernel refuses the policy when it cannot load it, as "
			"early in the boot",
			algo->name);
	parser->rule.algos |= 1U << algo->number;
	return true;
}

void parser_take_appraise_algos(struct parser *parser, const struct token *token)
{
	const char *list = token->value, *name;
	size_t rest = token->value_len, len;

	if (parser->rule.flags & RULE_ALGOS) {
		parser_fail_twice(parser, token, "appraise_algos=");
		return;
	}
	while (value_next_item(&list, &rest, ',', &name, &len))
		if (!take_algo(parser, token, name, len))
			return;
	parser->algos_at = token->at;
	parser->rule.flags |= RULE_ALGOS;
}

void parser_take_pcr(struct parser *parser, const struct token *token)
{
	unsigned limit = parser->model->long_is_64 ? 64 : 32;

	if (value_parse_index(token->value, token->value_len, limit, &parser->rule.pcr) < 0) {
		parser_fail(parser, -EINVAL, ISSUE_OUT_OF_RANGE, token->value, token->value_len,
			"pcr= takes a number from 0 to %u, not " QUOTED, limit - 1,
			quote(token->value, token->value_len));
		return;
	}
	parser_warn_replaced(parser, token, RULE_PCR);
	parser->pcr_at = token->at;
	parser->rule.flags |= RULE_PCR;
}

void parser_take_template(struct parser *parser, const struct token *token)
{
	struct policy_rule *rule = &parser->rule;
	unsigned since = 0, template = policy_template_find(token->value, token->value_len, &since);

	if (rule->action != ACTION_MEASURE) {
		parser_fail(parser, -EINVAL, rule->action == ACTION_NONE ? ISSUE_WORD_ORDER : ISSUE_CONFLICT,
			token->at, token->len,
			rule->action == ACTION_NONE
				? "template= must come after the action, which must be measure"
				: "template= goes with the action measure only");
		return;
	}
	if (rule->template) {
		parser_fail_twice(parser, token, "template=");
		return;
	}
	if (!template && token->value_len == 9 && memcmp(token->value, "ima-sigv3", 9) == 0) {
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_VALUE, token->value, token->value_len,
			"the kernel's documentation names the template 'ima-sigv3', but no kernel has it; "
			"'ima-sigv2' carries such signatures");
		return;
	}
	if (!template) {
		parser_fail_value(parser, token, &policy_templates);
		return;
	}
	if (parser_check_since(parser, token->value, token->value_len, since))
		rule->template = (uint8_t) template;
}

/* keyrings= and label=: items between bars, none of them empty (ima_alloc_rule_opt_list). */
void parser_take_list(struct parser *parser, const struct token *token, uint32_t flag, struct span *list)
{
	const char *at = token->value, *item;
	size_t rest = token->value_len, len;

	if (flag == RULE_KEYRINGS && !parser->model->measure_keys) {
		parser_fail_config(parser, token->at, token->len, "IMA_MEASURE_ASYMMETRIC_KEYS");
		return;
	}
	if (parser->rule.flags & flag) {
		parser_fail_twice(parser, token, policy_flag_name(flag));
		return;
	}
	while (value_next_item(&at, &rest, '|', &item, &len)) {
		if (len)
			continue;
		parser_fail(parser, -EINVAL, ISSUE_EMPTY_ITEM, token->at, token->len,
			"the list of %.*s= has an empty item", (int)token->key_len, token->at);
		return;
	}
	*list = parser_value_span(parser, token);
	parser->rule.flags |= flag;
}
