/* SPDX-License-Identifier: Apache-2.0 */
/* Whom bags inside our office are wrapped for, and which letters are our office's. */
#include "office/inside.h"

#include "base/array.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "office/put_exhibits.h"

#define INSIDE_ROLES (ROLE_CLERK | ROLE_COURIER | ROLE_READER)
/* More would make a bag's header large for the sake of people who left. */
#define EVER_MAX 512u
/* Honest offices have a handful; a bag for what is beyond is put there again. */
#define SERVING_MAX 256u
#define SERVING_ENTRIES_MAX 1024u

/* ---- Whose keys ---- */

/* Who was appointed with a key up to some entry, in that order, and how long he stands by it. */
struct holder {
	struct age_recipient to;
	bool dismissed;
	int64_t until_s; /* INT64_MAX: no end */
};
struct holders {
	struct holder *at;
	size_t n, cap;
};

static void holders_release(struct holders *h)
{
	free(h->at);
	*h = (struct holders){0};
}

static int add_holder(void *context, const struct officer *o)
{
	struct holders *h = context;
	struct holder one = {.dismissed = o->dismissed, .until_s = o->has_until ? o->until_s : INT64_MAX};
	if (!(o->roles & INSIDE_ROLES) || !o->recipient.at)
		return 0;
	if (!age_recipient_parse(o->recipient, &one.to))
		return VALISE_E_BAD;
	struct holder *grown = array_room(h->at, h->n, &h->cap, sizeof *grown);
	if (!grown)
		return VALISE_E_NOMEM;
	h->at = grown;
	h->at[h->n++] = one;
	return 0;
}

/* `head` NULL: now. */
static int holders_at(const struct office_register *self, const struct hash *head, struct holders *ret,
		      struct valise_err *err)
{
	int r = office_each_officer(self, head, add_holder, ret);
	return r == VALISE_E_NOMEM ? err_nomem(err) : r ? err_set(err, r, "an officer's reading key is malformed") : 0;
}

static int add_key(struct recipients *keys, const struct holder *one, struct valise_err *err)
{
	struct age_recipient *grown = array_room(keys->at, keys->n, &keys->cap, sizeof *grown);
	if (!grown)
		return err_nomem(err);
	keys->at = grown;
	keys->at[keys->n++] = one->to;
	return 0;
}

static int keys_at(const struct holders *h, int64_t when_s, struct recipients *ret, struct hash *ret_id,
		   struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < h->n && !r; i++)
		if (!h->at[i].dismissed && h->at[i].until_s >= when_s)
			r = add_key(ret, &h->at[i], err);
	recipients_settle(ret, ret_id);
	return r;
}

/* As many of those who are no longer in standing as there is room for, the newest first. */
static int keys_ever(const struct holders *h, const struct recipients *officers, struct recipients *ret,
		     struct hash *ret_id, struct valise_err *err)
{
	int r = recipients_join(ret, officers, err);
	for (size_t i = h->n; i-- > 0 && !r && ret->n < EVER_MAX;) {
		const struct recipients one = {.at = &h->at[i].to, .n = 1};
		r = recipients_join(ret, &one, err);
	}
	recipients_settle(ret, ret_id);
	return r;
}

static bool cover(const struct recipients *all, const struct recipients *some)
{
	for (size_t i = 0; i < some->n; i++)
		if (!recipients_have(all, &some->at[i]))
			return false;
	return true;
}

/* The audience as it was under some entry: before anybody had served his time, and after each who has. */
static int add_serving(struct inside_keys *k, const struct holders *h, int64_t now_s, bool *ret_any,
		       struct valise_err *err)
{
	int r = 0;
	*ret_any = false;
	for (size_t i = 0; i <= h->n && !r && k->serving.n < SERVING_MAX; i++) {
		int64_t when_s = i < h->n ? h->at[i].until_s : now_s;
		CLEANUP(recipients_release) struct recipients keys = {0};
		struct hash id;
		if (when_s > now_s || (i < h->n && h->at[i].dismissed))
			continue;
		r = keys_at(h, when_s, &keys, &id, err);
		if (r || !cover(&keys, &k->officers))
			continue;
		*ret_any = true;
		r = hashes_add(&k->serving, &id, err);
	}
	return r;
}

/* From the head back to the entry that appointed the last of those who are in standing: before it, no audience held all of them. */
static int find_serving(const struct office_register *self, int64_t now_s, struct inside_keys *k,
			struct valise_err *err)
{
	const struct verified_entry *e = office_head(self);
	bool any = true;
	int r = hashes_add(&k->serving, &k->officers_id, err);
	if (!r)
		r = hashes_add(&k->serving, &k->ever_id, err);
	for (size_t i = 0; i < SERVING_ENTRIES_MAX && e && any && !r; i++) {
		CLEANUP(holders_release) struct holders h = {0};
		r = holders_at(self, &e->note.id, &h, err);
		if (!r)
			r = add_serving(k, &h, now_s, &any, err);
		e = e->e.is_first ? NULL : office_entry(self, &e->e.previous);
	}
	return r;
}

