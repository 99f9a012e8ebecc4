// SPDX-License-Identifier: MIT
/* What imactl denials prints; see denial_report.h. */
#include "denial_report.h"

#include <errno.h>
#include <inttypes.h>
#include "escape.h"
#include "json.h"
#include "problem.h"

#define SHOWN_FILES 20 /* of one cause, unless all are wanted */
#define FEW_FILES 9    /* one more than a command names */

/* A run of entries with one kind, operation and cause. */
struct group {
	const struct denial_entry *entries;
	size_t count;
	uint64_t records;
};

/* The group that begins at entry; returns where the next one begins. */
static size_t take_group(const struct denials *denials, size_t at, struct group *ret)
{
	const struct denial_entry *first = &denials->entries[at], *entry = first;

	*ret = (struct group){.entries = first};
	for (; at < denials->count; at++, entry++) {
		if (entry->kind != first->kind || !string_equal(entry->cause, first->cause) ||
			!string_equal(entry->op, first->op))
			break;
		ret->count++;
		ret->records += entry->count;
	}
	return at;
}

/* ---- commands ----------------------------------------------------------------------------- */

static const struct denial_words *words_of(const struct group *group)
{
	return denial_words_of(group->entries->kind, group->entries->cause);
}

/* The command that mends the group, with the names in it where they are few. */
static void add_command(const struct group *group, struct buf *ret)
{
	const char *names[FEW_FILES];
	size_t i;

	for (i = 0; i < group->count && i < FEW_FILES; i++)
		names[i] = group->entries[i].name;
	denial_command(words_of(group)->command, names, i, "FILE...", ret);
}

/* ---- for people --------------------------------------------------------------------------- */

static void print_entry(const struct denial_entry *entry, struct buf *ret)
{
	const char *comma = "";
	size_t i;

	buf_printf(ret, "%10" PRIu64 " ", entry->count);
	escape_string(ret, *entry->name ? entry->name : "(no name)");
	if (!*entry->dev && !entry->program_count) {
		buf_putc(ret, '\n');
		return;
	}
	buf_puts(ret, "  [");
	for (i = 0; i < entry->program_count; i++, comma = ", ") {
		buf_puts(ret, comma);
		escape_string(ret, entry->programs[i]);
	}
	if (entry->more_programs)
		buf_puts(ret, ", ...");
	if (*entry->dev) {
		buf_puts(ret, entry->program_count ? "; " : "");
		escape_string(ret, entry->dev);
		if (entry->has_ino)
			buf_printf(ret, ", inode %" PRIu64, entry->ino);
	}
	buf_puts(ret, "]\n");
}

static bool has_names(const struct group *group)
{
	return group->count > 1 || *group->entries->name;
}

/* The rule of the first file of which it is known. */
static void print_rule(const struct group *group, struct buf *ret)
{
	size_t i;

	for (i = 0; i < group->count && !group->entries[i].rule;)
		i++;
	if (i == group->count)
		return;
	buf_puts(ret, "       the rule: ");
	escape_string(ret, group->entries[i].rule);
	buf_putc(ret, '\n');
}

static void print_group(const struct group *group, bool all, struct buf *ret)
{
	const struct denial_words *words = words_of(group);
	size_t i, shown = all || group->count <= SHOWN_FILES ? group->count : SHOWN_FILES;

	buf_printf(ret, "%6" PRIu64 " ", group->records);
	if (*group->entries->cause) {
		escape_string(ret, group->entries->cause);
		buf_puts(ret, ": ");
	}
	buf_printf(ret, "%s\n", words->reason);
	for (i = 0; has_names(group) && i < shown; i++)
		print_entry(&group->entries[i], ret);
	if (shown < group->count)
		buf_printf(ret, "           and %zu more; --all lists them\n", group->count - shown);
	print_rule(group, ret);
	if (!words->command)
		return;
	buf_puts(ret, "       to mend it: ");
	add_command(group, ret);
	buf_putc(ret, '\n');
	if (denial_is_one(group->entries) && group->count >= FEW_FILES)
		buf_printf(ret, "       the names, for --from0: imactl denials --print0 %s\n",
			problem_path(group->entries->cause));
}

