// SPDX-License-Identifier: MIT
/* Private keys in tokens; see token.h. */
#include "token.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include "log.h"

#define SCHEME "pkcs11:"

OSSL_RELEASE(release_store, OSSL_STORE_CTX, OSSL_STORE_close)
OSSL_RELEASE(release_ui, UI_METHOD, UI_destroy_method)

struct login {
	const struct passphrase_source *source;
	const char *uri;
	struct problem *problem;
	bool asked;  /* the token wanted a PIN */
	bool failed; /* none could be got, and the problem is set */
};

bool token_is_uri(const char *name)
{
	return strncmp(name, SCHEME, strlen(SCHEME)) == 0;
}

static bool has_pin(const char *uri)
{
	static const char attribute[] = "pin-value=";
	const char *at = uri;

	while ((at = strstr(at + 1, attribute)))
		if (strchr(":;?&", at[-1]))
			return true;
	return false;
}

int token_refuse_pin(const char *verb, const char *name)
{
	if (!name || !token_is_uri(name) || !has_pin(name))
		return 0;
	log_error("%s: the key's URI has a PIN (pin-value), which all users can see; leave it out, and use "
		  "--passphrase-file",
		verb);
	return EXIT_USAGE;
}

/* pem_password_cb: a PIN is given once, since a second wrong one may lock the token. */
static int give_pin(char *pin, int size, int is_new, void *argument)
{
	struct login *login = argument;
	char text[PASSPHRASE_MAX];
	size_t len;

	(void)is_new;
	if (login->asked)
		return -1;
	login->asked = true;
	login->failed = passphrase_get(login->source, login->uri, false, text, login->problem) < 0;
	len = login->failed ? 0 : strlen(text);
	if (len && len < (size_t)size)
		memcpy(pin, text, len + 1);
	else
		len = 0;
	OPENSSL_cleanse(text, sizeof(text));
	return len ? (int)len : -1;
}

/* With a provider that is named, the default one is no longer there by itself. */
static int load_provider(struct problem *problem)
{
	if (OSSL_PROVIDER_load(NULL, "default") && OSSL_PROVIDER_load(NULL, "pkcs11"))
		return 0;
	(void)ossl_reason(); /* that of dlopen(3), which is none */
	problem_set(problem, -ENOPKG, "names a token, and OpenSSL's provider 'pkcs11' cannot be loaded");
	problem_remedy(
		problem, "install pkcs11-provider, and name the token's module in PKCS11_PROVIDER_MODULE");
	return -ENOPKG;
}

/* The next private key of the store; NULL where there is none. */
static EVP_PKEY *next_key(OSSL_STORE_CTX *store)
{
	EVP_PKEY *key = NULL;

	while (!key && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (!info && OSSL_STORE_error(store))
			break;
		if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	return key;
}

/* The only private key of the store. Returns 0 with NULL where there is none, or -ENOTUNIQ with *problem set. */
static int find_key(OSSL_STORE_CTX *store, EVP_PKEY **ret, struct problem *problem)
{
	_cleanup_pkey_ EVP_PKEY *key = next_key(store), *other = key ? next_key(store) : NULL;

	if (other) {
		problem_set(problem, -ENOTUNIQ, "more than one private key is meant by it");
		problem_remedy(
			problem, "name the token and the object, or its id: p11tool --list-privkeys --login");
		return -ENOTUNIQ;
	}
	*ret = take_pointer(key);
	return 0;
}

static int explain_absence(const struct login *login, struct problem *problem)
{
	(void)ossl_reason(); /* the provider keeps its own to itself */
	if (login->failed)
		return problem->error;
	if (login->asked) {
		problem_set(problem, -EKEYREJECTED, "the token was given a PIN and gave no private key");
		problem_remedy(
			problem, "see that the PIN and the URI are right: p11tool --list-privkeys --login");
		return -EKEYREJECTED;
	}
	problem_set(problem, -ENOENT, "no token has such a private key");
	problem_remedy(problem, "list the tokens: p11tool --list-tokens");
	return -ENOENT;
}

int token_load(
	const char *uri, const struct passphrase_source *source, EVP_PKEY **ret, struct problem *problem)
{
	struct login login = {.source = source, .uri = uri, .problem = problem};
	_cleanup_(release_ui) UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_pin, 0);
	_cleanup_(release_store) OSSL_STORE_CTX *store = NULL;
	int r = ui ? load_provider(problem) : problem_set(problem, -ENOMEM, "out of memory");

	if (r < 0)
		return r;
	store = OSSL_STORE_open_ex(uri, NULL, NULL, ui, &login, NULL, NULL, NULL);
	if (store && OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY))
		r = find_key(store, ret, problem);
	return r == 0 && !*ret ? explain_absence(&login, problem) : r;
}
