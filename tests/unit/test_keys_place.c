// SPDX-License-Identifier: MIT
/* Tests of keys/place.c and keys/certplace.c: what has which name when a step of putting a file in place fails. */
/* wrap: renameat renameat2 linkat */
#include "place.h"
#include <dirent.h>
#include <fcntl.h>
#include "certplace.h"
#include "fakeroot.h"

static int fail_exchange, fail_link;
static int rename_errors[4], renames; /* of each renameat(2) in turn */
static struct problem problem;
static struct placed placed;
static int folder_fd = -1;

int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	int error = renames < (int)ARRAY_SIZE(rename_errors) ? rename_errors[renames] : 0;

	renames++;
	if (!error)
		return __real_renameat(from_fd, from, to_fd, to);
	errno = error;
	return -1;
}

int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
	if (!fail_exchange)
		return __real_renameat2(from_fd, from, to_fd, to, flags);
	errno = fail_exchange;
	return -1;
}

int __real_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	if (!fail_link)
		return __real_linkat(from_fd, from, to_fd, to, flags);
	errno = fail_link;
	return -1;
}

static int set_up(void **context)
{
	if (fakeroot_new(context) < 0)
		return -1;
	fail_exchange = fail_link = renames = 0;
	memset(rename_errors, 0, sizeof(rename_errors));
	placed = (struct placed){0};
	fakeroot_file("/file", "old");
	fakeroot_file("/kept", "older");
	folder_fd = open(fakeroot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder_fd < 0;
}

static int tear_down(void **context)
{
	(void)close(folder_fd);
	problem_free(&problem);
	return fakeroot_remove(context);
}

static int put(const char *name, const char *keep)
{
	const struct place_file file = {.bytes = "new", .len = 3, .mode = 0644};

	return place_write(folder_fd, name, keep, &file, &placed, &problem);
}

static void assert_count(int count)
{
	_cleanup_closedir_ DIR *folder = opendir(fakeroot);

	assert_non_null(folder);
	for (count += 2; readdir(folder); count--)
		;
	assert_int_equal(count, 0);
}

static void assert_text(const char *path, const char *text)
{
	assert_string_equal(fakeroot_read(path), text);
}

/* All is as it was. */
static void assert_untouched(void)
{
	assert_false(placed.in_place);
	assert_string_equal(placed.kept, "");
	assert_text("/file", "old");
	assert_text("/kept", "older");
	assert_count(2);
}

static void the_old_file_gets_its_name(void **context)
{
	int way;

	(void)context;
	for (way = 0; way < 2; way++) {
		fail_exchange = way ? ENOSYS : 0;
		fakeroot_file("/file", "old");
		assert_int_equal(put("file", "kept"), 0);
		assert_true(placed.in_place);
		assert_string_equal(placed.kept, "kept");
		assert_text("/file", "new");
		assert_text("/kept", "old");
		assert_count(2);
	}
}

static void nothing_is_kept_where_nothing_was(void **context)
{
	(void)context;
	assert_int_equal(put("other", "kept"), 0);
	assert_true(placed.in_place);
	assert_string_equal(placed.kept, "");
	assert_text("/other", "new");
	assert_text("/kept", "older");
	assert_int_equal(put("file", NULL), 0);
	assert_string_equal(placed.kept, "");
	assert_count(3);
}

static void two_names_of_one_file(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path("/kept")), 0);
	assert_int_equal(link(fakeroot_path("/file"), fakeroot_path("/kept")), 0);
	assert_int_equal(put("file", "kept"), 0);
	assert_text("/file", "new");
	assert_text("/kept", "old");
	assert_count(2);
}

static void a_name_that_cannot_be_given_puts_the_old_file_back(void **context)
{
	int way;

	(void)context;
	for (way = 0; way < 2; way++) {
		fail_exchange = way ? EINVAL : 0;
		renames = 0;
		/* Without an exchange the first one gives the new file its name. */
		rename_errors[way] = EPERM;
		assert_int_equal(put("file", "kept"), -EPERM);
		assert_problem(&problem, -EPERM,
			"cannot be put in place: what is there now cannot be kept as kept: Operation not "
			"permitted",
			NULL);
		rename_errors[way] = 0;
		assert_untouched();
	}
}

