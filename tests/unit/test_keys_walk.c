// SPDX-License-Identifier: MIT
/* Tests of keys/walk.c, pool.c and files.c: which files are found, and what becomes of the rest. */
/* wrap: syscall readdir fdopendir pthread_create sysconf sched_getaffinity strdup */
#include "walk.h"
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include "capture.h"
#include "fakeroot.h"
#include "files.h"
#include "interrupt.h"

static int fail_open, fail_readdir, fail_fdopendir;
static unsigned int threads_max, processors;
static bool no_types, fail_strdup;

/* Only openat2 is called by its number. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	const struct open_how *how;
	const char *name;
	va_list arguments;
	size_t size;
	int folder;

	va_start(arguments, number);
	folder = va_arg(arguments, int);
	name = va_arg(arguments, const char *);
	how = va_arg(arguments, const struct open_how *);
	size = va_arg(arguments, size_t);
	va_end(arguments);
	assert_int_equal(number, SYS_openat2);
	assert_true(how->resolve & RESOLVE_NO_SYMLINKS);
	if (fail_open) {
		errno = fail_open;
		return -1;
	}
	return __real_syscall(number, folder, name, how, size);
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

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	unsigned int i;

	assert_int_equal(pid, 0);
	assert_int_equal(size, sizeof(*set));
	CPU_ZERO(set);
	for (i = 0; i < processors; i++)
		CPU_SET(3 * i, set);
	return processors ? 0 : -1;
}

char *__real_strdup(const char *string);
char *__wrap_strdup(const char *string);
char *__wrap_strdup(const char *string)
{
	return fail_strdup ? NULL : __real_strdup(string);
}

static int set_up(void **context)
{
	fail_open = fail_readdir = fail_fdopendir = 0;
	processors = 0;
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

static bool found_without_names; /* they are too long */

static bool note_file(void *context, const struct fileitem *item)
{
	(void)context;
	assert_true(S_ISREG(item->st->st_mode) && item->is_found);
	assert_int_equal(strncmp(item->path, fakeroot, strlen(fakeroot)), 0);
	assert_ptr_equal(item->inside, item->path + strlen(fakeroot));
	(void)close(item->fd);
	if (!found_without_names)
		(void)snprintf(found.names[found.count], sizeof(found.names[0]), "%s", item->inside);
	found.count++;
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
	_cleanup_exclude_ struct exclude patterns = {0};
	const struct walk order = {.exclude = &patterns, .file = note_file, .failed = note_failure};
	size_t stop = found.stop;

	assert_int_equal(exclude_begin(&exclude, &patterns), 0);
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

static void globs_are_of_paths_and_of_names(void **context)
{
	static const struct {
		const char *glob, *inside;
		bool matches;
	} cases[] = {
		{"/d/e", "/d/e", true},
		{"d/e", "/d/e", true},
		{"/d/e/", "/d/e", true},
		{"d/e//", "/d/e", true},
		{"e", "/d/e", true},
		{"e/", "/d/e", true},
		{"d", "/d/e", false},
		{"/e", "/d/e", false},
		{"*/e", "/d/e", true},
		{"*/d", "/d", true},
		{"*/e", "/e", true},
		{"/d/*", "/d/e/f", true},
		{"e/f", "/d/e/f", false},
		{"/", "/d", false},
		{"", "/d", false},
	};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *globs[] = {"other", cases[i].glob, cases[i].glob};
		const struct verb_strings strings = {globs, ARRAY_SIZE(globs)};
		_cleanup_exclude_ struct exclude exclude = {0};

		assert_int_equal(exclude_begin(&strings, &exclude), 0);
		assert_int_equal(
			exclude_matches(&exclude, cases[i].inside, strrchr(cases[i].inside, '/') + 1),
			cases[i].matches);
		assert_false(exclude.patterns[0].has_matched);
		assert_int_equal(exclude.patterns[1].has_matched, cases[i].matches);
		assert_int_equal(exclude.patterns[2].has_matched, cases[i].matches);
		assert_string_equal(exclude.patterns[1].given, cases[i].glob);
	}
}

