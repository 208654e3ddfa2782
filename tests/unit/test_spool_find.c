/* SPDX-License-Identifier: Apache-2.0 */
/* Finding letters and offices by what a person types. */
#include "spool_kit.h"

#define TEXTS 6000

struct pair {
	uint64_t first, second;
	struct hash a, b;
};

/* Two letters whose ids begin with the same 20 bits: the same four characters of the short id, and five digits. */
static void find_pair(struct pair *ret)
{
	CLEAN_SIGNER struct ed25519_signer *signer = kit_signer(3);
	struct vkey by = kit_key(signer);
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_SEAL_BYTES);
	struct hash *ids = calloc(TEXTS, sizeof *ids);
	assert_non_null(ids);
	for (uint64_t n = 0; n < TEXTS; n++) {
		kit_seal_text(&(struct kit_letter){.n = n, .is_paper = true}, &by, &text);
		digest_once(text.data, text.len, &ids[n]);
		for (uint64_t i = 0; i < n; i++) {
			if (memcmp(ids[i].bytes, ids[n].bytes, 2) != 0 || (ids[i].bytes[2] ^ ids[n].bytes[2]) >> 4 != 0)
				continue;
			*ret = (struct pair){i, n, ids[i], ids[n]};
			free(ids);
			return;
		}
	}
	fail_msg("no two of %d ids begin alike", TEXTS);
}

static void upper(char *text)
{
	for (; *text; text++)
		*text = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
}

static int find(struct spool *s, const char *name, struct hash *ret, struct valise_err *err)
{
	return letter_find(s, str_of(name), ret, err);
}

