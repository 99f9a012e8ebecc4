// SPDX-License-Identifier: MIT
/* Tests of keys/kernelkeys.c, and of what keys/certview.c makes of it. */
/* wrap: machine_find_ring machine_list_ring */
#include "kernelkeys.h"
#include "certview.h"
#include "machine.h"
#include "unit.h"

static struct problem problem;
static int find_error, list_error;
static const char *there; /* the one keyring that there is; NULL: none */

int __wrap_machine_find_ring(const char *name, key_serial_t *ret);
int __wrap_machine_find_ring(const char *name, key_serial_t *ret)
{
	if (find_error)
		return find_error;
	*ret = 7;
	return there && string_equal(name, there) ? 0 : -ENOENT;
}

int __wrap_machine_list_ring(key_serial_t ring, char ***ret, size_t *ret_count);
int __wrap_machine_list_ring(key_serial_t ring, char ***ret, size_t *ret_count)
{
	assert_int_equal(ring, 7);
	*ret_count = 0;
	if (list_error)
		return list_error;
	*ret = calloc(3, sizeof(**ret));
	assert_non_null(*ret);
	(*ret)[(*ret_count)++] = strdup("O=x: CN=y: 0a0b");
	(*ret)[(*ret_count)++] = strdup(".builtin_trusted_keys");
	return 0;
}

static int start(void **context)
{
	(void)context;
	find_error = list_error = 0;
	there = ".ima";
	return 0;
}

static int stop(void **context)
{
	(void)context;
	problem_free(&problem);
	return 0;
}

static void keys_are_known_by_their_whole_identifier(void **context)
{
	static const struct x509_id known = {{0x0a, 0x0b}, 2}, tail = {{0x0b}, 1}, other = {{0x0a, 0x0c}, 2},
				    none = {{0}, 0};
	struct kernelkeys keys;

	(void)context;
	assert_int_equal(kernelkeys_load(kernelkeys_signers, &keys, &problem), 0);
	assert_int_equal(keys.count, 2);
	assert_true(kernelkeys_has(&keys, &known));
	assert_false(kernelkeys_has(&keys, &tail));
	assert_false(kernelkeys_has(&keys, &other));
	assert_false(kernelkeys_has(&keys, &none));
	kernelkeys_free(&keys);
	assert_int_equal(keys.count, 0);
}

static void keyrings_that_cannot_be_seen_are_said(void **context)
{
	struct kernelkeys keys;

	(void)context;
	there = NULL;
	assert_int_equal(kernelkeys_load(kernelkeys_signers, &keys, &problem), -ENOENT);
	assert_string_equal(problem_reason_text(&problem),
		"the running kernel shows no keyring .ima, nor another that counts");
	assert_string_equal(problem_remedy_text(&problem), "be root, on the machine that is asked about");
	problem_free(&problem);
	find_error = -EACCES;
	assert_int_equal(kernelkeys_load(kernelkeys_signers, &keys, &problem), -EACCES);
	assert_string_equal(problem_reason_text(&problem),
		"the running kernel's keyring .ima cannot be read: Permission denied");
	problem_free(&problem);
	find_error = 0;
	there = "_ima";
	list_error = -EACCES;
	assert_int_equal(kernelkeys_load(kernelkeys_signers, &keys, &problem), -EACCES);
	assert_string_equal(problem_reason_text(&problem),
		"the running kernel's keyring _ima cannot be read: Permission denied");
}

/* Issued by a key that the kernel has, by another, and a CA that the kernel has itself. */
static void issuers_of_the_kernel_are_trusted(void **context)
{
	struct certview views[3] = {{.facts.authority_id = {{0x0a, 0x0b}, 2}, .facts.subject_id = {{1}, 1}},
		{.facts.authority_id = {{0x0a, 0x0c}, 2}, .facts.subject_id = {{2}, 1}},
		{.facts.subject_id = {{0x0a, 0x0b}, 2}}};
	struct kernelkeys keys;

	(void)context;
	there = ".secondary_trusted_keys";
	assert_int_equal(kernelkeys_load(kernelkeys_trusted, &keys, &problem), 0);
	certview_trust_kernel(views, 3, &keys);
	certview_chain(views, 1, NULL, 0);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_WHOLE);
	certview_chain(views + 1, 1, NULL, 0);
	assert_int_equal(views[1].chain, CERTVIEW_CHAIN_NONE);
	certview_chain(views + 2, 1, NULL, 0);
	assert_int_equal(views[2].chain, CERTVIEW_CHAIN_WHOLE);
	kernelkeys_free(&keys);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_are_known_by_their_whole_identifier),
		TEST(keyrings_that_cannot_be_seen_are_said),
		TEST(issuers_of_the_kernel_are_trusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
