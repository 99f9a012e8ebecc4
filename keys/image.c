// SPDX-License-Identifier: MIT
/* The files of an image, and what is found about them; see image.h. */
#include "image.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include "log.h"

int image_open(const char *root, struct image *ret)
{
	*ret = (struct image){.root = root, .root_fd = root_open(root), .now = time(NULL)};
	config_init(&ret->config);
	if (ret->root_fd >= 0)
		return 0;
	log_error("%s: cannot be opened: %s; name the folder of a system", root, strerror(-ret->root_fd));
	return ret->root_fd;
}

void image_free(struct image *image)
{
	while (image->file_count) {
		free(image->files[--image->file_count].path);
		free(image->files[image->file_count].bytes);
	}
	free(image->files);
	while (image->signer_count)
		certview_free(&image->signers[--image->signer_count]);
	free(image->signers);
	buf_free(&image->certinfo);
	config_free(&image->config);
	close_fd(&image->root_fd);
}

static void tell(int level, const char *kind, const char *format, va_list args) _printf_(3, 0);

static void tell(int level, const char *kind, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	log_message(level, "%s%s", kind, text ? text : "out of memory");
	free(text);
}

void image_refuse(struct image *image, const char *format, ...)
{
	va_list args;

	image->refused++;
	va_start(args, format);
	tell(LOG_ERR, "", format, args);
	va_end(args);
}

void image_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LOG_WARNING, "warning: ", format, args);
	va_end(args);
}

void image_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(LOG_NOTICE, "note: ", format, args);
	va_end(args);
}

int image_add(struct image *image, const char *path, const void *bytes, size_t len, mode_t mode)
{
	struct image_file *files = realloc(image->files, (image->file_count + 1) * sizeof(*files));
	struct image_file file = {
		.path = strdup(path), .bytes = malloc(len + !len), .len = len, .mode = mode};

	if (files)
		image->files = files;
	if (!files || !file.path || !file.bytes) {
		free(file.path);
		free(file.bytes);
		return -ENOMEM;
	}
	memcpy(file.bytes, bytes, len);
	files[image->file_count++] = file;
	return 0;
}

const struct image_file *image_find(const struct image *image, const char *path)
{
	size_t i;

	for (i = 0; i < image->file_count; i++)
		if (string_equal(image->files[i].path, path))
			return &image->files[i];
	return NULL;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct image_file *)a)->path, ((const struct image_file *)b)->path);
}

void image_sort(struct image *image)
{
	if (image->file_count)
		qsort(image->files, image->file_count, sizeof(*image->files), compare_paths);
}

int image_read(struct image *image, const char *path, size_t max, struct rootfile *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	int r = rootfile_read(image->root_fd, image->root, path, max, ret, &problem);

	if (r < 0 && r != -EISDIR)
		image_refuse(image, "%s %s%s%s", path, problem_reason_text(&problem),
			problem.remedy ? "; " : "", problem_remedy_text(&problem));
	return r;
}
