/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: which letters belong together, found from one of them on, and all that was said of them by time. */
#include "office/hash_index.h"
#include "office/office.h"
#include "office/unlock_cover.h"
#include "spool/exhibits.h"

#include "base/array.h"
#include "base/text.h"

/* What the cover of a letter here says, where it opens. */
struct inside {
	struct hash letter;
	bool is_reply;
	struct hash in_reply_to;
	char *subject; /* shown */
};

struct thread {
	struct valise_thread pub; /* first: freed through it */
	struct valise *v;
	struct inside *insides;
	size_t n_insides;
	struct hash_index by_letter; /* into insides */
	struct hashes found;         /* letters of the thread, in the order in which they were */
	struct hashes unread;        /* of them, and of those that may be, which are damaged here */
	struct valise_thread_letter *letters;
	struct owned { /* of each */
		char *replied_to;
		struct valise_thread_exhibit *exhibits;
		size_t n_exhibits, cap_exhibits;
	} * owned;
	size_t n, cap;
	struct valise_event *events;
	size_t n_events;
	struct valise_err *err;
};

static void owned_release(struct owned *o)
{
	for (size_t i = 0; i < o->n_exhibits; i++) {
		free((char *)(uintptr_t)o->exhibits[i].exhibit);
		free((char *)(uintptr_t)o->exhibits[i].name);
		free((char *)(uintptr_t)o->exhibits[i].note);
	}
	free(o->exhibits);
	free(o->replied_to);
}

void valise_thread_free(struct valise_thread *pub)
{
	struct thread *t = (struct thread *)pub;
	if (!t)
		return;
	for (size_t i = 0; i < t->n_insides; i++) {
		if (t->insides[i].subject)
			secret_wipe(t->insides[i].subject, strlen(t->insides[i].subject));
		free(t->insides[i].subject);
	}
	for (size_t i = 0; i < t->n; i++)
		valise_accounts_free((struct valise_accounts *)(uintptr_t)t->letters[i].accounts);
	for (size_t i = 0; t->owned && i < t->n; i++)
		owned_release(&t->owned[i]);
	hash_index_release(&t->by_letter);
	hashes_release(&t->found);
	hashes_release(&t->unread);
	free(t->insides);
	free(t->letters);
	free(t->owned);
	free(t->events);
	free(t);
}

static void thread_freep(struct thread **t)
{
	if (*t)
		valise_thread_free(&(*t)->pub);
}

/* ---- What the covers say ---- */

/* One that is not here, that was sealed to others, or that does not fit together, tells nothing: it is no failure of the thread. */
static int look_inside(struct thread *t, const struct hash *letter)
{
	CLEAN_SEAL struct verified_seal *seal = NULL;
	CLEAN_LOCKED_COVER struct locked_cover locked = LOCKED_COVER_NONE;
	CLEAN_BUF_SECRET struct buf text = BUF_INIT(LIMIT_COVER_BYTES);
	CLEAN_COVER struct cover c = {0};
	struct inside *in = &t->insides[t->n_insides];
	int r = letter_seal(t->v->spool, letter, &seal, t->err);
	if (r == VALISE_E_BAD) /* it may be a reply: who can tell */
		return hashes_add(&t->unread, letter, t->err);
	if (!r && seal->s.paper.at)
		return 0;
	if (!r)
		r = locked_cover_get(t->v, seal, &locked, t->err);
	if (!r)
		r = unlock_cover(&locked, seal, &c, &text, t->err);
	if (r == VALISE_E_BAD || r == VALISE_E_NOT_ALLOWED || r == VALISE_E_NOT_FOUND)
		return 0;
	if (r)
		return r;
	CLEAN_BUF struct buf subject = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	text_show(&subject, c.subject);
	*in = (struct inside){.letter = *letter,
			      .is_reply = c.has_reply,
			      .in_reply_to = c.in_reply_to,
			      .subject = (char *)buf_take(&subject, NULL)};
	if (!in->subject)
		return err_nomem(t->err);
	return hash_index_put(&t->by_letter, letter, t->n_insides++, t->err);
}

static int has_reading_key(struct valise *v, bool *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_IDENTITIES struct identities keys = {0};
	int r = register_set_self(v, &set, err);
	if (!r)
		r = office_identities(v, &set, ROLE_READER, &keys, err);
	*ret = keys.n > 0;
	return r;
}

static int look_inside_all(struct thread *t)
{
	CLEANUP(hashes_release) struct hashes ids = {0};
	int r = has_reading_key(t->v, &t->pub.replies_known, t->err);
	if (r || !t->pub.replies_known)
		return r;
	r = office_letters(t->v, &ids, t->err);
	t->insides = calloc(ids.n + 1, sizeof *t->insides);
	if (r == VALISE_E_NOMEM || !t->insides)
		return err_nomem(t->err);
	for (size_t i = 0; i < ids.n && !r; i++) {
		r = look_inside(t, &ids.at[i]);
		if (!r)
			r = office_progress(t->v, "reading covers", i + 1, ids.n, t->err);
	}
	return r;
}

