// SPDX-License-Identifier: MIT
/* Certificates put into a root; see certplace.h. */
#include "certplace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include "complain.h"
#include "image.h"
#include "infile.h"

#define NAME "deploy"
#define SIGNERS "/etc/keys/ima/"
#define CAS SIGNERS "ca/"
#define BEFORE_MAX 9 /* names that are tried for one that is replaced */

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
	if (*last_part(ret) == '.') {
		log_error(NAME
			": %s would be %s, and a boot passes over names that begin with a dot; rename it",
			source, buf_string(&ret->path));
		return EXIT_USAGE;
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

/* ---- one of them ------------------------------------------------------------------------------ */

static bool is_ca(const struct certplace_cert *cert)
{
	return strncmp(buf_string(&cert->path), CAS, strlen(CAS)) == 0;
}

/* Whether what is there now is a certificate that a boot can go by, and that an image takes. */
static bool is_of_use(const struct certplace_cert *cert, const struct rootfile *now)
{
	_cleanup_problem_ struct problem ignored = {0};
	_cleanup_(certview_free) struct certview view = {0};

	return now->len && certview_decode(last_part(cert), now->bytes, now->len, &view, &ignored) == 0 &&
	       image_takes_cert(&view, is_ca(cert), time(NULL));
}

/* A name that nothing has: "signer.before.der", or out of the way of all that reads the folder. Returns 0 or -EEXIST. */
static int name_before(int fd, const struct certplace_cert *cert, char ret[static PLACE_NAME])
{
	const char *name = last_part(cert);
	int i, stem = (int)(strlen(name) - strlen(".der"));
	struct stat st;
	char number[16] = "";

	for (i = 1; i <= BEFORE_MAX; i++) {
		if (i > 1)
			(void)snprintf(number, sizeof(number), "-%d", i);
		if (cert->visible)
			(void)snprintf(ret, PLACE_NAME, "%.*s.before%s.der", stem, name, number);
		else
			(void)snprintf(ret, PLACE_NAME, ".%s.before%s", name, number);
		if (fstatat(fd, ret, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return 0;
	}
	return -EEXIST;
}

/* Writes into the open folder. */
static int write_into(
	int fd, const struct rootfile *now, struct certplace_cert *cert, struct problem *problem)
{
	const struct place_file file = {.bytes = cert->der.data, .len = cert->der.len, .mode = 0644};
	char before[PLACE_NAME];
	struct stat st;

	if (fstatat(fd, last_part(cert), &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return problem_set(problem, -EISDIR, "is a directory");
	cert->visible = is_of_use(cert, now);
	if (name_before(fd, cert, before) < 0) {
		problem_set(problem, -EEXIST,
			"cannot be replaced: there are %d files like %s beside it, which earlier deployments "
			"left",
			BEFORE_MAX, before);
		problem_remedy(problem, "remove those that no policy needs");
		return -EEXIST;
	}
	return place_write(fd, last_part(cert), before, &file, &cert->placed, problem);
}

int certplace_write(int root_fd, struct certplace_cert *cert, struct problem *problem)
{
	_cleanup_close_ int fd = place_open_folder(root_fd, buf_string(&cert->path), true);
	_cleanup_rootfile_ struct rootfile now = {.fd = -1};
	_cleanup_problem_ struct problem ignored = {0};
	int r;

	if (fd < 0)
		return problem_set(problem, fd, "its folder cannot be opened or made: %s", strerror(-fd));
	if (rootfile_read(root_fd, "", buf_string(&cert->path), INFILE_KEY_MAX, &now, &ignored) == 0 &&
		now.len == cert->der.len && memcmp(now.bytes, cert->der.data, now.len) == 0)
		return 0;
	r = write_into(fd, &now, cert, problem);
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

void certplace_keep(struct certplace *certs, bool has_image)
{
	size_t i;

	for (i = 0; i < certs->count; i++) {
		const struct certplace_cert *cert = &certs->list[i];

		if (!*cert->placed.kept)
			continue;
		(void)unlinkat(cert->folder_fd, cert->placed.kept, 0);
		(void)fsync(cert->folder_fd);
		if (has_image && cert->visible)
			log_notice(
				"the new initramfs has what was %s before, too, as %s: it is not in the next "
				"one",
				buf_string(&cert->path), cert->placed.kept);
	}
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
