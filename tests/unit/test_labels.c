// SPDX-License-Identifier: MIT
/* Tests of initrd/labels.c: labels in a policy, and whether they can become known. wrap: calloc root_list rootfile_read */
#include "labels.h"
#include "fakeroot.h"
#include "policy_model.h"
#include "rootfile.h"

#define POLICY_FILE "/root/etc/selinux/default/policy/policy.33"
#define MAGIC "\x8c\xff\x7c\xf9"
/* A type my_t, a role my_r, a user my_u. */
#define NAMES "\4\0\0\0vvvvppppbbbbmy_t\4\0\0\0vvvvbbbbmy_r\4\0\0\0vvvvbbbbmy_u"

static bool no_memory;
static int list_error;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
int __real_root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count);
int __wrap_root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count);

void *__wrap_calloc(size_t count, size_t size)
{
	return no_memory ? NULL : __real_calloc(count, size);
}

int __wrap_root_list(int root_fd, const char *path, size_t max, char ***ret, size_t *ret_count)
{
	return list_error ? list_error : __real_root_list(root_fd, path, max, ret, ret_count);
}

static int read_error; /* of a policy */

int __real_rootfile_read(int root_fd, const char *root, const char *path, size_t max, struct rootfile *ret,
	struct problem *found);
int __wrap_rootfile_read(int root_fd, const char *root, const char *path, size_t max, struct rootfile *ret,
	struct problem *found);

int __wrap_rootfile_read(int root_fd, const char *root, const char *path, size_t max, struct rootfile *ret,
	struct problem *found)
{
	return read_error && strstr(path, "/policy.")
		       ? read_error
		       : __real_rootfile_read(root_fd, root, path, max, ret, found);
}

static struct problem problem;

/* A root with an SELinux policy, on a kernel with that list of modules. */
static int start(void **context)
{
	no_memory = false;
	list_error = 0;
	if (fakeroot_new(context) < 0)
		return -1;
	fakeroot_file(LSM_FILE, "capability,lockdown,selinux,integrity");
	fakeroot_file("/root"
		      "/etc/selinux/config",
		"SELINUX=enforcing\nSELINUXTYPE=default\n");
	fakeroot_bytes(POLICY_FILE, MAGIC NAMES, sizeof(MAGIC NAMES) - 1);
	return 0;
}

static int look_up(const char *text, bool with_root)
{
	_cleanup_policy_ struct policy policy = {0};
	int fd = with_root ? root_open(fakeroot_path("/root")) : -1, r;

	assert_int_equal(labels_parse(text, strlen(text), KERNEL(6, 1), &policy), 0);
	assert_true(lsmlabels_are_in(&policy));
	problem_free(&problem);
	r = labels_check(&policy, fd, "/root", &problem);
	if (fd >= 0)
		(void)close(fd);
	return r;
}

static void check_refused(const char *text, const char *reason, const char *remedy)
{
	assert_int_equal(look_up(text, true), -ENOENT);
	assert_problem(&problem, -ENOENT, reason, remedy);
}

static void labels_are_found_and_taken_away(void **context)
{
	static const char text[] = "# c\ndont_appraise func=BPRM_CHECK obj_type=my_t subj_role=r\nmeasure "
				   "func=FILE_CHECK uid=0 obj_user=u template=ima-sig\naudit\n";
	_cleanup_policy_ struct policy policy = {0}, plain = {0};
	struct buf stripped = {0};

	(void)context;
	assert_int_equal(labels_parse(text, strlen(text), KERNEL(6, 1), &policy), 0);
	assert_true(lsmlabels_are_in(&policy));
	labels_strip(&policy, &stripped);
	assert_string_equal(buf_string(&stripped),
		"dont_appraise func=BPRM_CHECK \nmeasure func=FILE_CHECK uid=0 template=ima-sig \naudit \n");
	assert_int_equal(labels_parse(buf_string(&stripped), stripped.len, KERNEL(6, 1), &plain), 0);
	assert_false(lsmlabels_are_in(&plain));
	buf_free(&stripped);
}

static void errors_of_a_text_are_told(void **context)
{
	_cleanup_policy_ struct policy policy = {0};

	(void)context;
	assert_int_equal(labels_parse("measure obj_type=a\nbogus\n", 25, KERNEL(6, 1), &policy), -EINVAL);
	assert_true(lsmlabels_are_in(&policy));
}

