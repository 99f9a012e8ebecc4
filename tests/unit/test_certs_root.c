// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/certs.c: what the real root, which is not trusted, can and cannot do to the keyrings.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 */
#include "capture.h"
#include "fakering.h"
#include "rootfile.h"

#define DIR "/image/etc/keys/ima/"
#define ROOT_DIR "/root/etc/keys/ima/"

static struct report report;

static int load(enum root_certs root_certs)
{
	struct certs_source source = {.image = "/", .root = "/sysroot", .root_certs = root_certs};
	struct capture err;
	int r;

	report_free(&report);
	fakeroot_dir("/image");
	fakeroot_dir("/root");
	source.image_fd = root_open(fakeroot_path("/image"));
	source.root_fd = root_open(fakeroot_path("/root"));
	capture_begin(&err, STDERR_FILENO);
	r = certs_load(&source, &report);
	(void)capture_end(&err);
	(void)close(source.image_fd);
	(void)close(source.root_fd);
	return r;
}

static struct report_cert *record_of(const char *source, const char *path)
{
	size_t i;

	for (i = 0; i < report.cert_count; i++)
		if (string_equal(report.certs[i].path, path) && string_equal(report.certs[i].source, source))
			return &report.certs[i];
	fail_msg("no record of %s in the %s", path, source);
	return NULL;
}

static void signer_of_the_root_is_taken_where_the_kernel_checks_it(void **context)
{
	(void)context;
	fake_cert(ROOT_DIR "a.der", "A: 01", "builtin", "");
	fake_cert(ROOT_DIR "b.der", "B: 01", "unknown", "");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("root", "/etc/keys/ima/a.der")->result, CERT_LOADED);
	assert_int_equal(record_of("root", "/etc/keys/ima/b.der")->result, CERT_REFUSED);
	assert_non_null(fake_key_in(RING_VERIFY, "A: 01"));
	assert_null(fake_key_in(RING_VERIFY, "B: 01"));
	report_free(&report);
}

static void cas_of_the_root_are_skipped(void **context)
{
	static const enum root_certs settings[] = {ROOT_CERTS_AUTO, ROOT_CERTS_YES, ROOT_CERTS_NO};
	struct report_cert *record;
	size_t i;

	(void)context;
	fake_cert(ROOT_DIR "ca/ca.der", "CA: 01", "builtin", "");
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		assert_int_equal(load(settings[i]), 0);
		record = record_of("root", "/etc/keys/ima/ca/ca.der");
		assert_int_equal(record->result, CERT_SKIPPED);
		assert_string_equal(record->keyring, ".secondary_trusted_keys");
		assert_problem(&record->problem, -EPERM,
			"CA certificates are taken from the image alone: the kernel lets any key in "
			".secondary_trusted_keys vouch for others",
			"put it into /etc/keys/ima/ca before the image is built");
		assert_int_equal(fakering.count, 0);
		report_free(&report);
	}
}

static void user_keyring_takes_no_signer_of_the_root(void **context)
{
	struct report_cert *record;

	(void)context;
	fakering.has_ima = false;
	fake_cert(DIR "a.der", "A: 01", "unknown", "");
	fake_cert(ROOT_DIR "b.der", "B: 01", "unknown", "");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_string_equal(report.keyring, "_ima");
	assert_int_equal(record_of("image", "/etc/keys/ima/a.der")->result, CERT_LOADED);
	record = record_of("root", "/etc/keys/ima/b.der");
	assert_int_equal(record->result, CERT_SKIPPED);
	assert_string_equal(record->keyring, "_ima");
	assert_problem(&record->problem, -EPERM,
		"the keyring _ima checks no issuer, so certificates are taken from the image alone",
		"put it into /etc/keys/ima before the image is built, or set root-certificates = yes in "
		"the image's configuration");
	assert_null(fake_key_in(RING_USER, "B: 01"));
	assert_null(fake_key_in(RING_VERIFY, "B: 01"));
	report_free(&report);
}

