// SPDX-License-Identifier: MIT
/* Tests of common/selinux.c: SELinux's configuration, and names in a binary policy. */
#include "selinux.h"
#include "unit.h"

static void check_config(const char *text, bool disabled, const char *type, bool enforcing)
{
	char *copy = malloc(strlen(text) + 1);
	struct selinux_config config;

	assert_non_null(copy);
	memcpy(copy, text, strlen(text)); /* not terminated */
	selinux_config_parse(copy, strlen(text), &config);
	free(copy);
	assert_int_equal(config.disabled, disabled);
	assert_int_equal(config.enforcing, enforcing);
	assert_string_equal(config.type, type);
}

static void configuration_is_read_as_libselinux_reads_it(void **context)
{
	(void)context;
	check_config("", false, "targeted", false);
	check_config("SELINUX=permissive\nSELINUXTYPE=default\n", false, "default", false);
	check_config("# SELINUX=disabled\nSELINUX= Disabled\n\tSELINUXTYPE=mls \t\r\n", true, "mls", false);
	check_config("SELINUX=disabled\nSELINUX=enforcing", true, "targeted", false);
	check_config("SELINUX=Enforcing\nSELINUX=disabled", false, "targeted", true);
	check_config("SELINUX=disable\nSELINUX=enforcing\n", false, "targeted", true);
	check_config(" SELINUX=enforcing\n", false, "targeted", false);
	check_config("SELINUXTYPE=a\nSELINUXTYPE=b", false, "b", false);
	check_config("XSELINUX=disabled\nSELINUX\nSELINUXTYPE=", false, "", false);
}

/* It becomes part of a path. */
static void type_is_one_short_name(void **context)
{
	char line[128] = "SELINUXTYPE=";

	(void)context;
	check_config("SELINUXTYPE=../../tmp\n", false, "", false);
	check_config("SELINUXTYPE=a/b\n", false, "", false);
	memset(line + 12, 't', SELINUX_TYPE_MAX - 1);
	check_config(line, false, line + 12, false);
	line[12 + SELINUX_TYPE_MAX - 1] = 't';
	check_config(line, false, "", false);
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
	struct selinux_label wanted = {.text = label, .len = (uint32_t)strlen(label), .slot = slot};
	uint8_t *copy = malloc(len + !len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	selinux_labels_sort(&wanted, 1);
	selinux_labels_find(copy, len, &wanted, 1);
	free(copy);
	return wanted.found;
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

static void many_labels_are_found_at_once(void **context)
{
	static const char text[] = "\1\0\0\0vvvvbbbba\3\0\0\0vvvvppppbbbbone\3\0\0\0vvvvppppbbbbtwo";
	struct selinux_label labels[] = {{.text = "two", .len = 3, .rule = 0, .slot = LSM_OBJ_TYPE},
		{.text = "one", .len = 3, .rule = 1, .slot = LSM_SUBJ_TYPE},
		{.text = "six", .len = 3, .rule = 2, .slot = LSM_OBJ_TYPE},
		{.text = "one", .len = 3, .rule = 3, .slot = LSM_OBJ_TYPE},
		{.text = "one", .len = 3, .rule = 4, .slot = LSM_OBJ_ROLE},
		{.text = "a", .len = 1, .rule = 5, .slot = LSM_SUBJ_USER},
		{.text = "one", .len = 3, .rule = 6, .slot = LSM_OBJ_TYPE},
		{.text = "onelong", .len = 7, .rule = 7, .slot = LSM_OBJ_TYPE}};
	static const bool wanted[] = {true, true, false, true, false, true, true, false};
	size_t i;

	(void)context;
	selinux_labels_sort(labels, ARRAY_SIZE(labels));
	selinux_labels_find((const uint8_t *)text, sizeof(text) - 1, labels, ARRAY_SIZE(labels));
	for (i = 0; i < ARRAY_SIZE(labels); i++)
		assert_int_equal(labels[i].found, wanted[labels[i].rule]);
	selinux_labels_sort(NULL, 0);
	selinux_labels_find((const uint8_t *)text, sizeof(text) - 1, NULL, 0);
}

/* Nothing is said against a label that is too long to be looked for. */
static void long_labels_count_as_found(void **context)
{
	char bytes[12 + SELINUX_LABEL_MAX] = "\xff\0\0\0vvvvbbbb", label[SELINUX_LABEL_MAX + 2] = "";

	(void)context;
	memset(bytes + 12, 'l', SELINUX_LABEL_MAX);
	memset(label, 'l', SELINUX_LABEL_MAX);
	assert_true(has(bytes, sizeof(bytes), LSM_OBJ_ROLE, label));
	assert_false(has(bytes, sizeof(bytes), LSM_OBJ_TYPE, label));
	label[SELINUX_LABEL_MAX] = 'l';
	assert_true(has(bytes, sizeof(bytes), LSM_OBJ_TYPE, label));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configuration_is_read_as_libselinux_reads_it),
		cmocka_unit_test(type_is_one_short_name),
		cmocka_unit_test(policy_is_known_by_its_first_bytes),
		cmocka_unit_test(names_stand_behind_their_lengths),
		cmocka_unit_test(every_place_is_looked_at),
		cmocka_unit_test(many_labels_are_found_at_once),
		cmocka_unit_test(long_labels_count_as_found),
	};

	return RUN_TESTS(tests);
}
