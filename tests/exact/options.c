// SPDX-License-Identifier: MIT
/* Combinations about options, about what the kernel remembers, and about single hooks; see combos.h. */
#include "combos.h"

#include <string.h>

/* What options do, and what the kernel remembers. */
static void make_option_cases(struct maker *maker)
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
		struct combo *combo;

		if (!is_there(maker, cases[i].place, cases[i].value) ||
			(strstr(cases[i].rules, "verity") && !maker->abilities->fsverity))
			continue;
		combo = add(maker, "options", cases[i].place, cases[i].value, cases[i].does);
		if (combo->value->kind == VALUE_NEW)
			combo->actor = (struct actor){combo->number, combo->number, combo->number,
				combo->number, combo->number, combo->number, false, false};
		add_rules(&combo->rules, combo, cases[i].rules);
	}
}

/* The action hash shows when the file is closed after a write: the kernel gives it a hash. */
static void make_hashes(struct maker *maker)
{
	static const char *const cases[] = {"hash", "hash;appraise", "appraise;hash", "dont_hash;hash",
		"measure", "hash mask=MAY_READ", "hash mask=^MAY_WRITE", "hash fowner=$+",
		"hash func=FILE_CHECK", "hash func=BPRM_CHECK", "dont_appraise;hash", "hash;dont_hash"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct combo *combo = add(maker, "hash", i % 2 ? EXT4 : TMPFS, "none", "h");

		add_rules(&combo->rules, combo, cases[i]);
	}
}

/* Rules with labels that no security module knows yet: they are taken once a policy is in force, and match nothing. */
static void make_labels(struct maker *maker)
{
	static const char *const cases[] = {"dont_appraise obj_type=bin_t;appraise",
		"appraise obj_type=bin_t", "appraise subj_type=init_t obj_user=system_u",
		"measure subj_role=system_r;audit"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases) && maker->abilities->again; i++) {
		struct combo *combo = add(maker, "labels", TMPFS, "none", "r");

		add_rules(&combo->later, combo, cases[i]);
	}
}

/* A hook that not every kernel can be asked about. */
static void make_hook(struct maker *maker, const char *group, const char *hook, const char *does)
{
	static const char *const rules[] = {"appraise $H", "appraise $H appraise_type=imasig",
		"appraise $H mask=^MAY_READ", "dont_appraise $H;appraise", "appraise $H mask=MAY_EXEC",
		"measure $H;audit $H", "appraise $H permit_directio", "appraise func=FILE_CHECK"};
	static const char *const some[] = {"none", "hash", "hash-bad", "good", "zeroed"};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		for (j = 0; j < ARRAY_SIZE(some); j++) {
			struct combo *combo = add(maker, group, i % 2 ? EXT4 : TMPFS, some[j], does);

			combo->hook = hook;
			add_rules(&combo->rules, combo, rules[i]);
		}
}

static void make_hooks(struct maker *maker)
{
	if (maker->abilities->modules)
		make_hook(maker, "modules", "MODULE_CHECK", "M");
	if (maker->abilities->again)
		make_hook(maker, "policies", "POLICY_CHECK", "p");
	if (maker->abilities->model->version >= KERNEL(6, 3)) {
		make_hook(maker, "requested protection", "MMAP_CHECK_REQPROT", "m");
		make_hook(maker, "implied protection", "MMAP_CHECK_REQPROT", "i");
	}
}

void make_options(struct maker *maker)
{
	make_option_cases(maker);
	make_hashes(maker);
	make_labels(maker);
	make_hooks(maker);
}
