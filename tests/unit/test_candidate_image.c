// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/candidate.c: the image's policy, whose signature is a file.
 * wrap: sigcheck_verify securityfs_submit securityfs_policy_state kmsg_mark kmsg_collect
 * wrap: kmsg_lift_limit kmsg_restore_limit fgetxattr fsetxattr memfd_create write fstatfs
 */
#include "fakepolicy.h"

static void policy_and_signature_meet_in_a_memory_file(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/imaboot/policy", "audit\n");
	fakeroot_file("/r/etc/imaboot/policy.sig", "signature");
	fake.xattr = "signature";
	assert_int_equal(read_it(true), 0);
	assert_string_equal(record.path, "/etc/imaboot/policy");
	assert_string_equal(fake.attached, "signature");
	assert_int_equal(candidate_dry_run(&candidate), 0);
	assert_string_equal(fake.submitted, "audit\n");
	assert_int_equal(fake.access, O_RDONLY); /* else the kernel says ETXTBSY */
	fake.signer = "A: 01";
	assert_int_equal(candidate_check_signature(&candidate, true), 0);
}

static void policy_without_signature_file_is_unsigned(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/imaboot/policy", "audit\n");
	assert_int_equal(read_it(true), 0);
	assert_int_equal(candidate.sig_len, 0);
	assert_string_equal(fake.attached, "");
}

static void absent_image_policy_is_no_failure(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/imaboot/policy.sig", "signature");
	assert_int_equal(read_it(true), -ENOENT);
	assert_int_equal(record.result, CANDIDATE_ABSENT);
}

static void dangling_link_to_the_image_policy_is_a_failure(void **context)
{
	(void)context;
	fakeroot_link("/r/etc/imaboot/policy", "gone");
	assert_int_equal(read_it(true), -ENOENT);
	assert_int_equal(record.result, CANDIDATE_FAILED);
}

static void content_of_the_image_policy_is_checked(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/imaboot/policy", "audit");
	check_failed(read_it(true), STAGE_READ, -EINVAL,
		"does not end with a newline, so the kernel refuses it",
		"add one: echo >> '/etc/imaboot/policy', and sign it again");
}

static void bad_signature_file_is_a_failure(void **context)
{
	static const char remedy[] = "make it again: imactl sign --detached --key KEY '/etc/imaboot/policy'";
	char large[IMASIG_MAX + 1];

	(void)context;
	memset(large, 's', sizeof(large));
	fakeroot_file("/r/etc/imaboot/policy", "audit\n");
	fakeroot_bytes("/r/etc/imaboot/policy.sig", large, sizeof(large));
	check_failed(read_it(true), STAGE_READ, -EFBIG,
		"its signature /etc/imaboot/policy.sig is larger than 1 KiB, the most that is read", remedy);
	candidate_free(&candidate);
	free(record.path);
	fakeroot_file("/r/etc/imaboot/policy.sig", "");
	check_failed(read_it(true), STAGE_READ, -ENODATA, "its signature /etc/imaboot/policy.sig is empty",
		remedy);
}

static void longest_signature_fits(void **context)
{
	char longest[IMASIG_MAX];

	(void)context;
	memset(longest, 's', sizeof(longest));
	fakeroot_file("/r/etc/imaboot/policy", "audit\n");
	fakeroot_bytes("/r/etc/imaboot/policy.sig", longest, sizeof(longest));
	assert_int_equal(read_it(true), 0);
	assert_int_equal(candidate.sig_len, IMASIG_MAX);
}

static void memory_file_may_fail(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/imaboot/policy", "audit\n");
	fake.memfd_error = ENOSYS;
	check_failed(read_it(true), STAGE_READ, -ENOSYS,
		"no memory file can be made for it: Function not implemented", NULL);
	candidate_free(&candidate);
	free(record.path);
	fake.memfd_error = 0;
	fake.write_error = ENOSPC;
	check_failed(read_it(true), STAGE_READ, -ENOSPC,
		"no memory file can be made for it: No space left on device", NULL);
	candidate_free(&candidate);
	free(record.path);
	fake.write_error = EIO;
	check_failed(read_it(true), STAGE_READ, -EIO, "no memory file can be made for it: Input/output error",
		NULL);
	fake.write_error = 0;
}

static void attribute_may_be_refused(void **context)
{
	(void)context;
	fakeroot_file("/r/etc/imaboot/policy", "audit\n");
	fakeroot_file("/r/etc/imaboot/policy.sig", "signature");
	fake.fsetxattr_error = EOPNOTSUPP;
	check_failed(read_it(true), STAGE_READ, -EOPNOTSUPP,
		"its signature cannot be attached to a copy in memory: Operation not supported",
		"use a kernel with CONFIG_TMPFS_XATTR, or correct the signature");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CANDIDATE_TEST(policy_and_signature_meet_in_a_memory_file),
		CANDIDATE_TEST(policy_without_signature_file_is_unsigned),
		CANDIDATE_TEST(absent_image_policy_is_no_failure),
		CANDIDATE_TEST(dangling_link_to_the_image_policy_is_a_failure),
		CANDIDATE_TEST(content_of_the_image_policy_is_checked),
		CANDIDATE_TEST(bad_signature_file_is_a_failure),
		CANDIDATE_TEST(longest_signature_fits),
		CANDIDATE_TEST(memory_file_may_fail),
		CANDIDATE_TEST(attribute_may_be_refused),
	};

	return RUN_TESTS(tests);
}
