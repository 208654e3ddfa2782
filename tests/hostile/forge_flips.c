/* SPDX-License-Identifier: Apache-2.0 */
/* Every bit of a bag, and every byte of a dossier, changed one at a time inside of one process. */
#include <valise/valise.h>

#include <inttypes.h>
#include <string.h>

#include "crypto/digest.h"
#include "forge.h"
#include "format/bag_frame.h"

#define RECORDS_MAX 64u
#define CARDS_MAX 8u

/* ---- Records that are framed soundly, each with one bit flipped ---- */

/* RECORD: KIND:OF:AT:FILE. The bag goes to standard output: header, then all of them, without a trailer. */
int forge_flipped_records(int n, char **args)
{
	static const char *const names[BAG_KINDS] = {"end", "note", "cover", "body", "tally", "piece", "exhibit"};
	CLEAN_BUF struct buf bag = FORGE_BUF;
	struct hash id = derive("bag", "flipped");
	buf_add(&bag, bag_first_line, BAG_HEADER_BYTES - BAG_ID_BYTES);
	buf_add(&bag, id.bytes, BAG_ID_BYTES);
	for (int i = 0; i < n; i++) {
		CLEAN_BUF struct buf data = FORGE_BUF;
		char *w[4];
		unsigned kind = 0;
		if (split(args[i], w, 4) != 4)
			give_up("KIND:OF:AT:FILE");
		while (kind < BAG_KINDS && strcmp(names[kind], w[0]) != 0)
			kind++;
		struct hash of = hash_arg(w[1]);
		slurp(w[3], &data);
		for (size_t k = 0; k < data.len; k++) {
			uint8_t flip = (uint8_t)(1u << (k % 8));
			data.data[k] ^= flip;
			/* A body is asked for by its root, so that it must be said to be what it is not. */
			frame_record(&bag, kind, &of, (uint32_t)number_arg(w[2]), NULL, buf_str(&data));
			data.data[k] ^= flip;
		}
	}
	spit("-", buf_str(&bag));
	return 0;
}

/* ---- A whole bag ---- */

struct seen_records {
	struct hash digests[RECORDS_MAX];
	size_t n, lost_from; /* lost_from: how many came of a flipped bag */
	bool learning;
	const char *wrong;
};

static int see_record(void *context, const struct bag_record *r)
{
	struct seen_records *s = context;
	uint8_t frame[BAG_FRAME_BYTES];
	bag_frame_write(r, frame);
	struct span spans[] = {{frame, sizeof frame}, {r->data, r->len}};
	struct hash h;
	digest_spans(spans, 2, &h);
	if (s->learning && s->n < RECORDS_MAX) {
		s->digests[s->n++] = h;
		return 0;
	}
	s->lost_from++;
	for (size_t i = 0; i < s->n; i++)
		if (hash_eq(&s->digests[i], &h))
			return 0;
	s->wrong = "a record came out that was never put in";
	return 0;
}

static enum bag_verdict push_all(const struct buf *bag, struct seen_records *s)
{
	CLEAN_BAG_READER struct bag_reader *r = NULL;
	struct bag_result result;
	MUST(bag_reader_new(see_record, s, &r, &err));
	MUST(bag_reader_push(r, bag->data, bag->len, &err));
	MUST(bag_reader_end(r, &result, &err));
	return result.verdict;
}

