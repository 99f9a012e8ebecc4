// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/candidate.c: every stage of a policy of the root on its way into the kernel.
 * wrap: sigcheck_verify securityfs_submit securityfs_policy_state kmsg_mark kmsg_collect
 * wrap: kmsg_lift_limit kmsg_restore_limit fgetxattr fsetxattr memfd_create write fstatfs
 */
#include "fakepolicy.h"

static void policy_is_read_with_its_attribute(void **context)
{
	(void)context;
	fake.xattr = "signature";
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_string_equal(record.path, "/p");
	assert_string_equal(
		record.sha256, "8818d016bf6ad2955510ea05054b6287e0b6732ac22a6c323fcda06476d04a72");
	assert_int_equal(candidate.sig_len, 9);
	assert_int_equal(record.stage, STAGE_READ);
	assert_int_equal(record.result, CANDIDATE_FAILED); /* until it is in force */
}

static void file_without_attributes_is_unsigned(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_int_equal(candidate.sig_len, 0);
	candidate_free(&candidate);
	free(record.path);
	fake.xattr_error = EOPNOTSUPP;
	assert_int_equal(read_it(false), 0);
	assert_int_equal(candidate.sig_len, 0);
}

static void unreadable_attribute_is_a_failure(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	fake.xattr_error = ERANGE;
	check_failed(read_it(false), STAGE_READ, -ERANGE,
		"its security.ima is longer than 1024 bytes, the most that is read", "sign the file again");
	candidate_free(&candidate);
	free(record.path);
	fake.xattr_error = EIO;
	check_failed(read_it(false), STAGE_READ, -EIO, "its security.ima cannot be read: Input/output error",
		NULL);
}

/* What was checked is what the kernel gets, whatever another machine hands out at the next opening. */
static void policy_of_another_machine_is_loaded_from_a_copy(void **context)
{
	static const unsigned int types[] = {NFS_SUPER_MAGIC, V9FS_MAGIC, FUSE_SUPER_MAGIC, 0};
	size_t i;

	(void)context;
	fake.xattr = "signature";
	candidate.copy_remote = true;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		fake.fs_type = types[i];
		*fake.attached = '\0';
		fakeroot_file("/r/p", "audit\n");
		assert_int_equal(read_it(false), 0);
		assert_string_equal(fake.attached, "signature");
		fakeroot_file("/r/p", "other\n");
		assert_int_equal(candidate_dry_run(&candidate), 0);
		assert_string_equal(fake.submitted, "audit\n");
		assert_int_equal(fake.access, O_RDONLY);
		candidate_free(&candidate);
		free(record.path);
	}
	/* A local one is loaded from where it is, so that logs have its name. */
	*fake.attached = '\0';
	fake.fs_type = EXT4_SUPER_MAGIC;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_string_equal(fake.attached, "");
	candidate_free(&candidate);
	free(record.path);
	candidate.copy_remote = false;
	fake.fs_type = NFS_SUPER_MAGIC;
	assert_int_equal(read_it(false), 0);
	assert_string_equal(fake.attached, "");
}

static void absent_policy_is_no_failure(void **context)
{
	(void)context;
	assert_int_equal(read_it(false), -ENOENT);
	assert_int_equal(record.result, CANDIDATE_ABSENT);
}

static void dangling_link_is_a_failure(void **context)
{
	(void)context;
	fakeroot_link("/r/p", "gone");
	assert_int_equal(read_it(false), -ENOENT);
	assert_int_equal(record.result, CANDIDATE_FAILED);
	assert_string_equal(record.problem.remedy, "put the file itself here, or correct the link");
}

static void content_is_checked(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "# nothing\n");
	check_failed(read_it(false), STAGE_READ, -ENODATA,
		"holds no rule, only comments and blank lines: the kernel would commit nothing",
		"write the rules, or remove the file");
	assert_int_equal(strlen(record.sha256), 64);
}

static void large_policy_is_refused(void **context)
{
	static char large[POLICY_SIZE_MAX + 1];

	(void)context;
	fakeroot_bytes("/r/p", large, sizeof(large));
	check_failed(read_it(false), STAGE_READ, -EFBIG, "is larger than 1024 KiB, the most that is read",
		"check that it is the right file");
}

static void required_signature_is_a_stage(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	check_failed(candidate_check_signature(&candidate, true), STAGE_SIGNATURE, -EKEYREJECTED,
		"is badly signed", "sign it");
	assert_null(record.signed_by);
	assert_string_equal(buf_string(&fake.calls),
		"verify /p .ima, for SHA-1 set allow-sha1 = yes in /etc/imaboot/imaboot.conf of the image\n");
	fake.signer = "A: 01";
	assert_int_equal(candidate_check_signature(&candidate, true), 0);
	assert_string_equal(record.signed_by, "A: 01");
}

static void optional_signature_is_only_recorded(void **context)
{
	(void)context;
	candidate.keyring = NULL;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_int_equal(candidate_check_signature(&candidate, false), 0);
	assert_int_equal(record.stage, STAGE_READ);
	assert_int_equal(record.problem.error, 0);
	assert_string_equal(record.not_verified, "is badly signed");
	assert_string_equal(buf_string(&fake.calls), "verify /p the keyring, for SHA-1 set allow-sha1 = yes "
						     "in /etc/imaboot/imaboot.conf of the image\n");
}

