// SPDX-License-Identifier: MIT
/*
 * The evaluator: each condition and operator, the order of rules, each way of denying. Whether real kernels
 * agree is seen by tests/boot/exactness.sh.
 */
#include "unit.h"
#include "evaluate.h"
#include "policy_parse.h"

#define EXT4 0xef53
#define UUID "10203040-5060-7080-90a0-b0c0d0e0f000"
#define NEWER KERNEL(7, 2)

static const struct file_facts some_file = {
	.fsmagic = EXT4,
	.fsname = "ext4",
	.fs_subtype = "sub",
	.fsuuid = {0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0,
		0},
	.fowner = 100,
	.fgroup = 200,
	.label = {"u", "r", "bin_t", 1, 1, 5},
};
static const struct cred_facts some_cred = {.uid = 10,
	.euid = 20,
	.suid = 30,
	.gid = 11,
	.egid = 21,
	.sgid = 31,
	.label = {"s", "x", "init_t", 1, 1, 6}};

static struct kernel_model model;

/* Evaluates up to two policies for one access. */
static void ask(const char *first, const char *second, const struct access *access, struct verdict *ret)
{
	_cleanup_policy_ struct policy a = {0}, b = {0};
	const struct policy *policies[] = {&a, &b};
	size_t i;

	assert_int_equal(policy_parse(&model, first, strlen(first), NULL, &a), 0);
	if (second)
		assert_int_equal(policy_parse(&model, second, strlen(second), NULL, &b), 0);
	evaluate(&model, policies, second ? 2 : 1, access, ret);
	for (i = 0; i < ACTION_CLASSES; i++)
		if (ret->by_class[i].rule)
			assert_ptr_equal(ret->by_class[i].policy,
				ret->by_class[i].rule >= b.rules && ret->by_class[i].rule < b.rules + b.count
					? &b
					: &a);
}

static bool matches(const char *conditions, const struct access *access)
{
	struct verdict verdict;
	char rule[256];

	(void)snprintf(rule, sizeof(rule), "measure %s\n", conditions);
	ask(rule, NULL, access, &verdict);
	return verdict.measure;
}

static int fresh(void **state)
{
	(void)state;
	kernel_model_init(&model, NEWER);
	return 0;
}

static void test_hooks(void **state)
{
	static const char *const names[] = {[FUNC_FILE] = "FILE_CHECK",
		[FUNC_MMAP] = "MMAP_CHECK",
		[FUNC_MMAP_REQPROT] = "MMAP_CHECK_REQPROT",
		[FUNC_BPRM] = "BPRM_CHECK",
		[FUNC_CREDS] = "CREDS_CHECK",
		[FUNC_MODULE] = "MODULE_CHECK",
		[FUNC_FIRMWARE] = "FIRMWARE_CHECK",
		[FUNC_KEXEC_KERNEL] = "KEXEC_KERNEL_CHECK",
		[FUNC_KEXEC_INITRAMFS] = "KEXEC_INITRAMFS_CHECK",
		[FUNC_POLICY] = "POLICY_CHECK",
		[FUNC_KEXEC_CMDLINE] = "KEXEC_CMDLINE",
		[FUNC_KEY] = "KEY_CHECK",
		[FUNC_CRITICAL_DATA] = "CRITICAL_DATA"};
	char condition[64];
	unsigned rule, asked;

	(void)state;
	for (rule = FUNC_FILE; rule < ARRAY_SIZE(names); rule++)
		for (asked = FUNC_FILE; asked < ARRAY_SIZE(names); asked++) {
			struct access access = {.func = asked, .file = &some_file, .cred = &some_cred};

			(void)snprintf(condition, sizeof(condition), "func=%s", names[rule]);
			assert_int_equal(matches(condition, &access), rule == asked);
			assert_int_equal(
				matches("", &access), asked != FUNC_KEY && asked != FUNC_CRITICAL_DATA);
		}
}

