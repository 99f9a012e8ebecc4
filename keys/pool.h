/* SPDX-License-Identifier: MIT */
/*
 * Threads that run a task over files which are handed to them one by one. The queue is short, so
 * memory and open files do not grow with the number of files.
 */
#ifndef IMABOOT_POOL_H
#define IMABOOT_POOL_H

#include "files.h"

struct pool;

/* Begins that many threads, or as many as can be had; NULL where none can. */
struct pool *pool_begin(const struct files_task *task, unsigned int jobs);

/*
 * Hands a file over, waiting for room; takes the descriptor in any case, and copies the rest. Returns 0 or -ENOMEM.
 */
_must_check_ int pool_add(struct pool *pool, const struct fileitem *item);

/* Waits until all files are done, ends the threads and releases the pool. */
void pool_end(struct pool *pool);

#endif
