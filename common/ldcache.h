/* SPDX-License-Identifier: MIT */
/*
 * /etc/ld.so.cache as the GNU dynamic linker reads it: which file a library's name stands for (ld.so(8), ldconfig(8);
 * glibc's elf/dl-cache.c). The format "glibc-ld.so.cache1.1", alone or behind the table of the older "ld.so-1.7.0". Its
 * numbers have the byte order of the machine that it is for; the header says which since glibc 2.33.
 * Pure, and nothing in the file is trusted.
 */
#ifndef IMABOOT_LDCACHE_H
#define IMABOOT_LDCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "util.h"

#define LDCACHE_PATH "/etc/ld.so.cache"
#define LDCACHE_SIZE_MAX (16 * 1024 * 1024) /* bytes */

/* Points into the bytes that were given; they must outlive it. */
struct ldcache {
	const uint8_t *bytes; /* from the newer format's header on: what its offsets count from */
	size_t len;
	bool big_endian;
	size_t strings_end; /* behind the last NUL: no string begins there */
	uint32_t count;     /* of entries */
	uint32_t hwcaps,
		hwcaps_count; /* where the offsets of the names of folders in glibc-hwcaps are, and how many */
};

/*
 * Looks at the header of a cache that programs of a byte order read. Returns 0, -ENOEXEC where it is no such cache,
 * -EOPNOTSUPP one of the other byte order, which their linker passes over too, -EBADMSG where its table lies behind its end.
 */
_must_check_ int ldcache_parse(const uint8_t *bytes, size_t len, bool big_endian, struct ldcache *ret);

/*
 * The path of a library for a program of that machine and width (<elf.h>), NULL where there is none. level is that of
 * the processor, see hwcaps.h: of files in glibc-hwcaps/x86-64-vN, the highest N that is not above it comes first.
 */
const char *ldcache_find(const struct ldcache *cache, const char *name, uint16_t machine, unsigned int bits,
	unsigned int level);

#endif
