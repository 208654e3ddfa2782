/* SPDX-License-Identifier: Apache-2.0 */
/* Seals, statements and reports from bags: verified, then kept if they concern us or a letter that is here. */
#include "office/taking.h"

#include "format/paper_code.h"
#include "spool/bags.h"
#include "spool/id_range.h"

/* ---- Seals ---- */

bool take_in_is_named(const struct hash *id, struct str ref, const char *name)
{
	struct str typed = str_of(name);
	struct id_range range;
	struct hash scanned;
	if (paper_code_parse(VALISE_PAPER_LETTER, typed, &scanned))
		return hash_eq(&scanned, id);
	return (typed.len && str_eq(ref, typed)) || (id_range_of_hex(typed, &range) && id_range_has(&range, id)) ||
	       (id_range_of_short(typed, &range) && id_range_has(&range, id));
}

/* Ours, wrapped for us, named, or everything asked for: a stranger's letter on a stick is left where it lies. */
static bool is_wanted(const struct take_in *t, const struct verified_seal *seal)
{
	if (t->o.look || t->o.all || t->wrapped || hash_eq(&seal->s.from.office, &t->v->self) ||
	    seal_recipient(&seal->s, &t->v->self) >= 0 ||
	    (seal->s.n_addressees && hashes_have(&t->identified, &seal->note.id)))
		return true;
	for (size_t i = 0; i < t->o.n_names; i++)
		if (take_in_is_named(&seal->note.id, seal->s.ref, t->o.names[i]))
			return true;
	return false;
}

/* A letter that was let go of may have named this one's body: then what was passed over of it is looked at once more. */
static int want_again(struct take_in *t, const struct verified_seal *seal)
{
	bool gone = false;
	int r = seal->s.paper.at ? 0 : body_was_let_go(t->v->spool, &seal->s.body, &gone, t->err);
	if (r || !gone)
		return r;
	t->orphans = true;
	return bag_seen_forget(t->v->spool, t->err);
}

/* The note in hand, verified: ahead of its turn, or now. */
static int verify_seal(struct take_in *t, const struct bag_record *rec, struct verified_seal **ret,
		       struct valise_err *why)
{
	struct checked_note *c = t->checked;
	if (!c || (!c->seal && !c->code))
		return seal_verify(rec->data, rec->len, ret, why);
	*why = c->why;
	*ret = TAKE(c->seal);
	return c->code;
}

static int verify_statement(struct take_in *t, const struct bag_record *rec, struct verified_statement **ret,
			    struct valise_err *why)
{
	struct checked_note *c = t->checked;
	if (!c || (!c->statement && !c->code))
		return statement_verify(rec->data, rec->len, ret, why);
	*why = c->why;
	*ret = TAKE(c->statement);
	return c->code;
}

int take_record_look(struct take_in *t, enum note_kind kind, const struct bag_record *rec, enum note_here *ret)
{
	return note_here(t->v->spool, kind, &rec->of, (struct str){(const char *)rec->data, rec->len}, ret, t->err);
}

static int take_note_look(struct take_in *t, const struct note *note, enum note_here *ret)
{
	return note_here(t->v->spool, note->kind, &note->id, (struct str){note->bytes, note->len}, ret, t->err);
}

int take_note_again(struct take_in *t, const struct note *note, const char *of)
{
	bool mended = false;
	if (t->o.look)
		return take_in_finding(t, of, "what is damaged of it on this disk lies there whole");
	int r = take_in_begin(t);
	if (!r)
		r = note_mend(t->v->spool, note, &mended, t->err);
	if (r || !mended)
		return r;
	r = take_in_finding(t, of, "what was damaged of it on this disk came again, and is whole");
	return r ? r : take_in_count(t);
}

static int take_seal(struct take_in *t, const struct bag_record *rec)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	struct valise_err why = {0};
	struct letter_row row;
	enum note_here here = NOTE_ABSENT;
	bool held;
	size_t i;
	int r = take_held_arrival(t, &rec->of, &held);
	if (!r)
		r = take_record_look(t, NOTE_SEAL, rec, &here);
	if (r || (held && here != NOTE_DAMAGED))
		return r;
	r = verify_seal(t, rec, &seal, &why);
	if (r)
		return take_in_refuse(t, r, "a letter was refused, its seal is not sound", &why);
	/* The record's own word for its id proves nothing. */
	if (here == NOTE_DAMAGED || !hash_eq(&rec->of, &seal->note.id))
		r = take_note_look(t, &seal->note, &here);
	if (!r && here == NOTE_DAMAGED)
		r = take_note_again(t, &seal->note, hash_short(&seal->note.id).text);
	if (!r)
		r = take_held_arrival(t, &seal->note.id, &held);
	if (r || held || (t->o.look && here == NOTE_DAMAGED))
		return r;
	if (!is_wanted(t, seal)) {
		t->orphans = true; /* it may be named another time: this bag is not done with */
		return 0;
	}
	r = take_new_arrival(t, seal, false, &i);
	if (r)
		return r;
	t->arrivals[i].is_new = true;
	if (t->o.look)
		return take_in_count(t);
	r = take_in_begin(t);
	if (!r)
		r = want_again(t, seal);
	if (!r)
		r = letter_put(t->v->spool, seal, hash_eq(&seal->s.from.office, &t->v->self), NULL, t->err);
	if (!r)
		r = letter_row(t->v->spool, &seal->note.id, &row, t->err);
	if (r)
		return r;
	t->arrivals[i].has_cover = row.has_cover; /* both may have come with another letter */
	t->arrivals[i].is_broken = row.is_broken;
	if (row.has_body)
		take_body_is_here(t, &row.body, row.body_bytes);
	return take_in_count(t);
}

