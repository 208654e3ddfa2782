/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of every noun: what was put comes back, putting twice changes nothing, and the log says when. */
#include "spool/schema.h"
#include "spool_kit.h"

struct log {
	struct intake_row rows[64];
	size_t n;
};

static int log_row(void *context, const struct intake_row *row)
{
	struct log *l = context;
	if (l->n == 64)
		return 99;
	l->rows[l->n++] = *row;
	return 0;
}

static struct log log_of(struct spool *s, uint64_t after)
{
	struct log l = {.n = 0};
	struct valise_err err = {0};
	OK(err, intake_each_row(s, after, log_row, &l, &err));
	return l;
}

static void letters_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	const struct kit_letter l = {
		.n = 1, .date_s = 1000, .ref = "14/2026", .body = kit_hash(4), .body_bytes = 70000};
	const struct kit_letter p = {.n = 2, .date_s = 2000, .is_paper = true};
	CLEAN_SEAL struct verified_seal *seal = kit_seal(&l);
	CLEAN_SEAL struct verified_seal *paper = kit_seal(&p);
	bool is_new = false;

	assert_int_equal(letter_put(kit_at(s, 5), seal, true, &is_new, &err), VALISE_E_FAILURE); /* no transaction */
	kit_begin(s);
	assert_int_equal(letter_put(kit_at(s, 5), seal, true, &is_new, &err), 0);
	assert_true(is_new);
	assert_int_equal(letter_put(kit_at(s, 6), seal, false, &is_new, &err), 0);
	assert_false(is_new);
	assert_int_equal(letter_put(kit_at(s, 7), paper, false, NULL, &err), 0);
	kit_commit(s);

	struct letter_row row;
	assert_int_equal(letter_row(s, &seal->note.id, &row, &err), 0);
	struct hash from = kit_hash(1);
	struct hash body = kit_hash(4);
	assert_true(hash_eq(&row.id, &seal->note.id) && hash_eq(&row.from, &from) && hash_eq(&row.body, &body));
	assert_int_equal(row.date_s, 1000);
	assert_int_equal(row.taken_in_s, 5);
	assert_int_equal(row.body_bytes, 70000);
	assert_true(row.is_own && !row.is_paper && !row.has_cover && !row.has_body && !row.is_broken);
	assert_int_equal(letter_row(s, &paper->note.id, &row, &err), 0);
	assert_true(row.is_paper && !row.is_own && row.body_bytes == 0);
	struct hash nobody = kit_hash(12345);
	assert_int_equal(letter_row(s, &nobody, &row, &err), VALISE_E_NOT_FOUND);

	CLEAN_SEAL struct verified_seal *again = NULL;
	assert_int_equal(letter_seal(s, &seal->note.id, &again, &err), 0);
	assert_int_equal(again->note.len, seal->note.len);
	assert_memory_equal(again->note.bytes, seal->note.bytes, seal->note.len);
	assert_int_equal(letter_seal(s, &nobody, &again, &err), VALISE_E_NOT_FOUND);

	/* The body that it names is here, and of another size: what was sealed is nowhere. */
	kit_begin(s);
	OK(err, body_put_small(s, &body, STR("body"), (struct str){(char *)body.bytes, sizeof body.bytes}, &err));
	kit_commit(s);
	assert_int_equal(letter_row(s, &seal->note.id, &row, &err), 0);
	assert_true(row.is_broken && !row.has_body);
}

static void covers_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct hash id = kit_put_letter(s, &(struct kit_letter){.n = 1, .body = kit_hash(4), .body_bytes = 70000});
	struct hash paper = kit_put_letter(s, &(struct kit_letter){.n = 2, .is_paper = true});
	struct hash nobody = kit_hash(12345);
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	struct letter_row row;

	assert_int_equal(cover_get(s, &id, &b, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(cover_put(kit_at(s, 9), &id, STR("cover"), &err), VALISE_E_FAILURE);
	kit_begin(s);
	assert_int_equal(cover_put(kit_at(s, 9), &nobody, STR("cover"), &err), VALISE_E_NOT_FOUND);
	assert_int_equal(cover_put(kit_at(s, 9), &paper, STR("cover"), &err), VALISE_E_USAGE);
	assert_int_equal(cover_put(kit_at(s, 9), &id, STR("cover"), &err), 0);
	assert_int_equal(cover_put(kit_at(s, 10), &id, STR("cover"), &err), 0);
	kit_commit(s);
	assert_int_equal(cover_get(s, &id, &b, &err), 0);
	assert_true(str_eq(buf_str(&b), STR("cover")));
	assert_int_equal(letter_row(s, &id, &row, &err), 0);
	assert_true(row.has_cover);
	struct log l = log_of(s, 2);
	struct hash cover = kit_hash(501);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.rows[0].kind, NOTE_KINDS);
	assert_int_equal(l.rows[0].taken_in_s, 9);
	assert_true(hash_eq(&l.rows[0].id, &cover));
	CLEAN_BUF struct buf tight = BUF_INIT(3);
	assert_int_equal(cover_get(s, &id, &tight, &err), VALISE_E_LIMIT);
}

