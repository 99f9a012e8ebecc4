// SPDX-License-Identifier: MIT
/* Tests of keys/walk.c, pool.c and files.c: which files are found, and what becomes of the rest. */
/* wrap: openat readdir fdopendir pthread_create sysconf strdup */
#include "walk.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include "capture.h"
#include "fakeroot.h"
#include "files.h"
#include "interrupt.h"

static int fail_openat, fail_readdir, fail_fdopendir;
static unsigned int threads_max;
static bool no_types, fail_strdup;

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...)
{
	if (fail_openat) {
		errno = fail_openat;
		return -1;
	}
	return __real_openat(folder, name, flags);
}

struct dirent *__real_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder)
{
	struct dirent *entry = __real_readdir(folder);

	if (!entry && fail_readdir)
		errno = fail_readdir;
	if (entry && no_types)
		entry->d_type = DT_UNKNOWN;
	return entry;
}

DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
	errno = fail_fdopendir;
	return fail_fdopendir ? NULL : __real_fdopendir(fd);
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	if (!threads_max)
		return EAGAIN;
	threads_max--;
	return __real_pthread_create(thread, attr, run, arg);
}

long __wrap_sysconf(int name);
long __wrap_sysconf(int name)
{
	(void)name;
	return -1;
}

char *__real_strdup(const char *string);
char *__wrap_strdup(const char *string);
char *__wrap_strdup(const char *string)
{
	return fail_strdup ? NULL : __real_strdup(string);
}

static int set_up(void **context)
{
	fail_openat = fail_readdir = fail_fdopendir = 0;
	no_types = fail_strdup = false;
	threads_max = 1000;
	return fakeroot_new(context);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, fakeroot_remove)

/* ---- the walk ----------------------------------------------------------------------------- */

static struct {
	char names[64][128];
	size_t count, failures;
	int error;
	size_t stop; /* after so many files */
} found;

static bool note_file(void *context, const struct fileitem *item)
{
	(void)context;
	assert_true(S_ISREG(item->st->st_mode) && item->is_found);
	assert_int_equal(strncmp(item->path, fakeroot, strlen(fakeroot)), 0);
	assert_ptr_equal(item->inside, item->path + strlen(fakeroot));
	(void)close(item->fd);
	(void)snprintf(found.names[found.count++], sizeof(found.names[0]), "%s", item->inside);
	return found.count != found.stop;
}

static bool note_failure(void *context, const char *path, int error)
{
	(void)context;
	(void)path;
	found.failures++;
	found.error = error;
	return found.failures != found.stop;
}

static int walk(const char *const *globs, size_t count)
{
	const struct verb_strings exclude = {(const char **)(uintptr_t)globs, count};
	const struct walk order = {.exclude = &exclude, .file = note_file, .failed = note_failure};
	size_t stop = found.stop;

	memset(&found, 0, sizeof(found));
	found.stop = stop;
	return walk_tree(&order, fakeroot);
}

static bool was_found(const char *name)
{
	size_t i;

	for (i = 0; i < found.count; i++)
		if (strcmp(found.names[i], name) == 0)
			return true;
	return false;
}

static void make_tree(void)
{
	found.stop = 0;
	fakeroot_bytes("/a", "a", 1);
	fakeroot_bytes("/d/b", "b", 1);
	fakeroot_bytes("/d/e/c", "c", 1);
	assert_int_equal(link(fakeroot_path("/d/b"), fakeroot_path("/hard")), 0);
	assert_int_equal(symlink("/etc/passwd", fakeroot_path("/soft")), 0);
	assert_int_equal(symlink(".", fakeroot_path("/d/loop")), 0);
	assert_int_equal(mkfifo(fakeroot_path("/fifo"), 0600), 0);
}

static void regular_files_are_found(void **context)
{
	(void)context;
	make_tree();
	assert_int_equal(walk(NULL, 0), 0);
	assert_int_equal(found.count, 3);
	assert_true(was_found("/a") && was_found("/d/e/c"));
	assert_true(was_found("/hard") != was_found("/d/b"));
	no_types = true;
	assert_int_equal(walk(NULL, 0), 0);
	assert_int_equal(found.count, 3);
}

static void globs_leave_files_and_folders_out(void **context)
{
	static const char *const globs[] = {"/d/e", "?"};

	(void)context;
	make_tree();
	assert_int_equal(walk(globs, 1), 0);
	assert_int_equal(found.count, 2);
	assert_false(was_found("/d/e/c"));
	assert_int_equal(walk(globs, 2), 0);
	assert_int_equal(found.count, 1);
	assert_true(was_found("/hard"));
}

static void many_hard_links_come_once(void **context)
{
	char a[32], b[32];
	int i;

	(void)context;
	found.stop = 0;
	for (i = 0; i < 600; i++) {
		(void)snprintf(a, sizeof(a), "/h/%d", i);
		(void)snprintf(b, sizeof(b), "/h/%d.link", i);
		if (i < 30)
			fakeroot_bytes(a, "x", 1);
		else
			assert_int_equal(link(fakeroot_path("/h/0"), fakeroot_path(a)), 0);
		if (i < 30)
			assert_int_equal(link(fakeroot_path(a), fakeroot_path(b)), 0);
	}
	assert_int_equal(walk(NULL, 0), 0);
	assert_int_equal(found.count, 30);
}

