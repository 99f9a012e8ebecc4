// SPDX-License-Identifier: MIT
/* Which files an execution opens: the files themselves, and scripts; see closure.h. */
#include "closure_internal.h"

#include <elf.h>
#include <errno.h>
#include <time.h>
#include "bytes.h"

#define SCRIPT_LINE CLOSURE_INTERPRETER_MAX /* bytes that the kernel looks at (BINPRM_BUF_SIZE) */
#define SCRIPT_DEPTH 5                      /* interpreters of interpreters (exec_binprm) */
#define WORK_OPEN 512                       /* of the kernel, for a file that is opened or not there */
#define WORK_READ 4096                      /* for a file that is read, without its names */
#define WORK_NAME 256                       /* for each name that is read of it */

void closure_init(struct closure *closure, int root_fd, const char *root)
{
	*closure = (struct closure){.root_fd = root_fd, .root = root, .cache_file = {.fd = -1}};
}

static long long now(void)
{
	struct timespec time = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

void closure_limit_time(struct closure *closure, unsigned int seconds)
{
	closure->deadline = now() + seconds;
}

int closure_count(struct closure *closure, size_t user, size_t things, const char *text)
{
	closure->work += (uint64_t)things * (1 + strlen(text) / 8);
	if (user != CLOSURE_NONE)
		closure->busy = user;
	return closure->work > CLOSURE_WORK_MAX || closure->kept > CLOSURE_KEPT_MAX ||
			       (closure->deadline && now() >= closure->deadline)
		       ? -E2BIG
		       : 0;
}

/* A zeroed entry behind an array, which it may move. */
static void *grow(void *array_pointer, size_t count, size_t size)
{
	char **array = array_pointer, *grown = realloc(*array, (count + 1) * size);

	if (!grown)
		return NULL;
	*array = grown;
	return memset(grown + count * size, 0, size);
}

int closure_gap(struct closure *closure, const char *name, size_t user, const char *reason)
{
	int r = closure_count(closure, user, closure->gap_count, name);
	struct closure_gap *gap;
	size_t i;

	if (r < 0)
		return r;
	for (i = 0; i < closure->gap_count; i++)
		if (closure->gaps[i].user == user && string_equal(closure->gaps[i].name, name))
			return 0;
	if (closure->gap_count == CLOSURE_FILES_MAX)
		return -E2BIG;
	gap = grow(&closure->gaps, closure->gap_count, sizeof(*closure->gaps));
	if (!gap || !(gap->name = strdup(name)))
		return -ENOMEM;
	closure->kept += strlen(name) + ELF_STRING_EXTRA;
	gap->user = user;
	gap->reason = reason;
	closure->gap_count++;
	return 0;
}

/* Says why a program could not be added whole. */
static int refuse(const struct closure *closure, struct problem *problem, int error)
{
	switch (error) {
	case -ENOEXEC:
		return problem_set(
			problem, error, "is a script whose first line names no interpreter within 256 bytes");
	case -ELOOP:
		return problem_set(problem, error,
			"is a script behind more than four others, which the kernel does not run");
	case -E2BIG:
		return problem_set(problem, error,
			"%s asks for more files, names or folders than can be looked at in the time and "
			"memory for it",
			closure->busy < closure->count ? closure->files[closure->busy].path : "it");
	case -ENOMEM:
		return problem_set(problem, error, "out of memory");
	default:
		return problem_set(problem, error, "cannot be read: %s", strerror(-error));
	}
}

static size_t find_file(const struct closure *closure, const struct stat *st)
{
	size_t i;

	for (i = 0; i < closure->count; i++)
		if (closure->files[i].dev == st->st_dev && closure->files[i].ino == st->st_ino)
			return i;
	return CLOSURE_NONE;
}

/* Adds a file that is open. Its ELF part is read; where it has one that is not right, that is a gap. */
static ssize_t add_file(struct closure *closure, int fd, const struct stat *st, const char *path, size_t user)
{
	struct elf_source source = {.fd = fd, .len = (uint64_t)st->st_size};
	char real[PATH_MAX];
	struct closure_file *file;
	const char *why = NULL;
	int r;

	if (closure->count == CLOSURE_FILES_MAX)
		return -E2BIG;
	file = grow(&closure->files, closure->count, sizeof(*closure->files));
	if (!file)
		return -ENOMEM;
	file->path = strdup(rootfile_real_path(closure->root_fd, fd, real) == 0 ? real : path);
	if (!file->path)
		return -ENOMEM;
	file->dev = st->st_dev;
	file->ino = st->st_ino;
	file->mode = st->st_mode;
	file->user = user == CLOSURE_NONE ? closure->count : user;
	closure->count++;
	closure->work += WORK_READ;
	closure->kept += strlen(file->path) + ELF_STRING_EXTRA;
	file->elf = malloc(sizeof(*file->elf));
	r = file->elf ? elf_read(&source, file->elf, &why) : -ENOMEM;
	if (r == 0) {
		closure->work += file->elf->needed_count * WORK_NAME;
		closure->kept += file->elf->kept;
		return (ssize_t)closure->count - 1;
	}
	free(file->elf);
	file->elf = NULL;
	if (r != -ENOMEM)
		r = r == -ENOEXEC ? 0 : closure_gap(closure, path, file->user, why);
	return r < 0 ? r : (ssize_t)closure->count - 1;
}

/* The file that is open, added or known before, with the role. */
static ssize_t take_file(struct closure *closure, int fd, const struct stat *st, const char *path,
	unsigned int role, size_t user)
{
	size_t known = find_file(closure, st);
	ssize_t file = known == CLOSURE_NONE ? add_file(closure, fd, st, path, user) : (ssize_t)known;

	if (file >= 0)
		closure->files[file].roles |= role;
	return file;
}

/* Counts the work of opening a file: by the length of its path, and for the files with which it is compared. */
static int count_open(struct closure *closure, const char *path, size_t user)
{
	closure->work += WORK_OPEN + closure->count;
	return closure_count(closure, user, 32, path);
}

/* Opens a file that the user asks for; one that is too large is a gap. */
static int open_wanted(
	struct closure *closure, const char *path, unsigned int role, size_t user, struct stat *ret_st)
{
	bool of_linker = role == CLOSURE_SETTINGS;
	int fd = count_open(closure, path, user), r;

	if (fd < 0)
		return fd;
	fd = rootfile_try(closure->root_fd, path, of_linker ? LDCACHE_SIZE_MAX : CLOSURE_FILE_MAX, ret_st);
	if (fd != -EFBIG)
		return fd;
	r = closure_gap(closure, path, user,
		of_linker ? "is larger than 16 MiB, and was not looked at"
			  : "is larger than 1 GiB, and was not looked at");
	return r < 0 ? r : fd;
}

ssize_t closure_open(
	struct closure *closure, const char *path, unsigned int role, size_t user, struct problem *problem)
{
	struct stat st;
	_cleanup_close_ int fd =
		problem ? rootfile_open(closure->root_fd, closure->root, path, CLOSURE_FILE_MAX, problem)
			: open_wanted(closure, path, role, user, &st);
	ssize_t file;

	if (fd < 0)
		return fd;
	if (problem && fstat(fd, &st) < 0)
		return refuse(closure, problem, -errno);
	file = take_file(closure, fd, &st, path, role, user);
	if (file < 0 && problem)
		refuse(closure, problem, (int)file);
	return file;
}

/* True where the file's header is one of the program's class and machine; a malformed rest is told later. */
static bool is_alike(int fd, const struct elf *elf)
{
	uint8_t header[20];

	return pread(fd, header, sizeof(header), 0) == sizeof(header) &&
	       memcmp(header, ELFMAG, SELFMAG) == 0 &&
	       header[EI_CLASS] == (elf->bits == 64 ? ELFCLASS64 : ELFCLASS32) &&
	       header[EI_DATA] == (elf->big_endian ? ELFDATA2MSB : ELFDATA2LSB) &&
	       bytes_number(header + 18, 2, elf->big_endian) == elf->machine;
}

ssize_t load_open(struct load *load, const char *path, size_t object)
{
	struct closure *closure = load->closure;
	size_t user = load->objects[object].file;
	struct stat st;
	_cleanup_close_ int fd = open_wanted(closure, path, CLOSURE_LIBRARY, user, &st);
	ssize_t file;

	if (fd < 0)
		return fd == -EFBIG ? -ENOEXEC : fd;
	if (!is_alike(fd, object_elf(load, 0)))
		return -ENOENT;
	file = take_file(closure, fd, &st, path, CLOSURE_LIBRARY, user);
	return file >= 0 && !closure->files[file].elf ? -ENOEXEC : file;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * The interpreter of a script's first line (load_script). Returns 0, -ENODATA where the file is no script, -ENOEXEC
 * where the kernel takes no interpreter from it.
 */
static int script_interpreter(int fd, char ret[static SCRIPT_LINE])
{
	char line[SCRIPT_LINE + 1] = "", *start = line + 2, *end, *newline;
	ssize_t n = pread(fd, line, SCRIPT_LINE, 0);

	if (n < 2 || line[0] != '#' || line[1] != '!')
		return n < 0 ? -errno : -ENODATA;
	newline = memchr(line, '\n', SCRIPT_LINE);
	if (newline)
		*newline = '\0';
	while (is_blank(*start))
		start++;
	end = start;
	while (*end && !is_blank(*end))
		end++;
	/* A name that the kernel's buffer may have cut is not taken. */
	if (end == start || (!newline && end == line + SCRIPT_LINE))
		return -ENOEXEC;
	*end = '\0';
	memcpy(ret, start, (size_t)(end - start) + 1);
	return 0;
}

/* A path as the first process has it, whose working folder is the root. */
static int from_root(const char *path, char *ret, size_t size)
{
	size_t slash = *path != '/', len = strlen(path);

	if (len + slash >= size)
		return -ENAMETOOLONG;
	*ret = '/';
	memcpy(ret + slash, path, len + 1);
	return 0;
}

int closure_interpreter(
	const struct closure *closure, const char *path, char ret[static CLOSURE_INTERPRETER_MAX + 1])
{
	char name[SCRIPT_LINE];
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(closure->root_fd, path, CLOSURE_FILE_MAX, &st);
	int r = fd < 0 ? fd : script_interpreter(fd, name);

	return r < 0 ? r : from_root(name, ret, CLOSURE_INTERPRETER_MAX + 1);
}

/* The dynamic linker of a program, and then its libraries. */
static int add_linker(struct closure *closure, size_t program)
{
	const struct elf *elf = closure->files[program].elf;
	char path[PATH_MAX];
	ssize_t linker;

	if (closure->files[program].complete || !elf->interp)
		return 0;
	closure->files[program].complete = true;
	if (from_root(elf->interp, path, sizeof(path)) < 0)
		return closure_gap(closure, elf->interp, program, "is too long a path");
	linker = closure_open(closure, path, CLOSURE_LINKER, program, NULL);
	if (linker == -ENOMEM || linker == -E2BIG)
		return (int)linker;
	/* One that is too large is a gap already, and stays that one. */
	if (linker < 0)
		return closure_gap(closure, path, program, "is not there");
	return closure_load(closure, program, (size_t)linker);
}

/*
 * The interpreter of a file that is a script: opens it as a program. Returns its index, -ENODATA where the file is no
 * script, or another negative errno.
 */
static ssize_t add_interpreter(struct closure *closure, size_t script)
{
	char path[CLOSURE_INTERPRETER_MAX + 1];
	ssize_t file;
	int r = closure_interpreter(closure, closure->files[script].path, path);

	if (r < 0)
		return r;
	closure->files[script].roles |= CLOSURE_SCRIPT;
	file = closure_open(closure, path, CLOSURE_PROGRAM, script, NULL);
	if (file >= 0 || file == -ENOMEM || file == -E2BIG)
		return file;
	r = closure_gap(closure, path, script, "is not there");
	return r < 0 ? r : -ENODATA;
}

static int add_rest(struct closure *closure, size_t program)
{
	ssize_t next = (ssize_t)program;
	unsigned int depth;

	for (depth = 0; next >= 0 && !closure->files[next].elf; depth++) {
		if (depth >= SCRIPT_DEPTH)
			return -ELOOP;
		program = (size_t)next;
		next = add_interpreter(closure, program);
	}
	if (next >= 0)
		return add_linker(closure, (size_t)next);
	return next == -ENODATA ? 0 : (int)next;
}

ssize_t closure_add(struct closure *closure, const char *path, struct problem *problem)
{
	ssize_t file;
	int r = count_open(closure, path, CLOSURE_NONE);

	if (r < 0)
		return refuse(closure, problem, r);
	file = closure_open(closure, path, 0, CLOSURE_NONE, problem);
	if (file < 0)
		return file;
	if (!(closure->files[file].mode & 0111))
		return problem_set(problem, -EACCES, "is not executable");
	/* Its own user: it was asked for. Once it was a program, all that it opens is there. */
	closure->files[file].user = (size_t)file;
	if (closure->files[file].roles & (CLOSURE_PROGRAM | CLOSURE_SCRIPT))
		return file;
	closure->files[file].roles |= CLOSURE_PROGRAM;
	r = add_rest(closure, (size_t)file);
	return r < 0 ? refuse(closure, problem, r) : file;
}

void closure_free(struct closure *closure)
{
	size_t i;

	for (i = 0; i < closure->count; i++) {
		free(closure->files[i].path);
		if (closure->files[i].elf)
			elf_free(closure->files[i].elf);
		free(closure->files[i].elf);
	}
	for (i = 0; i < closure->gap_count; i++)
		free(closure->gaps[i].name);
	free(closure->files);
	free(closure->gaps);
	rootfile_free(&closure->cache_file);
	*closure = (struct closure){.root_fd = -1, .cache_file = {.fd = -1}};
}
