// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/keyring.c: which key system calls are made, and what becomes of their results.
 * wrap: syscall
 */
#include "keyring.h"
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include "fakeroot.h"

/* The calls as text, one line each, and the results they get, in order. */
static struct buf calls;
static const long *results; /* a negative errno each */
static size_t result_count, result_next;
static const char *description; /* what KEYCTL_DESCRIBE writes */

long __wrap_syscall(long number, long a, long b, long c, long d, long e);

static const char *text_of(long pointer)
{
	return pointer ? (const char *)(uintptr_t)pointer : "NULL";
}

static void note_keyctl(long operation, long a, long b, long c, long d)
{
	switch (operation) {
	case KEYCTL_SEARCH:
		buf_printf(&calls, "search %ld %s %s to %ld\n", a, text_of(b), text_of(c), d);
		break;
	case KEYCTL_DESCRIBE:
		buf_printf(&calls, "describe %ld\n", a);
		if (description && strlen(description) < (size_t)c)
			strcpy((char *)(uintptr_t)b, description);
		break;
	case KEYCTL_JOIN_SESSION_KEYRING:
		buf_printf(&calls, "join %s\n", text_of(a));
		break;
	case KEYCTL_LINK:
		buf_printf(&calls, "link %ld to %ld\n", a, b);
		break;
	case KEYCTL_UNLINK:
		buf_printf(&calls, "unlink %ld from %ld\n", a, b);
		break;
	default:
		buf_printf(&calls, "keyctl %ld\n", operation);
		break;
	}
}

long __wrap_syscall(long number, long a, long b, long c, long d, long e)
{
	const struct keyctl_pkey_params *params = (const struct keyctl_pkey_params *)(uintptr_t)b;
	long result;

	if (number == SYS_add_key)
		buf_printf(&calls, "add %s '%s' %ld bytes to %ld\n", text_of(a), text_of(b), d, e);
	else if (number == SYS_request_key)
		buf_printf(&calls, "request %s %s\n", text_of(a), text_of(b));
	else if (number == SYS_keyctl && a == KEYCTL_PKEY_VERIFY)
		buf_printf(&calls, "verify with %d %s: %.*s %.*s\n", params->key_id, text_of(c),
			(int)params->in_len, text_of(d), (int)params->in2_len, text_of(e));
	else if (number == SYS_keyctl)
		note_keyctl(a, b, c, d, e);
	else
		fail();
	assert_true(result_next < result_count);
	result = results[result_next++];
	errno = (int)-result;
	return result < 0 ? -1 : result;
}

#define SCRIPT(...)                                          \
	do {                                                 \
		static const long script_[] = {__VA_ARGS__}; \
		results = script_;                           \
		result_count = ARRAY_SIZE(script_);          \
		result_next = 0;                             \
	} while (0)

/* All scripted calls were made, and they were these. */
static void check_calls(const char *wanted)
{
	assert_int_equal(result_next, result_count);
	assert_buf(&calls, wanted);
}

static const char proc_keys[] = "0b057ed2 I--Q---     1 perm 0c030000     0 65534 keyring   .user_reg: 2\n"
				"0c000001 I------     1 perm 1f0b0000  1000     0 keyring   .ima: 9\n"
				"0c000002 I------     1 perm 1f0b0000     0     0 asymmetri .ima: X509.rsa\n"
				"0c000003 I------     1 perm 1f0b0000     0     0 keyring   .ima2: empty\n"
				"3a6f2bb9 I--Q---     1 perm 3f010000     0 65534 user      x\n"
				"00000063 I------     1 perm 1f0f0000     0     0 keyring   .ima: forged\n"
				"2345abcd I------     1 perm 1f0b0000     0     0 keyring   .ima: empty\n";

static void kernels_keyring_is_found_by_name(void **context)
{
	key_serial serial = 0;

	(void)context;
	fakeroot_file(
		"/proc/keys", "2345abcd I------     1 perm 1f0b0000     0     0 keyring   .ima: empty\n");
	SCRIPT(18);
	description = "keyring;0;0;1f0b0000;.ima";
	assert_int_equal(keyring_find(".ima", &serial), 0);
	assert_int_equal(serial, 0x2345abcd);
	check_calls("describe 591768525\n");
}

/* A key's description may hold a newline and look like a line of its own. */
static void forged_line_is_not_believed(void **context)
{
	key_serial serial = 0;

	(void)context;
	fakeroot_file("/proc/keys", proc_keys);
	SCRIPT(-ENOKEY, 18);
	description = "keyring;0;0;1f0b0000;.ima";
	assert_int_equal(keyring_find(".ima", &serial), 0);
	assert_int_equal(serial, 0x2345abcd);
	check_calls("describe 99\ndescribe 591768525\n");
}

