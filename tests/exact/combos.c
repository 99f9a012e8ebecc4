// SPDX-License-Identifier: MIT
/*
 * The combinations; see exact.h. Each has a file of its own, whose owner and group are its number, and each of its
 * rules asks for one of the two: so hundreds of them fit into one policy and do not touch each other. First come
 * tables: values, conditions, orders; then generated rules with a fixed seed.
 */
#include "exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "generate.h"
#include "policy_parse.h"

#define SHA1 2
#define RMD160 3
#define SHA256 4
#define SHA512 6
#define GENERATED 220

const struct place places[] = {
	{"tmpfs", "tmpfs", "/run/t", 0x01021994, true, false},
	{"ext4", "ext4", "/e", 0xef53, true, true},
	{"ramfs", "ramfs", "/ram", 0x858458f6, false, false},
	{"overlay", "overlay", "/o", 0x794c7630, true, false},
};
#define TMPFS (&places[0])
#define EXT4 (&places[1])
#define RAMFS (&places[2])
#define OVERLAY (&places[3])

const struct value values[] = {
	{"none", VALUE_NONE, SHA256, false, false},
	{"hash", VALUE_HASH_GOOD, SHA256, false, false},
	{"hash-sha1", VALUE_HASH_GOOD, SHA1, false, false},
	{"hash-sha512", VALUE_HASH_GOOD, SHA512, false, false},
	{"hash-bad", VALUE_HASH_BAD, SHA256, false, false},
	{"hash-short", VALUE_HASH_BAD, SHA256, false, false},
	{"good", VALUE_SIGNATURE_GOOD, SHA256, false, false},
	{"good-sha512", VALUE_SIGNATURE_GOOD, SHA512, false, false},
	{"zeroed", VALUE_SIGNATURE_BAD, SHA256, false, false},
	{"truncated", VALUE_SIGNATURE_BAD, SHA256, false, false},
	{"short", VALUE_SIGNATURE_BAD, SHA256, false, false},
	{"padded", VALUE_SIGNATURE_BAD, SHA256, false, false},
	{"wrong-hash", VALUE_SIGNATURE_BAD, SHA512, false, false},
	{"wrong-key", VALUE_SIGNATURE_BAD, SHA256, false, false},
	{"no-key", VALUE_SIGNATURE_NO_KEY, SHA256, false, false},
	{"unknown", VALUE_UNKNOWN, SHA256, false, false},
	{"sigv3", VALUE_SIGV3_GOOD, SHA256, false, false},
	{"verity", VALUE_VERITY_GOOD, SHA256, true, false},
	{"verity-bad", VALUE_VERITY_BAD, SHA256, true, false},
	{"verity-none", VALUE_NONE, SHA256, true, false},
	{"verity-hash", VALUE_HASH_GOOD, SHA256, true, false},
	{"verity-good", VALUE_SIGNATURE_GOOD, SHA256, true, false},
	{"hash-rmd160", VALUE_HASH_BAD, RMD160, false, true},
	{"unsupported", VALUE_UNSUPPORTED, SHA256, false, false},
	{"new", VALUE_NEW, SHA256, false, false},
	{NULL, VALUE_NONE, 0, false, false},
};

const struct value *value_find(const char *name)
{
	const struct value *value = values;

	while (value->name && strcmp(value->name, name) != 0)
		value++;
	return value->name ? value : NULL;
}

struct maker {
	const struct abilities *abilities;
	struct combo *combos;
	unsigned int count;
};

static struct combo *add(struct maker *maker, const char *group, const struct place *place, const char *value,
	const char *does)
{
	struct combo *combo;

	maker->combos = realloc(maker->combos, (maker->count + 1) * sizeof(*combo));
	if (!maker->combos)
		give_up("memory");
	combo = &maker->combos[maker->count];
	*combo = (struct combo){.number = 10000 + 10 * maker->count,
		.group = group,
		.place = place,
		.value = value_find(place->has_xattrs || strcmp(value, "none") != 0 ? value : "unsupported"),
		.does = does,
		.mode = 0777,
		.fd = -1};
	maker->count++;
	return combo;
}

/* Adds a rule; N in it is the number, N- and N+ its neighbours, U the UUID of the ext4 image. */
static void add_rule(struct buf *rules, const struct combo *combo, const char *rule)
{
	buf_printf(rules, "%s", "");
	for (; *rule; rule++) {
		if (*rule == '$' && rule[1] == 'U') {
			buf_puts(rules, EXT4_UUID);
			rule++;
		} else if (*rule == '$') {
			rule++;
			buf_printf(rules, "%u", combo->number + (*rule == '+') - (*rule == '-'));
		} else {
			buf_putc(rules, *rule);
		}
	}
}

