// SPDX-License-Identifier: MIT
/*
 * A generator of IMA rules; see generate.h.
 *
 * Each keyword has a list of values that are right, at the edge, or just wrong. A rule is put together from
 * them in one of several ways, so that each word, each value, each pair of words in either order and each
 * combination with a hook and an action comes up within some ten thousand rules.
 */
#include "generate.h"

#define N ARRAY_SIZE

uint32_t generate_number(struct generator *generator, uint32_t limit)
{
	uint64_t x;

	generator->state += UINT64_C(0x9e3779b97f4a7c15);
	x = generator->state;
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return (uint32_t)(((x >> 32) * limit) >> 32);
}

static const char *const actions[] = {
	"measure", "dont_measure", "appraise", "dont_appraise", "audit", "hash", "dont_hash", "dont_audit"};

static const char *const funcs[] = {"FILE_CHECK", "PATH_CHECK", "MMAP_CHECK", "FILE_MMAP",
	"MMAP_CHECK_REQPROT", "BPRM_CHECK", "CREDS_CHECK", "MODULE_CHECK", "FIRMWARE_CHECK",
	"KEXEC_KERNEL_CHECK", "KEXEC_INITRAMFS_CHECK", "POLICY_CHECK", "KEXEC_CMDLINE", "KEY_CHECK",
	"CRITICAL_DATA", "SETXATTR_CHECK", "NONE", "POST_SETATTR", "MAX_CHECK", "file_check", "BPRM_CHECKS",
	"BPRM", "^BPRM_CHECK", "FILE_CHECK|BPRM_CHECK", "KEY_CHECK\r"};

static const char *const masks[] = {"MAY_EXEC", "MAY_WRITE", "MAY_READ", "MAY_APPEND", "^MAY_EXEC",
	"^MAY_WRITE", "^MAY_READ", "^MAY_APPEND", "^", "^^MAY_READ", "MAY_READ|MAY_EXEC", "may_read",
	"MAY_OPEN", "0"};

static const char *const numbers[] = {"0", "1", "00", "01", "+0", "+1", "-0", "-1", "+", "-", "++1", "+-0",
	"-+0", "--0", "0x", "0X", "0x0", "0X1", "+0x10", "0x+1", "0xg", "x1", "0x0x1", "1a", "ff", "FF",
	"0xfF", "ef53", "0xEF53", "01021994", "0x01021994", "858458f6", "9fa0", "10", "63", "64", "31", "32",
	"1000", "65534", "65535", "65536", "2147483647", "2147483648", "4294967293", "4294967294",
	"4294967295", "4294967296", "4294967297", "9223372036854775807", "9223372036854775808",
	"18446744073709551614", "18446744073709551615", "18446744073709551616", "18446744073709551617",
	"184467440737095516150", "ffffffff", "100000000", "ffffffffffffffff", "10000000000000000",
	"0xffffffffffffffff", "0x10000000000000000", "1x", "1.0", "1,2", "1e3",
	"0000000000000000000000000000000000000000000001", "99999999999999999999z", "\xb2", "1\r", "1\x0b",
	"=0", ">1", "<1", "0b1", "0o7", "-0x0", "+00", "-00", "-64", "063", "064",
	"00000000000000000000000000000000000000000000063"};

static const char *const uuids[] = {"00000000-0000-0000-0000-000000000000",
	"01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF",
	"01234567-89ab-cdef-0123-456789abcdefg", "01234567-89ab-cdef-0123-456789abcde",
	"0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdeg",
	"01234567_89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef\r",
	"{01234567-89ab-cdef-0123-456789abcdef}", "01234567-89ab-cdef-0123-456789abcdef-",
	"f0000000-0000-0000-0000-000000000000", "-", "0"};

static const char *const names[] = {"ext4", "tmpfs", "fuse.sshfs", "x", "=", "a=b", "\xff\xfe", "\x01",
	"ext4\r", "%s", "%d%n", "0123456789012345678901234567890123456789012345678901234567890123456789",
	"012345678901234567890123456789012345678901234567890123456789012",
	"0123456789012345678901234567890123456789012345678901234567890123", "\"q\"", "#", "\\040"};

