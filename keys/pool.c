// SPDX-License-Identifier: MIT
/* Threads that run a task over files; see pool.h. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include "interrupt.h"
#include "progress.h"

#define QUEUE_PER_THREAD 32
#define QUEUE_MAX 512 /* of all threads: each file in it is an open one */

/* A file in the queue, with what its fileitem points to. */
struct entry {
	struct fileitem item;
	char *path, *inside;
	struct stat st;
};

struct pool {
	const struct files_task *task;
	pthread_mutex_t lock;
	pthread_cond_t has_item, has_room;
	struct entry *entries; /* a ring of size places */
	size_t size, first, count;
	bool is_over; /* nothing more will be added */
	atomic_uint_fast64_t done;
	pthread_t *threads;
	unsigned int thread_count, idle; /* threads that wait for a file */
};

/*
 * Takes the next file; false when there will be none. Who adds waits only while the ring is full, and is woken once it is
 * half empty: taken one by one, every file from there to the last leads through that. To wake it for each place would
 * have it and a thread wait for each other in turns.
 */
static bool take_entry(struct pool *pool, struct entry *ret)
{
	bool found;

	(void)pthread_mutex_lock(&pool->lock);
	pool->idle++;
	while (!pool->count && !pool->is_over)
		(void)pthread_cond_wait(&pool->has_item, &pool->lock);
	pool->idle--;
	found = pool->count > 0;
	if (found) {
		*ret = pool->entries[pool->first];
		pool->first = (pool->first + 1) % pool->size;
		if (--pool->count == pool->size / 2)
			(void)pthread_cond_signal(&pool->has_room);
	}
	(void)pthread_mutex_unlock(&pool->lock);
	return found;
}

static void entry_free(struct entry *entry)
{
	close_fd(&entry->item.fd);
	free(entry->path);
	free(entry->inside);
}

static void *run_thread(void *argument)
{
	struct pool *pool = argument;
	void *state = pool->task->begin(pool->task->shared);
	struct entry entry;

	/* Without its state a thread only empties the queue: the task counts what it has not done. */
	while (take_entry(pool, &entry)) {
		entry.item.st = &entry.st;
		if (state && !interrupted())
			pool->task->file(state, &entry.item);
		entry_free(&entry);
		progress_count(atomic_fetch_add(&pool->done, 1) + 1);
	}
	if (state)
		pool->task->end(state);
	return NULL;
}

/* Signals are the main thread's, which waits in system calls that they shall end. */
static void begin_threads(struct pool *pool, unsigned int jobs)
{
	sigset_t all, old;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	while (pool->thread_count < jobs &&
		pthread_create(&pool->threads[pool->thread_count], NULL, run_thread, pool) == 0)
		pool->thread_count++;
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void pool_free(struct pool *pool)
{
	(void)pthread_mutex_destroy(&pool->lock);
	(void)pthread_cond_destroy(&pool->has_item);
	(void)pthread_cond_destroy(&pool->has_room);
	free(pool->entries);
	free(pool->threads);
	free(pool);
}

struct pool *pool_begin(const struct files_task *task, unsigned int jobs)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->task = task;
	pool->size = jobs < QUEUE_MAX / QUEUE_PER_THREAD ? (size_t)jobs * QUEUE_PER_THREAD : QUEUE_MAX;
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_cond_init(&pool->has_item, NULL);
	(void)pthread_cond_init(&pool->has_room, NULL);
	pool->entries = calloc(pool->size, sizeof(*pool->entries));
	pool->threads = calloc(jobs, sizeof(*pool->threads));
	if (pool->entries && pool->threads)
		begin_threads(pool, jobs);
	if (pool->thread_count)
		return pool;
	pool_free(pool);
	return NULL;
}

/* Copies what the item points to. Returns 0 or -ENOMEM. */
static int entry_fill(const struct fileitem *item, struct entry *ret)
{
	*ret = (struct entry){.item = *item, .st = *item->st, .path = strdup(item->path)};
	if (item->inside)
		ret->inside = strdup(item->inside);
	ret->item.path = ret->path;
	ret->item.inside = ret->inside;
	return ret->path && (ret->inside || !item->inside) ? 0 : -ENOMEM;
}

int pool_add(struct pool *pool, const struct fileitem *item)
{
	struct entry entry;

	if (entry_fill(item, &entry) < 0) {
		entry_free(&entry);
		return -ENOMEM;
	}
	(void)pthread_mutex_lock(&pool->lock);
	while (pool->count == pool->size)
		(void)pthread_cond_wait(&pool->has_room, &pool->lock);
	pool->entries[(pool->first + pool->count++) % pool->size] = entry;
	/* One that is not idle looks before it waits. */
	if (pool->idle)
		(void)pthread_cond_signal(&pool->has_item);
	(void)pthread_mutex_unlock(&pool->lock);
	return 0;
}

void pool_end(struct pool *pool)
{
	unsigned int i;

	(void)pthread_mutex_lock(&pool->lock);
	pool->is_over = true;
	(void)pthread_cond_broadcast(&pool->has_item);
	(void)pthread_mutex_unlock(&pool->lock);
	for (i = 0; i < pool->thread_count; i++)
		(void)pthread_join(pool->threads[i], NULL);
	pool_free(pool);
}