static void test_conditions(void **state)
{
	static const struct {
		const char *conditions;
		bool matches;
	} cases[] = {
		{"mask=MAY_READ", true},
		{"mask=MAY_WRITE", false},
		{"mask=^MAY_READ", true},
		{"mask=^MAY_EXEC", false},
		{"fsmagic=0xef53", true},
		{"fsmagic=0xef54", false},
		{"fsname=ext4", true},
		{"fsname=ext", false},
		{"fsname=ext44", false},
		{"fs_subtype=sub", true},
		{"fs_subtype=su", false},
		{"fsuuid=" UUID, true},
		{"fsuuid=10203040-5060-7080-90a0-b0c0d0e0f001", false},
		{"uid=10", true},
		{"uid=20", false},
		{"uid<11", true},
		{"uid<10", false},
		{"uid>9", true},
		{"uid>10", false},
		{"euid=20", true},
		{"euid=10", false},
		{"euid=30", false},
		{"gid=11", true},
		{"gid=21", false},
		{"gid<12", true},
		{"gid>11", false},
		{"egid=21", true},
		{"egid=11", false},
		{"egid=31", false},
		{"fowner=100", true},
		{"fowner=101", false},
		{"fowner<101", true},
		{"fowner<100", false},
		{"fowner>99", true},
		{"fowner>100", false},
		{"fgroup=200", true},
		{"fgroup=201", false},
		{"fgroup<201", true},
		{"fgroup>200", false},
		{"obj_user=u", true},
		{"obj_user=r", false},
		{"obj_role=r", true},
		{"obj_role=u", false},
		{"obj_type=bin_t", true},
		{"obj_type=bin", false},
		{"subj_user=s", true},
		{"subj_role=x", true},
		{"subj_type=init_t", true},
		{"subj_type=bin_t", false},
		{"func=FILE_CHECK mask=^MAY_READ fsname=ext4 uid<11 fowner>99 obj_type=bin_t", true},
		{"func=FILE_CHECK mask=^MAY_READ fsname=ext4 uid<11 fowner>99 obj_type=lib_t", false},
	};
	const struct access access = {
		.func = FUNC_FILE, .mask = MASK_READ, .file = &some_file, .cred = &some_cred};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (matches(cases[i].conditions, &access) != cases[i].matches)
			fail_msg("%s", cases[i].conditions);
}

static void test_several_bits_of_a_mask(void **state)
{
	const struct access access = {
		.func = FUNC_FILE, .mask = MASK_READ | MASK_WRITE, .file = &some_file, .cred = &some_cred};

	(void)state;
	assert_false(matches("mask=MAY_READ", &access));
	assert_true(matches("mask=^MAY_READ", &access));
	assert_true(matches("mask=^MAY_WRITE", &access));
	assert_false(matches("mask=^MAY_APPEND", &access));
}

static void test_effective_ids_with_the_capability(void **state)
{
	struct cred_facts cred = some_cred;
	const struct access access = {.func = FUNC_FILE, .file = &some_file, .cred = &cred};

	(void)state;
	cred.cap_setuid = true;
	assert_true(
		matches("euid=10", &access) && matches("euid=20", &access) && matches("euid=30", &access));
	assert_true(matches("euid<11", &access) && matches("euid>29", &access));
	assert_false(matches("euid=40", &access));
	assert_false(matches("egid=11", &access));
	cred.cap_setuid = false;
	cred.cap_setgid = true;
	assert_true(
		matches("egid=11", &access) && matches("egid=21", &access) && matches("egid=31", &access));
	assert_false(matches("egid=41", &access));
	assert_false(matches("euid=10", &access));
}

static void test_what_is_not_known_does_not_match(void **state)
{
	const struct file_facts file = {.fsname = "tmpfs"};
	const struct cred_facts cred = {0};
	const struct access access = {.func = FUNC_FILE, .file = &file, .cred = &cred};

	(void)state;
	assert_false(matches("fs_subtype=x", &access));
	assert_false(matches("obj_type=t", &access));
	assert_false(matches("subj_role=t", &access));
	/* A file system without a UUID has zeros, and a rule may ask for them. */
	assert_true(matches("fsuuid=00000000-0000-0000-0000-000000000000", &access));
}

