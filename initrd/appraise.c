// SPDX-License-Identifier: MIT
/* Whether the value of security.ima is right; see appraise.h. */
#include "appraise.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include "certs.h"
#include "digestfile.h"
#include "format.h"
#include "imasig.h"
#include "keyring.h"

#define TYPE_SIGNATURE 0x03
#define TYPE_VERITY 0x06

static void say(struct appraised *ret, const char *text)
{
	(void)format_text(ret->text, sizeof(ret->text), "%s", text);
}

/* What cannot be found out: right if all is well, wrong if not. */
static int leave_open(struct appraised *ret, enum appraise_value right, enum appraise_value wrong)
{
	ret->value = right;
	ret->if_wrong = wrong;
	ret->unsure = true;
	return 0;
}

/* Algorithms and sizes that are not dealt with here. Returns true where the file's digest can be made. */
static bool can_digest(int fd, const struct imasig *sig, struct appraised *ret)
{
	const char *name = digest_name(sig->algo);
	struct stat st;

	if (!digest_size(sig->algo)) {
		(void)format_text(ret->text, sizeof(ret->text),
			"has a security.ima over a %s digest, which is not known here",
			name ? name : "nameless");
		return false;
	}
	if (fstat(fd, &st) == 0 && st.st_size >= 0 && (uint64_t)st.st_size <= APPRAISE_SIZE_MAX)
		return true;
	say(ret, "is larger than 1 GiB, and was not read");
	return false;
}

static int check_hash(int fd, const struct imasig *sig, struct appraised *ret)
{
	uint8_t digest[DIGEST_MAX];
	int r;

	if (!can_digest(fd, sig, ret))
		return leave_open(ret, VALUE_HASH_GOOD, VALUE_HASH_BAD);
	r = digest_file(fd, sig->algo, APPRAISE_SIZE_MAX, digest);
	if (r < 0)
		return r;
	ret->value = VALUE_HASH_GOOD;
	say(ret, "has only a hash");
	/* More bytes than the digest's are not looked at. */
	if (sig->len >= digest_size(sig->algo) && memcmp(digest, sig->bytes, digest_size(sig->algo)) == 0)
		return 0;
	ret->value = VALUE_HASH_BAD;
	say(ret, "has the hash of another content");
	return 0;
}

/* True where the kernel's own keyring has a key of that number, of which this process has no copy. */
static bool kernel_has_key(const char *keyring, uint32_t key_id)
{
	char id[sizeof("id:01234567")];
	key_serial ring;

	if (!keyring)
		return false;
	if ((string_equal(keyring, KEYRING_USER) ? keyring_find_user(keyring, &ring)
						 : keyring_find(keyring, &ring)) < 0)
		return false;
	(void)format_text(id, sizeof(id), "id:%08x", key_id);
	return keyring_has(ring, id);
}

/* Verifies a digest. Sets value, and the text where it is not good. */
static int check_signature(const struct imasig *sig, const char *keyring, const uint8_t *digest,
	enum appraise_value good, enum appraise_value bad, struct appraised *ret)
{
	key_serial ring, key;

	ret->value = good;
	if (keyring_private(KEYRING_VERIFY, &ring) < 0 || keyring_search_id(ring, sig->key_id, &key) < 0) {
		if (kernel_has_key(keyring, sig->key_id)) {
			(void)format_text(ret->text, sizeof(ret->text),
				"is signed with the key %08x, which is in %s, but not among the image's "
				"certificates",
				sig->key_id, keyring);
			return leave_open(ret, good, bad);
		}
		ret->value = good == VALUE_SIGNATURE_GOOD ? VALUE_SIGNATURE_NO_KEY : bad;
		(void)format_text(ret->text, sizeof(ret->text),
			"is signed with the key %08x, which is not loaded", sig->key_id);
		return 0;
	}
	if (keyring_verify(
		    key, digest_name(sig->algo), digest, digest_size(sig->algo), sig->bytes, sig->len) == 0)
		return 0;
	ret->value = bad;
	say(ret, "has a signature that does not belong to its content");
	return 0;
}

/* What version 3 signs: type, algorithm and digest (ima_appraise.c, calc_file_id_hash). */
static int digest_of_id(
	uint8_t type, unsigned int algo, const uint8_t *digest, uint8_t ret[static DIGEST_MAX])
{
	uint8_t id[2 + DIGEST_MAX] = {type, (uint8_t)algo};

	memcpy(id + 2, digest, digest_size(algo));
	return digest_bytes(algo, id, 2 + digest_size(algo), ret);
}

