/* SPDX-License-Identifier: Apache-2.0 */
/* Reporting: what a source says is found in it, shown to a person, and only then signed, as hearsay. */
#include "office/report.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "office/quotes.h"

#define REPORTER_ROLES ((unsigned)ROLE_ALL & ~(unsigned)ROLE_MACHINE)
#define QUESTION_BYTES (12u * LIMIT_REPORT_BYTES) /* escaping lengthens what it shows */
#define ARENA_BYTES (1024u * 1024 * 1024)
#define QUOTED_BYTES 300u /* of a span, in the question */

void valise_report_draft_free(struct valise_report_draft *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < REPORT_SOURCES && i < d->n_sources; i++)
		exhibit_source_release(&d->sources[i].source);
	filed_release(&d->filed);
	verified_seal_free(d->seal);
	free(d->drafts);
	free(d->ids);
	arena_release(&d->arena);
	register_set_release(&d->set);
	free(d);
}

size_t valise_report_count(const struct valise_report_draft *d)
{
	return d->n;
}

const struct valise_draft_view *valise_report_at(const struct valise_report_draft *d, size_t i)
{
	return i < d->n ? &d->drafts[i].view : NULL;
}

/* ---- The words ---- */

struct drafting {
	struct valise *v;
	struct valise_report_draft *all;
	struct report_draft *d;
	const struct valise_report *want;
	struct valise_err *err;
};

/* One line, normalised; absent stays absent. */
static int take_word(struct drafting *g, const char *word, const char *what, struct str *ret)
{
	CLEAN_BUF struct buf one = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	if (!word)
		return 0;
	int r = text_free_of(str_of(word), what, &one, g->err);
	if (r)
		return r;
	*ret = (struct str){arena_text(&g->all->arena, buf_str(&one)), one.len};
	return arena_check(&g->all->arena, g->err);
}

static int take_words(struct drafting *g)
{
	const struct valise_report *w = g->want;
	struct report *p = &g->d->r;
	const struct {
		const char *word, *what;
		struct str *ret;
		const char *needed; /* NULL: it may be absent */
	} words[] = {
		{w->speaker, "--speaker", &p->speaker, "who says it, as the source names them"},
		{w->verb, "--verb", &p->verb, "the source's own word, such as confirmed"},
		{w->speaker_addressee, "--speaker-addressee", &p->speaker_addressee, NULL},
		{w->of, "--of", &p->of, NULL},
		{w->medium, "--medium", &p->medium, NULL},
		{w->carriage, "--carriage", &p->carriage, NULL},
		{w->when, "--when", &p->when, NULL},
		{w->where, "--where", &p->where, NULL},
	};
	int r = 0;
	for (size_t i = 0; i < sizeof words / sizeof words[0] && !r; i++) {
		if (words[i].needed && !words[i].word)
			return err_set(g->err, VALISE_E_USAGE, "a report needs %s: %s", words[i].what, words[i].needed);
		r = take_word(g, words[i].word, words[i].what, words[i].ret);
	}
	if (!r && w->n_via > LIMIT_REPORT_VIA)
		return err_set(g->err, VALISE_E_LIMIT, "a report has at most %u --via", LIMIT_REPORT_VIA);
	struct str *via = ARENA_NEW(&g->all->arena, struct str, w->n_via);
	p->via = via;
	for (; via && p->n_via < w->n_via && !r; p->n_via++)
		r = take_word(g, w->via[p->n_via], "--via", &via[p->n_via]);
	return r ? r : arena_check(&g->all->arena, g->err);
}

static int take_says(struct drafting *g)
{
	struct str says = str_of(g->want->says);
	enum says row;
	if (!says.at || (!str_eq(says, STR("other")) && !says_of(says, &row)))
		return err_set(
			g->err, VALISE_E_USAGE,
			"%s is nothing that can be said: --says takes a word that `valise say --help` lists, or other",
			says.at ? text_shown(says).text : "nothing");
	g->d->r.says = (struct str){arena_text(&g->all->arena, says), says.len};
	return arena_check(&g->all->arena, g->err);
}

