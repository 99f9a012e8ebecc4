/* SPDX-License-Identifier: MIT */
/*
 * What the files of the parser share: its state while it reads one line.
 * The layers are policy_parse.c (file, line), policy_token.c (word), policy_check.c (rule).
 */
#ifndef IMABOOT_POLICY_INTERNAL_H
#define IMABOOT_POLICY_INTERNAL_H

#include "policy_parse.h"
#include "policy_value.h"
#include "policy_words.h"

struct parser {
	const struct kernel_model *model;
	struct diags *diags; /* NULL: stop at the first error of a line */
	const char *text;    /* all of it */
	const char *line;    /* the first byte of the line that is read */
	uint32_t number;     /* and its number */
	struct policy_rule rule;
	int error; /* the kernel's error for this line: the first one */
	unsigned line_errors, line_errors_max;
	bool saw_carriage_return[2]; /* said once a file: as a warning, as an error */
	const char *algos_at;        /* where the words stand that a later check may blame; NULL: not there */
	const char *func_at, *type_at, *pcr_at, *flag_at;
};

/* One word of a rule: key, operator and value, or a bare word. */
struct token {
	const char *at;
	size_t len;
	size_t key_len; /* up to the operator */
	char op;        /* '=', '<', '>', or 0 */
	const char *value;
	size_t value_len;
};

/* The way a piece of the policy is quoted in a message: never more than the reader can take in. */
#define QUOTED "'%.*s%s'"
#define QUOTE_MAX 48
#define quote(bytes, len) \
	(int)((len) > QUOTE_MAX ? QUOTE_MAX : (len)), (bytes), ((len) > QUOTE_MAX ? "..." : "")

/* Notes the kernel's error for this line and, where diagnostics are wanted, says why. */
void parser_fail(struct parser *parser, int error, enum policy_issue issue, const char *at, size_t len,
	const char *format, ...) _printf_(6, 7);

/* The same for something that the kernel accepts. */
void parser_warn(struct parser *parser, enum policy_issue issue, const char *at, size_t len,
	const char *format, ...) _printf_(5, 6);

/* False, and an error, where the model's kernel is older than what brought a word. */
bool parser_check_since(struct parser *parser, const char *at, size_t len, unsigned since);
bool parser_check_word_since(struct parser *parser, const char *at, size_t len, const struct word *word);

/* Errors of several words: a value that is none of the list (NULL: no list), a second use, a missing option. */
void parser_fail_value(struct parser *parser, const struct token *token, const struct word_list *list);
void parser_fail_twice(struct parser *parser, const struct token *token, const char *what);
void parser_fail_config(struct parser *parser, const char *at, size_t len, const char *option);

/* Warns where a word silently replaces an earlier one. */
void parser_warn_replaced(struct parser *parser, const struct token *token, uint32_t flag);

struct span parser_value_span(const struct parser *parser, const struct token *token);

/* The words of policy_option.c. */
void parser_take_digest_type(struct parser *parser, const struct token *token);
void parser_take_appraise_type(struct parser *parser, const struct token *token);
void parser_take_appraise_flag(struct parser *parser, const struct token *token);
void parser_take_appraise_algos(struct parser *parser, const struct token *token);
void parser_take_pcr(struct parser *parser, const struct token *token);
void parser_take_template(struct parser *parser, const struct token *token);
void parser_take_list(struct parser *parser, const struct token *token, uint32_t flag, struct span *list);

/* Reads one word into the rule. */
void parser_take_token(struct parser *parser, const struct token *token);

/* The checks that need the whole rule (ima_validate_rule). */
void parser_check_rule(struct parser *parser);

/* A condition or option as the rule's author wrote it, for messages: "digest_type=verity". */
const char *policy_flag_name(uint32_t flag);

#endif
