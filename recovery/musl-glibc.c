// SPDX-License-Identifier: MIT
/*
 * What Debian's libcrypt.a, built for glibc with its fortified functions, asks for and musl does not have. Linked into
 * imaboot-auth alone, and only with musl.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void __explicit_bzero_chk(void *bytes, size_t len, size_t size);
int __snprintf_chk(char *ret, size_t len, int flag, size_t size, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void arc4random_buf(void *bytes, size_t len);

void __explicit_bzero_chk(void *bytes, size_t len, size_t size)
{
	if (len > size)
		abort();
	explicit_bzero(bytes, len);
}

int __snprintf_chk(char *ret, size_t len, int flag, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	(void)flag;
	if (len > size)
		abort();
	va_start(args, format);
	n = vsnprintf(ret, len, format, args);
	va_end(args);
	return n;
}

/* For salts of new hashes, which are not made here. */
void arc4random_buf(void *bytes, size_t len)
{
	if (getrandom(bytes, len, 0) != (ssize_t)len)
		abort();
}