/* Whom the reporter takes the speaker to speak for. */
static int take_side(struct drafting *g)
{
	const struct seal *seal = &g->all->seal->s;
	struct report *p = &g->d->r;
	if (g->want->speaker_office && g->want->speaker_addressee)
		return err_set(g->err, VALISE_E_USAGE,
			       "a speaker speaks for an office or for an addressee: --speaker-office and "
			       "--speaker-addressee exclude each other");
	p->has_speaker_office = g->want->speaker_office != NULL;
	if (p->has_speaker_office)
		return office_find(g->v, g->want->speaker_office, &p->speaker_office, g->err);
	if (!p->speaker_addressee.at || seal_addressee(seal, p->speaker_addressee) >= 0)
		return 0;
	return err_set(g->err, VALISE_E_USAGE,
		       "\"%s\" is no addressee of %s: its seal names %s; use --speaker-office for an office",
		       text_shown(p->speaker_addressee).text, g->all->short_id, seal->n_addressees ? "others" : "none");
}

static int take_regarding(struct drafting *g)
{
	struct report *p = &g->d->r;
	struct hash *ids = ARENA_NEW(&g->all->arena, struct hash, g->want->n_regarding);
	p->regarding = ids;
	return ids ? draft_regarding(g->v, &p->letter, g->want->regarding, g->want->n_regarding, ids, &p->n_regarding,
				     g->err)
		   : arena_check(&g->all->arena, g->err);
}

/* ---- When ---- */

/* A time, or a day: its first or its last second. */
static bool read_moment(struct str s, bool last, int64_t *ret)
{
	char text[] = "0000-00-00T00:00:00Z";
	if (s.len != 10)
		return text_time(s, ret);
	memcpy(text, s.at, 10);
	if (!text_time(str_of(text), ret))
		return false;
	*ret += last ? 86399 : 0;
	return true;
}

static int take_resolved(struct drafting *g)
{
	struct str s = str_of(g->want->resolved);
	struct report *p = &g->d->r;
	if (!s.at)
		return 0;
	const char *dots = strstr(s.at, "..");
	struct str from = {s.at, dots ? (size_t)(dots - s.at) : s.len};
	struct str to = dots ? str_of(dots + 2) : from;
	p->has_resolved = true;
	if (!read_moment(from, false, &p->resolved_from_s) || !read_moment(to, true, &p->resolved_to_s))
		return err_set(
			g->err, VALISE_E_USAGE,
			"--resolved %s: give FROM..TO, each a day (2026-11-25) or a time (2026-11-25T09:30:00Z), none before 1970",
			text_shown(s).text);
	if (p->resolved_from_s > p->resolved_to_s)
		return err_set(g->err, VALISE_E_USAGE, "--resolved %s ends before it begins", text_shown(s).text);
	if (!p->when.at)
		return err_set(g->err, VALISE_E_USAGE,
			       "--resolved is your reading of what the source has: give that with --when");
	return 0;
}

/* ---- Where in the exhibit ---- */

static int source_of(struct drafting *g, const struct exhibit_source **ret)
{
	struct valise_report_draft *all = g->all;
	const char *called = g->want->exhibit;
	if (!called || strcmp(called, "-") == 0)
		return err_set(g->err, VALISE_E_USAGE,
			       "a report points at a file: name it, or one that is here, with --exhibit");
	for (size_t i = 0; i < REPORT_SOURCES && i < all->n_sources; i++)
		if (strcmp(all->sources[i].called, called) == 0) {
			*ret = &all->sources[i].source;
			return 0;
		}
	CLEAN_EXHIBIT_SOURCE struct exhibit_source found = EXHIBIT_SOURCE_NONE;
	const char *name = arena_text(&all->arena, str_of(called));
	bool is_new = false;
	int r = arena_check(&all->arena, g->err);
	if (!r)
		r = exhibit_source(g->v, called, all->dry_run, &found, &is_new, g->err);
	all->n_taken += is_new;
	if (r)
		return r;
	struct report_source *s = &all->sources[all->n_sources % REPORT_SOURCES];
	if (all->n_sources++ >= REPORT_SOURCES)
		exhibit_source_release(&s->source);
	*s = (struct report_source){name, found};
	found = (struct exhibit_source)EXHIBIT_SOURCE_NONE;
	*ret = &s->source;
	return 0;
}

