// SPDX-License-Identifier: MIT
/*
 * imaboot-auth: says whether a password fits a crypt(3) hash. A program of its own, since yescrypt is as large as half of
 * the boot program: only images whose configuration has a recovery-password hold it.
 *
 * Standard input is one line with the hash and one with the password. Exit status: 0 it fits, 1 it does not, 2 the hash
 * is of a kind that this program does not know, or the input is not as it must be. Nothing is printed.
 *
 * It is linked with libxcrypt's libcrypt.a where there is one (all methods of crypt(5)), else with the C library's own
 * crypt_r(3): musl's has no yescrypt.
 */
#include <string.h>
#include <unistd.h>

#define INPUT_MAX 2048
#define DATA_SIZE \
	65536 /* libxcrypt's struct crypt_data has 32 KiB, musl's and glibc's old ones up to 128 KiB less */

/* The same in each C library; struct crypt_data is only large enough. */
char *crypt_r(const char *phrase, const char *setting, void *data);

/* Takes as long wherever the difference is. */
static int differ(const char *a, const char *b)
{
	size_t i, len = strlen(a);
	unsigned char difference = len != strlen(b);

	for (i = 0; i < len && b[i]; i++)
		difference |= (unsigned char)(a[i] ^ b[i]);
	return difference;
}

/* Ends a line with a NUL; returns what follows it, or NULL where there is no newline. */
static char *end_line(char *line)
{
	char *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	return end + 1;
}

int main(void)
{
	static char input[INPUT_MAX + 1];
	static _Alignas(16) char data[DATA_SIZE];
	char *password, *rest, *hash;
	size_t len = 0;
	ssize_t n;

	while (len < INPUT_MAX && (n = read(STDIN_FILENO, input + len, INPUT_MAX - len)) > 0)
		len += (size_t)n;
	input[len] = '\0';
	password = end_line(input);
	rest = password ? end_line(password) : NULL;
	if (!rest || rest != input + len || input[0] != '$')
		return 2;
	hash = crypt_r(password, input, data);
	explicit_bzero(password, (size_t)(rest - password));
	/* What cannot be done gives a text that is no hash (crypt(3): "*0", "*1", or "x" in musl), or none. */
	if (!hash || *hash != '$')
		return 2;
	return differ(hash, input) ? 1 : 0;
}
