// SPDX-License-Identifier: MIT
/* Records of a log put together; see denials.h. */
#include "denials.h"

#include <errno.h>
#include <string.h>

#define INDEX_MIN 256

static uint64_t hash_string(uint64_t hash, const char *string)
{
	do
		hash = (hash ^ (unsigned char)*string) * UINT64_C(0x100000001b3);
	while (*string++);
	return hash;
}

static uint64_t hash_entry(const struct denial_entry *entry)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)entry->kind;

	hash = hash_string(hash, entry->op);
	hash = hash_string(hash, entry->cause);
	hash = hash_string(hash, entry->name);
	hash = hash_string(hash, entry->dev);
	return hash ^ hash >> 32;
}

static bool same_entry(const struct denial_entry *a, const struct denial_entry *b)
{
	return a->kind == b->kind && string_equal(a->op, b->op) && string_equal(a->cause, b->cause) &&
	       string_equal(a->name, b->name) && string_equal(a->dev, b->dev);
}

static uint32_t *index_place(const struct denials *denials, const struct denial_entry *wanted)
{
	size_t at = (size_t)hash_entry(wanted) & (denials->index_size - 1);

	while (denials->index[at] && !same_entry(&denials->entries[denials->index[at] - 1], wanted))
		at = (at + 1) & (denials->index_size - 1);
	return &denials->index[at];
}

static int index_grow(struct denials *denials)
{
	size_t i, size = denials->index_size ? 2 * denials->index_size : INDEX_MIN;
	uint32_t *index = calloc(size, sizeof(*index));

	if (!index || size > UINT32_MAX) {
		free(index);
		return -ENOMEM;
	}
	free(denials->index);
	denials->index = index;
	denials->index_size = size;
	for (i = 0; i < denials->count; i++)
		*index_place(denials, &denials->entries[i]) = (uint32_t)i + 1;
	return 0;
}

static void entry_free(struct denial_entry *entry)
{
	free(entry->op);
	free(entry->cause);
	free(entry->name);
	free(entry->dev);
	free(entry->rule);
	while (entry->program_count)
		free(entry->programs[--entry->program_count]);
}

/* Makes a place for a new entry that the index will have at *place. */
static struct denial_entry *entry_new(
	struct denials *denials, const struct denial_entry *wanted, uint32_t *place)
{
	struct denial_entry *entries, entry = {.kind = wanted->kind};

	if (denials->count == denials->size) {
		size_t size = denials->size ? 2 * denials->size : 64;

		entries = reallocarray(denials->entries, size, sizeof(*entries));
		if (!entries)
			return NULL;
		denials->entries = entries;
		denials->size = size;
	}
	entry.op = strdup(wanted->op);
	entry.cause = strdup(wanted->cause);
	entry.name = strdup(wanted->name);
	entry.dev = strdup(wanted->dev);
	if (!entry.op || !entry.cause || !entry.name || !entry.dev) {
		entry_free(&entry);
		return NULL;
	}
	denials->entries[denials->count++] = entry;
	*place = (uint32_t)denials->count;
	return &denials->entries[denials->count - 1];
}

static int add_program(struct denial_entry *entry, const char *comm)
{
	size_t i;

	if (!*comm)
		return 0;
	for (i = 0; i < entry->program_count; i++)
		if (string_equal(entry->programs[i], comm))
			return 0;
	if (entry->program_count == DENIALS_PROGRAMS) {
		entry->more_programs = true;
		return 0;
	}
	entry->programs[entry->program_count] = strdup(comm);
	return entry->programs[entry->program_count] ? (entry->program_count++, 0) : -ENOMEM;
}

/* The fields by which records are put together; their strings are the record's own. */
static struct denial_entry key_of(const struct auditlog_record *record)
{
	bool is_rule = record->kind == AUDITLOG_RULE;

	return (struct denial_entry){.kind = record->kind,
		.op = (char *)record->op,
		.cause = (char *)record->cause,
		.name = (char *)(is_rule ? record->rule : record->name),
		.dev = (char *)record->dev};
}

