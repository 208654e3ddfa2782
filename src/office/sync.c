/* SPDX-License-Identifier: Apache-2.0 */
/* A sync: everything there is taken in and checked, then what should go is put out; and what a finder of it would learn is said. */
#include "office/office.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/limits.h"
#include "base/text.h"
#include "channel/store.h"
#include "format/bag_frame.h"
#include "office/inside_bags.h"
#include "office/put_out.h"
#include "office/take_in.h"
#include "office/unattended.h"

#define WRITER_RANDOM_BYTES 10u
/* Each bag of an exhibit may have to wait for the one before. */
#define PASSES_MAX (LIMIT_EXHIBIT_BYTES / LIMIT_BAG_BYTES + 2)

struct syncing {
	struct valise *v;
	const struct valise_sync *want;
	struct store *store;
	struct hash *letters, *via;
	struct take_in *in;
	size_t listed; /* bags, whoever's */
	struct put_out_result out;
	struct unattended unattended;
	struct valise_err out_err; /* code 0: all that should go went */
	struct valise_err *err;
};

static void syncing_release(struct syncing *s)
{
	take_in_free(s->in);
	put_out_result_release(&s->out);
	unattended_release(&s->unattended);
	if (s->store)
		s->store->ops->close(s->store);
	free(s->letters);
	free(s->via);
}

/* ---- Our name on sticks ---- */

/* Random, made once: it tells our bags from others' and says nothing else. Who only looks, and has none, has put nothing anywhere. */
static int writer_name(struct valise *v, bool look, struct buf *ret, struct valise_err *err)
{
	uint8_t random[WRITER_RANDOM_BYTES];
	CLEAN_BUF struct buf fresh = BUF_INIT(LIMIT_BAG_NAME_BYTES);
	int r = setting_get(v->spool, "writer", ret, err);
	if (r != VALISE_E_NOT_FOUND)
		return r;
	r = random_fill(random, sizeof random, err);
	base32_encode(&fresh, random, sizeof random);
	if (!r)
		r = buf_check(&fresh, "our name on sticks", err);
	if (!r && look) {
		buf_add(ret, fresh.data, fresh.len);
		return buf_check(ret, "our name on sticks", err);
	}
	if (!r)
		r = spool_begin(v->spool, err);
	if (r)
		return r;
	int there = setting_get(v->spool, "writer", ret, NULL);
	if (there == VALISE_E_NOT_FOUND) {
		r = setting_put(v->spool, "writer", buf_str(&fresh), err);
		buf_add(ret, fresh.data, fresh.len);
	} else if (there) {
		r = err_set(err, there, "our name on sticks cannot be read from the spool");
	}
	if (!r)
		r = spool_commit(v->spool, err);
	spool_rollback(v->spool);
	return r ? r : buf_check(ret, "our name on sticks", err);
}

/* One of which the beginning was damaged still has frames. */
static bool may_be_bag(const uint8_t *first, size_t len)
{
	return bag_look(first, len) != BAG_NEITHER || memmem(first, len, bag_magic, sizeof bag_magic);
}

static int open_store(struct syncing *s)
{
	CLEAN_BUF struct buf writer = BUF_INIT(LIMIT_BAG_NAME_BYTES);
	int r = writer_name(s->v, s->want->look, &writer, s->err);
	if (r)
		return r;
	if (s->want->dir)
		return folder_open(s->want->dir, (char *)writer.data, &s->store, s->err);
	struct file_patience patience = office_patience(s->v);
	return pipe_open(s->want->in_fd, s->want->out_fd, spool_tmpfd(s->v->spool), &patience, may_be_bag, &s->store,
			 s->err);
}

/* ---- In ---- */

/* In our place, under a name that we gave, of the size it had: a bag of somebody else's may have been moved there. */
static int is_ours(struct syncing *s, const struct store_bag *bag, bool *ret)
{
	*ret = false;
	return bag->is_own ? bag_is_known(s->v->spool, str_of(bag->name), bag->bytes, ret, s->err) : 0;
}

