/* SPDX-License-Identifier: MIT */
/*
 * What the kernel and the dynamic linker read in an ELF file to find out what else they must open: elf(5), ld.so(8),
 * fs/binfmt_elf.c (load_elf_binary). Files of 32 and 64 bits in either byte order; nothing in the file is trusted. No
 * symbol, section or relocation is looked at.
 */
#ifndef IMABOOT_ELFFILE_H
#define IMABOOT_ELFFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

#define ELF_STRING_MAX 4096 /* bytes of a path or a list of folders in it, with its NUL: PATH_MAX */
#define ELF_NAME_MAX 255    /* bytes of a library's name without a slash: NAME_MAX */
#define ELF_NEEDED_MAX 1024 /* libraries that one file asks for */
#define ELF_STRING_EXTRA 48 /* bytes that keeping a string takes besides its own */

/* Where the bytes are: in memory, or in an open file where bytes is NULL. */
struct elf_source {
	const uint8_t *bytes;
	int fd;
	uint64_t len; /* of the memory or the file, in bytes */
};

struct elf {
	unsigned int bits; /* 32 or 64 */
	bool big_endian;
	uint16_t machine; /* EM_X86_64 and its like, <elf.h> */
	char *interp;     /* PT_INTERP: the dynamic linker; NULL where there is none */
	char *soname;     /* DT_SONAME or NULL */
	char *rpath;      /* DT_RPATH, NULL where there is none or where DT_RUNPATH makes it void */
	char *runpath;    /* DT_RUNPATH or NULL */
	char **needed;    /* DT_NEEDED, in their order, each once */
	size_t needed_count;
	size_t kept;     /* bytes of memory that the strings take */
	bool no_default; /* DF_1_NODEFLIB: not from the default folders */
};

/*
 * Reads an executable or shared object. Returns 0, or a negative errno with a clause in *ret_why: -ENOEXEC no ELF
 * file, or one of a kind that is not executed; -EBADMSG malformed or beyond the bounds above;
 * -ENOMEM; what pread(2) says, with "cannot be read".
 */
_must_check_ int elf_read(const struct elf_source *source, struct elf *ret, const char **ret_why);

/* Releases the strings. */
void elf_free(struct elf *elf);

#endif
