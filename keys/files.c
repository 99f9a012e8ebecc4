// SPDX-License-Identifier: MIT
/* The files of a verb: operands, lists, trees; see files.h. The threads are in pool.c. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include "executable.h"
#include "interrupt.h"
#include "log.h"
#include "mutability.h"
#include "pool.h"
#include "problem.h"
#include "progress.h"
#include "walk.h"

#define JOBS_MAX 1024

/* What the sources of names share. */
struct run {
	struct pool *pool;
	const char *verb;
	bool executables;
	const struct timespec *newer; /* NULL: all */
	struct files_counts *counts;
};

/* ---- names and trees ---------------------------------------------------------------------- */

static void fail(struct run *run, const char *path, int error)
{
	_cleanup_problem_ struct problem problem = {0};

	if (error == -ENOENT) {
		problem_set(&problem, error, "there is no such file, or it vanished meanwhile");
	} else if (error == -E2BIG) {
		problem_set(&problem, error, "is not gone into: it lies %d folders deep, where no path leads",
			WALK_DEPTH_MAX);
		problem_remedy(&problem, "take it away, or leave it out: --exclude");
	} else if (error == -EMFILE || error == -ENFILE) {
		problem_set(&problem, error, "cannot be opened: too many files are open, folder in folder");
		problem_remedy(&problem, "raise the limit: ulimit -n");
	} else if (error == -ELOOP) {
		problem_set(&problem, error, "cannot be opened: its symbolic links lead in a circle");
	} else {
		problem_set(&problem, error, "cannot be opened: %s", strerror(-error));
	}
	progress_complain(path, &problem);
	run->counts->failed++;
}

/* The change time counts: package managers set the others to what the package says. */
static bool is_newer(const struct run *run, const struct stat *st)
{
	const struct timespec *newer = run->newer;

	return !newer || st->st_ctim.tv_sec > newer->tv_sec ||
	       (st->st_ctim.tv_sec == newer->tv_sec && st->st_ctim.tv_nsec > newer->tv_nsec);
}

/* Hands an open file over to the threads, or leaves it. */
static bool give(void *context, const struct fileitem *item)
{
	struct run *run = context;
	_cleanup_close_ int own = item->fd;

	if (interrupted())
		return false;
	if (!is_newer(run, item->st) || (run->executables && !is_executable(own, item->path))) {
		run->counts->skipped++;
		return true;
	}
	(void)take_fd(&own);
	if (pool_add(run->pool, item) < 0)
		fail(run, item->path, -ENOMEM);
	else
		run->counts->handled++;
	return true;
}

/* In a tree that is in use files come and go: who has vanished was not asked for by name. */
static bool walk_failed(void *context, const char *path, int error)
{
	struct run *run = context;

	if (error == -ENOENT)
		run->counts->skipped++;
	else
		fail(run, path, error);
	return !interrupted();
}

/* What is no regular file. Of a list, folders and links are no errors: package managers list them too. */
static void pass_by(struct run *run, const char *path, mode_t mode, bool is_listed)
{
	_cleanup_problem_ struct problem problem = {0};

	if (is_listed) {
		run->counts->skipped++;
		return;
	}
	problem_set(&problem, -EINVAL, "is %s, not a regular file",
		S_ISDIR(mode) ? "a directory" : "a device, a FIFO or a socket");
	if (S_ISDIR(mode))
		problem_remedy(&problem, "for all that is in it use --root");
	progress_complain(path, &problem);
	run->counts->failed++;
}

/* A list of lines is one name, and no file has it. */
static void fail_name(struct run *run, const char *path, int error, bool is_listed)
{
	if (is_listed && strchr(path, '\n') &&
		(error == -ENOENT || error == -ENAMETOOLONG || error == -ENOTDIR))
		log_warning("%s: the names of a list end with a NUL byte, and this one has a newline in it; "
			    "make the "
			    "list with find -print0, or see the examples of imactl(8)",
			run->verb);
	fail(run, path, error);
}

/* One name; a list has the names of the system that it is made on. */
static void open_name(struct run *run, const char *path, bool is_listed)
{
	_cleanup_free_ char *inside = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;

	/* Looked at before it is opened: opening a device may do something. */
	if ((is_listed ? lstat(path, &st) : stat(path, &st)) < 0) {
		fail_name(run, path, -errno, is_listed);
		return;
	}
	if (S_ISREG(st.st_mode)) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (is_listed ? O_NOFOLLOW : 0));
		if (fd < 0 || fstat(fd, &st) < 0) {
			fail(run, path, -errno);
			return;
		}
	}
	if (!S_ISREG(st.st_mode)) {
		pass_by(run, path, st.st_mode, is_listed);
		return;
	}
	if (is_listed && *path == '/' && !(inside = mutability_path(path))) {
		fail(run, path, -ENOMEM);
		return;
	}
	(void)give(run, &(struct fileitem){.fd = take_fd(&fd), .path = path, .inside = inside, .st = &st});
}

