/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts as JSON: every member always there, null where there is nothing (spec/json.md). */
#include "cli/show_accounts.h"

/* ---- Offices are named by their place in "offices" ---- */

static void put_office(struct json *j, const char *key, const struct valise_accounts *a, size_t office)
{
	json_text(j, key, office < a->n_offices ? a->offices[office].id : NULL);
}

static void put_offices(struct json *j, const struct valise_accounts *a)
{
	json_open_list(j, "offices");
	for (size_t i = 0; i < a->n_offices; i++) {
		const struct valise_office_view *o = &a->offices[i];
		json_open_object(j, NULL);
		json_text(j, "id", o->id);
		json_text(j, "fingerprint", o->fingerprint);
		json_text(j, "name", o->name);
		json_text(j, "petname", o->petname);
		json_bool(j, "is_self", o->is_self);
		json_bool(j, "checked", o->checked);
		json_bool(j, "forked", o->forked);
		json_close(j);
	}
	json_close(j);
}

static void put_said(struct json *j, const struct valise_accounts *a, const struct valise_said *s)
{
	json_open_object(j, NULL);
	json_text(j, "id", s->id);
	json_text(j, "says", s->says);
	put_office(j, "office", a, s->office);
	json_text(j, "title", s->title);
	json_text(j, "role", s->role);
	json_text(j, "key", s->key);
	json_time(j, "time", true, s->time_s);
	json_time(j, "taken_in", s->taken_in_s != 0, s->taken_in_s);
	json_number(j, "nth", s->nth);
	put_office(j, "to", a, s->has_to ? s->to : SIZE_MAX);
	json_text(j, "medium", s->medium);
	json_text(j, "when", s->when);
	json_text(j, "reason", s->reason);
	json_texts(j, "text", s->text, s->n_text);
	json_texts(j, "regarding", s->regarding, s->n_regarding);
	json_text(j, "standing", valise_standing_name(s->standing));
	json_text(j, "standing_text", s->standing_text);
	json_bool(j, "counts", s->counts);
	json_bool(j, "bystander", s->bystander);
	json_bool(j, "unattended", s->unattended);
	json_close(j);
}

static void put_span(struct json *j, const struct valise_reported_span *s)
{
	json_open_object(j, NULL);
	json_text(j, "exhibit", s->exhibit);
	json_number(j, "exhibit_bytes", s->exhibit_bytes);
	json_number(j, "offset", s->offset);
	json_number(j, "length", s->length);
	json_text(j, "words", s->words);
	json_bool(j, "is_cut", s->is_cut);
	json_text(j, "check", valise_span_check_name(s->check));
	json_close(j);
}

static void put_source(struct json *j, const struct valise_accounts *a, const struct valise_reported *r)
{
	json_text(j, "speaker", r->speaker);
	put_office(j, "speaker_office", a, r->has_speaker_office ? r->speaker_office : SIZE_MAX);
	json_text(j, "speaker_addressee", r->speaker_addressee);
	json_text(j, "of", r->of);
	json_texts(j, "via", r->via, r->n_via);
	json_text(j, "verb", r->verb);
	json_text(j, "medium", r->medium);
	json_text(j, "carriage", r->carriage);
	json_text(j, "when", r->when);
	json_time(j, "resolved_from", r->has_resolved, r->resolved_from_s);
	json_time(j, "resolved_to", r->has_resolved, r->resolved_to_s);
	json_bool(j, "quoted", r->quoted);
	json_open_list(j, "spans");
	for (size_t i = 0; i < r->n_spans; i++)
		put_span(j, &r->spans[i]);
	json_close(j);
	json_text(j, "where", r->where);
}

static void put_reported(struct json *j, const struct valise_accounts *a, const struct valise_reported *r)
{
	json_open_object(j, NULL);
	json_text(j, "id", r->id);
	json_text(j, "says", r->says);
	put_source(j, a, r);
	put_office(j, "office", a, r->office);
	json_text(j, "title", r->title);
	json_text(j, "role", r->role);
	json_text(j, "key", r->key);
	json_time(j, "time", true, r->time_s);
	json_time(j, "taken_in", r->taken_in_s != 0, r->taken_in_s);
	json_number(j, "nth", r->nth);
	json_texts(j, "regarding", r->regarding, r->n_regarding);
	json_texts(j, "corrected_by", r->corrected_by, r->n_corrected_by);
	json_text(j, "standing", valise_standing_name(r->standing));
	json_text(j, "standing_text", r->standing_text);
	json_bool(j, "counts_as_filed", r->counts_as_filed);
	json_bool(j, "unattended", r->unattended);
	json_text(j, "sentence", r->sentence);
	json_close(j);
}

