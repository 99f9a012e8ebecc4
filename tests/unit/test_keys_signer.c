// SPDX-License-Identifier: MIT
/* Tests of keys/signer.c, imaverify.c, filehash.c and imaxattr.c: one file's value made and judged. */
/* wrap: fgetxattr fsetxattr pread ioctl statx */
#include "signer.h"
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include "fakeroot.h"
#include "fileid.h"
#include "imaverify.h"
#include "imaxattr.h"
#include "pkey.h"
#include "policy_model.h"
#include "x509.h"

static struct problem problem;
static int fail_xattr, fail_pread;
static bool grows;     /* each read lets the file grow */
static bool changes;   /* each read gives it another time, as a writer does */
static int verity;     /* the file has fs-verity over this algorithm */
static uint64_t asked; /* bytes that were wanted */

ssize_t __wrap_fgetxattr(int fd, const char *name, void *value, size_t size);
ssize_t __wrap_fgetxattr(int fd, const char *name, void *value, size_t size)
{
	(void)fd;
	(void)value;
	assert_string_equal(name, "security.ima");
	assert_int_equal(size, IMASIG_MAX);
	errno = fail_xattr;
	return fail_xattr ? -1 : 7;
}

int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
int __wrap_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	(void)fd;
	(void)value;
	(void)size;
	assert_string_equal(name, "security.ima");
	assert_int_equal(flags, 0);
	errno = fail_xattr;
	return fail_xattr ? -1 : 0;
}

ssize_t __real_pread(int fd, void *bytes, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *bytes, size_t len, off_t at)
{
	struct stat st;

	if (fail_pread) {
		errno = fail_pread;
		return -1;
	}
	asked += len;
	if (changes)
		assert_int_equal(futimens(fd, (const struct timespec[]){{1, 0}, {1, 0}}), 0);
	if (grows && fstat(fd, &st) == 0 && st.st_size < 100)
		assert_int_equal(truncate(fakeroot_path("/f"), st.st_size + 1), 0);
	return __real_pread(fd, bytes, len, at);
}

int __wrap_statx(int folder, const char *name, int flags, unsigned int mask, struct statx *ret);
int __wrap_statx(int folder, const char *name, int flags, unsigned int mask, struct statx *ret)
{
	(void)folder;
	(void)mask;
	assert_string_equal(name, "");
	assert_int_equal(flags, AT_EMPTY_PATH);
	ret->stx_attributes = verity ? STATX_ATTR_VERITY : 0;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct fsverity_digest *ret;
	va_list arguments;

	(void)fd;
	assert_int_equal(request, FS_IOC_MEASURE_VERITY);
	va_start(arguments, request);
	ret = va_arg(arguments, struct fsverity_digest *);
	va_end(arguments);
	assert_int_equal(ret->digest_size, DIGEST_MAX);
	if (verity < 0) {
		errno = -verity;
		return -1;
	}
	ret->digest_algorithm = (uint16_t)verity;
	ret->digest_size = verity == FS_VERITY_HASH_ALG_SHA512 ? 64 : 32;
	memset(ret->digest, 0xaa, ret->digest_size);
	return 0;
}

static int set_up(void **context)
{
	fail_xattr = fail_pread = verity = 0;
	grows = changes = false;
	return fakeroot_new(context);
}

static int tear_down(void **context)
{
	problem_free(&problem);
	return fakeroot_remove(context);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* A file with that text, open for reading. */
static int open_file(const char *text, struct stat *st)
{
	int fd;

	fakeroot_bytes("/f", text, strlen(text));
	fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, st), 0);
	return fd;
}

static int hash(struct filehash *state, unsigned int algo, const char *text, uint8_t *digest, size_t *len)
{
	struct stat st;
	_cleanup_close_ int fd = open_file(text, &st);

	return filehash_file(state, algo, fd, &st, digest, len, &problem);
}

static void files_are_hashed(void **context)
{
	static const unsigned int algos[] = {DIGEST_SHA256, DIGEST_SHA512, DIGEST_SHA384, DIGEST_SHA224};
	uint8_t digest[DIGEST_MAX], wanted[DIGEST_MAX];
	struct filehash state = {0};
	size_t len, i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(algos); i++) {
		assert_int_equal(hash(&state, algos[i], "abc", digest, &len), 0);
		assert_int_equal(len, digest_size(algos[i]));
		assert_int_equal(digest_bytes(algos[i], "abc", 3, wanted), 0);
		assert_memory_equal(digest, wanted, len);
	}
	filehash_free(&state);
}