static const char *const lists[] = {".ima", ".ima|.evm", ".builtin_trusted_keys|.ima|key-1", "|", ".ima|",
	"|.ima", ".ima||.evm", "a", "selinux|kernel_version", "a|b|c|d|e|f|g|h", "=", "a=b|c", ",", "a|\r",
	"||"};

static const char *const labels[] = {"system_u", "object_r", "bin_t", "unconfined", "init_t", "_", "*",
	"unconfined_u", "root", "staff_r", "no_such_t", "unconfineD", "a=b", "^", "unconfined\r"};

static const char *const appraise_types[] = {"imasig", "imasig|modsig", "sigv3", "modsig", "modsig|imasig",
	"imasig|", "|imasig", "imasig|modsig|", "IMASIG", "sigv2", "sigv3|imasig", "meta_immutable",
	"imasig\r"};

static const char *const digest_types[] = {"verity", "verity|file", "Verity", "file", "verity\r", "ima"};

static const char *const flags[] = {
	"check_blacklist", "blacklist", "xblacklistx", "check_black", "0", "check_blacklist\r"};

static const char *const algos[] = {"sha1", "sha256", "sha512", "sha384", "sha224", "md5", "md4", "rmd160",
	"rmd128", "rmd256", "rmd320", "wp256", "wp384", "wp512", "tgr128", "tgr160", "tgr192", "sm3",
	"sm3-256", "streebog256", "streebog512", "sha3-256", "sha3-384", "sha3-512", "sha256,sha512",
	"sha512,sha256", "sha256,sha256", "sha256,", ",sha256", "sha256,,sha512", ",", "SHA256", "sha-256",
	"sha256|sha512", "sha1,sha224,sha256,sha384,sha512", "crc32c", "hmac(sha1)", "sha256\r"};

static const char *const templates[] = {"ima", "ima-ng", "ima-sig", "ima-ngv2", "ima-sigv2", "ima-buf",
	"ima-modsig", "evm-sig", "d|n", "d-ng|n-ng", "d-ng|n-ng|sig", "d-ngv2|n-ng", "d-ngv2|n-ng|sig",
	"d-ng|n-ng|buf", "d-ng|n-ng|sig|d-modsig|modsig",
	"d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode", "ima-sigv3", "ima-sigv", "d",
	"n-ng|d-ng", "d-ng", "IMA", "ima\r", "evm", "d|n|"};

#define VALUES(list) (list), N(list)

static const struct {
	const char *key;
	const char *const *values;
	size_t count;
	unsigned good; /* so many of the first values are right */
} keys[] = {
	{"func=", VALUES(funcs), 16},
	{"func=", VALUES(funcs), 16},
	{"mask=", VALUES(masks), 8},
	{"fsmagic=", VALUES(numbers), 2},
	{"fsname=", VALUES(names), 14},
	{"fs_subtype=", VALUES(names), 14},
	{"fsuuid=", VALUES(uuids), 4},
	{"uid=", VALUES(numbers), 2},
	{"uid>", VALUES(numbers), 2},
	{"uid<", VALUES(numbers), 2},
	{"euid=", VALUES(numbers), 2},
	{"euid>", VALUES(numbers), 2},
	{"euid<", VALUES(numbers), 2},
	{"gid=", VALUES(numbers), 2},
	{"gid>", VALUES(numbers), 2},
	{"gid<", VALUES(numbers), 2},
	{"egid=", VALUES(numbers), 2},
	{"egid>", VALUES(numbers), 2},
	{"egid<", VALUES(numbers), 2},
	{"fowner=", VALUES(numbers), 2},
	{"fowner>", VALUES(numbers), 2},
	{"fowner<", VALUES(numbers), 2},
	{"fgroup=", VALUES(numbers), 2},
	{"fgroup>", VALUES(numbers), 2},
	{"fgroup<", VALUES(numbers), 2},
	{"obj_user=", VALUES(labels), 5},
	{"obj_role=", VALUES(labels), 5},
	{"obj_type=", VALUES(labels), 5},
	{"subj_user=", VALUES(labels), 5},
	{"subj_role=", VALUES(labels), 5},
	{"subj_type=", VALUES(labels), 5},
	{"appraise_type=", VALUES(appraise_types), 3},
	{"appraise_type=", VALUES(appraise_types), 3},
	{"digest_type=", VALUES(digest_types), 1},
	{"digest_type=", VALUES(digest_types), 1},
	{"appraise_flag=", VALUES(flags), 3},
	{"appraise_algos=", VALUES(algos), 24},
	{"appraise_algos=", VALUES(algos), 24},
	{"pcr=", VALUES(numbers), 2},
	{"template=", VALUES(templates), 16},
	{"keyrings=", VALUES(lists), 3},
	{"label=", VALUES(lists), 3},
	{"permit_directio", NULL, 0, 0},
};

