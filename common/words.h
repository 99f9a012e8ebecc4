/* SPDX-License-Identifier: MIT */
/* Lists of words that a setting can have, as one string with bars between them: "no|yes". Pure. */
#ifndef IMABOOT_WORDS_H
#define IMABOOT_WORDS_H

#include <stddef.h>

/* Index of the word of len bytes in the list, or -1. */
int words_find(const char *list, const char *word, size_t len);

/* Writes the word of that index into ret (32 bytes of room); "" where there is none. */
void words_copy(const char *list, int index, char ret[static 32]);

#endif
