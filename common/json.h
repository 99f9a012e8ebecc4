/* SPDX-License-Identifier: MIT */
/*
 * A JSON writer (RFC 8259): objects, arrays, strings, numbers, booleans and null, added in
 * order to a buffer. It puts the commas; the caller closes what it opens. Strings may hold any
 * bytes: what is not printable UTF-8 arrives in the escaped form of escape.h.
 */
#ifndef IMABOOT_JSON_H
#define IMABOOT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"

struct json {
	struct buf *buf;
	bool separate; /* a comma is due before the next member */
};

/*
 * Each adds one value. name is the member's name inside an object and NULL inside an array or
 * at the top; names are the program's own constants and are written as they are.
 */
void json_object_begin(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *name);
void json_array_end(struct json *json);
void json_string(struct json *json, const char *name, const char *value); /* NULL value: null */
void json_bytes(struct json *json, const char *name, const void *bytes, size_t len);
void json_number(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

#endif
