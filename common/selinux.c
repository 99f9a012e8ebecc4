// SPDX-License-Identifier: MIT
/* What the files of a root say about its SELinux policy; see selinux.h. */
#include "selinux.h"

#include <stdlib.h>
#include <strings.h>

#define POLICYDB_MAGIC 0xf97cff8cU
#define DEFAULT_TYPE "targeted" /* libselinux: SELINUXDEFAULT */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* The value of a line that begins with the key, without the blanks around it; NULL where it does not. */
static const char *value_of(const char *line, size_t len, const char *key, size_t *ret_len)
{
	size_t key_len = strlen(key);

	while (len && is_space(*line)) {
		line++;
		len--;
	}
	if (len < key_len || memcmp(line, key, key_len) != 0)
		return NULL;
	line += key_len;
	len -= key_len;
	while (len && is_space(*line)) {
		line++;
		len--;
	}
	while (len && is_space(line[len - 1]))
		len--;
	*ret_len = len;
	return line;
}

static void take_type(const char *value, size_t len, struct selinux_config *ret)
{
	if (len >= SELINUX_TYPE_MAX || memchr(value, '/', len) || memchr(value, '\0', len))
		len = 0;
	memcpy(ret->type, value, len);
	ret->type[len] = '\0';
}

/* Compared without regard to case, and what begins with the word is taken. */
static bool begins_with(const char *value, size_t len, const char *word)
{
	return len >= strlen(word) && strncasecmp(value, word, strlen(word)) == 0;
}

/* True for a word that is known. */
static bool take_mode(const char *value, size_t len, struct selinux_config *ret)
{
	ret->disabled = begins_with(value, len, "disabled");
	ret->enforcing = begins_with(value, len, "enforcing");
	return ret->disabled || ret->enforcing || begins_with(value, len, "permissive");
}

void selinux_config_parse(const char *text, size_t len, struct selinux_config *ret)
{
	bool has_mode = false;

	*ret = (struct selinux_config){.type = DEFAULT_TYPE};
	while (len) {
		const char *end = memchr(text, '\n', len), *value;
		size_t line = end ? (size_t)(end - text) : len, value_len = 0;

		if ((value = value_of(text, line, "SELINUXTYPE=", &value_len)))
			take_type(value, value_len, ret);
		else if (!has_mode && line && *text == 'S' &&
			 (value = value_of(text, line, "SELINUX=", &value_len)))
			has_mode = take_mode(value, value_len, ret);
		text += end ? line + 1 : line;
		len -= end ? line + 1 : line;
	}
}

static uint32_t le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

bool selinux_policy_is_valid(const uint8_t *bytes, size_t len)
{
	return len >= 4 && le32(bytes) == POLICYDB_MAGIC;
}

#define NAME_DISTANCE 12 /* bytes from the length of a user or role to its name: length, value, bounds */
#define TYPE_DISTANCE 16 /* a type has its properties there too */

static bool is_type(enum policy_lsm slot)
{
	return slot == LSM_OBJ_TYPE || slot == LSM_SUBJ_TYPE;
}

static int compare(const void *one, const void *other)
{
	const struct selinux_label *a = one, *b = other;

	if (is_type(a->slot) != is_type(b->slot))
		return is_type(a->slot) ? 1 : -1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->text, b->text, a->len);
}

void selinux_labels_sort(struct selinux_label *labels, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		labels[i].found = labels[i].len > SELINUX_LABEL_MAX;
	if (count)
		qsort(labels, count, sizeof(*labels), compare);
}

/* Marks all labels that are this name; they stand together. */
static void mark(struct selinux_label *labels, size_t count, const struct selinux_label *name)
{
	struct selinux_label *at = bsearch(name, labels, count, sizeof(*labels), compare);

	if (!at || at->found)
		return;
	while (at > labels && compare(at - 1, name) == 0)
		at--;
	for (; at < labels + count && compare(at, name) == 0; at++)
		at->found = true;
}

void selinux_labels_find(const uint8_t *bytes, size_t len, struct selinux_label *labels, size_t count)
{
	struct selinux_label name = {0};
	size_t at;

	for (at = 0; count && len - at > NAME_DISTANCE; at++) {
		name.len = le32(bytes + at);
		if (!name.len || name.len > SELINUX_LABEL_MAX || len - at - NAME_DISTANCE < name.len)
			continue;
		name.text = (const char *)bytes + at + NAME_DISTANCE;
		name.slot = LSM_OBJ_ROLE;
		mark(labels, count, &name);
		if (len - at - NAME_DISTANCE - name.len < TYPE_DISTANCE - NAME_DISTANCE)
			continue;
		name.text = (const char *)bytes + at + TYPE_DISTANCE;
		name.slot = LSM_OBJ_TYPE;
		mark(labels, count, &name);
	}
}
