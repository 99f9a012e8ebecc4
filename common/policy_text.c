// SPDX-License-Identifier: MIT
/* Checks of a policy file as a whole; see policy_text.h. */
#include "policy_text.h"

#include <errno.h>
#include <stdbool.h>

static size_t line_of(const uint8_t *bytes, size_t offset)
{
	size_t line = 1, i;

	for (i = 0; i < offset; i++)
		line += bytes[i] == '\n';
	return line;
}

/* True where a line holds something besides blanks and a comment. */
static bool has_rule(const uint8_t *bytes, size_t len)
{
	bool at_start = true;
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			at_start = true;
		else if (at_start && bytes[i] == '#')
			at_start = false;
		else if (at_start && bytes[i] != ' ' && bytes[i] != '\t')
			return true;
	}
	return false;
}

int policy_text_check(const uint8_t *bytes, size_t len, const char *path, struct problem *problem)
{
	const uint8_t *at = memchr(bytes, '\0', len);

	if (at) {
		problem_set(problem, -EINVAL,
			"has a NUL byte in line %zu: the kernel would stop reading there",
			line_of(bytes, (size_t)(at - bytes)));
		problem_remedy(problem, "write the policy again as plain text, and sign it");
		return -EINVAL;
	}
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		problem_set(
			problem, -EINVAL, "begins with a byte order mark, which the kernel takes for a rule");
		problem_remedy(problem, "remove it: sed -i '1s/^\\xef\\xbb\\xbf//' '%s', and sign it again",
			problem_path(path));
		return -EINVAL;
	}
	at = memmem(bytes, len, "\r\n", 2);
	if (at) {
		problem_set(problem, -EINVAL,
			"ends line %zu with CR LF; the kernel takes the CR for part of the rule",
			line_of(bytes, (size_t)(at - bytes)));
		problem_remedy(
			problem, "convert it: sed -i 's/\\r$//' '%s', and sign it again", problem_path(path));
		return -EINVAL;
	}
	if (len && bytes[len - 1] != '\n') {
		problem_set(problem, -EINVAL, "does not end with a newline, so the kernel refuses it");
		problem_remedy(problem, "add one: echo >> '%s', and sign it again", problem_path(path));
		return -EINVAL;
	}
	if (!has_rule(bytes, len)) {
		problem_set(problem, -ENODATA,
			"holds no rule, only comments and blank lines: the kernel would commit nothing");
		problem_remedy(problem, "write the rules, or remove the file");
		return -ENODATA;
	}
	return 0;
}
