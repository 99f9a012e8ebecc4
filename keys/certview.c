// SPDX-License-Identifier: MIT
/* What a kernel does with a certificate; see certview.h. */
#include "certview.h"

#include <errno.h>

#define RSA_WEAK "RSA-1" /* RSA-1024, RSA-1536 */

const char *certview_ring_name(enum certview_ring ring)
{
	static const char *const names[] = {
		".ima before Linux 6.6", ".ima from Linux 6.6 on", "_ima", ".secondary_trusted_keys"};

	return ring < CERTVIEW_RINGS ? names[ring] : "";
}

/* The link restriction of a keyring that wants the issuer's signature. */
static struct certview_verdict judge_chain(const struct certview *view)
{
	switch (view->chain) {
	case CERTVIEW_CHAIN_WHOLE:
		return (struct certview_verdict){.reason = "a key that the kernel trusts vouches for it"};
	case CERTVIEW_CHAIN_BROKEN:
		return (struct certview_verdict){CERTVIEW_REFUSED, "EKEYREJECTED",
			"its signature is not that of the issuer that it names"};
	case CERTVIEW_CHAIN_NONE:
		return (struct certview_verdict){
			CERTVIEW_REFUSED, "ENOKEY", "none of the trusted certificates is its issuer"};
	case CERTVIEW_CHAIN_DAMAGED:
	case CERTVIEW_CHAIN_UNKNOWN:
		break;
	}
	return (struct certview_verdict){CERTVIEW_DEPENDS, NULL, "if the kernel trusts its issuer"};
}

struct certview_verdict certview_judge(const struct certview *view, enum certview_ring ring)
{
	const struct x509_facts *facts = &view->facts;

	if (view->form.is_pem)
		return (struct certview_verdict){
			CERTVIEW_REFUSED, "EBADMSG", "it is PEM, and the kernel reads DER"};
	if (!facts->known_algorithms)
		return (struct certview_verdict){CERTVIEW_REFUSED, "ENOPKG",
			"its key or its hash is of a kind that only newer kernels know, or none"};
	if (facts->fitness == PKEY_EXPLICIT)
		return (struct certview_verdict){
			CERTVIEW_REFUSED, "EBADMSG", pkey_unfit_reason(facts->fitness)};
	if (view->chain == CERTVIEW_CHAIN_DAMAGED)
		return (struct certview_verdict){CERTVIEW_REFUSED, "EKEYREJECTED",
			"it is self-signed, and the signature is not its own"};
	/* Such a key is taken, unless it has to verify its own signature on the way (x509_check_for_self_signed). */
	if (facts->fitness != PKEY_FITS)
		return (struct certview_verdict){CERTVIEW_REFUSED, facts->is_self_issued ? "EINVAL" : NULL,
			pkey_unfit_reason(facts->fitness)};
	if (ring == CERTVIEW_USER_IMA)
		return (struct certview_verdict){.reason = "nothing is asked of it"};
	if (ring == CERTVIEW_IMA && !facts->may_sign)
		return (struct certview_verdict){CERTVIEW_REFUSED, "ENOKEY",
			facts->has_usage ? "its keyUsage lacks digitalSignature" : "it has no keyUsage"};
	if (ring == CERTVIEW_IMA && (facts->is_ca || facts->may_issue))
		return (struct certview_verdict){CERTVIEW_REFUSED, "ENOKEY",
			facts->is_ca ? "it is a CA" : "its keyUsage has keyCertSign"};
	return judge_chain(view);
}

/* Looks for the issuer of one certificate; an issuer that fits wins over one that only has its name. */
static void find_issuer(struct certview *view, const struct certview *issuer)
{
	bool is_self = x509_equal(view->certificate, issuer->certificate);

	if (view->chain == CERTVIEW_CHAIN_WHOLE || view->chain == CERTVIEW_CHAIN_DAMAGED ||
		pkey_is_useless(issuer->facts.fitness) ||
		(!is_self && !x509_names_issuer(view->certificate, issuer->certificate)))
		return;
	if (!x509_is_signed_by(view->certificate, issuer->certificate)) {
		/* A copy of a trusted certificate that others issued is vouched for by them alone. */
		if (!is_self)
			view->chain = CERTVIEW_CHAIN_BROKEN;
		return;
	}
	view->chain = CERTVIEW_CHAIN_WHOLE;
	view->issuer = is_self ? NULL : issuer;
}

/* A self-signed certificate is verified when it is parsed, for any keyring (x509_check_for_self_signed). */
static bool is_damaged(const struct certview *view)
{
	return view->facts.known_algorithms && view->facts.is_self_issued &&
	       x509_names_issuer(view->certificate, view->certificate) &&
	       !x509_is_signed_by(view->certificate, view->certificate);
}

