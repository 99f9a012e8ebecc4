// SPDX-License-Identifier: MIT
/* The kernel that is judged for; see target.h. */
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>
#include "gunzip.h"
#include "infile.h"
#include "rootfile.h"

#define CONFIG_MAX ((size_t)4 << 20)
#define RELEASES_MAX 256

static bool is_packed(const struct buf *text)
{
	return text->len >= 2 && memcmp(text->data, "\x1f\x8b", 2) == 0;
}

/* True where a line of the configuration is exactly that. */
static bool has_line(const char *config, const char *line)
{
	const char *at;
	size_t len = strlen(line);

	for (at = config; (at = strstr(at, line)); at++)
		if ((at == config || at[-1] == '\n') && (at[len] == '\n' || !at[len]))
			return true;
	return false;
}

static void take_config(struct target *target, const char *config)
{
	if (!has_line(config, "CONFIG_INTEGRITY_TRUSTED_KEYRING=y") &&
		!has_line(config, "CONFIG_IMA_TRUSTED_KEYRING=y"))
		target->ring = CERTVIEW_USER_IMA;
	target->ecdsa =
		has_line(config, "CONFIG_CRYPTO_ECDSA=y") || has_line(config, "CONFIG_CRYPTO_ECDSA=m");
	target->module_decompress = has_line(config, "CONFIG_MODULE_DECOMPRESS=y");
	target->selinux = has_line(config, "CONFIG_SECURITY_SELINUX=y");
	target->sig_enforce = has_line(config, "CONFIG_MODULE_SIG_FORCE=y");
}

/* Narrows the target down by the text of a configuration, packed or not. */
static int use_config(struct target *target, const struct buf *bytes, const char *path, bool has_version,
	struct problem *problem)
{
	_cleanup_buf_ struct buf unpacked = {0};
	const struct buf *text = bytes;
	unsigned int version;
	int r;

	if (is_packed(bytes)) {
		r = gunzip((const uint8_t *)bytes->data, bytes->len, CONFIG_MAX, &unpacked);
		if (r < 0)
			return problem_set(problem, r, "is damaged: it cannot be unpacked");
		text = &unpacked;
	}
	version = kernel_version_of_config(buf_string(text), text->len);
	if (version && !has_version) {
		kernel_model_init(&target->model, version);
		(void)snprintf(target->name, sizeof(target->name), "%u.%u", KERNEL_MAJOR(version),
			KERNEL_MINOR(version));
	}
	r = kernel_model_configure(&target->model, buf_string(text), text->len);
	if (r == -ENOTSUP)
		return problem_set(problem, r, "is of a kernel without IMA (CONFIG_IMA)");
	if (r < 0)
		return problem_set(problem, r, "is not a kernel's configuration");
	take_config(target, buf_string(text));
	(void)snprintf(target->config, sizeof(target->config), "%s", path);
	return 0;
}

/* The configurations that distributions put into a root. */
static int find_config(int root_fd, const char *root, struct target *target, struct problem *problem)
{
	static const char *const places[] = {"/boot/config-%s", "/lib/modules/%s/config"};
	char path[160];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_rootfile_ struct rootfile file = {.fd = -1};
		_cleanup_problem_ struct problem ignored = {0};
		struct buf text = {0};

		(void)snprintf(
			path, sizeof(path), i ? "/lib/modules/%s/config" : "/boot/config-%s", target->name);
		if (rootfile_read(root_fd, root, path, CONFIG_MAX, &file, &ignored) < 0)
			continue;
		text = (struct buf){.data = (char *)file.bytes, .len = file.len};
		return use_config(target, &text, path, true, problem);
	}
	return 0;
}

/* The newest of the root's kernels: a release is a folder of modules, and numbers in it are compared as such. */
static bool newest_release(int root_fd, struct target *target)
{
	char **names = NULL;
	size_t count = 0, i;
	unsigned int version, best = 0;

	if (root_list(root_fd, "/lib/modules", RELEASES_MAX, &names, &count) < 0)
		return false;
	for (i = 0; i < count; i++) {
		if (kernel_version_parse(names[i], &version) < 0 || version < best ||
			(version == best && strverscmp(names[i], target->name) < 0))
			continue;
		best = version;
		(void)snprintf(target->name, sizeof(target->name), "%s", names[i]);
	}
	root_list_free(names, count);
	if (best)
		kernel_model_init(&target->model, best);
	return best != 0;
}

static int use_version(const char *text, struct target *target, struct problem *problem)
{
	unsigned int version;
	int r = kernel_version_parse(text, &version);

	if (r == -ERANGE)
		return problem_set(problem, r,
			"--kernel: '%s' cannot load a policy by its path; Linux %u.%u or newer can", text,
			KERNEL_MAJOR(KERNEL_OLDEST), KERNEL_MINOR(KERNEL_OLDEST));
	if (r < 0)
		return problem_set(problem, r, "--kernel: '%s' is not a version; give one such as 6.1", text);
	kernel_model_init(&target->model, version);
	(void)snprintf(target->name, sizeof(target->name), "%s", text);
	return 0;
}

static int find_version(
	int root_fd, const char *root, const char *version, struct target *target, struct problem *problem)
{
	struct utsname running;

	if (version)
		return use_version(version, target, problem);
	if (string_equal(root, "/") && uname(&running) == 0)
		return use_version(running.release, target, problem);
	if (newest_release(root_fd, target))
		return 0;
	kernel_model_init(&target->model, KERNEL_NEWEST);
	(void)snprintf(target->name, sizeof(target->name), "%u.%u", KERNEL_MAJOR(KERNEL_NEWEST),
		KERNEL_MINOR(KERNEL_NEWEST));
	return 0;
}

int target_find(int root_fd, const char *root, const char *version, const char *config, struct target *ret,
	struct problem *problem)
{
	_cleanup_buf_ struct buf text = {0};
	int r;

	*ret = (struct target){.ring = CERTVIEW_IMA, .ecdsa = true, .selinux = true};
	r = find_version(root_fd, root, version, ret, problem);
	if (r == 0 && config)
		r = infile_read(config, CONFIG_MAX, &text, problem);
	if (r == 0)
		r = config ? use_config(ret, &text, config, version != NULL, problem)
			   : find_config(root_fd, root, ret, problem);
	if (r == 0 && ret->ring == CERTVIEW_IMA && ret->model.version < KERNEL(6, 6))
		ret->ring = CERTVIEW_IMA_OLD;
	return r;
}
