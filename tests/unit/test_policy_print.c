// SPDX-License-Identifier: MIT
/* The kernel's form of a policy, the form that parses again, and the comparison of policies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "policy_parse.h"
#include "policy_print.h"

static void print(
	unsigned version, enum label_state labels, const char *text, enum print_form form, struct buf *ret)
{
	_cleanup_policy_ struct policy policy = {0};
	struct kernel_model model;

	kernel_model_init(&model, version);
	model.labels = labels;
	assert_int_equal(policy_parse(&model, text, strlen(text), NULL, &policy), 0);
	policy_print(ret, &policy, form);
}

static void assert_prints(unsigned version, const char *text, const char *kernel, const char *source)
{
	_cleanup_buf_ struct buf shown = {0}, again = {0};

	print(version, LABELS_KNOWN, text, PRINT_KERNEL, &shown);
	assert_string_equal(buf_string(&shown), kernel);
	print(version, LABELS_KNOWN, text, PRINT_SOURCE, &again);
	assert_string_equal(buf_string(&again), source ? source : kernel);
}

static void test_words_are_ordered_and_spelt(void **state)
{
	(void)state;
	assert_prints(KERNEL(6, 1),
		"# comment\n\n  uid<5\tfunc=PATH_CHECK  mask=^MAY_READ pcr=+07 measure template=d-ng|n-ng\n",
		"measure func=FILE_CHECK mask=^MAY_READ pcr=7 uid<5 template=ima-ng \n", NULL);
	assert_prints(KERNEL(6, 1),
		"dont_measure fsuuid=01234567-89AB-CDEF-0123-456789ABCDEFxyz fsname=ext4 fsmagic=EF53\n",
		"dont_measure fsmagic=0xef53 fsname=ext4 fsuuid=01234567-89ab-cdef-0123-456789abcdef \n",
		NULL);
	assert_prints(KERNEL(6, 1),
		"appraise func=FILE_MMAP appraise_algos=sha512,sha256 permit_directio fgroup>1 egid=2 "
		"fowner<3\n",
		"appraise func=MMAP_CHECK egid=2 fowner<3 fgroup>1 appraise_algos=sha256,sha512 "
		"permit_directio \n",
		NULL);
	assert_prints(KERNEL(6, 1),
		"measure label=a|b func=CRITICAL_DATA\nmeasure keyrings=.ima func=KEY_CHECK gid=1\n",
		"measure func=CRITICAL_DATA label=a|b \nmeasure func=KEY_CHECK keyrings=.ima gid=1 \n", NULL);
	assert_prints(KERNEL(6, 1), "audit subj_type=t obj_user=u euid>7\nhash mask=MAY_APPEND\ndont_hash\n",
		"audit euid>7 obj_user=u subj_type=t \nhash mask=MAY_APPEND \ndont_hash \n", NULL);
	assert_prints(KERNEL(6, 19), "dont_audit fs_subtype=sshfs fsname=fuse\n",
		"dont_audit fsname=fuse fs_subtype=sshfs \n", NULL);
}

static void test_signatures(void **state)
{
	(void)state;
	assert_prints(KERNEL(6, 1), "appraise digest_type=verity appraise_type=sigv3\n",
		"appraise appraise_type=sigv3 digest_type=verity \n",
		"appraise digest_type=verity appraise_type=sigv3 \n");
	assert_prints(KERNEL(7, 1), "appraise appraise_type=imasig digest_type=verity\n",
		"appraise appraise_type=imasig digest_type=verity \n", NULL);
	assert_prints(KERNEL(7, 2),
		"appraise func=MODULE_CHECK appraise_type=imasig|modsig appraise_type=sigv3\n",
		"appraise func=MODULE_CHECK appraise_type=sigv3 \n",
		"appraise func=MODULE_CHECK appraise_type=imasig|modsig appraise_type=sigv3 \n");
	assert_prints(KERNEL(6, 1),
		"appraise func=MODULE_CHECK appraise_flag=blacklist appraise_type=imasig|modsig\n",
		"appraise func=MODULE_CHECK appraise_type=imasig|modsig appraise_flag=check_blacklist \n",
		NULL);
	assert_prints(KERNEL(6, 6),
		"appraise func=MODULE_CHECK appraise_flag=x appraise_type=imasig|modsig\n",
		"appraise func=MODULE_CHECK appraise_type=imasig|modsig \n", NULL);
	assert_prints(KERNEL(6, 1), "measure digest_type=verity\n", "measure digest_type=verity \n", NULL);
}

/* What the kernel prints cannot always be parsed again. */
static void test_losses(void **state)
{
	_cleanup_buf_ struct buf shown = {0}, again = {0};

	(void)state;
	assert_prints(KERNEL(6, 1), "measure uid=4294967294 gid=2147483648 fowner=2147483647\n",
		"measure uid=-2 gid=-2147483648 fowner=2147483647 \n",
		"measure uid=4294967294 gid=2147483648 fowner=2147483647 \n");
	assert_prints(KERNEL(6, 1),
		"measure fsname=0123456789012345678901234567890123456789012345678901234567890123\n",
		"measure fsname=012345678901234567890123456789012345678901234567890123456789012 \n",
		"measure fsname=0123456789012345678901234567890123456789012345678901234567890123 \n");
	print(KERNEL(6, 1), LABELS_INACTIVE, "measure obj_type=x\naudit\n", PRINT_KERNEL, &shown);
	assert_string_equal(buf_string(&shown), "audit \n");
	print(KERNEL(6, 1), LABELS_INACTIVE, "measure obj_type=x\naudit\n", PRINT_SOURCE, &again);
	assert_string_equal(buf_string(&again), "measure obj_type=x \naudit \n");
}

