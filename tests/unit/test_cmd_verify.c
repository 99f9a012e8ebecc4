// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/cmd_verify.c.
 * wrap: keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 * wrap: keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 * wrap: fgetxattr certs_recall pread
 */
#include "verbs.h"
#include <sys/wait.h>
#include "capture.h"
#include "fakering.h"
#include "log.h"

#define GOOD "\x03\x02\x04\x01\x23\x45\x67\x00\x03sig"
#define GOOD_SHA1 "\x03\x02\x02\x01\x23\x45\x67\x00\x03sig"
#define DIGEST_OF_ABC                                                          \
	"\x04\x04\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22" \
	"\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad"
#define SHA1_OF_ABC                                                            \
	"\x01\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c" \
	"\x9c\xd0\xd8\x9d"

static struct {
	const char *value; /* security.ima of every file; NULL: absent */
	size_t len;
	int attribute_error, read_error;
	const char *recalled; /* the keyring that recalling finds */
	struct capture out, err;
} fake;

#define SET_VALUE(literal) (fake.value = (literal), fake.len = sizeof(literal) - 1)

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);
void __wrap_certs_recall(int image_fd, const char *image, const char **ret_keyring);
ssize_t __real_pread(int fd, void *ret, size_t size, off_t at);
ssize_t __wrap_pread(int fd, void *ret, size_t size, off_t at);

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	(void)fd;
	assert_string_equal(name, "security.ima");
	errno = fake.attribute_error ? fake.attribute_error : ENODATA;
	if (!fake.value || fake.attribute_error)
		return -1;
	assert_true(fake.len <= size);
	memcpy(ret, fake.value, fake.len);
	return (ssize_t)fake.len;
}

void __wrap_certs_recall(int image_fd, const char *image, const char **ret_keyring)
{
	assert_true(image_fd >= 0);
	assert_string_equal(image, "/");
	*ret_keyring = fake.recalled;
}

/* A read that fails is that of the content: its blocks are the large ones. */
ssize_t __wrap_pread(int fd, void *ret, size_t size, off_t at)
{
	if (size < 65536 || !fake.read_error)
		return __real_pread(fd, ret, size, at);
	errno = fake.read_error;
	if (fake.read_error == EINTR)
		fake.read_error = 0;
	return -1;
}

static int verify_new(void **context)
{
	memset(&fake, 0, sizeof(fake));
	if (fakering_new(context) < 0)
		return -1;
	fakeroot_file("/abc", "abc");
	fake_cert("/a.der", "A: 01234567", "nobody", "");
	return 0;
}

#define VERIFY_TEST(test) cmocka_unit_test_setup_teardown(test, verify_new, fakering_remove)

/* Runs the verb in the folder; the options of one run must not reach the next, so it is a process of its own. */
static int run(const char *const *words)
{
	const char *argv[16] = {"imaboot", "verify"};
	static const struct verb *const verbs[] = {&verb_verify};
	int argc = 2, status, home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	pid_t child;

	for (; *words; words++)
		argv[argc++] = *words;
	assert_int_equal(chdir(fakeroot), 0);
	capture_begin(&fake.out, STDOUT_FILENO);
	capture_begin(&fake.err, STDERR_FILENO);
	child = fork();
	if (child == 0) {
		status = verb_main("imaboot", "", verbs, 1, argc, (char **)(uintptr_t)argv);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	(void)capture_end(&fake.err);
	(void)capture_end(&fake.out);
	assert_int_equal(fchdir(home), 0);
	(void)close(home);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})
#define assert_out(wanted) assert_string_equal(fake.out.text, wanted)
#define assert_err(wanted) assert_string_equal(fake.err.text, wanted)

/* The remedy for the file "abc" in the test's folder. */
static const char *sign_remedy(void)
{
	static char text[256];

	(void)snprintf(text, sizeof(text), "sign it: imactl sign --key KEY '%s/abc'", fakeroot);
	return text;
}

static void assert_refused(const char *reason, const char *remedy)
{
	char wanted[1024];

	(void)snprintf(wanted, sizeof(wanted), "imaboot: abc: %s%s%s\n", reason, remedy ? "; " : "",
		remedy ? remedy : "");
	assert_err(wanted);
	assert_out("");
}

