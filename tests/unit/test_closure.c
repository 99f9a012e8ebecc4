// SPDX-License-Identifier: MIT
/*
 * Tests of common/closure.c, closure_load.c and closure_find.c on roots of made-up files; tests/image/closure.sh
 * compares them with a real linker. The root is /r, so that what leads out of it shows.
 * wrap: realloc rootfile_try clock_gettime
 */
#include <time.h>
#include "closure_internal.h"
#include "fakeelf.h"
#include "fakeroot.h"
#include "hwcaps.h"

#define LINKER "/lib64/ld-linux-x86-64.so.2"
#define MUSL "/lib/ld-musl-x86_64.so.1"

static struct closure closure;
static struct problem problem;
static int root_fd = -1;
static int no_realloc; /* fails at the n-th call from now */

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
	return no_realloc && !--no_realloc ? NULL : __real_realloc(pointer, size);
}

static int try_error;      /* of the next file that is tried */
static unsigned int tries; /* files that were tried */
static time_t clock_now;   /* what the clock says; 0: the time */

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	if (!clock_now)
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){.tv_sec = clock_now};
	return 0;
}

int __real_rootfile_try(int fd, const char *path, uint64_t max, struct stat *ret_st);
int __wrap_rootfile_try(int fd, const char *path, uint64_t max, struct stat *ret_st);

int __wrap_rootfile_try(int fd, const char *path, uint64_t max, struct stat *ret_st)
{
	int error = try_error;

	tries++;
	try_error = 0;
	return error ? error : __real_rootfile_try(fd, path, max, ret_st);
}

static int start(void **context)
{
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_dir("/r");
	root_fd = root_open(fakeroot_path("/r"));
	memset(&problem, 0, sizeof(problem));
	closure_init(&closure, root_fd, "/r");
	closure.level = 3;
	return root_fd < 0 ? -1 : 0;
}

static int stop(void **context)
{
	closure_free(&closure);
	problem_free(&problem);
	(void)close(root_fd);
	return fakeroot_remove(context);
}

#define CLOSURE_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

/* Puts the file of fakeelf in place. */
static void put(const char *path)
{
	char full[PATH_MAX];

	(void)snprintf(full, sizeof(full), "/r%s", path);
	fakeroot_bytes(full, fakeelf.bytes, ELF_SIZE);
	assert_int_equal(chmod(fakeroot_path(full), 0755), 0);
}

/* A library that asks for up to two others. */
static void library(
	const char *path, const char *soname, const char *runpath, const char *one, const char *two)
{
	fakeelf_begin(false, NULL);
	fakeelf_text(DT_SONAME, soname);
	fakeelf_text(DT_RUNPATH, runpath);
	fakeelf_text(DT_NEEDED, one);
	fakeelf_text(DT_NEEDED, two);
	put(path);
}

/* The same of s390x. */
static void library_of_s390x(const char *path, const char *needed)
{
	fakeelf_begin(false, NULL);
	fakeelf_text(DT_NEEDED, needed);
	fakeelf_big_endian();
	put(path);
}

/* A program with a dynamic linker, which is made too. */
static void program(const char *path, const char *interp, uint64_t tag, const char *folders, const char *one,
	const char *two)
{
	library(interp, "ld-linux-x86-64.so.2", NULL, NULL, NULL);
	fakeelf_begin(false, interp);
	fakeelf_text(tag, folders);
	fakeelf_text(DT_NEEDED, one);
	fakeelf_text(DT_NEEDED, two);
	put(path);
}

/* What the closure holds: "PATH:ROLES ", in the order found, and "NAME? " for each gap. */
static void check(const char *path, const char *wanted)
{
	struct buf text = {0};
	size_t i;

	assert_true(closure_add(&closure, path, &problem) >= 0);
	for (i = 0; i < closure.count; i++)
		buf_printf(&text, "%s:%u ", closure.files[i].path, closure.files[i].roles);
	for (i = 0; i < closure.gap_count; i++)
		buf_printf(&text, "%s? ", closure.gaps[i].name);
	assert_buf(&text, wanted);
}

