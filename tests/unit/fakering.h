/* SPDX-License-Identifier: MIT */
/*
 * The kernel's keyrings as a model, for tests that wrap the functions of keyring.h.
 *
 * A certificate is a DER SEQUENCE of the text "DESCRIPTION|ISSUER|ERROR". Restricted keyrings take
 * it when its issuer is "builtin" or the description of a key in .secondary_trusted_keys; a key
 * takes the place of one with the same description, as in the kernel. ERROR is the errno that
 * adding it gives: "74" everywhere, "t74" only outside the keyrings of this process.
 *
 * The line for the Makefile:
 *   keyring_find keyring_ensure_user keyring_find_user keyring_private keyring_add_cert
 *   keyring_describe keyring_has keyring_search_id keyring_link keyring_verify
 */
#ifndef IMABOOT_TEST_FAKERING_H
#define IMABOOT_TEST_FAKERING_H

#include "certs.h"
#include "fakeroot.h"
#include "fault.h"

enum { RING_IMA = 100, RING_CA, RING_USER, RING_PROBE, RING_VERIFY, RING_EVM, RING_EVM_USER };

struct fake_key {
	key_serial serial, ring;
	char description[64], payload[128];
};

static struct {
	bool has_ima, has_ca;           /* the kernel has .ima (and .evm), .secondary_trusted_keys */
	bool has_user;                  /* _ima is in root's user keyring */
	int find_error, private_error;  /* what looking for keyrings gives */
	int ensure_error, verify_error; /* what making _ima, and verifying, gives */
	int link_error;
	struct fake_key keys[64];
	size_t count;
	key_serial serials; /* given out so far */
	struct buf
		offers; /* descriptions in the order in which .ima, _ima and the CAs' ring were offered them */
	char verified[256]; /* the last verification: key, parameters, lengths */
} fakering;

static inline int fakering_new(void **context)
{
	memset(&fakering, 0, sizeof(fakering));
	fakering.has_ima = fakering.has_ca = true;
	return fakeroot_new(context);
}

static inline int fakering_remove(void **context)
{
	buf_free(&fakering.offers);
	return fakeroot_remove(context);
}

#define RING_TEST(test) cmocka_unit_test_setup_teardown(test, fakering_new, fakering_remove)

/* Puts a certificate file in place; note: the errno of adding it, or "". */
static inline void fake_cert(const char *path, const char *description, const char *issuer, const char *note)
{
	char bytes[130];
	int len = snprintf(bytes + 2, sizeof(bytes) - 2, "%s|%s|%s", description, issuer, note);

	assert_in_range(len, 1, 126);
	bytes[0] = 0x30;
	bytes[1] = (char)len;
	fakeroot_bytes(path, bytes, (size_t)len + 2);
}

/* The key of that description in a keyring, or NULL. */
static inline struct fake_key *fake_key_in(key_serial ring, const char *description)
{
	size_t i;

	for (i = 0; i < fakering.count; i++)
		if (fakering.keys[i].ring == ring && string_equal(fakering.keys[i].description, description))
			return &fakering.keys[i];
	return NULL;
}

static inline size_t fake_keys_in(key_serial ring)
{
	size_t i, n = 0;

	for (i = 0; i < fakering.count; i++)
		n += fakering.keys[i].ring == ring;
	return n;
}

/* Puts a key into a keyring, as something that ran before would have. */
static inline void fake_key_add(key_serial ring, const char *description)
{
	struct fake_key *key = &fakering.keys[fakering.count];

	assert_true(fakering.count < ARRAY_SIZE(fakering.keys));
	key->serial = 1000 + fakering.serials++;
	fakering.count++;
	key->ring = ring;
	(void)snprintf(key->description, sizeof(key->description), "%s", description);
}

int __wrap_keyring_find(const char *name, key_serial *ret);
int __wrap_keyring_ensure_user(const char *name, key_serial *ret);
int __wrap_keyring_find_user(const char *name, key_serial *ret);
int __wrap_keyring_private(const char *name, key_serial *ret);
int __wrap_keyring_add_cert(key_serial ring, const void *der, size_t len, key_serial *ret);
int __wrap_keyring_describe(key_serial key, char *ret);
bool __wrap_keyring_has(key_serial ring, const char *description);
int __wrap_keyring_search_id(key_serial ring, uint32_t key_id, key_serial *ret);
int __wrap_keyring_link(key_serial ring, key_serial key);
int __wrap_keyring_verify(key_serial key, const char *hash, const void *digest, size_t digest_len,
	const void *signature, size_t signature_len);

int __wrap_keyring_find(const char *name, key_serial *ret)
{
	FAKE_CALL(-fault.error);

	bool is_ima = string_equal(name, ".ima"), is_evm = string_equal(name, ".evm");

	assert_true(is_ima || is_evm || string_equal(name, ".secondary_trusted_keys"));
	if (fakering.find_error)
		return fakering.find_error;
	*ret = is_ima ? RING_IMA : is_evm ? RING_EVM : RING_CA;
	return (is_ima || is_evm ? fakering.has_ima : fakering.has_ca) ? 0 : -ENOENT;
}

