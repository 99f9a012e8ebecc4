// SPDX-License-Identifier: MIT
/* imactl: the host tool; its verbs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include "log.h"
#include "verbs.h"

static const struct verb *const verbs[] = {&verb_key, &verb_sign, &verb_verify, &verb_lint, &verb_relabel,
	&verb_plan, &verb_deploy, &verb_bundle, &verb_rescue, &verb_bless, &verb_status, &verb_denials};

static int run(int argc, char **argv)
{
	/* `imactl key` has verbs of its own. */
	if (argc > 1 && string_equal(argv[1], verb_key.name))
		return key_main(argc - 1, argv + 1);
	return verb_main(
		"imactl", "keys and signatures for IMA appraisal", verbs, ARRAY_SIZE(verbs), argc, argv);
}

int main(int argc, char **argv)
{
	int status;

	/* A reader that went away must not end a verb between two steps; what could not be written is told below. */
	(void)signal(SIGPIPE, SIG_IGN);
	status = run(argc, argv);

	/* Lost output (a full disk, a closed pipe) is not what was asked for. */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	log_error("the output could not be written: %s", strerror(errno));
	return EXIT_FAILED;
}
