/* SPDX-License-Identifier: MIT */
/* What a kernel executes or maps, told by its first bytes: ELF, scripts, kernel modules. */
#ifndef IMABOOT_EXECUTABLE_H
#define IMABOOT_EXECUTABLE_H

#include <stdbool.h>

/* True for an open file that begins as an ELF file or a script does; compressed modules go by their names. */
bool is_executable(int fd, const char *path);

#endif
