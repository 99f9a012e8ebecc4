// SPDX-License-Identifier: MIT
/* What a kernel has, from its version and its configuration; see policy_model.h. */
#include "policy_model.h"

#include <errno.h>
#include "policy_words.h"

#define ALGO(number) (UINT32_C(1) << (number))

/* Which options of a configuration bring which hash algorithms (crypto/Kconfig). */
static const struct {
	const char *option;
	uint32_t algos;
} algo_options[] = {
	{"CRYPTO_MD4", ALGO(0)},
	{"CRYPTO_MD5", ALGO(1)},
	{"CRYPTO_SHA1", ALGO(2)},
	{"CRYPTO_RMD160", ALGO(3)},
	{"CRYPTO_SHA256", ALGO(4) | ALGO(7)},
	{"CRYPTO_SHA512", ALGO(5) | ALGO(6)},
	{"CRYPTO_WP512", ALGO(11) | ALGO(12) | ALGO(13)},
	{"CRYPTO_SM3", ALGO(17)},
	{"CRYPTO_SM3_GENERIC", ALGO(17)},
	{"CRYPTO_STREEBOG", ALGO(18) | ALGO(19)},
	{"CRYPTO_SHA3", ALGO(20) | ALGO(21) | ALGO(22)},
};

/* The hash names that the kernel of this version knows and may have code for. */
static uint32_t algos_of_version(unsigned version)
{
	uint32_t known = 0;
	unsigned i;

	for (i = 0; i < POLICY_ALGOS; i++)
		if (version >= KERNEL(policy_algos.words[i].major, policy_algos.words[i].minor))
			known |= ALGO(i);
	/* RIPEMD-128, -256, -320 and Tiger have names; their code, never complete, went in 5.12. */
	return known & ~(ALGO(8) | ALGO(9) | ALGO(10) | ALGO(14) | ALGO(15) | ALGO(16));
}

void kernel_model_init(struct kernel_model *model, unsigned version)
{
	*model = (struct kernel_model){
		.version = version,
		.appraise = true,
		.modsig = true,
		.measure_keys = true,
		.lsm_rules = true,
		.write_policy = true,
		.read_policy = true,
		.long_is_64 = true,
		.algos = algos_of_version(version),
		.labels = LABELS_KNOWN,
	};
}

/* Compares a line's option, of which CONFIG_ is cut off. */
static bool option_is(const char *name, size_t len, const char *option)
{
	return strlen(option) == len && memcmp(name, option, len) == 0;
}

static void set_option(struct kernel_model *model, const char *name, size_t len, char value, bool *has_ima)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(algo_options); i++) {
		if (!option_is(name, len, algo_options[i].option))
			continue;
		model->algos |= algo_options[i].algos & algos_of_version(model->version);
		if (value == 'm')
			model->algo_modules |= algo_options[i].algos;
	}
	if (value != 'y')
		return;
	if (option_is(name, len, "IMA"))
		*has_ima = true;
	else if (option_is(name, len, "IMA_APPRAISE"))
		model->appraise = true;
	else if (option_is(name, len, "IMA_APPRAISE_MODSIG"))
		model->modsig = true;
	else if (option_is(name, len, "IMA_MEASURE_ASYMMETRIC_KEYS"))
		model->measure_keys = true;
	else if (option_is(name, len, "IMA_LSM_RULES"))
		model->lsm_rules = true;
	else if (option_is(name, len, "IMA_WRITE_POLICY"))
		model->write_policy = true;
	else if (option_is(name, len, "IMA_READ_POLICY"))
		model->read_policy = true;
	else if (option_is(name, len, "64BIT"))
		model->long_is_64 = true;
}

int kernel_model_configure(struct kernel_model *model, const char *config, size_t len)
{
	const char *line = config, *end = config + len, *next, *equals;
	enum label_state labels = model->labels;
	bool is_config = false, has_ima = false;
	unsigned version = model->version;

	*model = (struct kernel_model){
		.version = version, .from_config = true, .labels = labels, .label_known = model->label_known};
	for (; line < end; line = next) {
		next = memchr(line, '\n', (size_t)(end - line));
		next = next ? next + 1 : end;
		if (next - line < 9 || memcmp(line, "CONFIG_", 7) != 0)
			continue;
		equals = memchr(line, '=', (size_t)(next - line));
		if (!equals || equals + 1 >= next)
			continue;
		is_config = true;
		if (equals[1] == 'y' || equals[1] == 'm')
			set_option(model, line + 7, (size_t)(equals - line) - 7, equals[1], &has_ima);
	}
	if (!is_config)
		return -EINVAL;
	return has_ima ? 0 : -ENOTSUP;
}

/* Reads a number of at most four digits; returns what follows it, or NULL. */
static const char *read_number(const char *string, unsigned *ret_number)
{
	unsigned number = 0;
	int digits = 0;

	for (; *string >= '0' && *string <= '9' && digits < 4; string++, digits++)
		number = number * 10 + (unsigned)(*string - '0');
	*ret_number = number;
	return digits ? string : NULL;
}

int kernel_version_parse(const char *string, unsigned *ret_version)
{
	unsigned major, minor;

	if (*string == 'v')
		string++;
	string = read_number(string, &major);
	if (!string || *string != '.')
		return -EINVAL;
	string = read_number(string + 1, &minor);
	if (!string || (*string >= '0' && *string <= '9'))
		return -EINVAL;
	*ret_version = KERNEL(major, minor);
	return *ret_version < KERNEL_OLDEST ? -ERANGE : 0;
}

unsigned kernel_version_of_config(const char *config, size_t len)
{
	char head[256];
	const char *at;
	unsigned version;

	if (len >= sizeof(head))
		len = sizeof(head) - 1;
	memcpy(head, config, len);
	head[len] = '\0';
	if (!strstr(head, " Kernel Configuration"))
		return 0;
	for (at = strchr(head, ' '); at; at = strchr(at + 1, ' '))
		if (kernel_version_parse(at + 1, &version) == 0)
			return version;
	return 0;
}
