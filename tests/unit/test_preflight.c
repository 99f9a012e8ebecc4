// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/preflight*.c: what must run next, what the policy makes of it, what is said. Files are made-up ones
 * below /root and /image; their security.ima and file systems are those of the tables below.
 * wrap: appraise_file fgetxattr fs_facts_get securityfs_policy_state securityfs_read_policy clock_gettime
 */
#include "preflight.h"
#include "fakeelf.h"
#include "fakeroot.h"
#include "fsfacts.h"
#include "appraise.h"
#include "log.h"
#include "securityfs.h"
#include <time.h>

#define LINKER "/lib64/ld-linux-x86-64.so.2"
#define BPRM "appraise func=BPRM_CHECK appraise_type=imasig\n"
#define RUNS "denies what must run next: "

static struct {
	const char *paths[8]; /* files whose names end so */
	struct appraised values[8];
	size_t count;
	int error;
	bool uuid_unknown;
	int looks; /* how often a file was appraised */
	const char *shown;
	const char *label; /* security.selinux of every file */
	bool no_time;      /* each look at the clock is a second later */
} fake;

static struct config config;
static struct report_candidate record;
static struct candidate candidate;
static struct preflight preflight;
static struct buf warnings;

int __wrap_appraise_file(int fd, const char *keyring, struct appraised *ret);
ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size);
int __wrap_fs_facts_get(struct fs_table *table, int fd, const struct fs_facts **ret);
enum policy_state __wrap_securityfs_policy_state(void);
int __wrap_securityfs_read_policy(struct buf *ret);

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	static time_t now;

	if (!fake.no_time)
		return __real_clock_gettime(clock, ret);
	*ret = (struct timespec){.tv_sec = ++now};
	return 0;
}

static bool ends_with(int fd, const char *end)
{
	char link[64], path[PATH_MAX] = "";
	size_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	assert_true(readlink(link, path, sizeof(path) - 1) > 0);
	len = strlen(path);
	return len >= strlen(end) && string_equal(path + len - strlen(end), end);
}

int __wrap_appraise_file(int fd, const char *keyring, struct appraised *ret)
{
	size_t i;

	assert_string_equal(keyring, ".ima");
	fake.looks++;
	if (fake.error)
		return fake.error;
	*ret = (struct appraised){.value = VALUE_SIGNATURE_GOOD, .algo = 4};
	for (i = 0; i < fake.count; i++)
		if (ends_with(fd, fake.paths[i]))
			*ret = fake.values[i];
	return 0;
}

ssize_t __wrap_fgetxattr(int fd, const char *name, void *ret, size_t size)
{
	(void)fd;
	assert_string_equal(name, "security.selinux");
	if (!fake.label)
		return -1;
	assert_true(strlen(fake.label) < size);
	memcpy(ret, fake.label, strlen(fake.label) + 1);
	return (ssize_t)strlen(fake.label) + 1;
}

int __wrap_fs_facts_get(struct fs_table *table, int fd, const struct fs_facts **ret)
{
	static struct fs_facts facts;

	(void)table;
	facts = (struct fs_facts){.magic = 0xef53, .name = "ext4", .uuid_known = !fake.uuid_unknown};
	if (ends_with(fd, "/image/bin/sh"))
		facts = (struct fs_facts){.magic = 0x858458f6, .name = "rootfs", .uuid_known = true};
	*ret = &facts;
	return 0;
}

enum policy_state __wrap_securityfs_policy_state(void)
{
	return fake.shown ? POLICY_READABLE : POLICY_WRITABLE;
}

int __wrap_securityfs_read_policy(struct buf *ret)
{
	buf_puts(ret, fake.shown);
	return 0;
}

static void warn(void *context, const char *text)
{
	assert_ptr_equal(context, &fake);
	buf_printf(&warnings, "%s\n", text);
}

static void value(const char *path, enum appraise_value what, const char *text)
{
	fake.paths[fake.count] = path;
	fake.values[fake.count] = (struct appraised){.value = what, .algo = 4};
	(void)snprintf(fake.values[fake.count].text, APPRAISE_TEXT_MAX, "%s", text);
	fake.count++;
}

