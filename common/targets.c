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

/* What adds the files of one systemd. */
struct search {
	struct closure *closure;
	size_t init; /* its file */
	struct problem *problem;
};

/* Names the file because of which the search ends. Returns the error. */
static int end_search(struct search *search, const char *path, int error)
{
	char reason[256];

	(void)format_text(reason, sizeof(reason), "%s",
		search->problem->error ? problem_reason_text(search->problem) : strerror(-error));
	return problem_set(search->problem, error, "%s, which it needs: %s", path, reason);
}

/*
 * What became of a file that may not be there: one that is too large is a gap, and what ends the search is told with the
 * file's name. Returns 0, -ENOMEM or -E2BIG.
 */
static int settle(struct search *search, const char *path, ssize_t r)
{
	if (is_fatal(r))
		return end_search(search, path, (int)r);
	problem_free(search->problem);
	if (r == -EFBIG)
		r = closure_gap(
			search->closure, path, search->init, "is larger than 1 GiB, and was not looked at");
	else
		r = 0;
	return r < 0 ? end_search(search, path, (int)r) : 0;
}

static int add_program(struct search *search, const char *path)
{
	return settle(search, path, closure_add(search->closure, path, search->problem));
}

static int add_file(struct search *search, const char *path, enum closure_role role)
{
	return settle(search, path, closure_open(search->closure, path, role, CLOSURE_NONE, search->problem));
}

static int add_data(void *search, const char *path)
{
	return add_file(search, path, CLOSURE_DATA);
}

/* Adds the interpreters of the generators that are scripts. */
static int add_generators(struct search *search, const char *folder)
{
	char path[PATH_MAX], interpreter[CLOSURE_INTERPRETER_MAX + 1];
	char **names;
	size_t count, i;
	int r = 0;

	if (root_list(search->closure->root_fd, folder, GENERATORS_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; r == 0 && i < count; i++)
		if (format_text(path, sizeof(path), "%s/%s", folder, names[i]) < sizeof(path) &&
			closure_interpreter(search->closure, path, interpreter) == 0)
			r = add_program(search, interpreter);
	root_list_free(names, count);
	return r;
}

/* An unreadable configuration has systemd go on without enforcing. */
static int add_selinux(struct search *search, bool *ret_enforcing)
{
	const struct closure *closure = search->closure;
	struct selinux_config config;
	int r = selinux_config_read(closure->root_fd, closure->root, &config);

	*ret_enforcing = r == 0 && config.enforcing;
	if (!*ret_enforcing)
		return 0;
	r = add_file(search, SELINUX_CONFIG, CLOSURE_SETTINGS);
	return r < 0 ? r : selinux_files(closure->root_fd, &config, add_data, search);
}

int targets_add_systemd(
	struct closure *closure, size_t init, bool has_selinux, bool *ret_selinux, struct problem *problem)
{
	static const char *const generators[] = {
		"/etc/systemd/system-generators", "/usr/local/lib/systemd/system-generators"};
	const char *path = closure->files[init].path, *slash = strrchr(path, '/');
	struct search search = {.closure = closure, .init = init, .problem = problem};
	char place[PATH_MAX];
	size_t i;
	int r;

	*ret_selinux = false;
	if (!slash || !string_equal(slash, "/systemd"))
		return 0;
	(void)format_text(place, sizeof(place), "%.*s/systemd-executor", (int)(slash - path), path);
	r = add_program(&search, place);
	(void)format_text(place, sizeof(place), "%.*s/system-generators", (int)(slash - path), path);
	if (r == 0)
		r = add_generators(&search, place);
	for (i = 0; r == 0 && i < ARRAY_SIZE(generators); i++)
		r = add_generators(&search, generators[i]);
	return r == 0 && has_selinux ? add_selinux(&search, ret_selinux) : r;
}
