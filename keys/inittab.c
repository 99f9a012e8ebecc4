// SPDX-License-Identifier: MIT
/* What an init that is not systemd starts; see inittab.h. */
#include "inittab.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include "rootfile.h"

#define INITTAB "/etc/inittab"
#define INITTAB_MAX 65536 /* bytes */
#define SCRIPTS_MAX 1024  /* in one folder */
#define WORD_MAX 512      /* bytes of a program's path */

struct field {
	const char *at;
	size_t len;
};

static bool field_is(struct field field, const char *word)
{
	return field.len == strlen(word) && memcmp(field.at, word, field.len) == 0;
}

/* What is started only when the machine goes down, or when a person asks for it. */
static bool is_started(struct field action)
{
	static const char *const others[] = {"off", "initdefault", "ctrlaltdel", "kbrequest", "powerfail",
		"powerokwait", "powerfailnow", "powerwait", "shutdown", "restart", "ondemand"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (field_is(action, others[i]))
			return false;
	return action.len > 0;
}

/* The first word of a process, behind the prefixes of System V's init and of busybox. */
static int take_process(struct field process, inittab_take *take, void *context)
{
	char path[WORD_MAX];
	size_t n = 0;

	while (process.len && (*process.at == '+' || *process.at == '-' || *process.at == ' ')) {
		process.at++;
		process.len--;
	}
	while (n < process.len && process.at[n] != ' ' && process.at[n] != '\t')
		n++;
	if (!n || n >= sizeof(path) || *process.at != '/' || memchr(process.at, '\0', n))
		return 0;
	memcpy(path, process.at, n);
	path[n] = '\0';
	return take(context, path, INITTAB);
}

/* id:runlevels:action:process */
static int take_line(struct field line, inittab_take *take, void *context, char *ret_level)
{
	struct field fields[4] = {{NULL, 0}};
	const char *colon;
	size_t i;

	for (i = 0; i < 4; i++) {
		colon = i < 3 ? memchr(line.at, ':', line.len) : NULL;
		if (!colon && i < 3)
			return 0;
		fields[i] = (struct field){line.at, colon ? (size_t)(colon - line.at) : line.len};
		line.at += fields[i].len + (colon != NULL);
		line.len -= fields[i].len + (colon != NULL);
	}
	if (field_is(fields[2], "initdefault") && fields[1].len)
		*ret_level = *fields[1].at;
	return is_started(fields[2]) ? take_process(fields[3], take, context) : 0;
}

int inittab_parse(const char *text, size_t len, inittab_take *take, void *context, char *ret_level)
{
	int r = 0;

	*ret_level = '2';
	while (r == 0 && len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		if (line && *text != '#')
			r = take_line((struct field){text, line}, take, context, ret_level);
		text += line + (end != NULL);
		len -= line + (end != NULL);
	}
	return r;
}

/* The scripts of a folder whose names begin so, "" all. */
static int take_folder(int root_fd, const char *folder, const char *begin, inittab_take *take, void *context)
{
	char **names = NULL, path[PATH_MAX];
	size_t count = 0, i;
	int r = 0;

	if (root_list(root_fd, folder, SCRIPTS_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; r == 0 && i < count; i++)
		if (strncmp(names[i], begin, strlen(begin)) == 0 &&
			(size_t)snprintf(path, sizeof(path), "%s/%s", folder, names[i]) < sizeof(path))
			r = take(context, path, folder);
	root_list_free(names, count);
	return r;
}

int inittab_follow(int root_fd, const char *root, const char *init, inittab_take *take, void *context)
{
	static const char *const openrc[] = {
		"/etc/runlevels/sysinit", "/etc/runlevels/boot", "/etc/runlevels/default"};
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem ignored = {0};
	char level = '2', folder[16], real[PATH_MAX] = "";
	struct stat st;
	_cleanup_close_ int fd = init ? rootfile_try(root_fd, init, UINT64_MAX, &st) : -ENOENT;
	const char *slash;
	size_t i;
	int r = 0;

	if (fd >= 0 && rootfile_real_path(root_fd, fd, real) == 0 && (slash = strrchr(real, '/')) &&
		string_equal(slash, "/systemd"))
		return 0;
	if (rootfile_read(root_fd, root, INITTAB, INITTAB_MAX, &file, &ignored) == 0)
		r = inittab_parse((const char *)file.bytes, file.len, take, context, &level);
	if (r == 0)
		r = take_folder(root_fd, "/etc/rcS.d", "S", take, context);
	(void)snprintf(folder, sizeof(folder), "/etc/rc%c.d", level);
	if (r == 0)
		r = take_folder(root_fd, folder, "S", take, context);
	for (i = 0; r == 0 && i < ARRAY_SIZE(openrc); i++)
		r = take_folder(root_fd, openrc[i], "", take, context);
	return r;
}