static void failures_are_told_and_the_walk_goes_on(void **context)
{
	(void)context;
	make_tree();
	fail_openat = EMFILE;
	assert_int_equal(walk(NULL, 0), 0);
	assert_int_equal(found.failures, 3);
	assert_int_equal(found.error, -EMFILE);
	fail_openat = 0;
	fail_readdir = EIO;
	assert_int_equal(walk(NULL, 0), 0);
	assert_int_equal(found.failures, 3);
	assert_int_equal(found.error, -EIO);
	assert_int_equal(found.count, 3);
	fail_fdopendir = ENOMEM;
	assert_int_equal(walk(NULL, 0), -ENOMEM);
}

static void walk_ends_when_told(void **context)
{
	(void)context;
	make_tree();
	found.stop = 1;
	assert_int_equal(walk(NULL, 0), -ECANCELED);
	assert_int_equal(found.count, 1);
	fail_openat = EACCES;
	assert_int_equal(walk(NULL, 0), -ECANCELED);
	assert_int_equal(found.failures, 1);
	fail_openat = 0;
	(void)snprintf(fakeroot + strlen(fakeroot), 4, "/no");
	assert_int_equal(walk(NULL, 0), -ECANCELED);
	assert_int_equal(found.error, -ENOENT);
	*strrchr(fakeroot, '/') = '\0';
}

/* ---- the threads -------------------------------------------------------------------------- */

static atomic_uint handled, begun, ended;
static bool cannot_begin, interrupts;

static void *begin(void *shared)
{
	atomic_fetch_add(&begun, 1);
	return cannot_begin ? NULL : shared;
}

static char last_inside[128];

static void handle(void *state, const struct fileitem *item)
{
	char byte;

	assert_non_null(state);
	assert_int_equal(read(item->fd, &byte, 1), item->st->st_size ? 1 : 0);
	(void)snprintf(last_inside, sizeof(last_inside), "%s", item->inside ? item->inside : "none");
	atomic_fetch_add(&handled, 1);
	if (!interrupts)
		return;
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	while (!interrupted()) /* it is the main thread that gets it */
		(void)usleep(1000);
}

static void end(void *state)
{
	(void)state;
	atomic_fetch_add(&ended, 1);
}

static struct files_counts counts;
static struct capture messages;

/* Runs it; what it says is in messages. */
static int run(const struct files_options *opts, size_t count, char **operands)
{
	int shared;
	const struct files_task task = {.verb = "test",
		.done = "done",
		.shared = &shared,
		.begin = begin,
		.file = handle,
		.end = end};
	int status;

	handled = begun = ended = 0;
	capture_begin(&messages, STDERR_FILENO);
	status = files_run(opts, count, operands, &task, &counts);
	(void)capture_end(&messages);
	return status;
}

static void all_files_are_handled(void **context)
{
	struct files_options opts = {.root = fakeroot, .jobs = "3"};
	char name[32];
	int i;

	(void)context;
	for (i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof(name), "/%d/%d", i / 20, i);
		fakeroot_bytes(name, "x", (size_t)(i % 2));
	}
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(handled, 500);
	assert_int_equal(counts.handled, 500);
	assert_true(begun == 3 && ended == 3);
	assert_false(interrupted());
	opts.executables = true;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(counts.skipped, 500);
	opts = (struct files_options){.root = fakeroot};
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(begun, 1);
}

static void executables_are_told_by_their_bytes(void **context)
{
	struct files_options opts = {.root = fakeroot, .executables = true};

	(void)context;
	fakeroot_bytes("/elf", "\177ELF", 4);
	fakeroot_bytes("/script", "#!", 2);
	fakeroot_bytes("/m.ko.zst", "", 0);
	fakeroot_bytes("/short", "\177EL", 3);
	fakeroot_bytes("/text", "text", 4);
	fakeroot_bytes("/m.ko.txt", "", 0);
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_true(counts.handled == 3 && counts.skipped == 3 && counts.failed == 0);
}

static void wrong_options_are_refused(void **context)
{
	static const char *const jobs[] = {"0", "-1", "x", "1x", "1025", "99999999999999999999"};
	struct files_options opts = {.root = fakeroot};
	char wanted[96];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		opts.jobs = jobs[i];
		(void)snprintf(wanted, sizeof(wanted),
			"imaboot: test: --jobs '%s' is not a number from 1 to 1024\n", jobs[i]);
		assert_int_equal(run(&opts, 0, NULL), EXIT_USAGE);
		assert_string_equal(messages.text, wanted);
	}
	opts = (struct files_options){0};
	assert_int_equal(run(&opts, 0, NULL), EXIT_USAGE);
	threads_max = 0;
	opts.root = fakeroot;
	assert_int_equal(run(&opts, 0, NULL), EXIT_FAILED);
	assert_string_equal(messages.text, "imaboot: test: no thread could be begun\n");
}