static void user_keyring_takes_them_when_asked_to(void **context)
{
	(void)context;
	fakering.has_ima = false;
	fake_cert(ROOT_DIR "b.der", "B: 01", "unknown", "");
	assert_int_equal(load(ROOT_CERTS_YES), 0);
	assert_int_equal(record_of("root", "/etc/keys/ima/b.der")->result, CERT_LOADED);
	assert_non_null(fake_key_in(RING_USER, "B: 01"));
	assert_non_null(fake_key_in(RING_VERIFY, "B: 01"));
	report_free(&report);
}

static void signers_of_the_root_can_be_switched_off(void **context)
{
	struct report_cert *record;

	(void)context;
	fake_cert(ROOT_DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(ROOT_CERTS_NO), 0);
	record = record_of("root", "/etc/keys/ima/a.der");
	assert_int_equal(record->result, CERT_SKIPPED);
	assert_string_equal(record->problem.reason, "the configuration says root-certificates = no");
	assert_int_equal(fakering.count, 0);
	report_free(&report);
}

/* The kernel checks what would take the place of a key: a stranger that only has its name does not. */
static void namesake_that_the_kernel_refuses_changes_nothing(void **context)
{
	(void)context;
	fake_cert(DIR "z.der", "A: 01", "builtin", "");
	fake_cert(ROOT_DIR "a.der", "A: 01", "unknown", "");
	fake_cert(ROOT_DIR "b.der", "A: 01", "builtin", "t22");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("image", "/etc/keys/ima/z.der")->result, CERT_LOADED);
	assert_int_equal(record_of("root", "/etc/keys/ima/a.der")->result, CERT_REFUSED);
	assert_int_equal(record_of("root", "/etc/keys/ima/b.der")->result, CERT_REFUSED);
	assert_string_equal(fake_key_in(RING_IMA, "A: 01")->payload, "A: 01|builtin|");
	assert_string_equal(fake_key_in(RING_VERIFY, "A: 01")->payload, "A: 01|builtin|");
	report_free(&report);
}

static void copy_is_the_one_that_the_kernel_has(void **context)
{
	(void)context;
	fake_cert(DIR "z.der", "A: 01", "builtin", "");
	fake_cert(ROOT_DIR "a.der", "A: 01", "builtin", "0");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("root", "/etc/keys/ima/a.der")->result, CERT_LOADED);
	assert_string_equal(fake_key_in(RING_IMA, "A: 01")->payload, "A: 01|builtin|0");
	assert_string_equal(fake_key_in(RING_VERIFY, "A: 01")->payload, "A: 01|builtin|0");
	report_free(&report);
}

/* _ima checks nothing: what has the name of the image's signer neither replaces nor verifies. */
static void namesake_replaces_nothing_in_an_unrestricted_keyring(void **context)
{
	(void)context;
	fakering.has_ima = false;
	fake_cert(DIR "z.der", "A: 01", "builtin", "");
	fake_cert(ROOT_DIR "a.der", "A: 01", "stranger", "");
	assert_int_equal(load(ROOT_CERTS_YES), 0);
	assert_int_equal(record_of("image", "/etc/keys/ima/z.der")->result, CERT_LOADED);
	assert_int_equal(record_of("root", "/etc/keys/ima/a.der")->result, CERT_PRESENT);
	assert_string_equal(fake_key_in(RING_USER, "A: 01")->payload, "A: 01|builtin|");
	assert_string_equal(fake_key_in(RING_VERIFY, "A: 01")->payload, "A: 01|builtin|");
	report_free(&report);
}

static void namesake_of_a_key_that_was_there_is_never_verified_with(void **context)
{
	(void)context;
	fake_key_add(RING_IMA, "A: 01");
	fake_cert(ROOT_DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("root", "/etc/keys/ima/a.der")->result, CERT_PRESENT);
	assert_null(fake_key_in(RING_VERIFY, "A: 01"));
	report_free(&report);
}

