// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/evm.c.
 * wrap: certs_load_evm keyring_add_own keyring_unlink_own write fgetxattr uname
 */
#include "evm.h"
#include <sys/utsname.h>
#include "capture.h"
#include "fakeroot.h"
#include "log.h"
#include "rootfile.h"

static struct {
	int load_error, write_error, unlink_error;
	size_t loaded;
	const char *refused_type; /* keys of this type give add_error */
	int add_error;
	struct buf calls;
	struct certs_source source;
	struct report report;
	struct evm evm;
} fake;

int __wrap_certs_load_evm(
	const struct certs_source *source, const char *extra, struct report *report, size_t *ret_count);
int __wrap_keyring_add_own(
	const char *type, const char *description, const void *payload, size_t len, key_serial *ret);
int __wrap_keyring_unlink_own(key_serial key);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

int __wrap_certs_load_evm(
	const struct certs_source *source, const char *extra, struct report *report, size_t *ret_count)
{
	struct report_cert *cert = report_add_cert(report);

	assert_ptr_equal(source, &fake.source);
	buf_printf(&fake.calls, "certificates %s\n", extra);
	cert->path = strdup("/etc/keys/evm/a.der");
	cert->source = "image";
	cert->keyring = ".evm";
	cert->result = fake.loaded ? CERT_LOADED : CERT_REFUSED;
	problem_set(&cert->problem, -ENOKEY, "is a stranger");
	*ret_count = fake.loaded;
	return fake.load_error;
}

int __wrap_keyring_add_own(
	const char *type, const char *description, const void *payload, size_t len, key_serial *ret)
{
	buf_printf(&fake.calls, "%s %s '%.*s'\n", type, description, (int)len, (const char *)payload);
	if (fake.refused_type && string_equal(type, fake.refused_type))
		return fake.add_error;
	*ret = string_equal(type, "encrypted") ? 7 : 8;
	return 0;
}

int __wrap_keyring_unlink_own(key_serial key)
{
	buf_printf(&fake.calls, "unlink %d\n", key);
	return fake.unlink_error;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (!fake.write_error || fd != fake.evm.fd)
		return __real_write(fd, bytes, len);
	errno = fake.write_error;
	return -1;
}

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	assert_int_equal(fd, 5);
	assert_string_equal(name, "security.evm");
	assert_true(!ret && !size);
	errno = fake.write_error;
	return fake.write_error ? -1 : 20;
}

static const char *release = "6.1.0-56-amd64";

int __wrap_uname(struct utsname *ret);

int __wrap_uname(struct utsname *ret)
{
	(void)snprintf(ret->release, sizeof(ret->release), "%s", release);
	return 0;
}

static void label_of_a_file_is_looked_for(void **context)
{
	(void)context;
	assert_false(evm_lacks_label(5));
	fake.write_error = ENODATA;
	assert_true(evm_lacks_label(5));
	fake.write_error = EOPNOTSUPP;
	assert_false(evm_lacks_label(5));
}

static int evm_new(void **context)
{
	memset(&fake, 0, sizeof(fake));
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_dir("/image");
	fakeroot_dir("/root");
	fakeroot_file(EVM_FILE, "0");
	fake.source = (struct certs_source){.image_fd = root_open(fakeroot_path("/image")),
		.image = "/",
		.root_fd = root_open(fakeroot_path("/root")),
		.root = "/sysroot"};
	fake.evm = (struct evm){.mode = EVM_X509,
		.source = &fake.source,
		.key_file = "",
		.x509_file = "",
		.master_file = "",
		.record = &fake.report.evm,
		.fd = -1};
	fake.loaded = 1;
	log_set_program("test");
	return 0;
}

static int evm_remove(void **context)
{
	evm_free(&fake.evm);
	report_free(&fake.report);
	buf_free(&fake.calls);
	(void)close(fake.source.image_fd);
	(void)close(fake.source.root_fd);
	return fakeroot_remove(context);
}

#define EVM_TEST(test) cmocka_unit_test_setup_teardown(test, evm_new, evm_remove)

/* Prepares and activates; the log is not looked at. */
static int run(void)
{
	static struct capture err;
	int r;

	capture_begin(&err, STDERR_FILENO);
	r = evm_prepare(&fake.evm, &fake.report);
	if (r == 0)
		r = evm_activate(&fake.evm);
	(void)capture_end(&err);
	return r;
}

