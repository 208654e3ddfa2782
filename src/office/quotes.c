/* SPDX-License-Identifier: Apache-2.0 */
/* Looking a quote up in an exhibit, and saying what came of it. */
#include "office/quotes.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/text.h"
#include "evidence/arena.h"

#define ENOUGH 1          /* a callback's value: no more is wanted */
#define BESIDE_BYTES 32u  /* of what is shown on either side */
#define AROUND_BYTES 160u /* of a place, at most */
#define NAMED_MAX 4u      /* places in an error */
#define CHOICES_MAX 20u   /* places to choose from */
#define PLACES_BYTES 65536u

/* ---- Finding ---- */

static int add_place(void *context, const struct quote_match *m)
{
	struct places *p = context;
	p->at[p->n++] = *m;
	return p->n == PLACES_MAX ? ENOUGH : 0;
}

static int push_portion(void *context, const uint8_t *data, size_t len)
{
	return quote_finder_push(context, data, len);
}

int places_find(struct valise *v, const struct body *body, const char *quote, unsigned looseness, struct places *ret,
		struct valise_err *err)
{
	CLEAN_QUOTE_FINDER struct quote_finder *f = NULL;
	struct valise_span all = {0, body->size};
	ret->n = 0;
	int r = quote_finder_new(str_of(quote), looseness, add_place, ret, &f, err);
	if (!r)
		r = exhibit_read(v, body, &all, "looking for the quote", push_portion, f, err);
	if (!r)
		r = quote_finder_end(f);
	return r == ENOUGH ? 0 : r;
}

/* ---- Telling ---- */

int places_around(const struct body *body, const struct quote_match *m, struct buf *ret, struct valise_err *err)
{
	uint64_t begin = m->offset > BESIDE_BYTES ? m->offset - BESIDE_BYTES : 0;
	uint64_t end = m->offset + m->length + BESIDE_BYTES;
	bool is_text;
	end = end < body->size ? end : body->size;
	struct valise_span span = {begin, end - begin < AROUND_BYTES ? end - begin : AROUND_BYTES};
	CLEAN_BUF struct buf words = BUF_INIT(12 * AROUND_BYTES);
	unsigned how = (begin ? EXHIBIT_CUT_BEFORE : 0) | (begin + span.length < body->size ? EXHIBIT_CUT_AFTER : 0);
	int r = exhibit_show(body, &span, how, &words, &is_text, err);
	if (!r)
		r = buf_check(&words, "what stands around a quote", err);
	if (r)
		return r;
	if (is_text)
		text_quote(ret, buf_str(&words));
	else
		buf_add_text(ret, "(no text)");
	return buf_check(ret, "what stands around a quote", err);
}

int places_several(const struct body *body, const struct places *p, struct valise_err *err)
{
	CLEAN_BUF struct buf list = BUF_INIT(PLACES_BYTES);
	for (size_t i = 0; i < p->n && i < NAMED_MAX; i++) {
		CLEAN_BUF struct buf around = BUF_INIT(PLACES_BYTES);
		int r = places_around(body, &p->at[i], &around, err);
		if (r)
			return r;
		buf_addf(&list, "%s--span %" PRIu64 ":%" PRIu64 " %s", i ? ", " : "", p->at[i].offset, p->at[i].length,
			 text_shown(buf_str(&around)).text);
	}
	int r = buf_check(&list, "the places of a quote", err);
	return r ? r
		 : err_set(err, VALISE_E_AMBIGUOUS,
			   "the quote stands at %s%zu places; name one with --span, or take all of them with --every: %s%s",
			   p->n == PLACES_MAX ? "more than " : "", p->n == PLACES_MAX ? p->n - 1 : p->n,
			   (char *)list.data, p->n > NAMED_MAX ? ", ..." : "");
}

