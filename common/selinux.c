// SPDX-License-Identifier: MIT
/* What the files of a root say about its SELinux policy; see selinux.h. */
#include "selinux.h"

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

/* getenforce.c compares without regard to case, and takes what begins with the word. */
static bool says_disabled(const char *value, size_t len)
{
	return len >= strlen("disabled") && strncasecmp(value, "disabled", strlen("disabled")) == 0;
}

void selinux_config_parse(const char *text, size_t len, struct selinux_config *ret)
{
	*ret = (struct selinux_config){.type = DEFAULT_TYPE};
	while (len) {
		const char *end = memchr(text, '\n', len), *value;
		size_t line = end ? (size_t)(end - text) : len, value_len = 0;

		if ((value = value_of(text, line, "SELINUXTYPE=", &value_len)))
			take_type(value, value_len, ret);
		else if ((value = value_of(text, line, "SELINUX=", &value_len)))
			ret->disabled = says_disabled(value, value_len);
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

/* Bytes from the length of a name to the name: length, value, bounds; a type has its properties there too. */
static size_t distance_of(enum policy_lsm slot)
{
	return slot == LSM_OBJ_TYPE || slot == LSM_SUBJ_TYPE ? 16 : 12;
}

bool selinux_policy_may_have(
	const uint8_t *bytes, size_t len, enum policy_lsm slot, const char *label, size_t label_len)
{
	size_t distance = distance_of(slot);
	const uint8_t *at = bytes, *end = bytes + len;

	if (!label_len)
		return false;
	while ((at = memmem(at, (size_t)(end - at), label, label_len))) {
		if ((size_t)(at - bytes) >= distance && le32(at - distance) == label_len)
			return true;
		at++;
	}
	return false;
}