static void test_labels_that_no_module_knows_yet(void **state)
{
	const struct access access = {.func = FUNC_FILE, .file = &some_file, .cred = &some_cred};

	(void)state;
	model.labels = LABELS_INACTIVE;
	assert_false(matches("obj_type=bin_t", &access));
	model.labels = LABELS_KNOWN;
	assert_true(matches("obj_type=bin_t", &access));
}

static void test_keys_and_data(void **state)
{
	struct access key = {.func = FUNC_KEY, .cred = &some_cred, .keyring = ".ima"};
	struct access data = {.func = FUNC_CRITICAL_DATA, .cred = &some_cred, .keyring = "selinux"};

	(void)state;
	assert_true(matches("func=KEY_CHECK", &key));
	assert_true(matches("func=KEY_CHECK keyrings=.ima", &key));
	assert_true(matches("func=KEY_CHECK keyrings=.evm|.ima", &key));
	assert_true(matches("func=KEY_CHECK keyrings=.ima|.evm", &key));
	assert_false(matches("func=KEY_CHECK keyrings=.evm|.im", &key));
	assert_false(matches("func=KEY_CHECK keyrings=.imaa", &key));
	assert_true(matches("func=KEY_CHECK uid=10", &key));
	assert_false(matches("func=KEY_CHECK uid=11", &key));
	/* gid= is accepted and not looked at. */
	assert_true(matches("func=KEY_CHECK gid=99", &key));
	key.keyring = NULL;
	assert_false(matches("func=KEY_CHECK keyrings=.ima", &key));
	assert_true(matches("func=KEY_CHECK", &key));
	assert_true(matches("func=CRITICAL_DATA label=selinux", &data));
	assert_false(matches("func=CRITICAL_DATA label=device-mapper", &data));
	assert_false(matches("func=KEY_CHECK keyrings=selinux", &data));
}

/* What is done, as letters, and the line that decided for each class. */
static void assert_verdict(
	const char *first, const char *second, const struct access *access, const char *wanted)
{
	struct verdict verdict;
	char got[32];

	ask(first, second, access, &verdict);
	(void)snprintf(got, sizeof(got), "%s%s%s%s", verdict.measure ? "m" : "", verdict.appraise ? "a" : "",
		verdict.audit ? "u" : "", verdict.hash ? "h" : "");
	assert_string_equal(got, wanted);
}

static void test_order(void **state)
{
	static const struct {
		const char *first, *second, *wanted;
	} cases[] = {
		{"appraise\n", NULL, "a"},
		{"dont_appraise\nappraise\n", NULL, ""},
		{"appraise\ndont_appraise\n", NULL, "a"},
		{"dont_appraise fowner=1\nappraise\n", NULL, "a"},
		{"dont_measure\nappraise\nmeasure\naudit\n", NULL, "au"},
		{"measure\ndont_measure\naudit\ndont_audit\n", NULL, "mu"},
		{"dont_audit\naudit\n", NULL, ""},
		/* hash is taken back by an appraise rule behind it, and stands behind one. */
		{"hash\nappraise\n", NULL, "a"},
		{"appraise\nhash\n", NULL, "ah"},
		{"dont_hash\nhash\n", NULL, ""},
		{"hash\ndont_appraise\nappraise\n", NULL, "h"},
		/* A policy that is loaded later is looked at later. */
		{"dont_appraise\n", "appraise\n", ""},
		{"appraise fowner=1\n", "appraise\n", "a"},
		{"measure\n", "dont_measure\nappraise\n", "ma"},
		{"appraise func=SETXATTR_CHECK appraise_algos=sha256\n", NULL, ""},
	};
	const struct access access = {.func = FUNC_FILE, .file = &some_file, .cred = &some_cred};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_verdict(cases[i].first, cases[i].second, &access, cases[i].wanted);
}