static void check_refused(const char *path, int error, const char *reason)
{
	assert_int_equal(closure_add(&closure, path, &problem), error);
	assert_int_equal(problem.error, error);
	assert_string_equal(problem_reason_text(&problem), reason);
	problem_free(&problem);
}

static void a_static_program_behind_links(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	put("/usr/bin/real");
	fakeroot_link("/r/sbin/init", "/usr/bin/init");
	fakeroot_link("/r/usr/bin/init", "real");
	check("/sbin/init", "/usr/bin/real:1 ");
	check("/usr/bin/real", "/usr/bin/real:1 ");
}

static void what_is_no_program(void **context)
{
	(void)context;
	check_refused("/none", -ENOENT, "there is no such file");
	fakeroot_file("/r/data", "text");
	check_refused("/data", -EACCES, "is not executable");
	fakeroot_dir("/r/folder");
	check_refused("/folder", -EISDIR, "is a directory, not a file");
	fakeroot_file("/r/script", "#!\n");
	assert_int_equal(chmod(fakeroot_path("/r/script"), 0755), 0);
	check_refused(
		"/script", -ENOEXEC, "is a script whose first line names no interpreter within 256 bytes");
}

static void script(const char *path, const char *line)
{
	char full[PATH_MAX];

	(void)snprintf(full, sizeof(full), "/r%s", path);
	fakeroot_file(full, line);
	assert_int_equal(chmod(fakeroot_path(full), 0755), 0);
}

/* A file that comes between two looks is a file, and no descriptor is taken for its index. */
static void a_file_that_appears(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	put("/p");
	try_error = -ENOENT;
	assert_int_equal(closure_add(&closure, "/p", &problem), 0);
	assert_int_equal(closure.count, 1);
	try_error = 0;
}

static void make_huge(const char *path, off_t size)
{
	char full[PATH_MAX];

	(void)snprintf(full, sizeof(full), "/r%s", path);
	fakeroot_file(full, "x");
	assert_int_equal(truncate(fakeroot_path(full), size), 0);
	assert_int_equal(chmod(fakeroot_path(full), 0755), 0);
}

/* Under a rule of IMA the kernel reads a file when it is opened, however large it is: these are not. */
static void what_is_too_large_is_not_opened(void **context)
{
	(void)context;
	library("/b/liba.so", NULL, NULL, NULL, NULL);
	make_huge("/a/liba.so", (off_t)1 << 40);
	make_huge("/etc/ld.so.preload", (16 << 20) + 1);
	program("/p", LINKER, DT_RUNPATH, "/a:/b", "liba.so", NULL);
	check("/p", "/p:1 " LINKER ":4 /etc/ld.so.preload? /a/liba.so? ");
	assert_string_equal(closure.gaps[0].reason, "is larger than 16 MiB, and was not looked at");
	assert_string_equal(closure.gaps[1].reason, "is larger than 1 GiB, and was not looked at");
	make_huge(LINKER, ((off_t)1 << 30) + 1);
	fakeelf_begin(false, LINKER);
	put("/q");
	script("/s", "#!/huge\n");
	make_huge("/huge", ((off_t)1 << 30) + 1);
	assert_true(closure_add(&closure, "/q", &problem) >= 0);
	assert_true(closure_add(&closure, "/s", &problem) >= 0);
	assert_int_equal(closure.gap_count, 4);
	assert_string_equal(closure.gaps[2].name, LINKER);
	assert_string_equal(closure.gaps[2].reason, "is larger than 1 GiB, and was not looked at");
	assert_string_equal(closure.gaps[3].name, "/huge");
	check_refused("/huge", -EFBIG, "is larger than 1048576 KiB, the most that is read");
}

