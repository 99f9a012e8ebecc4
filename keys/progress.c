// SPDX-License-Identifier: MIT
/* The progress line; see progress.h. */
#include "progress.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include "complain.h"

#define INTERVAL_MS 200
#define ERASE "\r\033[K"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool enabled, visible;
static const char *what;
static uint64_t last_ms;

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void erase(void)
{
	if (visible)
		(void)fputs(ERASE, stderr);
	visible = false;
}

void progress_begin(const char *done)
{
	what = done;
	last_ms = now_ms();
	enabled = isatty(STDERR_FILENO);
}

void progress_count(uint64_t files)
{
	uint64_t now;

	if (!enabled)
		return;
	now = now_ms();
	(void)pthread_mutex_lock(&lock);
	if (now >= last_ms + INTERVAL_MS) {
		(void)fprintf(stderr, ERASE "%llu files %s", (unsigned long long)files, what);
		visible = true;
		last_ms = now;
	}
	(void)pthread_mutex_unlock(&lock);
}

void progress_end(void)
{
	(void)pthread_mutex_lock(&lock);
	erase();
	enabled = false;
	(void)pthread_mutex_unlock(&lock);
}

void progress_complain(const char *path, const struct problem *problem)
{
	(void)pthread_mutex_lock(&lock);
	erase();
	(void)complain(path, problem);
	(void)pthread_mutex_unlock(&lock);
}

void progress_write_member(const struct buf *text, bool *has_member)
{
	(void)pthread_mutex_lock(&lock);
	erase();
	if (has_member && *has_member)
		(void)fputc(',', stdout);
	if (has_member)
		*has_member = true;
	(void)fwrite(buf_string(text), 1, text->len, stdout);
	(void)pthread_mutex_unlock(&lock);
}

void progress_write(const struct buf *text)
{
	progress_write_member(text, NULL);
}