static int name_spans(struct drafting *g, const struct exhibit_source *s, const struct quote_match *at, size_t n)
{
	struct report_span *spans = ARENA_NEW(&g->all->arena, struct report_span, n);
	for (size_t i = 0; i < n && spans; i++)
		spans[i] = (struct report_span){s->id, s->body.size, at[i].offset, at[i].length};
	g->d->r.spans = spans;
	g->d->r.n_spans = n;
	return arena_check(&g->all->arena, g->err);
}

static int find_quote(struct drafting *g, const struct exhibit_source *s)
{
	struct places places;
	int r = places_find(g->v, &s->body, g->want->quote, 0, &places, g->err);
	if (r)
		return r;
	if (places.n == 0)
		return places_none(g->v, &s->body, g->want->quote, g->err);
	if (places.n > 1 && !g->want->every)
		return places_several(&s->body, &places, g->err);
	if (places.n > LIMIT_REPORT_SPANS)
		return err_set(g->err, VALISE_E_LIMIT,
			       "the quote stands at more than the %u places that one report can name: give more words",
			       LIMIT_REPORT_SPANS);
	return name_spans(g, s, places.at, places.n);
}

static int take_spans(struct drafting *g, const struct exhibit_source **ret)
{
	const struct valise_report *w = g->want;
	if (w->quote && w->span)
		return err_set(g->err, VALISE_E_USAGE, "--quote and --span exclude each other: one says where");
	if (!w->quote && !w->span && !w->where)
		return err_set(
			g->err, VALISE_E_USAGE,
			"say where the exhibit has it: --quote TEXT, --span OFFSET:LENGTH, or --where WORDS for what is no text");
	int r = source_of(g, ret);
	if (r)
		return r;
	const struct exhibit_source *s = *ret;
	if (w->quote)
		return find_quote(g, s);
	struct valise_span span = w->span ? *w->span : (struct valise_span){0, s->body.size};
	r = places_check_span(&s->body, &span, g->err);
	return r ? r : name_spans(g, s, &(struct quote_match){span.offset, span.length}, 1);
}

/* ---- The question ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether both bytes around that place are of one word: "agreed" within "disagreed". Of ASCII words only. */
static int cuts_word(const struct body *body, uint64_t at, bool *ret, struct valise_err *err)
{
	char around[2];
	*ret = false;
	if (at == 0 || at >= body->size)
		return 0;
	int r = body_read(body, at - 1, around, sizeof around, err);
	*ret = !r && is_word(around[0]) && is_word(around[1]);
	return r;
}

static int add_span_text(const struct exhibit_source *s, const struct report_span *at, struct buf *b,
			 struct valise_err *err)
{
	bool is_text, begins_within = false, ends_within = false, is_long = at->length > QUOTED_BYTES;
	struct valise_span span = {at->offset, is_long ? QUOTED_BYTES : at->length};
	CLEAN_BUF struct buf words = BUF_INIT(12 * QUOTED_BYTES);
	int r = exhibit_show(&s->body, &span, is_long ? EXHIBIT_CUT_AFTER : 0, &words, &is_text, err);
	if (!r)
		r = buf_check(&words, "the words of a span", err);
	if (!r && is_text)
		r = cuts_word(&s->body, at->offset, &begins_within, err);
	if (!r && is_text)
		r = cuts_word(&s->body, at->offset + at->length, &ends_within, err);
	if (r)
		return r;
	buf_addf(b, " At byte %" PRIu64 ": ", at->offset);
	if (is_text) {
		text_quote(b, buf_str(&words));
		buf_add_text(b, is_long ? ", and so on" : "");
		if (begins_within || ends_within)
			buf_addf(b, ", which %s within a word there",
				 !ends_within     ? "begins"
				 : !begins_within ? "ends"
						  : "begins and ends");
		buf_add_char(b, '.');
	} else {
		buf_addf(b, "%" PRIu64 " bytes that are no text.", at->length);
	}
	return 0;
}