static void good_signature_is_told(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	assert_int_equal(RUN("--cert", "a.der", "abc"), EXIT_DONE);
	assert_out("abc: good signature over sha256, by 'A: 01234567'\n");
	assert_err("");
	assert_int_equal(
		RUN("--signed", "--cert", fakeroot_path("/a.der"), fakeroot_path("/abc")), EXIT_DONE);
}

static void good_digest_is_told(void **context)
{
	(void)context;
	SET_VALUE(DIGEST_OF_ABC);
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_DONE);
	assert_out("abc: good sha256 digest, no signature\n");
	SET_VALUE(SHA1_OF_ABC);
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_DONE);
	assert_out("abc: good sha1 digest, no signature\n");
	assert_int_equal(RUN("--signed", "--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("has no signature: security.ima holds only a digest of it", sign_remedy());
}

static void wrong_digest_is_told(void **context)
{
	char remedy[256];

	(void)context;
	fakeroot_file("/abc", "abd");
	SET_VALUE(DIGEST_OF_ABC);
	(void)snprintf(remedy, sizeof(remedy), "see who changed it; then %s", sign_remedy());
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("its security.ima holds a digest that is not its own: it was changed since", remedy);
	fakeroot_file("/abc", "abc");
	fake.len--;
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	SET_VALUE("\x04\x11\x01");
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("its digest algorithm sm3 is not known here", NULL);
}

static void sha1_must_be_asked_for(void **context)
{
	char remedy[256];

	(void)context;
	SET_VALUE(GOOD_SHA1);
	(void)snprintf(remedy, sizeof(remedy),
		"sign it over SHA-256: imactl sign --key KEY '%s/abc'; or verify it with --allow-sha1",
		fakeroot);
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("is signed over a sha1 digest, of which collisions can be made", remedy);
	assert_int_equal(RUN("--allow-sha1", "--cert=a.der", "abc"), EXIT_DONE);
	assert_out("abc: good signature over sha1, by 'A: 01234567'\n");
}

static void key_that_was_not_given_is_told(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	fake_cert("/a.der", "B: 76543210", "nobody", "");
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("is signed with the key 01234567, and no certificate of that key is in the list given "
		       "with --cert",
		"give the signer's certificate with --cert, or sign the file with a key of one that is "
		"given; "
		"the key's number is the end of the certificate's subject key identifier");
}

static void bad_signature_is_told(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	fakering.verify_error = -EKEYREJECTED;
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("its signature does not belong to this content: the file was changed after it was "
		       "signed, or the signature is that of another file or key ('A: 01234567')",
		sign_remedy());
}

static void files_that_cannot_be_judged_are_told(void **context)
{
	(void)context;
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("has no signature: the extended attribute security.ima is absent (copying without "
		       "--preserve=xattr loses it)",
		sign_remedy());
	fake.attribute_error = ERANGE;
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("its security.ima cannot be read: Numerical result out of range", NULL);
	fake.attribute_error = 0;
	SET_VALUE(GOOD);
	fake.read_error = EIO;
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_FAILED);
	assert_refused("cannot be read: Input/output error", NULL);
	fake.read_error = 0;
	assert_int_equal(RUN("--cert=a.der", "gone"), EXIT_FAILED);
	assert_err("imaboot: gone: there is no such file\n");
}

static void interrupted_read_goes_on(void **context)
{
	(void)context;
	SET_VALUE(DIGEST_OF_ABC);
	fake.read_error = EINTR;
	assert_int_equal(RUN("--cert=a.der", "abc"), EXIT_DONE);
}

static void one_bad_file_stops_no_other(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	fakeroot_dir("/folder");
	assert_int_equal(RUN("--cert=a.der", "folder", "abc"), EXIT_FAILED);
	assert_out("abc: good signature over sha256, by 'A: 01234567'\n");
	assert_err("imaboot: folder: is a directory, not a file; remove it, or put a regular file in its "
		   "place\n");
}

static void detached_signature_is_read(void **context)
{
	(void)context;
	fakeroot_bytes("/sig", GOOD, sizeof(GOOD) - 1);
	assert_int_equal(RUN("--cert=a.der", "--sig=sig", "abc"), EXIT_DONE);
	assert_out("abc: good signature over sha256, by 'A: 01234567'\n");
	assert_int_equal(RUN("--cert=a.der", "--sig=gone", "abc"), EXIT_FAILED);
	assert_refused("the signature gone: there is no such file", NULL);
	assert_int_equal(RUN("--cert=a.der", "--sig=sig", "abc", "abc"), EXIT_USAGE);
	assert_err(
		"imaboot: verify: --sig is the signature of one file, and there are 2; see 'imaboot verify "
		"--help'\n");
}

