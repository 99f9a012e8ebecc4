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

	struct selinux_label labels[] = {{.text = name, .len = (uint32_t)label, .slot = LSM_OBJ_TYPE},
		{.text = name, .len = (uint32_t)label, .slot = LSM_SUBJ_USER},
		{.text = name, .len = (uint32_t)label / 2, .slot = LSM_SUBJ_USER}};
	size_t i;

	(void)selinux_policy_is_valid(bytes, rest);
	selinux_labels_sort(labels, 3);
	selinux_labels_find(bytes, rest, labels, 3);
	for (i = 0; i < 3; i++) {
		size_t distance = labels[i].slot == LSM_OBJ_TYPE ? 16 : 12, len = labels[i].len;
		bool there =
			len && rest >= len + distance && memmem(bytes + distance, rest - distance, name, len);

		CHECK(!labels[i].found || there || len > SELINUX_LABEL_MAX);
	}
	free(name);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_config(data, size);
	check_label(data, size);
	return 0;
}