static const char *pick(struct generator *g, const char *const *list, size_t count)
{
	return list[generate_number(g, (uint32_t)count)];
}

static void add_blank(struct generator *g, struct buf *rule)
{
	uint32_t kind = generate_number(g, 24);

	buf_puts(rule, kind == 0 ? "\t" : kind == 1 ? "  " : kind == 2 ? " \t " : " ");
}

static void add_action(struct generator *g, struct buf *rule, bool care)
{
	buf_puts(rule, pick(g, actions, N(actions) - care));
}

/* A keyword with one of its values, the right ones more often when care is set. */
static void add_word(struct generator *g, struct buf *rule, bool care)
{
	size_t i = generate_number(g, N(keys)), count = keys[i].count;

	if (generate_number(g, 60) == 0) {
		add_action(g, rule, care);
		return;
	}
	buf_puts(rule, keys[i].key);
	if (!count)
		return;
	if (care && keys[i].good)
		count = keys[i].good;
	buf_puts(rule, pick(g, keys[i].values, count));
}

/* An action, perhaps a hook, and some words: right ones when care is set. */
static void make_rule(struct generator *g, struct buf *rule, bool care, uint32_t words)
{
	uint32_t action_at = generate_number(g, 4) ? 0 : generate_number(g, words + 1), i;

	for (i = 0; i <= words; i++) {
		if (i)
			add_blank(g, rule);
		if (i == action_at) {
			add_action(g, rule, care);
			if (generate_number(g, 2))
				continue;
			add_blank(g, rule);
			buf_printf(rule, "func=%s", pick(g, funcs, care ? 16 : N(funcs)));
			continue;
		}
		add_word(g, rule, care);
	}
}

/* The combinations around signatures, where the order of the words matters. */
static void make_signed(struct generator *g, struct buf *rule)
{
	static const char *const words[] = {"appraise", "appraise", "appraise_type=imasig",
		"appraise_type=sigv3", "appraise_type=imasig|modsig", "digest_type=verity",
		"digest_type=verity", "func=MODULE_CHECK", "func=FILE_CHECK", "func=KEXEC_KERNEL_CHECK",
		"appraise_flag=check_blacklist", "appraise_algos=sha256", "permit_directio", "measure",
		"template=ima-sigv2", "func=SETXATTR_CHECK", "pcr=11"};
	uint32_t i, count = 2 + generate_number(g, 4);

	for (i = 0; i < count; i++) {
		if (i)
			add_blank(g, rule);
		buf_puts(rule, pick(g, words, N(words)));
	}
}

/* One of the usual rules of real policies. */
static void make_usual(struct generator *g, struct buf *rule)
{
	static const char *const usual[] = {"dont_appraise fsmagic=0x9fa0", "dont_measure fsmagic=0x62656572",
		"measure func=MMAP_CHECK mask=MAY_EXEC", "measure func=BPRM_CHECK mask=MAY_EXEC",
		"measure func=FILE_CHECK mask=^MAY_READ euid=0",
		"measure func=FILE_CHECK mask=^MAY_READ uid=0", "appraise fowner=0",
		"appraise func=POLICY_CHECK appraise_type=imasig",
		"appraise func=MODULE_CHECK appraise_type=imasig|modsig",
		"measure func=KEY_CHECK keyrings=.ima|.evm",
		"measure func=CRITICAL_DATA label=selinux pcr=12",
		"measure func=KEXEC_CMDLINE template=ima-buf",
		"appraise func=SETXATTR_CHECK appraise_algos=sha256,sha512", "audit func=BPRM_CHECK",
		"hash func=FILE_CHECK", "measure func=FILE_CHECK digest_type=verity template=ima-sigv2",
		"appraise func=BPRM_CHECK digest_type=verity appraise_type=sigv3 permit_directio",
		"dont_measure obj_type=var_log_t", "measure subj_role=unconfined", "# comment",
		"   # comment", "\t", " "};

	buf_puts(rule, pick(g, usual, N(usual)));
}

