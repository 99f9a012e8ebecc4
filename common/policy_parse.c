// SPDX-License-Identifier: MIT
/*
 * Files, lines and words of a policy; see policy_parse.h.
 *
 * A load by path goes through the buffer newline by newline and adds up the lengths; what is left over, or too
 * much, is EINVAL (ima_read_policy). Hence the last line must end: in a newline or, as it happens, in a NUL.
 */
#include "policy_internal.h"
#include "format.h"

#include <errno.h>
#include <stdarg.h>

#define LINE_ERRORS_MAX 8 /* of one line that are worth reporting */
#define MESSAGE_MAX 400

static void _printf_(6, 0) add_diag(struct parser *parser, bool is_error, enum policy_issue issue,
	const char *at, size_t len, const char *format, va_list args)
{
	char message[MESSAGE_MAX];
	size_t size = format_args(message, sizeof(message), format, args);

	if (size >= sizeof(message))
		size = sizeof(message) - 1;
	diags_add(parser->diags, is_error, issue, parser->number, (uint32_t)(at - parser->line) + 1,
		(uint32_t)len, message, size);
}

void parser_fail(struct parser *parser, int error, enum policy_issue issue, const char *at, size_t len,
	const char *format, ...)
{
	va_list args;

	if (!parser->error)
		parser->error = error;
	parser->line_errors++;
	if (!parser->diags || parser->line_errors > parser->line_errors_max)
		return;
	va_start(args, format);
	add_diag(parser, true, issue, at, len, format, args);
	va_end(args);
}

void parser_warn(
	struct parser *parser, enum policy_issue issue, const char *at, size_t len, const char *format, ...)
{
	va_list args;

	if (!parser->diags || parser->line_errors)
		return;
	va_start(args, format);
	add_diag(parser, false, issue, at, len, format, args);
	va_end(args);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts a word at its first operator, one of <=>, which are neighbours in ASCII: no key has one in it. */
static struct token split_token(const char *at, size_t len)
{
	struct token token = {.at = at, .len = len};

