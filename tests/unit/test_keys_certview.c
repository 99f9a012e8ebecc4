// SPDX-License-Identifier: MIT
/* Tests of keys/certview.c, x509.c, x509_make.c and pkey.c: certificates made here, judged here. */
#include <openssl/core_names.h>
#include <openssl/x509.h>
#include "certview.h"
#include "pkey.h"
#include "unit.h"

static struct problem problem;
static EVP_PKEY *ca_key, *signer_key;
static X509 *ca, *signer;

static X509 *make(struct x509_order order)
{
	X509 *certificate = NULL;

	order.hash = order.hash ? order.hash : "sha256";
	order.days = order.days ? order.days : 10;
	assert_int_equal(x509_make(&order, &certificate, &problem), 0);
	return certificate;
}

/* A request for the key, which is how a certificate comes to another key than the issuer's. */
static X509 *issue(EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, bool is_ca)
{
	_cleanup_request_ X509_REQ *request = NULL;

	assert_int_equal(x509_make_request(key, "/O=Org/CN=leaf", NULL, "sha256", &request, &problem), 0);
	return make((struct x509_order){
		.request = request, .issuer = issuer, .signing_key = issuer_key, .is_ca = is_ca});
}

static int set_up(void **context)
{
	(void)context;
	assert_int_equal(pkey_generate("p256", &ca_key, &problem), 0);
	assert_int_equal(pkey_generate("p384", &signer_key, &problem), 0);
	ca = make((struct x509_order){.cn = "test CA", .signing_key = ca_key, .is_ca = true});
	signer = issue(signer_key, ca, ca_key, false);
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(signer_key);
	x509_release(&ca);
	x509_release(&signer);
	return 0;
}

static void keys_are_made_and_named(void **context)
{
	static const char *const kinds[][2] = {{"rsa2048", "RSA-2048"}, {"p256", "P-256"}, {"p384", "P-384"}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_pkey_ EVP_PKEY *key = NULL;
		struct buf kind = {0};

		assert_int_equal(pkey_generate(kinds[i][0], &key, &problem), 0);
		pkey_kind(key, &kind);
		assert_buf(&kind, kinds[i][1]);
		assert_string_equal(pkey_algorithm(key), kinds[i][0]);
		assert_int_equal(pkey_check(key, &problem), 0);
	}
}

static void other_keys_are_refused(void **context)
{
	static const struct {
		const char *type, *argument, *reason;
	} kinds[] = {
		{"ED25519", NULL, "its key is ED25519-256, which IMA cannot be relied on to verify"},
		{"EC", "P-521", "its key is EC secp521r1, which IMA cannot be relied on to verify"},
		{"RSA", NULL, "its key is RSA-1024, which IMA cannot be relied on to verify"},
	};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_pkey_ EVP_PKEY *key =
			string_equal(kinds[i].type, "RSA")
				? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024)
				: EVP_PKEY_Q_keygen(NULL, NULL, kinds[i].type, kinds[i].argument);

		assert_non_null(key);
		assert_null(pkey_algorithm(key));
		assert_int_equal(pkey_check(key, &problem), -EOPNOTSUPP);
		assert_problem(&problem, -EOPNOTSUPP, kinds[i].reason, "use one of " PKEY_ALGORITHMS);
	}
}

/* A key whose parameter was set, as a foreign program would have written it. */
static EVP_PKEY *make_curve(const char *parameter, const char *value)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");

	assert_non_null(key);
	if (parameter)
		assert_int_equal(EVP_PKEY_set_utf8_string_param(key, parameter, value), 1);
	return key;
}