static void dry_run_watches_the_log_and_commits_nothing(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_int_equal(candidate_dry_run(&candidate), 0);
	assert_int_equal(record.stage, STAGE_DRY_RUN);
	assert_string_equal(fake.submitted, "audit\n");
	assert_false(fake.want_audit);
	assert_string_equal(buf_string(&fake.calls), "mark\nlift\ndry run\ncollect\nrestore\n");
}

static void refused_dry_run_is_explained(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	fake.submit_error = -EACCES;
	check_failed(candidate_dry_run(&candidate), STAGE_DRY_RUN, -EACCES, "is badly signed", "sign it");
	assert_true(fake.want_audit);
	fake.submit_error = -EINVAL;
	strcpy(fake.facts.bad_rule, "action=measure func=BOGUS");
	check_failed(candidate_dry_run(&candidate), STAGE_DRY_RUN, -EINVAL,
		"the kernel refuses a rule; it logged: action=measure func=BOGUS",
		"correct the rule, and sign the policy again");
	assert_true(fake.want_audit);
}

static void policy_file_that_cannot_be_opened_has_no_log(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	fake.opened = false;
	fake.submit_error = -EROFS;
	check_failed(candidate_dry_run(&candidate), STAGE_DRY_RUN, -EROFS,
		"the guard over the kernel's policy file is set",
		"lift it with 'imaboot guard off', load, and set it again");
	assert_null(strstr(buf_string(&fake.calls), "collect"));
}

/* Commits with that state and those lines in the log; the proof, NULL for none. */
static const char *proof_of(enum policy_state after, bool completed, bool failed)
{
	int r;

	fake.after = after;
	fake.facts = (struct kmsg_facts){.completed = completed, .failed = failed};
	r = candidate_commit(&candidate);
	assert_int_equal(r, record.proof ? 0 : -EPROTO);
	assert_int_equal(record.stage, STAGE_CONFIRM);
	assert_int_equal(record.result, record.proof ? CANDIDATE_ACCEPTED : CANDIDATE_FAILED);
	return record.proof;
}

static void commit_is_proven(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_string_equal(proof_of(POLICY_GONE, false, false), "file-gone");
	assert_string_equal(proof_of(POLICY_READ_ONLY, false, false), "read-only");
	assert_string_equal(proof_of(POLICY_WRITABLE, true, false), "kernel-log");
	assert_string_equal(proof_of(POLICY_READABLE, true, false), "kernel-log");
}

/* What the kernel shows is a proof, but never against what it logged. */
static void shown_rules_prove_a_commit(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "# mine\nmeasure   mask=MAY_EXEC func=BPRM_CHECK\naudit\n");
	assert_int_equal(read_it(false), 0);
	fakeroot_file(IMA_POLICY, "dont_measure \nmeasure func=BPRM_CHECK mask=MAY_EXEC \naudit \n");
	assert_string_equal(proof_of(POLICY_READABLE, false, false), "read-back");
	assert_string_equal(proof_of(POLICY_READABLE, true, false), "read-back");
	assert_string_equal(proof_of(POLICY_READ_ONLY, false, true), "read-only");
	assert_string_equal(proof_of(POLICY_GONE, false, true), "file-gone");
	assert_null(proof_of(POLICY_READABLE, true, true));
	problem_free(&record.problem);
	assert_null(proof_of(POLICY_WRITABLE, false, false)); /* it cannot be read there */
	problem_free(&record.problem);
	fakeroot_file(IMA_POLICY, "measure func=BPRM_CHECK mask=MAY_EXEC \naudit \nmeasure \n");
	assert_null(proof_of(POLICY_READABLE, false, false));
	problem_free(&record.problem);
	assert_string_equal(proof_of(POLICY_READABLE, true, false), "kernel-log");
	assert_int_equal(unlink(fakeroot_path(IMA_POLICY)), 0);
	assert_string_equal(proof_of(POLICY_READABLE, true, false), "kernel-log");
}

/* True where the policy of that text is in force, the kernel showing that. */
static bool is_in_force(const char *policy, const char *shown, enum policy_state state)
{
	bool in_force;

	fakeroot_file("/r/p", policy);
	fakeroot_file(IMA_POLICY, shown);
	fake.after = state;
	assert_int_equal(read_it(false), 0);
	in_force = candidate_is_in_force(&candidate);
	assert_int_equal(record.stage, in_force ? STAGE_CONFIRM : STAGE_READ);
	assert_int_equal(record.result, in_force ? CANDIDATE_ACCEPTED : CANDIDATE_FAILED);
	assert_int_equal(record.proof != NULL, in_force);
	candidate_free(&candidate);
	free(take_pointer(record.path));
	record.proof = NULL;
	return in_force;
}