#define assert_evm_problem(error, reason, remedy) \
	assert_problem(&fake.report.evm.problem, error, reason, remedy)

static void off_does_nothing(void **context)
{
	(void)context;
	fake.evm.mode = EVM_OFF;
	assert_int_equal(run(), 0);
	assert_null(fake.report.evm.mode);
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
	assert_string_equal(buf_string(&fake.calls), "");
}

static void x509_is_activated_and_fixed(void **context)
{
	(void)context;
	assert_int_equal(run(), 0);
	assert_string_equal(fakeroot_read(EVM_FILE), "0x80000002");
	assert_buf(&fake.calls, "certificates /etc/keys/x509_evm.der\n");
	assert_string_equal(fake.report.evm.mode, "x509");
	assert_int_equal(fake.report.evm.result, EVM_ACTIVE);
	assert_int_equal(fake.report.evm.value, 0x80000002u);
	evm_free(&fake.evm);
	assert_string_equal(buf_string(&fake.calls), "");
}

static void nothing_is_activated_before_it_is_time(void **context)
{
	(void)context;
	assert_int_equal(evm_prepare(&fake.evm, &fake.report), 0);
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
	assert_int_equal(fake.report.evm.result, EVM_FAILED);
}

static void hmac_takes_both_keys_and_lets_them_go(void **context)
{
	(void)context;
	fake.evm.mode = EVM_HMAC;
	fakeroot_file("/image/etc/keys/kmk-trusted.blob", "0011\n");
	fakeroot_file("/root/etc/keys/kmk-trusted.blob", "not this\n");
	fakeroot_file("/root/etc/keys/evm-trusted.blob", "default trusted:kmk-trusted 64 ab\nmore\n");
	assert_int_equal(run(), 0);
	assert_buf(&fake.calls, "trusted kmk-trusted 'load 0011'\n"
				"encrypted evm-key 'load default trusted:kmk-trusted 64 ab'\n");
	assert_string_equal(fakeroot_read(EVM_FILE), "0x80000001");
	assert_string_equal(fake.report.evm.mode, "hmac");
	evm_free(&fake.evm);
	assert_buf(&fake.calls, "unlink 7\nunlink 8\n");
}

static void parameters_name_other_files(void **context)
{
	(void)context;
	fake.evm.mode = EVM_BOTH;
	fake.evm.master_is_user = true;
	fake.evm.key_file = "/k";
	fake.evm.master_file = "/m";
	fake.evm.x509_file = "/c";
	fakeroot_file("/image/k", "blob");
	fakeroot_file("/image/m", "secret");
	assert_int_equal(run(), 0);
	assert_buf(&fake.calls, "certificates /c\nuser kmk-user 'secret'\nencrypted evm-key 'load blob'\n");
	assert_string_equal(fakeroot_read(EVM_FILE), "0x80000003");
	assert_string_equal(fake.report.evm.mode, "both");
}

static void master_key_may_be_there_already(void **context)
{
	(void)context;
	fake.evm.mode = EVM_HMAC;
	fakeroot_file("/image" EVM_KEY_FILE, "blob");
	assert_int_equal(run(), 0);
	assert_buf(&fake.calls, "encrypted evm-key 'load blob'\n");
	evm_free(&fake.evm);
	assert_buf(&fake.calls, "unlink 7\n");
	fake.evm.master_is_user = true;
	fakeroot_file(EVM_FILE, "0");
	fakeroot_file("/image" EVM_MASTER_USER_FILE, "secret");
	assert_int_equal(run(), 0);
	assert_buf(&fake.calls, "user kmk-user 'secret'\nencrypted evm-key 'load blob'\n");
}

static void missing_files_are_told(void **context)
{
	(void)context;
	fake.evm.mode = EVM_HMAC;
	assert_int_equal(run(), -ENOENT);
	assert_evm_problem(-ENOENT, "the HMAC key /etc/keys/evm-trusted.blob: there is no such file",
		"put the blob of the encrypted key evm-key there, in the image or the root, or name it with "
		"evmkey=");
	fake.evm.master_file = "/m";
	assert_int_equal(run(), -ENOENT);
	assert_evm_problem(-ENOENT, "the master key /m: there is no such file", NULL);
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
	assert_int_equal(fake.report.evm.result, EVM_FAILED);
	assert_int_equal(fake.evm.fd, -1);
}

