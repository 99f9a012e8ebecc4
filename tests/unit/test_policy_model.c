// SPDX-License-Identifier: MIT
/* Kernel versions and configurations. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "policy_model.h"

static void test_versions(void **state)
{
	static const struct {
		const char *text;
		int result;
		unsigned version;
	} cases[] = {
		{"6.1", 0, KERNEL(6, 1)},
		{"6.1.0-56-amd64", 0, KERNEL(6, 1)},
		{"v6.12", 0, KERNEL(6, 12)},
		{"5.14.0-427.el9.x86_64", 0, KERNEL(5, 14)},
		{"7.0-rc3", 0, KERNEL(7, 0)},
		{"9.99", 0, KERNEL(9, 99)},
		{"4.6", 0, KERNEL(4, 6)},
		{"4.5", -ERANGE, KERNEL(4, 5)},
		{"2.6.32", -ERANGE, KERNEL(2, 6)},
		{"", -EINVAL, 0},
		{"6", -EINVAL, 0},
		{"6.", -EINVAL, 0},
		{".1", -EINVAL, 0},
		{"six", -EINVAL, 0},
		{"6.12345", -EINVAL, 0},
		{"-6.1", -EINVAL, 0},
		{" 6.1", -EINVAL, 0},
	};
	unsigned version;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		version = 0;
		assert_int_equal(kernel_version_parse(cases[i].text, &version), cases[i].result);
		assert_int_equal(version, cases[i].version);
	}
}

static void test_nothing_is_known_but_the_version(void **state)
{
	struct kernel_model model;

	(void)state;
	kernel_model_init(&model, KERNEL(6, 1));
	assert_int_equal(model.version, KERNEL(6, 1));
	assert_false(model.from_config);
	assert_true(
		model.modsig && model.measure_keys && model.lsm_rules && model.appraise && model.long_is_64);
	assert_int_equal(model.labels, LABELS_KNOWN);
	/* md4, md5, sha1, rmd160, sha2, whirlpool, sm3, streebog: not the names without code, nor sha3. */
	assert_int_equal(model.algos, 0xe38ff);
	kernel_model_init(&model, KERNEL(6, 7));
	assert_int_equal(model.algos, 0x7e38ff);
}

static int configure(struct kernel_model *model, unsigned version, const char *config)
{
	kernel_model_init(model, version);
	return kernel_model_configure(model, config, strlen(config));
}

static void test_configurations(void **state)
{
	struct kernel_model model;

	(void)state;
	assert_int_equal(configure(&model, KERNEL(6, 1),
				 "CONFIG_64BIT=y\nCONFIG_IMA=y\n# CONFIG_IMA_APPRAISE_MODSIG is not set\n"
				 "CONFIG_IMA_APPRAISE=y\nCONFIG_CRYPTO_SHA256=y\nCONFIG_CRYPTO_SHA512=m\n"
				 "CONFIG_CRYPTO_SHA3=y\nCONFIG_IMA_READ_POLICY=y"),
		0);
	assert_true(model.from_config && model.appraise && model.read_policy && model.long_is_64);
	assert_false(model.modsig || model.measure_keys || model.lsm_rules || model.write_policy);
	assert_int_equal(model.algos, 1U << 4 | 1U << 5 | 1U << 6 | 1U << 7);
	assert_int_equal(model.algo_modules, 1U << 5 | 1U << 6);
	assert_int_equal(
		configure(&model, KERNEL(6, 7),
			"CONFIG_IMA=y\nCONFIG_IMA_APPRAISE_MODSIG=y\nCONFIG_IMA_MEASURE_ASYMMETRIC_KEYS=y\n"
			"CONFIG_IMA_LSM_RULES=y\nCONFIG_IMA_WRITE_POLICY=y\nCONFIG_CRYPTO_SHA3=y\n"),
		0);
	assert_true(model.modsig && model.measure_keys && model.lsm_rules && model.write_policy);
	assert_false(model.appraise || model.read_policy || model.long_is_64);
	assert_int_equal(model.algos, 7U << 20);
}

static void test_other_files_are_no_configuration(void **state)
{
	struct kernel_model model;

	(void)state;
	assert_int_equal(configure(&model, KERNEL(6, 1), ""), -EINVAL);
	assert_int_equal(configure(&model, KERNEL(6, 1), "measure func=FILE_CHECK\n"), -EINVAL);
	assert_int_equal(configure(&model, KERNEL(6, 1), "CONFIG_\n# CONFIG_IMA is not set\n"), -EINVAL);
	assert_int_equal(
		configure(&model, KERNEL(6, 1), "CONFIG_64BIT=y\n# CONFIG_IMA is not set\n"), -ENOTSUP);
	assert_int_equal(configure(&model, KERNEL(6, 1), "CONFIG_IMA_NOT=y\n"), -ENOTSUP);
}

static unsigned version_of(const char *config)
{
	return kernel_version_of_config(config, strlen(config));
}

static void test_version_of_a_configuration(void **state)
{
	(void)state;
	assert_int_equal(version_of("#\n# Automatically generated file; DO NOT EDIT.\n"
				    "# Linux/x86 6.1.192 Kernel Configuration\n#\nCONFIG_X=y\n"),
		KERNEL(6, 1));
	assert_int_equal(version_of("# Linux/arm64 6.12.1-rc2 Kernel Configuration\n"), KERNEL(6, 12));
	assert_int_equal(version_of("CONFIG_X=y\n"), 0);
	assert_int_equal(version_of("# 6.1\nCONFIG_X=y\n"), 0);
	assert_int_equal(version_of(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_nothing_is_known_but_the_version),
		cmocka_unit_test(test_configurations),
		cmocka_unit_test(test_other_files_are_no_configuration),
		cmocka_unit_test(test_version_of_a_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
