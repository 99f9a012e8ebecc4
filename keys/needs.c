// SPDX-License-Identifier: MIT
/* The table of the files that a root needs; see needs.h. What is needed: needs_find.c. */
#include <errno.h>
#include <stdint.h>
#include "needs_internal.h"

const char *need_name(enum need need)
{
	static const char *const names[] = {
		"init", "services", "login", "shells", "modules", "settings", "other"};

	return names[need];
}

const char *need_heading(enum need need)
{
	static const char *const headings[] = {"init, and what it cannot do without",
		"services of the default target", "logging in", "shells", "kernel modules",
		"settings that are read first", "not needed for the boot"};

	return headings[need];
}

/* ---- the table ---------------------------------------------------------------------------- */

static size_t *index_place(const struct needs *needs, dev_t device, ino_t inode)
{
	uint64_t hash = ((uint64_t)inode ^ (uint64_t)device << 17) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (needs->index_size - 1);

	while (needs->index[at] && (needs->list[needs->index[at] - 1].inode != inode ||
					   needs->list[needs->index[at] - 1].device != device))
		at = (at + 1) & (needs->index_size - 1);
	return &needs->index[at];
}

struct needed *needs_look(const struct needs *needs, dev_t device, ino_t inode)
{
	size_t place = needs->index_size ? *index_place(needs, device, inode) : 0;

	return place ? &needs->list[place - 1] : NULL;
}

static int grow(struct needs *needs)
{
	size_t i, size = needs->size ? 2 * needs->size : 1024;
	struct needed *list = reallocarray(needs->list, size, sizeof(*list));
	size_t *index;

	if (!list)
		return -ENOMEM;
	needs->list = list;
	index = calloc(2 * size, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(needs->index);
	needs->index = index;
	needs->index_size = 2 * size;
	needs->size = size;
	for (i = 0; i < needs->count; i++)
		*index_place(needs, list[i].device, list[i].inode) = i + 1;
	return 0;
}

int needs_add(struct needs *needs, const struct needed *wanted)
{
	size_t *place;

	if (needs->count == needs->size && grow(needs) < 0)
		return -ENOMEM;
	place = index_place(needs, wanted->device, wanted->inode);
	if (*place) {
		needs->list[*place - 1].roles |= wanted->roles;
		needs->list[*place - 1].early |= wanted->early;
		return 0;
	}
	needs->list[needs->count] = *wanted;
	needs->list[needs->count].path = strdup(wanted->path);
	if (!needs->list[needs->count].path)
		return -ENOMEM;
	*place = ++needs->count;
	return 0;
}

const char *needs_keep(struct needs *needs, const char *name)
{
	char **names = reallocarray(needs->names, needs->name_count + 1, sizeof(*names));

	if (!names)
		return NULL;
	needs->names = names;
	names[needs->name_count] = strdup(name);
	return names[needs->name_count] ? names[needs->name_count++] : NULL;
}

void needs_free(struct needs *needs)
{
	while (needs->count)
		free(needs->list[--needs->count].path);
	while (needs->name_count)
		free(needs->names[--needs->name_count]);
	free(needs->list);
	free(needs->index);
	free(needs->names);
	problem_free(&needs->problem);
	*needs = (struct needs){0};
}
