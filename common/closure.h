/* SPDX-License-Identifier: MIT */
/*
 * Which files the execution of a program opens inside a root: the program behind its symbolic links, the interpreter
 * of a script, the dynamic linker, the shared libraries where that linker finds them, and the linker's own files.
 *
 * As the kernel does it: fs/binfmt_script.c, fs/binfmt_elf.c. As ld.so(8) of the GNU C library does it:
 * /etc/ld.so.preload, DT_RPATH of the file and of those that led to it, DT_RUNPATH of the file, /etc/ld.so.cache, the
 * default folders, glibc-hwcaps below each. As musl does it: RPATH and RUNPATH of the file and of those that led to it, the
 * folders of /etc/ld-musl-ARCH.path. The environment sets nothing, as for an init. What a program opens by itself
 * (dlopen(3), name services) is not found.
 *
 * Links are resolved inside the root; nothing is executed, and nothing in the root is trusted.
 */
#ifndef IMABOOT_CLOSURE_H
#define IMABOOT_CLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "elffile.h"
#include "ldcache.h"
#include "problem.h"
#include "rootfile.h"
#include "util.h"

#define CLOSURE_FILES_MAX 4096               /* files in one closure */
#define CLOSURE_FILE_MAX (UINT64_C(1) << 30) /* bytes of a file that is opened */
#define CLOSURE_OBJECTS_MAX 2048             /* objects that one program loads */
#define CLOSURE_KEPT_MAX (32 * 1024 * 1024)  /* bytes of memory for names in one closure */
/*
 * Work for one closure, in units of about the time in which 8 bytes are compared: some seconds. The init of a
 * distribution with its libraries takes a thousandth of it.
 */
#define CLOSURE_WORK_MAX (UINT64_C(1) << 30)

/* How files are opened. */
enum closure_role {
	CLOSURE_PROGRAM = 1,   /* executed: as asked for, or as the interpreter of a script */
	CLOSURE_SCRIPT = 2,    /* executed, and then read by its interpreter */
	CLOSURE_LINKER = 4,    /* PT_INTERP: opened and mapped by the kernel */
	CLOSURE_LIBRARY = 8,   /* read and mapped by the dynamic linker */
	CLOSURE_SETTINGS = 16, /* read by the dynamic linker, or by systemd, which go on without it */
	CLOSURE_DATA = 32      /* read by systemd, which does not go on without it; see targets.h */
};

/* One file; names that lead to the same one (links, hard links) are one entry. */
struct closure_file {
	char *path;         /* where it really is in the root, or the name by which it was found */
	unsigned int roles; /* enum closure_role */
	size_t user; /* index of the file because of which it was opened first; its own where it was asked for */
	dev_t dev;
	ino_t ino;
	mode_t mode;
	bool complete;   /* all that it needs as a program is there */
	struct elf *elf; /* NULL: no ELF file, or a malformed one; stays where it is while the array grows */
};

/* What is not there, or not usable. */
struct closure_gap {
	char *name;         /* the library's name or the interpreter's path */
	size_t user;        /* index of the file that asks for it */
	const char *reason; /* a clause: "is not found", "is malformed" */
};

struct closure {
	int root_fd;        /* not owned */
	const char *root;   /* its name, for messages */
	unsigned int level; /* the processor's, see hwcaps.h; 0: of the running one */
	struct closure_file *files;
	size_t count;
	struct closure_gap *gaps;
	size_t gap_count;
	struct rootfile cache_file; /* LDCACHE_PATH, once something was looked for in it */
	struct ldcache cache;
	bool cache_read;
	uint64_t work;      /* that was done, see CLOSURE_WORK_MAX */
	size_t kept;        /* bytes of memory that names take */
	long long deadline; /* seconds of CLOCK_MONOTONIC; 0: none */
	size_t busy;        /* the file whose wishes were looked at last */
};

/* Begins an empty closure for a root and the running processor. */
void closure_init(struct closure *closure, int root_fd, const char *root);

/*
 * Sets an end to the time in which files are added: a path can be made so that finding it takes the kernel milliseconds,
 * and a disk can be slow.
 */
void closure_limit_time(struct closure *closure, unsigned int seconds);

/*
 * Adds a program and all that its execution opens. What is found once is not looked at again. Returns the index of the
 * file, or a negative errno with *problem set: as rootfile_open(); -EACCES where nobody may execute it; -ENOEXEC a
 * script without a usable first line, -ELOOP a sixth script behind five; -E2BIG beyond the bounds of
 * files, memory, work and time, and nothing is added from then on. What
 * the program asks for and does not get is a gap, not an error; so is a file of more than CLOSURE_FILE_MAX or
 * LDCACHE_SIZE_MAX bytes, which is not opened, since the kernel would read all of it under a rule of IMA.
 */
_must_check_ ssize_t closure_add(struct closure *closure, const char *path, struct problem *problem);

#define CLOSURE_INTERPRETER_MAX 256

/*
 * The interpreter that a script names in its first line, as a path from the root. Returns 0; -ENODATA: the file is no
 * script; or another negative errno.
 */
_must_check_ int closure_interpreter(
	const struct closure *closure, const char *path, char ret[static CLOSURE_INTERPRETER_MAX + 1]);

/* Releases everything but root_fd. */
void closure_free(struct closure *closure);

#define _cleanup_closure_ _cleanup_(closure_free)

#endif