int forge_flip_bag(int n, char **args)
{
	CLEAN_BUF struct buf bag = FORGE_BUF;
	struct seen_records s = {.learning = true};
	size_t flips = 0;
	if (n != 1)
		give_up("a bag is needed");
	slurp(args[0], &bag);
	if (push_all(&bag, &s) != BAG_WHOLE || s.n == 0)
		give_up("the bag is not whole to begin with");
	s.learning = false;
	for (size_t i = 0; i < bag.len; i++)
		for (unsigned bit = 0; bit < 8; bit++, flips++) {
			bag.data[i] ^= (uint8_t)(1u << bit);
			s.lost_from = 0;
			enum bag_verdict v = push_all(&bag, &s);
			bag.data[i] ^= (uint8_t)(1u << bit);
			/* The id is random: another id is another whole bag. */
			bool is_id = i >= BAG_HEADER_BYTES - BAG_ID_BYTES && i < BAG_HEADER_BYTES;
			if (v == BAG_WHOLE && !is_id)
				s.wrong = "the change was not noticed";
			if (s.lost_from + 1 < s.n)
				s.wrong = "more than one record was lost";
			if (s.wrong)
				give_up("byte %zu, bit %u: %s", i, bit, s.wrong);
		}
	(void)printf("%zu flips, %zu records\n", flips, s.n);
	return 0;
}

/* ---- A dossier ---- */

/* What a dossier means: each counted statement with what it says, and whose it is. */
struct meaning {
	char *lines[256];
	size_t n;
	char *head; /* of the letter itself */
};

static void meaning_release(struct meaning *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->lines[i]);
	free(m->head);
	*m = (struct meaning){.n = 0};
}

static const char *or_none(const char *s)
{
	return s ? s : "-";
}

static void add_said(struct meaning *m, const struct valise_accounts *a, const struct valise_said *s)
{
	CLEAN_BUF struct buf b = FORGE_BUF;
	const struct valise_office_view *o = &a->offices[s->office];
	buf_addf(&b, "%s %s %s %s %s %s %" PRId64 " %" PRIu64 " %s %s %s %s", s->id, s->says, o->id, or_none(o->name),
		 or_none(s->title), s->role, s->time_s, s->nth, or_none(s->medium), or_none(s->when),
		 or_none(s->reason), s->has_to ? a->offices[s->to].id : "-");
	for (size_t i = 0; i < s->n_text; i++)
		buf_addf(&b, " \"%s\"", s->text[i]);
	if (m->n == sizeof m->lines / sizeof m->lines[0])
		give_up("too many statements");
	m->lines[m->n++] = (char *)buf_take(&b, NULL);
}

static void add_line(struct meaning *m, struct buf *b)
{
	if (m->n == sizeof m->lines / sizeof m->lines[0])
		give_up("too many lines of meaning");
	m->lines[m->n++] = (char *)buf_take(b, NULL);
}

/* What an excerpt has proves nothing, so that only words out of a whole exhibit are meant; they can be lost with the report still there. */
static void add_reported(struct meaning *m, const struct valise_accounts *a, const struct valise_reported *r)
{
	CLEAN_BUF struct buf b = FORGE_BUF;
	buf_addf(&b, "reported %s %s %s %s by %s at %" PRId64 " nth %" PRIu64, r->says, r->speaker, r->verb,
		 r->has_speaker_office ? a->offices[r->speaker_office].id : "-", a->offices[r->office].id, r->time_s,
		 r->nth);
	for (size_t i = 0; i < r->n_spans; i++)
		buf_addf(&b, " %s %" PRIu64 " %" PRIu64, r->spans[i].exhibit, r->spans[i].offset, r->spans[i].length);
	add_line(m, &b);
	for (size_t i = 0; i < r->n_spans; i++) {
		CLEAN_BUF struct buf words = FORGE_BUF;
		if (r->spans[i].check != VALISE_SPAN_CHECKED)
			continue;
		buf_addf(&words, "words %s %s", r->spans[i].exhibit, r->spans[i].words);
		add_line(m, &words);
	}
}

static void add_disclosed(struct meaning *m, const struct valise_disclosed *d)
{
	CLEAN_BUF struct buf b = FORGE_BUF;
	buf_addf(&b, "disclosed %s %s %s %s %" PRIu64, or_none(d->subject), or_none(d->name), or_none(d->kind),
		 or_none(d->sha256), d->bytes);
	m->lines[m->n++] = (char *)buf_take(&b, NULL);
}