static const char *heading(const struct denial_entry *entry)
{
	switch (entry->kind) {
	case AUDITLOG_NO_KEY:
		return "keys that the kernel looked for in vain:";
	case AUDITLOG_STATUS:
	case AUDITLOG_RULE:
		return "policies:";
	case AUDITLOG_PCR:
		return "measurements that are not sure:";
	case AUDITLOG_DATA:
	case AUDITLOG_METADATA:
	case AUDITLOG_NO_FILE:
	case AUDITLOG_OTHER:
	case AUDITLOG_BROKEN:
	case AUDITLOG_LOST:
		break;
	}
	return "denied:";
}

void denial_report_text(const struct denials *denials, bool all, struct buf *ret)
{
	const char *last = "";
	struct group group;
	size_t at = 0;

	while (at < denials->count) {
		at = take_group(denials, at, &group);
		if (!string_equal(last, heading(group.entries)))
			buf_printf(ret, "%s\n", last = heading(group.entries));
		print_group(&group, all, ret);
	}
	if (!denials->count)
		buf_puts(ret, "nothing was denied\n");
	if (denials->lost)
		buf_printf(ret,
			"%" PRIu64
			" records are missing: the kernel's log takes ten in five seconds; lift that with "
			"printk_ratelimit, or run auditd\n",
			denials->lost);
	if (denials->broken)
		buf_printf(ret, "%" PRIu64 " records were not whole, and were passed by\n", denials->broken);
}

/* ---- for programs ------------------------------------------------------------------------- */

static const char *kind_name(enum auditlog_kind kind)
{
	static const char *const names[] = {[AUDITLOG_DATA] = "file",
		[AUDITLOG_METADATA] = "attributes",
		[AUDITLOG_STATUS] = "policy",
		[AUDITLOG_PCR] = "measurement",
		[AUDITLOG_RULE] = "rule",
		[AUDITLOG_NO_KEY] = "key",
		[AUDITLOG_NO_FILE] = "no-file"};

	return names[kind];
}

static void json_entry(struct json *json, const struct denial_entry *entry)
{
	size_t i;

	json_object_begin(json, NULL);
	json_string(json, "name", *entry->name ? entry->name : NULL);
	json_string(json, "dev", *entry->dev ? entry->dev : NULL);
	if (entry->has_ino)
		json_number(json, "inode", entry->ino);
	else
		json_null(json, "inode");
	json_number(json, "count", entry->count);
	if (entry->has_uid)
		json_number(json, "uid", entry->uid);
	else
		json_null(json, "uid");
	json_string(json, "rule", entry->rule);
	json_array_begin(json, "programs");
	for (i = 0; i < entry->program_count; i++)
		json_string(json, NULL, entry->programs[i]);
	json_array_end(json);
	json_object_end(json);
}

static void json_group(struct json *json, const struct group *group)
{
	const struct denial_entry *first = group->entries;
	const struct denial_words *words = words_of(group);
	_cleanup_buf_ struct buf command = {0};
	size_t i;

	if (words->command)
		add_command(group, &command);
	json_object_begin(json, NULL);
	json_string(json, "kind", kind_name(first->kind));
	json_bool(json, "denied", denial_is_one(first));
	json_string(json, "op", *first->op ? first->op : NULL);
	json_string(json, "cause", *first->cause ? first->cause : NULL);
	json_number(json, "count", group->records);
	json_string(json, "reason", words->reason);
	json_string(json, "remedy", words->command ? buf_string(&command) : NULL);
	json_array_begin(json, "files");
	for (i = 0; i < group->count; i++)
		json_entry(json, &group->entries[i]);
	json_array_end(json);
	json_object_end(json);
}

void denial_report_json(const struct denials *denials, struct buf *ret)
{
	struct json json = {.buf = ret};
	struct group group;
	size_t at = 0;

	json_object_begin(&json, NULL);
	json_array_begin(&json, "causes");
	while (at < denials->count) {
		at = take_group(denials, at, &group);
		json_group(&json, &group);
	}
	json_array_end(&json);
	json_number(&json, "missing", denials->lost);
	json_number(&json, "broken", denials->broken);
	json_object_end(&json);
	buf_putc(ret, '\n');
}
