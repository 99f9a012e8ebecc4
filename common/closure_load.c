// SPDX-License-Identifier: MIT
/*
 * The objects that a program's dynamic linker loads, in its order: what is preloaded, then level by level what each
 * asks for (glibc: _dl_map_object_deps, _dl_map_object; musl: load_deps, load_library).
 */
#include "closure_internal.h"

#include <errno.h>
#include "format.h"

#define PRELOAD_PATH "/etc/ld.so.preload"
#define SMALL_FILE (64 * 1024) /* bytes of a list of names */
#define MUSL_NAME "ld-musl-"
#define MUSL_FOLDERS "/lib:/usr/local/lib:/usr/lib"

const struct elf *object_elf(const struct load *load, size_t object)
{
	return load->closure->files[load->objects[object].file].elf;
}

/* Adds an object, or a name of one. Returns its index or a negative errno. */
static ssize_t add_object(
	struct load *load, size_t file, const char *request, const char *path, size_t loader, bool is_name)
{
	struct object *grown, *object;

	if (load->count == CLOSURE_OBJECTS_MAX)
		return -E2BIG;
	grown = realloc(load->objects, (load->count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	load->closure->kept += strlen(request) + strlen(path) + 2 * ELF_STRING_EXTRA;
	load->objects = grown;
	object = &grown[load->count++];
	*object = (struct object){.file = file,
		.request = strdup(request),
		.path = strdup(path),
		.loader = loader,
		.is_name = is_name};
	return object->request && object->path ? (ssize_t)load->count - 1 : -ENOMEM;
}

/* musl is its own C library: these names are never looked for (load_library). */
static bool is_musl_itself(const char *name)
{
	static const char *const reserved[] = {"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."};
	size_t i;

	if (strncmp(name, "lib", 3) != 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		if (strncmp(name + 3, reserved[i], strlen(reserved[i])) == 0)
			return true;
	return false;
}

/* True where an object of that name is there already, by the names it was loaded by or by its own. */
static bool is_loaded(const struct load *load, const char *name)
{
	const struct elf *linker = load->closure->files[load->linker].elf;
	const char *soname;
	size_t i;

	for (i = 0; i < load->count; i++) {
		if (string_equal(load->objects[i].request, name) || string_equal(load->objects[i].path, name))
			return true;
		soname = object_elf(load, i)->soname;
		if (!load->musl && soname && string_equal(soname, name))
			return true;
	}
	if (load->musl)
		return is_musl_itself(name);
	return linker && linker->soname && string_equal(linker->soname, name);
}

/* Loads what an object asks for by a name, unless it is there. */
static int load_one(struct load *load, const char *name, size_t object)
{
	size_t user = load->objects[object].file, i;
	char path[PATH_MAX];
	bool known = false;
	ssize_t file = closure_count(load->closure, user, 3 * load->count, name);

	if (file < 0 || is_loaded(load, name))
		return (int)file;
	file = load_find(load, name, object, path);
	if (file == -ENOMEM || file == -E2BIG)
		return (int)file;
	if (file == -ENOEXEC)
		return 0;
	if (file < 0)
		return closure_gap(load->closure, name, user, "is not found");
	for (i = 0; i < load->count; i++)
		known |= load->objects[i].file == (size_t)file;
	known |= load->linker == (size_t)file;
	file = add_object(load, (size_t)file, name, path, object, known);
	return file < 0 ? (int)file : 0;
}

/* Reads a small file of names; NULL where there is none. */
static char *read_names(struct closure *closure, const char *path, size_t user)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem problem = {0};
	ssize_t index = closure_open(closure, path, CLOSURE_SETTINGS, user, NULL);

	if (index < 0 ||
		rootfile_read(closure->root_fd, closure->root, path, SMALL_FILE, &file, &problem) < 0)
		return NULL;
	return strndup((const char *)file.bytes, file.len);
}

/* /etc/ld.so.preload: names between blanks, newlines and colons; # begins a comment (rtld.c, do_preload). */
static int load_preloaded(struct load *load)
{
	_cleanup_free_ char *names = read_names(load->closure, PRELOAD_PATH, load->objects[0].file);
	char *comment, *name, *rest;
	int r = 0;

	if (!names)
		return 0;
	for (comment = names; (comment = strchr(comment, '#'));)
		memset(comment, ' ', strcspn(comment, "\n"));
	for (name = strtok_r(names, ": \t\n", &rest); r == 0 && name; name = strtok_r(NULL, ": \t\n", &rest))
		r = load_one(load, name, 0);
	return r;
}

/* musl's folders: of the file that is named for the architecture, beside the linker's own prefix (musl: sys_path). */
static int find_musl_folders(struct load *load, const char *interp)
{
	const char *base = strrchr(interp, '/') + 1, *dot = strstr(base, ".so");
	char path[PATH_MAX], *newline;
	int arch = (int)(dot ? dot - base : (ptrdiff_t)strlen(base));

	if (format_text(path, sizeof(path), "/etc/%.*s.path", arch, base) >= sizeof(path))
		return -ENAMETOOLONG;
	load->musl_folders = read_names(load->closure, path, load->objects[0].file);
	if (!load->musl_folders)
		load->musl_folders = strdup(MUSL_FOLDERS);
	if (!load->musl_folders)
		return -ENOMEM;
	for (newline = load->musl_folders; (newline = strchr(newline, '\n'));)
		*newline = ':';
	return 0;
}

static bool is_musl(const char *interp)
{
	const char *base = strrchr(interp, '/');

	return base && strncmp(base + 1, MUSL_NAME, sizeof(MUSL_NAME) - 1) == 0;
}

static int load_all(struct load *load)
{
	size_t i, n;
	int r = load->musl ? 0 : load_preloaded(load);

	for (i = 0; r == 0 && i < load->count; i++)
		for (n = 0; r == 0 && !load->objects[i].is_name && n < object_elf(load, i)->needed_count; n++)
			r = load_one(load, object_elf(load, i)->needed[n], i);
	return r;
}

int closure_load(struct closure *closure, size_t program, size_t linker)
{
	struct load load = {.closure = closure, .linker = linker};
	const char *interp = closure->files[program].elf->interp;
	ssize_t main_object =
		add_object(&load, program, "", closure->files[program].path, CLOSURE_NONE, false);
	int r = main_object < 0 ? (int)main_object : 0;
	size_t i;

	load.musl = is_musl(interp);
	if (r == 0)
		load_begin(&load);
	if (r == 0 && load.musl)
		r = find_musl_folders(&load, interp);
	if (r == 0)
		r = load_all(&load);
	for (i = 0; i < load.count; i++) {
		free(load.objects[i].request);
		free(load.objects[i].path);
	}
	free(load.objects);
	free(load.musl_folders);
	return r;
}
