// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/certs.c: certificates of the image, and what is told of bad ones.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: strdup
 */
#include "capture.h"
#include "fakering.h"
#include "log.h"
#include "rootfile.h"

#define DIR "/image/etc/keys/ima/"
#define CA_DIR "/image/etc/keys/ima/ca/"

static bool no_strdup;

char *__real_strdup(const char *string);
char *__wrap_strdup(const char *string);

char *__wrap_strdup(const char *string)
{
	return no_strdup ? NULL : __real_strdup(string);
}

static struct report report;
static struct capture err;

/* Loads from /image alone; messages are caught. */
static int load(void)
{
	struct certs_source source = {.image = "/", .root_fd = -1};
	int r;

	report_free(&report);
	fakeroot_dir("/image");
	source.image_fd = root_open(fakeroot_path("/image"));
	log_set_program("test");
	capture_begin(&err, STDERR_FILENO);
	r = certs_load(&source, &report);
	(void)capture_end(&err);
	(void)close(source.image_fd);
	return r;
}

static struct report_cert *record_of(const char *path)
{
	size_t i;

	for (i = 0; i < report.cert_count; i++)
		if (string_equal(report.certs[i].path, path))
			return &report.certs[i];
	fail_msg("no record of %s", path);
	return NULL;
}

static void check_result(const char *path, enum cert_result result)
{
	assert_int_equal(record_of(path)->result, result);
	assert_string_equal(record_of(path)->source, "image");
}

/* Adds one certificate of that error, loads it, and checks what is told. */
static void check_refusal(const char *note, int error, const char *reason, const char *remedy)
{
	struct report_cert *record;

	fake_cert(DIR "a.der", "A: 01", "builtin", note);
	assert_int_equal(load(), 0);
	record = record_of("/etc/keys/ima/a.der");
	assert_int_equal(record->result, CERT_REFUSED);
	assert_problem(&record->problem, error, reason, remedy);
	assert_int_equal(fake_keys_in(RING_VERIFY), 0);
	report_free(&report);
}

static void signer_goes_to_ima_and_to_the_copies(void **context)
{
	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(), 0);
	assert_string_equal(report.keyring, ".ima");
	check_result("/etc/keys/ima/a.der", CERT_LOADED);
	assert_string_equal(report.certs[0].keyring, ".ima");
	assert_string_equal(report.certs[0].key, "A: 01");
	assert_int_equal(report.certs[0].problem.error, 0);
	assert_non_null(fake_key_in(RING_IMA, "A: 01"));
	assert_non_null(fake_key_in(RING_VERIFY, "A: 01"));
	assert_string_equal(fake_key_in(RING_VERIFY, "A: 01")->payload, "A: 01|builtin|");
	assert_string_equal(err.text, "");
	report_free(&report);
}

static void nothing_there_is_nothing_done(void **context)
{
	(void)context;
	assert_int_equal(load(), 0);
	assert_int_equal(report.cert_count, 0);
	assert_int_equal(fakering.count, 0);
	report_free(&report);
}

static void ca_goes_to_its_keyring_and_to_no_copies(void **context)
{
	(void)context;
	fake_cert(CA_DIR "ca.der", "CA: 01", "builtin", "");
	fake_cert(DIR "a.der", "A: 02", "CA: 01", "");
	assert_int_equal(load(), 0);
	check_result("/etc/keys/ima/ca/ca.der", CERT_LOADED);
	check_result("/etc/keys/ima/a.der", CERT_LOADED);
	assert_string_equal(record_of("/etc/keys/ima/ca/ca.der")->keyring, ".secondary_trusted_keys");
	assert_non_null(fake_key_in(RING_CA, "CA: 01"));
	assert_null(fake_key_in(RING_VERIFY, "CA: 01"));
	assert_null(fake_key_in(RING_IMA, "CA: 01"));
	report_free(&report);
}

