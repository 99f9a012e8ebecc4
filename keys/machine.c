// SPDX-License-Identifier: MIT
/* What the running kernel has of IMA; see machine.h. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include "util.h"

#define SECURITYFS "/sys/kernel/security"
#define SECURE_BOOT "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define FILE_MAX 1048576

static const char *prefix = "";

const char *const machine_rings[] = {".ima", "_ima", ".builtin_trusted_keys", ".secondary_trusted_keys",
	".machine", ".platform", ".evm", "_evm"};
const size_t machine_ring_count = ARRAY_SIZE(machine_rings);

void machine_set_prefix(const char *folder)
{
	prefix = folder;
}

static const char *full_path(const char *path, char ret[static PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s%s", prefix, path) < PATH_MAX ? ret : "";
}

int machine_read(const char *path, struct buf *ret)
{
	char full[PATH_MAX], block[4096];
	_cleanup_close_ int fd = open(full_path(path, full), O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, block, sizeof(block))) > 0 && ret->len <= FILE_MAX)
		buf_add(ret, block, (size_t)n);
	if (n < 0)
		return -errno;
	if (ret->len && ret->data[ret->len - 1] == '\n')
		ret->data[--ret->len] = '\0';
	return buf_failed(ret) ? -ENOMEM : ret->len > FILE_MAX ? -EFBIG : 0;
}

static bool look(const char *path, struct stat *ret)
{
	char full[PATH_MAX];

	return stat(full_path(path, full), ret) == 0;
}

enum machine_policy machine_policy_state(void)
{
	struct stat st, parent;

	/* A folder that is not a mount point has its parent's device. */
	if (!*prefix && look(SECURITYFS, &st) && look(SECURITYFS "/..", &parent) &&
		st.st_dev == parent.st_dev)
		return MACHINE_UNKNOWN;
	if (!look(MACHINE_IMA, &st))
		return MACHINE_NO_IMA;
	if (!look(MACHINE_POLICY, &st))
		return MACHINE_GONE;
	if (!(st.st_mode & S_IWUSR))
		return MACHINE_READ_ONLY;
	return st.st_mode & S_IRUSR ? MACHINE_READABLE : MACHINE_WRITABLE;
}

const char *machine_policy_name(enum machine_policy state)
{
	static const char *const names[] = {
		"unknown", "absent", "loaded-once", "read-only", "writable", "readable"};

	return names[state];
}

/* True where the line of mountinfo (proc(5)) has the path as its mount point, with the option ro first. */
static bool is_read_only_mount(const char *line, const char *path)
{
	size_t i, len = strlen(path);

	for (i = 0; i < 4 && line; i++) {
		line = strchr(line, ' ');
		line = line ? line + 1 : NULL;
	}
	if (!line || strncmp(line, path, len) != 0 || strncmp(line + len, " ro", 3) != 0)
		return false;
	return line[len + 3] == ',' || line[len + 3] == ' ';
}

bool machine_has_guard(void)
{
	_cleanup_buf_ struct buf text = {0};
	char *line, *rest;

	if (machine_read("/proc/self/mountinfo", &text) < 0)
		return false;
	for (rest = text.data; (line = strsep(&rest, "\n"));)
		if (is_read_only_mount(line, MACHINE_POLICY))
			return true;
	return false;
}

bool machine_has_secure_boot(void)
{
	_cleanup_buf_ struct buf variable = {0};

	/* Four bytes of attributes, then the variable's one byte. */
	return machine_read(SECURE_BOOT, &variable) == 0 && variable.len == 5 && variable.data[4] == 1;
}

bool machine_is_locked(const char **ret_reason)
{
	_cleanup_buf_ struct buf lockdown = {0};

	if (machine_has_secure_boot()) {
		*ret_reason = "UEFI Secure Boot is on";
		return true;
	}
	if (machine_read(SECURITYFS "/lockdown", &lockdown) == 0 &&
		!strstr(buf_string(&lockdown), "[none]")) {
		*ret_reason = "the kernel is locked down";
		return true;
	}
	*ret_reason = "UEFI Secure Boot is off and the kernel is not locked down";
	return false;
}

bool machine_parameter(const char *name, struct buf *ret)
{
	_cleanup_buf_ struct buf cmdline = {0};
	const char *at, *last = NULL;
	size_t len = strlen(name);

	if (machine_read("/proc/cmdline", &cmdline) < 0)
		return false;
	for (at = buf_string(&cmdline); (at = strstr(at, name)); at++)
		if ((at == cmdline.data || at[-1] == ' ') && at[len] == '=')
			last = at + len + 1;
	if (last)
		buf_add(ret, last, strcspn(last, " \n"));
	return last != NULL;
}

bool machine_fixes(void)
{
	_cleanup_buf_ struct buf value = {0};

	return machine_policy_state() != MACHINE_NO_IMA && !machine_has_secure_boot() &&
	       machine_parameter("ima_appraise", &value) && string_equal(buf_string(&value), "fix");
}

/* ---- keyrings ----------------------------------------------------------------------------- */

/* A line of /proc/keys: serial, flags, usage, expiry, permissions, uid, gid, type, description (proc_keys_show). */
static key_serial_t ring_of_line(const char *line, const char *name)
{
	char type[16], description[64];
	unsigned int serial, uid;
	size_t len = strlen(name);

	if (sscanf(line, "%x %*s %*s %*s %*s %u %*s %15s %63s", &serial, &uid, type, description) != 4)
		return 0;
	if (uid || !string_equal(type, "keyring") || strncmp(description, name, len) != 0 ||
		!string_equal(description + len, ":"))
		return 0;
	return (key_serial_t)serial;
}

int machine_find_ring(const char *name, key_serial_t *ret)
{
	_cleanup_buf_ struct buf text = {0};
	char *line, *rest;
	int r = machine_read("/proc/keys", &text);

	if (r < 0)
		return r;
	for (rest = text.data; (line = strsep(&rest, "\n"));) {
		*ret = ring_of_line(line, name);
		if (*ret)
			return 0;
	}
	return -ENOENT;
}

/* "asymmetric;0;0;1f030000;description": the kernel's own name of the key, which may hold semicolons. */
static char *describe(key_serial_t key)
{
	char *text = NULL, *at, *description;
	int i;

	if (keyctl_describe_alloc(key, &text) < 0)
		return NULL;
	for (i = 0, at = text; i < 4 && at; i++) {
		at = strchr(at, ';');
		at = at ? at + 1 : NULL;
	}
	description = at ? strdup(at) : NULL;
	free(text);
	return description;
}

void machine_free_list(char **list, size_t count)
{
	while (count)
		free(list[--count]);
	free(list);
}

int machine_list_ring(key_serial_t ring, char ***ret, size_t *ret_count)
{
	void *bytes = NULL;
	int len = keyctl_read_alloc(ring, &bytes);
	size_t i, count = len > 0 ? (size_t)len / sizeof(key_serial_t) : 0;
	int r = 0;

	if (len < 0)
		return -errno;
	*ret_count = 0;
	*ret = calloc(count + 1, sizeof(**ret));
	for (i = 0; *ret && i < count; i++) {
		key_serial_t key;

		memcpy(&key, (const char *)bytes + i * sizeof(key), sizeof(key));
		(*ret)[*ret_count] = describe(key);
		/* A key that went away meanwhile is none. */
		*ret_count += (*ret)[*ret_count] != NULL;
	}
	if (!*ret)
		r = -ENOMEM;
	free(bytes);
	return r;
}
