/* SPDX-License-Identifier: Apache-2.0 */
/* Starting libcrypto, and telling its failures apart. */
#include "crypto/ossl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdbool.h>

void ossl_begin(void)
{
	/* A failure shows in the fetch that follows. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

int ossl_failed(struct valise_err *err, const char *what)
{
	/* Out of memory may fail to leave any record, or leave a later one ("unsupported") on top of the first. */
	bool records = false;
	bool memory = false;
	for (unsigned long e; (e = ERR_get_error()) != 0;) {
		records = true;
		memory |= ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	}
	if (memory || !records)
		return err_nomem(err);
	return err_set(err, VALISE_E_FAILURE,
		       "libcrypto cannot do %s; check that OpenSSL 3.0 or later is installed whole", what);
}
