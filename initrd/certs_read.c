// SPDX-License-Identifier: MIT
/* Certificates from folders into memory; see certs_internal.h. */
#include "certs_internal.h"

#include <errno.h>
#include "der.h"
#include "digest.h"
#include "format.h"
#include "rootfile.h"

void certs_reset(struct loader *loader)
{
	size_t i;

	for (i = 0; i < loader->count; i++)
		free(loader->list[i].bytes);
	free(loader->list);
	loader->list = NULL;
	loader->count = 0;
}

/* True where the same bytes wait for the same keyring already; names the file that has them. */
static bool is_duplicate(struct loader *loader, const struct rootfile *file, struct report_cert *record)
{
	size_t i;

	for (i = 0; i < loader->count; i++) {
		const struct pending *other = &loader->list[i];

		if (other->len != file->len || memcmp(other->bytes, file->bytes, file->len) != 0)
			continue;
		record->result = CERT_SKIPPED;
		problem_set(&record->problem, -EEXIST, "holds the same bytes as %s",
			record_of(loader, other)->path);
		problem_remedy(&record->problem, "remove one of the two");
		return true;
	}
	return false;
}

static int add_pending(struct loader *loader, struct rootfile *file, size_t record)
{
	struct pending *list = realloc(loader->list, (loader->count + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	loader->list = list;
	loader->list[loader->count++] =
		(struct pending){.bytes = take_pointer(file->bytes), .len = file->len, .record = record};
	return 0;
}

/* Adds a record that refuses the file until it is settled; NULL when memory ran out. */
static struct report_cert *add_record(struct loader *loader, const char *source, const char *path)
{
	struct report_cert *record = report_add_cert(loader->report);

	if (!record)
		return NULL;
	record->source = source;
	record->keyring = loader->target_name;
	record->result = CERT_REFUSED;
	record->path = strdup(path);
	return record->path ? record : NULL;
}

int certs_read_file(
	struct loader *loader, int root_fd, const char *root, const char *source, const char *path)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	struct report_cert *record = add_record(loader, source, path);
	int r;

	if (!record)
		return -ENOMEM;
	r = rootfile_read(root_fd, root, path, CERT_SIZE_MAX, &file, &record->problem);
	if (r == 0)
		r = der_check_certificate(file.bytes, file.len, path, &record->problem);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	digest_sha256_hex(file.bytes, file.len, record->sha256);
	if (is_duplicate(loader, &file, record))
		return 0;
	return add_pending(loader, &file, loader->report->cert_count - 1);
}

/* Says of a folder that it cannot be listed; the other folders are read all the same. */
static int refuse_folder(struct loader *loader, const char *source, const char *dir, int error)
{
	struct report_cert *record = error == -ENOMEM ? NULL : add_record(loader, source, dir);

	if (!record)
		return -ENOMEM;
	if (error == -E2BIG)
		problem_set(&record->problem, error, "holds more than %d files", CERT_COUNT_MAX);
	else
		problem_set(&record->problem, error, "cannot be listed: %s", strerror(-error));
	problem_remedy(&record->problem, "make it a folder that holds certificates, or remove it");
	return 0;
}

int certs_read_folder(
	struct loader *loader, int root_fd, const char *root, const char *source, const char *dir)
{
	size_t count = 0, i;
	char **names = NULL;
	int r = root_list(root_fd, dir, CERT_COUNT_MAX, &names, &count);

	if (r < 0)
		r = refuse_folder(loader, source, dir, r);
	for (i = 0; i < count && r == 0; i++) {
		_cleanup_buf_ struct buf path = {0};

		/* The folder of the CAs lies in the folder of the signers. */
		if (string_equal(dir, CERTS_DIR) && string_equal(names[i], "ca"))
			continue;
		buf_printf(&path, "%s/%s", dir, names[i]);
		r = path.failed ? -ENOMEM : certs_read_file(loader, root_fd, root, source, path.data);
	}
	root_list_free(names, count);
	return r;
}

int certs_skip_folder(
	struct loader *loader, const char *dir, const char *keyring, const char *reason, const char *remedy)
{
	size_t count = 0, i;
	char **names = NULL;
	int r = root_list(loader->source->root_fd, dir, CERT_COUNT_MAX, &names, &count);

	for (i = 0; i < count && r == 0; i++) {
		struct report_cert *record;

		if (string_equal(dir, CERTS_DIR) && string_equal(names[i], "ca"))
			continue;
		record = report_add_cert(loader->report);
		if (!record) {
			r = -ENOMEM;
			continue;
		}
		record->source = "root";
		record->keyring = keyring;
		record->result = CERT_SKIPPED;
		record->path = format_new("%s/%s", dir, names[i]);
		if (!record->path)
			r = -ENOMEM;
		problem_set(&record->problem, -EPERM, "%s", reason);
		problem_remedy(&record->problem, "%s", remedy);
	}
	root_list_free(names, count);
	return r == -ENOMEM ? r : 0;
}
