// SPDX-License-Identifier: MIT
/* Tests of initrd/submit.c: each errno of the kernel in words. */
#include "submit.h"
#include "policy_model.h"
#include "unit.h"

static struct problem problem, signature;
static struct kmsg_facts facts;
static const char *policy;
static unsigned int version;

/* Explains an error and checks the words. */
static void check(int error, bool opened, const char *reason, const char *remedy)
{
	struct submission submission = {.error = error,
		.opened = opened,
		.facts = &facts,
		.path = "/p",
		.signature = &signature,
		.text = policy,
		.text_len = strlen(policy),
		.version = version};

	assert_int_equal(submit_explain(&submission, &problem), error);
	assert_problem(&problem, error, reason, remedy);
}

static int start(void **context)
{
	(void)context;
	problem_free(&signature);
	facts = (struct kmsg_facts){0};
	policy = "audit\n";
	version = KERNEL(6, 1);
	return 0;
}

static void policy_file_that_cannot_be_opened(void **context)
{
	static const char root[] = "run as root; with SELinux, in a domain that may load policies";

	(void)context;
	check(-ENOENT, false, "this kernel takes one policy in a boot, and has it already",
		"reboot to load another one");
	check(-EBUSY, false,
		"the kernel's policy file is busy: another process loads a policy, or this kernel takes no "
		"second one",
		"try again; if it stays so, reboot to load another policy");
	check(-EROFS, false, "the guard over the kernel's policy file is set",
		"lift it with 'imaboot guard off', load, and set it again");
	check(-EACCES, false, "the kernel's policy file may not be opened: Permission denied", root);
	check(-EPERM, false, "the kernel's policy file may not be opened: Operation not permitted", root);
	check(-EIO, false, "the kernel's policy file cannot be opened: Input/output error", NULL);
}

/* Debian's kernel has SHA-384 and SHA-512 in a module. */
static void digest_that_cannot_be_made_is_told(void **context)
{
	(void)context;
	strcpy(facts.cause, "failed");
	check(-EACCES, true,
		"the kernel cannot make the digest that its signature names: the module of that algorithm is "
		"not loaded, or the file cannot be read",
		"sign it over SHA-256, or put the algorithm's module (such as sha512_generic) into the image "
		"and load it");
}

static void signature_of_its_own_explains_best(void **context)
{
	(void)context;
	problem_set(&signature, -ENODATA, "has no signature");
	problem_remedy(&signature, "sign it");
	strcpy(facts.key_id, "0011aabb");
	check(-EACCES, true, "has no signature", "sign it");
	problem_set(&signature, -EIO, "cannot be verified");
	check(-EACCES, true, "cannot be verified", NULL);
}

static void kernels_log_explains_an_appraisal(void **context)
{
	(void)context;
	strcpy(facts.cause, "invalid-signature");
	check(-EACCES, true, "the kernel's appraisal refuses it: invalid-signature",
		"sign it again, and load the signer's certificate first: imaboot keys");
	strcpy(facts.key_id, "0011aabb");
	check(-EACCES, true, "is signed with the key 0011aabb, which is not in the kernel's keyring",
		"load the signer's certificate first: imaboot keys");
}

static void kernels_log_explains_an_appraisal_by_evm(void **context)
{
	static const char wrong[] =
		"its security.evm does not belong to its owner, mode and attributes, or is by a "
		"key that EVM does not have";
	static const char remedy[] =
		"look who changed them; then sign both attributes: evmctl sign --portable --imasig "
		"--key KEY '/p'";

	(void)context;
	strcpy(facts.cause, "missing-HMAC");
	check(-EACCES, true, "has no security.evm, which the kernel asks for since EVM is active",
		"sign both attributes: evmctl sign --portable --imasig --key KEY '/p'");
	strcpy(facts.cause, "invalid-HMAC");
	check(-EACCES, true, wrong, remedy);
	strcpy(facts.cause, "invalid-fail-immutable");
	check(-EACCES, true, wrong, remedy);
}

static void silent_appraisal_is_told(void **context)
{
	(void)context;
	check(-EACCES, true,
		"the kernel demands a signed policy and refuses this one without a reason in its log",
		"sign it again, and load the signer's certificate first: imaboot keys");
}

