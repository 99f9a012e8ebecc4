// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/sysfile.c.
 * wrap: fsync write realloc
 */
#include "fakeroot.h"

static int fsync_error, write_error;
static size_t write_most = SIZE_MAX; /* bytes that one write takes */
static bool no_memory;

int __wrap_fsync(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);

void *__wrap_realloc(void *pointer, size_t size)
{
	return no_memory ? NULL : __real_realloc(pointer, size);
}

int __wrap_fsync(int fd)
{
	(void)fd;
	errno = fsync_error;
	return fsync_error ? -1 : 0;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	static bool interrupted;

	if (write_error == EINTR && !interrupted) {
		interrupted = true;
		errno = EINTR;
		return -1;
	}
	if (write_error && write_error != EINTR) {
		errno = write_error;
		return -1;
	}
	return __real_write(fd, bytes, len < write_most ? len : write_most);
}

static void compiled_in_paths_get_the_prefix(void **context)
{
	char path[PATH_MAX];

	(void)context;
	assert_int_equal(sysfile_path(IMA_POLICY, path), 0);
	assert_string_equal(path, fakeroot_path("/sys/kernel/security/integrity/ima/policy"));
	sysfile_set_prefix("");
	assert_int_equal(sysfile_path(RUN_STATUS, path), 0);
	assert_string_equal(path, "/run/imaboot/status.json");
}

static void paths_are_where_the_kernel_has_them(void **context)
{
	(void)context;
	assert_string_equal(SECURITYFS_DIR, "/sys/kernel/security");
	assert_string_equal(LOCKDOWN_FILE, "/sys/kernel/security/lockdown");
	assert_string_equal(PROC_KEYS, "/proc/keys");
	assert_string_equal(PROC_CMDLINE, "/proc/cmdline");
	assert_string_equal(PROC_VMCORE, "/proc/vmcore");
	assert_string_equal(PROC_MOUNTINFO, "/proc/self/mountinfo");
	assert_string_equal(PROC_SELF_FD, "/proc/self/fd");
	assert_string_equal(PROC_SELF_FDINFO, "/proc/self/fdinfo");
	assert_string_equal(PRINTK_RATELIMIT, "/proc/sys/kernel/printk_ratelimit");
	assert_string_equal(OPAL_SECURE_BOOT, "/proc/device-tree/ibm,secureboot/os-secureboot-enforcing");
	assert_string_equal(POWERVM_SECURE_BOOT, "/proc/device-tree/ibm,secure-boot");
	assert_string_equal(IPL_SECURE, "/sys/firmware/ipl/secure");
	assert_string_equal(KMSG, "/dev/kmsg");
	assert_string_equal(RUN_REPORT, "/run/imaboot/report.txt");
	assert_string_equal(RUN_OUTCOME, "/run/imaboot/outcome");
	assert_string_equal(RUN_TPM_EVENTS, "/run/log/imaboot/tpm-events.json");
	assert_string_equal(CONFIG_FILE, "/etc/imaboot/imaboot.conf");
}

static void too_long_path_is_refused(void **context)
{
	char path[PATH_MAX], name[PATH_MAX], text[8];

	(void)context;
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(sysfile_path(name, path), -ENAMETOOLONG);
	assert_int_equal(sysfile_open(name, O_RDONLY), -ENAMETOOLONG);
	assert_int_equal(sysfile_read(name, text, sizeof(text)), -ENAMETOOLONG);
	assert_int_equal(sysfile_write(name, "x"), -ENAMETOOLONG);
	assert_int_equal(sysfile_replace(name, "x", 1, 0644), -ENAMETOOLONG);
	name[PATH_MAX - strlen(fakeroot) - 2] = '\0'; /* fits, but not with ".new" */
	assert_int_equal(sysfile_replace(name, "x", 1, 0644), -ENAMETOOLONG);
}

static void read_returns_the_length_and_ends_with_a_nul(void **context)
{
	char text[8];

	(void)context;
	fakeroot_file("/f", "seven!!");
	assert_int_equal(sysfile_read("/f", text, sizeof(text)), 7);
	assert_string_equal(text, "seven!!");
	fakeroot_file("/f", "");
	assert_int_equal(sysfile_read("/f", text, sizeof(text)), 0);
	assert_string_equal(text, "");
}

static void read_refuses_what_does_not_fit(void **context)
{
	char text[8];

	(void)context;
	fakeroot_file("/f", "eight!!!");
	assert_int_equal(sysfile_read("/f", text, sizeof(text)), -EFBIG);
	assert_string_equal(text, "eight!!");
}

static void read_passes_errors_on(void **context)
{
	char text[8];

	(void)context;
	assert_int_equal(sysfile_read("/absent", text, sizeof(text)), -ENOENT);
	fakeroot_dir("/dir");
	assert_int_equal(sysfile_read("/dir", text, sizeof(text)), -EISDIR);
}

struct lines {
	struct buf seen; /* "<LINE>" each */
	size_t max;      /* how many are wanted */
};

static bool take_line(const char *line, void *context)
{
	struct lines *lines = context;

	buf_printf(&lines->seen, "<%s>", line);
	return --lines->max;
}

static void check_lines(const char *text, size_t max, const char *wanted)
{
	struct lines lines = {.max = max};

	fakeroot_file("/f", text);
	assert_int_equal(sysfile_lines("/f", take_line, &lines), 0);
	buf_puts(&lines.seen, "");
	assert_buf(&lines.seen, wanted);
}

static void lines_are_handed_over(void **context)
{
	(void)context;
	check_lines("", 9, "");
	check_lines("one\n\ntwo\n", 9, "<one><><two>");
	check_lines("\n", 9, "<>");
	check_lines("one\ntwo\nthree\n", 2, "<one><two>");
	/* What does not end is no line. */
	check_lines("one\ntwo", 9, "<one>");
	check_lines("one", 9, "");
}

