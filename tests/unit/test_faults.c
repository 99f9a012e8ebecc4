// SPDX-License-Identifier: MIT
/*
 * Each system call, each allocation and each key call of a boot fails once, in turn: whatever it is, nothing
 * unchecked is committed, and no boot is called protected without a proof. With the sanitizers on.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark
 * wrap: open stat fstat access read pread write readlinkat mkdir fdopendir readdir memfd_create statfs
 * wrap: uname syscall malloc calloc realloc strdup strndup
 */
#include <dirent.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include "fakeboot.h"

#define SIGNER "/image/etc/keys/ima/a.der"
#define CALLS_MAX 2000 /* more than a boot makes: the loop ends where it makes no more */

/* A wrapper that fails in its turn; type, name, parameters, arguments. */
#define WRAP(type, failure, name, parameters, arguments)                   \
	type __real_##name parameters;                                     \
	type __wrap_##name parameters;                                     \
	type __wrap_##name parameters                                      \
	{                                                                  \
		return fault_hits() ? (failure) : __real_##name arguments; \
	}

WRAP(int, -1, stat, (const char *path, struct stat *ret), (path, ret))
WRAP(int, -1, fstat, (int fd, struct stat *ret), (fd, ret))
WRAP(int, -1, access, (const char *path, int mode), (path, mode))
WRAP(ssize_t, -1, read, (int fd, void *ret, size_t size), (fd, ret, size))
WRAP(ssize_t, -1, pread, (int fd, void *ret, size_t size, off_t at), (fd, ret, size, at))
WRAP(ssize_t, -1, write, (int fd, const void *bytes, size_t len), (fd, bytes, len))
WRAP(ssize_t, -1, readlinkat, (int fd, const char *path, char *ret, size_t size), (fd, path, ret, size))
WRAP(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(DIR *, NULL, fdopendir, (int fd), (fd))
WRAP(struct dirent *, NULL, readdir, (DIR * dir), (dir))
WRAP(int, -1, memfd_create, (const char *name, unsigned int flags), (name, flags))
WRAP(int, -1, statfs, (const char *path, struct statfs *ret), (path, ret))
WRAP(int, -1, uname, (struct utsname * ret), (ret))
WRAP(long, -1, syscall, (long number, long a, long b, long c, long d, long e), (number, a, b, c, d, e))
WRAP(void *, NULL, malloc, (size_t size), (size))
WRAP(void *, NULL, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, NULL, realloc, (void *pointer, size_t size), (pointer, size))
WRAP(char *, NULL, strdup, (const char *string), (string))
WRAP(char *, NULL, strndup, (const char *string, size_t len), (string, len))

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);

int __wrap_open(const char *path, int flags, mode_t mode)
{
	return fault_hits() ? -1 : __real_open(path, flags, mode);
}

/* A machine where the policy of the root must not be loaded; what asks for a signature is said three times. */
static void make_machine(const char *config)
{
	fakeroot_file(CONFIG, config);
	fakeboot_lock();
	fake_cert(SIGNER, "A: 01234567", "builtin", "");
	fakeroot_file(ROOT_FILE, ROOT_POLICY);
	fakeroot_file(IMAGE_FILE, IMAGE_POLICY);
	fakeroot_bytes(IMAGE_FILE ".sig", SIGNATURE, sizeof(SIGNATURE) - 1);
}

/* Boots, with call number `at` failing (0: none). False where there was no such call. */
static bool boot_with_fault(int at, int error)
{
	static char image[PATH_MAX], root[PATH_MAX];

	strcpy(image, fakeroot_path("/image"));
	strcpy(root, fakeroot_path("/root"));
	report_free(&fakeboot.report);
	buf_free(&fakeboot.submitted);
	fakering.count = 0;
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0600), 0);
	fault.calls = 0;
	fault.at = at;
	fault.error = error;
	capture_begin(&fakeboot.err, STDERR_FILENO);
	fault.armed = true;
	boot_run(image, root, &fakeboot.report, &fakeboot.end);
	fault.armed = false;
	(void)capture_end(&fakeboot.err);
	return fault.calls >= at;
}