static void same_bytes_in_image_and_root_are_added_once(void **context)
{
	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	fake_cert(ROOT_DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("image", "/etc/keys/ima/a.der")->result, CERT_LOADED);
	assert_int_equal(record_of("root", "/etc/keys/ima/a.der")->result, CERT_SKIPPED);
	assert_string_equal(buf_string(&fakering.offers), "A: 01 ");
	report_free(&report);
}

/* Else a root could take the signers away, and with them the demand for a signature. */
static void unreadable_folder_of_the_root_leaves_the_image_alone(void **context)
{
	struct report_cert *record;

	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	fakeroot_file("/root/etc/keys/ima", "not a folder");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("image", "/etc/keys/ima/a.der")->result, CERT_LOADED);
	record = record_of("root", "/etc/keys/ima");
	assert_int_equal(record->result, CERT_REFUSED);
	assert_problem(&record->problem, -ENOTDIR, "cannot be listed: Not a directory",
		"make it a folder that holds certificates, or remove it");
	report_free(&report);
}

static void flood_of_files_on_the_root_leaves_the_image_alone(void **context)
{
	char path[64];
	int i;

	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	fakeroot_dir(ROOT_DIR);
	for (i = 0; i <= CERT_COUNT_MAX; i++) {
		(void)snprintf(path, sizeof(path), ROOT_DIR "%d", i);
		assert_int_equal(mknod(fakeroot_path(path), S_IFREG | 0600, 0), 0);
	}
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_int_equal(record_of("image", "/etc/keys/ima/a.der")->result, CERT_LOADED);
	assert_string_equal(record_of("root", "/etc/keys/ima")->problem.reason, "holds more than 1000 files");
	report_free(&report);
}

/* As many as may be there, and each is bad: the log does not drown in them. */
static void flood_of_refusals_is_told_in_short(void **context)
{
	struct capture err;
	struct buf wanted = {0};
	char path[64];
	int i;

	(void)context;
	fakeroot_dir(ROOT_DIR);
	for (i = 0; i < 30; i++) {
		(void)snprintf(path, sizeof(path), ROOT_DIR "%02d", i);
		assert_int_equal(mknod(fakeroot_path(path), S_IFREG | 0600, 0), 0);
	}
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	capture_begin(&err, STDERR_FILENO);
	certs_tell(&report, 3);
	(void)capture_end(&err);
	for (i = 3; i < 23; i++)
		buf_printf(&wanted,
			"imaboot: certificate /etc/keys/ima/%02d (root) is not in .ima: is empty; put the "
			"right file "
			"in its place, or remove it\n",
			i);
	buf_puts(
		&wanted, "imaboot: 7 more certificates were refused; they are in /run/imaboot/status.json\n");
	assert_string_equal(err.text, buf_string(&wanted));
	buf_free(&wanted);
	report_free(&report);
}

