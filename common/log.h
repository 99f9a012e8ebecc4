/* SPDX-License-Identifier: MIT */
/*
 * Messages: one line each, to stderr and, when asked for, to the kernel's log.
 *
 * A message says what failed, why, and what to do. The arguments may be untrusted (file names,
 * policy text): the finished line is escaped here, once, as in escape.h, so callers do not.
 * /dev/kmsg is opened for each message: its rate limit counts per open file and drops in silence
 * (kernel/printk/printk.c, devkmsg_write), and a record holds about 1,000 bytes.
 */
#ifndef IMABOOT_LOG_H
#define IMABOOT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>
#include "util.h"

/* Name that begins each line; a constant. */
void log_set_program(const char *name);

/*
 * Also write to the kernel's log from now on (facility daemon, as dracut does), or no longer. What is there does not go
 * to a stderr that would show it once more: the console, where the kernel shows records of that level
 * (/proc/sys/kernel/printk), and the journal, which reads the kernel's log (systemd-journald.socket(8)). Where the
 * journal is all that it would reach, warnings and errors go to /dev/console.
 */
void log_set_kmsg(bool on);

/* Show debug messages, or do not (the default). */
void log_set_debug(bool on);

/* Logs one line at a syslog(3) level, LOG_ERR to LOG_DEBUG. */
void log_message(int level, const char *format, ...) _printf_(2, 3);

/* A line for readers of the kernel's log alone: it explains other lines there. */
void log_kernel(int level, const char *format, ...) _printf_(2, 3);

/* The same as log_message() for a line that is in escaped form already. */
void log_escaped(int level, const char *line);

#define log_error(...) log_message(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_message(LOG_NOTICE, __VA_ARGS__)
#define log_debug(...) log_message(LOG_DEBUG, __VA_ARGS__)

/* Longest record that goes to the kernel's log, in bytes; longer ones are cut and end in "...". */
#define LOG_KMSG_MAX 960

#endif