/* One round over those that have no whole chain yet; true when one was found. */
static bool chain_round(
	struct certview *views, size_t count, const struct certview *trusted, size_t trusted_count)
{
	bool found = false;
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (views[i].chain == CERTVIEW_CHAIN_WHOLE)
			continue;
		for (j = 0; j < trusted_count; j++)
			find_issuer(&views[i], &trusted[j]);
		for (j = 0; j < count; j++)
			if (j != i && views[j].facts.is_ca && !views[j].is_signer &&
				views[j].chain == CERTVIEW_CHAIN_WHOLE)
				find_issuer(&views[i], &views[j]);
		found |= views[i].chain == CERTVIEW_CHAIN_WHOLE;
	}
	return found;
}

void certview_trust_kernel(struct certview *views, size_t count, const struct kernelkeys *keys)
{
	size_t i;

	for (i = 0; i < count; i++) {
		views[i].asked_kernel = true;
		views[i].is_kernels = kernelkeys_has(keys, &views[i].facts.authority_id) ||
				      kernelkeys_has(keys, &views[i].facts.subject_id);
	}
}

static enum certview_chain begin_chain(const struct certview *view, bool has_trusted)
{
	if (is_damaged(view))
		return CERTVIEW_CHAIN_DAMAGED;
	if (view->is_kernels)
		return CERTVIEW_CHAIN_WHOLE;
	return has_trusted ? CERTVIEW_CHAIN_NONE : CERTVIEW_CHAIN_UNKNOWN;
}

void certview_chain(
	struct certview *views, size_t count, const struct certview *trusted, size_t trusted_count)
{
	bool has_trusted = trusted_count > 0;
	size_t i;

	for (i = 0; i < count; i++)
		has_trusted |= views[i].asked_kernel;
	for (i = 0; i < count; i++)
		views[i].chain = begin_chain(&views[i], has_trusted);
	if (!has_trusted)
		return;
	while (chain_round(views, count, trusted, trusted_count))
		;
}

void certview_warn(const struct certview *view, time_t now, bool debian, const char *indent, struct buf *ret)
{
	const struct x509_facts *facts = &view->facts;

	if (now > facts->not_after)
		buf_printf(ret,
			"%swarning: it has expired; kernels do not look at dates, other programs do\n",
			indent);
	if (now < facts->not_before)
		buf_printf(ret,
			"%swarning: it is not valid yet; kernels do not look at dates, other programs do\n",
			indent);
	if (facts->subject_id.len < CERTVIEW_KEY_ID)
		buf_printf(ret,
			"%swarning: it has no subjectKeyIdentifier: no signature made with evmctl or imactl "
			"finds it; "
			"issue it again with one: imactl key issue\n",
			indent);
	if (view->form.trailing)
		buf_printf(ret,
			"%swarning: %zu bytes follow the certificate; kernels take it, imaboot refuses it; "
			"write "
			"it again: openssl x509 -inform DER -outform DER\n",
			indent, view->form.trailing);
	if (view->form.is_pem)
		buf_printf(ret, "%swarning: it is PEM; convert it: openssl x509 -outform DER\n", indent);
	if (strncmp(buf_string(&facts->key), RSA_WEAK, strlen(RSA_WEAK)) == 0)
		buf_printf(ret, "%swarning: its key is %s, which can be broken; use RSA-2048 or larger\n",
			indent, buf_string(&facts->key));
	if (debian && strncmp(buf_string(&facts->key), "P-", 2) == 0)
		buf_printf(ret,
			"%swarning: Debian's kernel 6.1 has no ECDSA: it verifies nothing with this key\n",
			indent);
	if (facts->is_ca && !facts->may_issue)
		buf_printf(ret, "%swarning: it is a CA whose keyUsage lacks keyCertSign\n", indent);
	if (view->issuer && !view->issuer->facts.is_ca)
		buf_printf(ret, "%swarning: its issuer is no CA; kernels take it all the same\n", indent);
}

bool certview_has_key_id(const struct certview *view, const uint8_t id[static CERTVIEW_KEY_ID])
{
	const struct x509_id *own = &view->facts.subject_id;

	return own->len >= CERTVIEW_KEY_ID &&
	       memcmp(own->bytes + own->len - CERTVIEW_KEY_ID, id, CERTVIEW_KEY_ID) == 0;
}

void certview_free(struct certview *view)
{
	x509_facts_free(&view->facts);
	x509_release(&view->certificate);
	*view = (struct certview){0};
}

static int describe(int r, struct certview *ret, struct problem *problem)
{
	if (r == 0 && x509_describe(ret->certificate, &ret->facts) < 0)
		r = problem_set(problem, -ENOMEM, "out of memory");
	if (r < 0)
		certview_free(ret);
	return r;
}

int certview_load(const char *path, struct certview *ret, struct problem *problem)
{
	*ret = (struct certview){.path = path};
	return describe(x509_load(path, &ret->certificate, &ret->form, problem), ret, problem);
}

int certview_decode(
	const char *path, const void *bytes, size_t len, struct certview *ret, struct problem *problem)
{
	*ret = (struct certview){.path = path};
	return describe(x509_decode(bytes, len, &ret->certificate, &ret->form, problem), ret, problem);
}