static void keys_fit_or_say_why(void **context)
{
	static const struct {
		int bits; /* of RSA */
		const char *parameter, *value;
		enum pkey_fitness fitness;
		const char *error; /* of add_key for a self-signed certificate */
	} keys[] = {
		{512, NULL, NULL, PKEY_FITS, NULL},
		{1024, NULL, NULL, PKEY_FITS, NULL},
		{1030, NULL, NULL, PKEY_ODD_SIZE, "EINVAL"},
		{2047, NULL, NULL, PKEY_FITS, NULL},
		{2432, NULL, NULL, PKEY_ODD_SIZE, "EINVAL"},
		{0, NULL, NULL, PKEY_FITS, NULL},
		{0, OSSL_PKEY_PARAM_EC_ENCODING, "explicit", PKEY_EXPLICIT, "EBADMSG"},
		{0, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed", PKEY_COMPRESSED, "EINVAL"},
		{0, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "hybrid", PKEY_COMPRESSED, "EINVAL"},
	};
	struct certview_verdict verdict;
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_pkey_ EVP_PKEY *key =
			keys[i].bits ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)keys[i].bits)
				     : make_curve(keys[i].parameter, keys[i].value);
		_cleanup_x509_ X509 *certificate = make((struct x509_order){.cn = "c", .signing_key = key});
		struct certview view = {.certificate = certificate};

		assert_int_equal(pkey_fitness(key), keys[i].fitness);
		assert_int_equal(x509_describe(certificate, &view.facts), 0);
		assert_int_equal(view.facts.fitness, keys[i].fitness);
		verdict = certview_judge(&view, CERTVIEW_USER_IMA);
		assert_int_equal(verdict.answer, keys[i].error ? CERTVIEW_REFUSED : CERTVIEW_TAKEN);
		if (keys[i].error) {
			assert_string_equal(verdict.error, keys[i].error);
			assert_string_equal(verdict.reason, pkey_unfit_reason(keys[i].fitness));
			assert_int_equal(pkey_check(key, &problem), -EOPNOTSUPP);
			problem_free(&problem);
		}
		view.facts.is_self_issued = false;
		if (keys[i].fitness == PKEY_ODD_SIZE || keys[i].fitness == PKEY_COMPRESSED)
			assert_null(certview_judge(&view, CERTVIEW_USER_IMA).error);
		x509_facts_free(&view.facts);
	}
}

static void facts_of_what_was_made(void **context)
{
	_cleanup_facts_ struct x509_facts facts = {0};
	uint8_t id[PKEY_ID_SIZE];

	(void)context;
	assert_int_equal(x509_describe(signer, &facts), 0);
	assert_string_equal(buf_string(&facts.subject), "O=Org, CN=leaf");
	assert_string_equal(buf_string(&facts.issuer), "CN=test CA");
	assert_string_equal(buf_string(&facts.usage), "digitalSignature");
	assert_string_equal(buf_string(&facts.signature), "ecdsa-with-SHA256");
	assert_string_equal(buf_string(&facts.key), "P-384");
	assert_int_equal(facts.serial.len, 32);
	assert_int_equal(facts.extended_usage.len, 0);
	assert_true(facts.may_sign && facts.has_usage && facts.known_algorithms && facts.names_authority);
	assert_false(facts.is_ca || facts.may_issue || facts.is_self_issued);
	assert_int_equal(facts.not_after - facts.not_before, 10 * 86400);
	assert_int_equal(pkey_id(signer_key, id), 0);
	assert_int_equal(facts.subject_id.len, sizeof(id));
	assert_memory_equal(facts.subject_id.bytes, id, sizeof(id));
	assert_int_equal(pkey_id(ca_key, id), 0);
	assert_memory_equal(facts.authority_id.bytes, id, sizeof(id));
}

static void serials_differ(void **context)
{
	_cleanup_x509_ X509 *second = issue(signer_key, ca, ca_key, false);
	_cleanup_facts_ struct x509_facts a = {0}, b = {0};

	(void)context;
	assert_int_equal(x509_describe(signer, &a), 0);
	assert_int_equal(x509_describe(second, &b), 0);
	assert_string_not_equal(buf_string(&a.serial), buf_string(&b.serial));
}

/* x509_fabricate_name of the kernel: O and CN, unless CN begins as O does. */
static void kernel_name_of_a_key(void **context)
{
	static const char *const names[][2] = {
		{"/CN=signer", "signer: "},
		{"/O=Org/CN=signer", "Org: signer: "},
		{"/O=Org/CN=Organization signer", "Organization signer: "},
		{"/O=Example Inc./CN=Example of a signer", "Example of a signer: "},
		{"/O=Exampl/CN=Examps signer", "Exampl: Examps signer: "},
		{"/O=Org", "Org: "},
		{"/emailAddress=a@b.c", "a@b.c: "},
		{"/C=DE", ": "},
	};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_facts_ struct x509_facts facts = {0};
		_cleanup_x509_ X509 *certificate =
			make((struct x509_order){.subject = names[i][0], .signing_key = ca_key});

		assert_int_equal(x509_describe(certificate, &facts), 0);
		assert_int_equal(facts.description.len, strlen(names[i][1]) + 2 * PKEY_ID_SIZE);
		assert_memory_equal(facts.description.data, names[i][1], strlen(names[i][1]));
	}
}

