/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of letters is what their accounts come to, whatever comes in and however it is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "office/outline.h"
#include "scratch.h"
#include "spool/inside.h"

#define STEPS 60
#define LETTERS_MAX 64

static struct valise_err err;

static void must(int code)
{
	if (code)
		fail_msg("%d %s", code, err.text);
}

/* Two offices that know each other, a stick between them, and a file to send. */
struct pair {
	char places[2][400], stick[400], file[400];
	struct valise *v[2];
	size_t n_officers;
};

static int no_sheet(void *context, const char *sheet, struct valise_err *e)
{
	(void)context;
	(void)sheet;
	(void)e;
	return 0;
}

static void found(struct pair *p, const char *dir, size_t i, const char *name)
{
	struct valise_founding f = {
		.name = name, .title = "Registry", .no_passphrase = true, .keep_recovery = no_sheet};
	(void)snprintf(p->places[i], sizeof p->places[i], "%s/office%zu", dir, i);
	must(valise_init(p->places[i], &f, NULL, &p->v[i], &err));
}

static void introduce(struct pair *p, size_t to, size_t of, const char *name)
{
	char *card;
	size_t len;
	struct valise_office *o;
	must(valise_card_export(p->v[of], NULL, &card, &len, &err));
	must(valise_card_add(p->v[to], card, len, name, NULL, &o, &err));
	valise_office_free(o);
	free(card);
}

static void pair_make(struct pair *p, const struct scratch *s)
{
	*p = (struct pair){.n_officers = 0};
	found(p, s->path, 0, "Harbour");
	found(p, s->path, 1, "Oslo");
	introduce(p, 0, 1, "Oslo");
	introduce(p, 1, 0, "Harbour");
	(void)snprintf(p->stick, sizeof p->stick, "%s/stick", s->path);
	assert_int_equal(mkdir(p->stick, 0700), 0);
	(void)snprintf(p->file, sizeof p->file, "%s/file", s->path);
	FILE *f = fopen(p->file, "w");
	assert_true(f && fputs("text\n", f) >= 0 && fclose(f) == 0);
}

static void pair_close(struct pair *p)
{
	valise_close(p->v[0]);
	valise_close(p->v[1]);
}

static void seal(struct pair *p, size_t i, uint64_t n)
{
	char ref[32];
	const char *to = i ? "Harbour" : "Oslo", *path = p->file;
	bool is_paper = n % 5 == 4;
	(void)snprintf(ref, sizeof ref, "%llu/20%llu", (unsigned long long)n % 7, (unsigned long long)n % 3);
	struct valise_letter l = {.to = &to,
				  .n_to = 1,
				  .ref = n % 4 ? ref : NULL,
				  .subject = is_paper ? NULL : "a subject",
				  .has_answer_by = n % 2,
				  .answer_by_s = clock_now_s() + 100000 + (int64_t)n,
				  .paper = is_paper ? "one sheet" : NULL,
				  .paths = &path,
				  .n_paths = !is_paper};
	struct valise_sealed *sealed;
	must(valise_seal(p->v[i], &l, &sealed, &err));
	valise_sealed_free(sealed);
}

static void sync_stick(struct pair *p, size_t i)
{
	struct valise_sync s = {.dir = p->stick, .in_fd = -1, .out_fd = -1, .all = true};
	struct valise_sync_report *r;
	must(valise_sync(p->v[i], &s, &r, &err));
	valise_sync_report_free(r);
}

