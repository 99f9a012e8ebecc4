/* SPDX-License-Identifier: MIT */
/*
 * Values of the rule language, read as the kernel reads them: numbers (lib/kstrtox.c), UUIDs (lib/uuid.c), lists.
 * Pure functions over bytes; what they accept is a matter of byte-exact agreement, not of taste.
 */
#ifndef IMABOOT_POLICY_VALUE_H
#define IMABOOT_POLICY_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

/*
 * An unsigned number in base 10 or 16, as kstrtoul(): one "+" may come first, in base 16 "0x" after it.
 * Returns 0, -EINVAL, or -ERANGE where it needs more than the bits of an unsigned long.
 */
_must_check_ int value_parse_number(
	const char *bytes, size_t len, unsigned base, bool long_is_64, uint64_t *ret_number);

/* A number in base 10 that may have a sign, as kstrtoint(); only 0 to limit - 1 passes, else -EINVAL. */
_must_check_ int value_parse_index(const char *bytes, size_t len, unsigned limit, uint8_t *ret_number);

/* A UUID in its 36 characters, as uuid_parse(), which ignores whatever follows. Returns 0 or -EINVAL. */
_must_check_ int value_parse_uuid(const char *bytes, size_t len, uint8_t ret_uuid[16]);

/* Takes the next item off a list; false at the end of it. An empty item is an item of length 0. */
bool value_next_item(const char **bytes, size_t *len, char separator, const char **ret_item, size_t *ret_len);

#endif