static void bad_subjects_are_refused(void **context)
{
	static const char *const subjects[][2] = {
		{"", "'' is not a subject"},
		{"/", "'/' is not a subject"},
		{"CN=x", "'CN=x' is not a subject"},
		{"/CN", "'/CN' is not a subject"},
		{"/CN=", "the subject's field 'CN' is empty"},
		{"/nonsense=x", "the subject's field 'nonsense' cannot be 'x': invalid field name"},
		{"/C=Germany", "the subject's field 'C' cannot be 'Germany': string too long"},
		{"/CN=\xff", "the subject's field 'CN' cannot be '\xff': invalid utf8string"},
	};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(subjects); i++) {
		struct x509_order order = {
			.subject = subjects[i][0], .signing_key = ca_key, .hash = "sha256", .days = 1};
		X509 *certificate = NULL;

		assert_int_equal(x509_make(&order, &certificate, &problem), -EINVAL);
		assert_null(certificate);
		assert_string_equal(problem_reason_text(&problem), subjects[i][1]);
		problem_free(&problem);
	}
}

static void issuer_needs_an_id(void **context)
{
	struct x509_order order = {
		.cn = "x", .signing_key = ca_key, .hash = "sha256", .days = 1, .issuer = X509_new()};
	X509 *certificate = NULL;

	(void)context;
	assert_int_equal(x509_make(&order, &certificate, &problem), -EINVAL);
	assert_problem(&problem, -EINVAL, "the issuer's certificate has no subjectKeyIdentifier",
		"use a CA that 'imactl key ca' made");
	x509_release(&order.issuer);
}

static struct certview view_of(X509 *certificate)
{
	struct certview view = {.path = "c", .certificate = certificate};

	assert_int_equal(x509_describe(certificate, &view.facts), 0);
	return view;
}

static enum certview_answer answer(const struct certview *view, enum certview_ring ring)
{
	return certview_judge(view, ring).answer;
}

static void chains_are_found_in_any_order(void **context)
{
	_cleanup_pkey_ EVP_PKEY *middle_key = NULL;
	_cleanup_x509_ X509 *middle = NULL, *leaf = NULL;
	struct certview trusted = view_of(ca), views[2];

	(void)context;
	assert_int_equal(pkey_generate("p256", &middle_key, &problem), 0);
	middle = issue(middle_key, ca, ca_key, true);
	leaf = issue(signer_key, middle, middle_key, false);
	views[0] = view_of(leaf);
	views[1] = view_of(middle);
	certview_chain(views, 2, NULL, 0);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_UNKNOWN);
	assert_int_equal(answer(&views[0], CERTVIEW_IMA), CERTVIEW_DEPENDS);
	assert_int_equal(answer(&views[0], CERTVIEW_USER_IMA), CERTVIEW_TAKEN);
	certview_chain(views, 1, &trusted, 1);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_NONE);
	assert_int_equal(answer(&views[0], CERTVIEW_IMA_OLD), CERTVIEW_REFUSED);
	certview_chain(views, 2, &trusted, 1);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_WHOLE);
	assert_ptr_equal(views[0].issuer, &views[1]);
	assert_ptr_equal(views[1].issuer, &trusted);
	assert_int_equal(answer(&views[0], CERTVIEW_IMA), CERTVIEW_TAKEN);
	assert_int_equal(answer(&views[1], CERTVIEW_IMA), CERTVIEW_REFUSED);
	assert_int_equal(answer(&views[1], CERTVIEW_IMA_OLD), CERTVIEW_TAKEN);
	/* In a keyring of signers it vouches for nobody. */
	views[1].is_signer = true;
	certview_chain(views, 2, &trusted, 1);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_NONE);
	assert_int_equal(views[1].chain, CERTVIEW_CHAIN_WHOLE);
	x509_facts_free(&views[0].facts);
	x509_facts_free(&views[1].facts);
	x509_facts_free(&trusted.facts);
}