bool inside_is_officer(const struct inside_keys *k, const struct age_recipient *one)
{
	return recipients_have(&k->officers, one);
}

void inside_keys_release(struct inside_keys *k)
{
	recipients_release(&k->officers);
	recipients_release(&k->ever);
	hashes_release(&k->serving);
}

int inside_keys_find(const struct office_register *self, int64_t now_s, struct inside_keys *ret, struct valise_err *err)
{
	CLEANUP(holders_release) struct holders h = {0};
	CLEANUP(inside_keys_release) struct inside_keys k = {0};
	int r = holders_at(self, NULL, &h, err);
	if (!r)
		r = keys_at(&h, now_s, &k.officers, &k.officers_id, err);
	if (!r && !k.officers.n)
		r = err_set(
			err, VALISE_E_NOT_ALLOWED,
			"no clerk, courier or reader of your office is in standing, so that there is no key to wrap for; see "
			"`valise officer add`");
	if (!r)
		r = keys_ever(&h, &k.officers, &k.ever, &k.ever_id, err);
	if (!r)
		r = find_serving(self, now_s, &k, err);
	if (r)
		return r;
	*ret = k;
	k = (struct inside_keys){0};
	return 0;
}

/* ---- Dismissed ---- */

struct here {
	struct valise *v;
	int64_t now_s;
	struct officer last; /* of those that are not in standing */
	size_t n, n_standing;
	struct valise_err *err;
};

static int look_at_here(void *context, const struct officer *o)
{
	struct here *h = context;
	bool here;
	int r = key_is_here(h->v, &o->key, &here, h->err);
	if (r || !here)
		return r;
	h->n++;
	if (officer_in_standing(o, h->now_s))
		h->n_standing++;
	else
		h->last = *o;
	return 0;
}

int inside_dismissed(struct valise *v, const struct office_register *self, int64_t now_s, struct buf *ret,
		     struct valise_err *err)
{
	struct here h = {.v = v, .now_s = now_s, .err = err};
	const struct vkey *keepers;
	size_t n_keepers;
	uint64_t quorum;
	bool is_keepers = false;
	int r = office_each_officer(self, NULL, look_at_here, &h);
	office_keepers(self, NULL, &keepers, &n_keepers, &quorum);
	for (size_t i = 0; i < n_keepers && !r && !is_keepers; i++)
		r = key_is_here(v, &keepers[i], &is_keepers, err);
	if (r || is_keepers || !h.n || h.n_standing)
		return r;
	text_show(ret, h.last.title);
	if (h.last.dismissed) {
		buf_addf(ret, ", whose key is here, was dismissed on %.10s", time_text(h.last.dismissed_s).text);
		if (h.last.reason.len) {
			buf_add_text(ret, " (");
			text_show(ret, h.last.reason);
			buf_add_char(ret, ')');
		}
	} else {
		buf_addf(ret, ", whose key is here, was appointed until %.10s", time_text(h.last.until_s).text);
	}
	buf_add_text(
		ret,
		": what it signs counts no more, and nothing is wrapped for it; `valise officer request --force` asks "
		"for another appointment");
	return buf_check(ret, "a finding", err);
}

/* ---- Which letters, and what of them ---- */

int inside_concerns(const struct valise *v, const struct gathered *g, bool *ret, struct valise_err *err)
{
	CLEANUP(hashes_release) struct hashes to = {0};
	int r = gathered_recipients(g, &to, err);
	if (r)
		return r;
	bool ours = hash_eq(&g->seal->s.from.office, &v->self) || hashes_have(&to, &v->self);
	for (size_t i = 0; i < g->n_statements && !ours; i++) {
		const struct verified_statement *s = g->statements[i].statement;
		bool handed_us = (s->s.says == SAYS_HANDED || s->s.says == SAYS_DELIVERED) && s->s.has_to &&
				 hash_eq(&s->s.to, &v->self);
		ours = (handed_us || hash_eq(&s->s.office.office, &v->self)) && statement_stands(&g->set, s);
	}
	for (size_t i = 0; i < g->n_reports && !ours; i++)
		ours = hash_eq(&g->reports[i].report->r.office.office, &v->self) &&
		       report_stands(&g->set, g->reports[i].report);
	*ret = ours;
	return 0;
}

bool inside_item(const struct bag_record *rec, struct hash *ret)
{
	const uint8_t *empty_line;
	switch (rec->kind) {
	case BAG_NOTE:
		empty_line = memmem(rec->data, rec->len, "\n\n", 2);
		if (empty_line)
			digest_once(rec->data, (size_t)(empty_line - rec->data) + 1, ret);
		return empty_line != NULL;
	case BAG_COVER:
		digest_once(rec->data, rec->len, ret);
		return true;
	case BAG_BODY:
		*ret = rec->of;
		return true;
	case BAG_PIECE:
		*ret = rec->root;
		return true;
	case BAG_EXHIBIT:
		*ret = exhibit_record_item(&rec->of, rec->at);
		return true;
	default:
		return false;
	}
}
