// SPDX-License-Identifier: MIT
/* Combinations with rules from a generator with a fixed seed; see combos.h. */
#include "combos.h"

#include <stdio.h>
#include <string.h>
#include "generate.h"
#include "policy_parse.h"

#define GENERATED 220

static const char *pick(struct generator *generator, const char *const *list, size_t count)
{
	return list[generate_number(generator, (uint32_t)count)];
}
#define PICK(generator, list) pick(generator, list, ARRAY_SIZE(list))

/* One rule, not always one that is allowed. */
static void generate_text(struct generator *generator, char *ret, size_t size)
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

		generate_text(generator, text, sizeof(text));
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

void make_generated(struct maker *maker)
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
