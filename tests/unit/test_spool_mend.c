/* SPDX-License-Identifier: Apache-2.0 */
/* Notes that are damaged here, and come again: what takes the place of what. */
#include "spool/mend.h"
#include "spool/outlines.h"
#include "spool_kit.h"

static struct str bytes_of(const struct note *n)
{
	return (struct str){n->bytes, n->len};
}

static enum note_here where(struct spool *s, const struct note *n)
{
	struct valise_err err = {0};
	enum note_here ret = NOTE_ABSENT;
	assert_int_equal(note_here(s, n->kind, &n->id, bytes_of(n), &ret, &err), 0);
	return ret;
}

static bool mend(struct spool *s, const struct note *n)
{
	struct valise_err err = {0};
	bool mended = false;
	kit_begin(s);
	assert_int_equal(note_mend(s, n, &mended, &err), 0);
	kit_commit(s);
	return mended;
}

static size_t n_stale(struct spool *s)
{
	struct valise_err err = {0};
	struct hash ids[8];
	size_t n = 0;
	kit_begin(s);
	assert_int_equal(outlines_take_stale(s, ids, 8, &n, NULL, &err), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(outline_put(s, &ids[i], &(struct outline){.date_s = 1}, &err), 0);
	kit_commit(s);
	return n;
}

static void what_is_damaged_is_replaced(void **state)
{
	const char *dir = kit_dir(*state);
	CLEAN_SPOOL struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	CLEAN_SEAL struct verified_seal *seal = kit_seal(&(struct kit_letter){.n = 1, .is_paper = true});
	CLEAN_STATEMENT struct verified_statement *said = kit_statement(&seal->note.id, 4, 1);
	CLEAN_REPORT struct verified_report *report = kit_report(&seal->note.id, 4, 2);
	const struct {
		const struct note *note;
		const char *harm;
	} harms[] = {
		/* Cut, emptied, another letter in the text, another in a signature. */
		{&seal->note, "UPDATE item SET bytes = substr(bytes, 1, 40) WHERE kind = 2"},
		{&seal->note, "UPDATE item SET bytes = x'' WHERE kind = 2"},
		{&seal->note, "UPDATE item SET bytes = zeroblob(40000000) WHERE kind = 2"},
		{&said->note,
		 "UPDATE item SET bytes = CAST(replace(CAST(bytes AS TEXT), 'nth 1', 'nth 2') AS BLOB) WHERE kind = 3"},
		{&said->note,
		 "UPDATE item SET bytes = CAST(substr(bytes, 1, length(bytes) - 8) || 'AAAA' || substr(bytes, -4) AS BLOB) WHERE kind = 3"},
		{&report->note, "UPDATE item SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE kind = 4"},
	};
	kit_begin(s);
	assert_int_equal(letter_put(s, seal, false, NULL, &err), 0);
	assert_int_equal(statement_put(s, said, NULL, &err), 0);
	assert_int_equal(report_put(s, report, NULL, &err), 0);
	kit_commit(s);
	assert_int_equal(n_stale(s), 1);
	for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
		const struct note *note = harms[i].note;
		assert_int_equal(where(s, note), NOTE_SOUND);
		assert_false(mend(s, note));
		assert_int_equal(n_stale(s), 0);
		kit_sql(dir, harms[i].harm);
		assert_int_equal(where(s, note), NOTE_DAMAGED);
		assert_int_equal(kit_check(s, false).n_broken, 1);
		assert_true(mend(s, note));
		assert_int_equal(where(s, note), NOTE_SOUND);
		assert_int_equal(kit_check(s, false).n_broken, 0);
		assert_int_equal(n_stale(s), 1);
	}
}

/* Whoever signs the same text twice, or gives a record an id that is not its own, moves nothing. */
static void what_is_sound_stays(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_SEAL struct verified_seal *seal = kit_seal(&(struct kit_letter){.n = 1, .is_paper = true});
	CLEAN_STATEMENT struct verified_statement *said = kit_statement(&seal->note.id, 4, 1);
	CLEAN_STATEMENT struct verified_statement *other = kit_statement(&seal->note.id, 4, 3);
	struct note disguised = other->note;
	kit_begin(s);
	assert_int_equal(letter_put(s, seal, false, NULL, &err), 0);
	assert_int_equal(statement_put(s, said, NULL, &err), 0);
	kit_commit(s);
	assert_int_equal(where(s, &other->note), NOTE_ABSENT);
	assert_false(mend(s, &other->note));
	assert_int_equal(where(s, &other->note), NOTE_ABSENT);
	disguised.id = said->note.id;
	assert_int_equal(where(s, &disguised), NOTE_SOUND);
	assert_false(mend(s, &disguised));
	assert_int_equal(where(s, &said->note), NOTE_SOUND);
	assert_int_equal(note_check(NOTE_STATEMENT, &said->note.id, bytes_of(&other->note), &err), VALISE_E_BAD);
	assert_int_equal(note_check(NOTE_STATEMENT, &said->note.id, bytes_of(&said->note), &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(what_is_damaged_is_replaced),
		scratch_test(what_is_sound_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