struct seen {
	struct hash ids[16];
	int64_t taken_in_s[16];
	size_t n;
	int stop; /* returned instead of going on */
};

static int see_statement(void *context, struct verified_statement *v, int64_t taken_in_s)
{
	struct seen *x = context;
	x->ids[x->n] = v->note.id;
	x->taken_in_s[x->n++] = taken_in_s;
	verified_statement_free(v);
	return x->stop;
}

static int see_report(void *context, struct verified_report *v, int64_t taken_in_s)
{
	struct seen *x = context;
	x->ids[x->n] = v->note.id;
	x->taken_in_s[x->n++] = taken_in_s;
	verified_report_free(v);
	return x->stop;
}

static int see_note(void *context, const struct hash *id, enum note_kind kind)
{
	struct seen *x = context;
	x->ids[x->n] = *id;
	x->taken_in_s[x->n++] = kind;
	return x->stop;
}

static void statements_and_reports_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_SEAL struct verified_seal *seal = kit_seal(&(struct kit_letter){.n = 1, .is_paper = true});
	const struct hash *letter = &seal->note.id;
	CLEAN_STATEMENT struct verified_statement *one = kit_statement(letter, 4, 1);
	CLEAN_STATEMENT struct verified_statement *three = kit_statement(letter, 4, 3);
	CLEAN_REPORT struct verified_report *two = kit_report(letter, 4, 2);
	bool is_new;
	bool has = true;

	kit_begin(s);
	/* Before the letter is here, and out of order. */
	assert_int_equal(statement_put(kit_at(s, 30), three, &is_new, &err), 0);
	assert_true(is_new);
	assert_int_equal(note_has(s, &one->note.id, &has, &err), 0);
	assert_false(has);
	assert_int_equal(statement_put(kit_at(s, 31), one, &is_new, &err), 0);
	assert_int_equal(statement_put(kit_at(s, 32), one, &is_new, &err), 0);
	assert_false(is_new);
	assert_int_equal(report_put(kit_at(s, 33), two, &is_new, &err), 0);
	assert_true(is_new);
	assert_int_equal(report_put(kit_at(s, 34), two, &is_new, &err), 0);
	assert_false(is_new);
	assert_int_equal(letter_put(kit_at(s, 35), seal, false, NULL, &err), 0);
	kit_commit(s);

	assert_int_equal(note_has(s, &one->note.id, &has, &err), 0);
	assert_true(has);

	struct seen x = {.n = 0};
	assert_int_equal(statements_of(s, letter, see_statement, &x, &err), 0);
	assert_int_equal(x.n, 2);
	assert_true(hash_eq(&x.ids[0], &one->note.id) && hash_eq(&x.ids[1], &three->note.id));
	assert_int_equal(x.taken_in_s[0], 31);
	assert_int_equal(x.taken_in_s[1], 30);
	x = (struct seen){.stop = 42};
	assert_int_equal(statements_of(s, letter, see_statement, &x, &err), 42);
	assert_int_equal(x.n, 1);
	x = (struct seen){.n = 0};
	assert_int_equal(reports_of(s, letter, see_report, &x, &err), 0);
	assert_int_equal(x.n, 1);
	assert_true(hash_eq(&x.ids[0], &two->note.id));
	x = (struct seen){.n = 0};
	assert_int_equal(notes_of(s, letter, see_note, &x, &err), 0);
	assert_int_equal(x.n, 4);
	assert_true(hash_eq(&x.ids[0], letter) && x.taken_in_s[0] == NOTE_SEAL);
	assert_int_equal(x.taken_in_s[1], NOTE_STATEMENT);
	assert_int_equal(x.taken_in_s[2], NOTE_STATEMENT);
	assert_int_equal(x.taken_in_s[3], NOTE_REPORT);

	uint64_t nth = 99;
	assert_int_equal(statement_last_nth(s, letter, &one->s.by, &nth, &err), 0);
	assert_int_equal(nth, 3);
	kit_begin(s);
	CLEAN_REPORT struct verified_report *seven = kit_report(letter, 4, 7);
	assert_int_equal(report_put(kit_at(s, 36), seven, NULL, &err), 0);
	kit_commit(s);
	assert_int_equal(statement_last_nth(s, letter, &one->s.by, &nth, &err), 0);
	assert_int_equal(nth, 3); /* reports are numbered apart */
	struct vkey other = one->s.by;
	other.key[5] ^= 1;
	assert_int_equal(statement_last_nth(s, letter, &other, &nth, &err), 0);
	assert_int_equal(nth, 0);

	struct log l = log_of(s, 0);
	static const enum note_kind kinds[] = {NOTE_STATEMENT, NOTE_STATEMENT, NOTE_REPORT, NOTE_SEAL, NOTE_REPORT};
	static const int64_t times[] = {30, 31, 33, 35, 36};
	assert_int_equal(l.n, 5);
	for (size_t i = 0; i < l.n; i++) {
		assert_int_equal(l.rows[i].seq, i + 1);
		assert_int_equal(l.rows[i].kind, kinds[i]);
		assert_int_equal(l.rows[i].taken_in_s, times[i]);
	}
	assert_int_equal(log_of(s, 4).n, 1);
	assert_int_equal(log_of(s, UINT64_MAX).n, 0);
}

