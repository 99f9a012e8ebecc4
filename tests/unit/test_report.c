// SPDX-License-Identifier: MIT
/*
 * Tests of common/report*.c: the bytes of status.json and of the text beside it.
 * wrap: realloc format_new_args
 */
#include "report.h"
#include "unit.h"

static bool out_of_memory;

void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
char *__real_format_new_args(const char *format, va_list args) _printf_(1, 0);
char *__wrap_format_new_args(const char *format, va_list args) _printf_(1, 0);

static bool no_text;

void *__wrap_realloc(void *pointer, size_t size)
{
	return out_of_memory ? NULL : __real_realloc(pointer, size);
}

char *__wrap_format_new_args(const char *format, va_list args)
{
	return no_text ? NULL : __real_format_new_args(format, args);
}

static const char sum[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static struct report_cert *add_cert(
	struct report *report, const char *path, const char *source, enum cert_result result)
{
	struct report_cert *cert = report_add_cert(report);

	assert_non_null(cert);
	cert->path = strdup(path);
	cert->source = source;
	cert->keyring = ".ima";
	cert->result = result;
	return cert;
}

static struct report_candidate *add_candidate(
	struct report *report, const char *path, const char *source, enum candidate_result result)
{
	struct report_candidate *candidate = report_add_candidate(report);

	assert_non_null(candidate);
	candidate->path = strdup(path);
	candidate->source = source;
	candidate->result = result;
	return candidate;
}

/* A boot in which something of each kind happened. */
static void fill(struct report *report)
{
	struct report_cert *cert;
	struct report_candidate *candidate;

	report->outcome = OUTCOME_FALLBACK;
	report->policy_file = "readable";
	report->keyring = ".ima";
	report->guard = true;
	report->duration_us = 12345;
	cert = add_cert(report, "/etc/keys/ima/a.der", "image", CERT_LOADED);
	cert->key = strdup("A: 01");
	cert = add_cert(report, "/etc/keys/ima/b\n.der", "root", CERT_REFUSED);
	problem_set(&cert->problem, -EBADMSG, "is \"bad\"");
	problem_remedy(&cert->problem, "mend it");
	cert = add_cert(report, "/etc/keys/ima/c.der", "root", CERT_SKIPPED);
	problem_set(&cert->problem, -EPERM, "is not used");
	(void)add_cert(report, "/etc/keys/ima/d.der", "image", CERT_PRESENT);
	candidate = add_candidate(report, "/etc/ima/ima-policy", "root", CANDIDATE_FAILED);
	candidate->stage = STAGE_SIGNATURE;
	memcpy(candidate->sha256, sum, sizeof(sum));
	problem_set(&candidate->problem, -ENODATA, "has no signature");
	problem_remedy(&candidate->problem, "sign it");
	report_add_denied(candidate, "/d", true, 7, "has none");
	report_add_denied(candidate, "/e", false, 0, "has none");
	candidate = add_candidate(report, "/etc/imaboot/policy", "image", CANDIDATE_ACCEPTED);
	candidate->stage = STAGE_CONFIRM;
	memcpy(candidate->sha256, sum, sizeof(sum));
	candidate->signed_by = strdup("A: 01");
	candidate->proof = "kernel-log";
	assert_int_equal(report_add_message(report, "a %s", "message"), 0);
	assert_int_equal(report_add_message(report, "another"), 0);
}

static void empty_report_as_json(void **context)
{
	_cleanup_report_ struct report report = {0};
	struct buf buf = {0};

	(void)context;
	report_json(&report, &buf);
	assert_buf(&buf, "{\"schema\":1,\"version\":\"" IMABOOT_VERSION "\",\"outcome\":\"failed\","
			 "\"kernel\":{\"ima_policy_file\":null},\"keyring\":null,\"certificates\":[],"
			 "\"candidates\":[],\"stage0\":null,\"late\":false,\"messages\":[],\"policy\":null,"
			 "\"evm\":null,"
			 "\"guard\":false,\"duration_us\":0}\n");
}

static void whole_report_as_json(void **context)
{
	_cleanup_report_ struct report report = {0};
	struct buf buf = {0};

	(void)context;
	fill(&report);
	report_json(&report, &buf);
	assert_buf(&buf,
		"{\"schema\":1,\"version\":\"" IMABOOT_VERSION "\",\"outcome\":\"fallback\","
		"\"kernel\":{\"ima_policy_file\":\"readable\"},\"keyring\":\".ima\",\"certificates\":["
		"{\"path\":\"/etc/keys/ima/a.der\",\"source\":\"image\",\"keyring\":\".ima\","
		"\"result\":\"loaded\",\"key\":\"A: 01\",\"reason\":null,\"remedy\":null},"
		"{\"path\":\"/etc/keys/ima/b\\\\x0a.der\",\"source\":\"root\",\"keyring\":\".ima\","
		"\"result\":\"refused\",\"key\":null,\"reason\":\"is \\\"bad\\\"\",\"remedy\":\"mend it\"},"
		"{\"path\":\"/etc/keys/ima/c.der\",\"source\":\"root\",\"keyring\":\".ima\","
		"\"result\":\"skipped\",\"key\":null,\"reason\":\"is not used\",\"remedy\":null},"
		"{\"path\":\"/etc/keys/ima/d.der\",\"source\":\"image\",\"keyring\":\".ima\","
		"\"result\":\"present\",\"key\":null,\"reason\":null,\"remedy\":null}],\"candidates\":["
		"{\"source\":\"root\",\"path\":\"/etc/ima/ima-policy\",\"sha256\":\""
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"stage\":"
		"\"signature\",\"result\":\"failed\",\"reason\":\"has no signature\",\"remedy\":\"sign "
		"it\",\"denied\":[{\"path\":\"/d\",\"source\":\"image\",\"line\":7,\"cause\":\"has "
		"none\"},{\"path\":\"/e\",\"source\":\"root\",\"line\":0,\"cause\":\"has none\"}]},"
		"{\"source\":\"image\",\"path\":\"/etc/imaboot/policy\",\"sha256\":\""
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"stage\":\"confirm\","
		"\"result\":\"accepted\",\"reason\":null,\"remedy\":null,\"denied\":[]}],"
		"\"stage0\":null,\"late\":false,\"messages\":[\"a message\",\"another\"],"
		"\"policy\":{\"source\":\"image\",\"path\":\"/etc/imaboot/policy\",\"sha256\":\""
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"signed_by\":\"A: "
		"01\",\"not_verified\":null,"
		"\"proof\":\"kernel-log\"},\"evm\":null,\"guard\":true,\"duration_us\":12345}\n");
}

static void whole_report_as_text(void **context)
{
	_cleanup_report_ struct report report = {0};
	struct buf buf = {0};

	(void)context;
	fill(&report);
	report_text(&report, &buf);
	assert_buf(&buf,
		"outcome fallback: policy /etc/imaboot/policy (image) in force, 2 certificates in the "
		"keyrings (signers in .ima), 1 refused, guard set, 12.345 ms\n"
		"a message\nanother\n"
		"certificate (image) /etc/keys/ima/a.der loaded in .ima as 'A: 01'\n"
		"certificate (root) /etc/keys/ima/b\\x0a.der refused by .ima: is \"bad\"; mend it\n"
		"certificate (root) /etc/keys/ima/c.der skipped for .ima: is not used\n"
		"certificate (image) /etc/keys/ima/d.der present in .ima\n"
		"policy (root) /etc/ima/ima-policy failed at stage signature: has no signature; sign it\n"
		"policy (image) /etc/imaboot/policy is in force, proven by kernel-log, signed by 'A: 01'\n");
}

/* A stage-0 policy is no candidate: it is told, but never "the policy". */
static void stage0_is_told(void **context)
{
	_cleanup_report_ struct report report = {.outcome = OUTCOME_FAILED, .late = true};
	struct buf buf = {0};

	(void)context;
	report.stage0.source = "stage-0";
	report.stage0.path = strdup("/etc/imaboot/stage0");
	report.stage0.stage = STAGE_CONFIRM;
	report.stage0.proof = "read-back";
	report.stage0.signed_by = strdup("A: 01");
	memcpy(report.stage0.sha256, sum, sizeof(sum));
	assert_null(report_policy(&report));
	report_json(&report, &buf);
	assert_non_null(strstr(buf_string(&buf),
		"\"stage0\":{\"path\":\"/etc/imaboot/stage0\",\"sha256\":\""
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"stage\":\"confirm\","
		"\"result\":\"accepted\",\"signed_by\":\"A: 01\",\"not_verified\":null,"
		"\"proof\":\"read-back\",\"reason\":null,\"remedy\":null},\"late\":true,"));
	buf_free(&buf);
	report_text(&report, &buf);
	assert_buf(&buf, "outcome failed: no policy loaded, guard not set, 0.000 ms\n"
			 "policy (stage-0) /etc/imaboot/stage0 is in force, proven by read-back, signed by "
			 "'A: 01'\n");
	report_reset_candidate(&report.stage0);
	assert_null(report.stage0.path);
	report.stage0.path = strdup("built-in");
	report_json(&report, &buf);
	assert_non_null(strstr(buf_string(&buf), "\"sha256\":null,"));
	buf_free(&buf);
}

static void deferred_policy_is_told(void **context)
{
	_cleanup_report_ struct report report = {.outcome = OUTCOME_DEFERRED, .guard = true};
	struct buf buf = {0};

	(void)context;
	assert_null(report_deferred(&report));
	(void)add_candidate(&report, "/p", "root", CANDIDATE_DEFERRED);
	assert_ptr_equal(report_deferred(&report), &report.candidates[0]);
	assert_null(report_policy(&report));
	assert_false(report_has_failed(&report));
	report_text(&report, &buf);
	assert_buf(&buf,
		"outcome deferred: policy /p (root) waits for imaboot-late.service, guard set, 0.000 ms\n"
		"policy (root) /p waits for imaboot-late.service\n");
	report_json(&report, &buf);
	assert_non_null(strstr(buf_string(&buf), "\"result\":\"deferred\""));
	buf_free(&buf);
}

static void certificates_alone(void **context)
{
	_cleanup_report_ struct report report = {0};
	struct buf buf = {0};

	(void)context;
	report_certs_json(&report, &buf);
	assert_buf(&buf, "[]\n");
	(void)add_cert(&report, "/a", "image", CERT_LOADED);
	report_certs_json(&report, &buf);
	assert_buf(&buf, "[{\"path\":\"/a\",\"source\":\"image\",\"keyring\":\".ima\",\"result\":\"loaded\","
			 "\"key\":null,\"reason\":null,\"remedy\":null}]\n");
	report_certs_text(&report, &buf);
	assert_buf(&buf, "certificate (image) /a loaded in .ima\n");
}

static void absent_policy_as_text(void **context)
{
	_cleanup_report_ struct report report = {.outcome = OUTCOME_NO_POLICY, .keyring = "_ima"};
	struct buf buf = {0};

	(void)context;
	(void)add_candidate(&report, "/p", "root", CANDIDATE_ABSENT);
	(void)add_cert(&report, "/a", "image", CERT_LOADED);
	report_text(&report, &buf);
	assert_buf(&buf, "outcome no-policy: no policy loaded, 1 certificate in the keyrings (signers in "
			 "_ima), 0 refused, guard not set, 0.000 ms\n"
			 "certificate (image) /a loaded in .ima\npolicy (root) /p is absent\n");
}

static void summary_without_keyring(void **context)
{
	_cleanup_report_ struct report report = {.outcome = OUTCOME_DISABLED, .duration_us = 1000007};
	struct buf buf = {0};

	(void)context;
	report_summary(&report, &buf);
	assert_buf(&buf, "outcome disabled: no policy loaded, guard not set, 1000.007 ms");
}

/* Each byte as a file name: the JSON is one line of printable characters, its quotes in pairs. */
static void hostile_names_are_harmless(void **context)
{
	unsigned int byte;

	(void)context;
	for (byte = 1; byte < 256; byte++) {
		_cleanup_report_ struct report report = {0};
		_cleanup_buf_ struct buf json = {0}, text = {0};
		char name[] = {'/', (char)byte, 'x', '\0'};
		size_t i, quotes = 0;

		(void)add_cert(&report, name, "root", CERT_LOADED);
		report.certs[0].key = strdup(name);
		problem_set(&report.certs[0].problem, -EBADMSG, "%s", name);
		(void)add_candidate(&report, name, "root", CANDIDATE_FAILED);
		assert_int_equal(report_add_message(&report, "%s", name), 0);
		report_json(&report, &json);
		report_text(&report, &text);
		for (i = 0; i < json.len - 1; i++) {
			assert_true(json.data[i] >= 0x20 && json.data[i] < 0x7f);
			if (json.data[i] == '\\')
				i++;
			else
				quotes += json.data[i] == '"';
		}
		assert_int_equal(json.data[json.len - 1], '\n');
		assert_int_equal(quotes % 2, 0);
		for (i = 0; i < text.len; i++)
			assert_true(text.data[i] == '\n' || (text.data[i] >= 0x20 && text.data[i] < 0x7f));
	}
}

static void evm_is_told(void **context)
{
	_cleanup_report_ struct report report = {0};
	struct buf text = {0};

	(void)context;
	report.evm = (struct report_evm){.mode = "x509", .result = EVM_ACTIVE, .value = 0x80000002};
	report_json(&report, &text);
	assert_non_null(strstr(text.data, "\"evm\":{\"mode\":\"x509\",\"result\":\"active\",\"value\":"
					  "2147483650,\"reason\":null,\"remedy\":null},"));
	buf_free(&text);
	report_text(&report, &text);
	assert_non_null(strstr(text.data, "\nEVM (x509) active\n"));
	buf_free(&text);
	report.evm = (struct report_evm){.mode = "both"};
	problem_set(&report.evm.problem, -EPERM, "is\nfixed");
	problem_remedy(&report.evm.problem, "reboot");
	report_json(&report, &text);
	assert_non_null(strstr(text.data, "\"evm\":{\"mode\":\"both\",\"result\":\"failed\",\"value\":"
					  "null,\"reason\":\"is\\\\x0afixed\",\"remedy\":\"reboot\"},"));
	buf_free(&text);
	report_text(&report, &text);
	assert_non_null(strstr(text.data, "\nEVM (both) failed: is\\x0afixed; reboot\n"));
	buf_free(&text);
	report.evm.result = EVM_PRESENT;
	report_text(&report, &text);
	assert_non_null(strstr(text.data, "\nEVM (both) present"));
	buf_free(&text);
}

static void outcomes_have_names_and_exit_codes(void **context)
{
	static const struct {
		enum outcome outcome;
		const char *name;
		int status;
	} outcomes[] = {{OUTCOME_FAILED, "failed", EXIT_FAILED}, {OUTCOME_ENFORCED, "enforced", EXIT_DONE},
		{OUTCOME_FALLBACK, "fallback", EXIT_FALLBACK}, {OUTCOME_NO_POLICY, "no-policy", EXIT_DONE},
		{OUTCOME_UNPROTECTED, "unprotected", EXIT_FALLBACK},
		{OUTCOME_DISABLED, "disabled", EXIT_NOT_APPLICABLE},
		{OUTCOME_NOT_APPLICABLE, "not-applicable", EXIT_NOT_APPLICABLE},
		{OUTCOME_DEFERRED, "deferred", EXIT_DONE}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		assert_string_equal(outcome_name(outcomes[i].outcome), outcomes[i].name);
		assert_int_equal(outcome_exit(outcomes[i].outcome), outcomes[i].status);
	}
}

static void stages_have_names(void **context)
{
	(void)context;
	assert_string_equal(policy_stage_name(STAGE_READ), "read");
	assert_string_equal(policy_stage_name(STAGE_SIGNATURE), "signature");
	assert_string_equal(policy_stage_name(STAGE_PREFLIGHT), "preflight");
	assert_string_equal(policy_stage_name(STAGE_DRY_RUN), "dry-run");
	assert_string_equal(policy_stage_name(STAGE_COMMIT), "commit");
	assert_string_equal(policy_stage_name(STAGE_CONFIRM), "confirm");
}

static void questions_are_answered(void **context)
{
	_cleanup_report_ struct report report = {0};

	(void)context;
	assert_null(report_policy(&report));
	assert_false(report_has_failed(&report));
	(void)add_candidate(&report, "/a", "root", CANDIDATE_ABSENT);
	assert_null(report_policy(&report));
	assert_false(report_has_failed(&report));
	fill(&report);
	assert_string_equal(report_policy(&report)->path, "/etc/imaboot/policy");
	assert_true(report_has_failed(&report));
	assert_int_equal(report_count_certs(&report, CERT_REFUSED), 1);
	assert_int_equal(report_count_certs(&report, CERT_SKIPPED), 1);
}

static void without_memory_nothing_is_added(void **context)
{
	_cleanup_report_ struct report report = {0};

	(void)context;
	out_of_memory = true;
	assert_null(report_add_cert(&report));
	assert_null(report_add_candidate(&report));
	assert_int_equal(report_add_message(&report, "a"), -ENOMEM);
	out_of_memory = false;
	no_text = true;
	assert_int_equal(report_add_message(&report, "a"), -ENOMEM);
	no_text = false;
	assert_int_equal(report.cert_count + report.candidate_count + report.message_count, 0);
}

/* A root full of bad certificates does not hide why the machine stopped. */
static void failure_names_the_first_certificates(void **context)
{
	_cleanup_report_ struct report report = {0};
	struct buf text = {0};
	const char *at;
	char path[32];
	size_t i;

	(void)context;
	for (i = 0; i < 10; i++) {
		(void)snprintf(path, sizeof(path), "/c%zu", i);
		problem_set(
			&add_cert(&report, path, "root", CERT_REFUSED)->problem, -ENOKEY, "is a stranger");
	}
	problem_set(&add_candidate(&report, "/p", "root", CANDIDATE_FAILED)->problem, -EINVAL, "is bad");
	report_failure(&report, &text);
	for (i = 0, at = buf_string(&text); (at = strstr(at, "certificate /c")); at++)
		i++;
	assert_int_equal(i, 8);
	assert_non_null(
		strstr(buf_string(&text), "certificate /c7 was refused\n  why:    is a stranger\n"
					  "2 more certificates were refused; they are in the whole report.\n"
					  "policy /p failed at stage read\n  why:    is bad\n"));
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_report_as_json),
		cmocka_unit_test(whole_report_as_json),
		cmocka_unit_test(whole_report_as_text),
		cmocka_unit_test(stage0_is_told),
		cmocka_unit_test(deferred_policy_is_told),
		cmocka_unit_test(certificates_alone),
		cmocka_unit_test(absent_policy_as_text),
		cmocka_unit_test(summary_without_keyring),
		cmocka_unit_test(hostile_names_are_harmless),
		cmocka_unit_test(evm_is_told),
		cmocka_unit_test(outcomes_have_names_and_exit_codes),
		cmocka_unit_test(stages_have_names),
		cmocka_unit_test(questions_are_answered),
		cmocka_unit_test(without_memory_nothing_is_added),
		cmocka_unit_test(failure_names_the_first_certificates),
	};

	return RUN_TESTS(tests);
}