/* However long a line is, and wherever the kernel's chunks end. */
static void long_lines_are_whole(void **context)
{
	char text[3 * 4096 + 16], wanted[sizeof(text) + 16];
	size_t len;

	(void)context;
	for (len = 4090; len < 4100; len++) {
		memset(text, 'x', len);
		strcpy(text + len, "\nend\n");
		(void)snprintf(wanted, sizeof(wanted), "<%.*s><end>", (int)len, text);
		check_lines(text, 9, wanted);
	}
	memset(text, 'y', 3 * 4096);
	strcpy(text + 3 * 4096, "\n");
	(void)snprintf(wanted, sizeof(wanted), "<%.*s>", 3 * 4096, text);
	check_lines(text, 9, wanted);
}

static void lines_pass_errors_on(void **context)
{
	struct lines lines = {.max = 9};

	(void)context;
	assert_int_equal(sysfile_lines("/absent", take_line, &lines), -ENOENT);
	fakeroot_dir("/dir");
	assert_int_equal(sysfile_lines("/dir", take_line, &lines), -EISDIR);
	fakeroot_file("/f", "one\n");
	no_memory = true;
	assert_int_equal(sysfile_lines("/f", take_line, &lines), -ENOMEM);
	fakeroot_file("/f", "never ends");
	assert_int_equal(sysfile_lines("/f", take_line, &lines), -ENOMEM);
	no_memory = false;
	assert_int_equal(lines.seen.len, 0);
	assert_int_equal(lines.max, 9); /* half a line is not handed over */
}

static void write_needs_the_file(void **context)
{
	(void)context;
	assert_int_equal(sysfile_write("/f", "x"), -ENOENT);
	assert_false(fakeroot_has("/f"));
	fakeroot_file("/f", "abc");
	assert_int_equal(sysfile_write("/f", "x\n"), 0);
	assert_string_equal(fakeroot_read("/f"), "x\nc");
}

static void write_passes_errors_on(void **context)
{
	(void)context;
	fakeroot_file("/f", "");
	write_error = EINVAL;
	assert_int_equal(sysfile_write("/f", "x"), -EINVAL);
	write_error = 0;
	write_most = 1;
	assert_int_equal(sysfile_write("/f", "xyz"), -EIO);
	write_most = SIZE_MAX;
}

static void replace_makes_the_file_with_its_mode(void **context)
{
	struct stat st;

	(void)context;
	assert_int_equal(sysfile_replace("/f", "one", 3, 0640), 0);
	assert_string_equal(fakeroot_read("/f"), "one");
	assert_int_equal(stat(fakeroot_path("/f"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(sysfile_replace("/f", "two", 3, 0600), 0);
	assert_string_equal(fakeroot_read("/f"), "two");
	assert_false(fakeroot_has("/f.new"));
}

static void replace_goes_on_after_short_and_interrupted_writes(void **context)
{
	(void)context;
	write_error = EINTR;
	write_most = 2;
	assert_int_equal(sysfile_replace("/f", "seven!!", 7, 0644), 0);
	write_error = 0;
	write_most = SIZE_MAX;
	assert_string_equal(fakeroot_read("/f"), "seven!!");
}

static void failed_replace_keeps_the_old_file(void **context)
{
	(void)context;
	fakeroot_file("/f", "old");
	write_error = ENOSPC;
	assert_int_equal(sysfile_replace("/f", "new", 3, 0644), -ENOSPC);
	write_error = 0;
	write_most = 0;
	assert_int_equal(sysfile_replace("/f", "new", 3, 0644), -EIO);
	write_most = SIZE_MAX;
	fsync_error = EIO;
	assert_int_equal(sysfile_replace("/f", "new", 3, 0644), -EIO);
	fsync_error = 0;
	assert_string_equal(fakeroot_read("/f"), "old");
	assert_false(fakeroot_has("/f.new"));
}

static void replace_passes_errors_on(void **context)
{
	(void)context;
	assert_int_equal(sysfile_replace("/absent/f", "x", 1, 0644), -ENOENT);
	fakeroot_dir("/f/g");
	assert_int_equal(sysfile_replace("/f", "x", 1, 0644), -EISDIR);
	assert_false(fakeroot_has("/f.new"));
}

/* A link that lies in wait under the temporary name leads nowhere. */
static void replace_follows_no_link(void **context)
{
	(void)context;
	fakeroot_file("/victim", "mine");
	fakeroot_link("/f.new", fakeroot_path("/victim"));
	assert_int_equal(sysfile_replace("/f", "x", 1, 0644), 0);
	assert_string_equal(fakeroot_read("/victim"), "mine");
	assert_string_equal(fakeroot_read("/f"), "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST(compiled_in_paths_get_the_prefix),
		ROOT_TEST(paths_are_where_the_kernel_has_them),
		ROOT_TEST(too_long_path_is_refused),
		ROOT_TEST(read_returns_the_length_and_ends_with_a_nul),
		ROOT_TEST(read_refuses_what_does_not_fit),
		ROOT_TEST(read_passes_errors_on),
		ROOT_TEST(lines_are_handed_over),
		ROOT_TEST(long_lines_are_whole),
		ROOT_TEST(lines_pass_errors_on),
		ROOT_TEST(write_needs_the_file),
		ROOT_TEST(write_passes_errors_on),
		ROOT_TEST(replace_makes_the_file_with_its_mode),
		ROOT_TEST(replace_goes_on_after_short_and_interrupted_writes),
		ROOT_TEST(failed_replace_keeps_the_old_file),
		ROOT_TEST(replace_passes_errors_on),
		ROOT_TEST(replace_follows_no_link),
	};

	return RUN_TESTS(tests);
}