/* Whoever can write to the root could know the key that is there. */
static void locked_platform_takes_the_image_s_keys_alone(void **context)
{
	(void)context;
	fake.evm.mode = EVM_HMAC;
	fake.evm.image_only = "the kernel is locked down";
	fakeroot_file("/root" EVM_KEY_FILE, "blob");
	fakeroot_file("/root" EVM_MASTER_FILE, "sealed");
	assert_int_equal(run(), -ENOENT);
	assert_buf(&fake.calls, "");
	assert_evm_problem(-ENOENT, "the HMAC key /etc/keys/evm-trusted.blob: there is no such file",
		"put the blob of the encrypted key evm-key there, in the image (the root's is not used: the "
		"kernel is "
		"locked down), or name it with evmkey=");
	fakeroot_file("/image" EVM_KEY_FILE, "good");
	fakeroot_file("/image" EVM_MASTER_FILE, "sealed");
	assert_int_equal(run(), 0);
	assert_buf(&fake.calls, "trusted kmk-trusted 'load sealed'\nencrypted evm-key 'load good'\n");
}

static void refused_keys_are_told(void **context)
{
	static const struct {
		int error;
		const char *reason, *remedy;
	} refusals[] = {
		{-ENODEV, "this kernel has no keys of type encrypted",
			"use a kernel with CONFIG_ENCRYPTED_KEYS and CONFIG_TRUSTED_KEYS (and a TPM)"},
		{-ENOKEY, "the master key that its blob names is not loaded",
			"put it at /etc/keys/kmk-trusted.blob, or name it with masterkey= and "
			"masterkeytype="},
		{-EINVAL, "the kernel refuses the blob: it is damaged, or the master key is another one",
			"make it again with the master key of this machine: keyctl pipe"},
		{-EPERM,
			"the TPM refuses it: it was sealed by another TPM, or under a storage key or PCRs "
			"that have changed",
			"make it again on this machine (keyctl add trusted), and the HMAC key with it"},
		{-EDQUOT, "the kernel refuses it: Disk quota exceeded", NULL}};
	char reason[256];
	size_t i;

	(void)context;
	fake.evm.mode = EVM_HMAC;
	fake.refused_type = "encrypted";
	fakeroot_file("/image" EVM_KEY_FILE, "blob");
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		fake.add_error = refusals[i].error;
		assert_int_equal(run(), refusals[i].error);
		(void)snprintf(reason, sizeof(reason), "the HMAC key (/etc/keys/evm-trusted.blob): %s",
			refusals[i].reason);
		assert_evm_problem(refusals[i].error, reason, refusals[i].remedy);
		assert_string_equal(fakeroot_read(EVM_FILE), "0");
	}
	fake.refused_type = "trusted";
	fake.add_error = -ENODEV;
	fakeroot_file("/image" EVM_MASTER_FILE, "blob");
	assert_int_equal(run(), -ENODEV);
	assert_evm_problem(-ENODEV,
		"the master key (/etc/keys/kmk-trusted.blob): this kernel has no keys of type trusted",
		"use a kernel with CONFIG_ENCRYPTED_KEYS and CONFIG_TRUSTED_KEYS (and a TPM)");
}

static void missing_certificate_is_told(void **context)
{
	(void)context;
	fake.loaded = 0;
	assert_int_equal(run(), -ENOKEY);
	assert_evm_problem(
		-ENOKEY, "no certificate for it was accepted", "put one into /etc/keys/evm of the image");
	fake.load_error = -EDQUOT;
	assert_int_equal(run(), -EDQUOT);
	assert_evm_problem(-EDQUOT, "its keyring cannot be used: Disk quota exceeded", NULL);
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
}

static void kernel_without_evm_is_told(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path(EVM_FILE)), 0);
	assert_int_equal(run(), -ENOENT);
	assert_evm_problem(-ENOENT, "this kernel has no EVM (no /sys/kernel/security/integrity/evm/evm)",
		"use a kernel with CONFIG_EVM, or set evm = off");
	fakeroot_dir(EVM_FILE);
	assert_int_equal(run(), -EISDIR);
	assert_evm_problem(-EISDIR, "/sys/kernel/security/integrity/evm/evm cannot be opened: Is a directory",
		"run as root");
}

