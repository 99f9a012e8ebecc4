// SPDX-License-Identifier: MIT
/*
 * One word of a rule: what ima_parse_rule() (ima_policy.c) does for it, and why it refuses it.
 *
 * The order of the words matters in four places: template= after measure, digest_type= and appraise_type= among
 * themselves, and what is given twice.
 */
#include "policy_internal.h"

#include <errno.h>

/* What a word needs of the kernel's version; false and an error where the kernel is older. */
bool parser_check_since(struct parser *parser, const char *at, size_t len, unsigned since)
{
	unsigned version = parser->model->version;

	if (version >= since)
		return true;
	parser_fail(parser, -EINVAL, ISSUE_KERNEL_VERSION, at, len,
		QUOTED " needs Linux %u.%u or newer; this policy is for %u.%u", quote(at, len),
		KERNEL_MAJOR(since), KERNEL_MINOR(since), KERNEL_MAJOR(version), KERNEL_MINOR(version));
	return false;
}

bool parser_check_word_since(struct parser *parser, const char *at, size_t len, const struct word *word)
{
	return parser_check_since(parser, at, len, KERNEL(word->major, word->minor));
}

/* Most errors are about the value, and some want a suggestion. */
void parser_fail_value(struct parser *parser, const struct token *token, const struct word_list *list)
{
	const char *value = token->value;
	size_t len = token->value_len;
	const struct word *near;

	if (list == &policy_masks && *value == '^') {
		value++;
		len--;
	}
	near = list && parser->diags ? word_nearest(list, value, len) : NULL;
	if (near)
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_VALUE, value, len,
			"%.*s= cannot be " QUOTED "; did you mean '%s'?", (int)token->key_len, token->at,
			quote(value, len), near->name);
	else
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_VALUE, value, len, "%.*s= cannot be " QUOTED,
			(int)token->key_len, token->at, quote(value, len));
}

void parser_fail_twice(struct parser *parser, const struct token *token, const char *what)
{
	parser_fail(parser, -EINVAL, ISSUE_DUPLICATE, token->at, token->len, "a rule can have %s only once",
		what);
}

void parser_fail_config(struct parser *parser, const char *at, size_t len, const char *option)
{
	parser_fail(parser, -EINVAL, ISSUE_KERNEL_CONFIG, at, len, QUOTED " needs a kernel with CONFIG_%s",
		quote(at, len), option);
}

struct span parser_value_span(const struct parser *parser, const struct token *token)
{
	return (struct span){(uint32_t)(token->value - parser->text), (uint32_t)token->value_len};
}

static void take_action(struct parser *parser, const struct token *token, const struct word *word)
{
	if (parser->rule.action != ACTION_NONE)
		parser_fail_twice(
			parser, token, "an action (measure, appraise, audit, hash and their opposites)");
	parser->rule.action = word->number;
}

static void take_func(struct parser *parser, const struct token *token)
{
	const struct word *func = word_find(&policy_funcs, token->value, token->value_len);

	if (parser->rule.flags & RULE_FUNC) {
		parser_fail_twice(parser, token, "func=");
		return;
	}
	if (!func) {
		parser_fail_value(parser, token, &policy_funcs);
		return;
	}
	if (!parser_check_word_since(parser, token->value, token->value_len, func))
		return;
	if (func->number == FUNC_KEY && !parser->model->measure_keys) {
		parser_fail_config(parser, token->value, token->value_len, "IMA_MEASURE_ASYMMETRIC_KEYS");
		return;
	}
	parser->func_at = token->at;
	parser->rule.func = func->number;
	parser->rule.flags |= RULE_FUNC;
}

static void take_mask(struct parser *parser, const struct token *token)
{
	bool among = *token->value == '^';
	const struct word *mask = word_find(&policy_masks, token->value + among, token->value_len - among);

	if (parser->rule.mask) {
		parser_fail_twice(parser, token, "mask=");
		return;
	}
	if (!mask) {
		parser_fail_value(parser, token, &policy_masks);
		return;
	}
	parser->rule.mask = mask->number;
	parser->rule.flags |= among ? RULE_INMASK : RULE_MASK;
}

/* Says why a number was refused, with the error that the kernel returns. */
static void fail_number(struct parser *parser, const struct token *token, int error, const char *expected)
{
	parser_fail(parser, error, error == -ERANGE ? ISSUE_OUT_OF_RANGE : ISSUE_BAD_NUMBER, token->value,
		token->value_len, "%.*s%c takes %s, not " QUOTED, (int)token->key_len, token->at, token->op,
		expected, quote(token->value, token->value_len));
}

