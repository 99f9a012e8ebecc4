/* SPDX-License-Identifier: MIT */
/* The extended attribute security.ima of an open file, and a look at others: the only file of imactl that touches one. */
#ifndef IMABOOT_IMAXATTR_H
#define IMABOOT_IMAXATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "problem.h"

/*
 * Reads at most size bytes. Returns 0 with the length, 0 where there is no such attribute; -ERANGE
 * when it is longer, -EOPNOTSUPP where the file system has none, or another negative errno.
 */
_must_check_ int imaxattr_get(int fd, uint8_t *ret, size_t size, size_t *ret_len);

/* Reads the SELinux label, of at most size bytes. Returns 0 with the length, or a negative errno. */
_must_check_ int imaxattr_get_label(int fd, char *ret, size_t size, size_t *ret_len);

/* True where the file has no security.evm, and its file system could have it. */
bool imaxattr_lacks_evm(int fd);

/* Writes it; the kernel does so in one step. Returns 0, or a negative errno with *problem set. */
_must_check_ int imaxattr_set(int fd, const uint8_t *value, size_t len, struct problem *problem);

#endif
