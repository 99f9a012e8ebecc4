// SPDX-License-Identifier: MIT
/* OpenSSL's errors as text; see ossl.h. */
#include "ossl.h"

#include <openssl/err.h>

const char *ossl_reason(void)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error ? ERR_reason_error_string(error) : NULL;

	ERR_clear_error();
	return reason ? reason : "OpenSSL gives no reason";
}