static void test_which_rule_decided(void **state)
{
	const struct access access = {.func = FUNC_BPRM, .file = &some_file, .cred = &some_cred};
	const char *text = "measure\nappraise fowner=1\ndont_appraise fgroup=200\nappraise\n";
	_cleanup_policy_ struct policy policy = {0};
	const struct policy *policies[] = {&policy};
	struct verdict verdict;

	(void)state;
	assert_int_equal(policy_parse(&model, text, strlen(text), NULL, &policy), 0);
	evaluate(&model, policies, 1, &access, &verdict);
	assert_ptr_equal(verdict.by_class[action_class(ACTION_MEASURE)].rule, &policy.rules[0]);
	assert_ptr_equal(verdict.by_class[action_class(ACTION_APPRAISE)].rule, &policy.rules[2]);
	assert_ptr_equal(verdict.by_class[action_class(ACTION_APPRAISE)].policy, &policy);
	assert_null(verdict.by_class[action_class(ACTION_AUDIT)].rule);
	assert_null(verdict.by_class[action_class(ACTION_HASH)].policy);
	assert_false(verdict.appraise);
}

static void test_a_kernel_without_appraisal(void **state)
{
	const struct access access = {.func = FUNC_FILE, .file = &some_file, .cred = &some_cred};

	(void)state;
	model.appraise = false;
	assert_verdict("appraise\nhash\nmeasure\n", NULL, &access, "mh");
}

/* What a rule carries counts whatever its class, but not where nothing of that class is ever done. */
static void test_options_add_up(void **state)
{
	static const struct {
		const char *policy;
		uint32_t flags;
	} cases[] = {
		{"appraise appraise_type=imasig\n", RULE_SIGNED},
		{"appraise\nappraise appraise_type=imasig\n", 0},
		{"measure digest_type=verity\nappraise appraise_type=imasig\n", RULE_SIGNED | RULE_VERITY},
		{"measure permit_directio\nappraise\n", RULE_DIRECTIO},
		{"dont_measure permit_directio\nappraise\n", 0},
		{"dont_measure permit_directio\nmeasure\nappraise\n", RULE_DIRECTIO},
		{"measure fowner=1 permit_directio\nappraise\n", 0},
	};
	const struct access access = {.func = FUNC_FILE, .file = &some_file, .cred = &some_cred};
	struct verdict verdict;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ask(cases[i].policy, NULL, &access, &verdict);
		assert_int_equal(verdict.flags, cases[i].flags);
	}
}

#define SHA1 2
#define SHA256 4
#define SHA512 6

struct appraisal {
	const char *policy;
	enum appraise_value value;
	enum denial denial;
	unsigned version;
	unsigned algo, mask;
	bool direct_io, fsverity;
	enum policy_func func;
};

#define IMASIG "appraise appraise_type=imasig\n"
#define VERITY "appraise digest_type=verity appraise_type=sigv3\n"
#define MODSIG "appraise func=MODULE_CHECK appraise_type=imasig|modsig\n"

/* clang-format off */
#define CASE(policy_, value_, denial_, ...) {.policy = policy_, .value = value_, .denial = denial_, __VA_ARGS__}
/* clang-format on */

