// SPDX-License-Identifier: MIT
/* The issuers of refused certificates, by name; see issuers.h. */
#include "issuers.h"

#include <errno.h>
#include "certinfo.h"
#include "certs.h"
#include "log.h"
#include "rootfile.h"

#define TRUSTED_RINGS ".builtin_trusted_keys, .secondary_trusted_keys, .machine"

/* A value as the arguments of %.*s. */
#define SHOWN(value) (int)(value).len, (value).bytes

static bool values_equal(const struct certinfo_value *a, const struct certinfo_value *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static bool is_none(const struct certinfo_value *value)
{
	return value->len == 1 && *value->bytes == '-';
}

/* The record of the image's file of that path, or NULL. */
static const struct report_cert *find_record(const struct report *report, const struct certinfo_value *path)
{
	size_t i;

	for (i = 0; i < report->cert_count; i++) {
		const struct report_cert *cert = &report->certs[i];

		if (string_equal(cert->source, "image") && cert->path && strlen(cert->path) == path->len &&
			memcmp(cert->path, path->bytes, path->len) == 0)
			return cert;
	}
	return NULL;
}

static void explain_missing(const struct certinfo *info, struct problem *problem)
{
	const struct certinfo_value *issuer = &info->fields[CERTINFO_ISSUER];
	const struct certinfo_value *id = &info->fields[CERTINFO_ISSUER_KEY_ID];

	if (is_none(id))
		problem_set(problem, -ENOKEY,
			"its issuer '%.*s' is in no trusted keyring (" TRUSTED_RINGS ")", SHOWN(*issuer));
	else
		problem_set(problem, -ENOKEY,
			"its issuer '%.*s' (key id %.*s) is in no trusted keyring (" TRUSTED_RINGS ")",
			SHOWN(*issuer), SHOWN(*id));
	problem_remedy(problem, "add that CA's certificate to " CERTS_CA_DIR
				" of the image, and build that CA's own issuer, or itself, "
				"into the kernel");
}

static void explain(const char *text, size_t len, const struct report *report, struct report_cert *cert)
{
	struct certinfo info, issuer;
	const struct certinfo_value *issuer_id = &info.fields[CERTINFO_ISSUER_KEY_ID];
	const struct report_cert *above;

	if (!certinfo_find(text, len, CERTINFO_SHA256, cert->sha256, strlen(cert->sha256), &info))
		return;
	if (values_equal(&info.fields[CERTINFO_ISSUER], &info.fields[CERTINFO_SUBJECT]) &&
		(is_none(issuer_id) || values_equal(issuer_id, &info.fields[CERTINFO_KEY_ID]))) {
		problem_set(&cert->problem, -ENOKEY,
			"it is self-signed, and the kernel trusts none but those built into it and what they "
			"vouch for");
		problem_remedy(&cert->problem, "have it issued by a CA that the kernel has, or build it into "
					       "the kernel, or enroll it as a MOK");
		return;
	}
	above = certinfo_find(text, len, CERTINFO_KEY_ID, issuer_id->bytes, issuer_id->len, &issuer)
			? find_record(report, &issuer.fields[CERTINFO_PATH])
			: NULL;
	if (!above) {
		explain_missing(&info, &cert->problem);
	} else if (above->result == CERT_REFUSED) {
		problem_set(&cert->problem, -ENOKEY, "its issuer '%.*s' (%s of the image) was refused itself",
			SHOWN(info.fields[CERTINFO_ISSUER]), above->path);
		problem_remedy(&cert->problem, "do what is said of that one");
	}
}

static bool is_unvouched(const struct report_cert *cert)
{
	return cert->result == CERT_REFUSED && cert->problem.error == -ENOKEY;
}

void issuers_explain(int image_fd, const char *image, struct report *report)
{
	_cleanup_rootfile_ struct rootfile file = {.fd = -1};
	_cleanup_problem_ struct problem problem = {0};
	const char *text;
	size_t i, line;
	int r;

	for (i = 0; i < report->cert_count && !is_unvouched(&report->certs[i]); i++)
		;
	if (i == report->cert_count)
		return;
	r = rootfile_read(image_fd, image, CERTINFO_FILE, CERTINFO_SIZE_MAX, &file, &problem);
	text = (const char *)file.bytes;
	if (r == 0 && certinfo_check(text, file.len, &line) == 0) {
		for (; i < report->cert_count; i++)
			if (is_unvouched(&report->certs[i]))
				explain(text, file.len, report, &report->certs[i]);
		return;
	}
	if (r == 0)
		log_warning(CERTINFO_FILE
			":%zu: is not what imactl writes there, and issuers are not named; make the "
			"image again",
			line);
	else if (r != -ENOENT)
		log_warning(CERTINFO_FILE " %s, and issuers are not named", problem_reason_text(&problem));
}