static void what_cannot_be_put_back_is_not_lost(void **context)
{
	char wanted[PLACE_NAME + 128];
	int way;

	(void)context;
	for (way = 0; way < 2; way++) {
		fail_exchange = way ? EINVAL : 0;
		renames = 0;
		fakeroot_file("/file", "old");
		rename_errors[way] = EPERM;
		rename_errors[way + 1] = EROFS;
		assert_int_equal(put("file", "kept"), -EPERM);
		memset(rename_errors, 0, sizeof(rename_errors));
		assert_true(placed.in_place);
		(void)snprintf(wanted, sizeof(wanted),
			"is in place, but what was there before could not be kept as kept: Operation not "
			"permitted; it is %s now",
			placed.kept);
		assert_problem(&problem, -EPERM, wanted, "give it its name");
		(void)snprintf(wanted, sizeof(wanted), "/%s", placed.kept);
		assert_int_equal(strncmp(wanted, "/.file.", 7), 0);
		assert_text(wanted, "old");
		assert_text("/file", "new");
		assert_text("/kept", "older");
		assert_count(3 + way);
	}
}

static void a_folder_is_no_place_for_the_old_file(void **context)
{
	(void)context;
	fakeroot_dir("/folder");
	assert_int_equal(put("file", "folder"), -EISDIR);
	assert_problem(&problem, -EISDIR,
		"cannot be put in place: what is there now would become folder, which is a directory",
		"remove it, or give it another name");
	assert_int_equal(renames, 0);
	assert_int_equal(put("folder", "kept"), -EISDIR);
	assert_problem(&problem, -EISDIR, "cannot be put in place: Is a directory", NULL);
	assert_int_equal(rmdir(fakeroot_path("/folder")), 0);
	assert_untouched();
}

static void no_step_leaves_anything_behind(void **context)
{
	(void)context;
	fail_exchange = EIO;
	assert_int_equal(put("file", "kept"), -EIO);
	assert_problem(&problem, -EIO, "cannot be put in place: Input/output error", NULL);
	assert_untouched();
	fail_exchange = EINVAL;
	fail_link = EPERM;
	assert_int_equal(put("file", "kept"), -EPERM);
	assert_problem(&problem, -EPERM, "cannot be put in place: Operation not permitted", NULL);
	assert_untouched();
	fail_link = 0;
	rename_errors[renames = 0] = ENOSPC;
	assert_int_equal(put("file", "kept"), -ENOSPC);
	assert_problem(&problem, -ENOSPC, "cannot be put in place: No space left on device", NULL);
	assert_untouched();
	rename_errors[renames = 0] = ENOSPC;
	assert_int_equal(put("other", "kept"), -ENOSPC);
	assert_problem(&problem, -ENOSPC, "cannot be put in place: No space left on device", NULL);
	assert_untouched();
}

/* ---- certificates ------------------------------------------------------------------------- */

static struct certplace_cert cert;

static int put_cert(void)
{
	cert = (struct certplace_cert){.source = "a.der", .folder_fd = -1};
	buf_puts(&cert.path, "/file");
	buf_puts(&cert.der, "new");
	return certplace_write(folder_fd, &cert, &problem);
}

static size_t undo_cert(void)
{
	struct certplace certs = {.list = &cert, .count = 1};
	size_t failed = certplace_undo(&certs);

	close_fd(&cert.folder_fd);
	buf_free(&cert.path);
	buf_free(&cert.der);
	return failed;
}

static void a_certificate_is_taken_back(void **context)
{
	(void)context;
	assert_int_equal(put_cert(), 0);
	assert_text("/file", "new");
	assert_int_equal(undo_cert(), 0);
	assert_untouched();
}

static void so_is_one_that_was_put_there_by_half(void **context)
{
	(void)context;
	rename_errors[0] = EPERM;
	rename_errors[1] = EROFS;
	assert_int_equal(put_cert(), -EPERM);
	problem_free(&problem);
	assert_text("/file", "new");
	assert_int_equal(undo_cert(), 0);
	assert_untouched();
}

static void one_that_was_not_put_there_is_left_alone(void **context)
{
	(void)context;
	rename_errors[0] = EPERM;
	assert_int_equal(put_cert(), -EPERM);
	problem_free(&problem);
	assert_int_equal(undo_cert(), 0);
	assert_untouched();
}

#define PLACE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(the_old_file_gets_its_name),
		PLACE_TEST(nothing_is_kept_where_nothing_was),
		PLACE_TEST(two_names_of_one_file),
		PLACE_TEST(a_name_that_cannot_be_given_puts_the_old_file_back),
		PLACE_TEST(what_cannot_be_put_back_is_not_lost),
		PLACE_TEST(a_folder_is_no_place_for_the_old_file),
		PLACE_TEST(no_step_leaves_anything_behind),
		PLACE_TEST(a_certificate_is_taken_back),
		PLACE_TEST(so_is_one_that_was_put_there_by_half),
		PLACE_TEST(one_that_was_not_put_there_is_left_alone),
	};

	return RUN_TESTS(tests);
}
