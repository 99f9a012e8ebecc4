// SPDX-License-Identifier: MIT
/* Tests of common/json.c. */
#include "json.h"
#include "unit.h"

static void members_are_separated(void **context)
{
	struct buf buf = {0};
	struct json json = {.buf = &buf};

	(void)context;
	json_object_begin(&json, NULL);
	json_number(&json, "number", UINT64_MAX);
	json_bool(&json, "yes", true);
	json_bool(&json, "no", false);
	json_null(&json, "null");
	json_string(&json, "text", "a");
	json_string(&json, "none", NULL);
	json_object_end(&json);
	assert_buf(&buf, "{\"number\":18446744073709551615,\"yes\":true,\"no\":false,\"null\":null,"
			 "\"text\":\"a\",\"none\":null}");
}

static void nested_values_are_separated(void **context)
{
	struct buf buf = {0};
	struct json json = {.buf = &buf};

	(void)context;
	json_array_begin(&json, NULL);
	json_array_begin(&json, NULL);
	json_array_end(&json);
	json_object_begin(&json, NULL);
	json_array_begin(&json, "list");
	json_string(&json, NULL, "a");
	json_string(&json, NULL, "b");
	json_array_end(&json);
	json_object_begin(&json, "object");
	json_object_end(&json);
	json_object_end(&json);
	json_number(&json, NULL, 0);
	json_array_end(&json);
	assert_buf(&buf, "[[],{\"list\":[\"a\",\"b\"],\"object\":{}},0]");
}

static void quotes_and_backslashes_are_escaped(void **context)
{
	struct buf buf = {0};
	struct json json = {.buf = &buf};

	(void)context;
	json_string(&json, NULL, "say \"\\\"");
	assert_buf(&buf, "\"say \\\"\\\\\\\\\\\"\"");
}

static void control_characters_arrive_in_escaped_form(void **context)
{
	struct buf buf = {0};
	struct json json = {.buf = &buf};

	(void)context;
	json_bytes(&json, NULL, "a\0\n\x80\xc3\xbc", 6);
	assert_buf(&buf, "\"a\\\\x00\\\\x0a\\\\x80\xc3\xbc\"");
}

static void failed_buffer_stays_failed(void **context)
{
	struct buf buf = {.failed = true};
	struct json json = {.buf = &buf};

	(void)context;
	json_string(&json, NULL, "a");
	assert_true(buf.failed);
	assert_null(buf.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_separated),
		cmocka_unit_test(nested_values_are_separated),
		cmocka_unit_test(quotes_and_backslashes_are_escaped),
		cmocka_unit_test(control_characters_arrive_in_escaped_form),
		cmocka_unit_test(failed_buffer_stays_failed),
	};

	return RUN_TESTS(tests);
}