/* Adds rules, separated by semicolons; each is made to ask for the group, or where it has one for the owner. */
static void add_rules(struct buf *rules, const struct combo *combo, const char *text)
{
	char one[256];
	size_t len;

	for (; *text; text += len + (text[len] == ';')) {
		len = strcspn(text, ";");
		(void)snprintf(one, sizeof(one), "%.*s", (int)len, text);
		add_rule(rules, combo, one);
		buf_printf(rules, " %s=%u\n", strstr(one, "fgroup") ? "fowner" : "fgroup", combo->number);
	}
}

/* Each kind of value against a rule that is content with a hash and one that is not. */
static void make_values(struct maker *maker)
{
	static const char *const plain[] = {"none", "hash", "hash-sha1", "hash-sha512", "hash-bad",
		"hash-short", "good", "good-sha512", "zeroed", "truncated", "short", "padded", "wrong-hash",
		"wrong-key", "no-key", "unknown", "sigv3"};
	static const char *const some[] = {"none", "hash", "hash-bad", "good", "zeroed", "unknown"};
	static const char *const rules[] = {"appraise", "appraise appraise_type=imasig"};
	static const char *const does[] = {"x", "m", "M"};
	const char *const *what;
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		for (j = 0; j < ARRAY_SIZE(rules); j++)
			for (k = 0; k < 2; k++) {
				struct combo *combo = add(maker, "values", k ? EXT4 : TMPFS, plain[i], "r");

				add_rules(&combo->rules, combo, rules[j]);
			}
	for (what = does; what < does + ARRAY_SIZE(does); what++)
		for (i = 0; i < ARRAY_SIZE(some) && (**what != 'M' || maker->abilities->modules); i++)
			for (j = 0; j < ARRAY_SIZE(rules); j++) {
				struct combo *combo = add(maker, "values by hook", TMPFS, some[i], *what);

				add_rules(&combo->rules, combo, rules[j]);
			}
}

/* One condition in a rule that appraises, on a file without a value: denied means that it matched. */
static void make_conditions(struct maker *maker)
{
	static const struct {
		const char *conditions, *does;
	} cases[] = {
		{"func=FILE_CHECK", "r"},
		{"func=FILE_CHECK", "x"},
		{"func=FILE_CHECK", "m"},
		{"func=BPRM_CHECK", "x"},
		{"func=BPRM_CHECK", "r"},
		{"func=BPRM_CHECK", "m"},
		{"func=CREDS_CHECK", "x"},
		{"func=CREDS_CHECK", "r"},
		{"func=MMAP_CHECK", "m"},
		{"func=MMAP_CHECK", "x"},
		{"func=MMAP_CHECK", "r"},
		{"func=MMAP_CHECK", "i"},
		{"func=POLICY_CHECK", "r"},
		{"func=FIRMWARE_CHECK", "r"},
		{"func=MODULE_CHECK", "r"},
		{"mask=MAY_READ", "r"},
		{"mask=MAY_READ", "w"},
		{"mask=MAY_READ", "u"},
		{"mask=MAY_READ", "x"},
		{"mask=^MAY_READ", "u"},
		{"mask=^MAY_READ", "w"},
		{"mask=MAY_WRITE", "w"},
		{"mask=MAY_WRITE", "a"},
		{"mask=^MAY_WRITE", "a"},
		{"mask=MAY_APPEND", "a"},
		{"mask=^MAY_APPEND", "a"},
		{"mask=^MAY_APPEND", "w"},
		{"mask=MAY_EXEC", "x"},
		{"mask=^MAY_EXEC", "m"},
		{"mask=MAY_EXEC", "r"},
		{"func=FILE_CHECK mask=MAY_EXEC", "x"},
		{"func=FILE_CHECK mask=MAY_READ", "x"},
		{"fowner=$=", "r"},
		{"fowner=$+", "r"},
		{"fowner<$+", "r"},
		{"fowner<$=", "r"},
		{"fowner>$-", "r"},
		{"fowner>$=", "r"},
		{"fgroup=$=", "r"},
		{"fgroup=$+", "r"},
		{"fgroup<$+", "r"},
		{"fgroup<$=", "r"},
		{"fgroup>$-", "r"},
		{"fgroup>$=", "r"},
		{"fsuuid=$U", "r"},
		{"fsuuid=00000000-0000-0000-0000-000000000000", "r"},
		{"fsuuid=01234567-89ab-4cde-8f01-23456789abce", "r"},
		{"fsmagic=0xef53", "r"},
		{"fsmagic=0x01021994", "r"},
		{"fsmagic=0x858458f6", "r"},
		{"fsmagic=0x794c7630", "r"},
		{"fsname=ext4", "r"},
		{"fsname=tmpfs", "r"},
		{"fsname=ramfs", "r"},
		{"fsname=overlay", "r"},
		{"fsname=ext", "r"},
		{"func=FILE_CHECK mask=^MAY_READ fsname=ext4 uid=0", "r"},
	};
	size_t i, p;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (p = 0; p < ARRAY_SIZE(places); p++) {
			bool about_place = strstr(cases[i].conditions, "fs") != NULL;
			struct combo *combo;
			char rule[128];

			if (p && !about_place)
				continue;
			combo = add(maker, "conditions", &places[p], "none", cases[i].does);
			(void)snprintf(rule, sizeof(rule), "appraise %s", cases[i].conditions);
			add_rules(&combo->rules, combo, rule);
		}
}