static bool equal(const char *a, const char *b)
{
	_cleanup_policy_ struct policy x = {0}, y = {0};
	struct kernel_model model;

	kernel_model_init(&model, KERNEL(7, 2));
	assert_int_equal(policy_parse(&model, a, strlen(a), NULL, &x), 0);
	assert_int_equal(policy_parse(&model, b, strlen(b), NULL, &y), 0);
	return policy_equal(&x, &y);
}

static void test_equality(void **state)
{
	static const char *const different[] = {"audit\n", "measure func=BPRM_CHECK\n",
		"measure mask=MAY_READ\n", "measure mask=^MAY_READ\n", "measure fsmagic=1\n",
		"measure fsname=a\n", "measure fsname=b\n", "measure fs_subtype=a\n",
		"measure fsuuid=01234567-89ab-cdef-0123-456789abcdef\n", "measure uid=1\n", "measure uid<1\n",
		"measure euid=1\n", "measure gid=1\n", "measure egid=1\n", "measure fowner=1\n",
		"measure fgroup=1\n", "measure pcr=1\n", "measure template=ima\n", "measure obj_type=a\n",
		"measure obj_role=a\n", "measure func=KEY_CHECK keyrings=a\n",
		"measure func=CRITICAL_DATA label=a\n", "appraise\n", "appraise appraise_type=imasig\n",
		"appraise appraise_type=sigv3\n", "appraise appraise_algos=sha256\n",
		"measure permit_directio\n", "measure digest_type=verity\n", "measure\nmeasure\n",
		"measure\n"};
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(different); i++)
		for (j = 0; j < ARRAY_SIZE(different); j++)
			assert_int_equal(equal(different[i], different[j]), i == j);
	assert_true(equal("measure uid=+0 func=PATH_CHECK\n", "# c\n\n func=FILE_CHECK  measure\tuid=00\n"));
}

static enum policy_presence presence(const char *canonical, const char *shown)
{
	_cleanup_buf_ struct buf buf = {0};

	buf_puts(&buf, canonical);
	return policy_presence_in(&buf, shown, strlen(shown));
}

static void test_presence(void **state)
{
	(void)state;
	assert_int_equal(presence("a \nb \n", "a \nb \n"), POLICY_ALONE);
	assert_int_equal(presence("a \nb \n", "x \na \nb \n"), POLICY_AT_END);
	assert_int_equal(presence("a \nb \n", "xa \nb \n"), POLICY_ABSENT);
	assert_int_equal(presence("a \nb \n", "a \nb \nc \n"), POLICY_ABSENT);
	assert_int_equal(presence("a \nb \n", "b \n"), POLICY_ABSENT);
	assert_int_equal(presence("a \nb \n", ""), POLICY_ABSENT);
	assert_int_equal(presence("", "a \n"), POLICY_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_ordered_and_spelt),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_presence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