/* A chain of four CAs whose files come in every order that a rotation and its mirror give. */
static void order_of_the_files_does_not_matter(void **context)
{
	static const char *const names[] = {"CA: 1", "CA: 2", "CA: 3", "CA: 4"};
	static const char *const issuers[] = {"builtin", "CA: 1", "CA: 2", "CA: 3"};
	unsigned int turn, i;
	char path[64];

	for (turn = 0; turn < 8; turn++) {
		for (i = 0; i < 4; i++) {
			(void)snprintf(path, sizeof(path), CA_DIR "%u.der",
				turn < 4 ? (i + turn) % 4 : 3 - (i + turn) % 4);
			fake_cert(path, names[i], issuers[i], "");
		}
		fake_cert(DIR "a.der", "A: 05", "CA: 4", "");
		assert_int_equal(load(), 0);
		assert_int_equal(report_count_certs(&report, CERT_LOADED), 5);
		for (i = 0; i < report.cert_count; i++)
			assert_null(report.certs[i].problem.reason);
		report_free(&report);
		assert_int_equal(fakering_remove(context), 0);
		assert_int_equal(fakering_new(context), 0);
	}
}

static void ca_without_issuer_is_refused(void **context)
{
	struct report_cert *record;

	(void)context;
	fake_cert(CA_DIR "a.der", "CA: 1", "unknown", "");
	fake_cert(CA_DIR "b.der", "CA: 2", "CA: 1", "");
	fake_cert(CA_DIR "c.der", "CA: 3", "builtin", "");
	assert_int_equal(load(), 0);
	check_result("/etc/keys/ima/ca/a.der", CERT_REFUSED);
	check_result("/etc/keys/ima/ca/b.der", CERT_REFUSED);
	check_result("/etc/keys/ima/ca/c.der", CERT_LOADED);
	/* Each was offered again once after c.der had been taken at most. */
	assert_string_equal(buf_string(&fakering.offers), "CA: 1 CA: 2 CA: 3 CA: 1 CA: 2 ");
	record = record_of("/etc/keys/ima/ca/a.der");
	assert_problem(&record->problem, -ENOKEY,
		"the kernel trusts no issuer of it (.builtin_trusted_keys, .secondary_trusted_keys, "
		".machine); from Linux 6.6 on also: it is a CA, or its keyUsage lacks digitalSignature",
		"put the CA that issued it into /etc/keys/ima/ca of the image, and that CA's issuer into "
		"the kernel; see: openssl x509 -inform DER -in '/etc/keys/ima/ca/a.der' -noout -issuer "
		"-text");
	report_free(&report);
}

static void same_bytes_are_added_once(void **context)
{
	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	fake_cert(DIR "b.der", "A: 01", "builtin", "");
	assert_int_equal(load(), 0);
	check_result("/etc/keys/ima/a.der", CERT_LOADED);
	check_result("/etc/keys/ima/b.der", CERT_SKIPPED);
	assert_problem(&report.certs[1].problem, -EEXIST, "holds the same bytes as /etc/keys/ima/a.der",
		"remove one of the two");
	assert_string_equal(buf_string(&fakering.offers), "A: 01 ");
	report_free(&report);
}

static void second_run_finds_everything_present(void **context)
{
	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	fake_cert(CA_DIR "c.der", "CA: 02", "builtin", "");
	assert_int_equal(load(), 0);
	report_free(&report);
	buf_free(&fakering.offers);
	assert_int_equal(load(), 0);
	assert_int_equal(report_count_certs(&report, CERT_PRESENT), 2);
	assert_buf(&fakering.offers, "");
	assert_non_null(fake_key_in(RING_VERIFY, "A: 01"));
	report_free(&report);
}