static int read_list(struct run *run, const char *path)
{
	FILE *list = string_equal(path, "-") ? stdin : fopen(path, "re");
	_cleanup_free_ char *name = NULL;
	size_t size = 0;

	if (!list) {
		log_error("%s: the list cannot be opened: %s", path, strerror(errno));
		return EXIT_FAILED;
	}
	while (!interrupted() && getdelim(&name, &size, '\0', list) > 0)
		if (*name)
			open_name(run, name, true);
	if (ferror(list) && !interrupted()) {
		log_error("%s: the list cannot be read: %s", path, strerror(errno));
		run->counts->failed++;
	}
	if (list != stdin)
		(void)fclose(list);
	return 0;
}

/* A pattern that leaves nothing out was meant to. */
static void warn_of_unused(const struct run *run, const struct exclude *exclude, const char *root)
{
	size_t i;

	for (i = 0; i < exclude->count && !interrupted(); i++)
		if (!exclude->patterns[i].has_matched)
			log_warning("%s: --exclude '%s' matches nothing below '%s'", run->verb,
				exclude->patterns[i].given, root);
}

static int read_tree(struct run *run, const struct files_options *opts)
{
	_cleanup_exclude_ struct exclude exclude = {0};
	const struct walk walk = {.exclude = &exclude,
		.cross_device = opts->cross_device,
		.context = run,
		.file = give,
		.failed = walk_failed};
	int r = exclude_begin(&opts->exclude, &exclude);

	if (r == 0)
		r = walk_tree(&walk, opts->root);
	if (r == -ENOMEM) {
		log_error("%s: out of memory", opts->root);
		return EXIT_FAILED;
	}
	if (r < 0 && r != -ECANCELED)
		fail(run, opts->root, r);
	else
		warn_of_unused(run, &exclude, opts->root);
	return 0;
}

static int read_sources(struct run *run, const struct files_options *opts, size_t count, char **operands)
{
	int status = 0;
	size_t i;

	for (i = 0; i < count && !interrupted(); i++)
		open_name(run, operands[i], false);
	if (opts->from0 && !interrupted())
		status = read_list(run, opts->from0);
	if (opts->root && !status && !interrupted())
		status = read_tree(run, opts);
	return status;
}

/* ---- the run ------------------------------------------------------------------------------ */

/* The processors that this process may use, be it in a container or under taskset(1). */
static unsigned int count_processors(void)
{
	cpu_set_t set;
	long processors;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		processors = CPU_COUNT(&set);
	else
		processors = sysconf(_SC_NPROCESSORS_ONLN);
	return processors > 0 && processors <= JOBS_MAX ? (unsigned int)processors : 1;
}

static int parse_jobs(const struct files_options *opts, const char *verb, unsigned int *ret)
{
	unsigned long jobs;
	char *end;

	*ret = count_processors();
	if (!opts->jobs)
		return 0;
	errno = 0;
	jobs = strtoul(opts->jobs, &end, 10);
	if (*opts->jobs < '0' || *opts->jobs > '9' || *end || errno || !jobs || jobs > JOBS_MAX) {
		log_error("%s: --jobs '%s' is not a number from 1 to %d", verb, opts->jobs, JOBS_MAX);
		return EXIT_USAGE;
	}
	*ret = (unsigned int)jobs;
	return 0;
}

static int check_sources(const struct files_options *opts, size_t count, const char *verb)
{
	if (!count && !opts->root && !opts->from0) {
		log_error("%s: a file is missing; name files, or use --root DIR or --from0 FILE", verb);
		return EXIT_USAGE;
	}
	if (opts->exclude.count && !opts->root) {
		log_error("%s: --exclude leaves files out of the tree of --root, and there is none; leave "
			  "out the "
			  "names themselves",
			verb);
		return EXIT_USAGE;
	}
	return 0;
}

static int find_newer(const struct files_options *opts, const char *verb, struct stat *st, struct run *run)
{
	if (!opts->newer)
		return 0;
	if (stat(opts->newer, st) < 0) {
		log_error("%s: --newer %s: cannot be looked at: %s", verb, opts->newer, strerror(errno));
		return EXIT_USAGE;
	}
	run->newer = &st->st_mtim;
	return 0;
}

/* A tree is walked with one descriptor for each folder of a path. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

int files_run(const struct files_options *opts, size_t count, char **operands, const struct files_task *task,
	struct files_counts *ret)
{
	struct run run = {.verb = task->verb, .executables = opts->executables, .counts = ret};
	struct interrupt interrupt;
	struct stat newer;
	unsigned int jobs;
	int status = parse_jobs(opts, task->verb, &jobs);

	*ret = (struct files_counts){0};
	if (!status)
		status = find_newer(opts, task->verb, &newer, &run);
	if (!status)
		status = check_sources(opts, count, task->verb);
	if (status)
		return status;
	raise_limit();
	interrupt_begin(&interrupt);
	run.pool = pool_begin(task, jobs);
	if (!run.pool) {
		interrupt_end(&interrupt);
		log_error("%s: no thread could be begun", task->verb);
		return EXIT_FAILED;
	}
	progress_begin(task->done);
	status = read_sources(&run, opts, count, operands);
	pool_end(run.pool);
	progress_end();
	interrupt_end(&interrupt);
	return status;
}