int places_none(struct valise *v, const struct body *body, const char *quote, struct valise_err *err)
{
	static const struct {
		unsigned looseness;
		const char *how;
	} ways[] = {
		{QUOTE_ANY_SPACE, "with other white space"},
		{QUOTE_ANY_MARKS, "with other quotation marks, apostrophes or dashes"},
		{QUOTE_ANY_CASE, "in other letters, capital or small"},
	};
	const char *how = "with other marks, letters or white space";
	CLEAN_BUF struct buf around = BUF_INIT(PLACES_BYTES);
	struct places any, p = {.n = 0};
	int r = places_find(v, body, quote, QUOTE_ANY, &any, err);
	bool hyphens = !r && !any.n;
	if (hyphens) {
		how = "with other hyphens, as at the end of a line";
		r = places_find(v, body, quote, QUOTE_LOOSEST, &any, err);
	}
	if (!r && !any.n)
		return err_set(
			err, VALISE_E_NOT_FOUND,
			"the quote is not there: `valise exhibit show` shows the beginning; give fewer words, or --span, or --where for what is no text");
	/* All of these ways together find it: whether one alone does. */
	for (size_t i = 0; i < sizeof ways / sizeof ways[0] && !r && !p.n && !hyphens; i++) {
		r = places_find(v, body, quote, ways[i].looseness, &p, err);
		how = p.n ? ways[i].how : how;
	}
	const struct quote_match *at = p.n ? &p.at[0] : &any.at[0];
	if (!r)
		r = places_around(body, at, &around, err);
	return r ? r
		 : err_set(err, VALISE_E_NOT_FOUND,
			   "the quote is not there as it was typed; it is there %s: --span %" PRIu64 ":%" PRIu64 " %s",
			   how, at->offset, at->length, text_shown(buf_str(&around)).text);
}

int places_check_span(const struct body *body, const struct valise_span *span, struct valise_err *err)
{
	const uint64_t borders[] = {span->offset, span->offset + span->length};
	int r = exhibit_check_span(body, span, err);
	for (size_t i = 0; i < 2 && !r; i++) {
		char around[2 * QUOTE_AROUND_BYTES];
		uint64_t begin = borders[i] > QUOTE_AROUND_BYTES ? borders[i] - QUOTE_AROUND_BYTES : 0;
		uint64_t len = body->size - begin < sizeof around ? body->size - begin : sizeof around;
		r = body_read(body, begin, around, (size_t)len, err);
		if (!r && quote_cuts((struct str){around, (size_t)len}, (size_t)(borders[i] - begin)))
			return err_set(err, VALISE_E_USAGE,
				       "the span %s within a character: byte %" PRIu64 " is not the first of one",
				       i ? "ends" : "begins", borders[i]);
	}
	return r;
}

/* ---- For a person to choose ---- */

struct places_result {
	struct valise_places pub; /* first: freed through it */
	struct arena arena;
};

void valise_places_free(struct valise_places *p)
{
	struct places_result *r = (struct places_result *)p;
	if (!r)
		return;
	arena_release(&r->arena);
	free(r);
}

static int list_places(const struct body *body, const struct places *p, struct places_result *ret,
		       struct valise_err *err)
{
	size_t n = p->n < CHOICES_MAX ? p->n : CHOICES_MAX;
	struct valise_place *at = ARENA_NEW(&ret->arena, struct valise_place, n);
	if (!at)
		return arena_check(&ret->arena, err);
	for (size_t i = 0; i < n; i++) {
		CLEAN_BUF struct buf around = BUF_INIT(PLACES_BYTES);
		int r = places_around(body, &p->at[i], &around, err);
		if (r)
			return r;
		at[i] = (struct valise_place){{p->at[i].offset, p->at[i].length}, arena_take(&ret->arena, &around)};
	}
	ret->pub = (struct valise_places){at, n, p->n > n};
	return arena_check(&ret->arena, err);
}

int valise_quote_places(struct valise *v, const char *exhibit, const char *quote, struct valise_places **ret,
			struct valise_err *err)
{
	CLEAN_EXHIBIT_SOURCE struct exhibit_source source = EXHIBIT_SOURCE_NONE;
	struct places places;
	bool is_new;
	struct places_result *result = calloc(1, sizeof *result);
	if (!result)
		return err_nomem(err);
	result->arena = (struct arena)ARENA_INIT(CHOICES_MAX * PLACES_BYTES);
	int r = exhibit_source(v, exhibit, false, &source, &is_new, err);
	if (!r)
		r = places_find(v, &source.body, quote, 0, &places, err);
	if (!r)
		r = list_places(&source.body, &places, result, err);
	if (r) {
		valise_places_free(&result->pub);
		return r;
	}
	*ret = &result->pub;
	return 0;
}
