// SPDX-License-Identifier: MIT
/* imactl key: the verbs that make, issue, show and judge keys and certificates. */
#include "secrets.h"
#include "verbs.h"

static const struct verb *const verbs[] = {
	&verb_key_ca, &verb_key_request, &verb_key_issue, &verb_key_show, &verb_key_check};

int key_main(int argc, char **argv)
{
	secrets_begin();
	return verb_main("imactl key", "keys and certificates for IMA appraisal", verbs, ARRAY_SIZE(verbs),
		argc, argv);
}

/* Only for the overview and `imactl help key`: main() hands this verb to key_main(). */
static int run_key(size_t count, char **operands)
{
	(void)count;
	(void)operands;
	return EXIT_USAGE;
}

const struct verb verb_key = {
	.name = "key",
	.operands = "VERB...",
	.operands_max = (size_t)-1,
	.summary = "make and judge certificates",
	.details = "VERB is ca, request, issue, show or check; see 'imactl key help'.",
	.run = run_key,
};
