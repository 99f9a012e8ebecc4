// SPDX-License-Identifier: MIT
/* What a root must be able to run first; see targets.h. */
#include "targets.h"

#include <errno.h>
#include "closure_internal.h"
#include "format.h"
#include "selinuxroot.h"

#define GENERATORS_MAX 256

const char *const targets_inits[TARGETS_INITS] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};

static bool is_fatal(ssize_t r)
{
	return r == -ENOMEM || r == -E2BIG;
}

ssize_t targets_add_init(
	struct closure *closure, const char *named, const char **ret_path, struct problem *problem)
{
	ssize_t r = -ENOENT;
	size_t i;

	*ret_path = named;
	if (named)
		return closure_add(closure, named, problem);
	for (i = 0; i < TARGETS_INITS; i++) {
		problem_free(problem);
		*ret_path = targets_inits[i];
		r = closure_add(closure, targets_inits[i], problem);
		if (r >= 0 || r == -EFBIG || is_fatal(r))
			return r;
	}
	return problem_set(problem, -ENOENT, "there is none of /sbin/init, /etc/init, /bin/init, /bin/sh");
}

/* Names the file in *problem where the error ends the search. Returns that error, or 0. */
static int keep_fatal(ssize_t r, const char *path, struct problem *problem)
{
	char reason[256];

	if (!is_fatal(r))
		return 0;
	(void)format_text(reason, sizeof(reason), "%s", problem_reason_text(problem));
	problem_set(problem, (int)r, "%s, which it needs: %s", path, reason);
	return (int)r;
}

/* Adds a program that may not be there. */
static int add_if_there(struct closure *closure, const char *path, struct problem *problem)
{
	int r = keep_fatal(closure_add(closure, path, problem), path, problem);

	if (r == 0)
		problem_free(problem);
	return r;
}

/* Adds the interpreters of the generators that are scripts. */
static int add_generators(struct closure *closure, const char *folder, struct problem *problem)
{
	char path[PATH_MAX], interpreter[CLOSURE_INTERPRETER_MAX + 1];
	char **names;
	size_t count, i;
	int r = 0;

	if (root_list(closure->root_fd, folder, GENERATORS_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; r == 0 && i < count; i++)
		if (format_text(path, sizeof(path), "%s/%s", folder, names[i]) < sizeof(path) &&
			closure_interpreter(closure, path, interpreter) == 0)
			r = add_if_there(closure, interpreter, problem);
	root_list_free(names, count);
	return r;
}

/* What systemd reads; user of selinux_files(). */
struct reader {
	struct closure *closure;
	struct problem *problem;
};

static int open_file(struct reader *reader, const char *path, enum closure_role role)
{
	ssize_t found = closure_open(reader->closure, path, role, CLOSURE_NONE, reader->problem);
	int r = keep_fatal(found, path, reader->problem);

	if (r == 0)
		problem_free(reader->problem);
	return r;
}

static int take_file(void *context, const char *path)
{
	return open_file(context, path, CLOSURE_DATA);
}

/* An unreadable configuration has systemd go on without enforcing. */
static int add_selinux(struct closure *closure, bool *ret_enforcing, struct problem *problem)
{
	struct reader reader = {.closure = closure, .problem = problem};
	struct selinux_config config;
	int r = selinux_config_read(closure->root_fd, closure->root, &config);

	*ret_enforcing = r == 0 && config.enforcing;
	if (!*ret_enforcing)
		return 0;
	r = open_file(&reader, SELINUX_CONFIG, CLOSURE_SETTINGS);
	return r < 0 ? r : selinux_files(closure->root_fd, &config, take_file, &reader);
}

int targets_add_systemd(
	struct closure *closure, size_t init, bool has_selinux, bool *ret_selinux, struct problem *problem)
{
	static const char *const generators[] = {
		"/etc/systemd/system-generators", "/usr/local/lib/systemd/system-generators"};
	const char *path = closure->files[init].path, *slash = strrchr(path, '/');
	char place[PATH_MAX];
	size_t i;
	int r;

	*ret_selinux = false;
	if (!slash || !string_equal(slash, "/systemd"))
		return 0;
	(void)format_text(place, sizeof(place), "%.*s/systemd-executor", (int)(slash - path), path);
	r = add_if_there(closure, place, problem);
	(void)format_text(place, sizeof(place), "%.*s/system-generators", (int)(slash - path), path);
	if (r == 0)
		r = add_generators(closure, place, problem);
	for (i = 0; r == 0 && i < ARRAY_SIZE(generators); i++)
		r = add_generators(closure, generators[i], problem);
	return r == 0 && has_selinux ? add_selinux(closure, ret_selinux, problem) : r;
}
