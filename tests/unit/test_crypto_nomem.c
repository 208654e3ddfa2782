/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once, and from every one on: no crash, no leak, and never a wrong verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/mac.h"
#include "crypto/x25519.h"

/* Which allocation fails, counted from 1; 0 is none. */
static size_t fail_at;
static bool fail_on;
static size_t count;

static bool fails(void)
{
	count++;
	return fail_at != 0 && (fail_on ? count >= fail_at : count == fail_at);
}

static void *failing_malloc(size_t len, const char *file, int line)
{
	(void)file, (void)line;
	return fails() ? NULL : malloc(len);
}

static void *failing_realloc(void *p, size_t len, const char *file, int line)
{
	(void)file, (void)line;
	return fails() ? NULL : realloc(p, len);
}

static void counted_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

static const uint8_t seed[32] = {1, 2, 3};
static uint8_t public[32];
static uint8_t signature[64];
static uint8_t sealed[5 + AEAD_TAG_BYTES];
static uint8_t tag[MAC_TAG_BYTES];
static uint8_t shared[32];
static struct ed25519_signer *kept;

/* Each returns the code, after checking that what came with 0 is right. */
static int run_digest(void)
{
	CLEAN_DIGEST struct digest *d = NULL;
	return digest_new(&d, NULL);
}

static int run_scrypt(void)
{
	uint8_t key[32];
	return scrypt_derive("p", 1, "s", 1, 2, key, NULL);
}

static int run_seal(void)
{
	CLEAN_AEAD struct aead *a = NULL;
	uint8_t out[sizeof sealed];
	int r = aead_new(seed, &a, NULL);
	if (r == 0)
		r = aead_seal(a, seed, (const uint8_t *)"hello", 5, out, NULL);
	if (r == 0)
		assert_memory_equal(out, sealed, sizeof sealed);
	return r;
}

static int run_open(void)
{
	CLEAN_AEAD struct aead *a = NULL;
	uint8_t out[5];
	int r = aead_new(seed, &a, NULL);
	if (r == 0)
		r = aead_open(a, seed, sealed, sizeof sealed, out, NULL);
	if (r == 0)
		assert_memory_equal(out, "hello", 5);
	return r;
}

static int run_mac(void)
{
	CLEAN_MAC struct mac *m = NULL;
	uint8_t out[sizeof tag];
	int r = mac_new(seed, &m, NULL);
	if (r == 0)
		r = mac_tag(m, (const uint8_t *)"hello", 5, out, NULL);
	if (r == 0)
		assert_memory_equal(out, tag, sizeof tag);
	return r;
}

static int run_public(void)
{
	uint8_t point[32];
	return x25519_public(seed, point, NULL);
}

static int run_shared(void)
{
	const uint8_t nine[32] = {9};
	uint8_t out[32];
	int r = x25519_shared(seed, nine, out, NULL);
	if (r == 0)
		assert_memory_equal(out, shared, sizeof shared);
	return r;
}

static int run_signer(void)
{
	CLEAN_SIGNER struct ed25519_signer *s = NULL;
	return ed25519_signer_new(seed, &s, NULL);
}

static int run_sign(void)
{
	uint8_t out[64];
	int r = ed25519_sign(kept, "hello", 5, out, NULL);
	if (r == 0)
		assert_memory_equal(out, signature, sizeof signature);
	return r;
}

static int run_verify(void)
{
	return ed25519_verify(public, "hello", 5, signature, NULL);
}

static int run_refuse(void)
{
	return ed25519_verify(public, "hullo", 5, signature, NULL);
}

static const struct {
	const char *name;
	int (*run)(void);
	int right; /* the code without failures */
} rows[] = {
	{"digest_new", run_digest, 0},
	{"scrypt_derive", run_scrypt, 0},
	{"aead_seal", run_seal, 0},
	{"aead_open", run_open, 0},
	{"mac_tag", run_mac, 0},
	{"x25519_public", run_public, 0},
	{"x25519_shared", run_shared, 0},
	{"ed25519_signer_new", run_signer, 0},
	{"ed25519_sign", run_sign, 0},
	{"ed25519_verify", run_verify, 0},
	{"ed25519_verify (bad)", run_refuse, VALISE_E_BAD},
};

static void every_allocation_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (int on = 0; on < 2; on++) {
			size_t failed = 0;
			for (size_t n = 1;; n++) {
				fail_on = on != 0;
				count = 0;
				fail_at = n;
				int r = rows[i].run();
				bool reached = count >= n;
				fail_at = 0;
				if (r != rows[i].right && r != VALISE_E_NOMEM)
					fail_msg("%s with allocation %zu failed%s: %d", rows[i].name, n,
						 on ? " on" : "", r);
				if (!reached) {
					assert_int_equal(r, rows[i].right);
					break;
				}
				failed += r == VALISE_E_NOMEM;
				assert_int_equal(rows[i].run(), rows[i].right); /* and nothing is broken for later */
			}
			assert_true(failed > 0);
			print_message("# %s: %zu failures survived\n", rows[i].name, failed);
		}
	}
}

/* libcrypto's own start is done before, with memory: once it failed there, it stays failed. */
static int setup(void **state)
{
	(void)state;
	const uint8_t nine[32] = {9};
	CLEAN_AEAD struct aead *a = NULL;
	CLEAN_MAC struct mac *m = NULL;
	if (aead_new(seed, &a, NULL) != 0 || aead_seal(a, seed, (const uint8_t *)"hello", 5, sealed, NULL) != 0 ||
	    ed25519_signer_new(seed, &kept, NULL) != 0 || ed25519_sign(kept, "hello", 5, signature, NULL) != 0 ||
	    mac_new(seed, &m, NULL) != 0 || mac_tag(m, (const uint8_t *)"hello", 5, tag, NULL) != 0 ||
	    x25519_shared(seed, nine, shared, NULL) != 0)
		return -1;
	ed25519_signer_public(kept, public);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].run() != rows[i].right)
			return -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ed25519_signer_free(kept);
	return 0;
}

int main(void)
{
	if (CRYPTO_set_mem_functions(failing_malloc, failing_realloc, counted_free) != 1)
		return 1;
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails)};
	return cmocka_run_group_tests_name("crypto_nomem", tests, setup, teardown);
}