int __wrap_keyring_ensure_user(const char *name, key_serial *ret)
{
	FAKE_CALL(-fault.error);

	assert_true(string_equal(name, "_ima") || string_equal(name, "_evm"));
	*ret = string_equal(name, "_ima") ? RING_USER : RING_EVM_USER;
	fakering.has_user |= !fakering.ensure_error;
	return fakering.ensure_error;
}

int __wrap_keyring_find_user(const char *name, key_serial *ret)
{
	FAKE_CALL(-fault.error);

	assert_string_equal(name, "_ima");
	*ret = RING_USER;
	return fakering.has_user ? 0 : -ENOKEY;
}

int __wrap_keyring_private(const char *name, key_serial *ret)
{
	FAKE_CALL(-fault.error);

	*ret = string_equal(name, "imaboot-verify") ? RING_VERIFY : RING_PROBE;
	return fakering.private_error;
}

/* The errno that the certificate's third field asks for, as a negative number. */
static inline int fake_error(const char *note, key_serial ring)
{
	bool is_target = ring != RING_PROBE && ring != RING_VERIFY;

	if (*note == 't')
		return is_target ? -atoi(note + 1) : 0;
	return -atoi(note);
}

int __wrap_keyring_add_cert(key_serial ring, const void *der, size_t len, key_serial *ret)
{
	FAKE_CALL(-fault.error);

	char payload[128], issuer[64] = "", note[16] = "", description[64] = "";
	struct fake_key *old;
	int r;

	assert_in_range(len, 3, sizeof(payload) + 1);
	(void)snprintf(payload, sizeof(payload), "%.*s", (int)len - 2, (const char *)der + 2);
	if (sscanf(payload, "%63[^|]|%63[^|]|%15s", description, issuer, note) < 2)
		return -EBADMSG;
	r = fake_error(note, ring);
	if (ring != RING_PROBE && ring != RING_VERIFY)
		buf_printf(&fakering.offers, "%s ", description);
	if (r == 0 && (ring == RING_IMA || ring == RING_CA || ring == RING_EVM) &&
		!string_equal(issuer, "builtin") && !fake_key_in(RING_CA, issuer))
		r = -ENOKEY;
	if (r < 0)
		return r;
	old = fake_key_in(ring, description);
	if (old)
		*old = fakering.keys[--fakering.count];
	fake_key_add(ring, description);
	old = &fakering.keys[fakering.count - 1];
	memcpy(old->payload, payload, sizeof(payload));
	*ret = old->serial;
	return 0;
}

static inline struct fake_key *fake_key_of(key_serial serial)
{
	size_t i;

	for (i = 0; i < fakering.count; i++)
		if (fakering.keys[i].serial == serial)
			return &fakering.keys[i];
	return NULL;
}

int __wrap_keyring_describe(key_serial key, char *ret)
{
	FAKE_CALL(-fault.error);

	if (!fake_key_of(key))
		return -ENOKEY;
	strcpy(ret, fake_key_of(key)->description);
	return 0;
}

bool __wrap_keyring_has(key_serial ring, const char *description)
{
	FAKE_CALL(false);

	return fake_key_in(ring, description) != NULL;
}

/* The description of a key ends with its identifier. */
int __wrap_keyring_search_id(key_serial ring, uint32_t key_id, key_serial *ret)
{
	FAKE_CALL(-fault.error);

	char id[16];
	size_t i, len;

	assert_int_equal(ring, RING_VERIFY);
	(void)snprintf(id, sizeof(id), "%08x", key_id);
	for (i = 0; i < fakering.count; i++) {
		len = strlen(fakering.keys[i].description);
		if (fakering.keys[i].ring != ring || len < 8 ||
			!string_equal(fakering.keys[i].description + len - 8, id))
			continue;
		*ret = fakering.keys[i].serial;
		return 0;
	}
	return -ENOKEY;
}

/* Only what was parsed in the probe keyring is linked, and only to the copies; a namesake makes room. */
int __wrap_keyring_link(key_serial ring, key_serial key)
{
	FAKE_CALL(-fault.error);

	const struct fake_key *parsed = fake_key_of(key);
	struct fake_key copy, *old;

	assert_true(parsed && parsed->ring == RING_PROBE && ring == RING_VERIFY);
	if (fakering.link_error)
		return fakering.link_error;
	copy = *parsed;
	old = fake_key_in(ring, copy.description);
	if (old)
		*old = fakering.keys[--fakering.count];
	fake_key_add(ring, copy.description);
	memcpy(fakering.keys[fakering.count - 1].payload, copy.payload, sizeof(copy.payload));
	return 0;
}

int __wrap_keyring_verify(key_serial key, const char *hash, const void *digest, size_t digest_len,
	const void *signature, size_t signature_len)
{
	FAKE_CALL(-fault.error);

	assert_non_null(fake_key_of(key));
	assert_int_equal(fake_key_of(key)->ring, RING_VERIFY);
	assert_non_null(digest);
	(void)snprintf(fakering.verified, sizeof(fakering.verified), "%s %s digest=%zu signature=%.*s",
		fake_key_of(key)->description, hash, digest_len, (int)signature_len, (const char *)signature);
	return fakering.verify_error;
}

#endif