	while (token.key_len < len && (at[token.key_len] < '<' || at[token.key_len] > '>'))
		token.key_len++;
	if (token.key_len < len) {
		token.op = at[token.key_len];
		token.value = at + token.key_len + 1;
		token.value_len = len - token.key_len - 1;
	}
	return token;
}

/* Says of a word with a carriage return at its end what is wrong, once a file as an error and as a warning. */
static void blame_carriage_return(struct parser *parser, const struct token *token, bool was_refused)
{
	static const char text[] = "the line ends in a carriage return, which the kernel takes as part of "
				   "the last word; store the file with Unix line ends";
	const char *at = token->at + token->len - 1;

	if (parser->saw_carriage_return[was_refused] || !parser->diags)
		return;
	parser->saw_carriage_return[was_refused] = true;
	diags_add(parser->diags, was_refused, ISSUE_CARRIAGE_RETURN, parser->number,
		(uint32_t)(at - parser->line) + 1, 1, text, sizeof(text) - 1);
}

/* A word that ends in a carriage return gets that one message instead of those of its own. */
static void take_token(struct parser *parser, const struct token *token)
{
	struct diags *diags = parser->diags;
	unsigned line_errors = parser->line_errors;

	if (token->at[token->len - 1] != '\r') {
		parser_take_token(parser, token);
		return;
	}
	parser->diags = NULL;
	parser_take_token(parser, token);
	parser->diags = diags;
	blame_carriage_return(parser, token, parser->line_errors > line_errors);
}

/* From 6.14 on the rest of a line is a comment when a word begins with '#'; before, it is an unknown word. */
static bool take_suffix_comment(struct parser *parser, const char *at, size_t len)
{
	if (*at != '#')
		return false;
	if (parser->model->version >= KERNEL(6, 14))
		parser_warn(parser, ISSUE_VERSION_DIFFERS, at, len,
			"kernels before Linux 6.14 refuse a rule with a comment behind it; put the comment "
			"on a line of its own");
	else
		parser_fail(parser, -EINVAL, ISSUE_SUFFIX_COMMENT, at, len,
			"a comment cannot follow a rule before Linux 6.14; put it on a line of its own");
	return true;
}

/* Reads a line that is neither blank nor a comment (ima_parse_rule). */
static void parse_rule(struct parser *parser, const char *at, const char *end)
{
	struct token token;
	const char *word;

	parser->rule = (struct policy_rule){.line = parser->number,
		.text = {(uint32_t)(at - parser->text), (uint32_t)(end - at)},
		.uid_op = OP_EQUAL,
		.gid_op = OP_EQUAL,
		.fowner_op = OP_EQUAL,
		.fgroup_op = OP_EQUAL};
	parser->algos_at = parser->func_at = parser->type_at = parser->pcr_at = parser->flag_at = NULL;
	while (at < end && (!parser->error || parser->diags) &&
		parser->line_errors < parser->line_errors_max) {
		if (is_blank(*at)) {
			at++;
			continue;
		}
		for (word = at; at < end && !is_blank(*at); at++)
			;
		if (take_suffix_comment(parser, word, (size_t)(end - word)))
			break;
		token = split_token(word, (size_t)(at - word));
		take_token(parser, &token);
	}
	if (!parser->error)
		parser_check_rule(parser);
}

/* Reads one line. Returns 1 with a rule in parser->rule, 0 where there is none, or the kernel's error. */
static int parse_line(struct parser *parser, const char *line, size_t len)
{
	const char *at = line, *end = line + len;

	parser->line = line;
	parser->error = 0;
	parser->line_errors = 0;
	parser->line_errors_max = len > POLICY_WRITE_MAX ? 1 : LINE_ERRORS_MAX;
	while (at < end && is_blank(*at))
		at++;
	if (at == end || *at == '#')
		return 0;
	parse_rule(parser, at, end);
	if (parser->error)
		return parser->error;
	if (len > POLICY_WRITE_MAX)
		parser_warn(parser, ISSUE_LONG_LINE, line, 0,
			"the line has %zu bytes: a load by path takes it, a write of the rule alone is cut "
			"at %d",
			len, POLICY_WRITE_MAX);
	return 1;
}

static int add_rule(struct policy *policy, const struct policy_rule *rule)
{
	struct policy_rule *rules;
	size_t size;

	if (policy->count == policy->size) {
		size = policy->size ? policy->size + policy->size / 2 : 16;
		rules = realloc(policy->rules, size * sizeof(*rules));
		if (!rules)
			return -ENOMEM;
		policy->rules = rules;
		policy->size = size;
	}
	policy->rules[policy->count++] = *rule;
	return 0;
}

/* A byte order mark makes the first word unknown, so the kernel's error needs no line of its own. */
static size_t skip_byte_order_mark(struct parser *parser, const char *text, size_t len)
{
	if (len < 3 || memcmp(text, "\xef\xbb\xbf", 3) != 0)
		return 0;
	parser->line = text;
	parser_fail(parser, -EINVAL, ISSUE_BYTE_ORDER_MARK, text, 3,
		"the file begins with a byte order mark, which the kernel takes as part of the first word; "
		"store it without");
	return 3;
}

/* What ends the lines before len does: a newline, a NUL at the very end, or nothing. Returns the error. */
static int check_end(struct parser *parser, const char *line, size_t len, size_t rest)
{
	parser->line = line;
	parser->line_errors = 0;
	parser->error = 0;
	if (len == rest)
		parser_fail(parser, -EINVAL, ISSUE_NO_NEWLINE, line + len, 0,
			"the last line does not end in a newline: a load by path is refused, and can crash "
			"the kernel");
	else if (line[len] == '\0' && len + 1 < rest)
		parser_fail(parser, -EINVAL, ISSUE_NUL_BYTE, line + len, 1,
			"there is a NUL byte here: a load by path is refused and what follows is not read");
	else if (line[len] == '\0')
		parser_warn(parser, ISSUE_NUL_BYTE, line + len, 1,
			"the last line ends in a NUL byte: a load by path takes it for a newline, and "
			"imaboot does not");
	return parser->error;
}

/* The length of a line: up to a newline, a NUL, or the end. */
static size_t line_length(const char *line, size_t rest)
{
	const char *newline = memchr(line, '\n', rest);
	size_t len = newline ? (size_t)(newline - line) : rest;
	const char *nul = memchr(line, '\0', len);

	return nul ? (size_t)(nul - line) : len;
}

static void keep_first(int *result, int error)
{
	if (error < 0 && !*result)
		*result = error;
}

int policy_parse(const struct kernel_model *model, const char *text, size_t len, struct diags *diags,
	struct policy *ret_policy)
{
	struct parser parser = {.model = model, .diags = diags, .text = text, .line_errors_max = 1};
	const char *line = text, *end = text + len;
	size_t line_len, skip;
	int result = 0, verdict;

	*ret_policy = (struct policy){.text = text, .len = len};
	parser.line = text;
	parser.number = 1;
	if (len > INT32_MAX)
		return -EFBIG;
	if (len == 0) {
		parser_fail(&parser, -EINVAL, ISSUE_FILE_EMPTY, text, 0,
			"the file is empty: the kernel refuses it");
		return -EINVAL;
	}
	skip = skip_byte_order_mark(&parser, text, len);
	keep_first(&result, parser.error);
	for (; line < end; parser.number++) {
		line_len = line_length(line, (size_t)(end - line));
		verdict = parse_line(&parser, line + skip, line_len - skip);
		if (verdict == 1 && !skip && add_rule(ret_policy, &parser.rule) < 0)
			return -ENOMEM;
		keep_first(&result, verdict);
		verdict = check_end(&parser, line, line_len, (size_t)(end - line));
		keep_first(&result, verdict);
		if (line_len == (size_t)(end - line) || line[line_len] == '\0')
			break;
		line += line_len + 1;
		skip = 0;
	}
	return diags && diags->failed ? -ENOMEM : result;
}

int policy_parse_write(const struct kernel_model *model, const char *text, size_t len, struct diags *diags,
	struct policy *ret_policy)
{
	struct parser parser = {.model = model, .diags = diags, .text = text, .number = 1};
	int verdict;

	if (len > POLICY_WRITE_MAX)
		len = POLICY_WRITE_MAX;
	*ret_policy = (struct policy){.text = text, .len = len};
	verdict = parse_line(&parser, text, line_length(text, len));
	if (verdict == 1 && add_rule(ret_policy, &parser.rule) < 0)
		return -ENOMEM;
	return diags && diags->failed ? -ENOMEM : verdict;
}

void policy_free(struct policy *policy)
{
	free(policy->rules);
	*policy = (struct policy){0};
}