static void add_source(const struct exhibit_source *s, struct buf *b)
{
	if (s->name.len) {
		text_quote(b, buf_str(&s->name));
		buf_add_char(b, ' ');
	}
	buf_addf(b, "(sha256 %.16s..., %s)", hash_hex(&s->id).text, size_text(s->body.size).text);
}

static int add_details(struct drafting *g, struct buf *b)
{
	const struct report *p = &g->d->r;
	CLEAN_BUF struct buf office = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 12);
	if (p->has_speaker_office) {
		int r = office_show(g->v, NULL, &p->speaker_office, &office, g->err);
		if (r)
			return r;
		buf_addf(b, " Speaks for: %s.", (char *)office.data);
	}
	draft_detail(b, "Speaks for the addressee", p->speaker_addressee);
	draft_detail(b, "Done by", p->of);
	for (size_t i = 0; i < p->n_via; i++)
		draft_detail(b, "Via", p->via[i]);
	draft_detail(b, "Said by", p->medium);
	draft_detail(b, "The letter travelled", p->carriage);
	draft_detail(b, "When", p->when);
	if (p->has_resolved)
		buf_addf(b, " You read that as %s to %s.", time_text(p->resolved_from_s).text,
			 time_text(p->resolved_to_s).text);
	draft_detail(b, "Where", p->where);
	int r = 0;
	for (size_t i = 0; i < p->n_regarding && !r; i++)
		r = draft_regarded(g->v, &p->letter, &p->regarding[i], b, g->err);
	return r;
}

/* "You state, as ..., of ...: that the source "evening.txt" (...) has "a spokesman" say, in other words, received: ..." */
static int write_question(struct drafting *g, const struct exhibit_source *s, struct str title)
{
	CLEAN_BUF struct buf b = BUF_INIT(QUESTION_BYTES);
	struct report_draft *d = g->d;
	d->view.title = arena_text(&g->all->arena, title);
	int r = arena_check(&g->all->arena, g->err);
	if (!r)
		r = draft_opening(g->v, &g->all->set, d->view.title, g->all->seal, &b, g->err);
	buf_add_text(&b, ": that the source ");
	add_source(s, &b);
	buf_add_text(&b, " has ");
	text_quote(&b, d->r.speaker);
	buf_add_text(&b, " as one who ");
	text_quote(&b, d->r.verb);
	buf_addf(&b, " it, %s, and that this comes to \"%.*s\".", d->r.quoted ? "in quotation marks" : "in other words",
		 STR_ARG(d->r.says));
	for (size_t i = 0; i < d->r.n_spans && !r; i++)
		r = add_span_text(s, &d->r.spans[i], &b, g->err);
	if (!r)
		r = add_details(g, &b);
	buf_add_text(&b, " It does not mean: that it is so, or that the speaker has signed anything.");
	if (!r)
		r = buf_check(&b, "the question", g->err);
	if (r)
		return r;
	d->view.question = arena_take(&g->all->arena, &b);
	return arena_check(&g->all->arena, g->err);
}

/* ---- Drafting ---- */

static const struct hash earlier_line; /* stands for the id of a report that is not signed yet */

