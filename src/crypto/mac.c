/* SPDX-License-Identifier: Apache-2.0 */
/* Poly1305 on one context of libcrypto, which each message keys anew. */
#include "crypto/mac.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/ossl.h"

struct mac {
	EVP_MAC_CTX *ctx;
	uint8_t key[MAC_KEY_BYTES];
};

int mac_new(const uint8_t key[static MAC_KEY_BYTES], struct mac **ret, struct valise_err *err)
{
	OSSL_LIB_CTX *lib = ossl_context();
	if (!lib)
		return err_nomem(err);
	ERR_clear_error();
	struct mac *m CLEAN_MAC = OPENSSL_zalloc(sizeof *m);
	if (!m)
		return err_nomem(err);
	EVP_MAC *poly1305 = EVP_MAC_fetch(lib, "POLY1305", NULL);
	m->ctx = poly1305 ? EVP_MAC_CTX_new(poly1305) : NULL;
	EVP_MAC_free(poly1305); /* the context holds its own reference */
	if (!m->ctx)
		return ossl_failed(err, "Poly1305");
	memcpy(m->key, key, sizeof m->key);
	*ret = TAKE(m);
	return 0;
}

void mac_free(struct mac *m)
{
	if (!m)
		return;
	EVP_MAC_CTX_free(m->ctx);
	OPENSSL_cleanse(m->key, sizeof m->key);
	OPENSSL_free(m);
}

void mac_freep(struct mac **m)
{
	mac_free(*m);
}

int mac_tag(struct mac *m, const uint8_t *data, size_t len, uint8_t ret[static MAC_TAG_BYTES], struct valise_err *err)
{
	uint8_t tag[MAC_TAG_BYTES];
	size_t n = 0;
	ERR_clear_error();
	if (EVP_MAC_init(m->ctx, m->key, sizeof m->key, NULL) != 1 || EVP_MAC_update(m->ctx, data, len) != 1 ||
	    EVP_MAC_final(m->ctx, tag, &n, sizeof tag) != 1 || n != sizeof tag)
		return ossl_failed(err, "Poly1305");
	ossl_leave_wide_registers();
	memcpy(ret, tag, sizeof tag);
	return 0;
}
