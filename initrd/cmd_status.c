// SPDX-License-Identifier: MIT
/* imaboot status: the kernel's state now, and the report of the last boot. */
#include <errno.h>
#include "certs.h"
#include "guard.h"
#include "json.h"
#include "keyring.h"
#include "log.h"
#include "out.h"
#include "platform.h"
#include "securityfs.h"
#include "sysfile.h"
#include "verbs.h"

#define REPORT_SIZE_MAX (16 * 1024 * 1024)

static bool json_option;

struct status {
	enum policy_state policy;
	const char *keyring; /* NULL: neither .ima nor _ima is there */
	bool guard, locked;
	const char *locked_reason;
	char *report; /* what the last boot left; NULL without one */
};

/* Reads a file of the last boot; allocated, NULL where there is none. */
static char *read_report(const char *path)
{
	size_t size = 4096;
	char *text = NULL;

	for (; size <= REPORT_SIZE_MAX; size *= 4) {
		char *more = realloc(text, size);
		ssize_t len;

		if (!more)
			break;
		text = more;
		len = sysfile_read(path, text, size);
		if (len >= 0)
			return text;
		if (len != -EFBIG)
			break;
	}
	free(text);
	return NULL;
}

static void gather(struct status *status)
{
	key_serial ring;

	status->policy = securityfs_policy_state();
	status->guard = guard_is_set();
	status->locked = platform_is_locked(&status->locked_reason);
	if (keyring_find(KEYRING_TRUSTED, &ring) == 0)
		status->keyring = KEYRING_TRUSTED;
	else if (keyring_find_user(KEYRING_USER, &ring) == 0)
		status->keyring = KEYRING_USER;
	status->report = read_report(json_option ? RUN_STATUS : RUN_REPORT);
}

static const char *policy_state_text(enum policy_state state)
{
	static const char *const texts[] = {[POLICY_NO_IMA] = "the kernel has no IMA",
		[POLICY_GONE] = "a policy was loaded; this kernel takes no second one",
		[POLICY_READ_ONLY] = "a policy was loaded; it can be read, and no second one loaded",
		[POLICY_WRITABLE] = "a policy can be loaded; the rules in force cannot be read",
		[POLICY_READABLE] = "a policy can be loaded, and the rules in force can be read"};

	return texts[state];
}

static void print_text(const struct status *status)
{
	out_printf("policy file: %s (%s)\n", policy_state_name(status->policy),
		policy_state_text(status->policy));
	out_printf("keyring:     %s\n", status->keyring ? status->keyring : "neither .ima nor _ima is there");
	out_printf("guard:       %s\n", status->guard ? "set" : "not set");
	out_printf("platform:    %s (%s)\n", status->locked ? "locked" : "open", status->locked_reason);
	out_printf("last boot:   %s", status->report ? status->report : "no report in " RUN_DIR "\n");
}

static void print_json(const struct status *status)
{
	_cleanup_buf_ struct buf text = {0};
	struct json json = {.buf = &text};

	json_object_begin(&json, NULL);
	json_number(&json, "schema", 1);
	json_object_begin(&json, "kernel");
	json_string(&json, "ima_policy_file", policy_state_name(status->policy));
	json_object_end(&json);
	json_string(&json, "keyring", status->keyring);
	json_bool(&json, "guard", status->guard);
	json_bool(&json, "locked", status->locked);
	json_string(&json, "locked_reason", status->locked_reason);
	/* The report is JSON that this program wrote; it ends with a newline. */
	out_printf("%s,\"boot\":%.*s}\n", buf_string(&text),
		status->report ? (int)strcspn(status->report, "\n") : 4,
		status->report ? status->report : "null");
}

static int run_status(size_t count, char **operands)
{
	struct status status = {0};

	(void)count;
	(void)operands;
	gather(&status);
	if (json_option)
		print_json(&status);
	else
		print_text(&status);
	free(status.report);
	return status.policy == POLICY_NO_IMA ? EXIT_NOT_APPLICABLE : EXIT_DONE;
}

static const struct verb_option options[] = {
	{.name = "json",
		.help = "print one JSON object; its member \"boot\" is status.json",
		.flag = &json_option},
	{0},
};

const struct verb verb_status = {
	.name = "status",
	.operands = "",
	.summary = "show the kernel's policy file, keyring, guard and the last boot's report",
	.options = options,
	.run = run_status,
};
