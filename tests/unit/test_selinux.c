// SPDX-License-Identifier: MIT
/* Tests of common/selinux.c: SELinux's configuration, and names in a binary policy. */
#include "selinux.h"
#include "unit.h"

static void check_config(const char *text, bool disabled, const char *type)
{
	char *copy = malloc(strlen(text) + 1);
	struct selinux_config config;

	assert_non_null(copy);
	memcpy(copy, text, strlen(text)); /* not terminated */
	selinux_config_parse(copy, strlen(text), &config);
	free(copy);
	assert_int_equal(config.disabled, disabled);
	assert_string_equal(config.type, type);
}

static void configuration_is_read_as_libselinux_reads_it(void **context)
{
	(void)context;
	check_config("", false, "targeted");
	check_config("SELINUX=permissive\nSELINUXTYPE=default\n", false, "default");
	check_config("# SELINUX=disabled\n  SELINUX= Disabled\n\tSELINUXTYPE=mls \t\r\n", true, "mls");
	check_config("SELINUX=disabled\nSELINUX=enforcing", false, "targeted");
	check_config("SELINUX=disable", false, "targeted");
	check_config("SELINUXTYPE=a\nSELINUXTYPE=b", false, "b");
	check_config("XSELINUX=disabled\nSELINUX\nSELINUXTYPE=", false, "");
}

/* It becomes part of a path. */
static void type_is_one_short_name(void **context)
{
	char line[128] = "SELINUXTYPE=";

	(void)context;
	check_config("SELINUXTYPE=../../tmp\n", false, "");
	check_config("SELINUXTYPE=a/b\n", false, "");
	memset(line + 12, 't', SELINUX_TYPE_MAX - 1);
	check_config(line, false, line + 12);
	line[12 + SELINUX_TYPE_MAX - 1] = 't';
	check_config(line, false, "");
}

static void policy_is_known_by_its_first_bytes(void **context)
{
	static const uint8_t magic[] = {0x8c, 0xff, 0x7c, 0xf9, 8};

	(void)context;
	assert_true(selinux_policy_is_valid(magic, sizeof(magic)));
	assert_true(selinux_policy_is_valid(magic, 4));
	assert_false(selinux_policy_is_valid(magic, 3));
	assert_false(selinux_policy_is_valid(magic + 1, 4));
	assert_false(selinux_policy_is_valid(NULL, 0));
}

/* Looks for a label in a copy of exactly that size. */
static bool has(const void *bytes, size_t len, enum policy_lsm slot, const char *label)
{
	uint8_t *copy = malloc(len + !len);
	bool found;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	found = selinux_policy_may_have(copy, len, slot, label, strlen(label));
	free(copy);
	return found;
}

static void names_stand_behind_their_lengths(void **context)
{
	static const char type[] = "\5\0\0\0"
				   "vvvv"
				   "pppp"
				   "bbbb"
				   "lab_t";
	static const char role[] = "\5\0\0\0"
				   "vvvv"
				   "bbbb"
				   "lab_t";
	size_t len;

	(void)context;
	assert_true(has(type, sizeof(type) - 1, LSM_OBJ_TYPE, "lab_t"));
	assert_true(has(type, sizeof(type) - 1, LSM_SUBJ_TYPE, "lab_t"));
	assert_false(has(type, sizeof(type) - 1, LSM_OBJ_ROLE, "lab_t"));
	assert_false(has(type, sizeof(type) - 1, LSM_OBJ_TYPE, "lab_"));
	assert_false(has(type, sizeof(type) - 1, LSM_OBJ_TYPE, "ab_t"));
	assert_false(has(type, sizeof(type) - 1, LSM_OBJ_TYPE, ""));
	assert_false(has(type, sizeof(type) - 1, LSM_OBJ_TYPE, "lab_tt"));
	assert_true(has(role, sizeof(role) - 1, LSM_OBJ_ROLE, "lab_t"));
	assert_true(has(role, sizeof(role) - 1, LSM_SUBJ_USER, "lab_t"));
	assert_false(has(role, sizeof(role) - 1, LSM_OBJ_TYPE, "lab_t"));
	for (len = 0; len < sizeof(type) - 1; len++)
		assert_false(has(type, len, LSM_OBJ_TYPE, "lab_t"));
}

/* Other places where the name stands do not hide the one that counts. */
static void every_place_is_looked_at(void **context)
{
	static const char text[] = "lab_t lab_t\5\0\0\0"
				   "vvvv"
				   "pppp"
				   "bbbb"
				   "lab_tlab_t";

	(void)context;
	assert_true(has(text, sizeof(text) - 1, LSM_OBJ_TYPE, "lab_t"));
	assert_false(has(text, 11, LSM_OBJ_TYPE, "lab_t"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configuration_is_read_as_libselinux_reads_it),
		cmocka_unit_test(type_is_one_short_name),
		cmocka_unit_test(policy_is_known_by_its_first_bytes),
		cmocka_unit_test(names_stand_behind_their_lengths),
		cmocka_unit_test(every_place_is_looked_at),
	};

	return RUN_TESTS(tests);
}