static void hashing_names_what_is_wrong(void **context)
{
	uint8_t digest[DIGEST_MAX];
	struct filehash state = {0};
	size_t len;

	(void)context;
	assert_int_equal(hash(&state, 255, "abc", digest, &len), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP,
		"its hash algorithm is number 255 (unknown), which is not known here", NULL);
	assert_int_equal(hash(&state, 16, "abc", digest, &len), -EOPNOTSUPP);
	assert_problem(&problem, -EOPNOTSUPP,
		"its hash algorithm is number 16 (tgr192), which is not known here", NULL);
	fail_pread = EIO;
	assert_int_equal(hash(&state, DIGEST_SHA256, "abc", digest, &len), -EIO);
	assert_problem(&problem, -EIO, "cannot be read: Input/output error", NULL);
	fail_pread = 0;
	grows = true;
	assert_int_equal(hash(&state, DIGEST_SHA256, "abc", digest, &len), -EBUSY);
	assert_problem(
		&problem, -EBUSY, "was changed while it was read", "try again when nothing writes to it");
	filehash_free(&state);
}

/* Whatever is added, no more is read than there was; a file without a size is asked for one byte. */
static void no_more_is_read_than_there_was(void **context)
{
	uint8_t digest[DIGEST_MAX];
	struct filehash state = {0};
	struct stat st;
	int fd = open_file("abc", &st);
	size_t len;

	(void)context;
	grows = true;
	asked = 0;
	assert_int_equal(filehash_file(&state, DIGEST_SHA256, fd, &st, digest, &len, &problem), -EBUSY);
	assert_int_equal(asked, 3);
	grows = false;
	problem_free(&problem);
	st.st_size = 0;
	asked = 0;
	assert_int_equal(filehash_file(&state, DIGEST_SHA256, fd, &st, digest, &len, &problem), -EBUSY);
	assert_int_equal(asked, 1);
	problem_free(&problem);
	st.st_size = 1000;
	assert_int_equal(filehash_file(&state, DIGEST_SHA256, fd, &st, digest, &len, &problem), -EBUSY);
	problem_free(&problem);
	(void)close(fd);
	asked = 0;
	assert_int_equal(hash(&state, DIGEST_SHA256, "", digest, &len), 0);
	assert_int_equal(asked, 1);
	filehash_free(&state);
}

static void attribute_errors_say_what_to_do(void **context)
{
	static const struct {
		int error;
		const char *reason, *remedy;
	} errors[] = {
		{EOPNOTSUPP, "its file system has no security.ima",
			"sign it on another file system, or use --detached"},
		{EROFS, "its file system is read-only", "mount it writable, or use --detached"},
		{EPERM, "security.ima cannot be written: Operation not permitted",
			"be root, and see that the file is not immutable (lsattr), or use --detached"},
		{ENOSPC, "security.ima cannot be written: No space left on device",
			"make room on the file system"},
		{EDQUOT, "security.ima cannot be written: Disk quota exceeded",
			"make room on the file system"},
		{EIO, "security.ima cannot be written: Input/output error", NULL},
	};
	uint8_t value[IMASIG_MAX];
	size_t i, len;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fail_xattr = errors[i].error;
		assert_int_equal(imaxattr_set(3, value, 1, &problem), -errors[i].error);
		assert_problem(&problem, -errors[i].error, errors[i].reason, errors[i].remedy);
	}
	assert_int_equal(imaxattr_get(3, value, sizeof(value), &len), -EIO);
	fail_xattr = ENODATA;
	assert_int_equal(imaxattr_get(3, value, sizeof(value), &len), 0);
	assert_int_equal(len, 0);
	fail_xattr = 0;
	assert_int_equal(imaxattr_get(3, value, sizeof(value), &len), 0);
	assert_int_equal(len, 7);
	assert_int_equal(imaxattr_set(3, value, 1, &problem), 0);
}

/* A signer with a certificate of its own, for all that follows. */
struct scene {
	struct signer signer;
	struct certview cert;
	struct imaverify_ring ring;
	struct imaverify verify;
	uint8_t digest[DIGEST_MAX], value[IMASIG_MAX];
	size_t len;
};