static int take_one(void *context, const struct store_bag *bag)
{
	struct syncing *s = context;
	CLEAN_BUF struct buf name = BUF_INIT(4096);
	CLEAN_CLOSE int fd = -1;
	struct valise_err why = {0};
	uint64_t bytes;
	bool ours;
	s->listed++;
	int r = is_ours(s, bag, &ours);
	if (r || ours)
		return r;
	text_show(&name, str_of(bag->writer));
	buf_add_char(&name, '/');
	text_show(&name, str_of(bag->name));
	r = buf_check(&name, "a bag's name", s->err);
	if (!r)
		r = office_progress(s->v, "looking at bags", 0, 0, s->err);
	if (r)
		return r;
	/* Gone since it was listed, or on a bad place of the medium: no reason to leave the others. */
	r = s->store->ops->open(s->store, bag->writer, bag->name, &fd, &bytes, &why);
	return r ? take_in_unreadable(s->in, (char *)name.data, why.text, s->err)
		 : take_in_bag(s->in, fd, bytes, (char *)name.data, s->err);
}

/* The folder said with what came of it, and what to do about it: the causes name files in it, or none. */
static int explain_in(struct syncing *s, int r)
{
	if (!s->want->dir || r != VALISE_E_IO)
		return r;
	return err_prefix(
		s->err, r,
		"not everything was taken in from %s, and what was is kept; see that it is still there, and sync again",
		text_shown(str_of(s->want->dir)).text);
}

static int explain_out(struct syncing *s, int r)
{
	if (!s->want->dir)
		return r;
	struct shown_text dir = text_shown(str_of(s->want->dir));
	switch (r) {
	case VALISE_E_FULL:
		if (!spool_has_room(s->v->spool, 0)) /* it is this machine's disk that is full */
			return r;
		return err_prefix(
			s->err, r,
			"not everything went into %s, and what lies there stays good; make room or use another, and sync again",
			dir.text);
	case VALISE_E_READ_ONLY:
		return err_prefix(
			s->err, r,
			"what lies in %s was read, but nothing can be put there; make it writable or use another, and sync again",
			dir.text);
	case VALISE_E_IO:
		return err_prefix(s->err, r, "not everything went into %s", dir.text);
	default:
		return r;
	}
}

/* What waits in one bag for another is taken in a further pass; a pipe is read once, for it cannot be turned back. */
static int take_in_all(struct syncing *s)
{
	struct take_in_options o = {.look = s->want->look,
				    .is_pipe = !s->want->dir,
				    .all = s->want->all,
				    .inside = s->want->inside,
				    .names = s->want->letters,
				    .n_names = s->want->n_letters};
	int r = take_in_new(s->v, &o, &s->in, s->err), kept = 0;
	if (r)
		return r;
	for (unsigned pass = 0; !r && pass < PASSES_MAX; pass++) {
		r = s->store->ops->list(s->store, take_one, s, s->err);
		if (!r && (!take_in_again(s->in) || !s->want->dir))
			break;
	}
	if (r) /* of a sync that is cut off as well, the bags before were read */
		take_in_cut(s->in);
	if (!s->want->look)
		kept = inside_bags_remember(s->v, take_in_result(s->in).vouched, r ? NULL : s->err);
	return r ? explain_in(s, r) : kept;
}

/* A folder may be empty; a pipe through which nothing came was cut off before its first bag, or nobody put any into it. */
static int check_came(struct syncing *s)
{
	if (s->want->dir || s->want->in_fd < 0 || s->listed)
		return 0;
	return err_set(
		s->err, VALISE_E_BAD,
		"nothing came on standard input: see what the command before it says, or give it a bag, as in `valise sync - --in <BAG`");
}

/* What had no room stays where it lies, and nothing else is held up by it. */
static int check_room(struct syncing *s)
{
	if (!take_in_result(s->in).no_room)
		return 0;
	return err_set(
		s->err, VALISE_E_FULL,
		"not everything had room on this machine's disk; make some, and sync again (`valise forget --all --dry-run` shows "
		"which letters' bytes could go)");
}

/* ---- Out ---- */

