// SPDX-License-Identifier: MIT
/* Combinations from tables: values, conditions, who asks, the order of rules; see combos.h. */
#include "combos.h"

#include <stdio.h>
#include <string.h>

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
		for (p = 0; p < PLACES; p++) {
			bool about_place = strstr(cases[i].conditions, "fs") != NULL;
			struct combo *combo;
			char rule[128];

			if ((p && !about_place) || !is_there(maker, &places[p], "none"))
				continue;
			/* Newer kernels give an overlay a UUID. */
			if (&places[p] == OVERLAY && strstr(cases[i].conditions, "fsuuid=0000"))
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
		}
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (j = 0; j < 2; j++) {
			struct combo *combo = add(maker, "order of two policies", TMPFS, "none", does[j]);

			add_rules(&combo->later, combo, cases[i]);
			add_rules(&combo->rules, combo,
				j ? "dont_appraise func=BPRM_CHECK" : "measure;dont_appraise fowner=$+");
		}
}

void make_tables(struct maker *maker)
{
	make_values(maker);
	make_conditions(maker);
	make_actors(maker);
	make_orders(maker);
}