/* Who asks: plain ids, each of the three of an effective one, with the capability and without. */
static void make_actors(struct maker *maker)
{
	static const char *const conditions[] = {"uid=$=", "uid=$+", "uid<$+", "uid<$=", "uid>$-",
		"uid>$=", "euid=$=", "euid=$+", "euid=$-", "euid<$=", "euid>$+", "gid=$=", "gid=$+", "gid<$+",
		"gid>$=", "egid=$=", "egid=$+", "egid=$-", "egid<$=", "egid>$+"};
	static const char *const does[] = {"r", "x"};
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(conditions); i++)
		for (j = 0; j < 2; j++)
			for (k = 0; k < 2; k++) {
				struct combo *combo = add(maker, "ids", TMPFS, "none", does[k]);
				unsigned int n = combo->number;
				char rule[128];

				combo->actor =
					(struct actor){n, n + 1, n - 1, n, n + 1, n - 1, j == 1, j == 1};
				(void)snprintf(rule, sizeof(rule), "appraise func=%s %s",
					k ? (i % 2 ? "CREDS_CHECK" : "MMAP_CHECK") : "FILE_CHECK",
					conditions[i]);
				add_rules(&combo->rules, combo, rule);
			}
	for (i = 0; i < 6; i++) {
		static const char *const rules[] = {
			"appraise func=CREDS_CHECK euid=$=", "appraise func=MMAP_CHECK euid=$=",
			"appraise func=BPRM_CHECK euid=$=", "appraise func=CREDS_CHECK egid=$=",
			"appraise func=MMAP_CHECK egid=$=", "appraise func=MMAP_CHECK uid=$="};
		struct combo *combo = add(maker, "setuid", EXT4, "none", "x");

		combo->mode = 06777;
		add_rules(&combo->rules, combo, rules[i]);
	}
}

static void make_orders(struct maker *maker)
{
	static const char *const cases[] = {"dont_appraise;appraise", "appraise;dont_appraise",
		"dont_appraise fowner=$+;appraise", "dont_appraise func=BPRM_CHECK;appraise",
		"dont_appraise func=FILE_CHECK;appraise", "appraise func=BPRM_CHECK;dont_appraise;appraise",
		"appraise fowner=$+ appraise_type=imasig;appraise", "appraise;appraise appraise_type=imasig",
		"appraise appraise_type=imasig;appraise", "measure;appraise", "dont_measure;measure;audit",
		"measure;dont_measure;audit;appraise", "audit;measure",
		"measure func=FILE_CHECK mask=MAY_WRITE;audit", "hash;appraise", "appraise;hash",
		"dont_hash;hash;appraise", "measure fowner=$+;measure fowner=$=;audit",
		"dont_measure fowner=$=;measure", "audit func=BPRM_CHECK", "measure func=BPRM_CHECK",
		"measure func=MMAP_CHECK;appraise func=BPRM_CHECK"};
	static const char *const does[] = {"r", "x"};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (j = 0; j < 2; j++) {
			struct combo *combo = add(maker, "order", i % 2 ? EXT4 : TMPFS, "hash", does[j]);

			add_rules(&combo->rules, combo, cases[i]);
			combo = add(maker, "order of two policies", TMPFS, "none", does[j]);
			add_rules(&combo->later, combo, cases[i]);
			add_rules(&combo->rules, combo,
				j ? "dont_appraise func=BPRM_CHECK" : "measure;dont_appraise fowner=$+");
		}
}