static void put(const char *path)
{
	fakeroot_bytes(path, fakeelf.bytes, ELF_SIZE);
	assert_int_equal(chmod(fakeroot_path(path), 0755), 0);
}

/* A root whose /sbin/init has a linker and a library, and an image with a shell. */
static int start(void **context)
{
	memset(&fake, 0, sizeof(fake));
	memset(&record, 0, sizeof(record));
	if (fakeroot_new(context) < 0)
		return -1;
	fakeelf_begin(false, NULL);
	put("/root" LINKER);
	put("/root/lib/liba.so");
	put("/image/bin/sh");
	fakeelf_begin(false, LINKER);
	fakeelf_text(DT_NEEDED, "liba.so");
	put("/root/usr/lib/systemd/systemd");
	fakeroot_link("/root/sbin/init", "/usr/lib/systemd/systemd");
	config_init(&config);
	preflight = (struct preflight){.config = &config,
		.root = "/root",
		.image = "/",
		.init = "",
		.recovery = true,
		.warn = warn,
		.context = &fake};
	preflight.root_fd = root_open(fakeroot_path("/root"));
	preflight.image_fd = root_open(fakeroot_path("/image"));
	return 0;
}

static int stop(void **context)
{
	problem_free(&record.problem);
	config_free(&config);
	(void)close(preflight.root_fd);
	(void)close(preflight.image_fd);
	buf_free(&warnings);
	return fakeroot_remove(context);
}

#define PREFLIGHT_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

static void free_record(void)
{
	while (record.denied_count) {
		free(record.denied[--record.denied_count].path);
		free(record.denied[record.denied_count].cause);
	}
	free(record.denied);
	record.denied = NULL;
}

static int run(const char *policy)
{
	free_record();
	candidate = (struct candidate){.record = &record,
		.keyring = ".ima",
		.file = {.fd = -1, .bytes = (uint8_t *)policy, .len = strlen(policy)}};
	return candidate_preflight(&candidate, &preflight);
}

static void check_passes(const char *policy, const char *wanted)
{
	assert_int_equal(run(policy), 0);
	assert_null(record.problem.reason);
	assert_string_equal(buf_string(&warnings), wanted);
	free_record();
	buf_free(&warnings);
}

static void check_refused(const char *policy, const char *reason, const char *remedy)
{
	assert_int_equal(run(policy), -EACCES);
	assert_int_equal(record.stage, STAGE_PREFLIGHT);
	assert_int_equal(record.result, CANDIDATE_FAILED);
	assert_problem(&record.problem, -EACCES, reason, remedy);
	memset(&record.problem, 0, sizeof(record.problem));
	assert_string_equal(buf_string(&warnings), "");
	free_record();
}

static void nothing_to_appraise_is_nothing_to_do(void **context)
{
	(void)context;
	check_passes("measure func=BPRM_CHECK\ndont_appraise fsmagic=0x1\nappraise func=MODULE_CHECK\n", "");
	assert_int_equal(fake.looks, 0);
	config.preflight = PREFLIGHT_OFF;
	value("systemd", VALUE_NONE, "");
	check_passes(BPRM, "");
	/* What the kernel will refuse is not judged. */
	config.preflight = PREFLIGHT_INIT;
	check_passes("appraise func=NONSENSE\n", "");
	assert_int_equal(fake.looks, 0);
}

static void all_is_signed(void **context)
{
	(void)context;
	check_passes(BPRM
		"appraise func=MMAP_CHECK mask=MAY_EXEC appraise_type=imasig\nappraise func=FILE_CHECK\n",
		"");
	assert_int_equal(fake.looks, 4); /* each file once */
}

