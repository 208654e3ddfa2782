/* SPDX-License-Identifier: Apache-2.0 */
/* Reports as accounts show them, each with the words at the places that it names, as far as those are here. */
#include <stdlib.h>

#include "evidence/work.h"

#include "base/text.h"

static const char *const check_names[] = {
	[VALISE_SPAN_NOT_HERE] = "not-here",
	[VALISE_SPAN_EXCERPT] = "excerpt",
	[VALISE_SPAN_CHECKED] = "checked",
	[VALISE_SPAN_DAMAGED] = "damaged",
};

const char *valise_span_check_name(enum valise_span_check c)
{
	return (size_t)c < sizeof check_names / sizeof *check_names ? check_names[c] : NULL;
}

/* ---- What is here of the exhibits ---- */

/* Excerpts in order, and for each the one that reaches furthest of those of its exhibit up to it. */
struct word_finder {
	const struct exhibit_bytes **at;
	size_t *furthest;
	size_t n;
	size_t words_left; /* bytes that may yet be shown */
};

static int exhibit_cmp(const struct hash *exhibit, uint64_t size, const struct exhibit_bytes *x)
{
	int c = hash_cmp(exhibit, &x->exhibit);
	return c ? c : (size > x->size) - (size < x->size);
}

/* What is whole stands first: whoever has it needs no piece. */
static int excerpt_cmp(const void *a, const void *b)
{
	const struct exhibit_bytes *x = *(const struct exhibit_bytes *const *)a,
				   *y = *(const struct exhibit_bytes *const *)b;
	int c = exhibit_cmp(&x->exhibit, x->size, y);
	if (!c)
		c = (int)y->is_whole - (int)x->is_whole;
	if (!c)
		c = (x->offset > y->offset) - (x->offset < y->offset);
	return c ? c : str_cmp(x->bytes, y->bytes);
}

static uint64_t excerpt_end(const struct exhibit_bytes *x)
{
	return x->offset + x->bytes.len;
}

static void sort_excerpts(struct work *w, struct word_finder *ret)
{
	size_t n = w->e->n_excerpts;
	*ret = (struct word_finder){.at = ARENA_NEW(&w->scratch, const struct exhibit_bytes *, n),
				    .furthest = ARENA_NEW(&w->scratch, size_t, n),
				    .words_left = LIMIT_WORDS_BYTES};
	if (!ret->at || !ret->furthest)
		return;
	for (size_t i = 0; i < n; i++)
		ret->at[i] = &w->e->excerpts[i];
	qsort(ret->at, n, sizeof(*ret->at), excerpt_cmp);
	for (size_t i = 0; i < n; i++) {
		ret->furthest[i] = i;
		if (i && exhibit_cmp(&ret->at[i]->exhibit, ret->at[i]->size, ret->at[i - 1]) == 0 &&
		    excerpt_end(ret->at[ret->furthest[i - 1]]) >= excerpt_end(ret->at[i]))
			ret->furthest[i] = ret->furthest[i - 1];
	}
	ret->n = n;
}

