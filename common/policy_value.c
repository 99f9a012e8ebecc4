// SPDX-License-Identifier: MIT
/* Numbers, UUIDs and lists as the kernel reads them; see policy_value.h. */
#include "policy_value.h"

#include <errno.h>

/* The value of a hexadecimal digit, or 16. Not isxdigit(): no locale may have a say in it. */
static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

/* Digits up to the end, after the sign (_kstrtoull). Too large wins over a wrong byte behind the digits. */
static int parse_digits(const char *bytes, size_t len, unsigned base, uint64_t *ret_number)
{
	uint64_t number = 0;
	bool overflow = false;
	size_t i = 0, first;

	if (base == 16 && len >= 2 && bytes[0] == '0' && (bytes[1] | 0x20) == 'x')
		i = 2;
	for (first = i; i < len && digit_value(bytes[i]) < base; i++) {
		overflow |= number > (UINT64_MAX - digit_value(bytes[i])) / base;
		number = number * base + digit_value(bytes[i]);
	}
	if (overflow)
		return -ERANGE;
	if (i == first || i < len)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

int value_parse_number(const char *bytes, size_t len, unsigned base, bool long_is_64, uint64_t *ret_number)
{
	size_t sign = len && bytes[0] == '+';
	int result = parse_digits(bytes + sign, len - sign, base, ret_number);

	if (result == 0 && !long_is_64 && *ret_number > UINT32_MAX)
		return -ERANGE;
	return result;
}

int value_parse_index(const char *bytes, size_t len, unsigned limit, uint8_t *ret_number)
{
	bool negative = len && bytes[0] == '-';
	size_t sign = negative || (len && bytes[0] == '+');
	uint64_t number;

	if (parse_digits(bytes + sign, len - sign, 10, &number) < 0)
		return -EINVAL;
	if (number >= limit || (negative && number))
		return -EINVAL;
	*ret_number = (uint8_t)number;
	return 0;
}

int value_parse_uuid(const char *bytes, size_t len, uint8_t ret_uuid[16])
{
	size_t i, digits = 0;

	if (len < 36)
		return -EINVAL;
	for (i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (bytes[i] != '-')
				return -EINVAL;
			continue;
		}
		if (digit_value(bytes[i]) == 16)
			return -EINVAL;
		ret_uuid[digits / 2] = (uint8_t)((unsigned)ret_uuid[digits / 2] << 4 | digit_value(bytes[i]));
		digits++;
	}
	return 0;
}

bool value_next_item(const char **bytes, size_t *len, char separator, const char **ret_item, size_t *ret_len)
{
	const char *end;

	if (!*bytes)
		return false;
	end = *len ? memchr(*bytes, separator, *len) : NULL;
	*ret_item = *bytes;
	*ret_len = end ? (size_t)(end - *bytes) : *len;
	*bytes = end ? end + 1 : NULL;
	*len = end ? *len - *ret_len - 1 : 0;
	return true;
}