static void active_evm_is_left_alone(void **context)
{
	(void)context;
	fakeroot_file(EVM_FILE, "3");
	assert_int_equal(run(), 0);
	assert_int_equal(fake.report.evm.result, EVM_PRESENT);
	assert_string_equal(fakeroot_read(EVM_FILE), "3");
	assert_string_equal(buf_string(&fake.calls), "");
	fakeroot_file(EVM_FILE, "1");
	assert_int_equal(run(), 0);
	assert_int_equal(fake.report.evm.result, EVM_ACTIVE);
}

static void refused_activation_is_told(void **context)
{
	static const struct {
		int error;
		const char *reason, *remedy;
	} refusals[] = {
		{EPERM,
			"the kernel refuses to activate it: its setting is fixed for this boot already "
			"(/sys/kernel/security/integrity/evm/evm shows 0)",
			"reboot, and see what activates it before imaboot (dracut's module integrity does)"},
		{EINVAL, "the kernel refuses to activate it: it does not know this mode",
			"set evm = hmac, or use Linux 4.16 or later"},
		{ENOENT, "the kernel refuses to activate it: it does not find the key evm-key",
			"see the kernel's log (dmesg) for lines with evm"},
		{EIO, "the kernel refuses to activate it: Input/output error", NULL}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		fake.write_error = refusals[i].error;
		assert_int_equal(run(), -refusals[i].error);
		assert_evm_problem(-refusals[i].error, refusals[i].reason, refusals[i].remedy);
		assert_int_equal(fake.report.evm.result, EVM_FAILED);
		evm_free(&fake.evm);
	}
}

static void kernel_that_would_crash_is_spared(void **context)
{
	(void)context;
	fake.evm.mode = EVM_BOTH;
	fakeroot_file("/image" EVM_KEY_FILE, "blob");
	fakeroot_file(LSM_FILE, "lockdown,capability,landlock,yama,apparmor,tomoyo,bpf");
	assert_int_equal(run(), -EOPNOTSUPP);
	assert_evm_problem(-EOPNOTSUPP,
		"with an HMAC key this kernel (older than Linux 6.6, with the LSM bpf) would crash at the "
		"next "
		"file that is made",
		"take bpf out of the kernel's LSMs (lsm=), use Linux 6.6 or later, or set evm = x509");
	assert_string_equal(fakeroot_read(EVM_FILE), "0");
	assert_string_equal(buf_string(&fake.calls), "");
	fakeroot_file(LSM_FILE, "lockdown,capability,selinux,bpf");
	assert_int_equal(run(), 0);
	fakeroot_file(EVM_FILE, "0");
	fakeroot_file(LSM_FILE, "lockdown,capability,bpf");
	release = "6.6.0";
	assert_int_equal(run(), 0);
	release = "6.1.0";
	fakeroot_file(EVM_FILE, "0");
	fake.evm.mode = EVM_X509;
	assert_int_equal(run(), 0);
}

static void key_that_stays_is_told(void **context)
{
	static struct capture err;

	(void)context;
	fake.evm.mode = EVM_HMAC;
	fakeroot_file("/image" EVM_KEY_FILE, "blob");
	fakeroot_file("/image" EVM_MASTER_FILE, "blob");
	assert_int_equal(run(), 0);
	fake.unlink_error = -ENOKEY;
	capture_begin(&err, STDERR_FILENO);
	evm_free(&fake.evm);
	assert_string_equal(capture_end(&err),
		"test: EVM: the key evm-key stays in the keyring of this process until it ends\n"
		"test: EVM: the master key stays in the keyring of this process until it ends\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EVM_TEST(off_does_nothing),
		EVM_TEST(x509_is_activated_and_fixed),
		EVM_TEST(nothing_is_activated_before_it_is_time),
		EVM_TEST(hmac_takes_both_keys_and_lets_them_go),
		EVM_TEST(parameters_name_other_files),
		EVM_TEST(master_key_may_be_there_already),
		EVM_TEST(missing_files_are_told),
		EVM_TEST(locked_platform_takes_the_image_s_keys_alone),
		EVM_TEST(refused_keys_are_told),
		EVM_TEST(missing_certificate_is_told),
		EVM_TEST(kernel_without_evm_is_told),
		EVM_TEST(active_evm_is_left_alone),
		EVM_TEST(refused_activation_is_told),
		EVM_TEST(kernel_that_would_crash_is_spared),
		EVM_TEST(key_that_stays_is_told),
		EVM_TEST(label_of_a_file_is_looked_for),
	};

	return RUN_TESTS(tests);
}
