// SPDX-License-Identifier: MIT
/* imaboot: the program of the initramfs; its verbs. */
#include "verbs.h"

int main(int argc, char **argv)
{
	static const struct verb *const verbs[] = {&verb_boot, &verb_keys, &verb_load, &verb_check,
		&verb_lint, &verb_verify, &verb_guard, &verb_status, &verb_recover};

	return verb_main("imaboot", "loads keys and the IMA policy at boot, and proves that it is in force",
		verbs, ARRAY_SIZE(verbs), argc, argv);
}