static void take_fsmagic(struct parser *parser, const struct token *token)
{
	int result;

	/* The kernel looks at the number that it has, so a first 0 goes unnoticed. */
	if (parser->rule.fsmagic) {
		parser_fail_twice(parser, token, "fsmagic=");
		return;
	}
	result = value_parse_number(
		token->value, token->value_len, 16, parser->model->long_is_64, &parser->rule.fsmagic);
	if (result < 0) {
		fail_number(parser, token, result, "a hexadecimal number such as 0x01021994");
		return;
	}
	if (parser->rule.flags & RULE_FSMAGIC)
		parser_warn(parser, ISSUE_NO_EFFECT, token->at, token->len,
			"this replaces the fsmagic=0 before it");
	parser->rule.flags |= RULE_FSMAGIC;
}

/* The last one wins, in silence. */
void parser_warn_replaced(struct parser *parser, const struct token *token, uint32_t flag)
{
	if (parser->rule.flags & flag)
		parser_warn(parser, ISSUE_NO_EFFECT, token->at, token->len,
			"this replaces the %.*s= before it, which has no effect", (int)token->key_len,
			token->at);
}

static void take_fsname(struct parser *parser, const struct token *token)
{
	parser_warn_replaced(parser, token, RULE_FSNAME);
	parser->rule.fsname = parser_value_span(parser, token);
	parser->rule.flags |= RULE_FSNAME;
}

static void take_fs_subtype(struct parser *parser, const struct token *token)
{
	if (parser->rule.flags & RULE_FS_SUBTYPE) {
		parser_fail_twice(parser, token, "fs_subtype=");
		return;
	}
	parser->rule.fs_subtype = parser_value_span(parser, token);
	parser->rule.flags |= RULE_FS_SUBTYPE;
}

static void take_fsuuid(struct parser *parser, const struct token *token)
{
	static const uint8_t nil[16];

	if (memcmp(parser->rule.fsuuid, nil, sizeof(nil)) != 0) {
		parser_fail_twice(parser, token, "fsuuid=");
		return;
	}
	if (value_parse_uuid(token->value, token->value_len, parser->rule.fsuuid) < 0) {
		parser_fail(parser, -EINVAL, ISSUE_BAD_UUID, token->value, token->value_len,
			"fsuuid= takes a UUID such as 6f3c2d1e-0a1b-4c2d-8e3f-0123456789ab, not " QUOTED,
			quote(token->value, token->value_len));
		return;
	}
	if (token->value_len > 36)
		parser_warn(parser, ISSUE_NO_EFFECT, token->value + 36, token->value_len - 36,
			"the kernel ignores what follows the 36 characters of a UUID");
	parser->rule.flags |= RULE_FSUUID;
}

/* uid=, gid=, fowner=, fgroup= and the effective ids, which share the slot of the real ones. */
static void take_id(struct parser *parser, const struct token *token, uint32_t flag, uint32_t slot_flags,
	uint32_t *id, uint8_t *op)
{
	uint64_t number;
	int result;

	if (parser->rule.flags & slot_flags) {
		parser_fail(parser, -EINVAL, ISSUE_DUPLICATE, token->at, token->len,
			"a rule can have %s only once",
			slot_flags & RULE_UID   ? "one condition on uid or euid, and"
			: slot_flags & RULE_GID ? "one condition on gid or egid, and"
						: policy_flag_name(flag));
		return;
	}
	result = value_parse_number(token->value, token->value_len, 10, parser->model->long_is_64, &number);
	if (result == -EINVAL) {
		fail_number(parser, token, result, "a decimal id");
		return;
	}
	if (result < 0 || number >= UINT32_MAX) {
		parser_fail(parser, result < 0 ? result : -EINVAL, ISSUE_OUT_OF_RANGE, token->value,
			token->value_len, "%.*s%c takes an id from 0 to 4294967294, not " QUOTED,
			(int)token->key_len, token->at, token->op, quote(token->value, token->value_len));
		return;
	}
	*id = (uint32_t)number;
	*op = (uint8_t)token->op;
	parser->rule.flags |= flag;
}

static void take_lsm(struct parser *parser, const struct token *token, const struct word *word)
{
	const struct kernel_model *model = parser->model;
	struct policy_rule *rule = &parser->rule;
	unsigned bit = 1U << word->number;
	bool known = model->lsm_rules &&
		     (model->labels == LABELS_KNOWN ||
			     (model->label_known &&
				     model->label_known(word->number, token->value, token->value_len)));

	if (rule->lsm[word->number].len && !(rule->lsm_inactive & bit)) {
		parser_fail(parser, -EINVAL, ISSUE_DUPLICATE, token->at, token->len,
			"a rule can have %s= only once", word->name);
		return;
	}
	if (!known && model->labels != LABELS_INACTIVE) {
		if (model->lsm_rules)
			parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_LABEL, token->value, token->value_len,
				"no security module knows the label " QUOTED
				", and the kernel refuses such a file while its built-in policy is in force",
				quote(token->value, token->value_len));
		else
			parser_fail_config(parser, token->at, token->len, "IMA_LSM_RULES");
		return;
	}
	rule->lsm[word->number] = parser_value_span(parser, token);
	rule->lsm_inactive = (uint8_t)(known ? rule->lsm_inactive & ~bit : rule->lsm_inactive | bit);
}