/* What must be true of every boot. committed: the kernel has taken a policy. */
static void check_boot(int at, int error, bool committed)
{
	const struct report *report = &fakeboot.report;
	const struct report_candidate *policy = report_policy(report);
	bool is_protected = report->outcome == OUTCOME_ENFORCED || report->outcome == OUTCOME_FALLBACK;

	if (is_protected && (!committed || !policy || !policy->proof))
		fail_msg("call %d, error %d: protected without proof", at, error);
	if (strstr(buf_string(&fakeboot.submitted), "commit root") && !fakeboot.is_signed)
		fail_msg("call %d, error %d: the unsigned policy was committed", at, error);
	if (policy && !policy->signed_by)
		fail_msg("call %d, error %d: in force, and not verified", at, error);
	if (fakeboot.end.status == EXIT_DONE && report->outcome != OUTCOME_ENFORCED)
		fail_msg("call %d, error %d: status 0 with outcome %s", at, error,
			outcome_name(report->outcome));
	if (fakeboot.end.status == EXIT_FALLBACK && report->outcome != OUTCOME_FALLBACK)
		fail_msg("call %d, error %d: status 4 with outcome %s", at, error,
			outcome_name(report->outcome));
}

/* All faults, one in each boot. */
static void try_all(void)
{
	static const int errors[] = {EIO, ENOMEM, EACCES, EINTR};
	size_t i;
	int at;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		for (at = 1; at < CALLS_MAX && boot_with_fault(at, errors[i]); at++)
			check_boot(at, errors[i], !fakeroot_has(IMA_POLICY));
		assert_in_range(at, 50, CALLS_MAX - 1);
	}
}

static void fallback_is_taken_only_with_proof(void **context)
{
	(void)context;
	make_machine("signature = required\nrequire = yes\nevm = x509\n");
	assert_true(boot_with_fault(0, 0));
	assert_int_equal(fakeboot.report.outcome, OUTCOME_FAILED); /* there is no EVM, and it is required */
	make_machine("signature = required\nrequire = yes\n");
	assert_true(boot_with_fault(0, 0));
	assert_int_equal(fakeboot.report.outcome, OUTCOME_FALLBACK);
	try_all();
}

static void first_choice_is_taken_only_with_proof(void **context)
{
	(void)context;
	fakeboot.is_signed = true;
	make_machine("signature = required\nrequire = yes\n");
	assert_true(boot_with_fault(0, 0));
	assert_int_equal(fakeboot.report.outcome, OUTCOME_ENFORCED);
	try_all();
}

/* The kernel takes the file and drops it: no fault may look like the proof that it did not. */
static void commit_that_does_nothing_is_never_believed(void **context)
{
	(void)context;
	fakeboot.is_signed = true;
	fakeboot.commit_does_nothing = true;
	make_machine("signature = required\nrequire = yes\n");
	assert_true(boot_with_fault(0, 0));
	assert_int_equal(fakeboot.report.outcome, OUTCOME_FAILED);
	try_all();
}

/* What lies where the root's policy should be: none of it is read, and the boot goes on to the image's. */
static void hostile_root_is_no_obstacle(void **context)
{
	static const char *const kinds[] = {
		"a FIFO", "a directory", "larger than 1024 KiB", "in a circle", "/proc/self/mem"};
	char path[PATH_MAX];
	size_t i;
	int fd;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		make_machine("signature = required\nrequire = yes\n");
		strcpy(path, fakeroot_path(ROOT_FILE));
		assert_int_equal(unlink(path), 0);
		switch (i) {
		case 0:
			assert_int_equal(mkfifo(path, 0600), 0);
			break;
		case 1:
			assert_int_equal(mkdir(path, 0755), 0);
			break;
		case 2: /* a file of a terabyte, all of it a hole */
			fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
			assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
			assert_int_equal(close(fd), 0);
			break;
		case 3:
			assert_int_equal(symlink("ima-policy", path), 0);
			break;
		default:
			assert_int_equal(symlink("/proc/self/mem", path), 0);
			break;
		}
		assert_true(boot_with_fault(0, 0));
		assert_int_equal(fakeboot.report.outcome, OUTCOME_FALLBACK);
		assert_int_equal(fakeboot.report.candidates[0].stage, STAGE_READ);
		assert_non_null(
			strstr(problem_reason_text(&fakeboot.report.candidates[0].problem), kinds[i]));
		assert_string_equal(buf_string(&fakeboot.submitted), "dry image commit image ");
		/* A read of all of that would be many calls. */
		assert_in_range(fault.calls, 50, CALLS_MAX);
		assert_int_equal(remove(path), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOT_TEST(fallback_is_taken_only_with_proof),
		BOOT_TEST(first_choice_is_taken_only_with_proof),
		BOOT_TEST(hostile_root_is_no_obstacle),
		BOOT_TEST(commit_that_does_nothing_is_never_believed),
	};

	return RUN_TESTS(tests);
}
