/* SPDX-License-Identifier: Apache-2.0 */
/* Exhibits from bags: only those that a report here points at, into a temporary until their SHA-256 is known to fit. */
#include <stdio.h>

#include "base/array.h"
#include "base/limits.h"
#include "base/newfile.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/exhibits.h"
#include "office/taking.h"

#define IN_HAND_MAX 4u /* at once: a larger one lies in several bags, which come in any order */

struct wanted {
	struct hash id;
	uint64_t most; /* bytes, of what reports here say */
	bool is_here;
	bool told; /* that what came was not it */
};

/* One of which the beginning came. */
struct coming {
	size_t number; /* of the wanted */
	struct newfile file;
	struct digest *digest;
	uint64_t bytes;
	uint32_t next; /* record */
};

struct taking_exhibits {
	bool loaded; /* what reports in the spool point at is among the wanted */
	struct wanted *wanted;
	size_t n, cap;
	struct hash_index by_id;
	struct hashes claims; /* ids with sizes that some report gives */
	struct coming in_hand[IN_HAND_MAX];
	size_t n_in_hand;
	uint8_t *piece; /* to compare with; NULL until it is needed */
};

static int begin_exhibits(struct take_in *t)
{
	if (t->exhibits)
		return 0;
	t->exhibits = calloc(1, sizeof *t->exhibits);
	return t->exhibits ? 0 : err_nomem(t->err);
}

static void drop_coming(struct taking_exhibits *x, size_t i)
{
	newfile_abandon(&x->in_hand[i].file);
	digest_free(x->in_hand[i].digest);
	x->n_in_hand--;
	memmove(&x->in_hand[i], &x->in_hand[i + 1], (x->n_in_hand - i) * sizeof x->in_hand[0]);
}

void take_exhibits_drop(struct take_in *t)
{
	struct taking_exhibits *x = t->exhibits;
	if (!x)
		return;
	while (x->n_in_hand)
		drop_coming(x, x->n_in_hand - 1);
	hash_index_release(&x->by_id);
	hashes_release(&x->claims);
	free(x->wanted);
	free(x->piece);
	free(TAKE(t->exhibits));
}

bool take_exhibits_unfinished(const struct take_in *t)
{
	return t->exhibits && t->exhibits->n_in_hand > 0;
}

/* ---- Which are wanted ---- */

static struct hash claim_key(const struct hash *id, uint64_t bytes)
{
	struct hash key;
	uint8_t number[8];
	for (unsigned i = 0; i < sizeof number; i++)
		number[i] = (uint8_t)(bytes >> (8 * i));
	struct span spans[] = {{id->bytes, sizeof id->bytes}, {number, sizeof number}};
	digest_spans(spans, 2, &key);
	return key;
}

static int want(struct take_in *t, const struct hash *id, uint64_t bytes)
{
	struct taking_exhibits *x = t->exhibits;
	struct hash claim = claim_key(id, bytes);
	bool is_here;
	size_t i;
	int r = hashes_add(&x->claims, &claim, t->err);
	if (!r && hash_index_get(&x->by_id, id, &i)) {
		x->wanted[i].most = bytes > x->wanted[i].most ? bytes : x->wanted[i].most;
		return 0;
	}
	if (!r)
		r = exhibit_has(t->v->spool, id, &is_here, t->err);
	if (r)
		return r;
	struct wanted *grown = array_room(x->wanted, x->n, &x->cap, sizeof *grown);
	if (!grown)
		return err_nomem(t->err);
	x->wanted = grown;
	r = hash_index_put(&x->by_id, id, x->n, t->err);
	if (!r)
		x->wanted[x->n++] = (struct wanted){.id = *id, .most = bytes, .is_here = is_here};
	return r;
}

int take_exhibits_named(struct take_in *t, const struct report *p)
{
	int r = begin_exhibits(t);
	for (size_t i = 0; i < p->n_spans && !r; i++)
		r = want(t, &p->spans[i].exhibit, p->spans[i].exhibit_bytes);
	return r;
}

static int load_report(void *context, struct verified_report *v, int64_t taken_in_s)
{
	(void)taken_in_s;
	int r = take_exhibits_named(context, &v->r);
	verified_report_free(v);
	return r;
}

/* *ret is NULL when no report here points at it: then it waits for one. */
static int find_wanted(struct take_in *t, const struct hash *id, struct wanted **ret)
{
	size_t i;
	int r = begin_exhibits(t);
	if (!r && !t->exhibits->loaded) {
		r = reports_each(t->v->spool, load_report, t, t->err);
		t->exhibits->loaded = r == 0;
	}
	*ret = !r && hash_index_get(&t->exhibits->by_id, id, &i) ? &t->exhibits->wanted[i] : NULL;
	t->orphans |= !*ret;
	return r;
}

/* ---- Records ---- */

static int mismatch(struct take_in *t, struct wanted *w, const char *how)
{
	char text[160];
	(void)snprintf(text, sizeof text, "the exhibit %.16s... that came %s and was not kept", hash_hex(&w->id).text,
		       how);
	t->r.damaged = true;
	t->orphans = true; /* the true one may come yet */
	if (w->told)
		return 0;
	w->told = true;
	return take_in_finding(t, text, NULL);
}

