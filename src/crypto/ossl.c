/* SPDX-License-Identifier: Apache-2.0 */
/* Starting libcrypto with what this room uses of it, and telling its failures apart. */
#include "crypto/ossl.h"

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* The first fetch of a kind makes a method of everything of that kind that the provider offers: over a hundred for one cipher, which takes
 * a fourteenth of a small command's time. So we fetch from a provider of our own, which lends the few that are used out of the default
 * one as they are. */
#define LENT_MAX 2

/* Made once, constant afterwards. */
static struct lent {
	int operation;
	const char *names[LENT_MAX];
	OSSL_ALGORITHM algorithms[LENT_MAX + 1];
} lent[] = {
	{.operation = OSSL_OP_CIPHER, .names = {"ChaCha20-Poly1305"}},
	{.operation = OSSL_OP_MAC, .names = {"POLY1305"}},
	{.operation = OSSL_OP_KDF, .names = {"SCRYPT"}},
	{.operation = OSSL_OP_KEYMGMT, .names = {"X25519", "ED25519"}},
	{.operation = OSSL_OP_KEYEXCH, .names = {"X25519"}},
	{.operation = OSSL_OP_SIGNATURE, .names = {"ED25519"}},
};
#define N_LENT (sizeof lent / sizeof lent[0])

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static OSSL_LIB_CTX *whole; /* with the default provider */
static OSSL_PROVIDER *whole_provider;
static OSSL_LIB_CTX *context; /* with ours; NULL when it could not be made */

/* Of "NAME:other name:1.2.3". */
static bool goes_by(const OSSL_ALGORITHM *a, const char *name)
{
	size_t len = strlen(name);
	if (strncasecmp(a->algorithm_names, name, len) != 0)
		return false;
	char after = a->algorithm_names[len];
	return after == ':' || after == '\0';
}

/* What this libcrypto lacks is left out: fetching it fails then, and says so. */
static void lend(struct lent *l)
{
	int no_store;
	size_t n = 0;
	const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole_provider, l->operation, &no_store);
	for (size_t i = 0; i < LENT_MAX && l->names[i]; i++)
		for (const OSSL_ALGORITHM *a = all; a && a->algorithm_names; a++)
			if (goes_by(a, l->names[i])) {
				l->algorithms[n++] = *a;
				break;
			}
}

static const OSSL_ALGORITHM *query(void *provider, int operation, int *no_store)
{
	(void)provider;
	*no_store = 0;
	for (size_t i = 0; i < N_LENT; i++)
		if (lent[i].operation == operation)
			return lent[i].algorithms;
	return NULL;
}

static int provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **ret,
			 void **ret_provider)
{
	static const OSSL_DISPATCH functions[] = {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
						  {0, NULL}};
	(void)handle, (void)in;
	*ret = functions;
	*ret_provider = OSSL_PROVIDER_get0_provider_ctx(whole_provider); /* whose functions they are */
	return 1;
}

static void begin(void)
{
	/* No configuration; nothing freed one by one at the end, since what a process holds goes with it; and neither the texts of
	 * libcrypto's errors nor its names for what is not fetched, which nobody here asks for. Together 1 ms of a small command. */
	static const uint64_t how = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
				    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
				    OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
	if (OPENSSL_init_crypto(how, NULL) != 1)
		return;
	whole = OSSL_LIB_CTX_new();
	whole_provider = whole ? OSSL_PROVIDER_load(whole, "default") : NULL;
	OSSL_LIB_CTX *own = whole_provider ? OSSL_LIB_CTX_new() : NULL;
	for (size_t i = 0; i < N_LENT && own; i++)
		lend(&lent[i]);
	if (own && OSSL_PROVIDER_add_builtin(own, "valise", provider_init) == 1 && OSSL_PROVIDER_load(own, "valise")) {
		context = own;
		return;
	}
	OSSL_LIB_CTX_free(own);
	OSSL_LIB_CTX_free(whole);
}

OSSL_LIB_CTX *ossl_context(void)
{
	return CRYPTO_THREAD_run_once(&once, begin) == 1 ? context : NULL;
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

#ifdef __x86_64__
__attribute__((target("avx"))) static void clear_upper_halves(void)
{
	__builtin_ia32_vzeroupper();
}
#endif

void ossl_leave_wide_registers(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx"))
		clear_upper_halves();
#endif
}
