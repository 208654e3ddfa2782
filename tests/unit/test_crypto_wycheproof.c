/* SPDX-License-Identifier: Apache-2.0 */
/* Project Wycheproof's vectors for what crypto does; what our interface cannot even express is counted aloud. */
#include "third_party.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/x25519.h"

#define HEX_MAX (1u << 20)

static bool is_valid(const json_t *test)
{
	return strcmp(third_party_text(test, "result"), "valid") == 0;
}

static void assert_total(const json_t *file, size_t seen)
{
	assert_int_equal(json_integer_value(json_object_get(file, "numberOfTests")), seen);
}

static void ed25519(void **state)
{
	(void)state;
	json_t *file = third_party_json("wycheproof/ed25519_test.json");
	CLEAN_BUF struct buf key = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf message = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf signature = BUF_INIT(HEX_MAX);
	size_t accepted = 0;
	size_t refused = 0;
	size_t other_length = 0;
	size_t g;
	size_t t;
	json_t *group;
	json_t *test;
	json_array_foreach(json_object_get(file, "testGroups"), g, group)
	{
		third_party_hex(json_object_get(group, "publicKey"), "pk", &key);
		assert_int_equal(key.len, 32);
		assert_true(ed25519_public_ok(key.data));
		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			third_party_hex(test, "msg", &message);
			third_party_hex(test, "sig", &signature);
			if (signature.len != 64) {
				assert_false(is_valid(test));
				other_length++;
				continue;
			}
			int r = ed25519_verify(key.data, message.data, message.len, signature.data, NULL);
			assert_int_equal(r, is_valid(test) ? 0 : VALISE_E_BAD);
			accepted += r == 0;
			refused += r != 0;
		}
	}
	assert_total(file, accepted + refused + other_length);
	print_message(
		"# ed25519: %zu accepted, %zu refused; skipped: %zu signatures that are not 64 bytes (all invalid)\n",
		accepted, refused, other_length);
	assert_true(accepted > 0 && refused > 0);
	json_decref(file);
}

/* The value as 32 little-endian bytes is at least 2^255 - 19. */
static bool passes_the_field(const uint8_t *u)
{
	if (u[31] != 0x7f)
		return u[31] > 0x7f;
	for (size_t i = 1; i < 31; i++)
		if (u[i] != 0xff)
			return false;
	return u[0] >= 0xed;
}

static void x25519(void **state)
{
	(void)state;
	json_t *file = third_party_json("wycheproof/x25519_test.json");
	CLEAN_BUF struct buf public = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf private = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf shared = BUF_INIT(HEX_MAX);
	size_t agreed = 0;
	size_t zero = 0;
	size_t no_recipient = 0;
	size_t g;
	size_t t;
	json_t *group;
	json_t *test;
	json_array_foreach(json_object_get(file, "testGroups"), g, group)
	{
		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			third_party_hex(test, "public", &public);
			third_party_hex(test, "private", &private);
			third_party_hex(test, "shared", &shared);
			assert_int_equal(public.len, 32);
			assert_int_equal(private.len, 32);
			assert_int_equal(shared.len, 32);
			uint8_t got[32];
			int r = x25519_shared(private.data, public.data, got, NULL);
			bool low = third_party_flag(test, "LowOrderPublic");
			assert_int_equal(third_party_flag(test, "ZeroSharedSecret"), low);
			assert_int_equal(r, low ? VALISE_E_BAD : 0);
			if (r == 0)
				assert_memory_equal(got, shared.data, 32);
			bool canonical = !passes_the_field(public.data);
			if (third_party_flag(test, "NonCanonicalPublic"))
				assert_false(canonical);
			assert_int_equal(x25519_point_ok(public.data), !low && canonical);
			agreed += r == 0;
			zero += r != 0;
			no_recipient += !x25519_point_ok(public.data);
		}
	}
	assert_total(file, agreed + zero);
	print_message(
		"# x25519: %zu agreed, %zu refused for a value of zeros; %zu points that are no recipient; skipped: none\n",
		agreed, zero, no_recipient);
	assert_true(agreed > 0 && zero > 0 && no_recipient > zero);
	json_decref(file);
}

