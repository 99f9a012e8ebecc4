// SPDX-License-Identifier: MIT
/* Certificates put into a root; see certplace.h. */
#include "certplace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include "complain.h"
#include "x509.h"

#define NAME "deploy"
#define SIGNERS "/etc/keys/ima/"
#define CAS SIGNERS "ca/"

void certplace_name(const char *source, struct buf *ret)
{
	const char *slash = strrchr(source, '/'), *name = slash ? slash + 1 : source,
		   *dot = strrchr(name, '.');

	buf_add(ret, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
	buf_puts(ret, ".der");
}

static const char *last_part(const struct certplace_cert *cert)
{
	return strrchr(buf_string(&cert->path), '/') + 1;
}

/* What was there before is out of the way of everything that reads the folder: names with a dot are passed over. */
static bool name_before(const struct certplace_cert *cert, char ret[static NAME_MAX + 1])
{
	return snprintf(ret, NAME_MAX + 1, ".%s.before", last_part(cert)) <= NAME_MAX;
}

static int read_one(const char *source, const char *folder, struct certplace_cert *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_x509_ X509 *certificate = NULL;
	struct x509_form form;

	*ret = (struct certplace_cert){.source = source, .folder_fd = -1};
	if (x509_load(source, &certificate, &form, &problem) < 0)
		return complain(source, &problem);
	buf_puts(&ret->path, folder);
	certplace_name(source, &ret->path);
	if (x509_encode(certificate, false, &ret->der) < 0 || buf_failed(&ret->path)) {
		log_error(NAME ": out of memory");
		return EXIT_FAILED;
	}
	return 0;
}

/* Two of one name: the second would replace the first. */
static int check_unlike(const struct certplace *certs)
{
	const struct certplace_cert *last = &certs->list[certs->count - 1];
	size_t i;

	for (i = 0; i + 1 < certs->count; i++) {
		if (!string_equal(buf_string(&certs->list[i].path), buf_string(&last->path)))
			continue;
		log_error(NAME ": %s and %s would both be %s; rename one of them", certs->list[i].source,
			last->source, buf_string(&last->path));
		return EXIT_USAGE;
	}
	return 0;
}

static int read_all(const struct verb_strings *files, const char *folder, struct certplace *ret)
{
	size_t i;
	int status = 0;

	for (i = 0; !status && i < files->count; i++) {
		status = read_one(files->strings[i], folder, &ret->list[ret->count++]);
		if (!status)
			status = check_unlike(ret);
	}
	return status;
}

int certplace_read(const struct verb_strings *signers, const struct verb_strings *cas, struct certplace *ret)
{
	int status;

	*ret = (struct certplace){.list = calloc(signers->count + cas->count + 1, sizeof(*ret->list))};
	if (!ret->list) {
		log_error(NAME ": out of memory");
		return EXIT_FAILED;
	}
	status = read_all(cas, CAS, ret);
	return status ? status : read_all(signers, SIGNERS, ret);
}

/* Writes into the open folder. */
static int write_into(int fd, struct certplace_cert *cert, struct problem *problem)
{
	const struct place_file file = {.bytes = cert->der.data, .len = cert->der.len, .mode = 0644};
	char before[NAME_MAX + 1];
	struct stat st;

	if (!name_before(cert, before))
		return problem_set(problem, -ENAMETOOLONG, "its name is too long");
	if (fstatat(fd, last_part(cert), &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return problem_set(problem, -EISDIR, "is a directory");
	return place_write(fd, last_part(cert), before, &file, &cert->placed, problem);
}

int certplace_write(int root_fd, struct certplace_cert *cert, struct problem *problem)
{
	_cleanup_close_ int fd = place_open_folder(root_fd, buf_string(&cert->path), true);
	int r;

	if (fd < 0)
		return problem_set(problem, fd, "its folder cannot be opened or made: %s", strerror(-fd));
	r = write_into(fd, cert, problem);
	if (cert->placed.in_place)
		cert->folder_fd = take_fd(&fd);
	return r;
}

/* Gives what was there before its name again, or takes away what was not there. */
static int undo_one(const struct certplace_cert *cert)
{
	int fd = cert->folder_fd;
	int r = *cert->placed.kept ? renameat(fd, cert->placed.kept, fd, last_part(cert))
				   : unlinkat(fd, last_part(cert), 0);

	if (r < 0)
		r = -errno;
	(void)fsync(fd);
	return r;
}

size_t certplace_undo(struct certplace *certs)
{
	size_t i, failed = 0;
	int r;

	for (i = certs->count; i-- > 0;) {
		r = certs->list[i].folder_fd < 0 ? 0 : undo_one(&certs->list[i]);
		if (r == 0)
			continue;
		log_error("%s: cannot be made as it was before: %s", buf_string(&certs->list[i].path),
			strerror(-r));
		failed++;
	}
	return failed;
}

void certplace_keep(struct certplace *certs)
{
	size_t i;

	for (i = 0; i < certs->count; i++)
		if (*certs->list[i].placed.kept)
			(void)unlinkat(certs->list[i].folder_fd, certs->list[i].placed.kept, 0);
}

void certplace_free(struct certplace *certs)
{
	while (certs->count) {
		struct certplace_cert *cert = &certs->list[--certs->count];

		close_fd(&cert->folder_fd);
		buf_free(&cert->path);
		buf_free(&cert->der);
	}
	free(certs->list);
	*certs = (struct certplace){0};
}
