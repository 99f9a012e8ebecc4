// SPDX-License-Identifier: MIT
/* The configuration of a root; see rootconf.h. */
#include "rootconf.h"

#include <errno.h>
#include "log.h"
#include "rootfile.h"

/* What is known while a file is parsed. */
struct reading {
	const char *root; /* NULL: nothing is told */
	size_t line;      /* of the first error */
};

static void complain(size_t line, const char *text, void *context)
{
	struct reading *reading = context;

	if (reading->root)
		log_error("%s" ROOTCONF_FILE ":%zu: %s", reading->root, line, text);
	if (!reading->line)
		reading->line = line;
}

static int parse(const struct rootfile *file, const char *root, struct rootconf *ret)
{
	struct reading reading = {.root = root};
	int r = config_parse((const char *)file->bytes, file->len, &ret->config, complain, &reading);

	if (r != -EINVAL)
		return r;
	problem_set(&ret->problem, r, "is wrong in line %zu: a boot with it loads no policy", reading.line);
	problem_remedy(&ret->problem, "correct the lines that are named above; see imaboot.conf(5)");
	return 0;
}

int rootconf_read(int root_fd, const char *root, bool told, struct rootconf *ret)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r;

	*ret = (struct rootconf){0};
	config_init(&ret->config);
	r = rootfile_read(root_fd, root, ROOTCONF_FILE, CONFIG_SIZE_MAX, &file, &ret->problem);
	if (r == 0)
		return parse(&file, told ? NULL : string_equal(root, "/") ? "" : root, ret);
	/* Without one, or with an empty one, the defaults count. */
	if (r == -ENODATA || (r == -ENOENT && !ret->problem.remedy))
		problem_free(&ret->problem);
	return r == -ENOMEM ? r : 0;
}

void rootconf_free(struct rootconf *conf)
{
	config_free(&conf->config);
	problem_free(&conf->problem);
}