/* What options do, and what the kernel remembers. */
static void make_options(struct maker *maker)
{
	static const struct {
		const char *rules, *value, *does;
		const struct place *place;
	} cases[] = {
		{"appraise appraise_algos=sha256", "hash", "r", TMPFS},
		{"appraise appraise_algos=sha256,sha512", "hash-sha1", "r", TMPFS},
		{"appraise appraise_algos=sha1", "hash-sha1", "r", TMPFS},
		{"appraise appraise_algos=sha512", "hash", "r", TMPFS},
		{"appraise appraise_algos=sha512", "hash-bad", "r", TMPFS},
		{"appraise appraise_algos=sha512", "none", "r", TMPFS},
		{"appraise appraise_algos=sha512 appraise_type=imasig", "good", "r", TMPFS},
		{"appraise appraise_algos=sha512 appraise_type=imasig", "good-sha512", "r", TMPFS},
		/* What passed is not looked at again. */
		{"appraise appraise_algos=sha512", "hash", "rr", TMPFS},
		{"appraise appraise_algos=sha512", "hash", "rrr", EXT4},
		{"appraise mask=MAY_READ;appraise appraise_type=imasig", "hash", "rm", EXT4},
		{"appraise func=FILE_CHECK;appraise func=MMAP_CHECK appraise_type=imasig", "hash", "rm",
			EXT4},
		/* What was asked for once is asked for again. */
		{"appraise func=MMAP_CHECK appraise_type=imasig;appraise func=FILE_CHECK", "hash", "mr",
			EXT4},
		{"appraise func=MMAP_CHECK appraise_type=imasig;appraise func=FILE_CHECK", "hash", "rmr",
			EXT4},
		/* A signed file cannot be opened for writing. */
		{"appraise", "good", "w", TMPFS},
		{"appraise", "good", "u", EXT4},
		{"appraise", "hash", "w", TMPFS},
		{"appraise", "zeroed", "w", TMPFS},
		{"appraise mask=MAY_READ", "good", "rw", TMPFS},
		{"measure", "good", "w", TMPFS},
		{"appraise;hash", "good", "w", TMPFS},
		{"hash", "good", "w", TMPFS},
		{"audit", "good", "a", TMPFS},
		/* New files. */
		{"appraise", "new", "c", TMPFS},
		{"appraise", "new", "c", EXT4},
		{"appraise appraise_type=imasig", "new", "c", TMPFS},
		{"appraise appraise_algos=sha512", "new", "c", TMPFS},
		{"appraise appraise_algos=sha256", "new", "c", EXT4},
		{"appraise mask=^MAY_WRITE appraise_algos=sha512", "new", "c", TMPFS},
		{"measure;audit", "new", "c", TMPFS},
		/* O_DIRECT. */
		{"appraise", "hash", "d", EXT4},
		{"appraise permit_directio", "hash", "d", EXT4},
		{"appraise permit_directio", "hash-bad", "d", EXT4},
		{"appraise permit_directio", "hash-bad", "r", EXT4},
		{"appraise permit_directio appraise_algos=sha512", "hash", "d", EXT4},
		{"measure permit_directio;appraise appraise_type=imasig", "none", "d", EXT4},
		{"dont_measure permit_directio;appraise appraise_type=imasig", "none", "d", EXT4},
		{"appraise", "hash", "rd", EXT4},
		{"appraise", "good", "D", EXT4},
		{"appraise permit_directio", "good", "D", EXT4},
		{"measure", "hash", "d", EXT4},
		/* fs-verity. */
		{"appraise digest_type=verity appraise_type=sigv3", "none", "r", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "good", "r", TMPFS},
		{"appraise digest_type=verity appraise_type=sigv3", "verity", "r", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "verity", "x", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "verity-bad", "r", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "verity-none", "r", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "verity-hash", "r", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "verity-good", "x", EXT4},
		{"appraise digest_type=verity appraise_type=sigv3", "none", "r", RAMFS},
		{"appraise", "verity", "r", EXT4},
		{"appraise appraise_type=imasig", "verity", "r", EXT4},
		{"appraise", "verity-hash", "r", EXT4},
		{"appraise appraise_type=imasig", "verity-good", "x", EXT4},
		{"measure digest_type=verity;appraise", "hash", "r", EXT4},
		{"measure digest_type=verity;appraise", "verity-hash", "r", EXT4},
		{"measure digest_type=verity;appraise", "verity-good", "r", EXT4},
		{"measure digest_type=verity;appraise", "verity", "r", EXT4},
		{"measure digest_type=verity;appraise appraise_type=imasig", "verity-good", "r", EXT4},
		{"measure func=BPRM_CHECK digest_type=verity;appraise func=MMAP_CHECK appraise_type=imasig",
			"verity-good", "x", EXT4},
		{"measure digest_type=verity", "none", "r", EXT4},
		/* A hash that the kernel does not have. */
		{"appraise", "hash-rmd160", "r", EXT4},
		{"appraise appraise_type=imasig", "hash-rmd160", "r", EXT4},
		{"measure;audit", "hash-rmd160", "r", EXT4},
		/* No attributes, and those of a file system over another. */
		{"appraise", "none", "x", RAMFS},
		{"appraise appraise_type=imasig", "none", "m", RAMFS},
		{"measure;audit;appraise", "none", "r", RAMFS},
		{"dont_appraise fsname=ramfs;appraise", "none", "r", RAMFS},
		{"appraise", "hash", "r", OVERLAY},
		{"appraise", "hash-bad", "r", OVERLAY},
		{"appraise appraise_type=imasig", "good", "r", OVERLAY},
		{"appraise appraise_type=imasig", "hash", "x", OVERLAY},
		{"appraise func=BPRM_CHECK appraise_type=imasig", "good", "x", OVERLAY},
		{"appraise func=MMAP_CHECK", "none", "x", OVERLAY},
		{"measure;audit", "none", "x", OVERLAY},
		{"dont_appraise fsmagic=0x794c7630;appraise", "none", "r", OVERLAY},
		{"dont_appraise fsmagic=0x01021994;appraise", "none", "r", OVERLAY},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct combo *combo = add(maker, "options", cases[i].place, cases[i].value, cases[i].does);

		if (combo->value->kind == VALUE_NEW)
			combo->actor = (struct actor){combo->number, combo->number, combo->number,
				combo->number, combo->number, combo->number, false, false};
		add_rules(&combo->rules, combo, cases[i].rules);
	}
}

