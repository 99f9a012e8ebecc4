// SPDX-License-Identifier: MIT
/* The units of a root, followed from the default target; see units.h. */
#include "units.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include "rootfile.h"

#define NAMES_MAX 4096 /* in one folder */

/* Where systemd looks for units, the first wins (systemd.unit(5)); /run is empty before a boot. */
static const char *const folders[] = {"/etc/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system", "/lib/systemd/system"};
static const char *const program_folders[] = {
	"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

#define INDEX_SIZE 16384 /* more than UNITS_MAX, and a power of two */

struct follow {
	int root_fd;
	const char *root;
	struct units *units;
	const char *unit;           /* the one at hand */
	size_t bytes;               /* that were read */
	uint16_t index[INDEX_SIZE]; /* open addressing: 1 + the place in units->names */
};

static int add_string(char ***list, size_t *count, const char *bytes, size_t len)
{
	char **longer = reallocarray(*list, *count + 1, sizeof(**list));

	if (!longer)
		return -ENOMEM;
	*list = longer;
	longer[*count] = strndup(bytes, len);
	return longer[*count] ? ((*count)++, 0) : -ENOMEM;
}

/* The kinds that start something, or lead to what does. */
static bool is_unit_name(const char *name, size_t len)
{
	static const char *const kinds[] = {".target", ".service", ".socket", ".timer", ".path", ".mount",
		".swap", ".automount", ".slice", ".device"};
	size_t i, kind;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		kind = strlen(kinds[i]);
		if (len > kind && len < 256 && memcmp(name + len - kind, kinds[i], kind) == 0 &&
			!memchr(name, '/', len) && !memchr(name, '\0', len))
			return true;
	}
	return false;
}

/* Where a unit is, or would be, in the index. */
static uint16_t *index_place(struct follow *follow, const char *name, size_t len)
{
	const struct units *units = follow->units;
	uint32_t at = 2166136261u;
	const char *other;
	size_t i;

	for (i = 0; i < len; i++)
		at = (at ^ (uint8_t)name[i]) * 16777619u;
	for (;; at++) {
		uint16_t *place = &follow->index[at & (INDEX_SIZE - 1)];

		if (!*place)
			return place;
		other = units->names[*place - 1];
		if (strncmp(other, name, len) == 0 && !other[len])
			return place;
	}
}

/* Adds a unit to be followed, once. */
static int add_unit(void *context, const char *name, size_t len)
{
	struct follow *follow = context;
	struct units *units = follow->units;
	uint16_t *place;
	int r;

	if (!is_unit_name(name, len))
		return 0;
	place = index_place(follow, name, len);
	if (*place)
		return 0;
	if (units->count == UNITS_MAX) {
		units->too_many = true;
		return 0;
	}
	r = add_string(&units->names, &units->count, name, len);
	if (r == 0)
		*place = (uint16_t)units->count;
	return r;
}

static int add_command(void *context, const char *path, size_t len)
{
	struct follow *follow = context;
	struct units *units = follow->units;
	struct units_command command = {0}, *longer;

	if (units->command_count == UNITS_COMMANDS_MAX) {
		units->too_many = true;
		return 0;
	}
	command = (struct units_command){.path = strndup(path, len), .unit = strdup(follow->unit)};
	longer = reallocarray(units->commands, units->command_count + 1, sizeof(*units->commands));
	if (longer)
		units->commands = longer;
	if (longer && command.path && command.unit) {
		longer[units->command_count++] = command;
		return 0;
	}
	free(command.path);
	free(command.unit);
	return -ENOMEM;
}

/*
 * What a unit's name is a link to: /dev/null masks the unit, another name is the unit's own. Only the text of the link
 * is read. Returns 1 when it is masked, 0 or -ENOMEM.
 */
static int read_link(struct follow *follow, const char *path)
{
	char target[512];
	ssize_t len = readlinkat(follow->root_fd, path + 1, target, sizeof(target) - 1);
	const char *name;

	if (len <= 0)
		return 0;
	target[len] = '\0';
	name = strrchr(target, '/');
	return string_equal(target, "/dev/null")
		       ? 1
		       : add_unit(follow, name ? name + 1 : target, strlen(name ? name + 1 : target));
}

/* Reads one file of a unit, if it is there. Returns 1 when it was, 0 or -ENOMEM. */
static int read_file(struct follow *follow, const char *path)
{
	const struct units_sink sink = {.context = follow, .unit = add_unit, .command = add_command};
	_cleanup_problem_ struct problem ignored = {0};
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	int r = read_link(follow, path);

	if (r)
		return r;
	if (follow->bytes > UNITS_BYTES_MAX) {
		follow->units->too_many = true;
		return 0;
	}
	r = rootfile_read(follow->root_fd, follow->root, path, UNITS_FILE_MAX, &file, &ignored);
	if (r < 0)
		return r == -ENOMEM ? r : r == -ENODATA; /* an empty file is a masked unit */
	follow->bytes += file.len;
	r = add_string(&follow->units->files, &follow->units->file_count, path, strlen(path));
	if (r == 0)
		r = units_parse((const char *)file.bytes, file.len, &sink);
	return r < 0 ? r : 1;
}