static void chacha20_poly1305_one(const json_t *test, const struct buf *key, const struct buf *nonce,
				  bool *ret_accepted)
{
	CLEAN_BUF struct buf message = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf sealed = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf tag = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf out = BUF_INIT(HEX_MAX);
	third_party_hex(test, "msg", &message);
	third_party_hex(test, "ct", &sealed);
	third_party_hex(test, "tag", &tag);
	buf_add(&sealed, tag.data, tag.len);
	uint8_t *to = buf_grow(&out, sealed.len);
	assert_non_null(to);
	CLEAN_AEAD struct aead *a = NULL;
	assert_int_equal(aead_new(key->data, &a, NULL), 0);
	int r = aead_open(a, nonce->data, sealed.data, sealed.len, to, NULL);
	assert_int_equal(r, is_valid(test) ? 0 : VALISE_E_BAD);
	*ret_accepted = r == 0;
	if (r != 0)
		return;
	assert_memory_equal(to, message.data, message.len);
	assert_int_equal(aead_seal(a, nonce->data, message.data, message.len, to, NULL), 0);
	assert_memory_equal(to, sealed.data, sealed.len);
}

static void chacha20_poly1305(void **state)
{
	(void)state;
	json_t *file = third_party_json("wycheproof/chacha20_poly1305_test.json");
	CLEAN_BUF struct buf key = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf nonce = BUF_INIT(HEX_MAX);
	size_t accepted = 0;
	size_t refused = 0;
	size_t with_aad = 0;
	size_t other_nonce = 0;
	size_t g;
	size_t t;
	json_t *group;
	json_t *test;
	json_array_foreach(json_object_get(file, "testGroups"), g, group)
	{
		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			third_party_hex(test, "key", &key);
			third_party_hex(test, "iv", &nonce);
			assert_int_equal(key.len, 32);
			if (nonce.len != AEAD_NONCE_BYTES) {
				assert_false(is_valid(test));
				other_nonce++;
			} else if (*third_party_text(test, "aad")) {
				with_aad++;
			} else {
				bool yes;
				chacha20_poly1305_one(test, &key, &nonce, &yes);
				accepted += yes;
				refused += !yes;
			}
		}
	}
	assert_total(file, accepted + refused + with_aad + other_nonce);
	print_message(
		"# chacha20_poly1305: %zu accepted, %zu refused; skipped: %zu with additional data, %zu with nonces that are not "
		"12 bytes (all invalid)\n",
		accepted, refused, with_aad, other_nonce);
	assert_true(accepted > 0);
	json_decref(file);
}

static void hkdf(void **state)
{
	(void)state;
	json_t *file = third_party_json("wycheproof/hkdf_sha256_test.json");
	CLEAN_BUF struct buf ikm = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf salt = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf info = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf okm = BUF_INIT(HEX_MAX);
	size_t right = 0;
	size_t too_long = 0;
	size_t with_nul = 0;
	size_t g;
	size_t t;
	json_t *group;
	json_t *test;
	json_array_foreach(json_object_get(file, "testGroups"), g, group)
	{
		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			third_party_hex(test, "ikm", &ikm);
			third_party_hex(test, "salt", &salt);
			third_party_hex(test, "info", &info);
			third_party_hex(test, "okm", &okm);
			if (third_party_flag(test, "SizeTooLarge")) {
				assert_false(is_valid(test));
				too_long++;
				continue;
			}
			assert_true(is_valid(test));
			if (memchr(info.data, '\0', info.len)) {
				with_nul++;
				continue;
			}
			uint8_t got[255 * 32];
			assert_true(okm.len <= sizeof got);
			hkdf_sha256(ikm.data, ikm.len, salt.data, salt.len, (const char *)info.data, got, okm.len);
			assert_memory_equal(got, okm.data, okm.len);
			right++;
		}
	}
	assert_total(file, right + too_long + with_nul);
	print_message("# hkdf_sha256: %zu right; skipped: %zu longer than 255 * 32 bytes, %zu whose info has a NUL\n",
		      right, too_long, with_nul);
	assert_true(right > 0);
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519),
		cmocka_unit_test(x25519),
		cmocka_unit_test(chacha20_poly1305),
		cmocka_unit_test(hkdf),
	};
	return cmocka_run_group_tests_name("crypto_wycheproof", tests, NULL, NULL);
}
