/* SPDX-License-Identifier: MIT */
/*
 * The files that `imactl sign` and `verify` work on: operands, a list, or a tree, handed to as
 * many threads as asked for. What cannot be opened is named and counted, and the rest goes on.
 */
#ifndef IMABOOT_FILES_H
#define IMABOOT_FILES_H

#include <stdint.h>
#include "fileitem.h"
#include "verb.h"

/* The options of a verb; static storage, all zero unless given. */
struct files_options {
	const char *root;  /* --root: the tree */
	const char *from0; /* --from0: a list of names, each ended by a NUL; "-" is standard input */
	const char *jobs;  /* --jobs */
	const char *newer; /* --newer: only files that were changed after that one */
	struct verb_strings exclude; /* --exclude: globs */
	bool cross_device, executables;
};

#define FILES_OPTIONS(opts)                                                                             \
	{.name = "root",                                                                                \
		.argument = "DIR",                                                                      \
		.help = "all regular files below that folder",                                          \
		.value = &(opts).root},                                                                 \
		{.name = "exclude",                                                                     \
			.argument = "GLOB",                                                             \
			.help = "but not those; with a slash: of the path below DIR, else of the name", \
			.list = &(opts).exclude},                                                       \
		{.name = "executables",                                                                 \
			.help = "only ELF files, scripts with #! and kernel modules",                   \
			.flag = &(opts).executables},                                                   \
		{.name = "newer",                                                                       \
			.argument = "FILE",                                                             \
			.help = "only files that were changed, or put there, after FILE was",           \
			.value = &(opts).newer},                                                        \
		{.name = "cross-device",                                                                \
			.help = "go into other file systems that are mounted there",                    \
			.flag = &(opts).cross_device},                                                  \
		{.name = "from0",                                                                       \
			.argument = "FILE",                                                             \
			.help = "names from a list, each ended by a NUL; - is standard input",          \
			.value = &(opts).from0},                                                        \
	{                                                                                               \
		.name = "jobs", .argument = "N", .help = "threads (the number of processors)",          \
		.value = &(opts).jobs                                                                   \
	}

/* What is done with each file. The functions are called in the worker threads. */
struct files_task {
	const char *verb, *done; /* for messages: "sign", "signed" */
	void *shared;
	void *(*begin)(void *shared); /* makes a thread's own state; NULL: failed */
	/* The descriptor is closed by the caller. */
	void (*file)(void *state, const struct fileitem *item);
	void (*end)(void *state);
};

struct files_counts {
	uint64_t handled; /* given to the task */
	uint64_t failed;  /* could not be opened, or read as a folder; said */
	uint64_t skipped; /* not what --executables, --newer or a list asks for, or gone from a tree */
};

/*
 * Runs the task over all files. Returns 0, EXIT_USAGE or EXIT_FAILED after a message when nothing
 * could be begun. That single files failed, or an interrupt, is in the counts alone.
 */
_must_check_ int files_run(const struct files_options *opts, size_t count, char **operands,
	const struct files_task *task, struct files_counts *ret);

#endif
