// SPDX-License-Identifier: MIT
/* Formatted text without the C library's printf; see format.h. */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

#define DIGITS_MAX 20 /* of 64 bits, in decimal */

/* Where the text goes. */
struct target {
	char *bytes;
	size_t size, len; /* len counts what did not fit, too */
};

/* One conversion: %[-0][width][.precision][length]conversion. */
struct spec {
	bool left, zero;
	size_t width, precision; /* precision SIZE_MAX: not given */
	char length;             /* 'l', 'L' (for ll), 'z', or 0 */
	char conversion;
};

static void put(struct target *target, const char *bytes, size_t len)
{
	size_t room = target->size > target->len + 1 ? target->size - target->len - 1 : 0;

	if (room)
		memcpy(target->bytes + target->len, bytes, len < room ? len : room);
	target->len += len;
}

static void put_repeated(struct target *target, char byte, size_t count)
{
	while (count--)
		put(target, &byte, 1);
}

static void put_padded(
	struct target *target, const struct spec *spec, const char *sign, const char *bytes, size_t len)
{
	size_t used = strlen(sign) + len, pad = spec->width > used ? spec->width - used : 0;

	if (!spec->left && !spec->zero)
		put_repeated(target, ' ', pad);
	put(target, sign, strlen(sign));
	if (!spec->left && spec->zero)
		put_repeated(target, '0', pad);
	put(target, bytes, len);
	if (spec->left)
		put_repeated(target, ' ', pad);
}

static void put_number(
	struct target *target, const struct spec *spec, const char *sign, uint64_t value, unsigned int base)
{
	const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[DIGITS_MAX];
	size_t at = sizeof(text);

	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value);
	put_padded(target, spec, sign, text + at, sizeof(text) - at);
}

/* Reads a decimal number, or takes an argument for a *. */
static size_t take_size(const char **format, va_list *args)
{
	size_t size = 0;

	if (**format == '*') {
		int value = va_arg(*args, int);

		(*format)++;
		return value < 0 ? 0 : (size_t)value;
	}
	for (; **format >= '0' && **format <= '9'; (*format)++)
		size = size * 10 + (size_t)(**format - '0');
	return size;
}

static struct spec take_spec(const char **format, va_list *args)
{
	struct spec spec = {.precision = SIZE_MAX};

	for (; **format == '-' || **format == '0'; (*format)++) {
		spec.left |= **format == '-';
		spec.zero |= **format == '0';
	}
	spec.width = take_size(format, args);
	if (**format == '.') {
		(*format)++;
		spec.precision = take_size(format, args);
	}
	for (; **format == 'l' || **format == 'z'; (*format)++)
		spec.length = spec.length == 'l' ? 'L' : **format;
	spec.conversion = **format;
	if (**format)
		(*format)++;
	return spec;
}

static uint64_t take_unsigned(const struct spec *spec, va_list *args)
{
	switch (spec->length) {
	case 'l':
		return va_arg(*args, unsigned long);
	case 'L':
		return va_arg(*args, unsigned long long);
	case 'z':
		return va_arg(*args, size_t);
	default:
		return va_arg(*args, unsigned int);
	}
}

static void put_signed(struct target *target, const struct spec *spec, va_list *args)
{
	int64_t value = spec->length == 'l'   ? va_arg(*args, long)
			: spec->length == 'L' ? va_arg(*args, long long)
			: spec->length == 'z' ? va_arg(*args, ptrdiff_t)
					      : va_arg(*args, int);

	put_number(target, spec, value < 0 ? "-" : "", value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static void put_string(struct target *target, const struct spec *spec, va_list *args)
{
	const char *string = va_arg(*args, const char *);

	if (!string)
		string = "(null)";
	put_padded(target, spec, "", string, strnlen(string, spec->precision));
}

static void put_conversion(struct target *target, const struct spec *spec, va_list *args)
{
	char byte;

	switch (spec->conversion) {
	case 's':
		put_string(target, spec, args);
		break;
	case 'c':
		byte = (char)va_arg(*args, int);
		put_padded(target, spec, "", &byte, 1);
		break;
	case 'd':
		put_signed(target, spec, args);
		break;
	case 'u':
		put_number(target, spec, "", take_unsigned(spec, args), 10);
		break;
	case 'x':
	case 'X':
		put_number(target, spec, "", take_unsigned(spec, args), 16);
		break;
	default:
		put(target, &spec->conversion, spec->conversion ? 1 : 0);
		break;
	}
}

size_t format_args(char *ret, size_t size, const char *format, va_list args)
{
	struct target target = {.bytes = ret, .size = size};
	struct spec spec;
	va_list copy;

	va_copy(copy, args);
	while (*format) {
		size_t plain = strcspn(format, "%");

		put(&target, format, plain);
		format += plain;
		if (!*format)
			break;
		format++;
		spec = take_spec(&format, &copy);
		put_conversion(&target, &spec, &copy);
	}
	va_end(copy);
	if (size)
		ret[target.len < size ? target.len : size - 1] = '\0';
	return target.len;
}

size_t format_text(char *ret, size_t size, const char *format, ...)
{
	va_list args;
	size_t len;

	va_start(args, format);
	len = format_args(ret, size, format, args);
	va_end(args);
	return len;
}

char *format_new_args(const char *format, va_list args)
{
	size_t len = format_args(NULL, 0, format, args);
	char *text = malloc(len + 1);

	if (text)
		(void)format_args(text, len + 1, format, args);
	return text;
}

char *format_new(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_new_args(format, args);
	va_end(args);
	return text;
}
