/* SPDX-License-Identifier: MIT */
/*
 * What a kernel does with a certificate that is given to one of its keyrings: the table that
 * `imactl key check` prints. Kernel functions: restrict_link_by_signature, restrict_link_by_digsig
 * (crypto/asymmetric_keys/restrict.c), x509_key_preparse (x509_public_key.c).
 */
#ifndef IMABOOT_CERTVIEW_H
#define IMABOOT_CERTVIEW_H

#include "kernelkeys.h"
#include "x509.h"

#define CERTVIEW_KEY_ID 4 /* bytes of the key id in a signature */

enum certview_ring {
	CERTVIEW_IMA_OLD,   /* .ima before Linux 6.6 */
	CERTVIEW_IMA,       /* .ima from Linux 6.6 on */
	CERTVIEW_USER_IMA,  /* _ima, which has no restriction */
	CERTVIEW_SECONDARY, /* .secondary_trusted_keys */
	CERTVIEW_RINGS,
};

/* Whether a kernel trusts the issuer: what was given to `--trusted`, and what that vouches for. */
enum certview_chain {
	CERTVIEW_CHAIN_UNKNOWN, /* no trusted certificate was given */
	CERTVIEW_CHAIN_NONE,    /* none of them is the issuer */
	CERTVIEW_CHAIN_BROKEN,  /* one is named as the issuer, and its key did not make the signature */
	CERTVIEW_CHAIN_DAMAGED, /* self-signed, and the signature is wrong */
	CERTVIEW_CHAIN_WHOLE,
};

/* One certificate of the command line. */
struct certview {
	const char *path;
	X509 *certificate;
	struct x509_form form;
	struct x509_facts facts;
	bool is_signer; /* it goes into a keyring of signers alone, where a CA vouches for nobody */
	enum certview_chain chain;
	const struct certview *issuer; /* with a whole chain; NULL: it is trusted itself */
	bool asked_kernel; /* certview_trust_kernel() was called: who is not trusted by it is not trusted */
	bool is_kernels;   /* with a whole chain: the running kernel has its issuer's key, or its own */
};

enum certview_answer {
	CERTVIEW_TAKEN,
	CERTVIEW_REFUSED,
	CERTVIEW_DEPENDS, /* taken where the kernel trusts the issuer, and that is not known here */
};

struct certview_verdict {
	enum certview_answer answer;
	const char *error;  /* the errno of add_key when refused, NULL where it takes what verifies nothing */
	const char *reason; /* a clause, a constant */
};

/* The keyring's name with the kernels that it is meant for. */
const char *certview_ring_name(enum certview_ring ring);

/* Judges one certificate for one keyring; facts, form and chain are filled in. */
struct certview_verdict certview_judge(const struct certview *view, enum certview_ring ring);

/*
 * Marks those whose issuer, or which themselves, the running kernel trusts, by the key identifiers alone. To be called
 * before certview_chain().
 */
void certview_trust_kernel(struct certview *views, size_t count, const struct kernelkeys *keys);

/*
 * Fills in chain and issuer of count certificates. CAs among them that are vouched for vouch for
 * others in turn, whatever their order, as imaboot loads them into .secondary_trusted_keys.
 */
void certview_chain(
	struct certview *views, size_t count, const struct certview *trusted, size_t trusted_count);

/*
 * Adds one line (begun by indent, ended by a newline) for each thing that a kernel does not mind
 * and a person should; debian: a kernel of Debian's kind is asked for.
 */
void certview_warn(const struct certview *view, time_t now, bool debian, const char *indent, struct buf *ret);

/* True where the four bytes are the certificate's key id in signatures, the end of its subjectKeyIdentifier. */
bool certview_has_key_id(const struct certview *view, const uint8_t id[static CERTVIEW_KEY_ID]);

/* Releases the certificate and its facts. */
void certview_free(struct certview *view);

/* Reads and describes one; path must outlive it. Returns 0, or a negative errno with *problem set. */
_must_check_ int certview_load(const char *path, struct certview *ret, struct problem *problem);

/* The same for len bytes that were read from there already; len is not 0. */
_must_check_ int certview_decode(
	const char *path, const void *bytes, size_t len, struct certview *ret, struct problem *problem);

#endif