/* As deep as a path can be, and one folder more, which is told; far deeper trees are no danger to the stack. */
static void depth_has_an_end(void **context)
{
	int folder, i;

	(void)context;
	found.stop = 0;
	folder = open(fakeroot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; i < WALK_DEPTH_MAX + 3; i++) {
		int next;

		assert_int_equal(mkdirat(folder, "d", 0755), 0);
		next = openat(folder, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)close(folder);
		folder = next;
		if (i == WALK_DEPTH_MAX - 1 || i == WALK_DEPTH_MAX)
			(void)close(openat(folder, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	}
	(void)close(folder);
	found_without_names = true;
	assert_int_equal(walk(NULL, 0), 0);
	found_without_names = false;
	assert_int_equal(found.count, 1);
	assert_int_equal(found.failures, 1);
	assert_int_equal(found.error, -E2BIG);
	assert_int_equal(chdir(fakeroot), 0);
	/* Deeper than nftw(3) of the tear-down goes. */
	assert_int_equal(system("rm -rf d"), 0);
	assert_int_equal(chdir("/"), 0);
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

static void what_is_mounted_there_is_left_out(void **context)
{
	(void)context;
	make_tree();
	fail_open = EXDEV;
	assert_int_equal(walk(NULL, 0), 0);
	assert_true(found.count == 0 && found.failures == 0);
	/* So is what was replaced by a link. */
	fail_open = ELOOP;
	assert_int_equal(walk(NULL, 0), 0);
	assert_true(found.count == 0 && found.failures == 0);
}

static void failures_are_told_and_the_walk_goes_on(void **context)
{
	(void)context;
	make_tree();
	fail_open = EMFILE;
	assert_int_equal(walk(NULL, 0), 0);
	assert_int_equal(found.failures, 3);
	assert_int_equal(found.error, -EMFILE);
	fail_open = 0;
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
	fail_open = EACCES;
	assert_int_equal(walk(NULL, 0), -ECANCELED);
	assert_int_equal(found.failures, 1);
	fail_open = 0;
	(void)snprintf(fakeroot + strlen(fakeroot), 4, "/no");
	assert_int_equal(walk(NULL, 0), -ENOENT);
	assert_int_equal(found.failures, 0);
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
	/* As many threads as there are processors for this process. */
	processors = 3;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(begun, 3);
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

static void warnings_are_of_what_does_nothing(void **context)
{
	const char *globs[] = {"f", "g", "no/f/"};
	struct files_options opts = {.root = fakeroot, .exclude = {globs, 3}};
	char wanted[256];

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(counts.handled, 0);
	(void)snprintf(wanted, sizeof(wanted),
		"imaboot: test: --exclude 'g' matches nothing below '%s'\n"
		"imaboot: test: --exclude 'no/f/' matches nothing below '%s'\n",
		fakeroot, fakeroot);
	assert_string_equal(messages.text, wanted);
	opts.root = NULL;
	opts.from0 = "/dev/null";
	assert_int_equal(run(&opts, 0, NULL), EXIT_USAGE);
	assert_string_equal(messages.text, "imaboot: test: --exclude leaves files out of the tree of --root, "
					   "and there is none; leave out the "
					   "names themselves\n");
}

/* Of a tree they were not asked for; of a list or on the command line they were. */
static void what_vanished_is_no_failure_in_a_tree(void **context)
{
	struct files_options opts = {.root = fakeroot};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	fail_open = ENOENT;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_true(counts.failed == 0 && counts.skipped == 1 && counts.handled == 0);
	assert_string_equal(messages.text, "");
	fail_open = E2BIG;
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(counts.failed, 1);
	assert_non_null(
		strstr(messages.text, "/f: is not gone into: it lies 2048 folders deep, where no path leads; "
				      "take it away, or leave it out: --exclude\n"));
	fail_open = 0;
	opts.root = "/nowhere";
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(counts.failed, 1);
	assert_string_equal(
		messages.text, "imaboot: /nowhere: there is no such file, or it vanished meanwhile\n");
}

/* Before Linux 5.6, and under a filter of system calls that does not know the one. */
static void files_are_found_without_openat2(void **context)
{
	struct files_options opts = {.root = fakeroot};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	fakeroot_bytes("/d/g", "x", 1);
	assert_int_equal(symlink("f", fakeroot_path("/link")), 0);
	for (fail_open = ENOSYS; fail_open; fail_open = fail_open == ENOSYS ? EPERM : 0) {
		assert_int_equal(run(&opts, 0, NULL), 0);
		assert_true(counts.handled == 2 && counts.failed == 0);
		assert_string_equal(messages.text, "");
	}
}

static void a_list_of_lines_is_told(void **context)
{
	struct files_options opts = {.from0 = "/no/list"};
	_cleanup_buf_ struct buf list = {0};

	(void)context;
	fakeroot_bytes("/f", "x", 1);
	buf_printf(&list, "%s/f\n%s/f\n", fakeroot, fakeroot);
	fakeroot_bytes("/list", list.data, list.len);
	opts.from0 = fakeroot_path("/list");
	assert_int_equal(run(&opts, 0, NULL), 0);
	assert_int_equal(counts.failed, 1);
	assert_non_null(strstr(messages.text,
		"imaboot: test: the names of a list end with a NUL byte, and this one has a newline in it; "
		"make the list with find -print0, or see the examples of imactl(8)\n"));
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
		TEST(globs_are_of_paths_and_of_names),
		TEST(depth_has_an_end),
		TEST(many_hard_links_come_once),
		TEST(what_is_mounted_there_is_left_out),
		TEST(failures_are_told_and_the_walk_goes_on),
		TEST(walk_ends_when_told),
		TEST(all_files_are_handled),
		TEST(executables_are_told_by_their_bytes),
		TEST(wrong_options_are_refused),
		TEST(fewer_threads_do_as_well),
		TEST(interrupt_ends_the_run),
		TEST(names_are_opened_or_told),
		TEST(lists_may_name_anything),
		TEST(warnings_are_of_what_does_nothing),
		TEST(what_vanished_is_no_failure_in_a_tree),
		TEST(files_are_found_without_openat2),
		TEST(a_list_of_lines_is_told),
		TEST(the_path_in_the_system_goes_with_the_file),
	};

	return RUN_TESTS(tests);
}