/* Hooks that not every kernel can be asked about. */
static void make_hooks(struct maker *maker)
{
	static const char *const rules[] = {"appraise func=%s", "appraise func=%s appraise_type=imasig",
		"appraise func=%s mask=^MAY_READ", "dont_appraise func=%s;appraise",
		"appraise func=%s mask=MAY_EXEC", "measure func=%s;audit func=%s",
		"appraise func=%s permit_directio"};
	static const char *const values_of[] = {"none", "hash", "hash-bad", "good", "zeroed"};
	char text[128];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		for (j = 0; j < ARRAY_SIZE(values_of); j++) {
			struct combo *combo;

			if (maker->abilities->modules) {
				combo = add(maker, "modules", i % 2 ? EXT4 : TMPFS, values_of[j], "M");
				(void)snprintf(text, sizeof(text), rules[i], "MODULE_CHECK", "MODULE_CHECK");
				add_rules(&combo->rules, combo, text);
			}
			if (maker->abilities->again) {
				combo = add(maker, "policies", i % 2 ? EXT4 : TMPFS, values_of[j], "p");
				(void)snprintf(text, sizeof(text), rules[i], "POLICY_CHECK", "POLICY_CHECK");
				add_rules(&combo->rules, combo, text);
			}
			if (maker->abilities->model->version >= KERNEL(6, 3) && j < 2) {
				combo = add(maker, "requested protection", TMPFS, values_of[j],
					i % 2 ? "i" : "m");
				(void)snprintf(text, sizeof(text), rules[i], "MMAP_CHECK_REQPROT",
					"MMAP_CHECK_REQPROT");
				add_rules(&combo->rules, combo, text);
			}
		}
}

/* ---- generated --------------------------------------------------------------------------------- */

static const char *pick(struct generator *generator, const char *const *list, size_t count)
{
	return list[generate_number(generator, (uint32_t)count)];
}
#define PICK(generator, list) pick(generator, list, ARRAY_SIZE(list))