static void make_random(struct generator *g, struct buf *rule)
{
	static const char alphabet[] = "measure apdont_ush=<>^|,0x19fMAYCHEK\t #-+";
	uint32_t i, count = 1 + generate_number(g, 60);
	bool any = generate_number(g, 2);

	for (i = 0; i < count; i++)
		buf_putc(rule, any ? (char)generate_number(g, 256)
				   : alphabet[generate_number(g, sizeof(alphabet) - 1)]);
}

/* A rule around the length at which the kernel cuts a write. */
static void make_long(struct generator *g, struct buf *rule)
{
	uint32_t length = 4050 + generate_number(g, 100);
	bool list = generate_number(g, 2);

	buf_puts(rule, list ? "measure func=CRITICAL_DATA label=x" : "measure fsname=x");
	while (rule->len < length)
		buf_putc(rule, list && generate_number(g, 40) == 0 ? '|' : 'y');
	if (generate_number(g, 2))
		buf_puts(rule, " pcr=99");
}

static void replace(struct buf *rule, size_t at, size_t cut, const char *bytes, size_t len)
{
	struct buf changed = {0};

	buf_add(&changed, rule->data, at);
	buf_add(&changed, bytes, len);
	buf_add(&changed, rule->data + at + cut, rule->len - at - cut);
	buf_free(rule);
	*rule = changed;
}

static void mutate(struct generator *g, struct buf *rule)
{
	static const char bytes[] = {
		'\0', '\n', '\r', '#', ' ', '\t', '=', '|', ',', '\x0b', '\xa0', '0', 'A', '_', '^', '/'};
	size_t at = generate_number(g, (uint32_t)rule->len), len;
	struct buf piece = {0};
	char byte = bytes[generate_number(g, sizeof(bytes))];

	switch (generate_number(g, 8)) {
	case 0:
		replace(rule, at, 1, "", 0);
		break;
	case 1:
		replace(rule, at, 1, &byte, 1);
		break;
	case 2:
		replace(rule, at, 0, &byte, 1);
		break;
	case 3:
		rule->data[at] = (char)(rule->data[at] ^ 0x20);
		break;
	case 4:
		replace(rule, at, rule->len - at, "", 0);
		break;
	case 5:
		len = generate_number(g, (uint32_t)(rule->len - at)) + 1;
		buf_add(&piece, rule->data + at, len);
		replace(rule, at, 0, piece.data, piece.len);
		break;
	case 6:
		buf_puts(rule, generate_number(g, 2) ? " # why" : " #");
		break;
	default:
		buf_putc(&piece, ' ');
		add_word(g, &piece, generate_number(g, 2));
		buf_puts(rule, piece.data);
		break;
	}
	buf_free(&piece);
}

void generate_rule(struct generator *g, struct buf *rule)
{
	uint32_t kind = generate_number(g, 100);

	buf_free(rule);
	if (kind < 35)
		make_rule(g, rule, true, generate_number(g, 5));
	else if (kind < 60)
		make_rule(g, rule, false, generate_number(g, 3));
	else if (kind < 75)
		make_signed(g, rule);
	else if (kind < 92)
		make_usual(g, rule);
	else if (kind < 99)
		make_random(g, rule);
	else
		make_long(g, rule);
	while (rule->len && rule->len < GENERATED_MAX / 2 &&
		generate_number(g, 100) < (kind < 92 && kind >= 75 ? 60 : 20))
		mutate(g, rule);
	if (!rule->len || rule->data[0] == '/')
		replace(rule, 0, 0, " ", 1);
}