/* How many stand before the first that is of a later exhibit, or of this one and begins after the span. */
static size_t excerpts_up_to(const struct word_finder *x, const struct report_span *s)
{
	size_t low = 0, high = x->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct exhibit_bytes *one = x->at[middle];
		int c = exhibit_cmp(&s->exhibit, s->exhibit_bytes, one);
		if (c > 0 || (c == 0 && one->offset <= s->offset))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The bytes at the beginning of the span, from the whole exhibit or else from the piece that has most of them. .at is NULL when
 * they are not here, or, of what is whole, were not read. */
static struct str find_words(const struct word_finder *x, const struct report_span *s, enum valise_span_check *ret)
{
	size_t n = excerpts_up_to(x, s);
	const struct exhibit_bytes *one = n ? x->at[x->furthest[n - 1]] : NULL;
	bool is_of_it = one && exhibit_cmp(&s->exhibit, s->exhibit_bytes, one) == 0;
	bool has_bytes = is_of_it && one->offset <= s->offset && excerpt_end(one) > s->offset;
	if (is_of_it && one->is_whole)
		*ret = VALISE_SPAN_CHECKED;
	else if (has_bytes)
		*ret = VALISE_SPAN_EXCERPT;
	if (!has_bytes)
		return (struct str){0};
	size_t skip = (size_t)(s->offset - one->offset);
	uint64_t len = one->bytes.len - skip;
	return (struct str){one->bytes.at + skip, (size_t)(len < s->length ? len : s->length)};
}

/* No character of UTF-8 is cut in two by us: what is left of one would read as damage. */
static struct str cut_words(struct str s)
{
	return s.len <= LIMIT_SPAN_WORDS_BYTES ? s : text_uncut((struct str){s.at, LIMIT_SPAN_WORDS_BYTES});
}

/* On one line: a source's lines are broken for its page, and say nothing. Other control characters are shown for what they are. */
static const char *words_shown(struct work *w, struct str words)
{
	char *line = ARENA_NEW(&w->scratch, char, words.len);
	for (size_t i = 0; line && i < words.len; i++)
		line[i] = words.at[i] == '\n' || words.at[i] == '\r' || words.at[i] == '\t' ? ' ' : words.at[i];
	return line ? arena_shown(w->out, (struct str){line, words.len}) : NULL;
}

static void show_words(struct work *w, struct word_finder *x, const struct report_span *s,
		       struct valise_reported_span *ret)
{
	struct str words = cut_words(find_words(x, s, &ret->check));
	if (ret->check == VALISE_SPAN_NOT_HERE && is_listed(w->e->damaged, w->e->n_damaged, &s->exhibit))
		ret->check = VALISE_SPAN_DAMAGED;
	if (!words.at || words.len > x->words_left)
		return;
	ret->is_cut = words.len < s->length;
	x->words_left -= words.len;
	ret->words = words_shown(w, words);
}

static void show_spans(struct work *w, struct word_finder *x, const struct report *v, struct valise_reported *ret)
{
	struct valise_reported_span *spans = ARENA_NEW(w->out, struct valise_reported_span, v->n_spans);
	for (size_t i = 0; spans && i < v->n_spans; i++) {
		const struct report_span *s = &v->spans[i];
		bool same = i && hash_eq(&s->exhibit, &v->spans[i - 1].exhibit);
		spans[i] = (struct valise_reported_span){
			.exhibit = same ? spans[i - 1].exhibit : arena_text(w->out, str_of(hash_hex(&s->exhibit).text)),
			.exhibit_bytes = s->exhibit_bytes,
			.offset = s->offset,
			.length = s->length,
		};
		show_words(w, x, s, &spans[i]);
	}
	ret->spans = spans;
	ret->n_spans = spans ? v->n_spans : 0;
}

/* ---- Each report ---- */

static void show_source(struct work *w, const struct work_report *r, struct valise_reported *ret)
{
	const struct report *v = &r->v->r;
	ret->says = r->says == SAYS_COUNT ? "other" : says_table[r->says].name;
	ret->speaker = arena_shown(w->out, v->speaker);
	ret->has_speaker_office = r->speaker_office != WORK_NONE;
	ret->speaker_office = ret->has_speaker_office ? w->offices[r->speaker_office].shown : 0;
	ret->speaker_addressee = arena_shown(w->out, v->speaker_addressee);
	ret->of = arena_shown(w->out, v->of);
	ret->verb = arena_shown(w->out, v->verb);
	ret->medium = arena_shown(w->out, v->medium);
	ret->carriage = arena_shown(w->out, v->carriage);
	ret->when = arena_shown(w->out, v->when);
	ret->has_resolved = v->has_resolved;
	ret->resolved_from_s = v->resolved_from_s;
	ret->resolved_to_s = v->resolved_to_s;
	ret->quoted = v->quoted;
	ret->where = arena_shown(w->out, v->where);
	const char **via = ARENA_NEW(w->out, const char *, v->n_via);
	for (size_t i = 0; via && i < v->n_via; i++)
		via[i] = arena_shown(w->out, v->via[i]);
	ret->via = via;
	ret->n_via = via ? v->n_via : 0;
}

static void show_reporter(struct work *w, const struct work_report *r, struct valise_reported *ret)
{
	const struct report *v = &r->v->r;
	ret->office = w->offices[r->office].shown;
	ret->title = arena_shown(w->out, r->officer.title);
	ret->role = role_name(v->role);
	ret->key = arena_text(w->out, str_of(vkey_text(&v->by).text));
	ret->time_s = v->time_s;
	ret->taken_in_s = r->taken_in_s;
	ret->nth = v->nth;
	ret->standing = r->standing;
	ret->counts_as_filed = r->stands;
	ret->unattended = r->unattended;
	say_standing(w, r->standing, &r->officer, v->role, v->time_s);
	ret->standing_text = arena_take(w->out, &w->text);
	const char **regarding = ARENA_NEW(w->out, const char *, v->n_regarding);
	for (size_t i = 0; regarding && i < v->n_regarding; i++)
		regarding[i] = arena_text(w->out, str_of(hash_hex(&v->regarding[i]).text));
	ret->regarding = regarding;
	ret->n_regarding = regarding ? v->n_regarding : 0;
}

static const char *report_sentence(struct work *w, const struct work_report *r)
{
	say_report(w, r);
	buf_add_char(&w->text, '.');
	if (!r->stands)
		buf_add_text(&w->text, " It was filed by a signer whose standing does not hold or cannot be judged.");
	if (r->n_corrected_by)
		buf_add_text(&w->text, " A later report of the same office corrects it.");
	return arena_take(w->out, &w->text);
}

/* Ids stand once: other reports are named by the text of their own. */
static void show_corrections(struct work *w, struct valise_reported *all)
{
	for (uint32_t i = 0; i < w->n_reports; i++) {
		const struct work_report *r = &w->reports[i];
		const char **by = ARENA_NEW(w->out, const char *, r->n_corrected_by);
		for (uint32_t k = 0; by && k < r->n_corrected_by; k++)
			by[k] = all[r->corrected_by[k] - w->reports].id;
		all[i].corrected_by = by;
		all[i].n_corrected_by = by ? r->n_corrected_by : 0;
	}
}

const size_t *reported_places(struct work *w, const struct report_list *l)
{
	size_t *places = ARENA_NEW(w->out, size_t, l->n);
	for (uint32_t i = 0; places && i < l->n; i++)
		places[i] = (size_t)(l->at[i] - w->reports);
	return places;
}

/* Those who are no parties, each with what is reported of them. */
static void show_speakers(struct work *w)
{
	const struct report_list *l = &w->apart;
	struct valise_speaker *speakers = ARENA_NEW(w->out, struct valise_speaker, l->n);
	size_t n = 0;
	for (uint32_t i = 0, end; speakers && i < l->n; i = end) {
		struct str speaker = l->at[i]->v->r.speaker;
		for (end = i + 1; end < l->n && str_eq(l->at[end]->v->r.speaker, speaker);)
			end++;
		const struct report_list own = {l->at + i, end - i};
		const size_t *places = reported_places(w, &own);
		speakers[n++] = (struct valise_speaker){arena_shown(w->out, speaker), places, places ? own.n : 0};
	}
	w->a->speakers = speakers;
	w->a->n_speakers = n;
}

void list_reported(struct work *w)
{
	struct valise_reported *all = ARENA_NEW(w->out, struct valise_reported, w->n_reports);
	struct word_finder x;
	sort_excerpts(w, &x);
	for (uint32_t i = 0; all && i < w->n_reports; i++) {
		const struct work_report *r = &w->reports[i];
		all[i].id = arena_text(w->out, str_of(hash_hex(&r->v->note.id).text));
		show_source(w, r, &all[i]);
		show_spans(w, &x, &r->v->r, &all[i]);
		show_reporter(w, r, &all[i]);
		all[i].sentence = report_sentence(w, r);
	}
	if (all)
		show_corrections(w, all);
	w->a->reported = all;
	w->a->n_reported = all ? w->n_reports : 0;
	show_speakers(w);
}
