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

/* Says what ends the stage. */
static void end_search(struct targets *targets, int error, const char *path, const struct problem *found)
{
	problem_set(targets->problem, error, "cannot be tried on %s, which must run next: %s", path,
		problem_reason_text(found));
	if (error == -E2BIG)
		problem_remedy(targets->problem,
			"see what that file asks for (readelf -d), put the right one in its place, and check "
			"the "
			"disk; with preflight = off in " CONFIG_FILE " of the image nothing is tried");
}

/*
 * Adds a program. Returns true where it is there, and could be executed although it is too large to be looked at, which
 * is told.
 */
static bool add(struct targets *targets, const char *path, struct problem *problem)
{
	ssize_t r;

	if (targets->problem->error)
		return false;
	r = closure_add(&targets->closure, path, problem);
	if (r == -ENOMEM || r == -E2BIG)
		end_search(targets, (int)r, path, problem);
	if (r == -EFBIG)
		warn(targets->preflight,
			"preflight: %s of %s is not looked at: it %s; whether the policy denies it is not "
			"known",
			path, targets->closure.root, problem_reason_text(problem));
	return r >= 0 || r == -EFBIG;
}

/* The same, where nothing is said of a program that is not there. */
static bool add_if_there(struct targets *targets, const char *path)
{
	_cleanup_problem_ struct problem problem = {0};

	return add(targets, path, &problem);
}

/* Adds the program that init= names. Returns true where it is there. */
static bool add_named_init(struct targets *root)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *init = root->preflight->init;

	if (!*init || add(root, init, &problem))
		return *init;
	if (!root->problem->error)
		warn(root->preflight, "preflight: kernel parameter init=%s: %s; the default is looked at",
			init, problem_reason_text(&problem));
	return false;
}

/* Adds the init. Returns the index of its file, or CLOSURE_FILES_MAX where there is none. */
static size_t add_init(struct targets *root)
{
	size_t i, first = root->closure.count;
	bool found = add_named_init(root);

	for (i = 0; i < ARRAY_SIZE(inits) && !found; i++)
		found = add_if_there(root, inits[i]);
	if (found)
		return first;
	if (!root->problem->error)
		warn(root->preflight,
			"preflight: there is no init in %s: whether one could run under the policy is not "
			"known",
			root->closure.root);
	return CLOSURE_FILES_MAX;
}

/* Adds the interpreters of the generators that are scripts. */
static void add_generators(struct targets *root)
{
	char path[PATH_MAX], interpreter[CLOSURE_INTERPRETER_MAX + 1];
	char **names;
	size_t count, i;

	if (root_list(root->closure.root_fd, GENERATORS, GENERATORS_MAX, &names, &count) < 0)
		return;
	for (i = 0; i < count; i++)
		if (format_text(path, sizeof(path), GENERATORS "/%s", names[i]) < sizeof(path) &&
			closure_interpreter(&root->closure, path, interpreter) == 0)
			(void)add_if_there(root, interpreter);
	root_list_free(names, count);
}

/* What systemd itself starts before anything else. */
static void add_systemd(struct targets *root, size_t init)
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
		(void)add_if_there(root, path);
	add_generators(root);
}

/* The programs that the configuration lists. */
static void add_listed(struct targets *root)
{
	const struct config *config = root->preflight->config;
	size_t i;

	for (i = 0; i < config->preflight_path_count; i++) {
		_cleanup_problem_ struct problem problem = {0};

		if (!add(root, config->preflight_paths[i], &problem) && !root->problem->error)
			warn(root->preflight, "preflight: %s, which the configuration lists: %s",
				config->preflight_paths[i], problem_reason_text(&problem));
	}
}

/* What the image itself still has to run. */
static void add_image(struct targets *image)
{
	size_t i;
	bool found = false;

	for (i = 0; i < ARRAY_SIZE(switchers) && !found; i++)
		found = add_if_there(image, switchers[i]);
	image->required = image->closure.count;
	for (i = 0; i < ARRAY_SIZE(shells); i++)
		(void)add_if_there(image, shells[i]);
	if (image->preflight->recovery)
		image->required = image->closure.count;
}

/* Says what the programs of the root ask for in vain: they would not run under any policy. */
static void warn_of_gaps(const struct targets *root)
{
	size_t i;

	for (i = 0; i < root->closure.gap_count && i < 8; i++)
		warn(root->preflight, "preflight: %s, which %s needs, %s", root->closure.gaps[i].name,
			root->closure.files[root->closure.gaps[i].user].path, root->closure.gaps[i].reason);
}

static void begin(struct targets *targets, int root_fd, const char *root)
{
	closure_init(&targets->closure, root_fd, root);
	closure_limit_time(&targets->closure, PREFLIGHT_SECONDS);
}

int targets_find(const struct preflight *preflight, struct targets *root, struct targets *image,
	struct problem *problem)
{
	bool has_image = preflight->root_fd >= 0;

	problem_free(problem);
	*root = (struct targets){.preflight = preflight, .problem = problem};
	*image = (struct targets){.preflight = preflight, .problem = problem, .of_image = true};
	begin(image, preflight->image_fd, preflight->image);
	begin(root, has_image ? preflight->root_fd : preflight->image_fd,
		has_image ? preflight->root : preflight->image);
	if (preflight->config->preflight == PREFLIGHT_INIT)
		add_systemd(root, add_init(root));
	add_listed(root);
	root->required = root->closure.count;
	warn_of_gaps(root);
	if (has_image)
		add_image(image);
	return problem->error;
}
