// SPDX-License-Identifier: MIT
/* Tests of keys/pool.c: every file is done once, whoever is the slower one, and nobody waits for ever. */
#include "pool.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>
#include "unit.h"

#define FILES 4000
#define WATCHDOG 60 /* seconds; SIGALRM ends a test that hangs */

static atomic_uint handled[FILES];
static atomic_uint total, begun, ended;
static unsigned int worker_pause, adder_pause; /* of so many files one takes its time; 0: none */
static atomic_bool is_held;

static void *begin(void *shared)
{
	atomic_fetch_add(&begun, 1);
	return shared;
}

static void rest(void)
{
	const struct timespec pause = {.tv_nsec = 200000};

	(void)nanosleep(&pause, NULL);
}

static void handle(void *state, const struct fileitem *item)
{
	unsigned long number = strtoul(item->path, NULL, 10);

	assert_non_null(state);
	assert_true(number < FILES);
	assert_string_equal(item->inside, item->path);
	assert_int_equal(item->st->st_size, number);
	while (atomic_load(&is_held))
		rest();
	if (worker_pause && number % worker_pause == 0)
		rest();
	atomic_fetch_add(&handled[number], 1);
	atomic_fetch_add(&total, 1);
}

static void end(void *state)
{
	(void)state;
	atomic_fetch_add(&ended, 1);
}

static const struct files_task task = {
	.verb = "test", .done = "done", .shared = &total, .begin = begin, .file = handle, .end = end};

static void add(struct pool *pool, unsigned int number)
{
	struct stat st = {.st_size = number};
	char name[16];

	(void)snprintf(name, sizeof(name), "%u", number);
	assert_int_equal(
		pool_add(pool, &(struct fileitem){.fd = -1, .path = name, .inside = name, .st = &st}), 0);
}

static void reset(void)
{
	memset(handled, 0, sizeof(handled));
	total = begun = ended = 0;
	is_held = false;
	(void)alarm(WATCHDOG);
}

static void run(unsigned int jobs, unsigned int files)
{
	struct pool *pool;
	unsigned int i;

	reset();
	pool = pool_begin(&task, jobs);
	assert_non_null(pool);
	for (i = 0; i < files; i++) {
		if (adder_pause && i % adder_pause == 0)
			rest();
		add(pool, i);
	}
	pool_end(pool);
	(void)alarm(0);
	assert_int_equal(total, files);
	assert_true(begun == jobs && ended == jobs);
	for (i = 0; i < files; i++)
		assert_int_equal(handled[i], 1);
}

/* Pauses of both sides, also such as let the ring be full, half full and empty again and again. */
static void every_file_is_done_once(void **context)
{
	static const unsigned int pauses[][2] = {{0, 0}, {1, 0}, {0, 1}, {7, 0}, {0, 7}, {40, 33}, {3, 100}};
	static const unsigned int jobs[] = {1, 2, 3, 8};
	size_t i, j;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		for (j = 0; j < ARRAY_SIZE(pauses); j++) {
			worker_pause = pauses[j][0];
			adder_pause = pauses[j][1];
			run(jobs[i], worker_pause == 1 || adder_pause == 1 ? 500 : FILES);
		}
	worker_pause = adder_pause = 0;
}

/* Around the ring's size, where it is just full, or just not. */
static void any_number_of_files_will_do(void **context)
{
	unsigned int files;

	(void)context;
	for (files = 0; files < 140; files++)
		run(files % 3 + 1, files);
}

static atomic_uint added;

static void *add_many(void *pool)
{
	unsigned int i;

	for (i = 0; i < 500; i++) {
		add(pool, i);
		atomic_fetch_add(&added, 1);
	}
	return NULL;
}

/* While the threads are held, only what the ring takes, and one for each of them at most, is handed over. */
static void the_queue_is_bounded(void **context)
{
	struct pool *pool;
	unsigned int last;
	pthread_t adder;

	(void)context;
	reset();
	is_held = true;
	pool = pool_begin(&task, 2);
	assert_non_null(pool);
	added = 0;
	assert_int_equal(pthread_create(&adder, NULL, add_many, pool), 0);
	do {
		last = added;
		(void)usleep(50000);
	} while (last != added || !last);
	assert_in_range(added, 2 * 32, 2 * 32 + 2);
	is_held = false;
	assert_int_equal(pthread_join(adder, NULL), 0);
	pool_end(pool);
	(void)alarm(0);
	assert_int_equal(total, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_done_once),
		cmocka_unit_test(any_number_of_files_will_do),
		cmocka_unit_test(the_queue_is_bounded),
	};

	return RUN_TESTS(tests);
}
