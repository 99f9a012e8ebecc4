// SPDX-License-Identifier: MIT
/* Signals that end a verb in order; see interrupt.h. */
#include "interrupt.h"

#include <stdatomic.h>
#include <stddef.h>
#include "util.h"

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
static atomic_uint noted;

unsigned int interrupt_count(void)
{
	return atomic_load_explicit(&noted, memory_order_relaxed);
}

bool interrupted(void)
{
	return interrupt_count() > 0;
}

static void on_signal(int number)
{
	(void)number;
	atomic_fetch_add_explicit(&noted, 1, memory_order_relaxed);
}

static void install(int flags, struct interrupt *ret)
{
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
	size_t i;

	atomic_store(&noted, 0);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		(void)sigaction(numbers[i], &action, &ret->old[i]);
		/* Who started us in the background, or with nohup, does not want to be interrupted. */
		if (ret->old[i].sa_handler == SIG_IGN)
			(void)sigaction(numbers[i], &ret->old[i], NULL);
	}
}

void interrupt_begin(struct interrupt *ret)
{
	/* The second signal finds the default again: it ends what hangs. */
	install((int)SA_RESETHAND, ret);
}

void interrupt_hold(struct interrupt *ret)
{
	install(0, ret);
}

void interrupt_end(const struct interrupt *interrupt)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		(void)sigaction(numbers[i], &interrupt->old[i], NULL);
}
