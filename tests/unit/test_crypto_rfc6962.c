/* SPDX-License-Identifier: Apache-2.0 */
/* Transparency logs' own vectors for inclusion and consistency proofs. */
#include "third_party.h"

#include <dirent.h>
#include <string.h>

#include "crypto/tree.h"

struct tally {
	size_t accepted;
	size_t refused;
	size_t no_hash;        /* names a value that is not 32 bytes: our types cannot hold it */
	size_t no_hash_wanted; /* of these, how many the vectors would accept */
	bool (*check)(const json_t *vector, bool *ret_expressible);
};

static bool hash_of(const json_t *text, struct hash *ret)
{
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_true(json_is_string(text));
	assert_true(base64_decode(str_of(json_string_value(text)), &b));
	if (b.len != sizeof ret->bytes)
		return false;
	memcpy(ret->bytes, b.data, sizeof ret->bytes);
	return true;
}

/* The proof, at most 64 hashes in the vectors. */
static bool path_of(const json_t *vector, struct hash ret[static 64], size_t *ret_len)
{
	const json_t *proof = json_object_get(vector, "proof");
	bool whole = true;
	size_t i;
	json_t *text;
	assert_true(json_array_size(proof) <= 64);
	json_array_foreach(proof, i, text) whole &= hash_of(text, &ret[i]);
	*ret_len = json_array_size(proof);
	return whole;
}

/* The vectors' sizes are small, or wrapped round below zero: read as reals, since 2^64 - 1 is none of the reader's integers. */
static uint64_t size_of(const json_t *vector, const char *key)
{
	double n = json_number_value(json_object_get(vector, key));
	return n < 0 || n >= 9007199254740992.0 ? UINT64_MAX : (uint64_t)n;
}

static bool inclusion(const json_t *vector, bool *ret_expressible)
{
	struct hash leaf;
	struct hash root;
	struct hash path[64];
	size_t len;
	*ret_expressible = hash_of(json_object_get(vector, "leafHash"), &leaf) &&
			   hash_of(json_object_get(vector, "root"), &root) && path_of(vector, path, &len);
	if (!*ret_expressible)
		return false;
	return tree_inclusion_check(&leaf, size_of(vector, "leafIdx"), size_of(vector, "treeSize"), path, len, &root,
				    NULL) == 0;
}

static bool consistency(const json_t *vector, bool *ret_expressible)
{
	struct hash root1;
	struct hash root2;
	struct hash path[64];
	size_t len;
	*ret_expressible = hash_of(json_object_get(vector, "root1"), &root1) &&
			   hash_of(json_object_get(vector, "root2"), &root2) && path_of(vector, path, &len);
	if (!*ret_expressible)
		return false;
	return tree_consistency_check(size_of(vector, "size1"), size_of(vector, "size2"), &root1, &root2, path, len,
				      NULL) == 0;
}

static void check_file(const char *path, struct tally *t)
{
	json_error_t e;
	json_t *vector = json_load_file(path, JSON_DECODE_INT_AS_REAL, &e);
	if (!vector)
		fail_msg("%s: %s", path, e.text);
	bool wanted = !json_is_true(json_object_get(vector, "wantErr"));
	bool expressible;
	bool yes = t->check(vector, &expressible);
	if (!expressible) {
		t->no_hash++;
		t->no_hash_wanted += wanted;
	} else {
		/* RFC 6962 has no consistency proof from an empty tree, and ours refuses it. */
		bool from_nothing = t->check == consistency && size_of(vector, "size1") == 0;
		if (yes != (wanted && !from_nothing))
			fail_msg("%s: %s", path, yes ? "accepted" : "refused");
		t->accepted += yes;
		t->refused += !yes;
	}
	json_decref(vector);
}

static void check_below(const char *path, struct tally *t)
{
	DIR *d = opendir(path);
	if (!d)
		fail_msg("%s cannot be read", path);
	for (const struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		char below[THIRD_PARTY_PATH_BYTES];
		assert_true((size_t)snprintf(below, sizeof below, "%s/%s", path, e->d_name) < sizeof below);
		if (strstr(e->d_name, ".json"))
			check_file(below, t);
		else
			check_below(below, t);
	}
	(void)closedir(d);
}

static void all_of(const char *name, bool (*check)(const json_t *, bool *))
{
	char path[THIRD_PARTY_PATH_BYTES];
	third_party_path(name, path);
	struct tally t = {.check = check};
	check_below(path, &t);
	print_message(
		"# %s: %zu accepted, %zu refused; skipped: %zu with a value that is no hash (%zu of them sound)\n",
		name, t.accepted, t.refused, t.no_hash, t.no_hash_wanted);
	assert_true(t.accepted > 0 && t.refused > 0);
}

static void inclusion_vectors(void **state)
{
	(void)state;
	all_of("rfc6962/inclusion", inclusion);
}

static void consistency_vectors(void **state)
{
	(void)state;
	all_of("rfc6962/consistency", consistency);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(inclusion_vectors), cmocka_unit_test(consistency_vectors)};
	return cmocka_run_group_tests_name("crypto_rfc6962", tests, NULL, NULL);
}
