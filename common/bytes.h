/* SPDX-License-Identifier: MIT */
/* Numbers in the bytes of a file, at any address and in either byte order. Pure. */
#ifndef IMABOOT_BYTES_H
#define IMABOOT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number in size bytes, at most 8. */
uint64_t bytes_number(const uint8_t *bytes, size_t size, bool big_endian);

#endif
