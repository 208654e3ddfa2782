/* SPDX-License-Identifier: Apache-2.0 */
/* Letting go of letters: their bytes go from this machine, what is known of them stays. */
#include "office/office.h"

#include <stdio.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"

#define COMMIT_EVERY 1000u

struct going {
	struct hash id;
	struct valise_letting_go view;
};

struct valise_forget_draft {
	struct going *at;
	size_t n, cap;
	bool cover, anyway;
	struct spool_changes looked_at;
	struct hashes gone; /* before; a kill may have left their files */
	size_t n_unread;
};

void valise_forget_draft_free(struct valise_forget_draft *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		free((char *)(uintptr_t)d->at[i].view.letter);
		free((char *)(uintptr_t)d->at[i].view.short_id);
		free((char *)(uintptr_t)d->at[i].view.ref);
	}
	hashes_release(&d->gone);
	free(d->at);
	free(d);
}

static void draft_freep(struct valise_forget_draft **d)
{
	valise_forget_draft_free(*d);
}

size_t valise_forget_count(const struct valise_forget_draft *d)
{
	return d->n;
}

size_t valise_forget_unread(const struct valise_forget_draft *d)
{
	return d->n_unread;
}

const struct valise_letting_go *valise_forget_at(const struct valise_forget_draft *d, size_t i)
{
	return &d->at[i].view;
}

int office_not_whole(struct valise *v, const struct hash *letter, int code, const char *so, struct valise_err *err)
{
	struct let_go gone;
	struct hash_short id = hash_short(letter);
	int r = letter_let_go_look(v->spool, letter, &gone, err);
	if (r)
		return r;
	if (gone.is_gone)
		return err_set(
			err, code,
			"the bytes of %s were let go of here at %s, so %s; `valise forget --undo %s` lets a sync bring them again",
			id.text, time_text(gone.when_s).text, so, id.text);
	return err_set(err, code, "not every byte of %s is here, so %s; sync again first", id.text, so);
}

/* ---- What speaks for keeping it ---- */

/* "Mission Oslo and 2 more" */
static int name_missing(struct valise *v, const struct hashes *missing, struct buf *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = register_set_load(v, missing->at, 1, &set, err);
	if (!r)
		r = office_show(v, &set, &missing->at[0], ret, err);
	if (!r && missing->n > 1)
		buf_addf(ret, " and %zu more", missing->n - 1);
	return r;
}

/* A recipient that says that it does not fit together, which the bytes prove or disprove. */
static const struct hash *find_defect(const struct gathered *g, const struct hashes *to)
{
	for (size_t i = 0; i < to->n; i++)
		if (gathered_word(g, &to->at[i], SAYS_DEFECT))
			return &to->at[i];
	return NULL;
}

/* A sentence into `why`; nothing when nothing does. Its keep-until is for who carries it: a sender keeps what has not arrived. */
static int why_keep(struct valise *v, const struct gathered *g, struct buf *why, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes missing = {0}, to = {0};
	const struct seal *s = &g->seal->s;
	bool is_own = hash_eq(&s->from.office, &v->self);
	bool has_run_out = !is_own && s->has_keep_until && s->keep_until_s < clock_now_s();
	int r = gathered_unreceived(v, g, &missing, err);
	if (!r)
		r = gathered_recipients(g, &to, err);
	if (r)
		return r;
	const struct hash *defect = find_defect(g, &to);
	if (defect) {
		r = office_show(v, &g->set, defect, why, err);
		buf_add_text(why, " says defect of it, which its bytes prove or disprove");
	} else if (missing.n && !has_run_out) {
		r = name_missing(v, &missing, why, err);
		buf_addf(why, " %s not said received of it", missing.n == 1 ? "has" : "have");
	} else if (hashes_have(&to, &v->self) && !gathered_word(g, &v->self, SAYS_OPENED) &&
		   !gathered_word(g, &v->self, SAYS_REVIEWED)) {
		buf_add_text(why, "it is for your office, which has said neither opened nor reviewed of it");
	}
	return r ? r : buf_check(why, "why to keep a letter", err);
}

/* ---- Looking ---- */