static void scene_begin(struct scene *scene, const char *algorithm)
{
	struct x509_order order = {.cn = "signer", .hash = "sha256", .days = 1};

	*scene = (struct scene){.signer = {.algo = DIGEST_SHA256, .kind = IMASIG_V2}};
	assert_int_equal(pkey_generate(algorithm, &scene->signer.key, &problem), 0);
	order.signing_key = scene->signer.key;
	assert_int_equal(x509_make(&order, &scene->cert.certificate, &problem), 0);
	assert_int_equal(x509_describe(scene->cert.certificate, &scene->cert.facts), 0);
	scene->ring = (struct imaverify_ring){.certs = &scene->cert, .count = 1};
	assert_int_equal(imaverify_begin(&scene->ring, &scene->verify), 0);
	assert_int_equal(signer_set_id(&scene->signer, NULL, &problem), 0);
	assert_int_equal(digest_bytes(DIGEST_SHA256, "abc", 3, scene->digest), 0);
}

static void scene_end(struct scene *scene)
{
	imaverify_end(&scene->verify);
	certview_free(&scene->cert);
	EVP_PKEY_free(scene->signer.key);
}

static void scene_sign(struct scene *scene)
{
	_cleanup_pkey_ctx_ EVP_PKEY_CTX *context = signer_context(&scene->signer);

	assert_int_equal(
		signer_make(&scene->signer, context, scene->digest, 32, scene->value, &scene->len, &problem),
		0);
}

/* What is said of the value on a file with that text. */
static enum imaverify_cause judge(struct scene *scene, const char *text)
{
	struct imaverify_result result;
	struct stat st;
	_cleanup_close_ int fd = open_file(text, &st);

	imaverify_file(&scene->verify, fd, &st, scene->value, scene->len, &result);
	problem_free(&result.problem);
	assert_null(result.sig.bytes);
	return result.cause;
}

static void signatures_are_made_and_judged(void **context)
{
	static const char *const algorithms[] = {"rsa2048", "p256", "p384"};
	struct scene scene;
	struct imasig sig;
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(algorithms); i++) {
		scene_begin(&scene, algorithms[i]);
		scene_sign(&scene);
		imasig_parse(scene.value, scene.len, &sig);
		assert_int_equal(sig.kind, IMASIG_V2);
		assert_int_equal(sig.key_id, scene.signer.key_id);
		assert_int_equal(judge(&scene, "abc"), IMAVERIFY_SIGNED);
		assert_int_equal(judge(&scene, "abd"), IMAVERIFY_WRONG_SIGNATURE);
		scene.value[scene.len - 1] ^= 1;
		assert_int_equal(judge(&scene, "abc"), IMAVERIFY_WRONG_SIGNATURE);
		scene.value[6] ^= 1;
		assert_int_equal(judge(&scene, "abc"), IMAVERIFY_UNKNOWN_KEY);
		scene_end(&scene);
	}
}

static int make_id(enum imasig_kind kind, unsigned int algo, const char *text, uint8_t *digest, size_t *len)
{
	struct filehash state = {0};
	struct stat st;
	_cleanup_close_ int fd = open_file(text, &st);
	int r = fileid_make(kind, &state, algo, fd, &st, digest, len, &problem);

	filehash_free(&state);
	return r;
}

/* The values are of sha256sum(1) and `fsverity digest` over files with that text. */
static void what_is_signed_depends_on_the_kind(void **context)
{
	static const struct {
		enum imasig_kind kind;
		uint8_t type;
		const char *file_digest; /* hexadecimal */
	} kinds[] = {
		{IMASIG_V3, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{IMASIG_VERITY, 6, "700b6bd8510f0b4f9bac8b9cf0459151a1c4a99f467892bb4bd289a67df8e19c"},
	};
	uint8_t digest[DIGEST_MAX], id[34], wanted[DIGEST_MAX];
	size_t len, i, j;
	unsigned int byte;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		id[0] = kinds[i].type;
		id[1] = DIGEST_SHA256;
		for (j = 0; j < 32; j++) {
			assert_int_equal(sscanf(kinds[i].file_digest + 2 * j, "%2x", &byte), 1);
			id[2 + j] = (uint8_t)byte;
		}
		assert_int_equal(digest_bytes(DIGEST_SHA256, id, sizeof(id), wanted), 0);
		assert_int_equal(make_id(kinds[i].kind, DIGEST_SHA256, "abc", digest, &len), 0);
		assert_int_equal(len, 32);
		assert_memory_equal(digest, wanted, 32);
	}
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA512, "abc", digest, &len), 0);
	assert_int_equal(len, 64);
}

