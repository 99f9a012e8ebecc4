// SPDX-License-Identifier: MIT
/*
 * The files of an image and the archive of them, also where memory runs out. What is found about certificates and
 * policies: tests/shell/imactl-bundle.sh.
 *
 * wrap: realloc
 */
#include <sys/stat.h>
#include "cpio.h"
#include "fakeroot.h"
#include "image.h"

static bool no_memory;

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
	return no_memory ? NULL : __real_realloc(pointer, size);
}

static void test_files(void **state)
{
	_cleanup_(image_free) struct image image = {.root_fd = -1};

	(void)state;
	assert_int_equal(image_add(&image, "/b/1", "one", 3, 0644), 0);
	assert_int_equal(image_add(&image, "/a", "", 0, 0755), 0);
	assert_int_equal(image_add(&image, "/b-1", "x", 1, 0644), 0);
	image_sort(&image);
	assert_string_equal(image.files[0].path, "/a");
	assert_string_equal(image.files[1].path, "/b-1");
	assert_string_equal(image.files[2].path, "/b/1");
	assert_memory_equal(image_find(&image, "/b/1")->bytes, "one", 3);
	assert_int_equal(image_find(&image, "/a")->len, 0);
	assert_null(image_find(&image, "/b"));
}

static void test_files_without_memory(void **state)
{
	_cleanup_(image_free) struct image image = {.root_fd = -1};

	(void)state;
	assert_int_equal(image_add(&image, "/a", "x", 1, 0644), 0);
	no_memory = true;
	assert_int_equal(image_add(&image, "/b", "x", 1, 0644), -ENOMEM);
	no_memory = false;
	assert_int_equal(image.file_count, 1);
	image_sort(&image);
}

/* Without memory nothing is collected in part: the caller hears of it. */
static void test_collects_without_memory(void **state)
{
	_cleanup_(image_free) struct image image = {0};

	(void)state;
	fakeroot_file("/etc/imaboot/imaboot.conf", "require = yes\n");
	fakeroot_file("/etc/keys/ima/a.der", "x");
	assert_int_equal(image_open(fakeroot, &image), 0);
	no_memory = true;
	assert_int_equal(image_take_config(&image), -ENOMEM);
	assert_int_equal(image_take_certs(&image), -ENOMEM);
	no_memory = false;
	assert_int_equal(image.file_count, 0);
}

static void test_config_is_read(void **state)
{
	_cleanup_(image_free) struct image image = {0};

	(void)state;
	fakeroot_file("/etc/imaboot/imaboot.conf", "require = yes\non-failure = reboot\n");
	assert_int_equal(image_open(fakeroot, &image), 0);
	assert_int_equal(image_take_config(&image), 0);
	assert_true(image.config.require);
	assert_int_equal(image.config.on_failure, FAILURE_REBOOT);
	assert_int_equal(image.refused, 0);
	assert_int_equal(image.file_count, 1);
}

static void test_archive(void **state)
{
	static const char wanted[] = "070701"
				     "00000001"
				     "000081a4"
				     "00000000"
				     "00000000"
				     "00000001"
				     "00000007"
				     "00000005"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000004"
				     "00000000"
				     "a/b\0\0\0"
				     "12345\0\0\0"
				     "070701"
				     "00000002"
				     "000041ed"
				     "00000000"
				     "00000000"
				     "00000002"
				     "00000007"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000002"
				     "00000000"
				     "c\0"
				     "070701"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000001"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "00000000"
				     "0000000b"
				     "00000000"
				     "TRAILER!!!\0\0\0";
	_cleanup_buf_ struct buf archive = {0};
	struct cpio cpio = {.buf = &archive, .mtime = 7};

	(void)state;
	assert_int_equal(cpio_add(&cpio, "a/b", S_IFREG | 0644, "12345", 5), 0);
	assert_int_equal(cpio_add(&cpio, "c", S_IFDIR | 0755, "", 0), 0);
	cpio_end(&cpio);
	assert_int_equal(archive.len % 4, 0);
	assert_int_equal(archive.len, sizeof(wanted));
	assert_memory_equal(archive.data, wanted, sizeof(wanted));
}

static void test_archive_refuses(void **state)
{
	_cleanup_buf_ struct buf archive = {0};
	struct cpio cpio = {.buf = &archive};

	(void)state;
	assert_int_equal(cpio_add(&cpio, "a", S_IFREG | 0644, "", (size_t)UINT32_MAX + 1), -EFBIG);
	assert_int_equal(archive.len, 0);
	no_memory = true;
	assert_int_equal(cpio_add(&cpio, "a", S_IFREG | 0644, "12345", 5), 0);
	no_memory = false;
	assert_true(buf_failed(&archive));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_files_without_memory),
		ROOT_TEST(test_collects_without_memory),
		ROOT_TEST(test_config_is_read),
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_archive_refuses),
	};

	return RUN_TESTS(tests);
}