/* One rule, not always one that is allowed. */
static void generate_combo_rule(
	struct generator *generator, const struct combo *combo, char *ret, size_t size)
{
	static const char *const actions[] = {"appraise", "appraise", "appraise",
		"appraise appraise_type=imasig", "appraise appraise_type=imasig", "dont_appraise",
		"dont_appraise", "measure", "dont_measure", "audit", "hash", "dont_hash",
		"appraise appraise_algos=sha256", "appraise appraise_algos=sha512,sha1",
		"appraise permit_directio"};
	static const char *const hooks[] = {"", "", "", " func=FILE_CHECK", " func=FILE_CHECK",
		" func=BPRM_CHECK", " func=MMAP_CHECK", " func=CREDS_CHECK", " func=MODULE_CHECK",
		" func=MMAP_CHECK_REQPROT"};
	static const char *const masks[] = {"", "", "", "", " mask=MAY_READ", " mask=^MAY_READ",
		" mask=MAY_WRITE", " mask=^MAY_WRITE", " mask=MAY_EXEC", " mask=^MAY_EXEC",
		" mask=^MAY_APPEND"};
	static const char *const conditions[] = {"", "", "", "", "", "",
		" fowner=$=", " fowner<$=", " fowner>$-", " fowner<$+", " fowner>$=", " fsmagic=0xef53",
		" fsmagic=0x01021994", " fsname=ext4", " fsname=tmpfs", " fsuuid=$U", " uid=$=", " uid<$+",
		" uid>$=", " uid=0", " euid=$=", " euid>$=", " euid<$=", " gid=$=", " gid<$=", " gid=0",
		" egid=$=", " egid<$+", " egid>$="};

	(void)combo;
	(void)snprintf(ret, size, "%s%s%s%s%s", PICK(generator, actions), PICK(generator, hooks),
		PICK(generator, masks), PICK(generator, conditions), PICK(generator, conditions));
}

static void generate_actor(struct generator *generator, struct combo *combo)
{
	unsigned int ids[6], i;

	if (generate_number(generator, 3) == 0)
		return;
	for (i = 0; i < 6; i++)
		ids[i] = combo->number + generate_number(generator, 3) - 1;
	combo->actor = (struct actor){ids[0], ids[1], ids[2], ids[3], ids[4], ids[5],
		generate_number(generator, 2) == 0, generate_number(generator, 2) == 0};
}

static void generate_rules(struct generator *generator, struct maker *maker, struct combo *combo)
{
	unsigned int left = 1 + generate_number(generator, 5);
	char text[256];

	while (left) {
		_cleanup_policy_ struct policy policy = {0};
		struct buf rule = {0};

		generate_combo_rule(generator, combo, text, sizeof(text));
		add_rules(&rule, combo, text);
		if (policy_parse(maker->abilities->model, buf_string(&rule), rule.len, NULL, &policy) == 0) {
			buf_puts(left == 1 && generate_number(generator, 3) == 0 ? &combo->later
										 : &combo->rules,
				buf_string(&rule));
			left--;
		}
		buf_free(&rule);
	}
}

static void generate_all(struct maker *maker)
{
	static const char *const some_values[] = {"none", "none", "hash", "hash", "hash-bad", "hash-sha1",
		"good", "good", "zeroed", "no-key", "unknown"};
	static const char *const does[] = {
		"r", "r", "x", "x", "m", "w", "u", "a", "i", "rm", "mr", "M", "rM"};
	struct generator generator = {4};
	unsigned int i;

	for (i = 0; i < GENERATED; i++) {
		const struct place *place = &places[generate_number(&generator, 2)];
		const char *value = PICK(&generator, some_values), *what = PICK(&generator, does);
		struct combo *combo;

		if (strchr(what, 'M') && !maker->abilities->modules)
			what = "x";
		combo = add(maker, "generated", place, value, what);
		generate_actor(&generator, combo);
		generate_rules(&generator, maker, combo);
	}
}

unsigned int combos_make(const struct abilities *abilities, struct combo **ret_combos)
{
	struct maker maker = {.abilities = abilities};
	struct combo *last;

	make_values(&maker);
	make_conditions(&maker);
	make_actors(&maker);
	make_orders(&maker);
	make_options(&maker);
	make_hooks(&maker);
	generate_all(&maker);
	last = add(&maker, "last", TMPFS, "none", "r");
	add_rules(&last->rules, last, "appraise");
	*ret_combos = maker.combos;
	return maker.count;
}
