// SPDX-License-Identifier: MIT
/* Tests of keys/manifest.c. */
/* wrap: calloc strdup reallocarray */
#include "manifest.h"
#include "fakeroot.h"

static struct problem problem;
static bool fail_calloc, fail_reallocarray;
static int fail_strdup_after = -1; /* so many calls are good */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	return fail_calloc ? NULL : __real_calloc(count, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return fail_strdup_after >= 0 && fail_strdup_after-- == 0 ? NULL : __real_strdup(text);
}

void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fail_reallocarray ? NULL : __real_reallocarray(old, count, size);
}

static const uint8_t digest[] = {0x00, 0x1f, 0xff};

static int add(struct manifest *manifest, const char *path, bool is_signed)
{
	const struct manifest_entry entry = {.path = path,
		.algo = 4,
		.digest = digest,
		.digest_len = sizeof(digest),
		.is_signed = is_signed,
		.key_id = 0xa0b0c0d};

	return manifest_add(manifest, &entry, &problem);
}

static void expect(const char *path, const char *wanted)
{
	char bytes[256] = "";
	FILE *file = fopen(fakeroot_path(path), "re");

	assert_non_null(file);
	(void)!fread(bytes, 1, sizeof(bytes) - 1, file);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(bytes, wanted);
}

static void lines_are_sorted_and_escaped(void **context)
{
	struct manifest *manifest = manifest_new();

	(void)context;
	assert_non_null(manifest);
	assert_int_equal(add(manifest, "/z", true), 0);
	assert_int_equal(add(manifest, "/a\nb", false), 0);
	assert_int_equal(manifest_write(manifest, fakeroot_path("/m"), &problem), 0);
	expect("/m", "sha256:001fff - /a\\x0ab\nsha256:001fff 0a0b0c0d /z\n");
	/* It replaces one that is there. */
	assert_int_equal(manifest_write(manifest, fakeroot_path("/m"), &problem), 0);
	manifest_free(manifest);
}

static void nothing_makes_an_empty_list(void **context)
{
	struct manifest *manifest = manifest_new();

	(void)context;
	assert_int_equal(manifest_write(manifest, fakeroot_path("/m"), &problem), 0);
	expect("/m", "");
	manifest_free(manifest);
	manifest_free(NULL);
}

static void failures_are_said(void **context)
{
	struct manifest *manifest = manifest_new();

	(void)context;
	for (fail_strdup_after = 1; fail_strdup_after >= 0; fail_strdup_after--) {
		int after = fail_strdup_after;

		assert_int_equal(add(manifest, "/a", true), -ENOMEM);
		assert_string_equal(problem_reason_text(&problem), "out of memory");
		problem_free(&problem);
		fail_strdup_after = after;
	}
	fail_strdup_after = -1;
	fail_reallocarray = true;
	assert_int_equal(add(manifest, "/a", true), -ENOMEM);
	fail_reallocarray = false;
	problem_free(&problem);
	assert_int_equal(manifest_write(manifest, fakeroot_path("/no/m"), &problem), -ENOENT);
	problem_free(&problem);
	manifest_free(manifest);
	fail_calloc = true;
	assert_null(manifest_new());
	fail_calloc = false;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fakeroot_new, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_sorted_and_escaped),
		TEST(nothing_makes_an_empty_list),
		TEST(failures_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
