// SPDX-License-Identifier: MIT
/* imaboot keys: the certificates alone, with the result of each. */
#include "certs.h"
#include "escape.h"
#include "log.h"
#include "report.h"
#include "rootfile.h"
#include "verbs.h"
#include "out.h"

static const char *root_option;
static bool json_option;

static int run_keys(size_t count, char **operands)
{
	_cleanup_report_ struct report report = {0};
	_cleanup_buf_ struct buf text = {0};
	_cleanup_close_ int image_fd = root_open("/"), root_fd = root_option ? root_open(root_option) : -1;
	struct certs_source source = {
		.image_fd = image_fd, .image = "/", .root_fd = root_fd, .root = root_option};

	(void)count;
	(void)operands;
	if (root_option && root_fd < 0) {
		log_error("%s: the root cannot be opened: %s", root_option, strerror(-root_fd));
		return EXIT_FAILED;
	}
	if (root_option && root_same(image_fd, root_fd))
		source.root_fd = -1;
	if (certs_load(&source, &report) < 0)
		return EXIT_FAILED;
	if (json_option)
		report_certs_json(&report, &text);
	else
		report_certs_text(&report, &text);
	out_printf("%s", buf_string(&text));
	return report_count_certs(&report, CERT_REFUSED) ? EXIT_FAILED : EXIT_DONE;
}

static const struct verb_option options[] = {
	{.name = "root",
		.argument = "DIR",
		.help = "the mounted real root, for its signers",
		.value = &root_option},
	{.name = "json", .help = "print an array of certificates as in status.json", .flag = &json_option},
	{0},
};

const struct verb verb_keys = {
	.name = "keys",
	.operands = "",
	.summary = "load the CA and signer certificates of /etc/keys/ima",
	.options = options,
	.run = run_keys,
};
