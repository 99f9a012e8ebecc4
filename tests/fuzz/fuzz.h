/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. A target checks what must hold for every input; a check that does
 * not hold ends the process, and libFuzzer keeps the input.
 */
#ifndef IMABOOT_TEST_FUZZ_H
#define IMABOOT_TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                  \
		}                                                                                 \
	} while (0)

/* Copies the input to memory of exactly its size, so that a read past its end is found. */
static inline uint8_t *fuzz_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);

	CHECK(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

/* The input as a string, which ends at its first NUL. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	char *string = malloc(size + 1);

	CHECK(string);
	if (size)
		memcpy(string, data, size);
	string[size] = '\0';
	return string;
}

#endif