/* A signature of the digest that fs-verity keeps of the file. */
static int check_verity(int fd, const struct imasig *sig, const char *keyring, struct appraised *ret)
{
	struct {
		uint16_t algorithm, size; /* struct fsverity_digest */
		uint8_t bytes[DIGEST_MAX];
	} verity = {.size = DIGEST_MAX};
	uint8_t digest[DIGEST_MAX];

	say(ret, "has a signature for fs-verity, which is not on for it");
	ret->value = VALUE_VERITY_BAD;
	if (syscall(SYS_ioctl, fd, FS_IOC_MEASURE_VERITY, &verity) < 0 ||
		verity.size != digest_size(sig->algo) ||
		digest_of_id(TYPE_VERITY, sig->algo, verity.bytes, digest) < 0)
		return 0;
	return check_signature(sig, keyring, digest, VALUE_VERITY_GOOD, VALUE_VERITY_BAD, ret);
}

static int check_content(int fd, const struct imasig *sig, const char *keyring, struct appraised *ret)
{
	enum appraise_value good = sig->kind == IMASIG_V3 ? VALUE_SIGV3_GOOD : VALUE_SIGNATURE_GOOD;
	uint8_t digest[DIGEST_MAX], id[DIGEST_MAX];
	int r;

	if (!can_digest(fd, sig, ret))
		return leave_open(ret, good, VALUE_SIGNATURE_BAD);
	r = digest_file(fd, sig->algo, APPRAISE_SIZE_MAX, digest);
	if (r == 0 && sig->kind == IMASIG_V3) {
		r = digest_of_id(TYPE_SIGNATURE, sig->algo, digest, id);
		memcpy(digest, id, sizeof(digest));
	}
	return r < 0 ? r : check_signature(sig, keyring, digest, good, VALUE_SIGNATURE_BAD, ret);
}

static int check_value(
	int fd, const struct imasig *sig, uint8_t first, const char *keyring, struct appraised *ret)
{
	ret->algo = sig->algo;
	ret->key_id = sig->key_id;
	switch (sig->kind) {
	case IMASIG_DIGEST:
		return check_hash(fd, sig, ret);
	case IMASIG_V2:
	case IMASIG_V3:
		return check_content(fd, sig, keyring, ret);
	case IMASIG_VERITY:
		return check_verity(fd, sig, keyring, ret);
	case IMASIG_V1:
		ret->value = VALUE_SIGNATURE_BAD;
		say(ret, "has a signature of the old format version 1");
		break;
	case IMASIG_MALFORMED:
		ret->value = first == TYPE_SIGNATURE ? VALUE_SIGNATURE_BAD
			     : first == TYPE_VERITY  ? VALUE_VERITY_BAD
						     : VALUE_HASH_BAD;
		say(ret, "has a damaged security.ima");
		break;
	case IMASIG_NONE:
	case IMASIG_UNKNOWN:
		ret->value = VALUE_UNKNOWN;
		say(ret, "has a security.ima that is neither hash nor signature");
		break;
	}
	return 0;
}

int appraise_file(int fd, const char *keyring, struct appraised *ret)
{
	uint8_t value[IMASIG_MAX];
	ssize_t len = fgetxattr(fd, "security.ima", value, sizeof(value));
	struct imasig sig;

	*ret = (struct appraised){.value = VALUE_NONE, .algo = DIGEST_SHA256};
	say(ret, "has neither hash nor signature");
	if (len == 0 || (len < 0 && errno == ENODATA))
		return 0;
	if (len < 0 && errno == EOPNOTSUPP) {
		ret->value = VALUE_UNSUPPORTED;
		say(ret, "is on a file system without extended attributes");
		return 0;
	}
	if (len < 0 && errno == ERANGE) {
		say(ret, "has a security.ima of more than 1024 bytes, which is not read");
		return leave_open(ret, VALUE_SIGNATURE_GOOD, VALUE_SIGNATURE_BAD);
	}
	if (len < 0)
		return -errno;
	ret->text[0] = '\0';
	imasig_parse(value, (size_t)len, &sig);
	return check_value(fd, &sig, value[0], keyring, ret);
}