/* Words that take no value. */
static bool is_bare(const struct word *word)
{
	return word->kind == WORD_ACTION || word->kind == WORD_PERMIT_DIRECTIO;
}

static bool compares_ids(const struct word *word)
{
	return word->kind == WORD_UID || word->kind == WORD_GID || word->kind == WORD_FOWNER ||
	       word->kind == WORD_FGROUP;
}

/* Says why a word is none of the language. */
static void fail_word(struct parser *parser, const struct token *token, const struct word *word)
{
	if (!parser->diags) {
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_WORD, token->at, token->len, "%s", "");
	} else if (word && !is_bare(word) && !token->value_len && (!token->op || token->op == '=')) {
		parser_fail(parser, -EINVAL, ISSUE_MISSING_VALUE, token->at, token->len, "%s= needs a value",
			word->name);
	} else if (word && is_bare(word)) {
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_WORD, token->at, token->len, "'%s' takes no value",
			word->name);
	} else if (word) {
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_WORD, token->at, token->len,
			compares_ids(word) ? "%s is compared with =, < or > and a number"
					   : "%s can only be compared with =",
			word->name);
	} else {
		word = word_nearest(&policy_keywords, token->at, token->key_len);
		parser_fail(parser, -EINVAL, ISSUE_UNKNOWN_WORD, token->at, token->len,
			"the rule language has no word " QUOTED "%s%s%s%s", quote(token->at, token->len),
			word ? "; did you mean '" : "", word ? word->name : "",
			word && !is_bare(word) ? "=" : "", word ? "'?" : "");
	}
}

/* What the kernel's pattern for the word allows behind it (match_token, lib/parser.c). */
static bool has_right_form(const struct token *token, const struct word *word)
{
	if (is_bare(word))
		return !token->op;
	if (!token->value_len)
		return false;
	return token->op == '=' || (token->op && compares_ids(word));
}

static void take_value(struct parser *parser, const struct token *token, const struct word *word)
{
	struct policy_rule *rule = &parser->rule;
	bool effective = word->number == 1;

	switch (word->kind) {
	case WORD_UID:
		take_id(parser, token, effective ? RULE_EUID : RULE_UID, RULE_UID | RULE_EUID, &rule->uid,
			&rule->uid_op);
		break;
	case WORD_GID:
		take_id(parser, token, effective ? RULE_EGID : RULE_GID, RULE_GID | RULE_EGID, &rule->gid,
			&rule->gid_op);
		break;
	case WORD_FOWNER:
		take_id(parser, token, RULE_FOWNER, RULE_FOWNER, &rule->fowner, &rule->fowner_op);
		break;
	case WORD_FGROUP:
		take_id(parser, token, RULE_FGROUP, RULE_FGROUP, &rule->fgroup, &rule->fgroup_op);
		break;
	case WORD_KEYRINGS:
		parser_take_list(parser, token, RULE_KEYRINGS, &rule->keyrings);
		break;
	case WORD_LABEL:
		parser_take_list(parser, token, RULE_LABEL, &rule->label);
		break;
	}
}

void parser_take_token(struct parser *parser, const struct token *token)
{
	static void (*const takers[])(struct parser *, const struct token *) = {
		[WORD_FUNC] = take_func,
		[WORD_MASK] = take_mask,
		[WORD_FSMAGIC] = take_fsmagic,
		[WORD_FSNAME] = take_fsname,
		[WORD_FS_SUBTYPE] = take_fs_subtype,
		[WORD_FSUUID] = take_fsuuid,
		[WORD_DIGEST_TYPE] = parser_take_digest_type,
		[WORD_APPRAISE_TYPE] = parser_take_appraise_type,
		[WORD_APPRAISE_FLAG] = parser_take_appraise_flag,
		[WORD_APPRAISE_ALGOS] = parser_take_appraise_algos,
		[WORD_PCR] = parser_take_pcr,
		[WORD_TEMPLATE] = parser_take_template,
		[WORD_LABEL] = NULL,
	};
	const struct word *word = word_find(&policy_keywords, token->at, token->key_len);

	if (!word || !has_right_form(token, word))
		fail_word(parser, token, word);
	else if (!parser_check_word_since(parser, token->at, token->key_len, word))
		return;
	else if (word->kind == WORD_ACTION)
		take_action(parser, token, word);
	else if (word->kind == WORD_LSM)
		take_lsm(parser, token, word);
	else if (word->kind == WORD_PERMIT_DIRECTIO)
		parser->rule.flags |= RULE_DIRECTIO;
	else if (takers[word->kind])
		takers[word->kind](parser, token);
	else
		take_value(parser, token, word);
}