static int check_wanted(const struct syncing *s)
{
	const struct valise_sync *w = s->want;
	if (!w->dir && w->in_fd < 0 && w->out_fd < 0)
		return err_set(s->err, VALISE_E_USAGE, "there is neither a directory nor a pipe to sync with");
	if (w->inside && w->bare)
		return err_set(s->err, VALISE_E_USAGE,
			       "what goes between the machines of an office is wrapped for its officers, never bare");
	if (!w->look && spool_is_read_only(s->v->spool))
		return err_set(s->err, VALISE_E_READ_ONLY, "the spool %s is open for reading only: it can only look",
			       text_shown(str_of(spool_dir(s->v->spool))).text);
	return 0;
}

static int find_all(struct syncing *s)
{
	const struct valise_sync *w = s->want;
	s->letters = calloc(w->n_letters + 1, sizeof *s->letters);
	s->via = calloc(w->n_via + 1, sizeof *s->via);
	int r = s->letters && s->via ? 0 : err_nomem(s->err);
	for (size_t i = 0; i < w->n_via && !r; i++)
		r = office_find(s->v, w->via[i], &s->via[i], s->err);
	return r;
}

#define IT_IS 1

static int is_it(void *context, const struct arrival *a)
{
	const char *const *name = context;
	return take_in_is_named(&a->id, a->ref, *name) ? IT_IS : 0;
}

/* A letter that a look met, as office_letter would find it were it here. */
static bool lies_there(const struct syncing *s, const char *name)
{
	return take_in_each_arrival(s->in, is_it, &name, NULL) == IT_IS;
}

/* After the intake: a letter may be named that came just now. One that a look met cannot go out from here, and is no mistake. */
static int find_letters(struct syncing *s)
{
	int r = 0;
	for (size_t i = 0; i < s->want->n_letters && !r; i++) {
		r = office_letter(s->v, s->want->letters[i], &s->letters[i], s->err);
		if (r == VALISE_E_NOT_FOUND && s->want->look && lies_there(s, s->want->letters[i]))
			r = 0;
	}
	return r;
}

static int put_out_all(struct syncing *s)
{
	struct take_in_result in = take_in_result(s->in);
	struct put_out_options o = {.letters = s->letters,
				    .n_letters = s->want->n_letters,
				    .all = s->want->all,
				    .via = s->via,
				    .n_via = s->want->n_via,
				    .bare = s->want->bare,
				    .reports = s->want->reports,
				    .look = s->want->look,
				    .passes = !s->want->dir,
				    .inside = s->want->inside,
				    .vouched = in.vouched};
	if (!s->want->dir && s->want->out_fd < 0 && !s->want->look)
		return 0;
	int r = put_out(s->v, s->store, &o, &s->out, s->err);
	return r ? explain_out(s, r) : 0;
}

/* ---- The report ---- */

struct sync_result {
	struct valise_sync_report pub; /* first: freed through it */
	struct sync_letters in, out;
	struct findings findings;
	char *finder, *said_by;
	struct valise_sync_said *said;
	size_t n_said;
	struct valise_err out_err;
};

void valise_sync_report_free(struct valise_sync_report *pub)
{
	struct sync_result *r = (struct sync_result *)pub;
	if (!r)
		return;
	sync_letters_release(&r->in);
	sync_letters_release(&r->out);
	findings_release(&r->findings);
	for (size_t i = 0; i < r->n_said; i++) {
		free((char *)(uintptr_t)r->said[i].letter);
		free((char *)(uintptr_t)r->said[i].short_id);
		free((char *)(uintptr_t)r->said[i].note);
	}
	free(r->said);
	free(r->said_by);
	free(r->finder);
	free(r);
}

int valise_sync_letters_in(const struct valise_sync_report *pub, valise_sync_each *each, void *context,
			   struct valise_err *err)
{
	return sync_letters_show(&((const struct sync_result *)pub)->in, each, context, err);
}

int valise_sync_letters_out(const struct valise_sync_report *pub, valise_sync_each *each, void *context,
			    struct valise_err *err)
{
	return sync_letters_show(&((const struct sync_result *)pub)->out, each, context, err);
}

struct own_word {
	const struct hash *self;
	const struct register_set *set;
	bool spoken;
};

static int hear_own(void *context, struct verified_statement *s, int64_t taken_in_s)
{
	struct own_word *w = context;
	(void)taken_in_s;
	w->spoken |= hash_eq(&s->s.office.office, w->self) && statement_stands(w->set, s);
	verified_statement_free(s);
	return 0;
}