static void prefixes(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct pair p;
	struct hash got;
	find_pair(&p);
	(void)kit_put_letter(s, &(struct kit_letter){.n = p.first, .is_paper = true});
	struct hash_hex hex = hash_hex(&p.a);
	struct hash_short id = hash_short(&p.a);

	/* Every prefix of either spelling, in either case. */
	for (size_t len = 1; len <= HASH_HEX_BYTES; len++) {
		char name[HASH_HEX_BYTES + 1];
		for (int is_upper = 0; is_upper < 2; is_upper++) {
			(void)snprintf(name, sizeof name, "%.*s", (int)len, hex.text);
			if (is_upper)
				upper(name);
			if (len < 4) {
				assert_int_equal(find(s, name, &got, &err), VALISE_E_NOT_FOUND);
				continue;
			}
			memset(&got, 0, sizeof got);
			assert_int_equal(find(s, name, &got, &err), 0);
			assert_true(hash_eq(&got, &p.a));
			if (len >= HASH_SHORT_BYTES)
				continue;
			(void)snprintf(name, sizeof name, "%.*s", (int)len, id.text);
			if (is_upper)
				upper(name);
			memset(&got, 0, sizeof got);
			assert_int_equal(find(s, name, &got, &err), 0);
			assert_true(hash_eq(&got, &p.a));
		}
	}
	char without_dash[HASH_SHORT_BYTES];
	(void)snprintf(without_dash, sizeof without_dash, "%.4s%s", id.text, id.text + 5);
	assert_int_equal(find(s, without_dash, &got, &err), 0);

	/* One bit more or less. */
	static const char *const wrong[] = {"", "zzzz", "2222-2222-", "----", "h7qk 2mxd", "0x12", "not a name\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(find(s, wrong[i], &got, &err), VALISE_E_NOT_FOUND);
	hex.text[HASH_HEX_BYTES - 1] = hex.text[HASH_HEX_BYTES - 1] == '0' ? '1' : '0';
	assert_int_equal(find(s, hex.text, &got, &err), VALISE_E_NOT_FOUND);
	char longer[HASH_HEX_BYTES + 2];
	(void)snprintf(longer, sizeof longer, "%s0", hash_hex(&p.a).text);
	assert_int_equal(find(s, longer, &got, &err), VALISE_E_NOT_FOUND);
}

static void ambiguous_prefixes(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct pair p;
	struct hash got = {{0}};
	find_pair(&p);
	(void)kit_put_letter(s, &(struct kit_letter){.n = p.first, .is_paper = true});
	(void)kit_put_letter(s, &(struct kit_letter){.n = p.second, .is_paper = true});
	char name[HASH_HEX_BYTES + 1];
	(void)snprintf(name, sizeof name, "%.5s", hash_hex(&p.a).text);
	assert_int_equal(find(s, name, &got, &err), VALISE_E_AMBIGUOUS);
	assert_non_null(strstr(err.text, hash_short(&p.a).text));
	assert_non_null(strstr(err.text, hash_short(&p.b).text));
	(void)snprintf(name, sizeof name, "%.4s", hash_short(&p.a).text);
	assert_int_equal(find(s, name, &got, &err), VALISE_E_AMBIGUOUS);
	(void)snprintf(name, sizeof name, "%.5s", hash_short(&p.a).text); /* the dash says nothing */
	assert_int_equal(find(s, name, &got, &err), VALISE_E_AMBIGUOUS);
	assert_int_equal(find(s, hash_short(&p.b).text, &got, &err), 0);
	assert_true(hash_eq(&got, &p.b));
	assert_int_equal(find(s, hash_hex(&p.a).text, &got, &err), 0);
	assert_true(hash_eq(&got, &p.a));
}

static void references(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct hash got;
	struct hash a = kit_put_letter(s, &(struct kit_letter){.n = 1, .ref = "14/2026", .is_paper = true});
	assert_int_equal(find(s, "14/2026", &got, &err), 0);
	assert_true(hash_eq(&got, &a));
	assert_int_equal(find(s, "14/202", &got, &err), VALISE_E_NOT_FOUND);
	(void)kit_put_letter(s, &(struct kit_letter){.n = 2, .ref = "14/2026", .is_paper = true});
	assert_int_equal(find(s, "14/2026", &got, &err), VALISE_E_AMBIGUOUS);

	/* Whoever seals chooses the reference: it may make a short name ambiguous, never take its place; a whole id stays whole. */
	struct hash_hex hex = hash_hex(&a);
	(void)kit_put_letter(s, &(struct kit_letter){.n = 3, .ref = hash_short(&a).text, .is_paper = true});
	(void)kit_put_letter(s, &(struct kit_letter){.n = 4, .ref = hex.text, .is_paper = true});
	assert_int_equal(find(s, hash_short(&a).text, &got, &err), VALISE_E_AMBIGUOUS);
	assert_int_equal(find(s, hex.text, &got, &err), 0);
	assert_true(hash_eq(&got, &a));

	/* More than are named. */
	for (uint64_t n = 10; n < 20; n++)
		(void)kit_put_letter(s, &(struct kit_letter){.n = n, .ref = "many", .is_paper = true});
	assert_int_equal(find(s, "many", &got, &err), VALISE_E_AMBIGUOUS);
	assert_non_null(strstr(err.text, "or others"));
}

static void put_contact(struct spool *s, uint64_t n, const char *name)
{
	struct contact c = {kit_hash(n), str_of(name), false, 0};
	struct valise_err err = {0};
	OK(err, contact_put(s, &c, &err));
}

static void contacts(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct hash got;
	struct hash want[] = {kit_hash(0), kit_hash(1), kit_hash(2)};
	kit_begin(s);
	put_contact(s, 0, "Mission");
	put_contact(s, 1, "Mission Oslo");
	put_contact(s, 2, "Bern");
	kit_commit(s);
	assert_int_equal(contact_find(s, STR("Mission Oslo"), false, &got, &err), 0);
	assert_true(hash_eq(&got, &want[1]));
	assert_int_equal(contact_find(s, STR("Mission"), false, &got, &err),
			 0); /* whole, and the beginning of another */
	assert_true(hash_eq(&got, &want[0]));
	assert_int_equal(contact_find(s, STR("Miss"), false, &got, &err), VALISE_E_AMBIGUOUS);
	assert_non_null(strstr(err.text, "\"Mission\", \"Mission Oslo\""));
	assert_int_equal(contact_find(s, STR("B"), false, &got, &err), 0);
	assert_true(hash_eq(&got, &want[2]));
	assert_int_equal(contact_find(s, STR("B"), true, &got, &err), VALISE_E_AMBIGUOUS);
	assert_non_null(strstr(err.text, "\"Bern\": type all of the name"));
	assert_int_equal(contact_find(s, STR("Mission"), true, &got, &err), 0);
	assert_true(hash_eq(&got, &want[0]));
	assert_int_equal(contact_find(s, STR("bern"), false, &got, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(contact_find(s, STR(""), false, &got, &err), VALISE_E_NOT_FOUND);
	char hex[HASH_HEX_BYTES + 1];
	(void)snprintf(hex, sizeof hex, "%s", hash_hex(&want[2]).text);
	assert_int_equal(contact_find(s, str_of(hex), false, &got, &err), 0);
	assert_true(hash_eq(&got, &want[2]));
	upper(hex);
	assert_int_equal(contact_find(s, (struct str){hex, 6}, false, &got, &err), 0);
	assert_true(hash_eq(&got, &want[2]));
	assert_int_equal(contact_find(s, (struct str){hex, 3}, false, &got, &err), VALISE_E_NOT_FOUND);

	/* A petname that looks like another's id is still what you called it. */
	kit_begin(s);
	put_contact(s, 7, hash_hex(&want[2]).text);
	kit_commit(s);
	struct hash seven = kit_hash(7);
	assert_int_equal(contact_find(s, str_of(hash_hex(&want[2]).text), false, &got, &err), 0);
	assert_true(hash_eq(&got, &seven));

	/* A list that is long is cut. */
	kit_begin(s);
	for (uint64_t n = 100; n < 400; n++) {
		char name[32];
		(void)snprintf(name, sizeof name, "Court %03u", (unsigned)n);
		put_contact(s, n, name);
	}
	kit_commit(s);
	assert_int_equal(contact_find(s, STR("Court"), false, &got, &err), VALISE_E_AMBIGUOUS);
	assert_non_null(strstr(err.text, "or others"));
}

struct dates {
	struct spool *s;
	int64_t dates[8];
	size_t n, most;
};

static int see_date(void *context, const struct hash *id)
{
	struct dates *d = context;
	struct letter_row row;
	assert_int_equal(letter_row(d->s, id, &row, NULL), 0);
	d->dates[d->n++] = row.date_s;
	return d->n == d->most ? 7 : 0;
}

static void letters_are_listed_newest_first(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	static const int64_t dates[] = {300, 100, 500, 200, 400};
	for (size_t i = 0; i < 5; i++)
		(void)kit_put_letter(s, &(struct kit_letter){.n = i, .date_s = dates[i], .is_paper = true});
	struct dates d = {.s = s, .most = 8};
	assert_int_equal(letters_each(s, see_date, &d, &err), 0);
	assert_int_equal(d.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(d.dates[i], 500 - 100 * (int64_t)i);
	d = (struct dates){.s = s, .most = 2};
	assert_int_equal(letters_each(s, see_date, &d, &err), 7);
	assert_int_equal(d.n, 2);
	/* A few at a time, also where two have one date. */
	(void)kit_put_letter(s, &(struct kit_letter){.n = 5, .date_s = 300, .is_paper = true});
	static const int64_t all[] = {500, 400, 300, 300, 200, 100};
	struct letter_place at = LETTER_PLACE_FIRST;
	d = (struct dates){.s = s, .most = 8};
	for (size_t n = 0; n < 10; n += 2)
		assert_int_equal(letters_some(s, &at, 2, see_date, &d, &err), 0);
	assert_int_equal(d.n, 6);
	assert_memory_equal(d.dates, all, sizeof all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(letters_are_listed_newest_first),
		scratch_test(prefixes),
		scratch_test(ambiguous_prefixes),
		scratch_test(references),
		scratch_test(contacts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