static void each_cause_has_its_words(void **context)
{
	static const struct {
		enum appraise_value value;
		const char *text, *rule, *cause, *remedy;
	} cases[] = {
		{VALUE_NONE, "", "appraise_type=imasig", "has no signature",
			"sign it: imactl sign --key KEY '/lib/liba.so'"},
		{VALUE_NONE, "has nothing", "mask=MAY_EXEC", "has nothing",
			"sign it: imactl sign --key KEY '/lib/liba.so'"},
		{VALUE_HASH_GOOD, "", "appraise_type=imasig", "has only a hash, and no signature",
			"sign it: imactl sign --key KEY '/lib/liba.so'"},
		{VALUE_HASH_BAD, "has another", "mask=MAY_EXEC", "has another",
			"sign it: imactl sign --key KEY '/lib/liba.so'"},
		{VALUE_SIGNATURE_GOOD, "", "appraise_algos=sha256",
			"has a hash of an algorithm that the rule does not allow",
			"sign it: imactl sign --key KEY '/lib/liba.so'"},
		{VALUE_SIGNATURE_NO_KEY, "is by another", "appraise_type=imasig", "is by another",
			"put the certificate of the key 00000000 into /etc/keys/ima of the image, or sign "
			"the file with a key "
			"that is loaded"},
		{VALUE_UNSUPPORTED, "cannot have any", "appraise_type=imasig", "cannot have any",
			"put the rule 'dont_appraise fsmagic=0xef53' above it: files there carry no "
			"signatures"},
	};
	char policy[256], reason[512];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake.count = 0;
		value("liba.so", cases[i].value, cases[i].text);
		if (strstr(cases[i].rule, "algos"))
			fake.values[0].algo = 6;
		(void)snprintf(
			policy, sizeof(policy), "# rules\nappraise func=MMAP_CHECK %s\n", cases[i].rule);
		(void)snprintf(reason, sizeof(reason),
			RUNS "/lib/liba.so (line 2, 'appraise func=MMAP_CHECK %s': %s)", cases[i].rule,
			cases[i].cause);
		check_refused(policy, reason, cases[i].remedy);
	}
}

static void only_the_first_are_named(void **context)
{
	(void)context;
	value("systemd", VALUE_NONE, "");
	value(".so.2", VALUE_NONE, "");
	value("liba.so", VALUE_NONE, "");
	value("/other", VALUE_NONE, "");
	fakeelf_begin(false, NULL);
	put("/root/lib/systemd/system-generators/none");
	put("/root/other");
	assert_int_equal(run("appraise func=MMAP_CHECK appraise_type=imasig\n"), -EACCES);
	assert_string_equal(problem_remedy_text(&record.problem),
		"sign them: imactl sign --key KEY '/usr/lib/systemd/systemd' '" LINKER "' '/lib/liba.so'");
	assert_int_equal(record.denied_count, 3);
	assert_string_equal(record.denied[1].path, LINKER);
	assert_int_equal(record.denied[1].line, 1);
	assert_string_equal(record.denied[1].cause, "has no signature");
	preflight.init = "/other";
	assert_int_equal(run(BPRM), -EACCES);
	assert_string_equal(problem_remedy_text(&record.problem), "sign it: imactl sign --key KEY '/other'");
	free_record();
}

static void a_library_is_not_executed(void **context)
{
	(void)context;
	value("liba.so", VALUE_NONE, "");
	value(".so.2", VALUE_NONE, "");
	check_passes(BPRM "appraise func=CREDS_CHECK appraise_type=imasig\n", "");
	check_refused("appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig\n",
		RUNS "/lib/liba.so (line 1, 'appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig': "
		     "has no signature)",
		"sign it: imactl sign --key KEY '/lib/liba.so'");
	check_refused("appraise func=FILE_CHECK mask=MAY_EXEC appraise_type=imasig\n",
		RUNS LINKER
		" (line 1, 'appraise func=FILE_CHECK mask=MAY_EXEC appraise_type=imasig': has no signature)",
		"sign it: imactl sign --key KEY '" LINKER "'");
}

static void the_image_must_run_too(void **context)
{
	(void)context;
	value("/image/bin/sh", VALUE_UNSUPPORTED, "is on a file system without extended attributes");
	check_refused(BPRM,
		RUNS "/bin/sh of the image (line 1, 'appraise func=BPRM_CHECK appraise_type=imasig': is on a "
		     "file system "
		     "without extended attributes)",
		"put the rule 'dont_appraise fsmagic=0x858458f6' above it: files there carry no signatures");
	check_passes("dont_appraise fsmagic=0x858458f6\n" BPRM, "");
	preflight.recovery = false;
	check_passes(BPRM,
		"preflight: the policy denies what the boot may do without: /bin/sh of the image (line 1, "
		"'appraise "
		"func=BPRM_CHECK appraise_type=imasig': is on a file system without extended attributes)\n");
	fakeelf_begin(false, NULL);
	put("/image/sbin/switch_root");
	value("switch_root", VALUE_NONE, "");
	assert_int_equal(run(BPRM), -EACCES);
	free_record();
}

