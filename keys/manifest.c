// SPDX-License-Identifier: MIT
/* The list of what was signed; see manifest.h. */
#include "manifest.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "buf.h"
#include "digest.h"
#include "escape.h"
#include "outfile.h"

struct line {
	char *path; /* as it is: what is sorted by */
	char *text; /* what is written */
};

struct manifest {
	pthread_mutex_t lock;
	struct line *lines;
	size_t count, size;
};

struct manifest *manifest_new(void)
{
	struct manifest *manifest = calloc(1, sizeof(*manifest));

	if (manifest && pthread_mutex_init(&manifest->lock, NULL) != 0) {
		free(manifest);
		return NULL;
	}
	return manifest;
}

static void format_line(const struct manifest_entry *entry, struct buf *ret)
{
	size_t i;

	buf_printf(ret, "%s:", digest_name(entry->algo));
	for (i = 0; i < entry->digest_len; i++)
		buf_printf(ret, "%02x", entry->digest[i]);
	if (entry->is_signed)
		buf_printf(ret, " %08x ", entry->key_id);
	else
		buf_puts(ret, " - ");
	escape_string(ret, entry->path);
	buf_putc(ret, '\n');
}

static int append(struct manifest *manifest, const struct line *line)
{
	size_t size = manifest->size ? 2 * manifest->size : 256;
	struct line *lines;

	if (manifest->count == manifest->size) {
		lines = reallocarray(manifest->lines, size, sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		manifest->lines = lines;
		manifest->size = size;
	}
	manifest->lines[manifest->count++] = *line;
	return 0;
}

int manifest_add(struct manifest *manifest, const struct manifest_entry *entry, struct problem *problem)
{
	_cleanup_buf_ struct buf text = {0};
	struct line line;
	int r = -ENOMEM;

	format_line(entry, &text);
	line.path = strdup(entry->path);
	line.text = buf_failed(&text) ? NULL : strdup(buf_string(&text));
	if (line.path && line.text) {
		(void)pthread_mutex_lock(&manifest->lock);
		r = append(manifest, &line);
		(void)pthread_mutex_unlock(&manifest->lock);
	}
	if (r == 0)
		return 0;
	free(line.path);
	free(line.text);
	return problem_set(problem, r, "out of memory");
}

static int compare(const void *one, const void *other)
{
	return strcmp(((const struct line *)one)->path, ((const struct line *)other)->path);
}

bool manifest_is_stdout(const char *path)
{
	return string_equal(path, "-") || string_equal(path, "/dev/stdout");
}

int manifest_check(const char *path, struct problem *problem)
{
	return manifest_is_stdout(path) ? 0 : outfile_check(path, true, problem);
}

int manifest_write(struct manifest *manifest, const char *path, struct problem *problem)
{
	_cleanup_buf_ struct buf text = {0};
	size_t i;

	if (manifest->count)
		qsort(manifest->lines, manifest->count, sizeof(*manifest->lines), compare);
	for (i = 0; i < manifest->count; i++)
		buf_puts(&text, manifest->lines[i].text);
	if (buf_failed(&text))
		return problem_set(problem, -ENOMEM, "out of memory");
	if (!manifest_is_stdout(path))
		return outfile_write(path, buf_string(&text), text.len, 0644, true, problem);
	/* Opened by its name, a file behind it would be written to from its start; main() sees that nothing is lost. */
	(void)fwrite(buf_string(&text), 1, text.len, stdout);
	return 0;
}

void manifest_free(struct manifest *manifest)
{
	if (!manifest)
		return;
	while (manifest->count--) {
		free(manifest->lines[manifest->count].path);
		free(manifest->lines[manifest->count].text);
	}
	free(manifest->lines);
	(void)pthread_mutex_destroy(&manifest->lock);
	free(manifest);
}
