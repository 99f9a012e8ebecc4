// SPDX-License-Identifier: MIT
/* imactl key check: what kernels do with certificates, before one of them is booted. */
#include <errno.h>
#include <stdio.h>
#include "certview.h"
#include "complain.h"
#include "escape.h"
#include "json.h"
#include "verbs.h"

#define OLD_MAJOR 6 /* from this version of Linux on .ima looks at the usage of a key */
#define OLD_MINOR 6

static struct verb_strings trusted_option;
static const char *kernel_option;
static bool json_option, running_option;

/* The kernels that are asked for: a mask of keyrings for signers. */
static int parse_kernel(const char *text, unsigned int *ret)
{
	unsigned int major, minor;
	char rest;
	int n;

	if (!text) {
		*ret = 1 << CERTVIEW_IMA_OLD | 1 << CERTVIEW_IMA | 1 << CERTVIEW_USER_IMA;
		return 0;
	}
	if (string_equal(text, "debian") || string_equal(text, "rhel")) {
		*ret = 1U << (*text == 'd' ? CERTVIEW_USER_IMA : CERTVIEW_IMA);
		return 0;
	}
	n = sscanf(text, "%3u.%3u%c", &major, &minor, &rest);
	if (*text < '0' || *text > '9' || n < 2 || (n == 3 && rest != '.' && rest != '-')) {
		log_error("check: --kernel '%s' is none of debian, rhel, or a version such as 6.12", text);
		return EXIT_USAGE;
	}
	*ret = 1U << (major > OLD_MAJOR || (major == OLD_MAJOR && minor >= OLD_MINOR) ? CERTVIEW_IMA
										      : CERTVIEW_IMA_OLD);
	return 0;
}

/* A CA belongs into .secondary_trusted_keys, a signer into those keyrings that are asked for. */
static bool matters(const struct certview *view, enum certview_ring ring, unsigned int mask)
{
	if (!view->facts.is_ca)
		return mask & 1U << ring;
	/* Debian's kind has no place for a CA: nothing is asked about an issuer there. */
	return ring == CERTVIEW_SECONDARY && mask != 1U << CERTVIEW_USER_IMA;
}

/* True when a kernel that was asked for would not take it, or when that cannot be told for it. */
static bool is_refused(const struct certview *view, unsigned int mask)
{
	enum certview_ring ring;
	enum certview_answer answer;

	for (ring = 0; ring < CERTVIEW_RINGS; ring++) {
		answer = certview_judge(view, ring).answer;
		if (matters(view, ring, mask) &&
			(answer == CERTVIEW_REFUSED || (answer == CERTVIEW_DEPENDS && kernel_option)))
			return true;
	}
	return false;
}

static const char *answer_word(enum certview_answer answer)
{
	return answer == CERTVIEW_TAKEN ? "taken" : answer == CERTVIEW_REFUSED ? "refused" : "depends";
}

/* The subjects, from the certificate up to the trusted one. */
static void add_chain(const struct certview *view, struct buf *ret)
{
	const struct certview *at, *at_end = view;

	buf_puts(ret, "  chain: ");
	escape_bytes(ret, view->facts.subject.data, view->facts.subject.len);
	for (at = view->issuer; at; at = at->issuer) {
		buf_puts(ret, " <- ");
		escape_bytes(ret, at->facts.subject.data, at->facts.subject.len);
		at_end = at;
	}
	buf_puts(ret, at_end->is_kernels ? " (by a key of the running kernel)" : " (trusted)");
	buf_putc(ret, '\n');
}

static void check_text(const struct certview *view, unsigned int mask, struct buf *ret)
{
	struct certview_verdict verdict;
	enum certview_ring ring;

	escape_string(ret, view->path);
	buf_printf(ret, ": %s\n", view->facts.is_ca ? "a CA" : "a signer");
	for (ring = 0; ring < CERTVIEW_RINGS; ring++) {
		verdict = certview_judge(view, ring);
		buf_printf(ret, "%c %-24s %s", matters(view, ring, mask) ? '*' : ' ',
			certview_ring_name(ring), answer_word(verdict.answer));
		if (verdict.error)
			buf_printf(ret, " (%s)", verdict.error);
		buf_printf(ret, ": %s\n", verdict.reason);
	}
	if (view->chain == CERTVIEW_CHAIN_WHOLE)
		add_chain(view, ret);
	if (view->chain == CERTVIEW_CHAIN_UNKNOWN && (mask != 1U << CERTVIEW_USER_IMA)) {
		buf_puts(ret, "  its issuer is '");
		escape_bytes(ret, view->facts.issuer.data, view->facts.issuer.len);
		buf_puts(ret, "'; name what the kernel trusts: --trusted CA, or --running\n");
	}
	certview_warn(view, time(NULL), mask & 1 << CERTVIEW_USER_IMA, "  ", ret);
}