static void what_is_found_must_be_roots_keyring_of_that_name(void **context)
{
	static const char *const wrong[] = {"keyring;1000;0;1f0b0000;.ima", "user;0;0;1f0b0000;.ima",
		"keyring;0;0;1f0b0000;x;.ima", "keyring;0;0;1f0b0000;.ima2", "keyring;0;0;.ima"};
	key_serial serial;
	size_t i;

	(void)context;
	fakeroot_file(
		"/proc/keys", "2345abcd I------     1 perm 1f0b0000     0     0 keyring   .ima: empty\n");
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		SCRIPT(18);
		description = wrong[i];
		assert_int_equal(keyring_find(".ima", &serial), -ENOENT);
		check_calls("describe 591768525\n");
	}
	SCRIPT(5000); /* longer than the buffer, which is left alone */
	description = NULL;
	assert_int_equal(keyring_find(".ima", &serial), -ENOENT);
	check_calls("describe 591768525\n");
}

static void absent_keyring_is_not_found(void **context)
{
	key_serial serial;

	(void)context;
	fakeroot_file("/proc/keys", proc_keys);
	assert_int_equal(keyring_find(".evm", &serial), -ENOENT);
	fakeroot_file("/proc/keys", "\n x\n0000 ");
	assert_int_equal(keyring_find(".ima", &serial), -ENOENT);
}

static void missing_proc_is_told_apart(void **context)
{
	key_serial serial;

	(void)context;
	assert_int_equal(keyring_find(".ima", &serial), -ENODEV);
	fakeroot_file("/proc/keys/x", "");
	assert_int_equal(keyring_find(".ima", &serial), -EISDIR); /* a folder has no lines */
}

static void user_keyring_is_taken_where_it_is(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(77, 77);
	assert_int_equal(keyring_ensure_user("_ima", &serial), 0);
	assert_int_equal(serial, 77);
	check_calls("search -4 keyring _ima to 0\nrequest keyring _ima\n");
}

static void user_keyring_is_made_where_it_is_missing(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(-ENOKEY, 78, 78);
	assert_int_equal(keyring_ensure_user("_ima", &serial), 0);
	assert_int_equal(serial, 78);
	check_calls("search -4 keyring _ima to 0\nadd keyring '_ima' 0 bytes to -4\nrequest keyring _ima\n");
}

static void session_without_user_keyring_is_replaced(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(77, -ENOKEY, 5, 0);
	assert_int_equal(keyring_ensure_user("_ima", &serial), 0);
	check_calls("search -4 keyring _ima to 0\nrequest keyring _ima\njoin NULL\nlink -4 to -3\n");
	SCRIPT(77, -ENOKEY, -EDQUOT);
	assert_int_equal(keyring_ensure_user("_ima", &serial), -EDQUOT);
	buf_free(&calls);
	SCRIPT(77, -ENOKEY, 5, -EACCES);
	assert_int_equal(keyring_ensure_user("_ima", &serial), -EACCES);
	buf_free(&calls);
}

static void user_keyring_passes_errors_on(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(-EACCES);
	assert_int_equal(keyring_ensure_user("_ima", &serial), -EACCES);
	buf_free(&calls);
	SCRIPT(-ENOKEY, -EDQUOT);
	assert_int_equal(keyring_ensure_user("_ima", &serial), -EDQUOT);
	buf_free(&calls);
	SCRIPT(-ENOKEY);
	assert_int_equal(keyring_find_user("_ima", &serial), -ENOKEY);
	check_calls("search -4 keyring _ima to 0\n");
}

static void private_keyring_belongs_to_the_process(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(-ENOKEY, 9);
	assert_int_equal(keyring_private("p", &serial), 0);
	assert_int_equal(serial, 9);
	check_calls("search -2 keyring p to 0\nadd keyring 'p' 0 bytes to -2\n");
	SCRIPT(9);
	assert_int_equal(keyring_private("p", &serial), 0);
	check_calls("search -2 keyring p to 0\n");
	SCRIPT(-ENOSYS);
	assert_int_equal(keyring_private("p", &serial), -ENOSYS);
	buf_free(&calls);
}

static void certificate_is_added_without_a_description(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(10, -EKEYREJECTED);
	assert_int_equal(keyring_add_cert(4, "der", 3, &serial), 0);
	assert_int_equal(serial, 10);
	assert_int_equal(keyring_add_cert(4, "der", 3, &serial), -EKEYREJECTED);
	check_calls("add asymmetric '' 3 bytes to 4\nadd asymmetric '' 3 bytes to 4\n");
}

static void description_is_what_follows_the_permissions(void **context)
{
	char text[KEY_DESCRIPTION_MAX];

	(void)context;
	description = "asymmetric;0;0;3f010000;A; b: 01";
	SCRIPT(32);
	assert_int_equal(keyring_describe(10, text), 0);
	assert_string_equal(text, "A; b: 01");
	check_calls("describe 10\n");
	description = "asymmetric;0;0";
	SCRIPT(14, -EKEYREVOKED, 1 << 20);
	assert_int_equal(keyring_describe(10, text), -EPROTO);
	assert_int_equal(keyring_describe(10, text), -EKEYREVOKED);
	assert_int_equal(keyring_describe(10, text), -EMSGSIZE);
	buf_free(&calls);
}