static const struct inside *inside_of(const struct thread *t, const struct hash *letter)
{
	size_t i;
	return hash_index_get(&t->by_letter, letter, &i) ? &t->insides[i] : NULL;
}

/* ---- Which letters ---- */

struct tag_list {
	struct thread *t;
	struct owned *owned;
};

/* Safe to show; NULL is that there is none. */
static int show_word(struct str word, const char **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf b = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	if (!word.at)
		return 0;
	text_show(&b, word);
	*ret = (const char *)buf_take(&b, NULL);
	return *ret ? 0 : err_nomem(err);
}

static int take_tag(void *context, const struct exhibit_tag *tag)
{
	struct tag_list *list = context;
	struct owned *o = list->owned;
	CLEAN_BUF struct buf name = BUF_INIT(EXHIBIT_NAME_BYTES);
	struct exhibit_row row;
	int r = exhibit_row(list->t->v->spool, &tag->exhibit, &row, &name, list->t->err);
	if (r)
		return r == VALISE_E_NOT_FOUND ? 0 : r; /* its bytes were damaged, and wait to be added again */
	struct valise_thread_exhibit *grown = array_room(o->exhibits, o->n_exhibits, &o->cap_exhibits, sizeof *grown);
	if (!grown)
		return err_nomem(list->t->err);
	o->exhibits = grown;
	struct valise_thread_exhibit *e = &o->exhibits[o->n_exhibits++];
	*e = (struct valise_thread_exhibit){.exhibit = strdup(hash_hex(&tag->exhibit).text),
					    .tagged_s = tag->tagged_s,
					    .taken_in_s = row.taken_in_s};
	r = e->exhibit ? show_word(row.name, &e->name, list->t->err) : err_nomem(list->t->err);
	return r ? r : show_word(tag->note, &e->note, list->t->err);
}

/* Of one that is damaged here, none: it is counted, and the others of its thread are shown. The one that was asked for has to be read. */
static int accounts_of(struct thread *t, const struct hash *id, struct valise_accounts **ret)
{
	if (!t->n)
		return office_accounts(t->v, id, false, ret, t->err);
	int r = office_accounts_if_read(t->v, id, ret, t->err);
	return r || *ret ? r : hashes_add(&t->unread, id, t->err);
}

static int add_letter(struct thread *t, const struct hash *id)
{
	struct letter_row row;
	const struct inside *in = inside_of(t, id);
	struct valise_accounts *a = NULL;
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 8;
		struct valise_thread_letter *letters = reallocarray(t->letters, cap, sizeof *letters);
		t->letters = letters ? letters : t->letters;
		struct owned *owned = reallocarray(t->owned, cap, sizeof *owned);
		t->owned = owned ? owned : t->owned;
		if (!letters || !owned)
			return err_nomem(t->err);
		t->cap = cap;
	}
	int r = letter_row(t->v->spool, id, &row, t->err);
	if (!r)
		r = accounts_of(t, id, &a);
	if (r || !a)
		return r;
	struct owned *own = &t->owned[t->n];
	*own = (struct owned){.replied_to = in && in->is_reply ? strdup(hash_hex(&in->in_reply_to).text) : NULL};
	t->letters[t->n] = (struct valise_thread_letter){.accounts = a,
							 .subject = in ? in->subject : NULL,
							 .in_reply_to = own->replied_to,
							 .taken_in_s = row.taken_in_s};
	t->n++;
	if (in && in->is_reply && !own->replied_to)
		return err_nomem(t->err);
	struct tag_list list = {t, own};
	r = exhibit_tags_of(t->v->spool, id, take_tag, &list, t->err);
	t->letters[t->n - 1].exhibits = own->exhibits;
	t->letters[t->n - 1].n_exhibits = own->n_exhibits;
	return r;
}

/* A letter that is here joins, once. */
static int join(struct thread *t, const struct hash *id)
{
	struct hash letter;
	bool here;
	int r = note_letter(t->v->spool, id, &letter, &here, t->err);
	if (r || !here || hashes_have(&t->found, &letter))
		return r;
	return hashes_add(&t->found, &letter, t->err);
}

static bool counts_regarding(const struct valise_accounts *a, const char *note)
{
	for (size_t i = 0; i < a->n_said; i++)
		for (size_t k = 0; k < a->said[i].n_regarding; k++)
			if (a->said[i].counts && strcmp(a->said[i].regarding[k], note) == 0)
				return true;
	return false;
}

static int take_other(void *context, const struct hash *letter)
{
	return hashes_add(context, letter, NULL);
}

/* Letters of which a statement that counts regards this one: anybody can write one that does not. */
static int join_regarding(struct thread *t, const struct hash *id)
{
	CLEANUP(hashes_release) struct hashes others = {0};
	int r = letters_regarding(t->v->spool, id, take_other, &others, t->err);
	for (size_t i = 0; i < others.n && !r; i++) {
		struct valise_accounts *a = NULL;
		if (hashes_have(&t->found, &others.at[i]))
			continue;
		r = accounts_of(t, &others.at[i], &a);
		if (!r && a && counts_regarding(a, hash_hex(id).text))
			r = hashes_add(&t->found, &others.at[i], t->err);
		valise_accounts_free(a);
	}
	return r == VALISE_E_NOMEM ? err_nomem(t->err) : r;
}