static const struct appraisal appraisals[] = {
	/* nothing to appraise */
	CASE("measure\n", VALUE_NONE, DENIAL_NONE),
	CASE("dont_appraise\n" IMASIG, VALUE_UNKNOWN, DENIAL_NONE),
	/* a hash is enough */
	CASE("appraise\n", VALUE_NONE, DENIAL_MISSING_HASH),
	CASE("appraise\n", VALUE_UNSUPPORTED, DENIAL_NO_XATTRS),
	CASE("appraise\n", VALUE_HASH_GOOD, DENIAL_NONE),
	CASE("appraise\n", VALUE_HASH_BAD, DENIAL_INVALID_HASH),
	CASE("appraise\n", VALUE_SIGNATURE_GOOD, DENIAL_NONE),
	CASE("appraise\n", VALUE_SIGNATURE_BAD, DENIAL_INVALID_SIGNATURE),
	CASE("appraise\n", VALUE_SIGNATURE_NO_KEY, DENIAL_INVALID_SIGNATURE),
	CASE("appraise\n", VALUE_SIGV3_GOOD, DENIAL_NONE),
	CASE("appraise\n", VALUE_SIGV3_GOOD, DENIAL_NONE, .version = KERNEL(7, 1)),
	CASE("appraise\n", VALUE_SIGV3_GOOD, DENIAL_SIGNATURE_VERSION, .version = KERNEL(7, 0)),
	CASE("appraise\n", VALUE_SIGV3_GOOD, DENIAL_SIGNATURE_VERSION, .version = KERNEL(6, 1)),
	CASE("appraise\n", VALUE_VERITY_GOOD, DENIAL_INVALID_VERITY),
	CASE("appraise\n", VALUE_VERITY_BAD, DENIAL_INVALID_VERITY),
	CASE("appraise\n", VALUE_UNKNOWN, DENIAL_UNKNOWN_DATA),
	CASE("appraise\n", VALUE_NEW, DENIAL_NONE),
	CASE("appraise\n", VALUE_MODSIG_GOOD, DENIAL_MISSING_HASH),
	CASE("appraise\n", VALUE_UNVERIFIABLE, DENIAL_UNVERIFIABLE),
	/* a signature is required */
	CASE(IMASIG, VALUE_NONE, DENIAL_SIGNATURE_REQUIRED),
	CASE(IMASIG, VALUE_UNSUPPORTED, DENIAL_NO_XATTRS),
	CASE(IMASIG, VALUE_HASH_GOOD, DENIAL_SIGNATURE_REQUIRED),
	CASE(IMASIG, VALUE_HASH_BAD, DENIAL_SIGNATURE_REQUIRED),
	CASE(IMASIG, VALUE_SIGNATURE_GOOD, DENIAL_NONE),
	CASE(IMASIG, VALUE_SIGNATURE_BAD, DENIAL_INVALID_SIGNATURE),
	CASE(IMASIG, VALUE_SIGNATURE_NO_KEY, DENIAL_INVALID_SIGNATURE),
	CASE(IMASIG, VALUE_SIGV3_GOOD, DENIAL_NONE),
	CASE(IMASIG, VALUE_SIGV3_GOOD, DENIAL_SIGNATURE_VERSION, .version = KERNEL(6, 12)),
	CASE(IMASIG, VALUE_VERITY_GOOD, DENIAL_SIGNATURE_REQUIRED),
	CASE(IMASIG, VALUE_UNKNOWN, DENIAL_UNKNOWN_DATA),
	CASE(IMASIG, VALUE_NEW, DENIAL_NONE),
	CASE(IMASIG, VALUE_UNVERIFIABLE, DENIAL_UNVERIFIABLE),
	/* of version 3 */
	CASE("appraise appraise_type=sigv3\n", VALUE_SIGNATURE_GOOD, DENIAL_SIGV3_REQUIRED),
	CASE("appraise appraise_type=sigv3\n", VALUE_SIGNATURE_BAD, DENIAL_SIGV3_REQUIRED),
	CASE("appraise appraise_type=sigv3\n", VALUE_SIGV3_GOOD, DENIAL_NONE),
	CASE("appraise appraise_type=sigv3\n", VALUE_NONE, DENIAL_SIGNATURE_REQUIRED),
	/* over an fs-verity digest */
	CASE(VERITY, VALUE_VERITY_GOOD, DENIAL_NONE),
	CASE(VERITY, VALUE_VERITY_GOOD, DENIAL_NONE, .version = KERNEL(6, 1)),
	CASE(VERITY, VALUE_VERITY_BAD, DENIAL_INVALID_VERITY),
	CASE(VERITY, VALUE_NONE, DENIAL_NO_VERITY),
	CASE(VERITY, VALUE_SIGNATURE_GOOD, DENIAL_NO_VERITY),
	CASE(VERITY, VALUE_UNSUPPORTED, DENIAL_NO_VERITY),
	CASE(VERITY, VALUE_NONE, DENIAL_VERITY_REQUIRED, .fsverity = true),
	CASE(VERITY, VALUE_HASH_GOOD, DENIAL_VERITY_REQUIRED, .fsverity = true),
	CASE(VERITY, VALUE_SIGNATURE_GOOD, DENIAL_VERITY_REQUIRED, .fsverity = true),
	CASE(VERITY, VALUE_SIGV3_GOOD, DENIAL_VERITY_REQUIRED, .fsverity = true),
	CASE("measure digest_type=verity\nappraise\n", VALUE_HASH_GOOD, DENIAL_NO_VERITY),
	CASE("measure digest_type=verity\nappraise\n", VALUE_VERITY_GOOD, DENIAL_NONE),
	CASE("measure digest_type=verity\n" IMASIG, VALUE_SIGNATURE_GOOD, DENIAL_VERITY_REQUIRED,
		.fsverity = true),
	CASE("measure digest_type=verity\nappraise\n", VALUE_HASH_GOOD, DENIAL_INVALID_HASH,
		.fsverity = true),
	CASE("measure digest_type=verity\nappraise\n", VALUE_SIGNATURE_GOOD, DENIAL_INVALID_SIGNATURE,
		.fsverity = true),
	/* appended */
	CASE(MODSIG, VALUE_MODSIG_GOOD, DENIAL_NONE, .func = FUNC_MODULE),
	CASE(MODSIG, VALUE_NONE, DENIAL_SIGNATURE_REQUIRED, .func = FUNC_MODULE),
	CASE(MODSIG, VALUE_SIGNATURE_GOOD, DENIAL_NONE, .func = FUNC_MODULE),
	CASE(IMASIG, VALUE_MODSIG_GOOD, DENIAL_SIGNATURE_REQUIRED, .func = FUNC_MODULE),
	/* which hash */
	CASE("appraise appraise_algos=sha256,sha512\n", VALUE_HASH_GOOD, DENIAL_NONE, .algo = SHA512),
	CASE("appraise appraise_algos=sha256,sha512\n", VALUE_HASH_GOOD, DENIAL_ALGORITHM, .algo = SHA1),
	CASE("appraise appraise_algos=sha256,sha512\n", VALUE_HASH_BAD, DENIAL_INVALID_HASH, .algo = SHA1),
	CASE("appraise appraise_algos=sha256\n", VALUE_SIGNATURE_GOOD, DENIAL_ALGORITHM, .algo = SHA512),
	CASE("appraise appraise_algos=sha256\n", VALUE_HASH_GOOD, DENIAL_ALGORITHM, .algo = 99),
	CASE("appraise\n", VALUE_HASH_GOOD, DENIAL_NONE, .algo = SHA1),
	/* a hash that the kernel does not have: tgr192 is a name without code behind it */
	CASE("appraise\n", VALUE_HASH_GOOD, DENIAL_NO_ALGORITHM, .algo = 16),
	CASE(IMASIG, VALUE_HASH_BAD, DENIAL_NO_ALGORITHM, .algo = 16),
	CASE(IMASIG, VALUE_SIGNATURE_GOOD, DENIAL_NO_ALGORITHM, .algo = 16),
	CASE("appraise\n", VALUE_NONE, DENIAL_MISSING_HASH, .algo = 16),
	CASE("appraise\n", VALUE_HASH_BAD, DENIAL_INVALID_HASH, .algo = 99),
	/* O_DIRECT */
	CASE("appraise\n", VALUE_HASH_GOOD, DENIAL_DIRECT_IO, .direct_io = true),
	CASE(IMASIG, VALUE_SIGNATURE_GOOD, DENIAL_DIRECT_IO, .direct_io = true),
	CASE("appraise permit_directio\n", VALUE_HASH_BAD, DENIAL_NONE, .direct_io = true),
	CASE("appraise permit_directio\n", VALUE_HASH_BAD, DENIAL_INVALID_HASH),
	CASE("appraise permit_directio appraise_algos=sha512\n", VALUE_HASH_GOOD, DENIAL_ALGORITHM,
		.direct_io = true),
	CASE("measure permit_directio\n" IMASIG, VALUE_NONE, DENIAL_NONE, .direct_io = true),
	CASE("appraise\n", VALUE_HASH_GOOD, DENIAL_NONE, .direct_io = true, .func = FUNC_MODULE),
	CASE("appraise\n", VALUE_NONE, DENIAL_MISSING_HASH, .direct_io = true, .func = FUNC_POLICY),
	CASE("appraise permit_directio\n", VALUE_NONE, DENIAL_NONE, .direct_io = true, .func = FUNC_MODULE),
	CASE("appraise permit_directio digest_type=verity appraise_type=sigv3\n", VALUE_NONE,
		DENIAL_NO_VERITY, .direct_io = true),
	CASE("appraise permit_directio\n", VALUE_HASH_GOOD, DENIAL_NO_ALGORITHM, .direct_io = true,
		.algo = 16, .func = FUNC_MODULE),
	/* a signed file cannot be written to */
	CASE("appraise\n", VALUE_SIGNATURE_GOOD, DENIAL_SIGNED_WRITE, .mask = MASK_WRITE),
	CASE("appraise\n", VALUE_SIGNATURE_GOOD, DENIAL_SIGNED_WRITE, .mask = MASK_WRITE | MASK_READ),
	CASE("appraise\n", VALUE_SIGV3_GOOD, DENIAL_SIGNED_WRITE, .mask = MASK_WRITE),
	CASE("appraise\n", VALUE_SIGNATURE_BAD, DENIAL_INVALID_SIGNATURE, .mask = MASK_WRITE),
	CASE("appraise\n", VALUE_HASH_GOOD, DENIAL_NONE, .mask = MASK_WRITE),
	CASE("appraise\n", VALUE_NEW, DENIAL_NONE, .mask = MASK_WRITE),
	CASE("appraise permit_directio\n", VALUE_SIGNATURE_GOOD, DENIAL_NONE, .mask = MASK_WRITE,
		.direct_io = true),
	CASE("measure\n", VALUE_SIGNATURE_GOOD, DENIAL_NONE, .mask = MASK_WRITE),
	CASE("hash\n", VALUE_SIGNATURE_GOOD, DENIAL_NONE, .mask = MASK_WRITE),
	CASE("hash\n", VALUE_NONE, DENIAL_NONE),
	CASE("appraise\nhash\n", VALUE_SIGNATURE_GOOD, DENIAL_SIGNED_WRITE, .mask = MASK_WRITE),
};