static void scripts_and_their_interpreters(void **context)
{
	char interpreter[CLOSURE_INTERPRETER_MAX + 1];

	(void)context;
	fakeelf_begin(false, NULL);
	put("/bin/sh");
	script("/one", "#! \t/bin/two -x\n");
	script("/bin/two", "#!bin/sh");
	check("/one", "/one:3 /bin/two:3 /bin/sh:1 ");
	assert_int_equal(closure_interpreter(&closure, "/one", interpreter), 0);
	assert_string_equal(interpreter, "/bin/two");
	assert_int_equal(closure_interpreter(&closure, "/bin/sh", interpreter), -ENODATA);
	assert_int_equal(closure_interpreter(&closure, "/none", interpreter), -ENOENT);
}

static void interpreters_without_end(void **context)
{
	char line[300];

	(void)context;
	script("/loop", "#!/loop\n");
	check_refused(
		"/loop", -ELOOP, "is a script behind more than four others, which the kernel does not run");
	memset(line, 'x', sizeof(line));
	memcpy(line, "#!/", 3);
	line[sizeof(line) - 1] = '\0';
	script("/long", line);
	check_refused(
		"/long", -ENOEXEC, "is a script whose first line names no interpreter within 256 bytes");
	script("/lost", "#!/none\n");
	assert_true(closure_add(&closure, "/lost", &problem) >= 0);
	assert_string_equal(closure.gaps[0].name, "/none");
	assert_string_equal(closure.gaps[0].reason, "is not there");
}