/* The names in a folder, those that end so; each is a unit, or a file of settings. */
static int read_folder(struct follow *follow, const char *folder, const char *suffix)
{
	char **names = NULL, *path;
	size_t count = 0, i;
	int r = 0;

	if (root_list(follow->root_fd, folder, NAMES_MAX, &names, &count) < 0)
		return 0;
	for (i = 0; r >= 0 && i < count; i++) {
		size_t len = strlen(names[i]);

		if (!suffix) {
			r = add_unit(follow, names[i], len);
		} else if (len > strlen(suffix) && string_equal(names[i] + len - strlen(suffix), suffix)) {
			r = asprintf(&path, "%s/%s", folder, names[i]) < 0 ? -ENOMEM : 0;
			if (r == 0) {
				r = read_file(follow, path);
				free(path);
			}
		}
	}
	root_list_free(names, count);
	return r < 0 ? r : 0;
}

/* "getty@tty1.service" is made from "getty@.service". */
static void template_of(const char *name, char ret[static 256])
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (at && dot && at < dot)
		(void)snprintf(ret, 256, "%.*s%s", (int)(at - name) + 1, name, dot);
	else
		(void)snprintf(ret, 256, "%s", name);
}

/* The unit's own file, the first that is there, and what every folder adds to it. */
static int follow_name(struct follow *follow, const char *name)
{
	char path[512];
	bool found = false;
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < ARRAY_SIZE(folders); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		r = found ? 0 : read_file(follow, path);
		found |= r > 0;
		(void)snprintf(path, sizeof(path), "%s/%s.d", folders[i], name);
		if (r >= 0)
			r = read_folder(follow, path, ".conf");
		(void)snprintf(path, sizeof(path), "%s/%s.wants", folders[i], name);
		if (r >= 0)
			r = read_folder(follow, path, NULL);
		(void)snprintf(path, sizeof(path), "%s/%s.requires", folders[i], name);
		if (r >= 0)
			r = read_folder(follow, path, NULL);
	}
	return r < 0 ? r : 0;
}

static int follow_unit(struct follow *follow, const char *name)
{
	char model[256], service[256];
	const char *dot = strrchr(name, '.');
	int r;

	follow->unit = name;
	template_of(name, model);
	r = follow_name(follow, name);
	if (r == 0 && !string_equal(model, name))
		r = follow_name(follow, model);
	/* A socket, a timer and a path start the service of their name. */
	if (r == 0 && dot &&
		(string_equal(dot, ".socket") || string_equal(dot, ".timer") || string_equal(dot, ".path"))) {
		(void)snprintf(service, sizeof(service), "%.*s.service", (int)(dot - name), name);
		if (strlen(service) < sizeof(service) - 1)
			r = add_unit(follow, service, strlen(service));
	}
	return r;
}

/* A program without a slash is looked for where systemd looks for it. */
static int find_program(struct follow *follow, struct units_command *command)
{
	struct stat st;
	char *path;
	size_t i;
	int fd;

	if (strchr(command->path, '/'))
		return 0;
	for (i = 0; i < ARRAY_SIZE(program_folders); i++) {
		if (asprintf(&path, "%s/%s", program_folders[i], command->path) < 0)
			return -ENOMEM;
		fd = rootfile_try(follow->root_fd, path, UINT64_MAX, &st);
		if (fd >= 0) {
			(void)close(fd);
			free(command->path);
			command->path = path;
			return 0;
		}
		free(path);
	}
	return 0;
}

int units_follow(int root_fd, const char *root, struct units *ret)
{
	struct follow follow = {.root_fd = root_fd, .root = root, .units = ret};
	static const char first[] = "default.target";
	size_t i;
	int r;

	*ret = (struct units){0};
	r = add_unit(&follow, first, strlen(first));
	for (i = 0; r == 0 && i < ret->count; i++)
		r = follow_unit(&follow, ret->names[i]);
	for (i = 0; r == 0 && i < ret->command_count; i++)
		r = find_program(&follow, &ret->commands[i]);
	return r;
}

void units_free(struct units *units)
{
	while (units->count)
		free(units->names[--units->count]);
	while (units->file_count)
		free(units->files[--units->file_count]);
	while (units->command_count) {
		free(units->commands[--units->command_count].path);
		free(units->commands[units->command_count].unit);
	}
	free(units->names);
	free(units->files);
	free(units->commands);
	*units = (struct units){0};
}
