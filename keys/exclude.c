// SPDX-License-Identifier: MIT
/* The patterns of --exclude; see exclude.h. */
#include "exclude.h"

#include <errno.h>
#include <fnmatch.h>

static int prepare(const char *given, struct exclude_pattern *ret)
{
	size_t len = strlen(given);

	while (len && given[len - 1] == '/')
		len--;
	*ret = (struct exclude_pattern){.given = given, .glob = strndup(given, len)};
	if (!ret->glob)
		return -ENOMEM;
	ret->is_path = strchr(ret->glob, '/');
	return 0;
}

int exclude_begin(const struct verb_strings *globs, struct exclude *ret)
{
	*ret = (struct exclude){.patterns = calloc(globs->count + 1, sizeof(*ret->patterns))};
	if (!ret->patterns)
		return -ENOMEM;
	for (; ret->count < globs->count; ret->count++)
		if (prepare(globs->strings[ret->count], &ret->patterns[ret->count]) < 0) {
			exclude_free(ret);
			return -ENOMEM;
		}
	return 0;
}

static bool matches(const struct exclude_pattern *pattern, const char *inside, const char *name)
{
	if (!pattern->is_path)
		return fnmatch(pattern->glob, name, 0) == 0;
	return fnmatch(pattern->glob, inside, 0) == 0 || fnmatch(pattern->glob, inside + 1, 0) == 0;
}

bool exclude_matches(struct exclude *exclude, const char *inside, const char *name)
{
	bool found = false;
	size_t i;

	/* All of them, so that each is known to have matched. */
	for (i = 0; i < exclude->count; i++)
		if (matches(&exclude->patterns[i], inside, name))
			exclude->patterns[i].has_matched = found = true;
	return found;
}

void exclude_free(struct exclude *exclude)
{
	while (exclude->count)
		free(exclude->patterns[--exclude->count].glob);
	free(exclude->patterns);
	*exclude = (struct exclude){0};
}
