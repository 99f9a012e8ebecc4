// SPDX-License-Identifier: MIT
/*
 * What must run next. The init: what init= names, else what the kernel and switch_root(8) try in turn; systemd of an
 * initramfs goes over to the root's systemd without asking. After it what systemd starts and reads first (targets.h).
 * And in the image what takes the machine there, and the shell of the recovery.
 */
#include "preflight_internal.h"

#include <errno.h>
#include "format.h"
#include "labels.h"
#include "sysfile.h"
#include "targets.h"

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

static bool is_fatal(ssize_t r)
{
	return r == -ENOMEM || r == -E2BIG;
}

/* Says why a program was not added. Returns true where it is there and could be executed: it is too large to be looked at. */
static bool tell_unadded(struct targets *targets, const char *path, int error, const struct problem *problem)
{
	if (is_fatal(error))
		end_search(targets, error, path, problem);
	if (error == -EFBIG)
		warn(targets->preflight,
			"preflight: %s of %s is not looked at: it %s; whether the policy denies it is not "
			"known",
			path, targets->closure.root, problem_reason_text(problem));
	return error == -EFBIG;
}

/* Adds a program. Returns true where it is there. */
static bool add(struct targets *targets, const char *path, struct problem *problem)
{
	ssize_t r;

	if (targets->problem->error)
		return false;
	r = closure_add(&targets->closure, path, problem);
	return r >= 0 || tell_unadded(targets, path, (int)r, problem);
}

/* The same, where nothing is said of a program that is not there. */
static bool add_if_there(struct targets *targets, const char *path)
{
	_cleanup_problem_ struct problem problem = {0};

	return add(targets, path, &problem);
}

/* Adds the init. Returns the index of its file, or a negative errno after a warning or with the problem set. */
static ssize_t add_init(struct targets *root)
{
	_cleanup_problem_ struct problem problem = {0};
	const char *named = *root->preflight->init ? root->preflight->init : NULL, *path;
	ssize_t r = targets_add_init(&root->closure, named, &path, &problem);

	if (named && r < 0 && r != -EFBIG && !is_fatal(r)) {
		warn(root->preflight, "preflight: kernel parameter init=%s: %s; the default is looked at",
			named, problem_reason_text(&problem));
		r = targets_add_init(&root->closure, NULL, &path, &problem);
	}
	if (r < 0 && !tell_unadded(root, path, (int)r, &problem) && !root->problem->error)
		warn(root->preflight,
			"preflight: there is no init in %s: whether one could run under the policy is not "
			"known",
			root->closure.root);
	return r;
}

/* Whether the kernel has SELinux, and does as the root's configuration says. */
static bool has_selinux(void)
{
	char modules[LSM_LIST_MAX], cmdline[CMDLINE_MAX + 1];

	labels_modules(modules);
	return lsm_is_in(modules, "selinux") &&
	       (sysfile_read(PROC_CMDLINE, cmdline, sizeof(cmdline)) < 0 || !strstr(cmdline, "enforcing=0"));
}

/* The init, and with it what systemd itself needs. */
static void add_inits(struct targets *root)
{
	_cleanup_problem_ struct problem problem = {0};
	ssize_t init = add_init(root);
	int r = init < 0 ? 0
			 : targets_add_systemd(
				   &root->closure, (size_t)init, has_selinux(), &root->selinux, &problem);

	if (r < 0)
		end_search(root, r, root->closure.files[init].path, &problem);
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
		add_inits(root);
	add_listed(root);
	root->required = root->closure.count;
	warn_of_gaps(root);
	if (has_image)
		add_image(image);
	return problem->error;
}