static void say(struct pair *p, size_t i, uint64_t n)
{
	static const char *const words[] = {"received", "reviewed", "comment", "refused", "received"};
	static const char *const text[] = {"words"};
	char **ids;
	size_t n_ids;
	struct valise_draft *d;
	must(valise_letters_all(p->v[i], VALISE_ALL_LETTERS, &ids, &n_ids, &err));
	if (n_ids) {
		const char *what = words[n % 5];
		struct valise_statement s = {.says = what, .letter = ids[n / 5 % n_ids]};
		if (strcmp(what, "comment") == 0) {
			s.text = text;
			s.n_text = 1;
		} else if (strcmp(what, "refused") == 0) {
			s.reason = "declined";
		}
		/* Not everything may be said of every letter; what may not changes nothing. */
		if (valise_say_look(p->v[i], &s, 1, &d, &err) == 0) {
			must(valise_say_sign(p->v[i], d, NULL, &err));
			valise_draft_free(d);
		}
	}
	valise_ids_free(ids, n_ids);
}

static void appoint(struct pair *p, size_t i)
{
	char title[32];
	(void)snprintf(title, sizeof title, "Clerk %zu", p->n_officers++);
	struct valise_appointment a = {.title = title, .roles = "clerk", .no_passphrase = true};
	must(valise_officer_add(p->v[i], &a, NULL, &err));
}

static void dismiss(struct pair *p, size_t i)
{
	struct valise_office *o;
	must(valise_office(p->v[i], NULL, &o, &err));
	for (size_t k = 1; k < o->n_officers; k++) {
		if (o->officers[k].dismissed)
			continue;
		must(valise_officer_dismiss(p->v[i], o->officers[k].key, "left", false, &err));
		break;
	}
	valise_office_free(o);
}

/* ---- The two ways to ask ---- */

struct listed {
	char ids[LETTERS_MAX][65];
	size_t n;
};

static int take_line(void *context, const struct valise_letter_line *l)
{
	struct listed *all = context;
	assert_true(all->n < LETTERS_MAX);
	(void)snprintf(all->ids[all->n++], sizeof all->ids[0], "%s", l->letter);
	return 0;
}

/* Page by page, so that the pages are tried as well. */
static void list(struct valise *v, const struct valise_listing *l, struct listed *ret)
{
	struct valise_listing page = *l;
	struct valise_listed got = {.more = true};
	char last[65];
	*ret = (struct listed){.n = 0};
	while (got.more) {
		must(valise_letters(v, &page, take_line, ret, &got, &err));
		(void)snprintf(last, sizeof last, "%s", got.last);
		page.before = last;
	}
}

static void both_ways_agree(const char *place)
{
	CLEAN_FREE struct listed *kept = calloc(2, sizeof *kept);
	struct listed *anew = kept + 1;
	struct valise *v, *back;
	struct valise_totals t, u;
	int64_t now_s = clock_now_s();
	must(valise_open(place, false, NULL, &v, &err));
	must(valise_open(place, false, NULL, &back, &err));
	must(valise_look_back(back, now_s, NULL, &err));
	for (unsigned i = 0; i < 96; i++) {
		struct valise_listing l = {
			.from = i & 1 ? (i & 2 ? "self" : "Oslo") : NULL,
			.to = i & 4 ? (i & 2 ? "Oslo" : "self") : NULL,
			.unanswered = i & 8,
			.ref = i >= 64  ? "3/"
			       : i & 16 ? "3"
					: NULL,
			.words = i >= 32 && i < 64 ? "SUBJ" : NULL,
			.most = i % 3 + 1,
		};
		list(v, &l, kept);
		list(back, &l, anew);
		assert_int_equal(kept->n, anew->n);
		for (size_t k = 0; k < kept->n; k++)
			assert_string_equal(kept->ids[k], anew->ids[k]);
	}
	must(valise_totals(v, &t, &err));
	must(valise_totals(back, &u, &err));
	assert_memory_equal(&t, &u, sizeof t);
	assert_true(t.letters > 5 && t.own > 0 && t.own_unanswered < t.own);
	valise_close(v);
	valise_close(back);
}

/* ---- The tests ---- */

static void nothing_wrong(struct valise *v)
{
	uint64_t wrong = 1;
	must(outlines_compare(v, &wrong, &err));
	assert_int_equal(wrong, 0);
}

