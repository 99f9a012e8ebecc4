// SPDX-License-Identifier: MIT
/* The words of the rule language; see policy_words.h. */
#include "policy_words.h"

#include <ctype.h>
#include "policy_model.h"

#define LIST(array)                        \
	{                                  \
		(array), ARRAY_SIZE(array) \
	}

/* Sorted by nothing but the kernel's order; the list is short enough to be walked. */
static const struct word keywords[] = {
	{"measure", WORD_ACTION, ACTION_MEASURE, 0, 0},
	{"dont_measure", WORD_ACTION, ACTION_DONT_MEASURE, 0, 0},
	{"appraise", WORD_ACTION, ACTION_APPRAISE, 0, 0},
	{"dont_appraise", WORD_ACTION, ACTION_DONT_APPRAISE, 0, 0},
	{"audit", WORD_ACTION, ACTION_AUDIT, 0, 0},
	{"dont_audit", WORD_ACTION, ACTION_DONT_AUDIT, 6, 19},
	{"hash", WORD_ACTION, ACTION_HASH, 4, 12},
	{"dont_hash", WORD_ACTION, ACTION_DONT_HASH, 4, 12},
	{"obj_user", WORD_LSM, LSM_OBJ_USER, 0, 0},
	{"obj_role", WORD_LSM, LSM_OBJ_ROLE, 0, 0},
	{"obj_type", WORD_LSM, LSM_OBJ_TYPE, 0, 0},
	{"subj_user", WORD_LSM, LSM_SUBJ_USER, 0, 0},
	{"subj_role", WORD_LSM, LSM_SUBJ_ROLE, 0, 0},
	{"subj_type", WORD_LSM, LSM_SUBJ_TYPE, 0, 0},
	{"func", WORD_FUNC, 0, 0, 0},
	{"mask", WORD_MASK, 0, 0, 0},
	{"fsmagic", WORD_FSMAGIC, 0, 0, 0},
	{"fsname", WORD_FSNAME, 0, 4, 17},
	{"fs_subtype", WORD_FS_SUBTYPE, 0, 6, 19},
	{"fsuuid", WORD_FSUUID, 0, 0, 0},
	{"uid", WORD_UID, 0, 0, 0},
	{"euid", WORD_UID, 1, 0, 0},
	{"gid", WORD_GID, 0, 5, 16},
	{"egid", WORD_GID, 1, 5, 16},
	{"fowner", WORD_FOWNER, 0, 0, 0},
	{"fgroup", WORD_FGROUP, 0, 5, 16},
	{"digest_type", WORD_DIGEST_TYPE, 0, 5, 19},
	{"appraise_type", WORD_APPRAISE_TYPE, 0, 0, 0},
	{"appraise_flag", WORD_APPRAISE_FLAG, 0, 5, 5},
	{"appraise_algos", WORD_APPRAISE_ALGOS, 0, 5, 15},
	{"permit_directio", WORD_PERMIT_DIRECTIO, 0, 0, 0},
	{"pcr", WORD_PCR, 0, 4, 8},
	{"template", WORD_TEMPLATE, 0, 5, 3},
	{"keyrings", WORD_KEYRINGS, 0, 5, 6},
	{"label", WORD_LABEL, 0, 5, 12},
};

/* The name that the kernel prints comes before its alias. */
static const struct word funcs[] = {
	{"FILE_CHECK", 0, FUNC_FILE, 0, 0},
	{"PATH_CHECK", 0, FUNC_FILE, 0, 0},
	{"MMAP_CHECK", 0, FUNC_MMAP, 0, 0},
	{"FILE_MMAP", 0, FUNC_MMAP, 0, 0},
	{"MMAP_CHECK_REQPROT", 0, FUNC_MMAP_REQPROT, 6, 3},
	{"BPRM_CHECK", 0, FUNC_BPRM, 0, 0},
	{"CREDS_CHECK", 0, FUNC_CREDS, 4, 15},
	{"MODULE_CHECK", 0, FUNC_MODULE, 0, 0},
	{"FIRMWARE_CHECK", 0, FUNC_FIRMWARE, 0, 0},
	{"KEXEC_KERNEL_CHECK", 0, FUNC_KEXEC_KERNEL, 0, 0},
	{"KEXEC_INITRAMFS_CHECK", 0, FUNC_KEXEC_INITRAMFS, 0, 0},
	{"POLICY_CHECK", 0, FUNC_POLICY, 0, 0},
	{"KEXEC_CMDLINE", 0, FUNC_KEXEC_CMDLINE, 5, 3},
	{"KEY_CHECK", 0, FUNC_KEY, 5, 6},
	{"CRITICAL_DATA", 0, FUNC_CRITICAL_DATA, 5, 12},
	{"SETXATTR_CHECK", 0, FUNC_SETXATTR, 5, 15},
};

static const struct word masks[] = {
	{"MAY_EXEC", 0, MASK_EXEC, 0, 0},
	{"MAY_WRITE", 0, MASK_WRITE, 0, 0},
	{"MAY_READ", 0, MASK_READ, 0, 0},
	{"MAY_APPEND", 0, MASK_APPEND, 0, 0},
};

