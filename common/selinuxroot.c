// SPDX-License-Identifier: MIT
/* The files of SELinux in a root; see selinuxroot.h. */
#include "selinuxroot.h"

#include <errno.h>
#include "format.h"
#include "rootfile.h"

#define CONFIG_MAX (64 * 1024) /* bytes */
#define PATH_SIZE (SELINUX_TYPE_MAX + 80 + NAME_MAX)

int selinux_config_read(int root_fd, const char *root, struct selinux_config *ret)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem ignored = {0};
	int r = rootfile_read(root_fd, root, SELINUX_CONFIG, CONFIG_MAX, &file, &ignored);

	selinux_config_parse((const char *)file.bytes, r == 0 ? file.len : 0, ret);
	return r == -ENOENT || r == -ENODATA ? 0 : r;
}

/* The number behind "policy.", 0: there is none. */
static unsigned int version_of(const char *name)
{
	static const char begin[] = "policy.";
	unsigned int version = 0;

	if (strncmp(name, begin, sizeof(begin) - 1) != 0)
		return 0;
	for (name += sizeof(begin) - 1; *name >= '0' && *name <= '9' && version < 1000; name++)
		version = version * 10 + (unsigned int)(*name - '0');
	return *name ? 0 : version;
}

static int take_policy(int root_fd, const struct selinux_config *config,
	int (*take)(void *context, const char *path), void *context)
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	unsigned int best = 0;
	char **names = NULL;
	size_t count = 0, i;

	(void)format_text(folder, sizeof(folder), SELINUX_DIR "/%s/policy", config->type);
	if (root_list(root_fd, folder, SELINUX_NAMES_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; i < count; i++)
		if (version_of(names[i]) > best)
			best = version_of(names[i]);
	root_list_free(names, count);
	(void)format_text(path, sizeof(path), "%s/policy.%u", folder, best);
	return best ? take(context, path) : 0;
}

/* When the file was written; a file that is not there is older than any other. */
static int64_t time_of(int root_fd, const char *path)
{
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(root_fd, path, UINT64_MAX, &st);

	return fd < 0 ? INT64_MIN : (int64_t)st.st_mtime;
}

int selinux_files(int root_fd, const struct selinux_config *config,
	int (*take)(void *context, const char *path), void *context)
{
	static const char *const contexts[] = {"", ".homedirs", ".local"};
	char path[PATH_SIZE], compiled[PATH_SIZE];
	int r = take_policy(root_fd, config, take, context);
	size_t i;

	for (i = 0; r == 0 && i < ARRAY_SIZE(contexts); i++) {
		(void)format_text(path, sizeof(path), SELINUX_DIR "/%s/contexts/files/file_contexts%s",
			config->type, contexts[i]);
		(void)format_text(compiled, sizeof(compiled), "%s.bin", path);
		r = take(context, time_of(root_fd, compiled) >= time_of(root_fd, path) ? compiled : path);
	}
	return r;
}