static void an_fsverity_digest_can_fail(void **context)
{
	static const struct {
		int error;
		const char *reason;
	} failures[] = {
		{EIO, "its fs-verity digest cannot be made: Input/output error"},
		{EBUSY, "was changed while it was read"},
	};
	uint8_t digest[DIGEST_MAX];
	size_t len, i;

	(void)context;
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA384, "abc", digest, &len), -EOPNOTSUPP);
	assert_string_equal(problem_reason_text(&problem), "fs-verity knows no digests over sha384");
	assert_string_equal(problem_remedy_text(&problem), "use sha256 or sha512");
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		problem_free(&problem);
		fail_pread = failures[i].error;
		assert_int_equal(
			make_id(IMASIG_VERITY, DIGEST_SHA256, "abc", digest, &len), -failures[i].error);
		assert_string_equal(problem_reason_text(&problem), failures[i].reason);
	}
}

static void a_file_that_changes_gets_no_fsverity_digest(void **context)
{
	bool *const ways[] = {&grows, &changes};
	uint8_t digest[DIGEST_MAX];
	size_t len, i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		*ways[i] = true;
		assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA256, "abc", digest, &len), -EBUSY);
		assert_problem(&problem, -EBUSY, "was changed while it was read",
			"try again when nothing writes to it");
		*ways[i] = false;
	}
}

/* What the file system has computed counts, whatever blocks and salt it was told. */
static void fsverity_is_asked_where_the_file_has_it(void **context)
{
	uint8_t id[2 + 32] = {6, DIGEST_SHA256}, digest[DIGEST_MAX], wanted[DIGEST_MAX];
	size_t len;

	(void)context;
	memset(id + 2, 0xaa, 32);
	assert_int_equal(digest_bytes(DIGEST_SHA256, id, sizeof(id), wanted), 0);
	verity = FS_VERITY_HASH_ALG_SHA256;
	asked = 0;
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA256, "abc", digest, &len), 0);
	assert_memory_equal(digest, wanted, 32);
	assert_int_equal(asked, 0);
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA512, "abc", digest, &len), -EDOM);
	assert_problem(&problem, -EDOM, "has fs-verity over sha256, and no signature over sha512 fits it",
		"sign it over that one: imactl sign --format verity --hash sha256");
	verity = FS_VERITY_HASH_ALG_SHA512;
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA512, "abc", digest, &len), 0);
	assert_int_equal(len, 64);
	verity = 99;
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA256, "abc", digest, &len), -EDOM);
	problem_free(&problem);
	verity = -EIO;
	assert_int_equal(make_id(IMASIG_VERITY, DIGEST_SHA256, "abc", digest, &len), -EIO);
	assert_problem(&problem, -EIO, "its fs-verity digest cannot be read: Input/output error", NULL);
}

static void newer_kinds_are_made_and_judged(void **context)
{
	static const enum imasig_kind kinds[] = {IMASIG_V3, IMASIG_VERITY};
	struct scene scene;
	size_t i, len;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		scene_begin(&scene, "p256");
		scene.signer.kind = kinds[i];
		assert_int_equal(make_id(kinds[i], DIGEST_SHA256, "abc", scene.digest, &len), 0);
		scene_sign(&scene);
		assert_memory_equal(scene.value, kinds[i] == IMASIG_V3 ? "\x03\x03\x04" : "\x06\x03\x04", 3);
		assert_int_equal(judge(&scene, "abc"), IMAVERIFY_SIGNED);
		assert_int_equal(judge(&scene, "abd"), IMAVERIFY_WRONG_SIGNATURE);
		/* One kind does not pass for the other. */
		scene.value[0] = kinds[i] == IMASIG_V3 ? 6 : 3;
		assert_int_equal(judge(&scene, "abc"), IMAVERIFY_WRONG_SIGNATURE);
		scene_end(&scene);
	}
}