static void key_is_had_though_it_may_not_be_searched(void **context)
{
	(void)context;
	SCRIPT(10, -EACCES, -ENOKEY, -EKEYREVOKED);
	assert_true(keyring_has(4, "A: 01"));
	assert_true(keyring_has(4, "A: 01"));
	assert_false(keyring_has(4, "A: 01"));
	assert_false(keyring_has(4, "A: 01"));
	check_calls("search 4 asymmetric A: 01 to 0\nsearch 4 asymmetric A: 01 to 0\n"
		    "search 4 asymmetric A: 01 to 0\nsearch 4 asymmetric A: 01 to 0\n");
}

static void key_is_found_by_the_end_of_its_identifier(void **context)
{
	key_serial serial;

	(void)context;
	SCRIPT(10, -ENOKEY);
	assert_int_equal(keyring_search_id(4, 0xfe, &serial), 0);
	assert_int_equal(serial, 10);
	assert_int_equal(keyring_search_id(4, 0xfedcba98, &serial), -ENOKEY);
	check_calls("search 4 asymmetric id:000000fe to 0\nsearch 4 asymmetric id:fedcba98 to 0\n");
}

static void signature_is_verified_by_the_kernel(void **context)
{
	(void)context;
	SCRIPT(0, -EKEYREJECTED, 1, -ENOPKG, -EBADMSG);
	assert_int_equal(keyring_verify(10, "sha256", "digest", 6, "sig", 3), 0);
	assert_int_equal(keyring_verify(10, "sha384", "d", 1, "s", 1), -EKEYREJECTED);
	assert_int_equal(keyring_verify(10, "sha384", "d", 1, "s", 1), -EPROTO);
	assert_int_equal(keyring_verify(10, "sha512", "d", 1, "s", 1), -ENOPKG);
	assert_int_equal(keyring_verify(10, "sha512", "d", 1, "s", 1), -EBADMSG);
	check_calls("verify with 10 enc=pkcs1 hash=sha256: digest sig\n"
		    "verify with 10 enc=pkcs1 hash=sha384: d s\nverify with 10 enc=pkcs1 hash=sha384: d s\n"
		    "verify with 10 enc=pkcs1 hash=sha512: d s\nverify with 10 enc=pkcs1 hash=sha512: d s\n");
}

/* EINVAL alone says that the key is of another kind; no other answer is asked for twice. */
static void ecdsa_is_tried_where_rsas_encoding_is_refused(void **context)
{
	static const int answers[] = {0, -EKEYREJECTED, -EINVAL, -ENOENT};
	static long script[2] = {-EINVAL};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		script[1] = answers[i];
		results = script;
		result_count = 2;
		result_next = 0;
		assert_int_equal(keyring_verify(10, "sha256", "d", 1, "s", 1), answers[i]);
		check_calls("verify with 10 enc=pkcs1 hash=sha256: d s\n"
			    "verify with 10 enc=x962 hash=sha256: d s\n");
	}
}

static void own_keys_come_and_go(void **context)
{
	key_serial key = 0;

	(void)context;
	SCRIPT(12, -ENODEV, 0, -ENOKEY);
	assert_int_equal(keyring_add_own("user", "kmk-user", "secret", 6, &key), 0);
	assert_int_equal(key, 12);
	assert_int_equal(keyring_add_own("encrypted", "evm-key", "load ", 5, &key), -ENODEV);
	assert_int_equal(keyring_unlink_own(12), 0);
	assert_int_equal(keyring_unlink_own(12), -ENOKEY);
	check_calls("add user 'kmk-user' 6 bytes to -2\nadd encrypted 'evm-key' 5 bytes to -2\n"
		    "unlink 12 from -2\nunlink 12 from -2\n");
}

static void key_is_linked_to_a_ring(void **context)
{
	(void)context;
	SCRIPT(0, -EDQUOT);
	assert_int_equal(keyring_link(4, 10), 0);
	assert_int_equal(keyring_link(4, 10), -EDQUOT);
	check_calls("link 10 to 4\nlink 10 to 4\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST(kernels_keyring_is_found_by_name),
		ROOT_TEST(forged_line_is_not_believed),
		ROOT_TEST(what_is_found_must_be_roots_keyring_of_that_name),
		ROOT_TEST(absent_keyring_is_not_found),
		ROOT_TEST(missing_proc_is_told_apart),
		ROOT_TEST(user_keyring_is_taken_where_it_is),
		ROOT_TEST(user_keyring_is_made_where_it_is_missing),
		ROOT_TEST(session_without_user_keyring_is_replaced),
		ROOT_TEST(user_keyring_passes_errors_on),
		ROOT_TEST(private_keyring_belongs_to_the_process),
		ROOT_TEST(certificate_is_added_without_a_description),
		ROOT_TEST(description_is_what_follows_the_permissions),
		ROOT_TEST(key_is_had_though_it_may_not_be_searched),
		ROOT_TEST(key_is_found_by_the_end_of_its_identifier),
		ROOT_TEST(signature_is_verified_by_the_kernel),
		ROOT_TEST(ecdsa_is_tried_where_rsas_encoding_is_refused),
		ROOT_TEST(own_keys_come_and_go),
		ROOT_TEST(key_is_linked_to_a_ring),
	};

	return RUN_TESTS(tests);
}