static void check_json(const struct certview *view, unsigned int mask, struct json *json)
{
	_cleanup_buf_ struct buf warnings = {0};
	struct certview_verdict verdict;
	enum certview_ring ring;
	char *line, *rest;

	json_object_begin(json, NULL);
	json_string(json, "path", view->path);
	json_bool(json, "ca", view->facts.is_ca);
	json_bool(json, "refused", is_refused(view, mask));
	json_array_begin(json, "keyrings");
	for (ring = 0; ring < CERTVIEW_RINGS; ring++) {
		verdict = certview_judge(view, ring);
		json_object_begin(json, NULL);
		json_string(json, "keyring", certview_ring_name(ring));
		json_bool(json, "asked", matters(view, ring, mask));
		json_string(json, "answer", answer_word(verdict.answer));
		json_string(json, "error", verdict.error);
		json_string(json, "reason", verdict.reason);
		json_object_end(json);
	}
	json_array_end(json);
	json_string(json, "issuer", view->issuer ? view->issuer->path : NULL);
	json_array_begin(json, "warnings");
	certview_warn(view, time(NULL), mask & 1 << CERTVIEW_USER_IMA, "", &warnings);
	for (rest = warnings.data; rest && (line = strsep(&rest, "\n")) && *line;)
		json_string(json, NULL, line + strlen("warning: "));
	json_array_end(json);
	json_object_end(json);
}

struct views {
	struct certview *list;
	size_t count;
};

static void views_free(struct views *views)
{
	while (views->count)
		certview_free(&views->list[--views->count]);
	free(views->list);
}

/* Reads certificates; one that cannot be read is said, and left out. Returns how many were left out. */
static size_t views_load(const char *const *paths, size_t count, struct views *ret)
{
	size_t i, bad = 0;

	ret->list = calloc(count + !count, sizeof(*ret->list));
	if (!ret->list) {
		log_error("check: out of memory");
		return count + !count;
	}
	for (i = 0; i < count; i++) {
		_cleanup_problem_ struct problem problem = {0};

		if (certview_load(paths[i], &ret->list[ret->count], &problem) == 0) {
			ret->count++;
		} else {
			(void)complain(paths[i], &problem);
			bad++;
		}
	}
	return bad;
}

/* Asks the running kernel which issuers it trusts. */
static int ask_kernel(struct views *views)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_kernelkeys_ struct kernelkeys keys = {0};

	if (kernelkeys_load(kernelkeys_trusted, &keys, &problem) < 0)
		return complain("check", &problem);
	certview_trust_kernel(views->list, views->count, &keys);
	return 0;
}

static void print_all(const struct views *views, unsigned int mask, struct buf *text)
{
	struct json json = {.buf = text};
	size_t i;

	if (json_option)
		json_array_begin(&json, NULL);
	for (i = 0; i < views->count; i++) {
		if (json_option)
			check_json(&views->list[i], mask, &json);
		else
			check_text(&views->list[i], mask, text);
	}
	if (json_option) {
		json_array_end(&json);
		buf_putc(text, '\n');
	}
}

static int run_check(size_t count, char **operands)
{
	_cleanup_(views_free) struct views views = {0}, trusted = {0};
	_cleanup_buf_ struct buf text = {0};
	unsigned int mask;
	size_t i, bad;
	int status = parse_kernel(kernel_option, &mask);

	if (status)
		return status;
	/* A trusted certificate that cannot be read would make all others look refused. */
	if (views_load(trusted_option.strings, trusted_option.count, &trusted))
		return EXIT_FAILED;
	bad = views_load((const char *const *)operands, count, &views);
	if (running_option && ask_kernel(&views))
		return EXIT_FAILED;
	certview_chain(views.list, views.count, trusted.list, trusted.count);
	print_all(&views, mask, &text);
	if (buf_failed(&text)) {
		log_error("check: out of memory");
		return EXIT_FAILED;
	}
	(void)fwrite(text.data, 1, text.len, stdout);
	for (i = 0; i < views.count; i++)
		bad += is_refused(&views.list[i], mask);
	return bad ? EXIT_FAILED : EXIT_DONE;
}

static const struct verb_option options[] = {
	{.name = "trusted",
		.argument = "CA",
		.help = "a certificate that the kernel trusts; may be repeated",
		.list = &trusted_option},
	{.name = "running",
		.help = "trust the issuers whose keys the running kernel has",
		.flag = &running_option},
	{.name = "kernel",
		.argument = "KIND",
		.help = "debian (_ima), rhel (.ima from 6.6 on), or a version such as 5.14",
		.value = &kernel_option},
	{.name = "json", .help = "print an array of objects", .flag = &json_option},
	{0},
};

const struct verb verb_key_check = {
	.name = "check",
	.operands = "CERT...",
	.operands_min = 1,
	.operands_max = (size_t)-1,
	.summary = "say what kernels do with certificates",
	.details =
		"A star marks the keyrings that count for the exit status: for a signer .ima or _ima, for a\n"
		"CA .secondary_trusted_keys. CAs among the operands vouch for others once they are vouched\n"
		"for. The status is 1 when a kernel that is asked for refuses a certificate; with --kernel\n"
		"also when that cannot be told for lack of --trusted.",
	.options = options,
	.run = run_check,
};