static struct coming *find_coming(struct taking_exhibits *x, const struct wanted *w)
{
	for (size_t i = 0; i < x->n_in_hand; i++)
		if (x->in_hand[i].number == (size_t)(w - x->wanted))
			return &x->in_hand[i];
	return NULL;
}

/* The oldest makes room: it goes on when its beginning comes again. */
static int begin_coming(struct take_in *t, const struct wanted *w, struct coming **ret)
{
	struct taking_exhibits *x = t->exhibits;
	struct coming c = {.number = (size_t)(w - x->wanted), .file = NEWFILE_NONE};
	if (x->n_in_hand == IN_HAND_MAX)
		drop_coming(x, 0);
	int r = digest_new(&c.digest, t->err);
	if (!r && (r = newfile_begin(spool_tmpfd(t->v->spool), 0600, &c.file, t->err)))
		digest_free(c.digest);
	if (r)
		return r;
	x->in_hand[x->n_in_hand] = c;
	*ret = &x->in_hand[x->n_in_hand++];
	return 0;
}

static int keep(struct take_in *t, struct wanted *w, struct coming *c)
{
	struct exhibit_row row = {.id = w->id, .bytes = c->bytes};
	bool is_new = false;
	/* Synced before the lock is taken, so that nobody waits for that. */
	int r = take_in_commit(t);
	if (!r)
		r = file_sync(c->file.fd, "a new exhibit", t->err);
	if (!r)
		r = take_in_begin(t);
	if (!r)
		r = exhibit_put(t->v->spool, &row, &c->file, &is_new, t->err);
	if (r)
		return r;
	w->is_here = true;
	t->r.exhibits += is_new;
	return take_in_count(t);
}

static int finish(struct take_in *t, struct wanted *w, struct coming *c)
{
	struct hash id, claim = claim_key(&w->id, c->bytes);
	int r = digest_end(c->digest, &id, t->err);
	if (!r && !hash_eq(&id, &w->id))
		r = mismatch(t, w, "does not match its SHA-256");
	else if (!r && !hashes_have(&t->exhibits->claims, &claim))
		r = mismatch(t, w, "is of another size than the reports that point at it say");
	else if (!r)
		r = keep(t, w, c);
	drop_coming(t->exhibits, (size_t)(c - t->exhibits->in_hand));
	return r;
}

/* Whether a record that came before comes again. */
static int is_same(struct take_in *t, const struct coming *c, const struct bag_record *rec, bool *ret)
{
	struct taking_exhibits *x = t->exhibits;
	size_t got = 0;
	if (!x->piece && !(x->piece = malloc(BAG_DATA_BYTES)))
		return err_nomem(t->err);
	int r = file_pread_full(c->file.fd, x->piece, rec->len, (uint64_t)rec->at * BAG_DATA_BYTES, &got,
				"a new exhibit", t->err);
	*ret = got == rec->len && memcmp(x->piece, rec->data, got) == 0;
	return r;
}

/* The file grows as records come, to no more than a report says. */
static int append(struct take_in *t, struct wanted *w, struct coming *c, const struct bag_record *rec)
{
	if (rec->len > w->most - c->bytes) {
		drop_coming(t->exhibits, (size_t)(c - t->exhibits->in_hand));
		return mismatch(t, w, "is larger than the reports that point at it say");
	}
	if (!spool_has_room(t->v->spool, rec->len)) {
		drop_coming(t->exhibits, (size_t)(c - t->exhibits->in_hand));
		t->r.no_room = t->orphans = true;
		char text[128];
		(void)snprintf(text, sizeof text,
			       "the exhibit %.16s... has no room on this machine's disk: it is left where it lies",
			       hash_hex(&rec->of).text);
		return take_in_finding(t, text, NULL);
	}
	int r = file_pwrite_all(c->file.fd, rec->data, rec->len, c->bytes, "a new exhibit", t->err);
	if (!r)
		r = digest_add(c->digest, rec->data, rec->len, t->err);
	if (r)
		return r;
	file_start_sync(c->file.fd, c->bytes, rec->len);
	c->bytes += rec->len;
	c->next++;
	t->taken++;
	return rec->len < BAG_DATA_BYTES ? finish(t, w, c) : 0;
}

/* A row is counted once in a look, which keeps nothing and so knows no more than that it begins there. */
static int look_at(struct take_in *t, const struct bag_record *rec)
{
	bool is_new;
	int r = take_in_first_look(t, &rec->of, &is_new);
	t->r.exhibits += !r && is_new;
	return r;
}

int take_exhibit(struct take_in *t, const struct bag_record *rec)
{
	struct wanted *w;
	bool same = false;
	int r = find_wanted(t, &rec->of, &w);
	if (r || !w || w->is_here)
		return r;
	if (t->o.look)
		return rec->at == 0 ? look_at(t, rec) : 0;
	struct coming *c = find_coming(t->exhibits, w);
	if (c && rec->at < c->next) {
		r = is_same(t, c, rec, &same);
		if (r || same)
			return r;
		if (rec->at > 0)
			return mismatch(t, w, "is told differently by two bags");
		/* Another beginning may be the true one's. */
		drop_coming(t->exhibits, (size_t)(c - t->exhibits->in_hand));
		c = NULL;
	}
	if (c ? rec->at > c->next : rec->at > 0) {
		t->orphans = true;
		return 0;
	}
	if (!c)
		r = begin_coming(t, w, &c);
	return r ? r : append(t, w, c, rec);
}
