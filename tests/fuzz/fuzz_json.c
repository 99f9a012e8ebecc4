// SPDX-License-Identifier: MIT
/* Any report, made from the input: what is written is one JSON value (RFC 8259) and a newline. */
#include "fuzz.h"
#include "escape.h"
#include "report.h"

/* ---- a strict reader: each function returns what is behind the value ---- */

static const char *read_value(const char *p, int depth);

static const char *read_string(const char *p)
{
	CHECK(*p == '"');
	for (p++; *p != '"';) {
		size_t n = utf8_length((const unsigned char *)p, strlen(p));

		CHECK(n && (unsigned char)*p >= 0x20);
		if (*p == '\\') {
			CHECK(p[1] == '"' || p[1] == '\\');
			n = 2;
		}
		p += n;
	}
	return p + 1;
}

static const char *read_number(const char *p)
{
	CHECK(*p >= '0' && *p <= '9');
	CHECK(*p != '0' || p[1] < '0' || p[1] > '9');
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

static const char *read_members(const char *p, char end, int depth)
{
	for (p++; *p != end; p += *p == ',') {
		if (end == '}') {
			p = read_string(p);
			CHECK(*p == ':');
			p++;
		}
		p = read_value(p, depth + 1);
		CHECK(*p == end || (*p == ',' && p[1] != end));
	}
	return p + 1;
}

static const char *read_value(const char *p, int depth)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t i;

	CHECK(depth < 10);
	if (*p == '{' || *p == '[')
		return read_members(p, *p == '{' ? '}' : ']', depth);
	if (*p == '"')
		return read_string(p);
	for (i = 0; i < 3; i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	return read_number(p);
}

/* ---- a report made from the input ---- */

static const uint8_t *input;
static size_t left;

static unsigned int take_byte(void)
{
	return left ? (left--, *input++) : 0;
}

/* A string of up to 15 bytes, or sometimes NULL. */
static char *take_string(void)
{
	size_t len = take_byte() & 15;
	char *string;

	if (len > left)
		len = left;
	if (!len)
		return NULL;
	string = fuzz_string(input, len);
	input += len;
	left -= len;
	return string;
}

static void take_problem(struct problem *problem)
{
	char *reason = take_string(), *remedy = take_string();

	if (reason)
		problem_set(problem, -1, "%s", reason);
	if (remedy)
		problem_remedy(problem, "%s", remedy);
	free(reason);
	free(remedy);
}

static void take_cert(struct report *report)
{
	struct report_cert *cert = report_add_cert(report);

	CHECK(cert);
	cert->path = take_string();
	cert->key = take_string();
	cert->source = take_byte() & 1 ? "root" : "image";
	cert->keyring = ".ima";
	cert->result = (enum cert_result)(take_byte() % (CERT_REFUSED + 1));
	take_problem(&cert->problem);
}

static void take_candidate(struct report *report)
{
	struct report_candidate *candidate = report_add_candidate(report);

	CHECK(candidate);
	candidate->path = take_string();
	candidate->signed_by = take_string();
	candidate->source = take_byte() & 1 ? "root" : "image";
	candidate->stage = (enum policy_stage)(take_byte() % (STAGE_CONFIRM + 1));
	candidate->result = (enum candidate_result)(take_byte() % (CANDIDATE_ABSENT + 1));
	take_problem(&candidate->problem);
}

static void take_message(struct report *report)
{
	char *text = take_string();

	CHECK(report_add_message(report, "%s", text ? text : "") == 0);
	free(text);
}

static void check_json(struct buf *json)
{
	CHECK(!json->failed && strlen(json->data) == json->len);
	CHECK(strcmp(read_value(json->data, 0), "\n") == 0);
	buf_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_report_ struct report report = {0};
	_cleanup_buf_ struct buf text = {0};
	struct buf json = {0};
	size_t i;

	input = data;
	left = size;
	report.outcome = (enum outcome)(take_byte() % (OUTCOME_NOT_APPLICABLE + 1));
	while (left) {
		switch (take_byte() % 3) {
		case 0:
			take_cert(&report);
			break;
		case 1:
			take_candidate(&report);
			break;
		default:
			take_message(&report);
			break;
		}
	}
	report_json(&report, &json);
	check_json(&json);
	report_certs_json(&report, &json);
	check_json(&json);
	report_text(&report, &text);
	for (i = 0; i < text.len; i++)
		CHECK(text.data[i] == '\n' || (unsigned char)text.data[i] >= 0x20);
	return 0;
}
