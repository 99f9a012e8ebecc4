// SPDX-License-Identifier: MIT
/* JSON read with json-c; see jsonfile.h. */
#include "jsonfile.h"

#include <errno.h>
#include <json-c/json.h>
#include "infile.h"

#define DEPTH_MAX 32

static int parse(const struct buf *bytes, struct json_object **ret, struct problem *problem)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	enum json_tokener_error error;
	size_t end;

	if (!tokener)
		return problem_set(problem, -ENOMEM, "out of memory");
	/* Without this flag json-c takes comments, single quotes and what follows the value. */
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With its NUL: that is where the value must have ended. */
	*ret = json_tokener_parse_ex(tokener, buf_string(bytes), (int)bytes->len + 1);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_success && json_object_is_type(*ret, json_type_object))
		return 0;
	json_object_put(*ret);
	*ret = NULL;
	return error == json_tokener_success
		       ? problem_set(problem, -EBADMSG, "is not a JSON object")
		       : problem_set(problem, -EBADMSG, "is not JSON: %s, at byte %zu",
				 error == json_tokener_continue ? "it ends too early"
								: json_tokener_error_desc(error),
				 end);
}

int jsonfile_read(const char *path, size_t max, struct json_object **ret, struct problem *problem)
{
	_cleanup_buf_ struct buf bytes = {0};
	int r = infile_read(path, max, &bytes, problem);

	*ret = NULL;
	return r < 0 ? r : parse(&bytes, ret, problem);
}

void jsonfile_free(struct json_object *const *object)
{
	json_object_put(*object);
}

static struct json_object *member(const struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
		!json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *jsonfile_string(const struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

uint64_t jsonfile_number(const struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_int);

	return value ? json_object_get_uint64(value) : 0;
}

bool jsonfile_bool(const struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_boolean);

	return value && json_object_get_boolean(value);
}

const struct json_object *jsonfile_object(const struct json_object *object, const char *name)
{
	return member(object, name, json_type_object);
}

size_t jsonfile_count(const struct json_object *object, const char *name)
{
	struct json_object *array = member(object, name, json_type_array);

	return array ? json_object_array_length(array) : 0;
}

static struct json_object *item(
	const struct json_object *object, const char *name, size_t n, enum json_type type)
{
	struct json_object *array = member(object, name, json_type_array);
	struct json_object *value = array ? json_object_array_get_idx(array, n) : NULL;

	return json_object_is_type(value, type) ? value : NULL;
}

const struct json_object *jsonfile_at(const struct json_object *object, const char *name, size_t n)
{
	return item(object, name, n, json_type_object);
}

const char *jsonfile_string_at(const struct json_object *object, const char *name, size_t n)
{
	struct json_object *value = item(object, name, n, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

const char *jsonfile_text(struct json_object *object)
{
	return json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}