struct chain {
	struct hash ids[8];
	size_t n;
};

static int see_entry(void *context, struct verified_entry *e)
{
	struct chain *c = context;
	c->ids[c->n++] = e->note.id;
	verified_entry_free(e);
	return 0;
}

static void entries_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_ENTRY struct verified_entry *zero = kit_entry(NULL, "Harbour Legal");
	CLEAN_ENTRY struct verified_entry *a = kit_entry(zero, "Harbour");
	CLEAN_ENTRY struct verified_entry *b = kit_entry(zero, "Legal"); /* a fork: kept as well */
	const struct hash *office = &zero->note.id;
	uint64_t bytes = 9;
	uint64_t count = 9;
	bool has = true;
	bool is_new;

	assert_int_equal(entries_size(s, office, &bytes, &count, &err), 0);
	assert_true(bytes == 0 && count == 0);
	kit_begin(s);
	assert_int_equal(entry_put(kit_at(s, 1), a, &is_new, &err), 0);
	assert_true(is_new);
	assert_int_equal(note_has(s, office, &has, &err), 0);
	assert_false(has);
	assert_int_equal(entry_put(kit_at(s, 2), zero, &is_new, &err), 0);
	assert_int_equal(entry_put(kit_at(s, 3), zero, &is_new, &err), 0);
	assert_false(is_new);
	assert_int_equal(entry_put(kit_at(s, 4), b, &is_new, &err), 0);
	kit_commit(s);
	assert_int_equal(note_has(s, office, &has, &err), 0);
	assert_true(has);
	assert_int_equal(entries_size(s, office, &bytes, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_int_equal(bytes, zero->note.len + a->note.len + b->note.len);
	struct chain c = {.n = 0};
	assert_int_equal(entries_of(s, office, see_entry, &c, &err), 0);
	assert_int_equal(c.n, 3);
	assert_true(hash_eq(&c.ids[0], office) && hash_cmp(&c.ids[1], &c.ids[2]) < 0);
	c.n = 0;
	assert_int_equal(entries_of(s, &a->note.id, see_entry, &c, &err), 0);
	assert_int_equal(c.n, 0);
}

static void a_rolled_back_put_is_nothing(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_SEAL struct verified_seal *seal = kit_seal(&(struct kit_letter){.n = 1, .is_paper = true});
	kit_begin(s);
	assert_int_equal(spool_begin(s, &err), VALISE_E_FAILURE); /* they do not nest */
	assert_int_equal(spool_begin_read(s, &err), VALISE_E_FAILURE);
	assert_int_equal(letter_put(kit_at(s, 1), seal, false, NULL, &err), 0);
	assert_int_equal(kit_letters(s), 1);
	spool_rollback(s);
	spool_rollback(s);
	assert_int_equal(kit_letters(s), 0);
	assert_int_equal(log_of(s, 0).n, 0);
	assert_int_equal(spool_commit(s, &err), VALISE_E_FAILURE);
}

static void a_view_stays_as_it_was(void **state)
{
	CLEAN_SPOOL struct spool *writer = kit_create(kit_dir(*state));
	CLEAN_SPOOL struct spool *reader = kit_open(kit_dir(*state), SPOOL_READ);
	struct valise_err err = {0};
	(void)kit_put_letter(writer, &(struct kit_letter){.n = 1, .is_paper = true});
	assert_int_equal(spool_begin_read(reader, &err), 0);
	assert_int_equal(kit_letters(reader), 1);
	(void)kit_put_letter(writer, &(struct kit_letter){.n = 2, .is_paper = true});
	assert_int_equal(kit_letters(reader), 1);
	spool_rollback(reader);
	assert_int_equal(kit_letters(reader), 2);
	assert_int_equal(spool_begin(reader, &err), VALISE_E_READ_ONLY);
	assert_true(spool_is_read_only(reader));
}

/* A callback may ask anything, also the same again. */
static int look_within(void *context, const struct hash *id)
{
	struct spool *s = context;
	struct valise_err err = {0};
	struct letter_row again;
	assert_int_equal(kit_letters(s), 3);
	assert_int_equal(letter_row(s, id, &again, &err), 0);
	assert_true(hash_eq(&again.id, id));
	return 0;
}

static void callbacks_may_ask(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	for (uint64_t i = 0; i < 3; i++)
		(void)kit_put_letter(s, &(struct kit_letter){.n = i, .is_paper = true});
	assert_int_equal(letters_each(s, look_within, s, &err), 0);
}

static int see_contact(void *context, const struct contact *c)
{
	struct buf *b = context;
	buf_add_str(b, c->petname);
	buf_add_char(b, c->checked ? '!' : '?');
	return 0;
}

static void contacts_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct contact oslo = {kit_hash(1), STR("Mission Oslo"), false, 10};
	struct contact bern = {kit_hash(2), STR("Bern"), true, 11};
	struct contact bad = {kit_hash(3), STR("two\nlines"), true, 12};
	struct contact got;
	CLEAN_BUF struct buf name = BUF_INIT(1000);

	assert_int_equal(contact_put(s, &oslo, &err), VALISE_E_FAILURE);
	kit_begin(s);
	assert_int_equal(contact_put(s, &oslo, &err), 0);
	assert_int_equal(contact_put(s, &bern, &err), 0);
	assert_int_equal(contact_put(s, &bad, &err), VALISE_E_USAGE);
	bad.petname = STR("Bern");
	assert_int_equal(contact_put(s, &bad, &err), VALISE_E_EXISTS);
	kit_commit(s);
	buf_add_text(&name, "before ");
	assert_int_equal(contact_get(s, &oslo.office, &got, &name, &err), 0);
	assert_true(str_eq(got.petname, oslo.petname) && !got.checked && got.added_s == 10);
	assert_int_equal(contact_get(s, &bad.office, &got, &name, &err), VALISE_E_NOT_FOUND);

	kit_begin(s);
	struct contact renamed = {kit_hash(1), STR("Oslo"), true, 20};
	assert_int_equal(contact_put(s, &renamed, &err), 0);
	renamed.checked = false; /* never taken back by a later card */
	assert_int_equal(contact_put(s, &renamed, &err), 0);
	kit_commit(s);
	buf_clear(&name);
	assert_int_equal(contact_get(s, &oslo.office, &got, &name, &err), 0);
	assert_true(str_eq(got.petname, STR("Oslo")) && got.checked && got.added_s == 10);
	buf_clear(&name);
	assert_int_equal(contacts_each(s, see_contact, &name, &err), 0);
	assert_true(str_eq(buf_str(&name), STR("Bern!Oslo!")));
}

