// SPDX-License-Identifier: MIT
/* The kernel's keys while the recovery is there; see sysrq.h. */
#include "sysrq.h"

#include <errno.h>
#include "format.h"
#include "log.h"
#include "sysfile.h"

#define SYSRQ "/proc/sys/kernel/sysrq"
#define EVERYTHING 1u
/* linux/sysrq.h: the level of the console, sync, read-only, restart and power off, the scheduler. */
#define HARMLESS (0x0002u | 0x0010u | 0x0020u | 0x0080u | 0x0100u)

unsigned int sysrq_harmless(unsigned int value)
{
	return value == EVERYTHING ? HARMLESS : value & HARMLESS;
}

static void set(unsigned int value)
{
	char text[16];
	int r;

	(void)format_text(text, sizeof(text), "%u\n", value);
	r = sysfile_write(SYSRQ, text);
	if (r < 0)
		log_warning(SYSRQ " cannot be written: %s; the kernel's keys (SysRq) stay as they are",
			strerror(-r));
}

void sysrq_restrict(void)
{
	char text[32], kept[32];
	ssize_t len = sysfile_read(SYSRQ, text, sizeof(text));
	unsigned int value;

	if (len <= 0)
		return;
	value = (unsigned int)strtoul(text, NULL, 10);
	if (sysrq_harmless(value) == value)
		return;
	if (sysfile_read(RUN_SYSRQ, kept, sizeof(kept)) < 0 &&
		sysfile_replace(RUN_SYSRQ, text, (size_t)len, 0600) < 0)
		log_warning(RUN_SYSRQ
			" cannot be written: the kernel's keys (SysRq) stay restricted after the recovery");
	set(sysrq_harmless(value));
}

void sysrq_restore(void)
{
	char text[32], path[PATH_MAX];

	if (sysfile_read(RUN_SYSRQ, text, sizeof(text)) <= 0)
		return;
	set((unsigned int)strtoul(text, NULL, 10));
	if (sysfile_path(RUN_SYSRQ, path) == 0)
		(void)unlink(path);
}
