// SPDX-License-Identifier: MIT
/* Tests of common/der.c. */
#include "der.h"
#include "unit.h"

static struct problem problem;
static const char *path = "/k/a.der";

/* Checks a copy of exactly that size, so that a read past its end is found. */
static int check(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len + !len);
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	problem = (struct problem){0};
	r = der_check_certificate(copy, len, path, &problem);
	assert_int_equal(r, problem.error);
	free(copy);
	return r;
}

#define CHECK(literal) check(literal, sizeof(literal) - 1)

static void one_element_is_fine(void **context)
{
	uint8_t long_form[4 + 0x0102] = {0x30, 0x82, 0x01, 0x02};

	(void)context;
	assert_int_equal(CHECK("\x30\x03"
			       "abc"),
		0);
	assert_int_equal(CHECK("\x30\x81\x03"
			       "abc"),
		0);
	assert_int_equal(CHECK("\x30\x83\x00\x00\x03"
			       "abc"),
		0);
	assert_int_equal(check(long_form, sizeof(long_form)), 0);
}

static void pem_is_named(void **context)
{
	(void)context;
	assert_int_equal(CHECK("-----BEGIN CERTIFICATE-----\nMIIB\n"), -EBADMSG);
	assert_problem(&problem, -EBADMSG, "is PEM; the kernel reads DER",
		"convert it: openssl x509 -in '/k/a.der' -outform DER -out '/k/a.der.der'");
	assert_int_equal(CHECK("Certificate:\n  Data:\n-----BEGIN "), -EBADMSG);
	assert_string_equal(problem.reason, "is PEM; the kernel reads DER");
	problem_free(&problem);
}

static void der_that_holds_a_pem_mark_is_der(void **context)
{
	(void)context;
	assert_int_equal(CHECK("\x30\x0b-----BEGIN "), 0);
}

static void other_bytes_are_refused(void **context)
{
	static const char *const inputs[] = {"random", "\x31\x01x", "0", "-----BEGIN",
		"\x30\x80"
		"abc",
		"\x30\x84\x01\x01\x01\x01x", "\x30\x81", "\x30\x82\x01"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(inputs); i++) {
		assert_int_equal(check(inputs[i], strlen(inputs[i])), -EBADMSG);
		assert_problem(&problem, -EBADMSG,
			"is not a DER certificate (it does not begin with a SEQUENCE)",
			"put a certificate in DER in its place, or remove it");
	}
}

static void no_bytes_are_refused(void **context)
{
	(void)context;
	assert_int_equal(CHECK(""), -EBADMSG);
	problem_free(&problem);
}

static void truncation_is_told(void **context)
{
	(void)context;
	assert_int_equal(CHECK("\x30\x82\x01\x00"
			       "abc"),
		-EBADMSG);
	assert_problem(
		&problem, -EBADMSG, "is truncated: 7 of 260 bytes are there", "copy the certificate again");
}

static void trailing_bytes_are_told(void **context)
{
	(void)context;
	assert_int_equal(CHECK("\x30\x01"
			       "abc"),
		-EBADMSG);
	assert_problem(&problem, -EBADMSG, "has 2 bytes after the end of the certificate",
		"one file holds one certificate: openssl x509 -inform DER -in '/k/a.der' "
		"-outform DER -out '/k/a.der.der'");
}

/* A name that a shell would take for more than a name is not in the command line. */
static void hostile_name_is_not_in_the_remedy(void **context)
{
	(void)context;
	path = "/k/a';reboot;'.der";
	assert_int_equal(CHECK("-----BEGIN CERTIFICATE-----\nMIIB\n"), -EBADMSG);
	assert_problem(&problem, -EBADMSG, "is PEM; the kernel reads DER",
		"convert it: openssl x509 -in 'FILE' -outform DER -out 'FILE.der'");
	path = "/k/a.der";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_element_is_fine),
		cmocka_unit_test(pem_is_named),
		cmocka_unit_test(der_that_holds_a_pem_mark_is_der),
		cmocka_unit_test(other_bytes_are_refused),
		cmocka_unit_test(hostile_name_is_not_in_the_remedy),
		cmocka_unit_test(no_bytes_are_refused),
		cmocka_unit_test(truncation_is_told),
		cmocka_unit_test(trailing_bytes_are_told),
	};

	return RUN_TESTS(tests);
}
