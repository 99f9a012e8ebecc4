// SPDX-License-Identifier: MIT
/* imaboot guard: sets and lifts the read-only bind mount over the kernel's policy file. */
#include <errno.h>
#include "guard.h"
#include "log.h"
#include "out.h"
#include "securityfs.h"
#include "sysfile.h"
#include "verbs.h"

static int guard_on(void)
{
	int r;

	if (!policy_state_is_writable(securityfs_policy_state())) {
		out_printf("the kernel takes no further policy: there is nothing to guard\n");
		return EXIT_NOT_APPLICABLE;
	}
	r = guard_set();
	if (r < 0) {
		log_error("the guard over " IMA_POLICY " cannot be set: %s; run as root", strerror(-r));
		return EXIT_FAILED;
	}
	out_printf("the guard is set: no policy is loaded until 'imaboot guard off'\n");
	return EXIT_DONE;
}

static int guard_off(void)
{
	int r = guard_lift();

	if (r < 0) {
		log_error("the guard over " IMA_POLICY " cannot be lifted: %s; run as root", strerror(-r));
		return EXIT_FAILED;
	}
	out_printf("the guard is not set\n");
	return EXIT_DONE;
}

static int run_guard(size_t count, char **operands)
{
	(void)count;
	if (string_equal(operands[0], "on"))
		return guard_on();
	if (string_equal(operands[0], "off"))
		return guard_off();
	log_error("guard: '%s' is neither on nor off", operands[0]);
	return EXIT_USAGE;
}

const struct verb verb_guard = {
	.name = "guard",
	.operands = "on|off",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "keep systemd from loading a policy, or let it again",
	.details =
		"The guard is a read-only bind mount of the kernel's policy file on itself. With it systemd\n"
		"goes on without a policy load, and cannot freeze over a bad file.",
	.run = run_guard,
};