static int add(struct valise_forget_draft *d, const struct letter_row *row, const struct gathered *g,
	       struct valise_err *err)
{
	const struct seal *s = &g->seal->s;
	struct going *grown = array_room(d->at, d->n, &d->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	d->at = grown;
	struct going *one = &d->at[d->n++];
	*one = (struct going){.id = row->id,
			      .view = {.letter = strdup(hash_hex(&row->id).text),
				       .short_id = strdup(hash_short(&row->id).text),
				       .ref = s->ref.at ? str_dup(s->ref) : NULL,
				       .body_bytes = row->has_body ? row->body_bytes : 0,
				       .cover_bytes = row->has_cover && d->cover ? s->cover_bytes : 0,
				       .keeps_cover = row->has_cover && !d->cover,
				       .n_statements = g->n_statements,
				       .n_reports = g->n_reports}};
	return one->view.letter && one->view.short_id && (one->view.ref || !s->ref.at) ? 0 : err_nomem(err);
}

/* *ret_done: there is nothing left of it to let go of. */
static int look_done(struct valise *v, const struct letter_row *row, bool cover, bool *ret_done, struct valise_err *err)
{
	struct let_go gone;
	int r = letter_let_go_look(v->spool, &row->id, &gone, err);
	*ret_done = !r && gone.is_gone && (gone.cover || !cover);
	return r;
}

static int look_at(struct valise *v, const struct valise_forgetting *f, const struct hash *id,
		   struct valise_forget_draft *d, struct valise_err *err)
{
	CLEAN_GATHERED struct gathered g = {0};
	CLEAN_BUF struct buf why = BUF_INIT(8192);
	struct letter_row row;
	bool done = false;
	int r = letter_row(v->spool, id, &row, err);
	if (!r && row.is_paper)
		return f->all ? 0
			      : err_set(err, VALISE_E_USAGE,
					"%s is paper: of its bytes there is nothing here to let go of",
					hash_short(id).text);
	if (!r)
		r = look_done(v, &row, f->cover, &done, err);
	if (!r && done)
		r = hashes_add(&d->gone, id, err);
	if (r || done || (f->all && f->has_before && row.date_s >= f->before_s))
		return r;
	r = gather(v, id, &g, err);
	if (r == VALISE_E_BAD && f->all) { /* damaged here: who has received it cannot be told */
		d->n_unread++;
		return 0;
	}
	if (!r && !f->anyway)
		r = why_keep(v, &g, &why, err);
	if (r)
		return r;
	if (why.len)
		return f->all ? 0
			      : err_set(err, VALISE_E_FAILURE,
					"%s is kept: %s. Nothing was let go of; --anyway does it all the same",
					hash_short(id).text, (const char *)why.data);
	return add(d, &row, &g, err);
}

static int name_letters(struct valise *v, const struct valise_forgetting *f, struct hashes *ret, struct valise_err *err)
{
	int r = 0;
	if (f->all)
		return office_letters(v, ret, err);
	for (size_t i = 0; i < f->n_letters && !r; i++) {
		struct hash id;
		r = office_letter(v, f->letters[i], &id, err);
		if (!r)
			r = hashes_add(ret, &id, err);
	}
	return r;
}

int valise_forget_look(struct valise *v, const struct valise_forgetting *f, struct valise_forget_draft **ret,
		       struct valise_err *err)
{
	CLEANUP(draft_freep) struct valise_forget_draft *d = calloc(1, sizeof *d);
	CLEANUP(hashes_release) struct hashes letters = {0};
	if (!d)
		return err_nomem(err);
	if (f->all && f->anyway)
		return err_set(err, VALISE_E_USAGE, "what speaks for keeping a letter is passed over by name only");
	d->cover = f->cover;
	d->anyway = f->anyway;
	int r = spool_changes(v->spool, &d->looked_at, err);
	if (!r)
		r = name_letters(v, f, &letters, err);
	for (size_t i = 0; i < letters.n && !r; i++) {
		r = look_at(v, f, &letters.at[i], d, err);
		if (!r)
			r = office_progress(v, "looking at letters", 0, 0, err);
	}
	if (!r)
		*ret = TAKE(d);
	return r;
}

/* ---- Letting go ---- */

/* While a person was asked, somebody may have said defect. */
static int look_again(struct valise *v, const struct hash *id, struct valise_err *err)
{
	CLEAN_GATHERED struct gathered g = {0};
	CLEAN_BUF struct buf why = BUF_INIT(8192);
	int r = gather_within(v, id, &g, err);
	if (!r)
		r = why_keep(v, &g, &why, err);
	if (r || !why.len)
		return r;
	return err_set(
		err, VALISE_E_CHANGED,
		"%s is kept: %s, which came while you were asked. Look again; what was let go of before stays so",
		hash_short(id).text, (const char *)why.data);
}

struct letting_go {
	struct valise *v;
	const struct valise_forget_draft *d;
	int64_t now_s;
};

static int let_go_batch(void *context, size_t from, size_t to, struct valise_err *err)
{
	const struct letting_go *all = context;
	struct valise *v = all->v;
	const struct valise_forget_draft *d = all->d;
	struct spool_changes now;
	int r = spool_begin(v->spool, err);
	if (r)
		return r;
	r = spool_changes(v->spool, &now, err);
	bool look = !r && !d->anyway && now.foreign != d->looked_at.foreign;
	for (size_t i = from; i < to && !r; i++) {
		r = look ? look_again(v, &d->at[i].id, err) : 0;
		if (!r)
			r = letter_let_go(v->spool, &d->at[i].id, d->cover, all->now_s, err);
	}
	r = spool_end(v->spool, r, err);
	for (size_t i = from; i < to && !r; i++)
		r = letter_let_go_files(v->spool, &d->at[i].id, err);
	return r ? r : office_progress(v, "letting go", 0, 0, err);
}

int valise_forget(struct valise *v, const struct valise_forget_draft *d, struct valise_err *err)
{
	CLEAN_CLOSE int held = -1;
	int r = d->n + d->gone.n ? spool_hold_files(v->spool, true, &held, err) : 0;
	for (size_t i = 0; i < d->gone.n && !r; i++)
		r = letter_let_go_files(v->spool, &d->gone.at[i], err);
	struct letting_go all = {v, d, clock_now_s()};
	size_t done;
	return r ? r : spool_in_steps(v->spool, d->n, COMMIT_EVERY, let_go_batch, &all, &done, err);
}

int valise_forget_undo(struct valise *v, const char *letter, bool dry_run, struct valise_err *err)
{
	struct hash id;
	struct let_go gone;
	int r = office_letter(v, letter, &id, err);
	if (!r)
		r = letter_let_go_look(v->spool, &id, &gone, err);
	if (!r && !gone.is_gone)
		return err_set(err, VALISE_E_NOT_FOUND, "%s was not let go of here", hash_short(&id).text);
	if (r || dry_run)
		return r;
	r = spool_begin(v->spool, err);
	return r ? r : spool_end(v->spool, letter_take_back(v->spool, &id, err), err);
}