/* Whether the same was filed before, or stands on an earlier line; what is new is among what is filed from then on. */
static int look_for_same(struct valise_report_draft *all, struct report_draft *d, struct valise_err *err)
{
	struct filed *filed = &all->filed;
	CLEAN_BUF struct buf b = BUF_INIT(256);
	const struct hash *same = filed_find(filed, str_of(d->view.text));
	if (!same && filed->n >= LIMIT_NOTES_BY_KEY)
		return err_set(err, VALISE_E_LIMIT,
			       "your office has filed %u reports of %s, as many as a letter has room for: "
			       "put more spans into one report",
			       LIMIT_NOTES_BY_KEY, all->short_id);
	if (!same)
		return filed_add(filed, str_of(d->view.text), &earlier_line, err);
	if (hash_eq(same, &earlier_line))
		buf_addf(&b, "an earlier line of the list says the same of %s; nothing needs to be signed",
			 all->short_id);
	else
		buf_addf(&b, "your office filed the same of %s, as %.16s...; nothing needs to be signed", all->short_id,
			 hash_hex(same).text);
	d->view.already = arena_take(&all->arena, &b);
	return arena_check(&all->arena, err);
}

static int write_draft(struct drafting *g)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES);
	struct report *p = &g->d->r;
	const struct exhibit_source *source = NULL;
	struct draft_signer signer;
	uint64_t nth;
	struct draft_wish wish = {.roles = REPORTER_ROLES, .role = g->want->role, .what = "a report"};
	int r = draft_signer(g->v, &g->all->set, &wish, &signer, g->err);
	if (r)
		return r;
	p->office = signer.office;
	p->by = signer.key;
	p->role = signer.role;
	p->time_s = clock_now_s();
	/* Last, since a file is taken in for it. */
	r = take_spans(g, &source);
	if (!r)
		r = report_last_nth(g->v->spool, &p->letter, &p->by, &nth, g->err);
	if (r)
		return r;
	p->nth = nth + 1 + g->all->n_new; /* those before it are signed first */
	r = report_write(p, &text, g->err);
	if (!r)
		r = write_question(g, source, signer.title);
	if (r)
		return r;
	g->d->view.text = arena_take(&g->all->arena, &text);
	g->d->view.short_id = g->all->short_id;
	r = arena_check(&g->all->arena, g->err);
	return r ? r : look_for_same(g->all, g->d, g->err);
}

static int make_draft(struct drafting *g)
{
	g->d->r.letter = g->all->letter;
	g->d->r.quoted = g->want->quoted;
	int r = take_says(g);
	if (!r)
		r = take_words(g);
	if (!r)
		r = take_side(g);
	if (!r)
		r = take_resolved(g);
	if (!r)
		r = take_regarding(g);
	return r ? r : write_draft(g);
}

int report_drafts_new(struct valise *v, const char *letter, size_t max, bool dry_run, struct valise_report_draft **ret,
		      struct valise_err *err)
{
	struct valise_report_draft *all = calloc(1, sizeof *all);
	if (!all)
		return err_nomem(err);
	all->arena = (struct arena)ARENA_INIT(ARENA_BYTES);
	all->dry_run = dry_run;
	all->drafts = calloc(max ? max : 1, sizeof *all->drafts);
	all->ids = calloc(max ? max : 1, sizeof(*all->ids));
	int r = all->drafts && all->ids ? register_set_self(v, &all->set, err) : err_nomem(err);
	if (!r)
		r = office_letter(v, letter, &all->letter, err);
	if (!r)
		r = letter_seal(v->spool, &all->letter, &all->seal, err);
	if (!r)
		r = filed_load(v, &all->set, &all->letter, &all->filed, err);
	memcpy(all->short_id, hash_short(&all->letter).text, sizeof all->short_id);
	if (r) {
		valise_report_draft_free(all);
		return r;
	}
	*ret = all;
	return 0;
}

int report_drafts_add(struct valise *v, struct valise_report_draft *all, const struct valise_report *want,
		      struct valise_err *err)
{
	struct report_draft *d = &all->drafts[all->n];
	struct drafting g = {.v = v, .all = all, .d = d, .want = want, .err = err};
	*d = (struct report_draft){0};
	int r = make_draft(&g);
	if (r)
		return r;
	all->n++;
	all->n_new += !d->view.already;
	return 0;
}

