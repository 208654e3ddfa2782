/* SPDX-License-Identifier: Apache-2.0 */
/* Every value of some accounts as text, so that two can be compared byte for byte. */
#ifndef TESTS_EVIDENCE_DUMP_H
#define TESTS_EVIDENCE_DUMP_H

#include <inttypes.h>

#include <valise/accounts.h>

#include "base/buf.h"

static inline void dump_text(struct buf *b, const char *name, const char *text)
{
	buf_addf(b, " %s=%s", name, text ? text : "(none)");
}

static inline void dump_offices(struct buf *b, const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_offices; i++) {
		const struct valise_office_view *o = &a->offices[i];
		buf_addf(b, "office %zu %d%d%d", i, o->is_self, o->checked, o->forked);
		dump_text(b, "id", o->id);
		dump_text(b, "fingerprint", o->fingerprint);
		dump_text(b, "name", o->name);
		dump_text(b, "petname", o->petname);
		buf_add_char(b, '\n');
	}
}

static inline void dump_said(struct buf *b, const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_said; i++) {
		const struct valise_said *s = &a->said[i];
		buf_addf(b, "said %zu by %zu at %" PRId64 " in %" PRId64 " nth %" PRIu64 " to %d:%zu %s %d%d%d", i,
			 s->office, s->time_s, s->taken_in_s, s->nth, s->has_to, s->to,
			 valise_standing_name(s->standing), s->counts, s->bystander, s->unattended);
		dump_text(b, "id", s->id);
		dump_text(b, "says", s->says);
		dump_text(b, "title", s->title);
		dump_text(b, "role", s->role);
		dump_text(b, "key", s->key);
		dump_text(b, "medium", s->medium);
		dump_text(b, "when", s->when);
		dump_text(b, "reason", s->reason);
		dump_text(b, "standing", s->standing_text);
		for (size_t k = 0; k < s->n_text; k++)
			dump_text(b, "text", s->text[k]);
		for (size_t k = 0; k < s->n_regarding; k++)
			dump_text(b, "regarding", s->regarding[k]);
		buf_add_char(b, '\n');
	}
}

static inline void dump_report(struct buf *b, const struct valise_reported *r)
{
	buf_addf(b,
		 "reported by %zu at %" PRId64 " in %" PRId64 " nth %" PRIu64 " of %d:%zu %d:%" PRId64 ":%" PRId64
		 " %s %d%d%d",
		 r->office, r->time_s, r->taken_in_s, r->nth, r->has_speaker_office, r->speaker_office, r->has_resolved,
		 r->resolved_from_s, r->resolved_to_s, valise_standing_name(r->standing), r->counts_as_filed,
		 r->unattended, r->quoted);
	dump_text(b, "id", r->id);
	dump_text(b, "says", r->says);
	dump_text(b, "speaker", r->speaker);
	dump_text(b, "addressee", r->speaker_addressee);
	dump_text(b, "of", r->of);
	dump_text(b, "verb", r->verb);
	dump_text(b, "medium", r->medium);
	dump_text(b, "carriage", r->carriage);
	dump_text(b, "when", r->when);
	dump_text(b, "where", r->where);
	dump_text(b, "title", r->title);
	dump_text(b, "role", r->role);
	dump_text(b, "key", r->key);
	dump_text(b, "standing", r->standing_text);
	dump_text(b, "sentence", r->sentence);
	for (size_t k = 0; k < r->n_via; k++)
		dump_text(b, "via", r->via[k]);
	for (size_t k = 0; k < r->n_regarding; k++)
		dump_text(b, "regarding", r->regarding[k]);
	for (size_t k = 0; k < r->n_corrected_by; k++)
		dump_text(b, "corrected", r->corrected_by[k]);
	for (size_t k = 0; k < r->n_spans; k++) {
		const struct valise_reported_span *s = &r->spans[k];
		buf_addf(b, " span %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %s", s->exhibit_bytes, s->offset, s->length,
			 s->is_cut, valise_span_check_name(s->check));
		dump_text(b, "exhibit", s->exhibit);
		dump_text(b, "words", s->words);
	}
	buf_add_char(b, '\n');
}

