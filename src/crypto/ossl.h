/* SPDX-License-Identifier: Apache-2.0 */
/* What the users of libcrypto's high-level interface in this room share: its start, its failures, its clean-up. */
#ifndef CRYPTO_OSSL_H
#define CRYPTO_OSSL_H

#include <openssl/evp.h>

#include "base/cleanup.h"
#include "base/err.h"

/* For every fetch: libcrypto with what this room uses in it, and without openssl.cnf, since which signatures count must not depend on
 * a file of the machine. It is made once, and apart from the default context, which is the calling program's. NULL for want of memory;
 * it then stays so in this process. */
OSSL_LIB_CTX *ossl_context(void);

/* The code for a call of libcrypto that failed for no reason of its input: out of memory, or an algorithm that this libcrypto does
 * not have. Empties the thread's error queue. */
int ossl_failed(struct valise_err *err, const char *what);

/* After whatever computes Poly1305: OpenSSL 3.0's for AVX-512 leaves the wide registers' upper halves in use, and until they are cleared
 * the thread's SHA-256, which is written for the narrow ones, runs at five sixths of its speed. */
void ossl_leave_wide_registers(void);

static inline void ossl_pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static inline void ossl_pkey_ctx_freep(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

static inline void ossl_md_ctx_freep(EVP_MD_CTX **p)
{
	EVP_MD_CTX_free(*p);
}

#define CLEAN_PKEY CLEANUP(ossl_pkey_freep)
#define CLEAN_PKEY_CTX CLEANUP(ossl_pkey_ctx_freep)
#define CLEAN_MD_CTX CLEANUP(ossl_md_ctx_freep)

#endif