static void refusals_are_explained(void **context)
{
	(void)context;
	check_refusal("74", -EBADMSG, "is not an X.509 certificate that the kernel can parse",
		"look at it: openssl x509 -inform DER -in '/etc/keys/ima/a.der' -noout -text");
	check_refusal("65", -ENOPKG, "uses a key or digest algorithm that this kernel does not have",
		"issue it with RSA and SHA-256, or use a kernel that has the algorithm (P-256 and P-384 "
		"need CONFIG_CRYPTO_ECDSA)");
	check_refusal("129", -EKEYREJECTED, "its signature is wrong, or the kernel's blacklist has it",
		"it was damaged or changed after it was issued: copy it again");
	check_refusal("t122", -EDQUOT, "root's key quota is used up",
		"raise /proc/sys/kernel/keys/root_maxkeys and root_maxbytes");
	check_refusal("t13", -EACCES, "the keyring .ima takes no more keys",
		"run as root, before the keyring is locked");
	check_refusal("t1", -EPERM, "the keyring .ima takes no more keys",
		"run as root, before the keyring is locked");
	check_refusal("t5", -EIO, "the kernel refuses it: Input/output error", NULL);
}

/* Nothing that a file's name holds becomes a command. */
static void hostile_names_are_not_in_the_remedies(void **context)
{
	static const char *const names[] = {"it's.der", "a\nb.der", "two words.der", "`x`.der"};
	char path[64];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), DIR "%s", names[i]);
		fake_cert(path, "A: 01", "builtin", "74");
		assert_int_equal(load(), 0);
		assert_string_equal(report.certs[0].problem.remedy,
			"look at it: openssl x509 -inform DER -in 'FILE' -noout -text");
		assert_int_equal(unlink(fakeroot_path(path)), 0);
	}
	report_free(&report);
}

/* It counts as loaded, so a signature stays required; and without the copy none of its own verifies. */
static void signer_whose_copy_cannot_be_kept_counts(void **context)
{
	(void)context;
	fakering.link_error = -EDQUOT;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(), 0);
	check_result("/etc/keys/ima/a.der", CERT_LOADED);
	assert_null(fake_key_in(RING_VERIFY, "A: 01"));
	report_free(&report);
}

/* A certificate that was parsed and is then called malformed has a signature of another key. */
static void bad_signature_has_many_errnos(void **context)
{
	static const char *const notes[] = {"t22", "t74", "t129"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(notes); i++)
		check_refusal(notes[i], -EKEYREJECTED,
			"its signature is wrong, or the kernel's blacklist has it",
			"it was damaged or changed after it was issued: copy it again");
}

static void bad_files_do_not_stop_the_others(void **context)
{
	static const struct {
		const char *name, *reason;
	} wanted[] = {{"/etc/keys/ima/a-empty", "is empty"},
		{"/etc/keys/ima/b-truncated", "is truncated: 3 of 11 bytes are there"},
		{"/etc/keys/ima/c-pem", "is PEM; the kernel reads DER"},
		{"/etc/keys/ima/d-random", "is not a DER certificate (it does not begin with a SEQUENCE)"},
		{"/etc/keys/ima/e-trailing", "has 1 bytes after the end of the certificate"},
		{"/etc/keys/ima/f-large", "is larger than 64 KiB, the most that is read"},
		{"/etc/keys/ima/g-folder", "is a directory, not a file"},
		{"/etc/keys/ima/h-fifo", "is a FIFO, not a regular file"},
		{"/etc/keys/ima/i-circle", "its symbolic links lead in a circle"},
		{"/etc/keys/ima/j-garbage", "is not an X.509 certificate that the kernel can parse"}};
	static char large[64 * 1024 + 1];
	size_t i;

	(void)context;
	fakeroot_file(DIR "a-empty", "");
	fakeroot_file(DIR "b-truncated", "0\tx");
	fakeroot_file(DIR "c-pem", "-----BEGIN CERTIFICATE-----\n");
	fakeroot_file(DIR "d-random", "random");
	fakeroot_file(DIR "e-trailing", "0\001xy");
	fakeroot_bytes(DIR "f-large", large, sizeof(large));
	fakeroot_dir(DIR "g-folder");
	assert_int_equal(mkfifo(fakeroot_path(DIR "h-fifo"), 0600), 0);
	fakeroot_link(DIR "i-circle", "i-circle");
	fakeroot_file(DIR "j-garbage", "0\003abc");
	fakeroot_file(DIR ".hidden", "not looked at");
	fake_cert(DIR "z.der", "Z: 01", "builtin", "");
	assert_int_equal(load(), 0);
	assert_int_equal(report.cert_count, ARRAY_SIZE(wanted) + 1);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		check_result(wanted[i].name, CERT_REFUSED);
		assert_string_equal(record_of(wanted[i].name)->problem.reason, wanted[i].reason);
	}
	check_result("/etc/keys/ima/z.der", CERT_LOADED);
	report_free(&report);
}

