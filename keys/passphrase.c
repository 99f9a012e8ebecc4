// SPDX-License-Identifier: MIT
/* The pass phrase of a private key; see passphrase.h. */
#include "passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <sys/stat.h>
#include "buf.h"
#include "escape.h"
#include "log.h"

#define PASSPHRASE_MIN 4 /* bytes; OpenSSL's own least for a pass phrase that it asks for */

/*
 * Reads up to the first newline, byte by byte: what follows it belongs to someone else. Where it
 * comes from is said by name.
 */
static int read_line(int fd, const char *name, char *ret, struct problem *problem)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, ret + len, 1)) == 1 && ret[len] != '\n') {
		if (ret[len] == '\0')
			return problem_set(problem, -EINVAL, "the pass phrase in %s has a NUL byte", name);
		if (++len == PASSPHRASE_MAX)
			return problem_set(problem, -EFBIG,
				"the pass phrase in %s has more than %d bytes, the most that is taken", name,
				PASSPHRASE_MAX - 1);
	}
	if (n < 0)
		return problem_set(
			problem, -errno, "the pass phrase in %s cannot be read: %s", name, strerror(errno));
	ret[len] = '\0';
	if (len && ret[len - 1] == '\r')
		ret[--len] = '\0';
	return len ? 0
		   : problem_set(problem, -ENODATA, "there is no pass phrase in %s: its first line is empty",
			     name);
}

static void warn_of_others(const char *path, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & (S_IROTH | S_IWOTH)))
		return;
	log_warning("%s: all users of this machine can %s this pass phrase; chmod 600 it", path,
		st.st_mode & S_IROTH ? "read" : "change");
}

static int read_from_file(const char *path, char *ret, struct problem *problem)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return problem_set(problem, -errno, "the pass phrase file '%s' cannot be opened: %s", path,
			strerror(errno));
	warn_of_others(path, fd);
	return read_line(fd, path, ret, problem);
}

static int read_from_descriptor(const char *text, char *ret, struct problem *problem)
{
	char name[32], *end;
	long fd = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || fd > INT_MAX)
		return problem_set(
			problem, -EINVAL, "--passphrase-fd '%s' is not the number of a descriptor", text);
	(void)snprintf(name, sizeof(name), "descriptor %ld", fd);
	return read_line((int)fd, name, ret, problem);
}

static int ask(const char *key, bool is_new, char *ret, struct problem *problem)
{
	_cleanup_close_ int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	_cleanup_buf_ struct buf prompt = {0};

	if (tty < 0) {
		problem_set(problem, -ENOTTY, "needs a pass phrase, and there is no terminal to ask for it");
		problem_remedy(problem, "use --passphrase-file or --passphrase-fd");
		return -ENOTTY;
	}
	buf_puts(&prompt, is_new ? "New pass phrase of " : "Pass phrase of ");
	escape_string(&prompt, key);
	buf_puts(&prompt, ": ");
	if (UI_UTIL_read_pw_string(ret, PASSPHRASE_MAX - 1, buf_string(&prompt), is_new) == 0)
		return 0;
	return problem_set(problem, -ECANCELED, "no pass phrase was given%s",
		is_new ? ", or the two were not the same" : "");
}

int passphrase_get(const struct passphrase_source *source, const char *key, bool is_new, char *ret,
	struct problem *problem)
{
	int r;

	if (source->file && source->fd)
		return problem_set(
			problem, -EINVAL, "--passphrase-file and --passphrase-fd exclude each other");
	r = source->file ? read_from_file(source->file, ret, problem)
	    : source->fd ? read_from_descriptor(source->fd, ret, problem)
			 : ask(key, is_new, ret, problem);
	if (r == 0 && is_new && strlen(ret) < PASSPHRASE_MIN) {
		problem_set(problem, -EINVAL, "its pass phrase is shorter than %d bytes", PASSPHRASE_MIN);
		problem_remedy(problem, "choose a longer one");
		return -EINVAL;
	}
	return r;
}