static void test_appraisal(void **state)
{
	struct file_facts file = some_file;
	struct verdict verdict;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(appraisals); i++) {
		const struct appraisal *a = &appraisals[i];
		const struct access access = {.func = a->func ? a->func : FUNC_FILE,
			.mask = a->mask ? a->mask : MASK_READ,
			.file = &file,
			.cred = &some_cred,
			.direct_io = a->direct_io};
		enum denial denial;

		kernel_model_init(&model, a->version ? a->version : NEWER);
		file.fsverity = a->fsverity;
		ask(a->policy, NULL, &access, &verdict);
		denial = evaluate_appraisal(&model, &verdict, a->value, a->algo ? a->algo : SHA256);
		if (denial != a->denial)
			fail_msg("case %zu: %s value %u: got %u '%s', wanted %u '%s'", i, a->policy, a->value,
				denial, denial_cause(denial), a->denial, denial_cause(a->denial));
	}
}

struct step {
	const char *policy;
	enum policy_func func;
	unsigned int mask;
	enum denial denial;
};

/* One access after another to the same file. */
static void assert_steps(const struct step *steps, size_t count, enum appraise_value value, unsigned int algo)
{
	struct file_state memory = {0};
	struct verdict verdict;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct access access = {
			.func = steps[i].func, .mask = steps[i].mask, .file = &some_file, .cred = &some_cred};

		ask(steps[i].policy, NULL, &access, &verdict);
		assert_int_equal(evaluate_next(&model, &verdict, value, algo, &memory), steps[i].denial);
	}
}

