// SPDX-License-Identifier: MIT
/* The regular files of a tree; see walk.h. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include "buf.h"
#include "filesystem.h"

/* Inodes with more than one name that were met: open addressing, at most half full. */
struct inodes {
	struct inode {
		uint64_t device, number; /* number 0: a free place */
	} * table;
	size_t size, count;
};

struct state {
	const struct walk *walk;
	dev_t device;    /* of the root */
	size_t root_len; /* of its path, without a slash at its end */
	size_t depth;
	struct buf path; /* of what is looked at */
	struct inodes inodes;
};

static struct inode *inodes_place(const struct inodes *inodes, const struct inode *wanted)
{
	uint64_t hash = (wanted->number ^ wanted->device << 17) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (inodes->size - 1);

	while (inodes->table[at].number &&
		(inodes->table[at].number != wanted->number || inodes->table[at].device != wanted->device))
		at = (at + 1) & (inodes->size - 1);
	return &inodes->table[at];
}

static int inodes_grow(struct inodes *inodes)
{
	struct inodes larger = {.size = inodes->size ? 2 * inodes->size : 256, .count = inodes->count};
	size_t i;

	larger.table = calloc(larger.size, sizeof(*larger.table));
	if (!larger.table)
		return -ENOMEM;
	for (i = 0; i < inodes->size; i++)
		if (inodes->table[i].number)
			*inodes_place(&larger, &inodes->table[i]) = inodes->table[i];
	free(inodes->table);
	*inodes = larger;
	return 0;
}

/* Returns 1 when it is new, 0 when it was met before, or -ENOMEM. */
static int inodes_add(struct inodes *inodes, const struct stat *st)
{
	struct inode inode = {.device = st->st_dev, .number = st->st_ino}, *place;

	if (2 * inodes->count >= inodes->size && inodes_grow(inodes) < 0)
		return -ENOMEM;
	place = inodes_place(inodes, &inode);
	if (place->number)
		return 0;
	*place = inode;
	inodes->count++;
	return 1;
}

static int failed(const struct state *state, int error)
{
	return state->walk->failed(state->walk->context, buf_string(&state->path), error) ? 0 : -ECANCELED;
}

/*
 * Returns a descriptor or a negative errno, -EXDEV for what is mounted there, which the device alone would not tell. Before
 * Linux 5.6, and where a container's filter does not know the call, the device has to do.
 */
static int open_entry(const struct state *state, int folder, const char *name, int flags)
{
	const struct open_how how = {.flags = (unsigned int)(flags | O_RDONLY | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_NO_SYMLINKS | (state->walk->cross_device ? 0U : RESOLVE_NO_XDEV)};
	long fd = syscall(SYS_openat2, folder, name, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(folder, name, (int)how.flags);
	return fd < 0 ? -errno : (int)fd;
}

/* What is mounted there, and what has become a link since its folder was read. */
static bool is_passed_by(int error)
{
	return error == -EXDEV || error == -ELOOP;
}

static int visit_file(struct state *state, int folder, const char *name)
{
	_cleanup_close_ int fd = open_entry(state, folder, name, O_NONBLOCK | O_NOCTTY);
	const char *path = buf_string(&state->path);
	struct fileitem item = {.path = path, .inside = path + state->root_len, .is_found = true};
	struct stat st;
	int r;

	if (fd < 0)
		return is_passed_by(fd) ? 0 : failed(state, fd);
	if (fstat(fd, &st) < 0)
		return failed(state, -errno);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_nlink > 1) {
		r = inodes_add(&state->inodes, &st);
		if (r <= 0)
			return r;
	}
	item.fd = take_fd(&fd);
	item.st = &st;
	return state->walk->file(state->walk->context, &item) ? 0 : -ECANCELED;
}

static int visit_folder(struct state *state, int folder, const char *name);

/* What an entry is where the file system does not tell with its name. */
static unsigned char type_of(int folder, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_REG; /* opening it will say why */
	return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_LNK;
}

static int visit(struct state *state, int folder, const struct dirent *entry)
{
	size_t len = state->path.len;
	unsigned char type;
	int r = 0;

	if (string_equal(entry->d_name, ".") || string_equal(entry->d_name, ".."))
		return 0;
	type = type_of(folder, entry);
	if (type != DT_DIR && type != DT_REG)
		return 0;
	buf_putc(&state->path, '/');
	buf_puts(&state->path, entry->d_name);
	if (buf_failed(&state->path))
		return -ENOMEM;
	if (!exclude_matches(state->walk->exclude, buf_string(&state->path) + state->root_len, entry->d_name))
		r = type == DT_DIR ? visit_folder(state, folder, entry->d_name)
				   : visit_file(state, folder, entry->d_name);
	state->path.len = len;
	state->path.data[len] = '\0';
	return r;
}

static int visit_entries(struct state *state, DIR *folder)
{
	const struct dirent *entry;
	int r = 0;

	for (errno = 0; r == 0 && (entry = readdir(folder)); errno = 0)
		r = visit(state, dirfd(folder), entry);
	return r == 0 && errno ? failed(state, -errno) : r;
}

/* Another file system than the root's: a subvolume of it is none that was asked for, and the kernel's own never are. */
static bool is_foreign(const struct state *state, int fd, const struct stat *st)
{
	return st->st_dev != state->device && (!state->walk->cross_device || fsfacts_is_kernels(fd));
}

static int visit_folder(struct state *state, int folder, const char *name)
{
	_cleanup_close_ int fd = open_entry(state, folder, name, O_DIRECTORY);
	_cleanup_closedir_ DIR *entries = NULL;
	struct stat st;
	int r;

	if (fd < 0)
		return is_passed_by(fd) ? 0 : failed(state, fd);
	if (fstat(fd, &st) < 0)
		return failed(state, -errno);
	if (is_foreign(state, fd, &st))
		return 0;
	if (state->depth == WALK_DEPTH_MAX)
		return failed(state, -E2BIG);
	entries = fdopendir(fd);
	if (!entries)
		return failed(state, -errno);
	(void)take_fd(&fd);
	state->depth++;
	r = visit_entries(state, entries);
	state->depth--;
	return r;
}

int walk_tree(const struct walk *walk, const char *root)
{
	_cleanup_close_ int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *entries = NULL;
	struct state state = {.walk = walk};
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	state.device = st.st_dev;
	buf_puts(&state.path, root);
	while (state.path.len && state.path.data[state.path.len - 1] == '/')
		state.path.data[--state.path.len] = '\0';
	state.root_len = state.path.len;
	entries = fdopendir(fd);
	if (entries)
		(void)take_fd(&fd);
	r = entries ? visit_entries(&state, entries) : -ENOMEM;
	buf_free(&state.path);
	free(state.inodes.table);
	return r;
}