/* What is not marked stale is right after each step, before anything is made again; and all is, afterwards. */
static void kept_is_what_evidence_comes_to(void **state)
{
	struct pair p;
	uint64_t random = 1;
	pair_make(&p, *state);
	for (size_t step = 0; step < STEPS; step++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		uint64_t n = random >> 33;
		size_t i = n % 2;
		bool fresh = false, stale = true;
		switch (n / 2 % 8) {
		case 0:
		case 1:
			seal(&p, i, n / 16);
			break;
		case 2:
		case 3:
		case 4:
			sync_stick(&p, i);
			break;
		case 5:
		case 6:
			say(&p, i, n / 16);
			break;
		default:
			(void)(n / 16 % 2 ? appoint(&p, i) : dismiss(&p, i));
		}
		nothing_wrong(p.v[i]);
		must(outlines_refresh(p.v[i], &fresh, &err));
		must(outlines_stale(p.v[i]->spool, &stale, &err));
		assert_true(fresh && !stale);
		nothing_wrong(p.v[i]);
	}
	both_ways_agree(p.places[0]);
	pair_close(&p);
}

/* A letter in one state, known to be kept. */
static struct hash one_letter(struct pair *p)
{
	char **ids;
	size_t n;
	struct hash letter = {{0}};
	bool fresh = false;
	seal(p, 0, 1);
	sync_stick(p, 0);
	sync_stick(p, 1);
	must(valise_letters_all(p->v[1], VALISE_ALL_LETTERS, &ids, &n, &err));
	assert_true(n == 1 && hash_parse(str_of(ids[0]), &letter));
	valise_ids_free(ids, n);
	must(outlines_refresh(p->v[1], &fresh, &err));
	assert_true(fresh);
	return letter;
}

static bool is_fresh(struct valise *v, const struct hash *letter)
{
	CLEAN_OUTLINE struct outline o = {0};
	bool fresh = false, stale = true;
	must(outline_get(v->spool, letter, &o, &fresh, &err));
	must(outlines_stale(v->spool, &stale, &err));
	return fresh && !stale;
}

static void refresh(struct valise *v)
{
	bool fresh = false;
	must(outlines_refresh(v, &fresh, &err));
	assert_true(fresh);
}

/* Each cause by itself: a statement, an entry that takes somebody's standing away, and one that does not. */
static void what_makes_it_stale(void **state)
{
	struct pair p;
	pair_make(&p, *state);
	struct hash letter = one_letter(&p);
	struct outline_totals t;
	assert_true(is_fresh(p.v[1], &letter));
	must(outlines_total(p.v[1]->spool, INT64_MAX, &t, &err));
	assert_true(t.letters == 1 && t.for_us == 1 && t.for_us_unopened == 1 && t.for_us_past == 1 && t.own == 0);
	say(&p, 1, 1); /* reviewed */
	assert_false(is_fresh(p.v[1], &letter));
	refresh(p.v[1]);
	must(outlines_total(p.v[1]->spool, INT64_MAX, &t, &err));
	assert_true(t.letters == 1 && t.for_us_unanswered == 0 && t.for_us_past == 0 && t.for_us_unopened == 0);

	appoint(&p, 1);
	struct hash ids[2];
	uint64_t all = 1;
	size_t n = 1;
	must(spool_begin(p.v[1]->spool, &err));
	must(outlines_take_stale(p.v[1]->spool, ids, 2, &n, &all, &err));
	must(spool_commit(p.v[1]->spool, &err));
	assert_true(n == 0 && all == 0 && is_fresh(p.v[1], &letter)); /* nobody's standing is another */
	dismiss(&p, 1);
	assert_false(is_fresh(p.v[1], &letter));
	must(spool_begin(p.v[1]->spool, &err));
	must(outlines_take_stale(p.v[1]->spool, ids, 2, &n, &all, &err));
	must(spool_commit(p.v[1]->spool, &err));
	assert_true(n == 1 && all == 1 && hash_eq(&ids[0], &letter));
	pair_close(&p);
}

