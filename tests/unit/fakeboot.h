/* SPDX-License-Identifier: MIT */
/*
 * A machine for boot_run(): the image is the folder /image, the real root /root, the kernel's files
 * lie beside them, the keyrings are those of fakering.h. For tests that wrap, besides those,
 *   securityfs_mount securityfs_submit guard_set fgetxattr fsetxattr mount tpm_mark
 */
#ifndef IMABOOT_TEST_FAKEBOOT_H
#define IMABOOT_TEST_FAKEBOOT_H

#include <sys/mount.h>
#include "boot.h"
#include "candidate.h"
#include "capture.h"
#include "fakering.h"
#include "log.h"
#include "securityfs.h"
#include "tpm.h"

#define ROOT_POLICY "appraise func=MODULE_CHECK\n# of root\n"
#define IMAGE_POLICY "appraise func=MODULE_CHECK\n# of image\n"
#define KNOWN_GOOD_POLICY "appraise func=MODULE_CHECK\n# of known-good\n"

/* Places on the machine. */
#define ROOT_FILE "/root/etc/ima/ima-policy"
#define KNOWN_GOOD_FILE ROOT_FILE ".known-good"
#define IMAGE_FILE "/image/etc/imaboot/policy"
#define CONFIG "/image" CONFIG_FILE
#define SIGNATURE "\x03\x02\x04\x01\x23\x45\x67\x00\x03sig" /* by the key 01234567 */

static struct {
	int mount_error, guard_error;
	const char *refused; /* the dry run refuses a policy with this text */
	bool commit_does_nothing;
	const char *changes_mind; /* text of policies that are refused from the first commit on */
	const char *denied;       /* text of policies that have no valid signature for the kernel */
	bool labels_unknown;      /* rules with labels are refused while no policy is in force */
	bool takes_many;          /* what is committed is shown, and more is taken */
	int commits;
	bool late;      /* boots as imaboot-late.service does, with /image as the folder that was kept */
	bool is_signed; /* files of the root have SIGNATURE as their attribute */
	int guards;     /* how often the guard was set */
	int mounts;     /* how often securityfs was asked for */
	struct buf submitted; /* "dry NAME " and "commit NAME " for each submission */
	int mark_error;       /* what the TPM says */
	struct buf marks;     /* "PCR EVENT\n" for each mark that was asked for */
	struct boot_end end;
	struct report report;
	struct capture err;
} fakeboot;

int __wrap_securityfs_mount(void);
int __wrap_securityfs_submit(int policy_fd, bool commit, bool *ret_opened);
int __wrap_guard_set(void);
ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);
int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags);
int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int __wrap_tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem);

int __wrap_securityfs_mount(void)
{
	FAKE_CALL(-fault.error);

	fakeboot.mounts++;
	return fakeboot.mount_error;
}

/* Appends the rules to what the kernel shows, in its form where they are written in it but for the last blank. */
static inline void fakeboot_show(const char *text)
{
	_cleanup_buf_ struct buf shown = {0};
	const char *end;

	buf_puts(&shown, fakeroot_read(IMA_POLICY));
	for (; (end = strchr(text, '\n')); text = end + 1)
		if (*text != '#')
			buf_printf(&shown, "%.*s \n", (int)(end - text), text);
	fakeroot_file(IMA_POLICY, buf_string(&shown));
}

int __wrap_securityfs_submit(int policy_fd, bool commit, bool *ret_opened)
{
	FAKE_CALL(-fault.error);

	char text[256] = "";
	const char *name;

	assert_true(pread(policy_fd, text, sizeof(text) - 1, 0) > 0);
	name = strstr(text, "# of ");
	buf_printf(&fakeboot.submitted, "%s %.*s ", commit ? "commit" : "dry",
		name ? (int)strcspn(name + 5, "\n") : 1, name ? name + 5 : "?");
	*ret_opened = fakeroot_has(IMA_POLICY);
	if (!*ret_opened)
		return -ENOENT; /* a policy was committed, and this kernel takes one */
	if (fakeboot.denied && strstr(text, fakeboot.denied))
		return -EACCES;
	if (fakeboot.refused && strstr(text, fakeboot.refused))
		return -EINVAL;
	if (fakeboot.changes_mind && fakeboot.commits && strstr(text, fakeboot.changes_mind))
		return -EINVAL;
	if (fakeboot.labels_unknown && !fakeboot.commits && strstr(text, "obj_"))
		return -EINVAL;
	if (!commit || fakeboot.commit_does_nothing)
		return 0;
	fakeboot.commits++;
	if (fakeboot.takes_many)
		fakeboot_show(text);
	else
		assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	return 0;
}

