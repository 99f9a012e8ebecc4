// SPDX-License-Identifier: MIT
/* Where the dynamic linker finds a library (ld.so(8); glibc: _dl_map_object, open_path; musl: load_library, path_open). */
#include "closure_internal.h"

#include <elf.h>
#include <errno.h>
#include "format.h"
#include "hwcaps.h"

/* A library on its way. */
struct search {
	struct load *load;
	const char *name;
	size_t object; /* that asks for it */
	char *path;    /* where it is looked for: PATH_MAX bytes */
};

/* What the C library was built with, by machine and width: $LIB of Debian, and $PLATFORM (AT_PLATFORM). */
static const struct {
	uint16_t machine;
	unsigned int bits;
	char multiarch[24], platform[8];
} machines[] = {
	{EM_X86_64, 64, "x86_64-linux-gnu", "x86_64"}, {EM_X86_64, 32, "x86_64-linux-gnux32", "x86_64"},
	{EM_386, 32, "i386-linux-gnu", "i686"}, {EM_AARCH64, 64, "aarch64-linux-gnu", "aarch64"},
	{EM_ARM, 32, "arm-linux-gnueabihf", "v7l"}, {EM_PPC64, 64, "powerpc64le-linux-gnu", ""},
	{EM_RISCV, 64, "riscv64-linux-gnu", ""}, {EM_S390, 64, "s390x-linux-gnu", ""},
	{0, 0, "", ""}, /* any other */
};

static size_t find_machine(const struct elf *elf)
{
	size_t i = 0;

	while (machines[i].machine && (machines[i].machine != elf->machine || machines[i].bits != elf->bits))
		i++;
	return i;
}

/*
 * $LIB: Debian's linker has its multiarch folder built in, others lib64 or lib. Which of them this root's was built for
 * shows in the folders that are there.
 */
static void find_lib(struct load *load, const struct elf *elf)
{
	const char *multiarch = machines[find_machine(elf)].multiarch;
	int root_fd = load->closure->root_fd;
	char path[64];

	(void)format_text(path, sizeof(path), "/usr/lib/%s", multiarch);
	(void)format_text(load->lib, sizeof(load->lib), "lib/%s", multiarch);
	if (*multiarch && (root_has_folder(root_fd, path) || root_has_folder(root_fd, path + strlen("/usr"))))
		return;
	(void)format_text(load->lib, sizeof(load->lib), "%s",
		elf->bits == 64 && root_has_folder(root_fd, "/usr/lib64") ? "lib64" : "lib");
}

void load_begin(struct load *load)
{
	const struct elf *elf = object_elf(load, 0);

	find_lib(load, elf);
	load->level = load->closure->level ? load->closure->level : hwcaps_running(elf->machine);
	/* Neither musl nor programs of 32 bits have such folders. */
	if (load->musl || elf->bits != 64)
		load->level = 1;
}

/* Adds text to a path; false where it has no room. */
static bool append(char path[static PATH_MAX], const char *text, size_t len)
{
	size_t used = strlen(path);

	if (len >= PATH_MAX - used)
		return false;
	memcpy(path + used, text, len);
	path[used + len] = '\0';
	return true;
}

/* The length of a token like $ORIGIN or ${ORIGIN} at the start of the text; 0: it is not that one. */
static size_t token(const char *text, size_t len, const char *name)
{
	size_t n = strlen(name), curly = len > 1 && text[1] == '{';

	if (len < 1 + n + 2 * curly || memcmp(text + 1 + curly, name, n) != 0 ||
		(curly && text[1 + curly + n] != '}'))
		return 0;
	return 1 + n + 2 * curly;
}

/* Adds the value of the token at the start of the text. Returns its length, 0 where it cannot be used. */
static size_t append_token(const struct load *load, size_t object, const char *text, size_t len, char *path)
{
	const char *origin = load->objects[object].path, *slash = strrchr(origin, '/');
	const char *platform = machines[find_machine(object_elf(load, 0))].platform;
	size_t n = token(text, len, "ORIGIN");

	if (n)
		return slash && append(path, origin, (size_t)(slash - origin)) ? n : 0;
	if (load->musl)
		return 0;
	n = token(text, len, "LIB");
	if (n)
		return append(path, load->lib, strlen(load->lib)) ? n : 0;
	n = token(text, len, "PLATFORM");
	return n && *platform && append(path, platform, strlen(platform)) ? n : 0;
}

/* A piece of a list of folders, or a name, with its tokens put in; relative ones begin at the first process's folder, "/". */
static bool expand(
	const struct load *load, size_t object, const char *text, size_t len, char path[static PATH_MAX])
{
	const char *dollar;
	size_t n;

	*path = '\0';
	if (len && *text != '/' && *text != '$' && !append(path, "/", 1))
		return false;
	while (len) {
		dollar = memchr(text, '$', len);
		n = dollar ? (size_t)(dollar - text) : len;
		if (n ? !append(path, text, n) : !(n = append_token(load, object, text, len, path)))
			return false;
		text += n;
		len -= n;
	}
	return true;
}

/* Errors that end the search; others mean that the file is not the one. */
static bool is_final(ssize_t r)
{
	return r >= 0 || r == -ENOMEM || r == -E2BIG || r == -ENOEXEC;
}

