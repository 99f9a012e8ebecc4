// SPDX-License-Identifier: MIT
/* The images of before; see keepimage.h. */
#include "keepimage.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "copyfile.h"
#include "log.h"

#define FOLDER "/var/tmp"

/* dracut.sh (where the output file is not named); update-initramfs(8). The folder of a machine has its id as its name. */
static const char *const places[] = {"/boot/initrd.img-%s", "/boot/initramfs-%s.img", "/boot/initrd-%s",
	"/boot/*/%s/initrd", "/efi/*/%s/initrd", "/boot/efi/*/%s/initrd", "/lib/modules/%s/initrd",
	"/boot/EFI/Linux/linux-%s*.efi", "/efi/EFI/Linux/linux-%s*.efi", "/boot/efi/EFI/Linux/linux-%s*.efi"};

struct keepimage_file {
	char *path;
	struct rootfile copy; /* bytes are mapped; len 0: there was nothing to keep */
	struct stat before;
};

/* Opens a regular file and maps it; an empty one has no bytes. */
static int map(int folder_fd, const char *name, struct rootfile *ret, struct stat *ret_st)
{
	void *bytes;

	ret->fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (ret->fd < 0 || fstat(ret->fd, ret_st) < 0)
		return -errno;
	if (!S_ISREG(ret_st->st_mode) || ret_st->st_size <= 0)
		return 0;
	bytes = mmap(NULL, (size_t)ret_st->st_size, PROT_READ, MAP_PRIVATE, ret->fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	ret->bytes = bytes;
	ret->len = (size_t)ret_st->st_size;
	return 0;
}

static void unmap(struct rootfile *file)
{
	if (file->len)
		(void)munmap(file->bytes, file->len);
	close_fd(&file->fd);
	*file = (struct rootfile){.fd = -1};
}

/* The image itself is not held open: its room is what the new one, or the copy, may need. */
static int keep(struct keepimage_file *file)
{
	_cleanup_close_ int folder_fd = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(unmap) struct rootfile image = {.fd = -1};
	char name[64];
	struct stat st;
	int r;

	if (folder_fd < 0)
		return -errno;
	r = map(AT_FDCWD, file->path, &image, &file->before);
	if (r < 0 || !image.len)
		return r;
	(void)snprintf(name, sizeof(name), ".imactl-image.%ld", (long)getpid());
	r = copyfile_make(folder_fd, name, &image);
	if (r < 0)
		return r;
	r = map(folder_fd, name, &file->copy, &st);
	(void)unlinkat(folder_fd, name, 0);
	return r;
}

static int keep_path(struct keepimage *images, const char *path, struct problem *problem)
{
	struct keepimage_file *files = reallocarray(images->files, images->count + 1, sizeof(*files));
	char *real = files ? realpath(path, NULL) : NULL;
	int r = -ENOMEM;

	if (files)
		images->files = files;
	if (files && !real && errno != ENOMEM)
		return 0; /* a link to nothing */
	if (real) {
		files[images->count] = (struct keepimage_file){.path = real, .copy = {.fd = -1}};
		r = keep(&files[images->count++]);
	}
	if (r == 0)
		return 0;
	problem_set(problem, r,
		"is not made: the image that is there now, %s, cannot be copied to " FOLDER ": %s", path,
		strerror(-r));
	problem_remedy(problem, "make room there, or make it by other means and use --no-initramfs");
	return r;
}

int keepimage_begin(const char *release, struct keepimage *ret, struct problem *problem)
{
	char pattern[256];
	glob_t found;
	size_t i, j;
	int r = 0;

	*ret = (struct keepimage){0};
	for (i = 0; r == 0 && i < ARRAY_SIZE(places); i++) {
		const char *percent = strchr(places[i], '%');

		(void)snprintf(pattern, sizeof(pattern), "%.*s%s%s", (int)(percent - places[i]), places[i],
			release, percent + 2);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (j = 0; r == 0 && j < found.gl_pathc; j++)
			r = keep_path(ret, found.gl_pathv[j], problem);
		globfree(&found);
	}
	return r;
}

/* ---- putting back --------------------------------------------------------------------------- */

/* It was written to, or is another file by now. */
static bool is_changed(const struct keepimage_file *file)
{
	struct stat now;

	return stat(file->path, &now) < 0 || now.st_ino != file->before.st_ino ||
	       now.st_size != file->before.st_size || now.st_ctim.tv_sec != file->before.st_ctim.tv_sec ||
	       now.st_ctim.tv_nsec != file->before.st_ctim.tv_nsec;
}

static int put_back(const struct keepimage_file *file)
{
	static const char beside[] = ".imactl-image.new";
	const char *name;
	_cleanup_close_ int root_fd = root_open("/"),
			    folder_fd = root_open_parent(root_fd, file->path, &name);
	int r = folder_fd < 0 ? folder_fd : copyfile_make(folder_fd, beside, &file->copy);

	/* Where there is no room for two, the one that is there is of no use. */
	if (r == -ENOSPC && unlinkat(folder_fd, name, 0) == 0)
		r = copyfile_make(folder_fd, beside, &file->copy);
	if (r == 0 && renameat(folder_fd, beside, folder_fd, name) < 0) {
		r = -errno;
		(void)unlinkat(folder_fd, beside, 0);
	}
	return r == 0 && fsync(folder_fd) < 0 ? -errno : r;
}

size_t keepimage_restore(struct keepimage *images)
{
	size_t i, failed = 0;
	int r;

	for (i = 0; i < images->count; i++) {
		const struct keepimage_file *file = &images->files[i];

		if (!file->copy.len || !is_changed(file))
			continue;
		r = put_back(file);
		if (r < 0) {
			log_error("%s: cannot be made as it was before: %s; make it anew before a restart",
				file->path, strerror(-r));
			failed++;
		}
	}
	return failed;
}

void keepimage_free(struct keepimage *images)
{
	while (images->count) {
		struct keepimage_file *file = &images->files[--images->count];

		unmap(&file->copy);
		free(file->path);
	}
	free(images->files);
	*images = (struct keepimage){0};
}
