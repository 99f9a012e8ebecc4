// SPDX-License-Identifier: MIT
/* Refused certificates with their issuers by name, from the summary in a folder that stands for the image. */
#include <errno.h>
#include "capture.h"
#include "certinfo.h"
#include "fakeroot.h"
#include "issuers.h"
#include "rootfile.h"

#define RINGS "(.builtin_trusted_keys, .secondary_trusted_keys, .machine)"

static struct report report;
static int image_fd;

static int setup(void **state)
{
	if (fakeroot_new(state) < 0)
		return -1;
	report = (struct report){0};
	image_fd = root_open(fakeroot);
	return image_fd < 0;
}

static int teardown(void **state)
{
	close_fd(&image_fd);
	report_free(&report);
	return fakeroot_remove(state);
}

/* A certificate of the image, refused for want of its issuer; its digest is made of one digit. */
static struct report_cert *refuse(const char *path, char digit)
{
	struct report_cert *cert = report_add_cert(&report);

	cert->path = strdup(path);
	cert->source = "image";
	cert->keyring = ".ima";
	cert->result = CERT_REFUSED;
	memset(cert->sha256, digit, 64);
	problem_set(&cert->problem, -ENOKEY, "bare");
	problem_remedy(&cert->problem, "none");
	return cert;
}

static void add_info(struct buf *text, const char *path, char digit, const char *subject, const char *issuer,
	const char *key_id, const char *issuer_id)
{
	char sha256[65] = "";
	int i;
	const char *values[CERTINFO_FIELDS] = {path, sha256, subject, issuer, key_id, issuer_id, "x", "y"};

	memset(sha256, digit, 64);
	for (i = 0; i < CERTINFO_FIELDS; i++)
		certinfo_add((enum certinfo_field)i, values[i], strlen(values[i]), text);
}

static void write_summary(void)
{
	_cleanup_buf_ struct buf text = {0};

	certinfo_begin(&text);
	add_info(&text, "/etc/keys/ima/ca/sub.der", '1', "CN=sub", "CN=root", "11", "99");
	add_info(&text, "/etc/keys/ima/a.der", '2', "CN=a", "CN=sub", "22", "11");
	add_info(&text, "/etc/keys/ima/self.der", '3', "CN=s", "CN=s", "33", "");
	add_info(&text, "/etc/keys/ima/self2.der", '4', "CN=s", "CN=s", "44", "44");
	add_info(&text, "/etc/keys/ima/old.der", '5', "CN=o", "CN=old CA", "55", "");
	fakeroot_bytes(CERTINFO_FILE, text.data, text.len);
}

static void explain(const char *said)
{
	static struct capture capture;

	capture_begin(&capture, STDERR_FILENO);
	issuers_explain(image_fd, fakeroot, &report);
	assert_string_equal(capture_end(&capture), said);
}

static void check(const struct report_cert *cert, const char *reason, const char *remedy)
{
	assert_string_equal(problem_reason_text(&cert->problem), reason);
	assert_string_equal(problem_remedy_text(&cert->problem), remedy);
}

#define REMEDY                                                                                            \
	"add that CA's certificate to /etc/keys/ima/ca of the image, and build that CA's own issuer, or " \
	"itself, into the kernel"

static void test_names_issuer(void **state)
{
	(void)state;
	write_summary();
	(void)refuse("/etc/keys/ima/ca/sub.der", '1');
	(void)refuse("/etc/keys/ima/old.der", '5');
	explain("");
	check(&report.certs[0], "its issuer 'CN=root' (key id 99) is in no trusted keyring " RINGS, REMEDY);
	check(&report.certs[1], "its issuer 'CN=old CA' is in no trusted keyring " RINGS, REMEDY);
}

static void test_self_signed(void **state)
{
	int i;

	(void)state;
	write_summary();
	(void)refuse("/etc/keys/ima/self.der", '3');
	(void)refuse("/etc/keys/ima/self2.der", '4');
	explain("");
	for (i = 0; i < 2; i++)
		check(&report.certs[i],
			"it is self-signed, and the kernel trusts none but those built into it and what they "
			"vouch for",
			"have it issued by a CA that the kernel has, or build it into the kernel, or enroll "
			"it as a MOK");
}

/* Its issuer is in the image, and what became of that says more. */
static void test_issuer_in_image(void **state)
{
	(void)state;
	write_summary();
	(void)refuse("/etc/keys/ima/ca/sub.der", '1');
	(void)refuse("/etc/keys/ima/a.der", '2');
	explain("");
	check(&report.certs[1],
		"its issuer 'CN=sub' (/etc/keys/ima/ca/sub.der of the image) was refused itself",
		"do what is said of that one");
}

static void test_issuer_loaded(void **state)
{
	(void)state;
	write_summary();
	refuse("/etc/keys/ima/ca/sub.der", '1')->result = CERT_LOADED;
	(void)refuse("/etc/keys/ima/a.der", '2');
	explain("");
	check(&report.certs[1], "bare", "none");
}

/* The issuer's file was in the image when the summary was made, and no more. */
static void test_issuer_gone(void **state)
{
	(void)state;
	write_summary();
	refuse("/etc/keys/ima/ca/sub.der", '1')->source = "root";
	(void)refuse("/etc/keys/ima/a.der", '2');
	explain("");
	check(&report.certs[1], "its issuer 'CN=sub' (key id 11) is in no trusted keyring " RINGS, REMEDY);
}

static void test_leaves_others(void **state)
{
	(void)state;
	write_summary();
	(void)refuse("/etc/keys/ima/unknown.der", '9');
	(void)refuse("/etc/keys/ima/a.der", '2');
	problem_set(&report.certs[1].problem, -EBADMSG, "damaged");
	refuse("/etc/keys/ima/a.der", '2')->result = CERT_SKIPPED;
	explain("");
	check(&report.certs[0], "bare", "none");
	assert_string_equal(problem_reason_text(&report.certs[1].problem), "damaged");
	check(&report.certs[2], "bare", "none");
}

static void test_no_summary(void **state)
{
	(void)state;
	(void)refuse("/etc/keys/ima/a.der", '2');
	explain("");
	check(&report.certs[0], "bare", "none");
}

static void test_wrong_summary(void **state)
{
	(void)state;
	fakeroot_file(CERTINFO_FILE, CERTINFO_MAGIC "\nnonsense\n");
	(void)refuse("/etc/keys/ima/a.der", '2');
	explain("imaboot: /etc/imaboot/certificates:2: is not what imactl writes "
		"there, and issuers are not named; make the "
		"image again\n");
	check(&report.certs[0], "bare", "none");
}

static void test_unreadable_summary(void **state)
{
	(void)state;
	fakeroot_dir(CERTINFO_FILE);
	(void)refuse("/etc/keys/ima/a.der", '2');
	explain("imaboot: /etc/imaboot/certificates is a directory, not a file, and issuers are not named\n");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names_issuer),
		TEST(test_self_signed),
		TEST(test_issuer_in_image),
		TEST(test_issuer_loaded),
		TEST(test_issuer_gone),
		TEST(test_leaves_others),
		TEST(test_no_summary),
		TEST(test_wrong_summary),
		TEST(test_unreadable_summary),
	};

	return RUN_TESTS(tests);
}