static inline void dump_reported(struct buf *b, const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_reported; i++)
		dump_report(b, &a->reported[i]);
	for (size_t i = 0; i < a->n_speakers; i++) {
		dump_text(b, "speaker", a->speakers[i].speaker);
		for (size_t k = 0; k < a->speakers[i].n_reported; k++)
			buf_addf(b, " %zu", a->speakers[i].reported[k]);
		buf_add_char(b, '\n');
	}
}

static inline void dump_parties(struct buf *b, const struct valise_accounts *a)
{
	for (size_t i = 0; i < a->n_parties; i++) {
		const struct valise_party *p = &a->parties[i];
		buf_addf(b, "party %zd %d%d%d%d %s %d", (ssize_t)p->office, p->is_sender, p->is_recipient, p->is_holder,
			 p->is_bystander, valise_state_name(p->state), p->past_answer_by);
		dump_text(b, "addressee", p->addressee);
		for (size_t k = 0; k < p->n_identified_as; k++)
			dump_text(b, "identified as", p->identified_as[k]);
		dump_text(b, "service", p->service);
		dump_text(b, "sentence", p->sentence);
		for (size_t k = 0; k < p->n_said; k++)
			buf_addf(b, " %zu", p->said[k]);
		for (size_t k = 0; k < p->n_reported; k++)
			buf_addf(b, " reported %zu", p->reported[k]);
		buf_add_char(b, '\n');
	}
	for (size_t i = 0; i < a->n_disagreements; i++) {
		const struct valise_disagreement *d = &a->disagreements[i];
		buf_addf(b, "disagreement %s: %s", d->kind, d->text);
		for (size_t k = 0; k < d->n_notes; k++)
			buf_addf(b, " %s", d->notes[k]);
		buf_add_char(b, '\n');
	}
}

static inline void dump_accounts(struct buf *b, const struct valise_accounts *a)
{
	dump_text(b, "letter", a->letter);
	dump_text(b, "short", a->short_id);
	dump_text(b, "sentence", a->sentence);
	dump_text(b, "ref", a->ref);
	dump_text(b, "subject", a->subject);
	dump_text(b, "paper", a->paper);
	dump_text(b, "bytes", a->bytes_text);
	dump_text(b, "signatures", a->signatures_text);
	dump_text(b, "sealed", a->sealed_by);
	dump_text(b, "keys", a->keys_text);
	buf_addf(b, "\n%" PRId64 " %d %" PRId64 " %" PRIu64 " %" PRIu64 " %s %d %d %s %d\n", a->date_s,
		 a->has_answer_by, a->answer_by_s, a->body_bytes, a->cover_bytes, valise_bytes_name(a->bytes),
		 a->signatures_valid, a->sender_standing_good, valise_standing_name(a->sender_standing), a->keys_known);
	dump_offices(b, a);
	dump_said(b, a);
	dump_reported(b, a);
	dump_parties(b, a);
	for (size_t i = 0; i < a->n_disclosed; i++) {
		const struct valise_disclosed *d = &a->disclosed[i];
		buf_addf(b, "disclosed %" PRIu64 " %d %" PRIu64, d->number, d->is_subject, d->bytes);
		dump_text(b, "subject", d->subject);
		dump_text(b, "name", d->name);
		dump_text(b, "kind", d->kind);
		dump_text(b, "sha256", d->sha256);
		dump_text(b, "confirmed", d->confirmed_by);
		buf_add_char(b, '\n');
	}
	for (size_t i = 0; i < a->n_not_shown; i++)
		buf_addf(b, "not shown: %s\n", a->not_shown[i]);
}

#endif