/* By another machine of ours: what it said came with the letter. */
static int look_whether_answered(struct syncing *s, const struct hash *id, struct valise_sync_letter *l)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	struct own_word w = {&s->v->self, &set, false};
	int r = register_set_self(s->v, &set, s->err);
	if (!r)
		r = statements_of(s->v->spool, id, hear_own, &w, s->err);
	l->is_answered = w.spoken;
	if (!r && w.spoken && l->is_whole && !l->is_broken)
		l->text = "whole and checked, and your office has spoken of it already";
	return r;
}

/* Of what lies there in a look, no more is said than was checked. */
static const char *describe_arrival(const struct arrival *a, bool look)
{
	if (a->is_paper)
		return "a paper letter's seal, checked";
	if (a->is_broken)
		return "broken: its seal gives the body another size than it has";
	if (look && !a->was_whole && a->has_body && a->has_cover)
		return "lies there whole, not taken in yet";
	if (look && !a->was_whole && a->in_part)
		return "part of it lies there, not taken in yet";
	if (a->has_body && a->has_cover)
		return a->was_whole ? "was here already" : "whole and checked, nothing said yet";
	return "not whole yet: its cover, or part of its body, has not come";
}

/* A statement that came with it, or later, may have identified us with an addressee. */
static int look_whether_for_us(struct syncing *s, const struct hash *id, struct valise_sync_letter *l)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	int r = letter_seal(s->v->spool, id, &seal, s->err);
	return r ? r : office_addressed(s->v, seal, &s->v->self, &l->is_for_us, s->err);
}

struct listing_in {
	struct syncing *s;
	struct sync_letters *ret;
};

static int list_in(void *context, const struct arrival *a)
{
	struct listing_in *list = context;
	struct syncing *s = list->s;
	if (a->was_whole && !a->is_new)
		return 0;
	struct valise_sync_letter l = {.body_bytes = a->body_bytes,
				       .is_new = a->is_new,
				       .is_whole = a->is_paper || (a->has_body && a->has_cover),
				       .is_for_us = a->for_us,
				       .is_broken = a->is_broken,
				       .text = describe_arrival(a, s->want->look)};
	int r = 0;
	if (!s->want->look)
		r = a->is_paper ? look_whether_for_us(s, &a->id, &l) : look_whether_answered(s, &a->id, &l);
	/* Where something that was said of it is damaged here, it came all the same. */
	if (r && r != VALISE_E_BAD)
		return r;
	return sync_letters_add(list->ret, s->v, &a->id, &a->from, a->ref, &l, s->err);
}

static int list_said(struct syncing *s, struct sync_result *res)
{
	const struct unattended *u = &s->unattended;
	res->said = calloc(u->n + 1, sizeof *res->said);
	res->said_by = u->title ? strdup(u->title) : NULL;
	int r = res->said && (res->said_by || !u->title) ? 0 : err_nomem(s->err);
	for (size_t i = 0; i < u->n && !r; i++) {
		struct valise_sync_said *one = &res->said[res->n_said++];
		one->letter = strdup(hash_hex(&u->said[i].letter).text);
		one->short_id = strdup(hash_short(&u->said[i].letter).text);
		one->note = strdup(hash_hex(&u->said[i].note).text);
		r = one->letter && one->short_id && one->note ? 0 : err_nomem(s->err);
	}
	return r;
}

static int list_findings(struct syncing *s, const struct take_in_result *in, struct sync_result *res)
{
	int r = findings_copy(&res->findings, in->findings, s->err);
	if (!r)
		r = findings_copy(&res->findings, &s->unattended.findings, s->err);
	return r ? r : findings_copy(&res->findings, &s->out.findings, s->err);
}

static const char *what_a_finder_learns(const struct put_out_result *o)
{
	if (o->any_inside)
		return "wrapped for your own officers alone: a finder learns sizes only";
	if (o->any_bare && o->any_wrapped)
		return "part is wrapped, part is not: a finder can read from whom to whom those letters go, their refs and dates, and what "
		       "was said of them; not subjects or contents";
	if (o->any_bare)
		return "not wrapped: a finder can read from whom to whom the letters go, their refs and dates, and what was said of them; not "
		       "subjects or contents";
	return "wrapped for the parties' clerks and couriers: a finder learns sizes only";
}