static int join_regarded(struct thread *t, const struct valise_accounts *a)
{
	int r = 0;
	for (size_t i = 0; i < a->n_said && !r; i++)
		for (size_t k = 0; a->said[i].counts && k < a->said[i].n_regarding && !r; k++) {
			struct hash note;
			if (hash_parse(str_of(a->said[i].regarding[k]), &note))
				r = join(t, &note);
		}
	return r;
}

static int join_replies(struct thread *t, const struct hash *id)
{
	const struct inside *own = inside_of(t, id);
	int r = own && own->is_reply ? join(t, &own->in_reply_to) : 0;
	for (size_t i = 0; i < t->n_insides && !r; i++)
		if (t->insides[i].is_reply && hash_eq(&t->insides[i].in_reply_to, id))
			r = join(t, &t->insides[i].letter);
	return r;
}

/* From one letter to those that it is linked with, until there are no more. */
static int follow(struct thread *t, const struct hash *first)
{
	int r = hashes_add(&t->found, first, t->err);
	for (size_t i = 0; i < t->found.n && !r; i++) {
		struct hash id = t->found.at[i];
		size_t before = t->n;
		r = add_letter(t, &id);
		if (!r)
			r = join_replies(t, &id);
		if (!r && t->n > before)
			r = join_regarded(t, t->letters[before].accounts);
		if (!r)
			r = join_regarding(t, &id);
	}
	return r;
}

/* ---- By time ---- */

static int letter_order(const void *a, const void *b)
{
	const struct valise_accounts *x = ((const struct valise_thread_letter *)a)->accounts;
	const struct valise_accounts *y = ((const struct valise_thread_letter *)b)->accounts;
	return x->date_s != y->date_s ? (x->date_s > y->date_s) - (x->date_s < y->date_s)
				      : strcmp(x->letter, y->letter);
}

static int event_order(const void *a, const void *b)
{
	const struct valise_event *x = a, *y = b;
	if (x->time_s != y->time_s)
		return x->time_s < y->time_s ? -1 : 1;
	if (x->letter != y->letter)
		return x->letter < y->letter ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int line_up(struct thread *t)
{
	size_t n = t->n;
	if (t->n)
		qsort(t->letters, t->n, sizeof *t->letters, letter_order);
	for (size_t i = 0; i < t->n; i++)
		n += t->letters[i].accounts->n_said + t->letters[i].accounts->n_reported + t->letters[i].n_exhibits;
	t->events = calloc(n + 1, sizeof *t->events);
	if (!t->events)
		return err_nomem(t->err);
	for (size_t i = 0; i < t->n; i++) {
		const struct valise_accounts *a = t->letters[i].accounts;
		t->events[t->n_events++] =
			(struct valise_event){VALISE_EVENT_SEALED, i, 0, a->date_s, t->letters[i].taken_in_s};
		for (size_t k = 0; k < a->n_said; k++)
			t->events[t->n_events++] = (struct valise_event){VALISE_EVENT_SAID, i, k, a->said[k].time_s,
									 a->said[k].taken_in_s};
		for (size_t k = 0; k < a->n_reported; k++)
			t->events[t->n_events++] = (struct valise_event){
				VALISE_EVENT_REPORTED, i, k,
				a->reported[k].has_resolved ? a->reported[k].resolved_from_s : a->reported[k].time_s,
				a->reported[k].taken_in_s};
		for (size_t k = 0; k < t->letters[i].n_exhibits; k++)
			t->events[t->n_events++] =
				(struct valise_event){VALISE_EVENT_EXHIBIT, i, k, t->letters[i].exhibits[k].tagged_s,
						      t->letters[i].exhibits[k].taken_in_s};
	}
	qsort(t->events, t->n_events, sizeof *t->events, event_order);
	t->pub.letters = t->letters;
	t->pub.n_letters = t->n;
	t->pub.events = t->events;
	t->pub.n_events = t->n_events;
	t->pub.n_unread = t->unread.n;
	return 0;
}

int valise_thread(struct valise *v, const char *letter, struct valise_thread **ret, struct valise_err *err)
{
	CLEANUP(thread_freep) struct thread *t = calloc(1, sizeof *t);
	struct letter_row row;
	struct hash id;
	if (!t)
		return err_nomem(err);
	t->v = v;
	t->err = err;
	int r = office_letter(v, letter, &id, err);
	if (!r)
		r = letter_row(v->spool, &id, &row, err); /* looking back, one that came later is told of */
	if (!r)
		r = look_inside_all(t);
	if (!r)
		r = follow(t, &id);
	if (!r)
		r = line_up(t);
	if (!r)
		*ret = &TAKE(t)->pub;
	return r;
}