/* In the kernel's numbers. The names without code behind them (rmd128, tgr128, ...) are never there. */
static const struct word algos[POLICY_ALGOS] = {
	{"md4", 0, 0, 0, 0},
	{"md5", 0, 1, 0, 0},
	{"sha1", 0, 2, 0, 0},
	{"rmd160", 0, 3, 0, 0},
	{"sha256", 0, 4, 0, 0},
	{"sha384", 0, 5, 0, 0},
	{"sha512", 0, 6, 0, 0},
	{"sha224", 0, 7, 0, 0},
	{"rmd128", 0, 8, 0, 0},
	{"rmd256", 0, 9, 0, 0},
	{"rmd320", 0, 10, 0, 0},
	{"wp256", 0, 11, 0, 0},
	{"wp384", 0, 12, 0, 0},
	{"wp512", 0, 13, 0, 0},
	{"tgr128", 0, 14, 0, 0},
	{"tgr160", 0, 15, 0, 0},
	{"tgr192", 0, 16, 0, 0},
	{"sm3", 0, 17, 0, 0},
	{"streebog256", 0, 18, 0, 0},
	{"streebog512", 0, 19, 0, 0},
	{"sha3-256", 0, 20, 6, 7},
	{"sha3-384", 0, 21, 6, 7},
	{"sha3-512", 0, 22, 6, 7},
};

static const struct word templates[] = {
	{"ima", 0, 0, 0, 0},
	{"ima-ng", 0, 0, 0, 0},
	{"ima-sig", 0, 0, 0, 0},
	{"ima-ngv2", 0, 0, 5, 19},
	{"ima-sigv2", 0, 0, 5, 19},
	{"ima-buf", 0, 0, 5, 3},
	{"ima-modsig", 0, 0, 5, 4},
	{"evm-sig", 0, 0, 5, 14},
};

static const char *const template_formats[ARRAY_SIZE(templates)] = {
	"d|n",
	"d-ng|n-ng",
	"d-ng|n-ng|sig",
	"d-ngv2|n-ng",
	"d-ngv2|n-ng|sig",
	"d-ng|n-ng|buf",
	"d-ng|n-ng|sig|d-modsig|modsig",
	"d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode",
};

static const struct word appraise_types[] = {
	{"imasig", 0, 0, 0, 0},
	{"imasig|modsig", 0, 0, 5, 4},
	{"sigv3", 0, 0, 5, 19},
};

const struct word_list policy_keywords = LIST(keywords), policy_funcs = LIST(funcs),
		       policy_masks = LIST(masks), policy_algos = LIST(algos),
		       policy_templates = LIST(templates), policy_appraise_types = LIST(appraise_types);

const struct word *word_find(const struct word_list *list, const char *bytes, size_t len)
{
	const struct word *word;

	if (!len || len >= sizeof(word->name))
		return NULL;
	/* First byte and length tell nearly all words apart, and cost no call. */
	for (word = list->words; word < list->words + list->count; word++)
		if (word->name[0] == *bytes && word->name[len] == '\0' && memcmp(word->name, bytes, len) == 0)
			return word;
	return NULL;
}

static int lower(char c)
{
	return tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The number of typing mistakes (one letter wrong, missing, too many, two swapped) between two words. */
static unsigned word_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][sizeof(((struct word *)0)->name) + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		last[j] = (unsigned)j;
	for (i = 1; i <= a_len; i++) {
		row[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			row[j] = least(last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1])),
				least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
				lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

const struct word *word_nearest(const struct word_list *list, const char *bytes, size_t len)
{
	const struct word *word, *nearest = NULL;
	unsigned distance, best = len < 4 ? 2 : len < 8 ? 3 : 4;

	if (len >= sizeof(word->name))
		return NULL;
	for (word = list->words; word < list->words + list->count; word++) {
		distance = word_distance(bytes, len, word->name, strlen(word->name));
		if (distance < best) {
			best = distance;
			nearest = word;
		}
	}
	return nearest;
}

/* The name of the first word of a kind and number. */
static const char *word_name(const struct word_list *list, unsigned kind, unsigned number)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->words[i].kind == kind && list->words[i].number == number)
			return list->words[i].name;
	return "";
}

const char *policy_action_name(unsigned action)
{
	return word_name(&policy_keywords, WORD_ACTION, action);
}

const char *policy_func_name(unsigned func)
{
	return word_name(&policy_funcs, 0, func);
}

const char *policy_mask_name(unsigned mask)
{
	return word_name(&policy_masks, 0, mask);
}

const char *policy_lsm_name(unsigned slot)
{
	return word_name(&policy_keywords, WORD_LSM, slot);
}

const char *policy_algo_name(unsigned number)
{
	return number < POLICY_ALGOS ? algos[number].name : "";
}

const char *policy_template_name(unsigned template)
{
	return template && template <= ARRAY_SIZE(templates) ? templates[template - 1].name : "";
}

unsigned policy_template_find(const char *bytes, size_t len, unsigned *ret_since)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(templates); i++) {
		if ((strlen(templates[i].name) != len || memcmp(templates[i].name, bytes, len) != 0) &&
			(strlen(template_formats[i]) != len || memcmp(template_formats[i], bytes, len) != 0))
			continue;
		*ret_since = KERNEL(templates[i].major, templates[i].minor);
		return i + 1;
	}
	return 0;
}