static void signer_vouches_for_nothing(void **context)
{
	_cleanup_x509_ X509 *leaf = issue(ca_key, signer, signer_key, false);
	struct certview trusted = view_of(ca), views[2] = {view_of(leaf), view_of(signer)};
	struct certview open = view_of(signer);
	_cleanup_buf_ struct buf warnings = {0};

	(void)context;
	certview_chain(views, 2, &trusted, 1);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_NONE);
	assert_int_equal(views[1].chain, CERTVIEW_CHAIN_WHOLE);
	/* But where it is trusted, the kernel takes it for an issuer. */
	certview_chain(views, 1, &open, 1);
	assert_int_equal(views[0].chain, CERTVIEW_CHAIN_WHOLE);
	certview_warn(&views[0], time(NULL), false, "", &warnings);
	assert_string_equal(
		buf_string(&warnings), "warning: its issuer is no CA; kernels take it all the same\n");
	x509_facts_free(&views[0].facts);
	x509_facts_free(&views[1].facts);
	x509_facts_free(&trusted.facts);
	x509_facts_free(&open.facts);
}

static void judged_by_flags(void **context)
{
	struct certview view = {.chain = CERTVIEW_CHAIN_WHOLE};
	struct certview_verdict verdict;

	(void)context;
	assert_string_equal(certview_judge(&view, CERTVIEW_USER_IMA).error, "ENOPKG");
	view.facts.known_algorithms = true;
	assert_string_equal(certview_judge(&view, CERTVIEW_IMA).reason, "it has no keyUsage");
	view.facts.has_usage = true;
	verdict = certview_judge(&view, CERTVIEW_IMA);
	assert_string_equal(verdict.reason, "its keyUsage lacks digitalSignature");
	assert_string_equal(verdict.error, "ENOKEY");
	view.facts.may_sign = view.facts.may_issue = true;
	assert_string_equal(certview_judge(&view, CERTVIEW_IMA).reason, "its keyUsage has keyCertSign");
	view.facts.is_ca = true;
	assert_string_equal(certview_judge(&view, CERTVIEW_IMA).reason, "it is a CA");
	assert_int_equal(answer(&view, CERTVIEW_SECONDARY), CERTVIEW_TAKEN);
	view.chain = CERTVIEW_CHAIN_DAMAGED;
	assert_int_equal(answer(&view, CERTVIEW_USER_IMA), CERTVIEW_REFUSED);
	view.form.is_pem = true;
	assert_string_equal(certview_judge(&view, CERTVIEW_USER_IMA).error, "EBADMSG");
	assert_string_equal(certview_ring_name(CERTVIEW_RINGS), "");
}

static void warned_of(void **context)
{
	struct certview view = {.facts = {.not_before = 100, .not_after = 200}};
	struct buf text = {0};

	(void)context;
	view.form.trailing = 3;
	buf_puts(&view.facts.key, "RSA-1024");
	view.facts.is_ca = true;
	certview_warn(&view, 201, true, " ", &text);
	assert_buf(&text,
		" warning: it has expired; kernels do not look at dates, other programs do\n"
		" warning: it has no subjectKeyIdentifier: no signature made with evmctl or imactl finds it; "
		"issue it again with one: imactl key issue\n"
		" warning: 3 bytes follow the certificate; kernels take it, imaboot refuses it; write it "
		"again: openssl x509 -inform DER -outform DER\n"
		" warning: its key is RSA-1024, which can be broken; use RSA-2048 or larger\n"
		" warning: it is a CA whose keyUsage lacks keyCertSign\n");
	certview_warn(&view, 99, true, "", &text);
	assert_memory_equal(text.data, "warning: it is not valid yet", 28);
	buf_free(&text);
	x509_facts_free(&view.facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_made_and_named),
		cmocka_unit_test(other_keys_are_refused),
		cmocka_unit_test(keys_fit_or_say_why),
		cmocka_unit_test(facts_of_what_was_made),
		cmocka_unit_test(serials_differ),
		cmocka_unit_test(kernel_name_of_a_key),
		cmocka_unit_test(bad_subjects_are_refused),
		cmocka_unit_test(issuer_needs_an_id),
		cmocka_unit_test(chains_are_found_in_any_order),
		cmocka_unit_test(signer_vouches_for_nothing),
		cmocka_unit_test(judged_by_flags),
		cmocka_unit_test(warned_of),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