/* False when the dossier is refused as a whole. */
static bool meaning_of(const struct buf *dossier, const struct valise_known *known, size_t n_known, struct meaning *ret)
{
	struct valise_accounts *a = NULL;
	CLEAN_BUF struct buf head = FORGE_BUF;
	const struct valise_verifying with = {.known = known, .n_known = n_known, .now_s = 1795400000};
	if (valise_verify(dossier->data, dossier->len, &with, &a, NULL))
		return false;
	for (size_t i = 0; i < a->n_said; i++)
		if (a->said[i].counts)
			add_said(ret, a, &a->said[i]);
	for (size_t i = 0; i < a->n_reported; i++)
		if (a->reported[i].counts_as_filed)
			add_reported(ret, a, &a->reported[i]);
	for (size_t i = 0; i < a->n_disclosed; i++)
		add_disclosed(ret, &a->disclosed[i]);
	buf_addf(&head, "%s %" PRId64 " %s %s", a->letter, a->date_s, or_none(a->ref), or_none(a->paper));
	for (size_t i = 0; i < a->n_parties; i++)
		if (a->parties[i].office != SIZE_MAX && (a->parties[i].is_sender || a->parties[i].is_recipient))
			buf_addf(&head, " %s", a->offices[a->parties[i].office].id);
	ret->head = (char *)buf_take(&head, NULL);
	valise_accounts_free(a);
	return true;
}

/* NULL when `now` holds nothing that `before` did not. */
static const char *grown(const struct meaning *before, const struct meaning *now)
{
	if (strcmp(before->head, now->head) != 0)
		return now->head;
	for (size_t i = 0; i < now->n; i++) {
		size_t k = 0;
		while (k < before->n && strcmp(before->lines[k], now->lines[i]) != 0)
			k++;
		if (k == before->n)
			return now->lines[i];
	}
	return NULL;
}

static void try_flip(struct buf *dossier, size_t i, uint8_t flip, const struct valise_known *known, size_t n_known,
		     const struct meaning *before, size_t *ret_sound)
{
	struct meaning now = {.n = 0};
	dossier->data[i] ^= flip;
	bool read = meaning_of(dossier, known, n_known, &now);
	const char *wrong = read ? grown(before, &now) : NULL;
	if (wrong)
		give_up("byte %zu changed by %02x: it now means: %s", i, flip, wrong);
	dossier->data[i] ^= flip;
	*ret_sound += read && now.n == before->n;
	meaning_release(&now);
}

int forge_flip_dossier(int n, char **args)
{
	static const uint8_t flips[] = {0x01, 0x20, 0x80};
	CLEAN_BUF struct buf dossier = FORGE_BUF;
	struct buf cards[CARDS_MAX];
	struct valise_known known[CARDS_MAX];
	struct meaning before = {.n = 0};
	size_t n_known = 0, sound = 0;
	if (n < 1 || n > (int)CARDS_MAX)
		give_up("a dossier is needed");
	slurp(args[0], &dossier);
	for (int i = 1; i < n; i++, n_known++) {
		cards[n_known] = (struct buf)FORGE_BUF;
		slurp(args[i], &cards[n_known]);
		known[n_known] = (struct valise_known){.card = cards[n_known].data, .len = cards[n_known].len};
	}
	if (!meaning_of(&dossier, known, n_known, &before) || before.n == 0)
		give_up("the dossier is not sound to begin with");
	for (size_t i = 0; i < dossier.len; i++)
		try_flip(&dossier, i, flips[i % sizeof flips], known, n_known, &before, &sound);
	(void)printf("%zu flips of %zu lines of meaning; %zu lost nothing\n", dossier.len, before.n, sound);
	meaning_release(&before);
	for (size_t i = 0; i < n_known; i++)
		buf_release(&cards[i]);
	return 0;
}