static void closed_chain_is_seen(void **context)
{
	static const struct {
		const char *text;
		bool is_closed;
	} texts[] = {{"appraise func=POLICY_CHECK appraise_type=imasig\n", true},
		{"audit\nappraise fowner=0\n", true}, {"audit\n", false},
		{"appraise func=BPRM_CHECK\ndont_appraise func=POLICY_CHECK\n", false}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_policy_ struct policy policy = {0};

		assert_int_equal(
			labels_parse(texts[i].text, strlen(texts[i].text), KERNEL(6, 1), &policy), 0);
		assert_int_equal(labels_chain_is_closed(&policy), texts[i].is_closed);
	}
}

static void labels_of_the_roots_policy_will_be_known(void **context)
{
	(void)context;
	assert_int_equal(
		look_up("audit obj_type=my_t subj_type=my_t obj_role=my_r\naudit subj_user=my_u\n", true), 0);
}

static void module_must_be_active(void **context)
{
	static const char remedy[] = "switch the module on (security=selinux on the kernel command line), or "
				     "write the rule without a label";

	(void)context;
	fakeroot_file(LSM_FILE, "capability,apparmor\n");
	check_refused("audit\naudit obj_type=my_t\n",
		"line 2: the label obj_type=my_t can never become known: no security module that is active "
		"has "
		"such labels (active: capability,apparmor)",
		remedy);
	assert_int_equal(look_up("audit subj_role=unconfined\n", true), 0);
	fakeroot_file(LSM_FILE, "smack");
	assert_int_equal(look_up("audit subj_user=_\naudit obj_user=_\n", true), 0);
	check_refused("audit subj_role=r\n",
		"line 1: the label subj_role=r can never become known: no security module that is active has "
		"such labels (active: smack)",
		remedy);
	assert_int_equal(unlink(fakeroot_path(LSM_FILE)), 0);
	check_refused("audit obj_type=my_t\n",
		"line 1: the label obj_type=my_t can never become known: no security module that is active "
		"has "
		"such labels (active: none)",
		remedy);
}

/* What another module has too is not looked up in SELinux's policy. */
static void only_labels_of_selinux_alone_are_looked_up(void **context)
{
	(void)context;
	fakeroot_file(LSM_FILE, "apparmor,selinux,smack");
	assert_int_equal(look_up("audit subj_role=other obj_user=other\n", true), 0);
	check_refused("audit subj_role=other obj_type=other\n",
		"line 1: the label obj_type=other can never become known: the root's SELinux policy, "
		"/etc/selinux/default/policy, does not have it",
		"correct the label, or install the SELinux module that defines it");
}

static void unknown_label_is_told_with_its_line(void **context)
{
	(void)context;
	check_refused("audit obj_type=my_t\n\naudit subj_user=my_t\n",
		"line 3: the label subj_user=my_t can never become known: the root's SELinux policy, "
		"/etc/selinux/default/policy, does not have it",
		"correct the label, or install the SELinux module that defines it");
}

static void any_policy_of_the_folder_counts(void **context)
{
	(void)context;
	fakeroot_bytes("/root/etc/selinux/default/policy/policy.31", MAGIC "\3\0\0\0vvvvppppbbbbold",
		sizeof(MAGIC "\3\0\0\0vvvvppppbbbbold") - 1);
	fakeroot_file("/root/etc/selinux/default/policy/policy.bak", "nonsense");
	fakeroot_dir("/root/etc/selinux/default/policy/policy.dir");
	assert_int_equal(look_up("audit obj_type=my_t\naudit obj_type=old\n", true), 0);
	fakeroot_bytes("/root/etc/selinux/default/policy/other", MAGIC "\1\0\0\0vvvvppppbbbbx",
		sizeof(MAGIC "\1\0\0\0vvvvppppbbbbx") - 1);
	assert_int_equal(look_up("audit obj_type=x\n", true), -ENOENT);
}

static void root_without_a_policy_is_told(void **context)
{
	static const char remedy[] = "install an SELinux policy, or write the rule without a label";

	(void)context;
	assert_int_equal(unlink(fakeroot_path(POLICY_FILE)), 0);
	check_refused("audit obj_type=my_t\n",
		"line 1: the label obj_type=my_t can never become known: the root has no SELinux policy in "
		"/etc/selinux/default/policy",
		remedy);
	assert_int_equal(unlink(fakeroot_path("/root/etc/selinux/config")), 0);
	check_refused("audit obj_type=my_t\n",
		"line 1: the label obj_type=my_t can never become known: the root has no SELinux policy in "
		"/etc/selinux/targeted/policy",
		remedy);
}

static void disabled_selinux_is_told(void **context)
{
	(void)context;
	fakeroot_file("/root/etc/selinux/config", "SELINUX=disabled\nSELINUXTYPE=default\n");
	check_refused("audit obj_type=my_t\n",
		"line 1: the label obj_type=my_t can never become known: /etc/selinux/config of the root "
		"says "
		"SELINUX=disabled",
		"let the root load its SELinux policy (SELINUX=permissive or enforcing), or write the rule "
		"without a label");
}