int __wrap_guard_set(void)
{
	FAKE_CALL(-fault.error);

	fakeboot.guards++;
	return fakeboot.guard_error;
}

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	FAKE_CALL(-1);

	(void)fd;
	(void)size;
	errno = ENODATA;
	if (string_equal(name, "security.selinux"))
		return -1;
	assert_string_equal(name, "security.ima");
	if (!fakeboot.is_signed)
		return -1;
	memcpy(ret, SIGNATURE, sizeof(SIGNATURE) - 1);
	return sizeof(SIGNATURE) - 1;
}

int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t len, int flags)
{
	FAKE_CALL(-1);

	(void)fd;
	(void)value;
	(void)len;
	(void)flags;
	assert_string_equal(name, "security.ima");
	return 0;
}

int __wrap_mount(
	const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	FAKE_CALL(-1);

	(void)target;
	(void)type;
	(void)flags;
	(void)data;
	assert_string_equal(source, "efivarfs");
	errno = ENODEV;
	return -1;
}

int __wrap_tpm_mark(unsigned int pcr, const char *event, unsigned int *ret_banks, struct problem *problem)
{
	FAKE_CALL(-fault.error);

	*ret_banks = TPM_BANK_SHA256;
	buf_printf(&fakeboot.marks, "%u %s\n", pcr, event);
	if (!fakeboot.mark_error)
		return 0;
	problem_set(problem, fakeboot.mark_error, "the TPM is ill");
	problem_remedy(problem, "heal it");
	return fakeboot.mark_error;
}

/* A kernel with IMA that takes a policy, an empty image and an empty root. */
static inline int fakeboot_new(void **context)
{
	memset(&fakeboot, 0, sizeof(fakeboot));
	if (fakering_new(context) < 0)
		return -1;
	fakeroot_dir("/image");
	fakeroot_dir("/root");
	fakeroot_dir("/run");
	fakeroot_file(IMA_POLICY, "");
	assert_int_equal(chmod(fakeroot_path(IMA_POLICY), 0600), 0);
	fakeroot_file(PROC_CMDLINE, "root=/dev/vda\n");
	log_set_program("test");
	log_set_kmsg(false);
	return 0;
}

static inline int fakeboot_remove(void **context)
{
	report_free(&fakeboot.report);
	buf_free(&fakeboot.submitted);
	buf_free(&fakeboot.marks);
	return fakering_remove(context);
}

#define BOOT_TEST(test) cmocka_unit_test_setup_teardown(test, fakeboot_new, fakeboot_remove)

static inline void fakeboot_lock(void)
{
	fakeroot_file(LOCKDOWN_FILE, "none [integrity] confidentiality\n");
}

/* Boots, and checks exit status and outcome. */
static inline void fakeboot_run(int status, const char *outcome)
{
	char image[PATH_MAX], root[PATH_MAX];

	strcpy(image, fakeroot_path("/image"));
	strcpy(root, fakeroot_path("/root"));
	report_free(&fakeboot.report);
	capture_begin(&fakeboot.err, STDERR_FILENO);
	if (fakeboot.late)
		boot_run_late(image, root, &fakeboot.report, &fakeboot.end);
	else
		boot_run(image, root, &fakeboot.report, &fakeboot.end);
	(void)capture_end(&fakeboot.err);
	assert_string_equal(outcome_name(fakeboot.report.outcome), outcome);
	assert_int_equal(fakeboot.end.status, status);
}

/* What was submitted to the kernel, in order. */
#define assert_submitted(wanted) assert_string_equal(buf_string(&fakeboot.submitted), wanted)

/* The marks that were asked for since the last call. */
#define assert_marks(wanted) assert_buf(&fakeboot.marks, wanted)

/* The line of the log for a mark that was made. */
#define MARKED(event) "test: PCR 12 was extended with \"imaboot: " event "\"\n"

/* The log holds exactly these lines. */
#define assert_log(wanted) assert_string_equal(fakeboot.err.text, wanted)

#endif