static void image_is_settled_before_the_root_is_offered(void **context)
{
	(void)context;
	fake_cert(DIR "z.der", "Z: 01", "builtin", "");
	fake_cert(ROOT_DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	assert_string_equal(buf_string(&fakering.offers), "Z: 01 A: 01 ");
	report_free(&report);
}

static void unneeded_ca_is_no_failure_without_ima(void **context)
{
	struct report_cert *record;

	(void)context;
	fakering.has_ima = false;
	fake_cert(DIR "ca/ca.der", "CA: 01", "unknown", "");
	fake_cert(DIR "ca/bad.der", "CA: 02", "unknown", "129");
	assert_int_equal(load(ROOT_CERTS_AUTO), 0);
	record = record_of("image", "/etc/keys/ima/ca/ca.der");
	assert_int_equal(record->result, CERT_SKIPPED);
	assert_problem(&record->problem, -ENOKEY,
		"the kernel trusts no issuer of it, and none is needed: _ima takes signers without one",
		NULL);
	assert_int_equal(record_of("image", "/etc/keys/ima/ca/bad.der")->result, CERT_REFUSED);
	report_free(&report);
}

/* Recalls the image's certificates; the keyring's name. */
static const char *recall(void)
{
	const char *keyring = "unset";
	int fd;

	fakeroot_dir("/image");
	fd = root_open(fakeroot_path("/image"));
	certs_recall(fd, "/", &keyring);
	(void)close(fd);
	return keyring;
}

static void recall_copies_what_the_kernel_has(void **context)
{
	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	fake_cert(DIR "b.der", "B: 01", "builtin", "");
	fake_key_add(RING_IMA, "A: 01");
	assert_string_equal(recall(), ".ima");
	assert_non_null(fake_key_in(RING_VERIFY, "A: 01"));
	assert_null(fake_key_in(RING_VERIFY, "B: 01"));
	assert_null(fake_key_in(RING_IMA, "B: 01"));
}

static void recall_makes_no_keyring(void **context)
{
	(void)context;
	fakering.has_ima = false;
	assert_null(recall());
	assert_false(fakering.has_user);
	fakering.has_user = true;
	assert_string_equal(recall(), "_ima");
	fakering.private_error = -ENOSYS;
	assert_null(recall());
}

/* Loads EVM's certificates of /image and /root; how many are in the keyring. */
static size_t load_evm(enum root_certs root_certs, const char *extra, int wanted)
{
	struct certs_source source = {.image = "/", .root = "/sysroot", .root_certs = root_certs};
	size_t count;

	fakeroot_dir("/image");
	fakeroot_dir("/root");
	report_free(&report);
	source.image_fd = root_open(fakeroot_path("/image"));
	source.root_fd = root_open(fakeroot_path("/root"));
	assert_int_equal(certs_load_evm(&source, extra, &report, &count), wanted);
	(void)close(source.image_fd);
	(void)close(source.root_fd);
	return count;
}

static void certificates_of_evm_have_a_keyring_of_their_own(void **context)
{
	(void)context;
	fake_cert("/image/etc/keys/evm/a.der", "A: 01", "builtin", "");
	fake_cert("/image/etc/keys/evm/b.der", "B: 01", "nobody", "");
	fake_cert("/root/etc/keys/evm/c.der", "C: 01", "builtin", "");
	fake_cert("/root/x.der", "X: 01", "builtin", "");
	assert_int_equal(load_evm(ROOT_CERTS_AUTO, "/x.der", 0), 3);
	assert_non_null(fake_key_in(RING_EVM, "A: 01"));
	assert_null(fake_key_in(RING_EVM, "B: 01"));
	assert_non_null(fake_key_in(RING_EVM, "C: 01"));
	assert_non_null(fake_key_in(RING_EVM, "X: 01"));
	assert_int_equal(fake_keys_in(RING_IMA) + fake_keys_in(RING_VERIFY), 0);
	assert_string_equal(record_of("image", "/etc/keys/evm/b.der")->keyring, ".evm");
	assert_int_equal(record_of("image", "/etc/keys/evm/b.der")->result, CERT_REFUSED);
	assert_int_equal(load_evm(ROOT_CERTS_AUTO, "/gone.der", 0), 2);
	report_free(&report);
}

static void user_keyring_of_evm_takes_the_images_alone(void **context)
{
	(void)context;
	fakering.has_ima = false;
	fake_cert("/image/etc/keys/evm/a.der", "A: 01", "nobody", "");
	fake_cert("/root/etc/keys/evm/c.der", "C: 01", "nobody", "");
	fake_cert("/root/x.der", "X: 01", "nobody", "");
	assert_int_equal(load_evm(ROOT_CERTS_AUTO, "/x.der", 0), 1);
	assert_non_null(fake_key_in(RING_EVM_USER, "A: 01"));
	assert_null(fake_key_in(RING_EVM_USER, "C: 01"));
	assert_null(fake_key_in(RING_EVM_USER, "X: 01"));
	assert_problem(&record_of("root", "/etc/keys/evm/c.der")->problem, -EPERM,
		"the keyring _evm checks no issuer, so certificates are taken from the image alone",
		"put it into /etc/keys/evm before the image is built, or set root-certificates = yes in the "
		"image's configuration");
	assert_int_equal(load_evm(ROOT_CERTS_YES, "/x.der", 0), 3);
	fakering.ensure_error = -EDQUOT;
	assert_int_equal(load_evm(ROOT_CERTS_YES, "/x.der", -EDQUOT), 0);
	report_free(&report);
}

/* Puts a certificate into the keyring of this process. */
static int add_private(const char *path, struct problem *problem)
{
	int fd = root_open("/"), r;

	*problem = (struct problem){0};
	r = certs_add_private(fd, fakeroot_path(path), problem);
	(void)close(fd);
	return r;
}

static void given_certificate_is_for_verifying_alone(void **context)
{
	struct problem problem;

	(void)context;
	fake_cert("/a.der", "A: 01", "nobody", "");
	assert_int_equal(add_private("/a.der", &problem), 0);
	assert_non_null(fake_key_in(RING_VERIFY, "A: 01"));
	assert_int_equal(fakering.count, 1);
	assert_string_equal(buf_string(&fakering.offers), "");
}

static void given_certificate_that_is_none_is_told(void **context)
{
	struct problem problem;

	(void)context;
	fakeroot_file("/pem", "-----BEGIN CERTIFICATE-----\n");
	assert_int_equal(add_private("/pem", &problem), -EBADMSG);
	assert_string_equal(problem.reason, "is PEM; the kernel reads DER");
	problem_free(&problem);
	assert_int_equal(add_private("/gone", &problem), -ENOENT);
	assert_problem(&problem, -ENOENT, "there is no such file", NULL);
	fake_cert("/b.der", "B: 01", "nobody", "65");
	assert_int_equal(add_private("/b.der", &problem), -ENOPKG);
	assert_string_equal(problem.reason, "uses a key or digest algorithm that this kernel does not have");
	problem_free(&problem);
	fakering.private_error = -ENOSYS;
	assert_int_equal(add_private("/b.der", &problem), -ENOSYS);
	assert_problem(
		&problem, -ENOSYS, "no keyring can be made for this process: Function not implemented", NULL);
	assert_int_equal(fakering.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RING_TEST(signer_of_the_root_is_taken_where_the_kernel_checks_it),
		RING_TEST(cas_of_the_root_are_skipped),
		RING_TEST(user_keyring_takes_no_signer_of_the_root),
		RING_TEST(user_keyring_takes_them_when_asked_to),
		RING_TEST(signers_of_the_root_can_be_switched_off),
		RING_TEST(namesake_that_the_kernel_refuses_changes_nothing),
		RING_TEST(copy_is_the_one_that_the_kernel_has),
		RING_TEST(namesake_replaces_nothing_in_an_unrestricted_keyring),
		RING_TEST(namesake_of_a_key_that_was_there_is_never_verified_with),
		RING_TEST(same_bytes_in_image_and_root_are_added_once),
		RING_TEST(unreadable_folder_of_the_root_leaves_the_image_alone),
		RING_TEST(flood_of_files_on_the_root_leaves_the_image_alone),
		RING_TEST(flood_of_refusals_is_told_in_short),
		RING_TEST(image_is_settled_before_the_root_is_offered),
		RING_TEST(unneeded_ca_is_no_failure_without_ima),
		RING_TEST(recall_copies_what_the_kernel_has),
		RING_TEST(recall_makes_no_keyring),
		RING_TEST(certificates_of_evm_have_a_keyring_of_their_own),
		RING_TEST(user_keyring_of_evm_takes_the_images_alone),
		RING_TEST(given_certificate_is_for_verifying_alone),
		RING_TEST(given_certificate_that_is_none_is_told),
	};

	return RUN_TESTS(tests);
}