/* Each program that the recovery is made of, where the others may run. */
static void the_recovery_must_run_too(void **context)
{
	static const char *const programs[] = {
		"/usr/lib/imaboot/busybox", "/usr/lib/imaboot/imaboot-auth", "/usr/sbin/imaboot"};
	char path[128], wanted[256];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		(void)snprintf(path, sizeof(path), "/image%s", programs[i]);
		fakeelf_begin(false, NULL);
		put(path);
		value(path, VALUE_NONE, "");
		(void)snprintf(wanted, sizeof(wanted), RUNS "%s of the image (line 1, '", programs[i]);
		assert_int_equal(run(BPRM), -EACCES);
		assert_non_null(strstr(problem_reason_text(&record.problem), wanted));
		free_record();
		assert_int_equal(unlink(fakeroot_path(path)), 0);
	}
}

static void without_enforcement_it_is_a_warning(void **context)
{
	(void)context;
	value("systemd", VALUE_NONE, "");
	preflight.mode = "log";
	check_passes(BPRM, "preflight: what must run next would be denied, were appraisal not in mode log "
			   "(ima_appraise=): "
			   "/usr/lib/systemd/systemd (line 1, 'appraise func=BPRM_CHECK "
			   "appraise_type=imasig': has no signature)\n");
}

static void what_is_not_known_is_a_warning(void **context)
{
	(void)context;
	value("systemd", VALUE_SIGNATURE_GOOD, "is not known");
	fake.values[0].unsure = true;
	fake.values[0].if_wrong = VALUE_SIGNATURE_BAD;
	check_passes(BPRM, "preflight: whether the policy denies these is not known: "
			   "/usr/lib/systemd/systemd (line 1, 'appraise "
			   "func=BPRM_CHECK appraise_type=imasig': is not known)\n");
	fake.count = 0;
	fake.error = -EIO;
	assert_int_equal(run(BPRM), 0);
	assert_non_null(strstr(buf_string(&warnings), "cannot be read"));
	buf_free(&warnings);
	fake.error = 0;
	value("systemd", VALUE_NONE, "");
	fake.uuid_unknown = true;
	assert_int_equal(run("appraise func=BPRM_CHECK fsuuid=11111111-1111-1111-1111-111111111111 "
			     "appraise_type=imasig\n"),
		0);
	assert_non_null(strstr(buf_string(&warnings), "is not known: /usr/lib/systemd/systemd (line 1, "));
	buf_free(&warnings);
	/* Whatever the UUID is, it is denied. */
	assert_int_equal(
		run("dont_appraise fsuuid=11111111-1111-1111-1111-111111111111 uid=1\n" BPRM), -EACCES);
	free_record();
}

static void rules_in_force_stay_in_front(void **context)
{
	(void)context;
	value("systemd", VALUE_NONE, "");
	fake.shown = "dont_appraise func=BPRM_CHECK \n";
	check_passes(BPRM, "");
	preflight.built_in = true;
	assert_int_equal(run(BPRM), -EACCES);
	problem_free(&record.problem);
	preflight.built_in = false;
	fake.shown = BPRM;
	check_refused("audit\n",
		RUNS "/usr/lib/systemd/systemd (a rule that is in force already, 'appraise func=BPRM_CHECK "
		     "appraise_type=imasig': has no signature)",
		"sign it: imactl sign --key KEY '/usr/lib/systemd/systemd'");
	fake.shown = "nonsense\n";
	check_passes("audit\n", "preflight: the rules that are in force already cannot be read back whole\n");
	fake.shown = "";
	check_passes("audit\n", "");
}