/* A statement that cites an entry which is not here is judged as soon as the entry is, though that only appoints. */
static void a_citation_that_comes_first(void **state)
{
	struct pair p;
	pair_make(&p, *state);
	struct hash letter = one_letter(&p);
	struct letter_row row;
	appoint(&p, 1);
	say(&p, 1, 1);
	sync_stick(&p, 1);
	sync_stick(&p, 0);
	refresh(p.v[0]);
	must(letter_row(p.v[0]->spool, &letter, &row, &err));
	/* As if the entry had not come: it goes, and all that is kept is made without it. */
	struct spool *s = p.v[0]->spool;
	must(spool_begin(s, &err));
	must(db_exec(
		&s->db,
		"CREATE TEMP TABLE kept AS SELECT e.*, i.bytes, i.taken_in_s FROM entry e JOIN item i ON i.seq = e.item "
		"WHERE e.seq = (SELECT max(seq) FROM entry);"
		"DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry);"
		"DELETE FROM item WHERE seq = (SELECT item FROM temp.kept)",
		&err));
	must(outlines_drop(s, &err));
	must(spool_commit(s, &err));
	kept_registers_drop(p.v[0]); /* no program takes an entry away */
	refresh(p.v[0]);
	CLEAN_OUTLINE struct outline without = {0};
	bool fresh = false;
	must(outline_get(s, &letter, &without, &fresh, &err));
	assert_true(fresh && without.class & OUTLINE_UNANSWERED);
	nothing_wrong(p.v[0]);
	/* It comes. */
	CLEAN_QUERY struct query q = QUERY_NONE;
	CLEAN_ENTRY struct verified_entry *e = NULL;
	bool is_row = false;
	q = query_of(&s->db, "SELECT bytes FROM temp.kept");
	must(query_next(&q, &is_row, &err));
	assert_true(is_row);
	struct str bytes = row_bytes(&q, 0);
	must(register_entry_verify(bytes.at, bytes.len, &e, &err));
	query_end(&q);
	must(spool_begin(s, &err));
	must(entry_put(s, e, NULL, &err));
	must(spool_commit(s, &err));
	assert_false(is_fresh(p.v[0], &letter));
	nothing_wrong(p.v[0]);
	refresh(p.v[0]);
	nothing_wrong(p.v[0]);
	CLEAN_OUTLINE struct outline with = {0};
	must(outline_get(s, &letter, &with, &fresh, &err));
	assert_true(fresh && !(with.class & OUTLINE_UNANSWERED));
	pair_close(&p);
}

/* What is kept may go at any time; and what was tampered with is found out. */
static void dropped_and_rebuilt(void **state)
{
	struct pair p;
	uint64_t wrong = 0;
	pair_make(&p, *state);
	struct hash letter = one_letter(&p);
	struct spool *s = p.v[1]->spool;
	must(spool_begin(s, &err));
	must(outlines_drop(s, &err));
	must(spool_commit(s, &err));
	assert_false(is_fresh(p.v[1], &letter));
	refresh(p.v[1]);
	assert_true(is_fresh(p.v[1], &letter));
	nothing_wrong(p.v[1]);
	must(db_exec(&s->db, "UPDATE outline SET class = class + 64", &err));
	must(outlines_compare(p.v[1], &wrong, &err));
	assert_int_equal(wrong, 2); /* the letter, and the totals */
	must(db_exec(&s->db, "UPDATE outline SET class = class - 64; UPDATE outline_part SET is_loose = 1 - is_loose",
		     &err));
	must(outlines_compare(p.v[1], &wrong, &err));
	assert_int_equal(wrong, 1);
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(kept_is_what_evidence_comes_to),
		scratch_test(what_makes_it_stale),
		scratch_test(a_citation_that_comes_first),
		scratch_test(dropped_and_rebuilt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
