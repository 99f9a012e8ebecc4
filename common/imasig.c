// SPDX-License-Identifier: MIT
/* security.ima taken apart; see imasig.h. */
#include "imasig.h"

#define TYPE_DIGEST 0x01
#define TYPE_SIGNATURE 0x03
#define TYPE_DIGEST_NG 0x04
#define TYPE_VERITY 0x06
#define ALGO_MD5 1
#define ALGO_SHA1 2
#define MD5_SIZE 16
#define SHA1_SIZE 20
#define HEADER_SIZE 9 /* type, version, algorithm, key id (4, big endian), size (2, big endian) */

static void parse_digest(const uint8_t *value, size_t len, struct imasig *ret)
{
	size_t skip = value[0] == TYPE_DIGEST ? 1 : 2;

	if (len <= skip)
		return;
	ret->bytes = value + skip;
	ret->len = len - skip;
	if (value[0] == TYPE_DIGEST_NG)
		ret->algo = value[1];
	else if (ret->len == SHA1_SIZE || ret->len == MD5_SIZE)
		ret->algo = ret->len == SHA1_SIZE ? ALGO_SHA1 : ALGO_MD5;
	else
		return;
	ret->kind = IMASIG_DIGEST;
}

static enum imasig_kind signature_kind(uint8_t type, uint8_t version)
{
	if (type == TYPE_VERITY)
		return version == 3 ? IMASIG_VERITY : IMASIG_MALFORMED;
	return version == 2 ? IMASIG_V2 : version == 3 ? IMASIG_V3 : IMASIG_MALFORMED;
}

static void parse_signature(const uint8_t *value, size_t len, struct imasig *ret)
{
	if (value[0] == TYPE_SIGNATURE && len > 1 && value[1] == 1) {
		ret->kind = IMASIG_V1;
		return;
	}
	if (len <= HEADER_SIZE)
		return;
	ret->algo = value[2];
	ret->key_id =
		(uint32_t)value[3] << 24 | (uint32_t)value[4] << 16 | (uint32_t)value[5] << 8 | value[6];
	if (((size_t)value[7] << 8 | value[8]) != len - HEADER_SIZE)
		return;
	ret->bytes = value + HEADER_SIZE;
	ret->len = len - HEADER_SIZE;
	ret->kind = signature_kind(value[0], value[1]);
}

void imasig_parse(const uint8_t *value, size_t len, struct imasig *ret)
{
	*ret = (struct imasig){.kind = len ? IMASIG_MALFORMED : IMASIG_NONE};
	if (!len)
		return;
	switch (value[0]) {
	case TYPE_DIGEST:
	case TYPE_DIGEST_NG:
		parse_digest(value, len, ret);
		break;
	case TYPE_SIGNATURE:
	case TYPE_VERITY:
		parse_signature(value, len, ret);
		break;
	default:
		ret->kind = IMASIG_UNKNOWN;
		break;
	}
}