static void unreadable_files_are_told(void **context)
{
	(void)context;
	list_error = -EIO;
	assert_int_equal(look_up("audit obj_type=my_t\n", true), -EIO);
	assert_problem(&problem, -EIO,
		"/etc/selinux/default/policy of the root cannot be read: Input/output error",
		"check it: a policy that is loaded is all that it must hold");
	list_error = 0;
	/* A policy that there is no memory for is not one that is not there. */
	read_error = -ENOMEM;
	assert_int_equal(look_up("audit obj_type=my_t\n", true), -ENOMEM);
	assert_string_equal(problem_reason_text(&problem),
		"/etc/selinux/default/policy of the root cannot be read: Cannot allocate memory");
	read_error = 0;
	assert_int_equal(unlink(fakeroot_path("/root/etc/selinux/config")), 0);
	fakeroot_dir("/root/etc/selinux/config");
	assert_int_equal(look_up("audit obj_type=my_t\n", true), -EISDIR);
	assert_string_equal(problem_reason_text(&problem),
		"/etc/selinux/config of the root cannot be read: Is a directory");
	no_memory = true;
	assert_int_equal(look_up("audit obj_type=my_t\n", true), -ENOMEM);
	assert_string_equal(problem_reason_text(&problem), "there is no memory to look up its labels");
	problem_free(&problem);
}

static void make_policy(const char *name, size_t size)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/root/etc/selinux/default/policy/%s", name);
	fakeroot_bytes(path, MAGIC NAMES, sizeof(MAGIC NAMES) - 1);
	assert_int_equal(truncate(fakeroot_path(path), (off_t)size), 0);
}

/* Whoever writes to the root decides how large the policies are: so much is read of all of them. */
static void policies_are_read_up_to_a_sum(void **context)
{
	(void)context;
	make_policy("policy.30", 60 << 20);
	make_policy("policy.31", 60 << 20);
	make_policy("policy.32", 8 << 20);
	make_policy("policy.33", (8 << 20) + 1);
	assert_int_equal(look_up("audit obj_type=other\n", true), -E2BIG);
	assert_problem(&problem, -E2BIG,
		"/etc/selinux/default/policy of the root cannot be read: it holds more than 64 files or 128 "
		"MiB",
		"check it: a policy that is loaded is all that it must hold");
	/* What is found is not looked for any longer. */
	assert_int_equal(look_up("audit obj_type=my_t\n", true), 0);
	/* A file that is too large by itself is none that is loaded. */
	make_policy("policy.33", 1000);
	make_policy("policy.31", (64 << 20) + 1);
	check_refused("audit obj_type=other\n",
		"line 1: the label obj_type=other can never become known: the root's SELinux policy, "
		"/etc/selinux/default/policy, does not have it",
		"correct the label, or install the SELinux module that defines it");
}

/* Once SELinux has a policy, or where there is no root, the kernel alone says what it knows. */
static void kernel_is_asked_where_files_do_not_count(void **context)
{
	(void)context;
	fakeroot_file(PROC_SELF_CONTEXT, "kernel");
	assert_int_equal(look_up("audit obj_type=other\n", true), -ENOENT);
	assert_int_equal(look_up("audit obj_type=other\n", false), 0);
	fakeroot_file(PROC_SELF_CONTEXT, "system_u:system_r:kernel_t:s0");
	assert_int_equal(look_up("audit obj_type=other\n", true), 0);
	problem_free(&problem);
}

#define LABELS_TEST(test) cmocka_unit_test_setup_teardown(test, start, fakeroot_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LABELS_TEST(labels_are_found_and_taken_away),
		LABELS_TEST(errors_of_a_text_are_told),
		LABELS_TEST(closed_chain_is_seen),
		LABELS_TEST(labels_of_the_roots_policy_will_be_known),
		LABELS_TEST(module_must_be_active),
		LABELS_TEST(only_labels_of_selinux_alone_are_looked_up),
		LABELS_TEST(unknown_label_is_told_with_its_line),
		LABELS_TEST(any_policy_of_the_folder_counts),
		LABELS_TEST(root_without_a_policy_is_told),
		LABELS_TEST(disabled_selinux_is_told),
		LABELS_TEST(unreadable_files_are_told),
		LABELS_TEST(policies_are_read_up_to_a_sum),
		LABELS_TEST(kernel_is_asked_where_files_do_not_count),
	};

	return RUN_TESTS(tests);
}
