/* SPDX-License-Identifier: MIT */
/* What the files of the closure share: closure.c (files, scripts), closure_load.c (the order of loading), closure_find.c (where a library is). */
#ifndef IMABOOT_CLOSURE_INTERNAL_H
#define IMABOOT_CLOSURE_INTERNAL_H

#include "closure.h"

/* No file, or no object. */
#define CLOSURE_NONE ((size_t)-1)

/* A loaded object, or one more name of it. */
struct object {
	size_t file;
	char *request; /* the name by which it was asked for */
	char *path;    /* the name by which it was opened; its folder is $ORIGIN */
	size_t loader; /* the object that asked for it; CLOSURE_NONE: the program itself */
	bool is_name;  /* loaded before under another name: what it needs is loaded already */
};

/* One program on its way through its dynamic linker. */
struct load {
	struct closure *closure;
	struct object *objects;
	size_t count;
	bool musl;
	char lib[64];       /* $LIB */
	unsigned int level; /* of the processor, for the program */
	char *musl_folders; /* of /etc/ld-musl-ARCH.path, or the default */
	size_t linker;      /* file index of the dynamic linker */
};

/*
 * Counts work for a file, once for each of so many things that are compared with a text. Returns 0, or -E2BIG where the
 * closure is beyond its bounds. user is CLOSURE_NONE where no file asks for it.
 */
_must_check_ int closure_count(struct closure *closure, size_t user, size_t things, const char *text);

/* The ELF file of an object. */
const struct elf *object_elf(const struct load *load, size_t object);

/*
 * Opens path and adds the file with the role. Returns its index, or a negative errno: -ENOENT and its like, -E2BIG,
 * -ENOMEM. problem may be NULL: then one that is too large is told by a gap, with -EFBIG.
 */
_must_check_ ssize_t closure_open(
	struct closure *closure, const char *path, unsigned int role, size_t user, struct problem *problem);

/*
 * As closure_open() for a library of the object: only a file of the program's class and machine is taken. -ENOEXEC: it
 * is one, but malformed or too large, which is told by a gap.
 */
_must_check_ ssize_t load_open(struct load *load, const char *path, size_t object);

/* Remembers what is not there. Returns 0, -ENOMEM or -E2BIG. */
_must_check_ int closure_gap(struct closure *closure, const char *name, size_t user, const char *reason);

/* Finds out what $LIB and the processor are for the program. */
void load_begin(struct load *load);

/* Loads what the program (a file index) and its libraries ask for. Returns 0 or a negative errno: -E2BIG, -ENOMEM. */
_must_check_ int closure_load(struct closure *closure, size_t program, size_t linker);

/*
 * Finds and opens a library that an object asks for. Returns the file's index with the name it was opened by in ret, or
 * -ENOENT, or another negative errno.
 */
_must_check_ ssize_t load_find(struct load *load, const char *name, size_t object, char ret[static PATH_MAX]);

#endif
