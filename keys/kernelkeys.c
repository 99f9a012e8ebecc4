// SPDX-License-Identifier: MIT
/* The keys that the running kernel holds; see kernelkeys.h. */
#include "kernelkeys.h"

#include <errno.h>
#include <stdio.h>
#include "machine.h"

const char *const kernelkeys_trusted[] = {
	".builtin_trusted_keys", ".secondary_trusted_keys", ".machine", NULL};
const char *const kernelkeys_signers[] = {".ima", "_ima", NULL};

static int add_all(struct kernelkeys *keys, char **names, size_t count)
{
	char **larger = reallocarray(keys->names, keys->count + count + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	keys->names = larger;
	memcpy(larger + keys->count, names, count * sizeof(*names));
	keys->count += count;
	return 0;
}

/* Adds the keys of one keyring; one that is not there has none. Returns 1 when it is there. */
static int load_ring(const char *name, struct kernelkeys *keys)
{
	key_serial_t serial;
	char **names = NULL;
	size_t count = 0;
	int r = machine_find_ring(name, &serial);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = machine_list_ring(serial, &names, &count);
	if (r == 0)
		r = add_all(keys, names, count);
	if (r < 0)
		machine_free_list(names, count);
	else
		free(names); /* the names have a new owner */
	return r < 0 ? r : 1;
}

int kernelkeys_load(const char *const *rings, struct kernelkeys *ret, struct problem *problem)
{
	size_t i, found = 0;
	int r;

	*ret = (struct kernelkeys){0};
	for (i = 0; rings[i]; i++) {
		r = load_ring(rings[i], ret);
		if (r < 0) {
			kernelkeys_free(ret);
			return problem_set(problem, r, "the running kernel's keyring %s cannot be read: %s",
				rings[i], strerror(-r));
		}
		found += (size_t)r;
	}
	if (found)
		return 0;
	problem_set(problem, -ENOENT, "the running kernel shows no keyring %s, nor another that counts",
		rings[0]);
	problem_remedy(problem, "be root, on the machine that is asked about");
	return -ENOENT;
}

bool kernelkeys_has(const struct kernelkeys *keys, const struct x509_id *id)
{
	char hex[2 * X509_ID_MAX + 1];
	size_t i;

	if (!id->len)
		return false;
	for (i = 0; i < id->len; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", id->bytes[i]);
	for (i = 0; i < keys->count; i++) {
		const char *colon = strrchr(keys->names[i], ':');

		if (colon && colon[1] == ' ' && string_equal(colon + 2, hex))
			return true;
	}
	return false;
}

void kernelkeys_free(struct kernelkeys *keys)
{
	machine_free_list(keys->names, keys->count);
	*keys = (struct kernelkeys){0};
}