static void put_reported_ids(struct json *j, const struct valise_accounts *a, const size_t *reported, size_t n)
{
	json_open_list(j, "reported");
	for (size_t i = 0; i < n; i++)
		json_text(j, NULL, a->reported[reported[i]].id);
	json_close(j);
}

static void put_hearsay(struct json *j, const struct valise_accounts *a)
{
	json_open_list(j, "reported");
	for (size_t i = 0; i < a->n_reported; i++)
		put_reported(j, a, &a->reported[i]);
	json_close(j);
	json_open_list(j, "speakers");
	for (size_t i = 0; i < a->n_speakers; i++) {
		json_open_object(j, NULL);
		json_text(j, "speaker", a->speakers[i].speaker);
		put_reported_ids(j, a, a->speakers[i].reported, a->speakers[i].n_reported);
		json_close(j);
	}
	json_close(j);
}

static void put_party(struct json *j, const struct valise_accounts *a, const struct valise_party *p)
{
	json_open_object(j, NULL);
	put_office(j, "office", a, p->office);
	json_text(j, "addressee", p->addressee);
	json_texts(j, "identified_as", p->identified_as, p->n_identified_as);
	json_bool(j, "is_sender", p->is_sender);
	json_bool(j, "is_recipient", p->is_recipient);
	json_bool(j, "is_holder", p->is_holder);
	json_bool(j, "is_bystander", p->is_bystander);
	json_text(j, "state", p->is_recipient ? valise_state_name(p->state) : NULL);
	json_text(j, "service", p->service);
	json_bool(j, "past_answer_by", p->past_answer_by);
	json_text(j, "sentence", p->sentence);
	json_open_list(j, "said");
	for (size_t i = 0; i < p->n_said; i++)
		json_text(j, NULL, a->said[p->said[i]].id);
	json_close(j);
	put_reported_ids(j, a, p->reported, p->n_reported);
	json_close(j);
}

static void put_disclosed(struct json *j, const struct valise_disclosed *d)
{
	json_open_object(j, NULL);
	json_number(j, "number", d->number);
	json_text(j, "kind", d->is_subject ? "subject" : d->kind);
	json_text(j, "subject", d->is_subject ? d->subject : NULL);
	json_text(j, "name", d->is_subject ? NULL : d->name);
	json_text(j, "sha256", d->is_subject ? NULL : d->sha256);
	json_number(j, "bytes", d->bytes);
	json_text(j, "confirmed_by", d->confirmed_by);
	json_close(j);
}

static void put_verdicts(struct json *j, const struct valise_accounts *a)
{
	json_text(j, "bytes", valise_bytes_name(a->bytes));
	json_text(j, "bytes_text", a->bytes_text);
	json_bool(j, "signatures_valid", a->signatures_valid);
	json_text(j, "signatures_text", a->signatures_text);
	json_text(j, "sender_standing", valise_standing_name(a->sender_standing));
	json_text(j, "sealed_by", a->sealed_by);
	json_bool(j, "keys_known", a->keys_known);
	json_text(j, "keys_text", a->keys_text);
	json_texts(j, "broken", a->broken, a->n_broken);
}

void json_accounts(struct json *j, const char *key, const struct valise_accounts *a)
{
	json_open_object(j, key);
	json_text(j, "letter", a->letter);
	json_text(j, "short", a->short_id);
	json_text(j, "sentence", a->sentence);
	json_time(j, "as_of", a->has_as_of, a->as_of_s);
	json_time(j, "date", true, a->date_s);
	json_text(j, "ref", a->ref);
	json_text(j, "subject", a->subject);
	json_text(j, "paper", a->paper);
	json_time(j, "answer_by", a->has_answer_by, a->answer_by_s);
	json_number(j, "body_bytes", a->body_bytes);
	json_number(j, "cover_bytes", a->cover_bytes);
	put_verdicts(j, a);
	put_offices(j, a);
	json_open_list(j, "parties");
	for (size_t i = 0; i < a->n_parties; i++)
		put_party(j, a, &a->parties[i]);
	json_close(j);
	json_open_list(j, "said");
	for (size_t i = 0; i < a->n_said; i++)
		put_said(j, a, &a->said[i]);
	json_close(j);
	put_hearsay(j, a);
	json_open_list(j, "disagreements");
	for (size_t i = 0; i < a->n_disagreements; i++) {
		const struct valise_disagreement *d = &a->disagreements[i];
		json_open_object(j, NULL);
		json_text(j, "kind", d->kind);
		json_text(j, "text", d->text);
		json_texts(j, "notes", d->notes, d->n_notes);
		json_close(j);
	}
	json_close(j);
	json_open_list(j, "disclosed");
	for (size_t i = 0; i < a->n_disclosed; i++)
		put_disclosed(j, &a->disclosed[i]);
	json_close(j);
	json_texts(j, "not_shown", a->not_shown, a->n_not_shown);
	json_close(j);
}
