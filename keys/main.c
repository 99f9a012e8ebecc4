// SPDX-License-Identifier: MIT
/* imactl: the host tool; its verbs. */
#include "verb.h"

int main(int argc, char **argv)
{
	return verb_main("imactl", "keys, signatures and plans for IMA appraisal", NULL, 0, argc, argv);
}