static void systemds_own_programs(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	put("/root/usr/lib/systemd/systemd-executor");
	put("/root/bin/sh");
	fakeroot_file("/root/usr/lib/systemd/system-generators/script", "#!/bin/sh\n");
	value("executor", VALUE_NONE, "");
	value("/root/bin/sh", VALUE_NONE, "");
	check_refused(BPRM,
		RUNS "/usr/lib/systemd/systemd-executor (line 1, 'appraise func=BPRM_CHECK "
		     "appraise_type=imasig': has no "
		     "signature), /bin/sh (line 1, 'appraise func=BPRM_CHECK appraise_type=imasig': has no "
		     "signature)",
		"sign them: imactl sign --key KEY '/usr/lib/systemd/systemd-executor' '/bin/sh'");
}

/* Where its policy cannot be loaded, systemd freezes. */
static void what_selinux_needs(void **context)
{
	static const char read[] = "dont_appraise fsmagic=0xf97cff8c\nappraise func=FILE_CHECK mask=MAY_READ "
				   "appraise_type=imasig\n";
	static const char rule[] =
		"(line 2, 'appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig': has "
		"no signature)";
	static const char *const files[] = {"/etc/selinux/lab/policy/policy.33",
		"/etc/selinux/lab/contexts/files/file_contexts.bin",
		"/etc/selinux/lab/contexts/files/file_contexts.local"};
	const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	char reason[512], remedy[256];
	size_t i;

	(void)context;
	fakeroot_file(LSM_FILE, "capability,selinux");
	fakeroot_file("/proc/cmdline", "quiet\n");
	fakeroot_file("/root/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=lab\n");
	fakeroot_file("/root/etc/selinux/lab/policy/policy.9", "p");
	fakeroot_file("/root/etc/selinux/lab/policy/policy.33", "p");
	fakeroot_file("/root/etc/selinux/lab/policy/policy.33x", "p");
	fakeroot_file("/root/etc/selinux/lab/contexts/files/file_contexts", "c");
	fakeroot_file("/root/etc/selinux/lab/contexts/files/file_contexts.bin", "c");
	fakeroot_file("/root/etc/selinux/lab/contexts/files/file_contexts.local", "c");
	fakeroot_file("/root/etc/selinux/lab/contexts/files/file_contexts.local.bin", "c");
	assert_int_equal(utimensat(AT_FDCWD,
				 fakeroot_path("/root/etc/selinux/lab/contexts/files/file_contexts"), old, 0),
		0);
	assert_int_equal(
		utimensat(AT_FDCWD,
			fakeroot_path("/root/etc/selinux/lab/contexts/files/file_contexts.local.bin"), old,
			0),
		0);
	value("policy.9", VALUE_NONE, "");
	value("policy.33x", VALUE_NONE, "");
	value("file_contexts", VALUE_NONE, "");
	value("local.bin", VALUE_NONE, "");
	check_passes(read, "");
	check_refused("appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig\n",
		RUNS
		"/sys/fs/selinux (line 1, 'appraise func=FILE_CHECK mask=MAY_READ appraise_type=imasig': "
		"is on a file system without extended attributes)",
		"put the rule 'dont_appraise fsmagic=0xf97cff8c' above it: files there carry no signatures");
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fake.count = 4;
		value(files[i], VALUE_NONE, "");
		(void)snprintf(reason, sizeof(reason), RUNS "%s %s", files[i], rule);
		(void)snprintf(remedy, sizeof(remedy), "sign it: imactl sign --key KEY '%s'", files[i]);
		check_refused(read, reason, remedy);
	}
	fakeroot_file("/proc/cmdline", "quiet enforcing=0\n");
	check_passes(read, "");
	fakeroot_file("/proc/cmdline", "quiet\n");
	fakeroot_file(LSM_FILE, "capability,apparmor");
	check_passes(read, "");
	fakeroot_file(LSM_FILE, "capability,selinux");
	/* Without its configuration it is not enforced. */
	fake.count = 4;
	value("selinux/config", VALUE_NONE, "");
	assert_int_equal(run(read), 0);
	assert_non_null(strstr(buf_string(&warnings),
		"preflight: the policy denies what the boot may do without: /etc/selinux/config "));
	buf_free(&warnings);
	fake.count = 4;
	value(files[0], VALUE_NONE, "");
	fakeroot_file("/root/etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=lab\n");
	check_passes(read, "");
}

