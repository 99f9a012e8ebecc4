/* SPDX-License-Identifier: MIT */
/*
 * JSON that another program wrote, read with json-c: the only file that includes it. Strict: RFC 8259, no comments,
 * nothing behind the value.
 */
#ifndef IMABOOT_JSONFILE_H
#define IMABOOT_JSONFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "problem.h"

struct json_object;

/* Reads the object in a file of at most max bytes. Returns 0, or a negative errno with *problem set. */
_must_check_ int jsonfile_read(
	const char *path, size_t max, struct json_object **ret, struct problem *problem);

void jsonfile_free(struct json_object *const *object);

#define _cleanup_jsonfile_ _cleanup_(jsonfile_free)

/* Members of an object; NULL, 0 or false where the object is NULL, has none of that name, or one of another type. */
const char *jsonfile_string(const struct json_object *object, const char *name);
uint64_t jsonfile_number(const struct json_object *object, const char *name);
bool jsonfile_bool(const struct json_object *object, const char *name);
const struct json_object *jsonfile_object(const struct json_object *object, const char *name);

/* Members of an array that is a member; the n-th is NULL where it is no object. */
size_t jsonfile_count(const struct json_object *object, const char *name);
const struct json_object *jsonfile_at(const struct json_object *object, const char *name, size_t n);
const char *jsonfile_string_at(const struct json_object *object, const char *name, size_t n);

/* The value as text on one line; good until the next call for the same object. */
const char *jsonfile_text(struct json_object *object);

#endif
