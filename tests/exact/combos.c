// SPDX-License-Identifier: MIT
/*
 * The combinations; see exact.h. Each has a file of its own, whose owner and group are its number, and each of its
 * rules asks for one of the two: so hundreds of them fit into one policy and do not touch each other.
 */
#include "combos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA1 2
#define RMD160 3
#define SHA256 4
#define SHA512 6

const struct place places[] = {
	{"tmpfs", "tmpfs", "/run/t", 0x01021994, true, UUID_RANDOM},
	{"ext4", "ext4", "/e", 0xef53, true, UUID_KNOWN},
	{"ramfs", "ramfs", "/ram", 0x858458f6, false, UUID_NONE},
	{"overlay", "overlay", "/o", 0x794c7630, true, UUID_NONE},
};

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

bool is_there(const struct maker *maker, const struct place *place, const char *value)
{
	return (place != OVERLAY || maker->abilities->overlay) &&
	       (!value_find(value)->fsverity || maker->abilities->fsverity);
}

struct combo *add(struct maker *maker, const char *group, const struct place *place, const char *value,
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

/* Adds a rule; $= in it is the number, $- and $+ its neighbours, $U the UUID of the ext4 image, $H the hook. */
static void add_rule(struct buf *rules, const struct combo *combo, const char *rule)
{
	for (; *rule; rule++) {
		if (*rule == '$' && rule[1] == 'U') {
			buf_puts(rules, EXT4_UUID);
			rule++;
		} else if (*rule == '$' && rule[1] == 'H') {
			buf_printf(rules, "func=%s", combo->hook);
			rule++;
		} else if (*rule == '$') {
			rule++;
			buf_printf(rules, "%u", combo->number + (*rule == '+') - (*rule == '-'));
		} else {
			buf_putc(rules, *rule);
		}
	}
}

void add_rules(struct buf *rules, const struct combo *combo, const char *text)
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

unsigned int combos_make(const struct abilities *abilities, struct combo **ret_combos)
{
	struct maker maker = {.abilities = abilities};
	struct combo *last;

	make_tables(&maker);
	make_options(&maker);
	make_generated(&maker);
	last = add(&maker, "last", TMPFS, "none", "r");
	add_rules(&last->rules, last, "appraise");
	*ret_combos = maker.combos;
	return maker.count;
}