/* ---- Statements and reports ---- */

/* A letter that is left where it lies may have us for an addressee: then it is worth another pass. */
static int await_identified(struct take_in *t, const struct verified_statement *s)
{
	if (s->s.says != SAYS_IDENTIFIED || !hash_eq(&s->s.to, &t->v->self) ||
	    hashes_have(&t->identified, &s->s.letter))
		return 0;
	t->taken++;
	return hashes_add(&t->identified, &s->s.letter, t->err);
}

/* Whether there is room for one more; that there is none is told once of a letter. */
static int look_for_room(struct take_in *t, struct note_room *room, const struct note_author *by, const char *noun,
			 bool *ret_room)
{
	CLEAN_BUF struct buf what = BUF_INIT(256);
	*ret_room = true;
	int r = t->o.look ? 0 : note_room_look(t->v, room, by, ret_room, t->err);
	if (r || *ret_room || room->has_told)
		return r;
	buf_addf(&what, "%s of %s were passed over", noun, hash_short(by->letter).text);
	room->has_told = t->r.damaged = true;
	return take_in_finding(t, buf_check(&what, "a finding", NULL) ? noun : (const char *)what.data,
			       "a letter has room for so many by one key, and for fewer by people whom neither it nor "
			       "you know; what was here stays");
}

static int take_statement(struct take_in *t, const struct bag_record *rec)
{
	CLEAN_STATEMENT struct verified_statement *v = NULL;
	struct valise_err why = {0};
	enum note_here found = NOTE_ABSENT;
	bool here, has_room, is_new = false;
	int r = take_record_look(t, NOTE_STATEMENT, rec, &found);
	if (r || found == NOTE_SOUND)
		return r;
	r = verify_statement(t, rec, &v, &why);
	if (r)
		return take_in_refuse(t, r, "a statement was refused", &why);
	const struct statement *s = &v->s;
	/* The record's own word for its id proves nothing. */
	if (found == NOTE_DAMAGED || !hash_eq(&rec->of, &v->note.id))
		r = take_note_look(t, &v->note, &found);
	if (r || found == NOTE_SOUND)
		return r;
	if (found == NOTE_DAMAGED)
		return take_note_again(t, &v->note, hash_short(&s->letter).text);
	r = take_held_arrival(t, &s->letter, &here);
	if (r)
		return r;
	if (!here) {
		t->orphans = true;
		return await_identified(t, v);
	}
	const struct note_author by = {&s->letter, &v->note.id, &s->office, &s->by, s->role, s->time_s};
	r = look_for_room(t, &t->statements, &by, "statements", &has_room);
	if (r || !has_room)
		return r;
	r = hashes_add(&t->concerned, &s->office.office, t->err);
	if (!r && s->has_to)
		r = hashes_add(&t->concerned, &s->to, t->err);
	if (!r)
		r = take_in_begin(t);
	if (!r)
		r = t->o.look ? take_in_first_look(t, &v->note.id, &is_new)
			      : statement_put(t->v->spool, v, &is_new, t->err);
	if (r || !is_new)
		return r;
	note_room_used(&t->statements);
	t->r.statements++;
	return take_in_count(t);
}

static int take_report(struct take_in *t, const struct bag_record *rec)
{
	CLEAN_REPORT struct verified_report *v = NULL;
	struct valise_err why = {0};
	enum note_here found = NOTE_ABSENT;
	bool here, has_room = true, is_new = false;
	int r = report_verify(rec->data, rec->len, &v, &why);
	if (r)
		return take_in_refuse(t, r, "a report was refused", &why);
	const struct report *p = &v->r;
	r = take_note_look(t, &v->note, &found);
	if (!r && found == NOTE_DAMAGED)
		r = take_note_again(t, &v->note, hash_short(&p->letter).text);
	if (!r)
		r = take_held_arrival(t, &p->letter, &here);
	if (r)
		return r;
	if (!here) {
		t->orphans = true;
		return 0;
	}
	const struct note_author by = {&p->letter, &v->note.id, &p->office, &p->by, p->role, p->time_s};
	r = hashes_add(&t->concerned, &p->office.office, t->err);
	if (r || found != NOTE_ABSENT)
		return r ? r : take_exhibits_named(t, p);
	r = look_for_room(t, &t->reports, &by, "reports", &has_room);
	if (r || !has_room)
		return r;
	r = take_in_begin(t);
	if (!r)
		r = t->o.look ? take_in_first_look(t, &v->note.id, &is_new)
			      : report_put(t->v->spool, v, &is_new, t->err);
	if (!r)
		r = take_exhibits_named(t, p);
	if (r || !is_new)
		return r;
	note_room_used(&t->reports);
	t->r.reports++;
	return take_in_count(t);
}

static int (*const take_note_of[NOTE_KINDS])(struct take_in *, const struct bag_record *) = {
	[NOTE_REGISTER] = take_entry, [NOTE_SEAL] = take_seal, [NOTE_STATEMENT] = take_statement,
	[NOTE_REPORT] = take_report,  [NOTE_REQUEST] = NULL, /* is no evidence: it goes to a keeper by hand */
};

int take_note(struct take_in *t, const struct bag_record *rec)
{
	struct str bytes = {(const char *)rec->data, rec->len};
	for (unsigned k = 0; k < NOTE_KINDS; k++)
		if (str_starts(bytes, str_of(note_kinds[k].first_line)))
			return take_note_of[k] ? take_note_of[k](t, rec) : 0;
	return 0; /* a kind of a later version */
}