static void test_what_passed_is_remembered(void **state)
{
	static const char algos[] = "appraise appraise_algos=sha512\n";
	static const struct step once[] = {
		{"appraise mask=MAY_READ\nappraise appraise_type=imasig\n", FUNC_FILE, MASK_READ,
			DENIAL_NONE},
		/* The second rule names no hook either: the answer is that of the first. */
		{"appraise mask=MAY_READ\nappraise appraise_type=imasig\n", FUNC_MMAP, MASK_EXEC,
			DENIAL_NONE},
		{"appraise func=MMAP_CHECK appraise_type=imasig\n", FUNC_MMAP, MASK_EXEC,
			DENIAL_SIGNATURE_REQUIRED},
	};
	static const struct step hash[] = {
		{algos, FUNC_FILE, MASK_READ, DENIAL_ALGORITHM},
		/* Only where the kernel looks at the file again. */
		{algos, FUNC_FILE, MASK_READ, DENIAL_NONE},
		{"measure\nappraise appraise_algos=sha512\n", FUNC_FILE, MASK_READ, DENIAL_ALGORITHM},
		{"audit\nappraise appraise_algos=sha512\n", FUNC_FILE, MASK_READ, DENIAL_ALGORITHM},
		{"audit\nmeasure\nappraise appraise_algos=sha512\n", FUNC_FILE, MASK_READ, DENIAL_NONE},
	};

	(void)state;
	assert_steps(once, ARRAY_SIZE(once), VALUE_HASH_GOOD, SHA256);
	assert_steps(hash, ARRAY_SIZE(hash), VALUE_HASH_GOOD, SHA256);
}