static int list_all(struct syncing *s, const struct take_in_result *in, struct sync_result *res)
{
	int r = spool_begin_read(s->v->spool, s->err);
	if (r)
		return r;
	struct listing_in list = {s, &res->in};
	r = take_in_each_arrival(s->in, list_in, &list, s->err);
	if (!r)
		r = list_said(s, res);
	if (!r)
		r = list_findings(s, in, res);
	spool_rollback(s->v->spool);
	return r;
}

static int make_report(struct syncing *s, struct valise_sync_report **ret)
{
	struct take_in_result in = take_in_result(s->in);
	struct sync_result *res = calloc(1, sizeof *res);
	if (!res)
		return err_nomem(s->err);
	res->in.lines.spool = s->want->look ? NULL : s->v->spool;
	int r = list_all(s, &in, res);
	if (!r && (s->out.any_bare || s->out.any_wrapped || s->out.any_inside) &&
	    !(res->finder = strdup(what_a_finder_learns(&s->out))))
		r = err_nomem(s->err);
	if (r) {
		valise_sync_report_free(&res->pub);
		return r;
	}
	res->out_err = s->out_err;
	res->out = s->out.letters;
	s->out.letters = (struct sync_letters){0};
	res->pub = (struct valise_sync_report){
		.out_code = s->out_err.code,
		.out_error = s->out_err.code ? res->out_err.text : NULL,
		.n_in = res->in.lines.n,
		.n_out = res->out.lines.n,
		.n_whole_out = res->out.n_whole,
		.statements_in = in.statements,
		.statements_out = s->out.statements,
		.entries_in = in.entries,
		.entries_out = s->out.entries,
		.reports_in = in.reports,
		.reports_out = s->out.reports,
		.exhibits_in = in.exhibits,
		.exhibits_out = s->out.exhibits,
		.bags_read = in.bags_read,
		.bags_out = s->out.bags,
		.bags_removed = s->out.removed,
		.bags_skipped = in.bags_skipped,
		.bags_not_for_us = in.bags_not_for_us,
		.bytes_in = in.bytes,
		.bytes_out = s->out.bytes,
		.findings = (const char *const *)res->findings.at,
		.n_findings = res->findings.n,
		.said = res->said,
		.n_said = res->n_said,
		.said_by = res->said_by,
		.is_damaged = in.damaged || s->out.damaged || s->unattended.findings.n,
		.finder = res->finder,
		.durable = s->out.durable,
		.read_back = s->out.read_back,
	};
	*ret = &res->pub;
	return 0;
}

static bool brought_anything(const struct syncing *s)
{
	struct take_in_result in = take_in_result(s->in);
	return in.n_arrivals || in.statements || in.reports || in.exhibits || in.entries || in.findings->n;
}

int valise_sync(struct valise *v, const struct valise_sync *want, struct valise_sync_report **ret,
		struct valise_err *err)
{
	CLEANUP(syncing_release) struct syncing s = {.v = v, .want = want, .err = err};
	int r = check_wanted(&s);
	if (!r)
		r = find_all(&s);
	if (!r && want->say)
		r = unattended_begin(v, want->say, want->as, &s.unattended, err);
	if (!r)
		r = open_store(&s);
	if (!r)
		r = take_in_all(&s);
	if (r)
		return r;
	/* What came in is kept and told of, whatever becomes of the way out. */
	s.err = &s.out_err;
	r = find_letters(&s);
	if (!r && want->say)
		r = unattended_say(v, &s.unattended, s.err);
	if (!r)
		r = put_out_all(&s);
	if (!r)
		r = check_came(&s);
	if (!r)
		r = check_room(&s);
	s.err = err;
	s.out_err.code = r; /* what was met and gone around on the way is no failure */
	if (r && !brought_anything(&s) && !s.out.letters.lines.n && !s.unattended.n) {
		err_copy(err, &s.out_err);
		return r;
	}
	return make_report(&s, ret);
}