static void labels_come_alive_later(void **context)
{
	static const char policy[] = "dont_appraise obj_type=init_t\n" BPRM;

	(void)context;
	value("systemd", VALUE_NONE, "");
	fake.label = "system_u:object_r:init_t:s0";
	/* Nobody knows them when init is executed. */
	assert_int_equal(run(policy), -EACCES);
	problem_free(&record.problem);
	preflight.labels_later = true;
	check_passes(policy, "");
	preflight.labels_later = false;
	fakeroot_file("/proc/self/attr/current", "system_u:system_r:kernel_t:s0");
	check_passes(policy, "");
	fake.label = "system_u:object_r:other_t:s0";
	assert_int_equal(run(policy), -EACCES);
	problem_free(&record.problem);
	free_record();
}

static void which_init_it_is(void **context)
{
	(void)context;
	assert_int_equal(unlink(fakeroot_path("/root/sbin/init")), 0);
	check_passes(BPRM, "preflight: there is no init in /root: whether one could run under the policy is "
			   "not known\n");
	preflight.init = "/none";
	check_passes(BPRM,
		"preflight: kernel parameter init=/none: there is no such file; the default is looked at\n"
		"preflight: there is no init in /root: whether one could run under the policy is not "
		"known\n");
	fakeelf_begin(false, NULL);
	put("/root/bin/sh");
	value("/root/bin/sh", VALUE_NONE, "");
	preflight.init = "";
	assert_int_equal(run(BPRM), -EACCES);
	free_record();
}

/* A root that would keep the boot busy for hours fails the policy, with the file that asks for so much. */
static void work_for_a_root_is_bounded(void **context)
{
	static char folders[1500];
	char name[16];
	size_t i;

	(void)context;
	for (i = 0; i + 3 < sizeof(folders); i += 3)
		memcpy(folders + i, "/a:", 3);
	fakeelf_begin(false, LINKER);
	fakeelf_text(DT_RPATH, folders);
	for (i = 0; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "lib%zu.so", i);
		fakeelf_text(DT_NEEDED, name);
	}
	put("/root/usr/lib/systemd/systemd");
	put("/root/bin/sh");
	fake.no_time = true;
	assert_int_equal(run(BPRM), -E2BIG);
	assert_int_equal(record.result, CANDIDATE_FAILED);
	assert_problem(&record.problem, -E2BIG,
		"cannot be tried on /sbin/init, which must run next: /usr/lib/systemd/systemd asks for more "
		"files, names or folders than can be looked at in the time and memory for it",
		"see what that file asks for (readelf -d), put the right one in its place, and check the "
		"disk; with preflight = off in /etc/imaboot/imaboot.conf of the image nothing is tried");
	memset(&record.problem, 0, sizeof(record.problem));
	assert_string_equal(buf_string(&warnings), "");
	assert_int_equal(fake.looks, 0);
	/* The same with a file that the configuration lists, or that init= names. */
	config.preflight = PREFLIGHT_LIST;
	config.preflight_paths = (char *[]){(char *)"/bin/sh"};
	config.preflight_path_count = 1;
	assert_int_equal(run(BPRM), -E2BIG);
	config.preflight_paths = NULL;
	config.preflight_path_count = 0;
	config.preflight = PREFLIGHT_INIT;
	preflight.init = "/bin/sh";
	assert_int_equal(run(BPRM), -E2BIG);
	assert_string_equal(buf_string(&warnings), "");
	problem_free(&record.problem);
}

/* The kernel would read all of it when it is opened: what it runs is not known, and nothing is refused for it. */
static void what_is_too_large_is_told(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	put("/root/usr/lib/systemd/systemd-executor");
	assert_int_equal(
		truncate(fakeroot_path("/root/usr/lib/systemd/systemd-executor"), (off_t)1 << 40), 0);
	check_passes(BPRM,
		"preflight: /usr/lib/systemd/systemd-executor, which /usr/lib/systemd/systemd needs, "
		"is larger than 1 GiB, and was not looked at\n");
	/* It is the init all the same: another one is not looked at in its place. */
	put("/root/bin/sh");
	value("/root/bin/sh", VALUE_NONE, "");
	assert_int_equal(truncate(fakeroot_path("/root/usr/lib/systemd/systemd"), (off_t)1 << 40), 0);
	check_passes(BPRM, "preflight: /sbin/init of /root is not looked at: it is larger than 1048576 KiB, "
			   "the most that is read; whether the policy denies it is not known\n");
}