static void libraries_by_runpath(void **context)
{
	(void)context;
	library("/a/liba.so", NULL, "$ORIGIN/sub", "libb.so", NULL);
	library("/a/sub/libb.so", NULL, NULL, "libc.so", NULL);
	library("/a/glibc-hwcaps/x86-64-v2/libc.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_RUNPATH, "/none::/a", "liba.so", "libc.so");
	check("/p", "/p:1 " LINKER ":4 /a/liba.so:8 /a/glibc-hwcaps/x86-64-v2/libc.so:8 /a/sub/libb.so:8 ");
}

static void libraries_by_rpath(void **context)
{
	(void)context;
	library("/a/liba.so", NULL, NULL, "libb.so", "ld-linux-x86-64.so.2");
	library("/a/libb.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_RPATH, "/a", "liba.so", "libx.so");
	check("/p", "/p:1 " LINKER ":4 /a/liba.so:8 /a/libb.so:8 libx.so? ");
	assert_string_equal(closure.gaps[0].reason, "is not found");
}

static void default_folders(void **context)
{
	(void)context;
	library("/usr/lib64/liba.so", NULL, NULL, NULL, NULL);
	library("/lib/libb.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_NULL, NULL, "liba.so", "libb.so");
	check("/p", "/p:1 " LINKER ":4 /usr/lib64/liba.so:8 /lib/libb.so:8 ");
	/* With a multiarch folder the linker is one that knows no lib64. */
	fakeroot_dir("/r/usr/lib/x86_64-linux-gnu");
	library("/usr/lib/x86_64-linux-gnu/libc.so", NULL, NULL, NULL, NULL);
	program("/q", LINKER, DT_RUNPATH, "/x/$LIB:/usr/${LIB}:/$PLATFORM:/$NOTHING", "libc.so", "liba.so");
	check("/q", "/p:1 " LINKER ":4 /usr/lib64/liba.so:8 /lib/libb.so:8 /q:1 "
		    "/usr/lib/x86_64-linux-gnu/libc.so:8 liba.so? ");
}

static void a_multiarch_folder_outside_of_usr(void **context)
{
	(void)context;
	library("/lib/x86_64-linux-gnu/liba.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_NULL, NULL, "liba.so", NULL);
	check("/p", "/p:1 " LINKER ":4 /lib/x86_64-linux-gnu/liba.so:8 ");
}

static void a_program_without_default_folders(void **context)
{
	(void)context;
	library("/lib/liba.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_NULL, NULL, "liba.so", NULL);
	fakeelf_entry(DT_FLAGS_1, DF_1_NODEFLIB);
	put("/p");
	check("/p", "/p:1 " LINKER ":4 liba.so? ");
}

static void names_with_a_slash(void **context)
{
	(void)context;
	library("/a/liba.so", "libz.so", NULL, NULL, NULL);
	program("/p", LINKER, DT_NULL, NULL, "/a/liba.so", "libz.so");
	check("/p", "/p:1 " LINKER ":4 /a/liba.so:8 ");
}

static void another_class_is_passed_over(void **context)
{
	(void)context;
	fakeelf_begin(true, NULL);
	put("/a/liba.so");
	library("/b/liba.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_RUNPATH, "/a:/b", "liba.so", NULL);
	check("/p", "/p:1 " LINKER ":4 /b/liba.so:8 ");
}

/* A root of s390x is looked at on any machine; of the processors only one that runs here counts. */
static void a_root_of_the_other_byte_order(void **context)
{
	static uint8_t cache[256] = "glibc-ld.so.cache1.1\0\0\0\x01";

	(void)context;
	cache[28] = 3;
	cache[50] = 4;
	cache[51] = 3;
	cache[55] = 100;
	cache[59] = 120;
	strcpy((char *)cache + 100, "libd.so");
	strcpy((char *)cache + 120, "/far/libd.so");
	fakeroot_bytes("/r/etc/ld.so.cache", cache, sizeof(cache));
	library("/a/liba.so", NULL, NULL, NULL, NULL);
	library_of_s390x("/b/liba.so", "libc.so");
	library_of_s390x("/b/glibc-hwcaps/z14/libc.so", "libd.so");
	library_of_s390x("/b/glibc-hwcaps/z15/libc.so", NULL);
	library_of_s390x("/far/libd.so", "libe.so");
	library_of_s390x("/usr/lib/s390x-linux-gnu/libe.so", NULL);
	library_of_s390x("/lib/ld64.so.1", NULL);
	fakeelf_begin(false, "/lib/ld64.so.1");
	fakeelf_text(DT_RPATH, "/a:/b");
	fakeelf_text(DT_NEEDED, "liba.so");
	fakeelf_big_endian();
	put("/p");
	check("/p", "/p:1 /lib/ld64.so.1:4 /b/liba.so:8 /b/glibc-hwcaps/z14/libc.so:8 /etc/ld.so.cache:16 "
		    "/far/libd.so:8 /usr/lib/s390x-linux-gnu/libe.so:8 ");
	closure_free(&closure);
	closure_init(&closure, root_fd, "/r");
	assert_true(closure_add(&closure, "/p", &problem) >= 0);
	assert_int_equal(closure.gap_count, hwcaps_running(EM_S390) < 3);
}

static void a_malformed_library(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	fakeelf_ehdr()->e_phnum = 0;
	put("/a/liba.so");
	program("/p", LINKER, DT_RUNPATH, "/a", "liba.so", NULL);
	check("/p", "/p:1 " LINKER ":4 /a/liba.so:8 /a/liba.so? ");
	assert_string_equal(closure.gaps[0].reason, "has no program headers of the right size and number");
}

static void no_linker(void **context)
{
	(void)context;
	program("/p", LINKER, DT_NULL, NULL, NULL, NULL);
	assert_int_equal(unlink(fakeroot_path("/r" LINKER)), 0);
	check("/p", "/p:1 " LINKER "? ");
}

static void what_is_preloaded(void **context)
{
	(void)context;
	library("/a/libp.so", NULL, NULL, NULL, NULL);
	fakeroot_file("/r/etc/ld.so.preload", "# comment /x\n/a/libp.so:/a/none.so");
	program("/p", LINKER, DT_NULL, NULL, NULL, NULL);
	check("/p", "/p:1 " LINKER ":4 /etc/ld.so.preload:16 /a/libp.so:8 /a/none.so? ");
}

static void the_linkers_cache(void **context)
{
	static uint8_t cache[256] = "glibc-ld.so.cache1.1\x01";

	(void)context;
	cache[48] = cache[49] = 3;
	cache[52] = 100;
	cache[56] = 120;
	strcpy((char *)cache + 100, "liba.so");
	strcpy((char *)cache + 120, "/far/liba.so");
	fakeroot_bytes("/r/etc/ld.so.cache", cache, sizeof(cache));
	library("/far/liba.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_NULL, NULL, "liba.so", NULL);
	check("/p", "/p:1 " LINKER ":4 /etc/ld.so.cache:16 /far/liba.so:8 ");
}

static void a_broken_cache_is_passed_over(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/ld.so.cache", "nonsense");
	library("/lib/liba.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_NULL, NULL, "liba.so", NULL);
	check("/p", "/p:1 " LINKER ":4 /etc/ld.so.cache:16 /lib/liba.so:8 ");
}

static void a_program_of_musl(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/ld-musl-x86_64.path", "/m\n/n");
	library("/n/liba.so", NULL, NULL, "libc.so", "libb.so");
	library("/o/libb.so", NULL, NULL, NULL, NULL);
	program("/p", MUSL, DT_RUNPATH, "/o", "libc.musl-x86_64.so.1", "liba.so");
	check("/p", "/p:1 " MUSL ":4 /etc/ld-musl-x86_64.path:16 /n/liba.so:8 /o/libb.so:8 ");
}

static void musls_default_folders(void **context)
{
	(void)context;
	library("/usr/local/lib/liba.so", NULL, NULL, "libm.so", NULL);
	program("/p", MUSL, DT_NULL, NULL, "liba.so", NULL);
	check("/p", "/p:1 " MUSL ":4 /usr/local/lib/liba.so:8 ");
}

#define TOO_MUCH " asks for more files, names or folders than can be looked at in the time and memory for it"

/* A library that asks for so many others, behind so many folders. */
static void busy_library(const char *path, const char *interp, unsigned int names, unsigned int folders)
{
	char list[1500] = "", name[32];

	fakeelf_begin(false, interp);
	while (folders--)
		strcat(list, "/a:");
	fakeelf_text(DT_RPATH, list);
	while (names--) {
		(void)snprintf(name, sizeof(name), "lib%u.so", names);
		fakeelf_text(DT_NEEDED, name);
	}
	put(path);
}

/* 30 libraries in 400 folders, for each kind of processor: ended by the count, not by a clock. */
static void work_is_bounded(void **context)
{
	(void)context;
	program("/p", LINKER, DT_RPATH, "/b", "liba.so", NULL);
	busy_library("/b/liba.so", NULL, 30, 400);
	closure.work = CLOSURE_WORK_MAX - 600000;
	tries = 0;
	check_refused("/p", -E2BIG, "/b/liba.so" TOO_MUCH);
	assert_in_range(tries, 500, 1200);
	/* Nothing else is looked at then. */
	tries = 0;
	check_refused("/p", -E2BIG, "/b/liba.so" TOO_MUCH);
	assert_int_equal(tries, 0);
}

/* What each search through a large cache costs is counted too. */
static void searches_of_the_cache_are_counted(void **context)
{
	static uint8_t cache[48 + 24 * 1000] = "glibc-ld.so.cache1.1\xe8\x03";
	uint64_t before;

	(void)context;
	fakeroot_bytes("/r/etc/ld.so.cache", cache, sizeof(cache));
	program("/p", LINKER, DT_NULL, NULL, "liba.so", NULL);
	assert_true(closure_add(&closure, "/p", &problem) >= 0);
	before = closure.work;
	program("/q", LINKER, DT_NULL, NULL, "liba.so", "libb.so");
	assert_true(closure_add(&closure, "/q", &problem) >= 0);
	assert_in_range(closure.work - before, 2000, CLOSURE_WORK_MAX / 10000);
	closure.work = CLOSURE_WORK_MAX - 20000;
	program("/s", LINKER, DT_NULL, NULL, "liba.so", "libb.so");
	fakeelf_text(DT_NEEDED, "a-name-of-a-library-that-takes-as-long-to-compare-as-it-is-long.so");
	put("/s");
	check_refused("/s", -E2BIG, "/s" TOO_MUCH);
}

static void memory_for_names_is_bounded(void **context)
{
	(void)context;
	program("/p", LINKER, DT_RPATH, "/b", "liba.so", "libb.so");
	busy_library("/b/liba.so", NULL, 30, 400);
	closure.kept = CLOSURE_KEPT_MAX - 2000;
	check_refused("/p", -E2BIG, "/p" TOO_MUCH);
	closure_free(&closure);
	closure_init(&closure, root_fd, "/r");
	assert_true(closure_add(&closure, "/p", &problem) >= 0);
	assert_in_range(closure.kept, 2000, 10000);
}

static void time_is_bounded(void **context)
{
	(void)context;
	program("/p", LINKER, DT_RPATH, "/a", "liba.so", NULL);
	library("/a/liba.so", NULL, NULL, NULL, NULL);
	library("/q", NULL, NULL, NULL, NULL);
	clock_now = 100;
	closure_limit_time(&closure, 30);
	clock_now = 129;
	assert_true(closure_add(&closure, "/p", &problem) >= 0);
	clock_now = 130;
	check_refused("/q", -E2BIG, "/p" TOO_MUCH);
	closure_free(&closure);
	closure_init(&closure, root_fd, "/r");
	closure_limit_time(&closure, 0);
	check_refused("/q", -E2BIG, "it" TOO_MUCH);
	clock_now = 0;
}

/* Names that are not found are not kept without end, and no want of memory. */
static void gaps_are_bounded(void **context)
{
	unsigned int i;
	char name[16];

	(void)context;
	library("/p", NULL, NULL, NULL, NULL);
	assert_int_equal(closure_add(&closure, "/p", &problem), 0);
	for (i = 0; i < CLOSURE_FILES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(closure_gap(&closure, name, 0, "is not found"), 0);
	}
	assert_int_equal(closure_gap(&closure, "n7", 0, "is not found"), 0);
	assert_int_equal(closure_gap(&closure, "one more", 0, "is not found"), -E2BIG);
	assert_int_equal(closure.gap_count, CLOSURE_FILES_MAX);
}

static void no_memory(void **context)
{
	int n, r = -ENOMEM;

	(void)context;
	library("/a/liba.so", NULL, NULL, NULL, NULL);
	program("/p", LINKER, DT_RUNPATH, "/a", "liba.so", "libx.so");
	for (n = 1; n < 100 && r == -ENOMEM; n++) {
		no_realloc = n;
		r = (int)closure_add(&closure, "/p", &problem);
		no_realloc = 0;
		closure_free(&closure);
		closure_init(&closure, root_fd, "/r");
		problem_free(&problem);
	}
	assert_in_range(n, 6, 50);
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLOSURE_TEST(a_static_program_behind_links),
		CLOSURE_TEST(what_is_no_program),
		CLOSURE_TEST(a_file_that_appears),
		CLOSURE_TEST(what_is_too_large_is_not_opened),
		CLOSURE_TEST(scripts_and_their_interpreters),
		CLOSURE_TEST(interpreters_without_end),
		CLOSURE_TEST(libraries_by_runpath),
		CLOSURE_TEST(libraries_by_rpath),
		CLOSURE_TEST(default_folders),
		CLOSURE_TEST(a_multiarch_folder_outside_of_usr),
		CLOSURE_TEST(a_program_without_default_folders),
		CLOSURE_TEST(names_with_a_slash),
		CLOSURE_TEST(another_class_is_passed_over),
		CLOSURE_TEST(a_root_of_the_other_byte_order),
		CLOSURE_TEST(a_malformed_library),
		CLOSURE_TEST(no_linker),
		CLOSURE_TEST(what_is_preloaded),
		CLOSURE_TEST(the_linkers_cache),
		CLOSURE_TEST(a_broken_cache_is_passed_over),
		CLOSURE_TEST(a_program_of_musl),
		CLOSURE_TEST(musls_default_folders),
		CLOSURE_TEST(work_is_bounded),
		CLOSURE_TEST(searches_of_the_cache_are_counted),
		CLOSURE_TEST(memory_for_names_is_bounded),
		CLOSURE_TEST(time_is_bounded),
		CLOSURE_TEST(gaps_are_bounded),
		CLOSURE_TEST(no_memory),
	};

	return RUN_TESTS(tests);
}