/*
 * What worked is no news, but for a policy that was loaded, and for a violation: its res= says that it was noted
 * down (ima_api.c, ima_add_violation).
 */
static bool is_news(const struct auditlog_record *record)
{
	if (record->kind == AUDITLOG_OTHER || record->kind == AUDITLOG_LOST ||
		record->kind == AUDITLOG_BROKEN)
		return false;
	return !record->has_result || !record->result || record->kind == AUDITLOG_STATUS ||
	       (record->kind == AUDITLOG_PCR && string_equal(record->op, "invalid_pcr"));
}

int denials_add(struct denials *denials, const struct auditlog_record *record)
{
	struct denial_entry wanted = key_of(record), *entry;
	uint32_t *place;

	if (record->kind == AUDITLOG_LOST)
		denials->lost += record->count;
	if (record->kind == AUDITLOG_BROKEN)
		denials->broken++;
	if (!is_news(record))
		return 0;
	if (2 * denials->count >= denials->index_size && index_grow(denials) < 0)
		return -ENOMEM;
	place = index_place(denials, &wanted);
	entry = *place ? &denials->entries[*place - 1] : entry_new(denials, &wanted, place);
	if (!entry)
		return -ENOMEM;
	entry->count++;
	if (!entry->has_uid) {
		entry->uid = record->uid;
		entry->has_uid = record->has_uid;
	}
	if (record->has_ino) {
		entry->ino = record->ino;
		entry->has_ino = true;
	}
	return add_program(entry, record->comm);
}

static int by_cause(const void *a, const void *b)
{
	const struct denial_entry *one = a, *other = b;
	int order = (int)one->kind - (int)other->kind;

	if (!order)
		order = strcmp(one->cause, other->cause);
	if (!order)
		order = strcmp(one->op, other->op);
	if (!order && one->count != other->count)
		order = one->count > other->count ? -1 : 1;
	return order ? order : strcmp(one->name, other->name);
}

static bool same_group(const struct denial_entry *a, const struct denial_entry *b)
{
	return a->kind == b->kind && string_equal(a->cause, b->cause) && string_equal(a->op, b->op);
}

/* A run of entries with one cause, and all its records. */
struct group {
	size_t first, count;
	enum auditlog_kind kind;
	uint64_t records;
};

static int by_records(const void *a, const void *b)
{
	const struct group *one = a, *other = b;

	if (one->kind != other->kind)
		return (int)one->kind - (int)other->kind;
	if (one->records != other->records)
		return one->records > other->records ? -1 : 1;
	return one->first < other->first ? -1 : 1;
}

static size_t make_groups(const struct denials *denials, struct group *groups)
{
	const struct denial_entry *entries = denials->entries;
	size_t i, count = 0;

	for (i = 0; i < denials->count; i++) {
		if (!i || !same_group(&entries[i - 1], &entries[i]))
			groups[count++] = (struct group){.first = i, .kind = entries[i].kind};
		groups[count - 1].count++;
		groups[count - 1].records += entries[i].count;
	}
	return count;
}

void denials_sort(struct denials *denials)
{
	struct denial_entry *sorted = calloc(denials->count + 1, sizeof(*sorted));
	struct group *groups = calloc(denials->count + 1, sizeof(*groups));
	size_t count, i, at = 0;

	free(take_pointer(denials->index));
	denials->index_size = 0;
	if (denials->count)
		qsort(denials->entries, denials->count, sizeof(*denials->entries), by_cause);
	/* Without memory the causes stay in the order of their names. */
	if (sorted && groups) {
		count = make_groups(denials, groups);
		qsort(groups, count, sizeof(*groups), by_records);
		for (i = 0; i < count; at += groups[i++].count)
			memcpy(sorted + at, denials->entries + groups[i].first,
				groups[i].count * sizeof(*sorted));
		free(denials->entries);
		denials->entries = take_pointer(sorted);
		denials->size = denials->count + 1;
	}
	free(sorted);
	free(groups);
}

void denials_free(struct denials *denials)
{
	while (denials->count)
		entry_free(&denials->entries[--denials->count]);
	free(denials->entries);
	free(denials->index);
	*denials = (struct denials){0};
}
