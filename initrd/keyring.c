// SPDX-License-Identifier: MIT
/* The key system calls; see keyring.h. */
#include "keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include "format.h"
#include "sysfile.h"

static long key_call(long number, long a, long b, long c, long d, long e)
{
	long r = syscall(number, a, b, c, d, e);

	return r < 0 ? -errno : r;
}

static long keyctl(int operation, long a, long b, long c, long d)
{
	return key_call(SYS_keyctl, operation, a, b, c, d);
}

/* Stores a serial number, or passes the error on. */
static int serial_or_error(long r, key_serial *ret)
{
	if (r < 0)
		return (int)r;
	*ret = (key_serial)r;
	return 0;
}

static int add_key(const char *type, const char *description, const void *payload, size_t len,
	key_serial ring, key_serial *ret)
{
	return serial_or_error(
		key_call(SYS_add_key, (long)type, (long)description, (long)payload, (long)len, ring), ret);
}

static int search(key_serial ring, const char *type, const char *description, key_serial *ret)
{
	return serial_or_error(keyctl(KEYCTL_SEARCH, ring, (long)type, (long)description, 0), ret);
}

/* Where the n-th field of a line begins, fields being separated by blanks; the end if there is none. */
static const char *field(const char *line, int n)
{
	line += strspn(line, " ");
	while (n-- > 0) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return line;
}

/*
 * One line of /proc/keys (security/keys/proc.c, proc_keys_show): serial, flags, usage, expiry,
 * permissions, uid, gid, type, description. Root's keyring of that name, or 0.
 */
static key_serial parse_keys_line(const char *line, const char *name)
{
	const char *description = field(line, 8);
	size_t len = strlen(name);

	if (strncmp(field(line, 5), "0 ", 2) != 0 || strncmp(field(line, 7), "keyring ", 8) != 0)
		return 0;
	if (strncmp(description, name, len) != 0 || description[len] != ':')
		return 0;
	return (key_serial)strtoul(field(line, 0), NULL, 16);
}

/* What follows type;uid;gid;perm; in the text of KEYCTL_DESCRIBE; NULL where that is not its form. */
static const char *after_perm(const char *text)
{
	int i;

	for (i = 0; text && i < 4; i++) {
		text = strchr(text, ';');
		if (text)
			text++;
	}
	return text;
}

/* True where the key is root's keyring of exactly that name. */
static bool is_root_keyring(key_serial serial, const char *name)
{
	char text[KEY_DESCRIPTION_MAX];
	long len = keyctl(KEYCTL_DESCRIBE, serial, (long)text, sizeof(text), 0);
	const char *description;

	if (len <= 0 || (size_t)len > sizeof(text) || strncmp(text, "keyring;0;", 10) != 0)
		return false;
	description = after_perm(text);
	return description && string_equal(description, name);
}

struct wanted_keyring {
	const char *name;
	key_serial serial; /* 0: not found yet */
};

static bool take_keys_line(const char *line, void *context)
{
	struct wanted_keyring *wanted = context;
	key_serial serial = parse_keys_line(line, wanted->name);

	if (serial && is_root_keyring(serial, wanted->name))
		wanted->serial = serial;
	return !wanted->serial;
}

int keyring_find(const char *name, key_serial *ret)
{
	struct wanted_keyring wanted = {.name = name};
	int r = sysfile_lines(PROC_KEYS, take_keys_line, &wanted);

	if (r < 0)
		return r == -ENOENT ? -ENODEV : r;
	if (!wanted.serial)
		return -ENOENT;
	*ret = wanted.serial;
	return 0;
}

/* Gives the process a session keyring from which @u is found, unless the name is found already. */
static int make_reachable(const char *name)
{
	long r = key_call(SYS_request_key, (long)"keyring", (long)name, 0, 0, 0);

	if (r >= 0)
		return 0;
	r = keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0);
	if (r >= 0)
		r = keyctl(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING, 0, 0);
	return r < 0 ? (int)r : 0;
}

int keyring_find_user(const char *name, key_serial *ret)
{
	return search(KEY_SPEC_USER_KEYRING, "keyring", name, ret);
}

int keyring_ensure_user(const char *name, key_serial *ret)
{
	int r = keyring_find_user(name, ret);

	if (r == -ENOKEY)
		r = add_key("keyring", name, NULL, 0, KEY_SPEC_USER_KEYRING, ret);
	return r < 0 ? r : make_reachable(name);
}

int keyring_private(const char *name, key_serial *ret)
{
	int r = search(KEY_SPEC_PROCESS_KEYRING, "keyring", name, ret);

	/* Without a process keyring the search is -ENOKEY; add_key() makes it. */
	if (r == -ENOKEY)
		r = add_key("keyring", name, NULL, 0, KEY_SPEC_PROCESS_KEYRING, ret);
	return r;
}

int keyring_add_cert(key_serial ring, const void *der, size_t len, key_serial *ret)
{
	return add_key("asymmetric", "", der, len, ring, ret);
}

int keyring_describe(key_serial key, char ret[static KEY_DESCRIPTION_MAX])
{
	char text[KEY_DESCRIPTION_MAX + 64];
	long len = keyctl(KEYCTL_DESCRIBE, key, (long)text, sizeof(text), 0);
	const char *start;

	if (len < 0)
		return (int)len;
	if ((size_t)len > sizeof(text))
		return -EMSGSIZE;
	start = after_perm(text);
	if (!start)
		return -EPROTO;
	(void)format_text(ret, KEY_DESCRIPTION_MAX, "%s", start);
	return 0;
}

bool keyring_has(key_serial ring, const char *description)
{
	key_serial key;
	int r = search(ring, "asymmetric", description, &key);

	return r == 0 || r == -EACCES;
}

int keyring_search_id(key_serial ring, uint32_t key_id, key_serial *ret)
{
	char id[sizeof("id:01234567")];

	(void)format_text(id, sizeof(id), "id:%08x", key_id);
	return search(ring, "asymmetric", id, ret);
}

int keyring_link(key_serial ring, key_serial key)
{
	return (int)keyctl(KEYCTL_LINK, key, ring, 0, 0);
}

int keyring_add_own(
	const char *type, const char *description, const void *payload, size_t len, key_serial *ret)
{
	return add_key(type, description, payload, len, KEY_SPEC_PROCESS_KEYRING, ret);
}

int keyring_unlink_own(key_serial key)
{
	return (int)keyctl(KEYCTL_UNLINK, key, KEY_SPEC_PROCESS_KEYRING, 0, 0);
}

static int verify_as(const char *encoding, const char *hash, const struct keyctl_pkey_params *params,
	const void *digest, const void *signature)
{
	char info[64];
	long r;

	(void)format_text(info, sizeof(info), "enc=%s hash=%s", encoding, hash);
	r = syscall(SYS_keyctl, KEYCTL_PKEY_VERIFY, params, info, digest, signature);
	return r < 0 ? -errno : r > 0 ? -EPROTO : 0;
}

int keyring_verify(key_serial key, const char *hash, const void *digest, size_t digest_len,
	const void *signature, size_t signature_len)
{
	struct keyctl_pkey_params params = {
		.key_id = key, .in_len = (uint32_t)digest_len, .in2_len = (uint32_t)signature_len};
	int r = verify_as("pkcs1", hash, &params, digest, signature);

	/* An encoding that is not the key's is EINVAL before anything is computed. */
	return r == -EINVAL ? verify_as("x962", hash, &params, digest, signature) : r;
}
