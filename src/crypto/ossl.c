/* SPDX-License-Identifier: Apache-2.0 */
/* Starting libcrypto, and telling its failures apart. */
#include "crypto/ossl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

int ossl_begin(struct valise_err *err)
{
	/* No configuration; nothing freed one by one at the end, since what a process holds goes with it; and neither the texts of
	 * libcrypto's errors nor its names for what is not fetched, which nobody here asks for. Together 1 ms of a small command. */
	static const uint64_t how = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
				    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
				    OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
	/* libcrypto 3.0 uses its default context even when it could not make the locks in it. */
	if (OPENSSL_init_crypto(how, NULL) != 1 || !OSSL_LIB_CTX_get0_global_default())
		return err_nomem(err);
	return 0;
}

int ossl_failed(struct valise_err *err, const char *what)
{
	/* Running out of memory leaves any record or none, "unsupported" too when a fetch meets it. So that one is believed only as
	 * long as there is memory. */
	bool missing = false;
	for (unsigned long e; (e = ERR_get_error()) != 0;)
		missing |= ERR_GET_REASON(e) == ERR_R_UNSUPPORTED || ERR_GET_REASON(e) == EVP_R_UNSUPPORTED_ALGORITHM;
	void *probe = missing ? OPENSSL_malloc(4096) : NULL;
	OPENSSL_free(probe);
	if (!probe)
		return err_nomem(err);
	return err_set(err, VALISE_E_FAILURE, "this libcrypto does not have %s; install OpenSSL 3.0 or later whole",
		       what);
}
