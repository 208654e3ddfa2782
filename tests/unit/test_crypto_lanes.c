/* SPDX-License-Identifier: Apache-2.0 */
/* Several digests at once: equal to one by one, at every count and length, and in many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/lanes.h"
#include "crypto/tree.h"

#define MANY 40
#define LONGEST (70u * 1024)

static uint8_t *filled(size_t len)
{
	uint8_t *data = malloc(len);
	assert_non_null(data);
	uint32_t x = 1;
	for (size_t i = 0; i < len; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
	return data;
}

/* Makes the calling thread's lanes, which only much work does. True when it has any. */
static bool start_lanes(const uint8_t *data)
{
	const uint8_t *at[MANY];
	struct hash got[MANY];
	for (size_t i = 0; i < MANY; i++)
		at[i] = data + i;
	size_t done = 0;
	for (int round = 0; done == 0 && round < 20; round++)
		done = lanes_many(at, 32 * 1024, MANY, got);
	return done > 0;
}

/* Where they are built in and the processor has AVX they are used: otherwise the comparisons below would compare nothing. */
static void lanes_are_used(void **state)
{
	uint8_t *data = *state;
	bool used = start_lanes(data);
#if defined HAVE_IPSEC_MB && defined __x86_64__
	if (__builtin_cpu_supports("avx"))
		assert_true(used);
	print_message("# ipsec-mb is %s\n", used ? "used" : "not used: no AVX");
#else
	assert_false(used);
	print_message("# built without ipsec-mb\n");
#endif
}

static void many_equals_one_by_one(void **state)
{
	const uint8_t *data = *state;
	(void)start_lanes(data);
	static const size_t lens[] = {0,     1,     55,    56,    63,    64,    65,    511,
				      512,   513,   575,   576,   1000,  4096,  8191,  32767,
				      32768, 32769, 50000, 65533, 65534, 65535, 65536, LONGEST};
	for (size_t l = 0; l < sizeof lens / sizeof lens[0]; l++) {
		for (size_t n = 0; n <= MANY; n++) {
			const uint8_t *at[MANY];
			struct hash got[MANY + 1];
			memset(got, 0xee, sizeof got);
			for (size_t i = 0; i < n; i++)
				at[i] = data + i * 61; /* they may overlap, and lie anywhere */
			digest_many(at, lens[l], n, got);
			for (size_t i = 0; i < n; i++) {
				struct hash want;
				digest_once(at[i], lens[l], &want);
				assert_true(hash_eq(&got[i], &want));
			}
			assert_int_equal(got[n].bytes[0], 0xee);
		}
	}
}

static void blocks_equal_leaves(void **state)
{
	const uint8_t *data = *state;
	for (size_t n = 0; n <= MANY; n++) {
		struct hash got[MANY + 1];
		memset(got, 0xee, sizeof got);
		tree_blocks(data, n, got);
		for (size_t i = 0; i < n; i++) {
			struct hash want;
			tree_leaf(data + i * TREE_BLOCK_BYTES, TREE_BLOCK_BYTES, &want);
			assert_true(hash_eq(&got[i], &want));
		}
		assert_int_equal(got[n].bytes[0], 0xee);
	}
}

struct work {
	const uint8_t *data;
	size_t shift;
	bool right;
};

static void *hash_a_while(void *p)
{
	struct work *w = p;
	w->right = true;
	for (int round = 0; round < 20; round++) {
		const uint8_t *at[MANY];
		struct hash got[MANY];
		struct hash want;
		for (size_t i = 0; i < MANY; i++)
			at[i] = w->data + w->shift + i * 131;
		digest_many(at, 20 * 1024, MANY, got);
		for (size_t i = 0; i < MANY; i++) {
			digest_once(at[i], 20 * 1024, &want);
			w->right &= hash_eq(&got[i], &want);
		}
		tree_blocks(w->data + w->shift, TREE_PIECE_LEAVES, got);
		for (size_t i = 0; i < TREE_PIECE_LEAVES; i++) {
			tree_leaf(w->data + w->shift + i * TREE_BLOCK_BYTES, TREE_BLOCK_BYTES, &want);
			w->right &= hash_eq(&got[i], &want);
		}
	}
	return NULL;
}

/* Twice, so that lanes are freed with their threads and made anew. */
static void threads_do_not_meet(void **state)
{
	enum { THREADS = 8 };
	for (int again = 0; again < 2; again++) {
		pthread_t threads[THREADS];
		struct work work[THREADS];
		for (size_t i = 0; i < THREADS; i++) {
			work[i] = (struct work){*state, i, false};
			assert_int_equal(pthread_create(&threads[i], NULL, hash_a_while, &work[i]), 0);
		}
		for (size_t i = 0; i < THREADS; i++) {
			assert_int_equal(pthread_join(threads[i], NULL), 0);
			assert_true(work[i].right);
		}
	}
}

static int setup(void **state)
{
	*state = filled(MANY * TREE_BLOCK_BYTES + LONGEST);
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_are_used),
		cmocka_unit_test(many_equals_one_by_one),
		cmocka_unit_test(blocks_equal_leaves),
		cmocka_unit_test(threads_do_not_meet),
	};
	return cmocka_run_group_tests_name("crypto_lanes", tests, setup, teardown);
}
