// SPDX-License-Identifier: MIT
/*
 * What must run next. The init: what init= names, else what the kernel and switch_root(8) try in turn (init/main.c,
 * kernel_init); systemd of an initramfs goes over to the root's systemd without asking. After it, where it is systemd, the
 * executor that starts every service, and the interpreters of the generators that are scripts. And in the image
 * what takes the machine there, and the shell of the recovery.
 */
#include "preflight_internal.h"

#include <errno.h>
#include "format.h"
#include "sysfile.h"

#define GENERATORS "/usr/lib/systemd/system-generators"
#define GENERATORS_MAX 256

static const char *const inits[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
static const char *const switchers[] = {"/usr/bin/systemctl", "/usr/sbin/switch_root", "/sbin/switch_root"};
/* The recovery is a script, which goes over to its own busybox and runs this program, which runs imaboot-auth. */
static const char *const shells[] = {"/usr/lib/imaboot/recovery", "/bin/sh", "/bin/busybox",
	"/usr/bin/busybox", RECOVERY_BUSYBOX, RECOVERY_AUTH, "/usr/sbin/imaboot"};

static void warn(const struct preflight *preflight, const char *format, ...) _printf_(2, 3);

static void warn(const struct preflight *preflight, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_new_args(format, args);
	va_end(args);
	preflight->warn(preflight->context, text ? text : "out of memory");
	free(text);
}

static bool is_fatal(ssize_t r)
{
	return r == -ENOMEM || r == -E2BIG;
}

/*
 * Adds a program. Returns true where it is there, and could be executed although it is too large to be looked at, which
 * is told; errors that end the stage go to *error.
 */
static bool add(const struct preflight *preflight, struct targets *targets, const char *path, int *error,
	struct problem *problem)
{
	ssize_t r;

	if (*error < 0)
		return false;
	r = closure_add(&targets->closure, path, problem);
	if (is_fatal(r))
		*error = (int)r;
	if (r == -EFBIG)
		warn(preflight,
			"preflight: %s of %s is not looked at: it %s; whether the policy denies it is not "
			"known",
			path, targets->closure.root, problem_reason_text(problem));
	return r >= 0 || r == -EFBIG;
}

/* The same, where nothing is said of a program that is not there. */
static bool add_if_there(
	const struct preflight *preflight, struct targets *targets, const char *path, int *error)
{
	_cleanup_problem_ struct problem problem = {0};

	return add(preflight, targets, path, error, &problem);
}

/* Adds the program that init= names. Returns true where it is there. */
static bool add_named_init(const struct preflight *preflight, struct targets *root, int *error)
{
	_cleanup_problem_ struct problem problem = {0};

	if (!*preflight->init || add(preflight, root, preflight->init, error, &problem))
		return *preflight->init;
	warn(preflight, "preflight: kernel parameter init=%s: %s; the default is looked at", preflight->init,
		problem_reason_text(&problem));
	return false;
}

/* Adds the init. Returns the index of its file, or CLOSURE_FILES_MAX where there is none. */
static size_t add_init(const struct preflight *preflight, struct targets *root, int *error)
{
	size_t i, first = root->closure.count;
	bool found = add_named_init(preflight, root, error);

	for (i = 0; i < ARRAY_SIZE(inits) && !found; i++)
		found = add_if_there(preflight, root, inits[i], error);
	if (found)
		return first;
	warn(preflight,
		"preflight: there is no init in %s: whether one could run under the policy is not known",
		root->closure.root);
	return CLOSURE_FILES_MAX;
}

/* Adds the interpreters of the generators that are scripts. */
static void add_generators(const struct preflight *preflight, struct targets *root, int *error)
{
	char path[PATH_MAX], interpreter[CLOSURE_INTERPRETER_MAX + 1];
	char **names;
	size_t count, i;

	if (root_list(root->closure.root_fd, GENERATORS, GENERATORS_MAX, &names, &count) < 0)
		return;
	for (i = 0; i < count; i++)
		if (format_text(path, sizeof(path), GENERATORS "/%s", names[i]) < sizeof(path) &&
			closure_interpreter(&root->closure, path, interpreter) == 0)
			(void)add_if_there(preflight, root, interpreter, error);
	root_list_free(names, count);
}

/* What systemd itself starts before anything else. */
static void add_systemd(const struct preflight *preflight, struct targets *root, size_t init, int *error)
{
	char path[PATH_MAX];
	const char *slash;

	if (init >= root->closure.count)
		return;
	slash = strrchr(root->closure.files[init].path, '/');
	if (!slash || !string_equal(slash, "/systemd"))
		return;
	if (format_text(path, sizeof(path), "%.*s/systemd-executor",
		    (int)(slash - root->closure.files[init].path),
		    root->closure.files[init].path) < sizeof(path))
		(void)add_if_there(preflight, root, path, error);
	add_generators(preflight, root, error);
}

/* The programs that the configuration lists. */
static void add_listed(const struct preflight *preflight, struct targets *root, int *error)
{
	const struct config *config = preflight->config;
	size_t i;

	for (i = 0; i < config->preflight_path_count; i++) {
		_cleanup_problem_ struct problem problem = {0};

		if (!add(preflight, root, config->preflight_paths[i], error, &problem) && *error == 0)
			warn(preflight, "preflight: %s, which the configuration lists: %s",
				config->preflight_paths[i], problem_reason_text(&problem));
	}
}

/* What the image itself still has to run. */
static void add_image(const struct preflight *preflight, struct targets *image, int *error)
{
	size_t i;
	bool found = false;

	for (i = 0; i < ARRAY_SIZE(switchers) && !found; i++)
		found = add_if_there(preflight, image, switchers[i], error);
	image->required = image->closure.count;
	for (i = 0; i < ARRAY_SIZE(shells); i++)
		(void)add_if_there(preflight, image, shells[i], error);
	if (preflight->recovery)
		image->required = image->closure.count;
}

/* Says what the programs of the root ask for in vain: they would not run under any policy. */
static void warn_of_gaps(const struct preflight *preflight, const struct targets *root)
{
	size_t i;

	for (i = 0; i < root->closure.gap_count && i < 8; i++)
		warn(preflight, "preflight: %s, which %s needs, %s", root->closure.gaps[i].name,
			root->closure.files[root->closure.gaps[i].user].path, root->closure.gaps[i].reason);
}

int targets_find(const struct preflight *preflight, struct targets *root, struct targets *image)
{
	bool has_image = preflight->root_fd >= 0;
	int error = 0;

	*image = (struct targets){.of_image = true};
	*root = (struct targets){0};
	closure_init(&image->closure, preflight->image_fd, preflight->image);
	closure_init(&root->closure, has_image ? preflight->root_fd : preflight->image_fd,
		has_image ? preflight->root : preflight->image);
	if (preflight->config->preflight == PREFLIGHT_INIT)
		add_systemd(preflight, root, add_init(preflight, root, &error), &error);
	add_listed(preflight, root, &error);
	root->required = root->closure.count;
	warn_of_gaps(preflight, root);
	if (has_image)
		add_image(preflight, image, &error);
	return error;
}