static void folder_that_cannot_be_listed_is_a_refusal(void **context)
{
	struct report_cert *record;

	(void)context;
	fakeroot_file("/image/etc/keys/ima", "a file");
	assert_int_equal(load(), 0);
	assert_int_equal(report.cert_count, 2); /* the CAs' folder in it, and the signers' */
	record = record_of("/etc/keys/ima");
	assert_int_equal(record->result, CERT_REFUSED);
	assert_problem(&record->problem, -ENOTDIR, "cannot be listed: Not a directory",
		"make it a folder that holds certificates, or remove it");
	report_free(&report);
}

static void kernel_without_keys_is_told(void **context)
{
	(void)context;
	fakering.private_error = -ENOSYS;
	assert_int_equal(load(), -ENOSYS);
	assert_string_equal(err.text,
		"test: no keyring can be made for this process: Function not implemented; "
		"the kernel needs CONFIG_KEYS\n");
	assert_null(report.keyring);
	report_free(&report);
}

static void missing_proc_is_told(void **context)
{
	(void)context;
	fakering.find_error = -ENODEV;
	assert_int_equal(load(), -ENODEV);
	assert_string_equal(err.text, "test: /proc/keys: cannot be read: No such device; mount procfs\n");
	assert_false(fakering.has_user);
	report_free(&report);
}

static void user_keyring_that_cannot_be_made_is_told(void **context)
{
	(void)context;
	fakering.has_ima = false;
	fakering.ensure_error = -EACCES;
	assert_int_equal(load(), -EACCES);
	assert_string_equal(err.text,
		"test: the keyring _ima can neither be found nor made in root's user keyring: "
		"Permission denied; run as root, in a unit with KeyringMode=shared\n");
	report_free(&report);
}

static void kernel_without_ca_keyring_is_told(void **context)
{
	(void)context;
	fakering.has_ca = false;
	fake_cert(CA_DIR "ca.der", "CA: 01", "builtin", "");
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	assert_int_equal(load(), 0);
	assert_string_equal(err.text,
		"test: this kernel has no keyring .secondary_trusted_keys: CA certificates of the image "
		"are not loaded; only the kernel's built-in keys vouch for signers\n");
	assert_int_equal(report_count_certs(&report, CERT_LOADED), 1);
	report_free(&report);
}

static void without_memory_loading_fails(void **context)
{
	(void)context;
	fake_cert(DIR "a.der", "A: 01", "builtin", "");
	no_strdup = true;
	assert_int_equal(load(), -ENOMEM);
	no_strdup = false;
	report_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RING_TEST(signer_goes_to_ima_and_to_the_copies),
		RING_TEST(nothing_there_is_nothing_done),
		RING_TEST(ca_goes_to_its_keyring_and_to_no_copies),
		RING_TEST(order_of_the_files_does_not_matter),
		RING_TEST(ca_without_issuer_is_refused),
		RING_TEST(same_bytes_are_added_once),
		RING_TEST(second_run_finds_everything_present),
		RING_TEST(refusals_are_explained),
		RING_TEST(hostile_names_are_not_in_the_remedies),
		RING_TEST(signer_whose_copy_cannot_be_kept_counts),
		RING_TEST(bad_signature_has_many_errnos),
		RING_TEST(bad_files_do_not_stop_the_others),
		RING_TEST(folder_that_cannot_be_listed_is_a_refusal),
		RING_TEST(kernel_without_keys_is_told),
		RING_TEST(missing_proc_is_told),
		RING_TEST(user_keyring_that_cannot_be_made_is_told),
		RING_TEST(kernel_without_ca_keyring_is_told),
		RING_TEST(without_memory_loading_fails),
	};

	return RUN_TESTS(tests);
}