static void fewer_threads_do_as_well(void **context)
{
	struct files_options opts = {.root = fakeroot, .jobs = "8"};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	threads_max = 2;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_true(handled == 1 && begun == 2);
	cannot_begin = true;
	threads_max = 2;
	assert_int_equal(run(&opts, 0, NULL), 0);
	cannot_begin = false;
	assert_true(handled == 0 && counts.handled == 1 && ended == 0);
	threads_max = 2;
	fail_strdup = true;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_true(counts.handled == 0 && counts.failed == 1);
}

static void interrupt_ends_the_run(void **context)
{
	struct files_options opts = {.root = fakeroot, .jobs = "1"};
	char name[32];
	int i;

	(void)context;
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "/%d", i);
		fakeroot_bytes(name, "x", 1);
	}
	interrupts = true;
	assert_int_equal(run(&opts, 0, NULL), 0);
	interrupts = false;
	assert_true(interrupted());
	assert_int_equal(handled, 1);
}

static void names_are_opened_or_told(void **context)
{
	char operands[4][128];
	char *pointers[] = {operands[0], operands[1], operands[2], operands[3]};
	struct files_options opts = {0};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	assert_int_equal(symlink("f", fakeroot_path("/link")), 0);
	assert_int_equal(symlink("loop", fakeroot_path("/loop")), 0);
	(void)snprintf(operands[0], sizeof(operands[0]), "%s", fakeroot_path("/link"));
	(void)snprintf(operands[1], sizeof(operands[1]), "%s", fakeroot_path("/loop"));
	(void)snprintf(operands[2], sizeof(operands[2]), "%s", fakeroot_path("/none"));
	(void)snprintf(operands[3], sizeof(operands[3]), "%s", fakeroot);
	assert_int_equal(run(&opts, 4, pointers), 0);
	assert_true(handled == 1 && counts.failed == 3);
	assert_non_null(
		strstr(messages.text, "/loop: cannot be opened: its symbolic links lead in a circle\n"));
	assert_non_null(strstr(messages.text, "/none: there is no such file, or it vanished meanwhile\n"));
	assert_non_null(strstr(
		messages.text, ": is a directory, not a regular file; for all that is in it use --root\n"));
}

static void lists_may_name_anything(void **context)
{
	_cleanup_buf_ struct buf list = {0};
	struct files_options opts = {0};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	assert_int_equal(symlink("f", fakeroot_path("/link")), 0);
	buf_printf(&list, "%s/f%c%s%c%c%s/link%c%s/none", fakeroot, 0, fakeroot, 0, 0, fakeroot, 0, fakeroot);
	fakeroot_bytes("/list", list.data, list.len);
	opts.from0 = fakeroot_path("/list");
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_true(handled == 1 && counts.skipped == 2 && counts.failed == 1);
	opts.from0 = "/nowhere";
	assert_int_equal(run(&opts, 0, NULL), EXIT_FAILED);
	opts.from0 = "/";
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_string_equal(messages.text, "imaboot: /: the list cannot be read: Is a directory\n");
	assert_int_equal(counts.failed, 1);
}

/* Where a name comes from says what is known of the system's own path. */
static void the_path_in_the_system_goes_with_the_file(void **context)
{
	char operand[128];
	char *pointers[] = {operand};
	struct files_options opts = {.jobs = "1"};
	_cleanup_buf_ struct buf list = {0};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	(void)snprintf(operand, sizeof(operand), "%s", fakeroot_path("/f"));
	assert_int_equal(run(&opts, 1, pointers), 0);
	assert_string_equal(last_inside, "none");
	buf_printf(&list, "/%s/./no/..//f%c", fakeroot, 0);
	fakeroot_bytes("/no/list", list.data, list.len);
	opts.from0 = fakeroot_path("/no/list");
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_string_equal(last_inside, operand);
	opts.from0 = NULL;
	assert_int_equal(unlink(fakeroot_path("/no/list")), 0);
	opts.root = fakeroot;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_string_equal(last_inside, "/f");
	/* A root does not make a path of an operand's name, however short that is. */
	assert_int_equal(chdir(fakeroot), 0);
	assert_int_equal(unlink("f"), 0);
	fakeroot_bytes("/g", "x", 1);
	(void)snprintf(operand, sizeof(operand), "g");
	opts.root = "no";
	assert_int_equal(run(&opts, 1, pointers), 0);
	assert_string_equal(last_inside, "none");
	assert_int_equal(chdir("/"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(regular_files_are_found),
		TEST(globs_leave_files_and_folders_out),
		TEST(many_hard_links_come_once),
		TEST(failures_are_told_and_the_walk_goes_on),
		TEST(walk_ends_when_told),
		TEST(all_files_are_handled),
		TEST(executables_are_told_by_their_bytes),
		TEST(wrong_options_are_refused),
		TEST(fewer_threads_do_as_well),
		TEST(interrupt_ends_the_run),
		TEST(names_are_opened_or_told),
		TEST(lists_may_name_anything),
		TEST(the_path_in_the_system_goes_with_the_file),
	};

	return RUN_TESTS(tests);
}