static void a_list_in_the_configuration(void **context)
{
	char *paths[] = {(char *)"/none", (char *)"/opt/p"};

	(void)context;
	fakeelf_begin(false, LINKER);
	fakeelf_text(DT_NEEDED, "libx.so");
	put("/root/opt/p");
	value("systemd", VALUE_NONE, "");
	config.preflight = PREFLIGHT_LIST;
	config.preflight_paths = paths;
	config.preflight_path_count = 2;
	assert_int_equal(run(BPRM), 0);
	assert_string_equal(buf_string(&warnings),
		"preflight: /none, which the configuration lists: there is no such file\n"
		"preflight: libx.so, which /opt/p needs, is not found\n");
	config.preflight_paths = NULL;
	config.preflight_path_count = 0;
}

/* Whoever writes to the root decides how large the files are that are read, up to a bound for one and one for all. */
static void no_more_than_so_much_is_read(void **context)
{
	static char *paths[] = {"/p0", "/p1", "/p2", "/p3", "/p4", "/huge"};
	char path[64];
	size_t i;

	(void)context;
	fakeelf_begin(false, NULL);
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		(void)snprintf(path, sizeof(path), "/root%s", paths[i]);
		put(path);
		assert_int_equal(truncate(fakeroot_path(path), i < 5 ? 1 << 30 : (off_t)1 << 40), 0);
	}
	config.preflight = PREFLIGHT_LIST;
	config.preflight_paths = paths;
	config.preflight_path_count = ARRAY_SIZE(paths);
	check_passes(BPRM,
		"preflight: /huge of /root is not looked at: it is larger than 1048576 KiB, the most that is "
		"read; whether the policy denies it is not known\n"
		"preflight: whether the policy denies these is not known: /p4 (line 1, 'appraise "
		"func=BPRM_CHECK appraise_type=imasig': was not read, since 4 GiB of others were)\n");
	assert_int_equal(fake.looks, 5); /* the image has a file */
	/* A file that cannot be read to its end was read up to there. */
	fake.looks = 0;
	fake.error = -EIO;
	config.preflight_path_count = 5;
	assert_int_equal(run(BPRM), 0);
	assert_non_null(
		strstr(buf_string(&warnings), "'appraise func=BPRM_CHECK appraise_type=imasig': cannot "
					      "be read) and 3 more\n"));
	buf_free(&warnings);
	assert_int_equal(fake.looks, 5);
	config.preflight_paths = NULL;
	config.preflight_path_count = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PREFLIGHT_TEST(nothing_to_appraise_is_nothing_to_do),
		PREFLIGHT_TEST(all_is_signed),
		PREFLIGHT_TEST(each_cause_has_its_words),
		PREFLIGHT_TEST(only_the_first_are_named),
		PREFLIGHT_TEST(a_library_is_not_executed),
		PREFLIGHT_TEST(the_image_must_run_too),
		PREFLIGHT_TEST(the_recovery_must_run_too),
		PREFLIGHT_TEST(without_enforcement_it_is_a_warning),
		PREFLIGHT_TEST(what_is_not_known_is_a_warning),
		PREFLIGHT_TEST(rules_in_force_stay_in_front),
		PREFLIGHT_TEST(systemds_own_programs),
		PREFLIGHT_TEST(what_selinux_needs),
		PREFLIGHT_TEST(labels_come_alive_later),
		PREFLIGHT_TEST(which_init_it_is),
		PREFLIGHT_TEST(work_for_a_root_is_bounded),
		PREFLIGHT_TEST(what_is_too_large_is_told),
		PREFLIGHT_TEST(a_list_in_the_configuration),
		PREFLIGHT_TEST(no_more_than_so_much_is_read),
	};

	return RUN_TESTS(tests);
}