/* A signature is good; whether a kernel takes its format is asked only where one is named. */
static void formats_are_judged_by_the_kernel(void **context)
{
	static const struct {
		enum imasig_kind kind;
		unsigned int kernel;
		bool has_verity;
		enum imaverify_cause cause;
	} cases[] = {
		{IMASIG_V2, KERNEL(4, 6), false, IMAVERIFY_SIGNED},
		{IMASIG_V3, 0, false, IMAVERIFY_SIGNED},
		{IMASIG_V3, KERNEL(7, 0), false, IMAVERIFY_OTHER_KERNEL},
		{IMASIG_V3, KERNEL(7, 1), false, IMAVERIFY_SIGNED},
		{IMASIG_VERITY, 0, false, IMAVERIFY_SIGNED},
		{IMASIG_VERITY, KERNEL(5, 18), true, IMAVERIFY_OTHER_KERNEL},
		{IMASIG_VERITY, KERNEL(5, 19), true, IMAVERIFY_SIGNED},
		{IMASIG_VERITY, KERNEL(5, 19), false, IMAVERIFY_NO_VERITY},
	};
	struct imaverify_result result;
	struct scene scene;
	struct stat st;
	size_t i, len;
	int fd;

	(void)context;
	scene_begin(&scene, "p256");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		scene.signer.kind = cases[i].kind;
		scene.ring.kernel = cases[i].kernel;
		verity = cases[i].has_verity ? FS_VERITY_HASH_ALG_SHA256 : 0;
		assert_int_equal(make_id(cases[i].kind, DIGEST_SHA256, "abc", scene.digest, &len), 0);
		scene_sign(&scene);
		fd = open_file("abc", &st);
		imaverify_file(&scene.verify, fd, &st, scene.value, scene.len, &result);
		(void)close(fd);
		assert_int_equal(result.cause, cases[i].cause);
		assert_int_equal(result.lacks_verity, cases[i].kind == IMASIG_VERITY && !cases[i].has_verity);
		assert_non_null(imaverify_words(result.cause)->reason);
	}
	/* A file whose fs-verity is over another algorithm than its signature. */
	verity = FS_VERITY_HASH_ALG_SHA512;
	fd = open_file("abc", &st);
	imaverify_file(&scene.verify, fd, &st, scene.value, scene.len, &result);
	(void)close(fd);
	assert_int_equal(result.cause, IMAVERIFY_WRONG_SIGNATURE);
	assert_int_equal(result.problem.error, -EDOM);
	problem_free(&result.problem);
	scene_end(&scene);
}

static void other_values_are_judged(void **context)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum imaverify_cause cause;
	} values[] = {
		{"", 0, IMAVERIFY_NO_VALUE},
		{"\x03\x01", 2, IMAVERIFY_OLD_VERSION},
		{"\x03\x03\x04kkkk\0\1s", 10, IMAVERIFY_UNKNOWN_KEY},
		{"\x06\x03\x04kkkk\0\1s", 10, IMAVERIFY_UNKNOWN_KEY},
		{"\x03\x02\x04kkkk\0\2s", 10, IMAVERIFY_MALFORMED},
		{"\x00", 1, IMAVERIFY_UNKNOWN_TYPE},
		{"\x04\x04short", 7, IMAVERIFY_WRONG_DIGEST},
		{"\x04\xffxx", 4, IMAVERIFY_NO_ALGORITHM},
	};
	struct scene scene;
	size_t i;

	(void)context;
	scene_begin(&scene, "p256");
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		memcpy(scene.value, values[i].bytes, values[i].len);
		scene.len = values[i].len;
		assert_int_equal(judge(&scene, "abc"), values[i].cause);
		assert_non_null(imaverify_words(values[i].cause)->reason);
	}
	scene_sign(&scene);
	scene.value[2] = 2;
	assert_int_equal(judge(&scene, "abc"), IMAVERIFY_WEAK_HASH);
	scene.value[2] = 99;
	assert_int_equal(judge(&scene, "abc"), IMAVERIFY_NO_ALGORITHM);
	scene.value[2] = DIGEST_SHA256;
	fail_pread = EIO;
	assert_int_equal(judge(&scene, "abc"), IMAVERIFY_UNREADABLE);
	scene_end(&scene);
}

