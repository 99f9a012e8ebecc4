// SPDX-License-Identifier: MIT
/*
 * Any SELinux configuration, and any binary policy: the type never leads out of its folder, and a label is found
 * only where it stands.
 */
#include "fuzz.h"
#include "selinux.h"

static void check_config(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_copy(data, size);
	struct selinux_config config;

	selinux_config_parse(text, size, &config);
	CHECK(strlen(config.type) < SELINUX_TYPE_MAX && !strchr(config.type, '/'));
	CHECK(!config.disabled || size >= strlen("SELINUX=disabled"));
	free(text);
}

/* The first bytes, up to a NUL, are the label. */
static void check_label(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\0', size) : NULL;
	size_t label = end ? (size_t)(end - data) : 0, rest = size - label;
	uint8_t *bytes = fuzz_copy(data + label, rest);
	char *name = (char *)fuzz_copy(data, label);

	(void)selinux_policy_is_valid(bytes, rest);
	if (selinux_policy_may_have(bytes, rest, LSM_OBJ_TYPE, name, label))
		CHECK(label && rest >= label + 16 && memmem(bytes + 16, rest - 16, name, label));
	if (selinux_policy_may_have(bytes, rest, LSM_SUBJ_USER, name, label))
		CHECK(label && rest >= label + 12 && memmem(bytes + 12, rest - 12, name, label));
	free(name);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_config(data, size);
	check_label(data, size);
	return 0;
}