/* Looks for the library in a folder, whose name is in search->path: for newer processors first. */
static ssize_t try_folder(struct search *search)
{
	uint16_t machine = object_elf(search->load, 0)->machine;
	unsigned int level = search->load->level;
	size_t len = strlen(search->path);
	const char *folder;
	ssize_t file;

	for (; level >= 1; level--) {
		folder = hwcaps_name(machine, level);
		search->path[len] = '\0';
		if (level > 1 &&
			(!folder || !append(search->path, "/" HWCAPS_DIR "/", sizeof(HWCAPS_DIR) + 1) ||
				!append(search->path, folder, strlen(folder))))
			continue;
		if (!append(search->path, "/", 1) ||
			!append(search->path, search->name, strlen(search->name)))
			continue;
		file = load_open(search->load, search->path, search->object);
		if (is_final(file))
			return file;
	}
	return -ENOENT;
}

/* Looks into the folders of a list with colons, which the object has. */
static ssize_t try_list(struct search *search, const char *list, size_t object)
{
	ssize_t file;
	size_t len;

	for (; list; list = list[len] ? list + len + 1 : NULL) {
		len = strcspn(list, ":");
		search->load->closure->work += len;
		if (!expand(search->load, object, list, len, search->path))
			continue;
		file = try_folder(search);
		if (is_final(file))
			return file;
	}
	return -ENOENT;
}

/* DT_RPATH of the object and of those that led to it; with musl DT_RUNPATH counts as such. */
static ssize_t try_inherited(struct search *search)
{
	const struct load *load = search->load;
	size_t object = search->object;
	ssize_t file = -ENOENT;

	for (; object != CLOSURE_NONE && !is_final(file); object = load->objects[object].loader) {
		const struct elf *elf = object_elf(load, object);
		const char *list = load->musl && elf->runpath ? elf->runpath : elf->rpath;

		if (list)
			file = try_list(search, list, object);
	}
	return file;
}

/* The default folders of the GNU linker, of which its own file says nothing that could be read safely. */
static void default_folders(const struct load *load, char ret[static PATH_MAX])
{
	if (string_equal(load->lib, "lib"))
		(void)format_text(ret, PATH_MAX, "/lib:/usr/lib");
	else
		(void)format_text(ret, PATH_MAX, "/%s:/usr/%s:/lib:/usr/lib", load->lib, load->lib);
}

/* True where the path is in one of the default folders themselves. */
static bool is_default(const struct load *load, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash - path) : 0, len;
	char list[PATH_MAX], *at;

	default_folders(load, list);
	for (at = list; at; at = at[len] ? at + len + 1 : NULL) {
		len = strcspn(at, ":");
		if (len == folder && memcmp(at, path, len) == 0)
			return true;
	}
	return false;
}

static void read_cache(struct load *load)
{
	struct closure *closure = load->closure;
	_cleanup_problem_ struct problem problem = {0};
	ssize_t file;

	closure->cache_read = true;
	file = closure_open(closure, LDCACHE_PATH, CLOSURE_SETTINGS, load->objects[0].file, NULL);
	if (file < 0 || rootfile_read(closure->root_fd, closure->root, LDCACHE_PATH, LDCACHE_SIZE_MAX,
				&closure->cache_file, &problem) < 0)
		return;
	if (ldcache_parse(closure->cache_file.bytes, closure->cache_file.len, object_elf(load, 0)->big_endian,
		    &closure->cache) < 0)
		closure->cache = (struct ldcache){0};
}

static ssize_t try_cache(struct search *search)
{
	struct closure *closure = search->load->closure;
	const struct elf *elf = object_elf(search->load, 0);
	const char *path;

	if (!closure->cache_read)
		read_cache(search->load);
	if (closure_count(closure, CLOSURE_NONE, closure->cache.count, search->name) < 0)
		return -E2BIG;
	path = ldcache_find(&closure->cache, search->name, elf->machine, elf->bits, search->load->level);
	if (!path || (object_elf(search->load, search->object)->no_default && is_default(search->load, path)))
		return -ENOENT;
	*search->path = '\0';
	return append(search->path, path, strlen(path))
		       ? load_open(search->load, search->path, search->object)
		       : -ENAMETOOLONG;
}

static ssize_t find_gnu(struct search *search)
{
	const struct elf *elf = object_elf(search->load, search->object);
	char list[PATH_MAX];
	ssize_t file = elf->runpath ? try_list(search, elf->runpath, search->object) : try_inherited(search);

	if (!is_final(file))
		file = try_cache(search);
	if (is_final(file) || elf->no_default)
		return file;
	default_folders(search->load, list);
	return try_list(search, list, search->object);
}

ssize_t load_find(struct load *load, const char *name, size_t object, char ret[static PATH_MAX])
{
	struct search search = {.load = load, .name = name, .object = object, .path = ret};
	ssize_t file;

	if (strchr(name, '/'))
		return expand(load, object, name, strlen(name), ret) ? load_open(load, ret, object) : -ENOENT;
	if (!load->musl)
		return find_gnu(&search);
	file = try_inherited(&search);
	return is_final(file) ? file : try_list(&search, load->musl_folders, object);
}