static int see_item(void *context, const struct hash *item)
{
	struct chain *c = context;
	c->ids[c->n++] = *item;
	return c->n == 2 ? 5 : 0;
}

static int see_path(void *context, struct str path)
{
	buf_add_str(context, path);
	buf_add_char(context, '|');
	return 0;
}

static void small_things_come_back(void **state)
{
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	struct hash items[] = {kit_hash(3), kit_hash(1), kit_hash(2)};
	struct chain c = {.n = 0};
	int64_t upto = 0;
	bool seen = true;
	CLEAN_BUF struct buf b = BUF_INIT(1000);
	assert_int_equal(bag_seen(s, &items[0], &seen, &err), 0);
	assert_false(seen);
	assert_int_equal(setting_get(s, "office", &b, &err), VALISE_E_NOT_FOUND);
	kit_begin(s);
	struct written_bag abc = {STR("abc"), 10, items, items + 2, 3, 1, NULL, NULL, 1, 7},
			   empty = {.name = STR("empty"), .bytes = 10};
	assert_int_equal(bag_wrote(s, &abc, &err), 0);
	abc.n_items = abc.n_letters = 0;
	assert_int_equal(bag_wrote(s, &abc, &err), 0); /* a bag never changes */
	assert_int_equal(bag_wrote(s, &empty, &err), 0);
	assert_int_equal(bag_seen_put(s, &items[0], 1, &err), 0);
	assert_int_equal(bag_seen_put(s, &items[0], 2, &err), 0);
	assert_int_equal(opening_put(s, STR("/b\xff\n"), &err), 0);
	assert_int_equal(opening_put(s, STR("/a"), &err), 0);
	assert_int_equal(opening_put(s, STR("/a"), &err), 0);
	assert_int_equal(setting_put(s, "office", STR("first"), &err), 0);
	assert_int_equal(setting_put(s, "office", STR("second"), &err), 0);
	assert_int_equal(setting_put(s, "none", STR(""), &err), 0);
	kit_commit(s);
	assert_int_equal(bag_items(s, STR("abc"), 10, see_item, &c, &err), 5);
	assert_true(c.n == 2 && hash_eq(&c.ids[0], &items[0]) && hash_eq(&c.ids[1], &items[1]));
	c.n = 0;
	assert_int_equal(bag_letters(s, STR("abc"), 10, see_item, &c, &upto, &err), 0);
	assert_true(c.n == 1 && hash_eq(&c.ids[0], &items[2]) && upto == 7);
	c.n = 0;
	assert_int_equal(bag_letters(s, STR("empty"), 10, see_item, &c, &upto, &err), 0);
	assert_int_equal(bag_items(s, STR("empty"), 10, see_item, &c, &err), 0);
	assert_int_equal(bag_items(s, STR("unknown"), 10, see_item, &c, &err), 0);
	assert_int_equal(bag_items(s, STR("abc"), 9, see_item, &c, &err), 0); /* no longer what was written */
	assert_int_equal(c.n, 0);
	assert_int_equal(bag_seen(s, &items[0], &seen, &err), 0);
	assert_true(seen);
	assert_int_equal(openings_each(s, see_path, &b, &err), 0);
	assert_true(str_eq(buf_str(&b), STR("/a|/b\xff\n|")));
	assert_int_equal(opening_remove(s, STR("/a"), &err), 0);
	assert_int_equal(opening_remove(s, STR("/a"), &err), 0);
	buf_clear(&b);
	assert_int_equal(openings_each(s, see_path, &b, &err), 0);
	assert_true(str_eq(buf_str(&b), STR("/b\xff\n|")));
	buf_clear(&b);
	assert_int_equal(setting_get(s, "office", &b, &err), 0);
	assert_string_equal((const char *)b.data, "second");
}