static void test_what_was_asked_for_is_remembered(void **state)
{
	static const struct step steps[] = {
		{"measure\n", FUNC_FILE, MASK_READ, DENIAL_NONE},
		{"appraise func=BPRM_CHECK appraise_type=imasig\n", FUNC_BPRM, MASK_EXEC,
			DENIAL_SIGNATURE_REQUIRED},
		/* A hash would do for this rule, were it not for the one before. */
		{"appraise\n", FUNC_FILE, MASK_READ, DENIAL_SIGNATURE_REQUIRED},
	};
	static const struct step verity[] = {
		{"measure\n", FUNC_FILE, MASK_READ, DENIAL_NONE},
		/* The digest that is there is not that of fs-verity. */
		{VERITY, FUNC_FILE, MASK_READ, DENIAL_INVALID_VERITY},
	};
	static const struct step lasting[] = {
		{"appraise\n", FUNC_FILE, MASK_READ, DENIAL_NONE},
		{"appraise\n", FUNC_FILE, MASK_WRITE, DENIAL_SIGNED_WRITE},
		{"appraise appraise_algos=sha512\nhash\n", FUNC_FILE, MASK_READ, DENIAL_ALGORITHM},
	};

	(void)state;
	assert_steps(steps, ARRAY_SIZE(steps), VALUE_HASH_GOOD, SHA256);
	assert_steps(verity, ARRAY_SIZE(verity), VALUE_VERITY_GOOD, SHA256);
	assert_steps(lasting, ARRAY_SIZE(lasting), VALUE_SIGNATURE_GOOD, SHA256);
}

static void test_causes(void **state)
{
	static const char *const causes[] = {"", "missing-hash", "", "IMA-signature-required", "invalid-hash",
		"invalid-signature", "denied-hash-algorithm", "verity-signature-required", "unknown-ima-data",
		"IMA-sigv3-required", "invalid-signature-version", "invalid-verity-signature",
		"no-verity-digest", "failed", "failed(directio)", "unverifiable-signature", "", ""};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(causes); i++)
		assert_string_equal(denial_cause(i), causes[i]);
}

#define TEST(test) cmocka_unit_test_setup(test, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hooks),
		TEST(test_conditions),
		TEST(test_several_bits_of_a_mask),
		TEST(test_effective_ids_with_the_capability),
		TEST(test_what_is_not_known_does_not_match),
		TEST(test_labels_that_no_module_knows_yet),
		TEST(test_keys_and_data),
		TEST(test_order),
		TEST(test_which_rule_decided),
		TEST(test_a_kernel_without_appraisal),
		TEST(test_options_add_up),
		TEST(test_appraisal),
		TEST(test_what_passed_is_remembered),
		TEST(test_what_was_asked_for_is_remembered),
		TEST(test_causes),
	};

	return RUN_TESTS(tests);
}