int valise_report_look(struct valise *v, const struct valise_report *want, bool dry_run,
		       struct valise_report_draft **ret, struct valise_err *err)
{
	struct valise_report_draft *all = NULL;
	int r = report_drafts_new(v, want->letter, 1, dry_run, &all, err);
	if (!r)
		r = report_drafts_add(v, all, want, err);
	if (r) {
		r = report_drafts_failed(all, r, err);
		valise_report_draft_free(all);
		return r;
	}
	*ret = all;
	return 0;
}

/* ---- Signing ---- */

/* What a report points at is here, and durable, before it is signed. */
static int check_exhibits(struct valise *v, const struct report *p, struct valise_err *err)
{
	for (size_t i = 0; i < p->n_spans; i++) {
		CLEAN_BODY struct body body = BODY_NONE;
		int r = exhibit_open(v->spool, &p->spans[i].exhibit, &body, err);
		if (!r && body.size != p->spans[i].exhibit_bytes)
			r = err_set(err, VALISE_E_CHANGED, "the exhibit %.16s... is not of the size that it had",
				    hash_hex(&p->spans[i].exhibit).text);
		if (r)
			return err_prefix(err, r, "nothing was signed");
	}
	return 0;
}

/* nth and time are of the moment of signing: other processes may have signed since the look, perhaps this very report. */
static int sign_one(struct valise *v, const struct register_set *now, struct report_draft *d, int64_t now_s,
		    struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REPORT_BYTES), note = BUF_INIT(LIMIT_REPORT_BYTES);
	CLEAN_REPORT struct verified_report *verified = NULL;
	struct draft_signer signer = {.office = d->r.office, .key = d->r.by, .role = d->r.role};
	const struct key *key;
	uint64_t nth;
	int r = draft_signer_again(v, now, &signer, err);
	if (!r)
		r = check_exhibits(v, &d->r, err);
	if (!r)
		r = key_unlock(v, &d->r.by, d->view.title, &key, err);
	if (!r)
		r = report_last_nth(v->spool, &d->r.letter, &d->r.by, &nth, err);
	if (r)
		return r;
	d->r.nth = nth + 1;
	d->r.time_s = now_s;
	const struct ed25519_signer *with = key->signer;
	r = report_write(&d->r, &text, err);
	if (!r)
		r = note_sign(buf_str(&text), &with, 1, &note, err);
	if (!r)
		r = report_verify(note.data, note.len, &verified, err);
	if (!r)
		r = report_put(v->spool, verified, NULL, err);
	if (!r)
		memcpy(d->id, hash_hex(&verified->note.id).text, sizeof d->id);
	return r;
}

int valise_report_sign(struct valise *v, struct valise_report_draft *all, const char *const **ret_ids,
		       struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set now = REGISTER_SET_NONE;
	const struct key *key;
	int r = 0;
	if (all->dry_run)
		return err_set(err, VALISE_E_USAGE, "this was only looked at: nothing of it can be signed");
	/* Passphrases are asked for before the spool's lock is taken. */
	for (size_t i = 0; i < all->n && !r; i++)
		if (!all->drafts[i].view.already)
			r = key_unlock(v, &all->drafts[i].r.by, all->drafts[i].view.title, &key, err);
	if (!r)
		r = spool_begin(v->spool, err);
	if (r)
		return r;
	r = register_set_self(v, &now, err);
	filed_release(&all->filed);
	if (!r)
		r = filed_load(v, &now, &all->letter, &all->filed, err);
	for (size_t i = 0; i < all->n && !r; i++) {
		struct report_draft *d = &all->drafts[i];
		if (!d->view.already)
			r = look_for_same(all, d, err);
		if (!r && !d->view.already)
			r = sign_one(v, &now, d, clock_now_s(), err);
	}
	if (!r)
		r = spool_commit(v->spool, err);
	if (r) {
		spool_rollback(v->spool);
		return r;
	}
	for (size_t i = 0; i < all->n; i++)
		all->ids[i] = all->drafts[i].view.already ? NULL : all->drafts[i].id;
	if (ret_ids)
		*ret_ids = all->ids;
	return 0;
}
