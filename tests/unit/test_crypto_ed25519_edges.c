/* SPDX-License-Identifier: Apache-2.0 */
/* C2SP's Ed25519 edge cases against spec/ed25519.md: what each must come to is computed from its flags. */
#include "third_party.h"

#include <string.h>

#include "crypto/ed25519.h"

#define HEX_MAX (1u << 16)

/* The flags of the vectors, in their own order. */
static const char *const flags[] = {
	"low_order_R",       "low_order_A",     "low_order_component_R", "low_order_component_A",
	"low_order_residue", "non_canonical_A", "non_canonical_R",       "reencoded_k",
};
enum {
	LOW_ORDER_R = 1 << 0,
	LOW_ORDER_A = 1 << 1,
	LOW_ORDER_RESIDUE = 1 << 4,
	NON_CANONICAL_A = 1 << 5,
	NON_CANONICAL_R = 1 << 6,
	REENCODED_K = 1 << 7,
	ALL_SETS = 1 << 8,
};

static unsigned flags_of(const json_t *vector)
{
	unsigned set = 0;
	size_t known = 0;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		if (third_party_flag(vector, flags[i])) {
			set |= 1u << i;
			known++;
		}
	}
	/* A flag that is not in the list could change the verdict unseen. */
	assert_int_equal(known, json_array_size(json_object_get(vector, "flags")));
	return set;
}

/* The rule for keys: one encoding, and not of small order. */
static bool key_is_taken(unsigned set)
{
	return !(set & (LOW_ORDER_A | NON_CANONICAL_A));
}

/* The rule for signatures: S B = R + k A holds without a cofactor (no residue of low order is left), k is hashed from the bytes as
 * they came (not re-encoded ones), and R is the one encoding that is computed. R may be of low order, and A and R may each have a
 * component of low order, as long as the equation holds. */
static bool is_accepted(unsigned set)
{
	return key_is_taken(set) && !(set & (LOW_ORDER_RESIDUE | REENCODED_K | NON_CANONICAL_R));
}

static void print_set(unsigned set, size_t accepted, size_t refused)
{
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (set >> i & 1)
			buf_addf(&b, " %s", flags[i]);
	if (set == 0)
		buf_add_text(&b, " (no flag)");
	print_message("# %3zu accepted %3zu refused%s:%s\n", accepted, refused, key_is_taken(set) ? "" : " (the key)",
		      (const char *)b.data);
}

static void every_vector_by_the_rule(void **state)
{
	(void)state;
	json_t *file = third_party_json("ed25519vectors.json");
	CLEAN_BUF struct buf key = BUF_INIT(HEX_MAX);
	CLEAN_BUF struct buf signature = BUF_INIT(HEX_MAX);
	size_t accepted[ALL_SETS] = {0};
	size_t refused[ALL_SETS] = {0};
	size_t i;
	json_t *vector;
	json_array_foreach(file, i, vector)
	{
		third_party_hex(vector, "key", &key);
		third_party_hex(vector, "sig", &signature);
		assert_int_equal(key.len, 32);
		assert_int_equal(signature.len, 64);
		const char *message = third_party_text(vector, "msg");
		unsigned set = flags_of(vector);
		if (ed25519_public_ok(key.data) != key_is_taken(set))
			fail_msg("vector %zu: the key is%s taken", i, key_is_taken(set) ? " not" : "");
		int r = ed25519_verify(key.data, message, strlen(message), signature.data, NULL);
		if (r != (is_accepted(set) ? 0 : VALISE_E_BAD))
			fail_msg("vector %zu: %d", i, r);
		accepted[set] += r == 0;
		refused[set] += r != 0;
	}
	assert_true(json_array_size(file) > 0);
	size_t all_accepted = 0;
	size_t accepted_sets = 0;
	size_t accepted_low_R = 0;
	size_t refused_keys = 0;
	for (unsigned set = 0; set < ALL_SETS; set++) {
		if (accepted[set] + refused[set] == 0)
			continue;
		print_set(set, accepted[set], refused[set]);
		all_accepted += accepted[set];
		accepted_sets += accepted[set] > 0;
		accepted_low_R += set & LOW_ORDER_R ? accepted[set] : 0;
		refused_keys += key_is_taken(set) ? 0 : refused[set];
	}
	print_message("# %zu of %zu accepted, in %zu combinations of flags\n", all_accepted, json_array_size(file),
		      accepted_sets);
	/* The figures that spec/ed25519.md gives. */
	if (json_array_size(file) == 914) {
		assert_int_equal(all_accepted, 86);
		assert_int_equal(accepted_sets, 6);
		assert_int_equal(accepted_low_R, 43);
		assert_int_equal(refused_keys, 526);
	}
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_vector_by_the_rule)};
	return cmocka_run_group_tests_name("crypto_ed25519_edges", tests, NULL, NULL);
}