static void digests_are_made_and_judged(void **context)
{
	EVP_PKEY *key;
	struct scene scene;

	(void)context;
	scene_begin(&scene, "p256");
	key = scene.signer.key;
	scene.signer.key = NULL;
	signer_wrap(DIGEST_SHA256, scene.digest, 32, scene.value, &scene.len);
	assert_int_equal(scene.len, 34);
	assert_memory_equal(scene.value, "\x04\x04", 2);
	assert_int_equal(judge(&scene, "abc"), IMAVERIFY_HASHED);
	assert_int_equal(judge(&scene, "abd"), IMAVERIFY_WRONG_DIGEST);
	assert_true(signer_has_made(&scene.signer, NULL, scene.digest, 32, scene.value, scene.len));
	scene.value[33] ^= 1;
	assert_false(signer_has_made(&scene.signer, NULL, scene.digest, 32, scene.value, scene.len));
	scene.signer.key = key;
	scene_end(&scene);
}

static void own_signatures_are_known_again(void **context)
{
	EVP_PKEY_CTX *verify;
	struct scene scene;

	(void)context;
	scene_begin(&scene, "p256");
	verify = signer_verify_context(scene.signer.key, DIGEST_SHA256);
	scene_sign(&scene);
	assert_true(signer_has_made(&scene.signer, verify, scene.digest, 32, scene.value, scene.len));
	scene.digest[0] ^= 1;
	assert_false(signer_has_made(&scene.signer, verify, scene.digest, 32, scene.value, scene.len));
	scene.digest[0] ^= 1;
	scene.signer.key_id ^= 1;
	assert_false(signer_has_made(&scene.signer, verify, scene.digest, 32, scene.value, scene.len));
	scene.signer.algo = DIGEST_SHA512;
	assert_false(signer_has_made(&scene.signer, verify, scene.digest, 32, scene.value, scene.len));
	assert_null(signer_verify_context(scene.signer.key, 99));
	EVP_PKEY_CTX_free(verify);
	scene_end(&scene);
}

static void signing_that_fails_is_said(void **context)
{
	_cleanup_pkey_ctx_ EVP_PKEY_CTX *not_for_signing = NULL;
	struct scene scene;

	(void)context;
	scene_begin(&scene, "p256");
	not_for_signing = signer_verify_context(scene.signer.key, DIGEST_SHA256);
	assert_int_equal(signer_make(&scene.signer, not_for_signing, scene.digest, 32, scene.value,
				 &scene.len, &problem),
		-EIO);
	assert_problem(&problem, -EIO, "cannot be signed: operation not initialized", NULL);
	scene_end(&scene);
}

static void certificate_must_be_the_keys(void **context)
{
	_cleanup_buf_ struct buf der = {0};
	struct scene scene, other;

	(void)context;
	scene_begin(&scene, "p256");
	scene_begin(&other, "p256");
	assert_int_equal(x509_encode(other.cert.certificate, false, &der), 0);
	fakeroot_bytes("/c", der.data, der.len);
	assert_int_equal(signer_set_id(&scene.signer, fakeroot_path("/c"), &problem), -EINVAL);
	assert_problem(&problem, -EINVAL, "is not the certificate of the private key",
		"name the key and the certificate of the same signer");
	other.signer.key_id = 0;
	assert_int_equal(signer_set_id(&other.signer, fakeroot_path("/c"), &problem), 0);
	assert_int_not_equal(other.signer.key_id, 0);
	scene_end(&scene);
	scene_end(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_hashed),
		TEST(hashing_names_what_is_wrong),
		TEST(no_more_is_read_than_there_was),
		TEST(attribute_errors_say_what_to_do),
		TEST(signatures_are_made_and_judged),
		TEST(what_is_signed_depends_on_the_kind),
		TEST(an_fsverity_digest_can_fail),
		TEST(a_file_that_changes_gets_no_fsverity_digest),
		TEST(fsverity_is_asked_where_the_file_has_it),
		TEST(newer_kinds_are_made_and_judged),
		TEST(formats_are_judged_by_the_kernel),
		TEST(other_values_are_judged),
		TEST(digests_are_made_and_judged),
		TEST(own_signatures_are_known_again),
		TEST(signing_that_fails_is_said),
		TEST(certificate_must_be_the_keys),
	};

	return RUN_TESTS(tests);
}