static void rules_in_force_need_no_load(void **context)
{
	(void)context;
	assert_true(is_in_force("audit\n", "audit \n", POLICY_READABLE));
	/* Behind other rules: the first match counts, so these may mean nothing. */
	assert_false(is_in_force("audit\n", "measure \naudit \n", POLICY_READABLE));
	assert_false(is_in_force("audit\n", "audit \nmeasure \n", POLICY_READABLE));
	assert_false(is_in_force("audit\n", "", POLICY_READABLE));
	assert_false(is_in_force("audit\n", "audit \n", POLICY_WRITABLE));
	assert_false(is_in_force("audit\n", "audit \n", POLICY_READ_ONLY));
	assert_false(is_in_force("audit\n", "audit \n", POLICY_GONE));
	/* A rule that is not one is shown by no kernel. */
	assert_false(is_in_force("audit\nbogus\n", "audit \nbogus \n", POLICY_READABLE));
	/* The end of another rule is not the policy's first one. */
	assert_false(is_in_force("audit\n", "dont_audit \n", POLICY_READABLE));
	assert_string_equal(buf_string(&fake.calls), "");
}

static void refused_rule_is_told_with_its_place(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n  measure mask=MAY_REED\n");
	assert_int_equal(read_it(false), 0);
	fake.submit_error = -EINVAL;
	strcpy(fake.facts.bad_rule, "mask=MAY_REED");
	check_failed(candidate_dry_run(&candidate), STAGE_DRY_RUN, -EINVAL,
		"line 2, column 16: mask= cannot be 'MAY_REED'; did you mean 'MAY_READ'? [unknown-value]",
		"correct the rule, and sign the policy again");
}

static void commit_without_proof_is_a_failure(void **context)
{
	static const char remedy[] = "look at the kernel's log (dmesg) for lines with ima";

	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	assert_null(proof_of(POLICY_WRITABLE, false, false));
	check_failed(-EPROTO, STAGE_CONFIRM, -EPROTO,
		"the kernel took the file, but nothing proves that its rules are in force", remedy);
	assert_null(proof_of(POLICY_READABLE, true, true));
	check_failed(-EPROTO, STAGE_CONFIRM, -EPROTO,
		"the kernel took the file and then dropped it: it logged \"policy update failed\"", remedy);
}

/* The kernel reads the file again each time; a change in between is noticed. */
static void file_that_changes_is_not_committed(void **context)
{
	static const char *const contents[] = {"audjt\n", "audit\nmeasure\n", "aud"};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(contents); i++) {
		fakeroot_file("/r/p", "audit\n");
		assert_int_equal(read_it(false), 0);
		assert_int_equal(candidate_dry_run(&candidate), 0);
		fakeroot_file("/r/p", contents[i]);
		check_failed(candidate_commit(&candidate), STAGE_COMMIT, -ESTALE,
			"was changed after it was checked; it was not loaded",
			"find out what writes to it: nothing should while the machine boots");
		assert_null(strstr(buf_string(&fake.calls), "commit"));
		candidate_free(&candidate);
		free(take_pointer(record.path));
	}
}

static void file_that_changes_while_it_is_loaded_is_told(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	fake.rewrite = "dont_appraise\n";
	check_failed(candidate_commit(&candidate), STAGE_CONFIRM, -ESTALE,
		"was changed while the kernel loaded it: what is in force is not what was checked",
		"find out what writes to it: nothing should while the machine boots");
}

static void refused_commit_is_explained(void **context)
{
	(void)context;
	fakeroot_file("/r/p", "audit\n");
	assert_int_equal(read_it(false), 0);
	fake.submit_error = -ETXTBSY;
	check_failed(candidate_commit(&candidate), STAGE_COMMIT, -ETXTBSY,
		"is open for writing in another process, so the kernel does not read it",
		"close it there and try again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CANDIDATE_TEST(policy_is_read_with_its_attribute),
		CANDIDATE_TEST(file_without_attributes_is_unsigned),
		CANDIDATE_TEST(unreadable_attribute_is_a_failure),
		CANDIDATE_TEST(policy_of_another_machine_is_loaded_from_a_copy),
		CANDIDATE_TEST(absent_policy_is_no_failure),
		CANDIDATE_TEST(dangling_link_is_a_failure),
		CANDIDATE_TEST(content_is_checked),
		CANDIDATE_TEST(large_policy_is_refused),
		CANDIDATE_TEST(required_signature_is_a_stage),
		CANDIDATE_TEST(optional_signature_is_only_recorded),
		CANDIDATE_TEST(dry_run_watches_the_log_and_commits_nothing),
		CANDIDATE_TEST(refused_dry_run_is_explained),
		CANDIDATE_TEST(policy_file_that_cannot_be_opened_has_no_log),
		CANDIDATE_TEST(commit_is_proven),
		CANDIDATE_TEST(shown_rules_prove_a_commit),
		CANDIDATE_TEST(rules_in_force_need_no_load),
		CANDIDATE_TEST(refused_rule_is_told_with_its_place),
		CANDIDATE_TEST(commit_without_proof_is_a_failure),
		CANDIDATE_TEST(file_that_changes_is_not_committed),
		CANDIDATE_TEST(file_that_changes_while_it_is_loaded_is_told),
		CANDIDATE_TEST(refused_commit_is_explained),
	};

	return RUN_TESTS(tests);
}