static void bad_rule_is_told(void **context)
{
	(void)context;
	check(-EINVAL, true, "the kernel refuses a rule, without a reason in its log",
		"correct the rule, and sign the policy again");
	strcpy(facts.bad_rule, "action=measure func=BOGUS");
	check(-EINVAL, true, "the kernel refuses a rule; it logged: action=measure func=BOGUS",
		"correct the rule, and sign the policy again");
}

/* What is wrong with a label only a security module knows; where the kernel names no rule, the first label is told. */
static void unknown_label_is_told(void **context)
{
	(void)context;
	policy = "audit\nmeasure obj_type=x_t\n";
	check(-EINVAL, true,
		"line 2, column 18: no security module knows the label 'x_t', and the kernel refuses such a "
		"file while its built-in policy is in force [unknown-label]",
		"correct the rule, and sign the policy again");
	strcpy(facts.bad_rule, "action=measure obj_type=x_t");
	check(-EINVAL, true,
		"the kernel refuses a rule with a label that no security module knows; it logged: "
		"action=measure obj_type=x_t",
		"correct the label, or load the policy once the module has its own policy");
	strcpy(facts.bad_rule, "action=measure subj_role=r");
	check(-EINVAL, true,
		"the kernel refuses a rule with a label that no security module knows; it logged: "
		"action=measure subj_role=r",
		"correct the label, or load the policy once the module has its own policy");
}

/* The front end names the first error; warnings are none. */
static void bad_rule_is_told_with_its_place(void **context)
{
	static const char remedy[] = "correct the rule, and sign the policy again";

	(void)context;
	strcpy(facts.bad_rule, "uid=x");
	policy = "measure\naudit\n\tmeasure mask=MAY_REED uid=x\nbogus\n";
	check(-EINVAL, true,
		"line 3, column 15: mask= cannot be 'MAY_REED'; did you mean 'MAY_READ'? [unknown-value]",
		remedy);
	check(-ERANGE, true,
		"line 3, column 15: mask= cannot be 'MAY_REED'; did you mean 'MAY_READ'? [unknown-value]",
		remedy);
	policy = "measure fsname=a fsname=b\n";
	facts.bad_rule[0] = '\0';
	check(-EINVAL, true, "the kernel refuses a rule, without a reason in its log", remedy);
	policy = "";
	check(-EINVAL, true, "line 1, column 1: the file is empty: the kernel refuses it [file-empty]",
		remedy);
}

/* What one kernel takes another does not know. */
static void rule_is_judged_for_the_running_kernel(void **context)
{
	(void)context;
	policy = "measure func=BPRM_CHECK # why\n";
	check(-EINVAL, true,
		"line 1, column 25: a comment cannot follow a rule before Linux 6.14; put it on a line of "
		"its "
		"own [suffix-comment]",
		"correct the rule, and sign the policy again");
	version = KERNEL(6, 14);
	check(-EINVAL, true, "the kernel refuses a rule, without a reason in its log",
		"correct the rule, and sign the policy again");
}

static void other_refusals_are_told(void **context)
{
	(void)context;
	check(-ETXTBSY, true, "is open for writing in another process, so the kernel does not read it",
		"close it there and try again");
	check(-ENOENT, true, "the kernel cannot open it by its descriptor: /proc is not mounted",
		"mount procfs on /proc");
	check(-ENOMEM, true, "the kernel refuses to load it: Cannot allocate memory", NULL);
}

#define SUBMIT_TEST(test) cmocka_unit_test_setup_teardown(test, start, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SUBMIT_TEST(policy_file_that_cannot_be_opened),
		SUBMIT_TEST(digest_that_cannot_be_made_is_told),
		SUBMIT_TEST(signature_of_its_own_explains_best),
		SUBMIT_TEST(kernels_log_explains_an_appraisal),
		SUBMIT_TEST(kernels_log_explains_an_appraisal_by_evm),
		SUBMIT_TEST(silent_appraisal_is_told),
		SUBMIT_TEST(bad_rule_is_told),
		SUBMIT_TEST(unknown_label_is_told),
		SUBMIT_TEST(bad_rule_is_told_with_its_place),
		SUBMIT_TEST(rule_is_judged_for_the_running_kernel),
		SUBMIT_TEST(other_refusals_are_told),
	};

	return RUN_TESTS(tests);
}