static void key_files_come_back(void **state)
{
	const char *name = "0123456789abcdef0123456789abcdef";
	const char *other = "ffffffffffffffffffffffffffffffff";
	CLEAN_SPOOL struct spool *s = kit_create(kit_dir(*state));
	struct valise_err err = {0};
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_KEY_FILE_BYTES);
	CLEAN_NAMES struct names names = {0};
	struct stat st;
	char path[400];
	assert_int_equal(key_file_get(s, name, &b, &err), VALISE_E_NOT_FOUND);
	assert_int_equal(key_file_put(s, "../valise.db", STR("x"), &err), VALISE_E_USAGE);
	assert_int_equal(key_file_put(s, "0123456789ABCDEF0123456789abcdef", STR("x"), &err), VALISE_E_USAGE);
	assert_int_equal(key_file_put(s, other, STR("other"), &err), 0);
	assert_int_equal(key_file_put(s, name, STR("secret"), &err), 0);
	assert_int_equal(key_file_put(s, name, STR("secret, wrapped anew"), &err), 0);
	assert_int_equal(key_file_get(s, name, &b, &err), 0);
	assert_true(str_eq(buf_str(&b), STR("secret, wrapped anew")));
	(void)snprintf(path, sizeof path, "%s/keys/%s", kit_dir(*state), name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	(void)snprintf(path, sizeof path, "%s/keys/README", kit_dir(*state));
	FILE *stray = fopen(path, "w");
	assert_non_null(stray);
	(void)fclose(stray);
	assert_int_equal(key_files(s, &names, &err), 0);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.names[0], name);
	assert_string_equal(names.names[1], other);
	assert_int_equal(key_file_remove(s, name, &err), 0);
	assert_int_equal(key_file_remove(s, name, &err), VALISE_E_NOT_FOUND);
}