static void certificates_of_the_kernel_are_the_default(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	fake_key_add(RING_VERIFY, "A: 01234567");
	assert_int_equal(RUN("abc"), EXIT_FAILED);
	assert_err("imaboot: verify: the kernel has neither .ima nor _ima, so there are no certificates to "
		   "verify with; give them with --cert, or load them: imaboot keys\n");
	fake.recalled = ".ima";
	assert_int_equal(RUN("abc"), EXIT_DONE);
	assert_out("abc: good signature over sha256, by 'A: 01234567'\n");
	fakering.count = 0;
	assert_int_equal(RUN("abc"), EXIT_FAILED);
	assert_refused("is signed with the key 01234567, and no certificate of that key is in .ima",
		"put the signer's certificate into /etc/keys/ima of the image, or sign the file with a key "
		"that is there; the key's number is the end of the certificate's subject key identifier");
}

static void bad_certificate_ends_it(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	assert_int_equal(RUN("--cert=a.der", "--cert=gone", "abc"), EXIT_FAILED);
	assert_err("imaboot: gone: there is no such file\n");
	assert_out("");
}

static void json_has_an_object_for_each(void **context)
{
	(void)context;
	SET_VALUE(GOOD);
	assert_int_equal(RUN("--json", "--cert=a.der", "abc", "gone"), EXIT_FAILED);
	assert_out("[{\"path\":\"abc\",\"result\":\"good\",\"kind\":\"signature-v2\",\"hash\":\"sha256\","
		   "\"key_id\":\"01234567\",\"signed_by\":\"A: 01234567\",\"reason\":null,\"remedy\":null},"
		   "{\"path\":\"gone\",\"result\":\"failed\",\"kind\":\"none\",\"hash\":null,"
		   "\"key_id\":null,\"signed_by\":null,\"reason\":\"there is no such file\","
		   "\"remedy\":null}]\n");
	assert_err("");
}

/* The kind is named even where it cannot be verified. */
static void kinds_are_named(void **context)
{
	static const struct {
		const char *value;
		size_t len;
		const char *kind;
	} kinds[] = {{"", 0, "\"none\",\"hash\":null,\"key_id\":null"},
		{DIGEST_OF_ABC, 34, "\"digest\",\"hash\":\"sha256\",\"key_id\":null"},
		{"\x03\x01 old", 6, "\"signature-v1\",\"hash\":null,\"key_id\":null"},
		{GOOD, 12, "\"signature-v2\",\"hash\":\"sha256\",\"key_id\":\"01234567\""},
		{"\x03\x03\x05\x01\x23\x45\x67\x00\x01s", 10,
			"\"signature-v3\",\"hash\":\"sha384\",\"key_id\":\"01234567\""},
		{"\x06\x03\x04\x01\x23\x45\x67\x00\x01s", 10,
			"\"fs-verity-signature\",\"hash\":\"sha256\",\"key_id\":\"01234567\""},
		{"\x07 what", 6, "\"unknown\",\"hash\":null,\"key_id\":null"},
		{"\x03\x02\x04\x01\x23\x45\x67\x00\x02s", 10, "\"malformed\",\"hash\":null,\"key_id\":null"}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		fake.value = kinds[i].value;
		fake.len = kinds[i].len;
		(void)RUN("--json", "--cert=a.der", "abc");
		assert_non_null(strstr(fake.out.text, kinds[i].kind));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VERIFY_TEST(good_signature_is_told),
		VERIFY_TEST(good_digest_is_told),
		VERIFY_TEST(wrong_digest_is_told),
		VERIFY_TEST(sha1_must_be_asked_for),
		VERIFY_TEST(key_that_was_not_given_is_told),
		VERIFY_TEST(bad_signature_is_told),
		VERIFY_TEST(files_that_cannot_be_judged_are_told),
		VERIFY_TEST(interrupted_read_goes_on),
		VERIFY_TEST(one_bad_file_stops_no_other),
		VERIFY_TEST(detached_signature_is_read),
		VERIFY_TEST(certificates_of_the_kernel_are_the_default),
		VERIFY_TEST(bad_certificate_ends_it),
		VERIFY_TEST(json_has_an_object_for_each),
		VERIFY_TEST(kinds_are_named),
	};

	return RUN_TESTS(tests);
}