/* A statement about `letter` that regards two notes, which are given here in the order of the text. */
static struct verified_statement *regarding_statement(const struct hash *letter, const struct hash *notes)
{
	CLEAN_SIGNER struct ed25519_signer *signer = kit_signer(5);
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_STATEMENT_BYTES);
	CLEAN_BUF struct buf note = BUF_INIT(LIMIT_STATEMENT_BYTES);
	struct str words = STR("no regarding here");
	struct valise_err err = {0};
	struct verified_statement *v = NULL;
	struct statement s = {.letter = *letter,
			      .says = SAYS_COMMENT,
			      .office = {kit_hash(2), kit_hash(2)},
			      .role = ROLE_SPOKESPERSON,
			      .nth = 1,
			      .time_s = 1795338720,
			      .n_regarding = 2,
			      .text = {words},
			      .n_text = 1,
			      .by = kit_key(signer)};
	memcpy(s.regarding, notes, 2 * sizeof *notes);
	OK(err, statement_write(&s, &text, &err));
	kit_sign(buf_str(&text), signer, &note);
	OK(err, statement_verify(note.data, note.len, &v, &err));
	return v;
}

static int take_regarding(void *context, const struct hash *letter)
{
	*(struct hash *)context = *letter;
	return 0;
}

static bool is_regarded(struct spool *s, const struct hash *note, const struct hash *by)
{
	struct hash found = {{0}};
	struct valise_err err = {0};
	OK(err, letters_regarding(s, note, take_regarding, &found, &err));
	return hash_eq(&found, by);
}

/* As they are put; and those of a spool whose tables did not have them yet. */
static void what_statements_regard(void **state)
{
	const char *dir = kit_dir(*state);
	struct spool *s = kit_create(dir);
	struct valise_err err = {0};
	struct hash notes[2] = {kit_hash(70), kit_hash(71)}, other = kit_hash(72);
	struct hash letter = kit_put_letter(s, &(struct kit_letter){.n = 1, .is_paper = true});
	struct verified_statement *v = regarding_statement(&letter, notes);
	kit_begin(s);
	assert_int_equal(statement_put(s, v, NULL, &err), 0);
	assert_int_equal(statement_put(s, v, NULL, &err), 0);
	kit_commit(s);
	verified_statement_free(v);
	for (int again = 0; again < 2; again++) {
		assert_true(is_regarded(s, &notes[0], &letter) && is_regarded(s, &notes[1], &letter));
		assert_false(is_regarded(s, &other, &letter));
		spool_close(s);
		kit_sql(dir, "DROP TRIGGER regarding_unsaid; DROP TABLE regarding");
		for (size_t i = 0; i < schema_version; i++)
			if (strstr(schema_steps[i], "CREATE TABLE regarding"))
				kit_sql(dir, schema_steps[i]);
		s = kit_open(dir, SPOOL_WRITE);
	}
	spool_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(letters_come_back),
		scratch_test(covers_come_back),
		scratch_test(statements_and_reports_come_back),
		scratch_test(entries_come_back),
		scratch_test(a_rolled_back_put_is_nothing),
		scratch_test(a_view_stays_as_it_was),
		scratch_test(what_statements_regard),
		scratch_test(callbacks_may_ask),
		scratch_test(contacts_come_back),
		scratch_test(small_things_come_back),
		scratch_test(key_files_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
