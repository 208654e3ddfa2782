/* SPDX-License-Identifier: Apache-2.0 */
/* Appointing and dismissing officers: routine register entries signed by the one keeper of this spool. */
#include "office/office.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "evidence/fingerprint.h"
#include "format/request.h"

/* Readers open covers, clerks and couriers the wrapping of bags: who does neither has no such key. */
static bool may_unwrap(unsigned roles)
{
	return (roles & (ROLE_READER | ROLE_CLERK | ROLE_COURIER)) != 0;
}

/* A new entry of our own register, under way. */
struct drafting {
	struct register_set set;
	const struct office_register *self;
	const struct key *keeper;
	struct register_entry e;
	struct buf text, note;
	struct verified_entry *entry;
	const struct vkey *elsewhere; /* the key that is appointed, where another machine has it; NULL */
	bool may_stand; /* its commit was tried: even after one that failed a power cut may bring the entry back */
};

static void drafting_release(struct drafting *d)
{
	register_set_release(&d->set);
	buf_release(&d->text);
	buf_release(&d->note);
	verified_entry_free(d->entry);
}

/* Two copies of one spool that both write entries fork the register, for everybody to see and for ever. */
static int refuse_copy(struct valise *v, struct valise_err *err)
{
	enum copy_mark_state state;
	int r = copy_mark_look(v->spool, &state, err);
	if (r || state != COPY_MARK_OTHER)
		return r;
	return err_set(
		err, VALISE_E_NOT_ALLOWED,
		"this spool is a copy of another, or was restored from a backup: the other may have written entries that are not "
		"here, and one more would fork your office's register for ever. Take in the newest card of your own office from "
		"somebody who has it (`valise card add CARD`); when it brings nothing newer any more, and no other copy writes, say "
		"so with `valise doctor --only-copy`");
}

static int begin(struct valise *v, struct drafting *d, struct valise_err *err)
{
	int r = register_set_self(v, &d->set, err);
	if (r)
		return r;
	d->self = registers_office(d->set.registers, &v->self);
	const struct verified_entry *one, *other;
	if (office_fork(d->self, &one, &other))
		return err_set(
			err, VALISE_E_BAD,
			"your office's register is forked: another copy of this spool wrote entries too. Nothing is added to it; "
			"the key on the recovery sheet settles it (spec/register.md, authority entries), and no command does that "
			"yet");
	r = refuse_copy(v, err);
	if (r)
		return r;
	const struct verified_entry *head = office_head(d->self);
	buf_init(&d->text, LIMIT_REGISTER_ENTRY_BYTES);
	buf_init(&d->note, LIMIT_REGISTER_ENTRY_BYTES);
	d->e = (struct register_entry){
		.office = v->self, .seq = head->e.seq + 1, .previous = head->note.id, .time_s = clock_now_s()};
	return 0;
}

static int unlock_keeper(struct valise *v, struct drafting *d, struct valise_err *err)
{
	const struct vkey *keepers;
	size_t n;
	uint64_t quorum;
	office_keepers(d->self, NULL, &keepers, &n, &quorum);
	if (quorum != 1)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"entries of this register take %llu keepers' signatures, and this version signs with one",
			(unsigned long long)quorum);
	for (size_t i = 0; i < n; i++) {
		bool here = false;
		int r = key_is_here(v, &keepers[i], &here, err);
		if (r)
			return r;
		if (here)
			return key_unlock(v, &keepers[i], "the keeper", &d->keeper, err);
	}
	return err_set(err, VALISE_E_NOT_ALLOWED,
		       "the keeper's key is not in this spool: appoint and dismiss on the machine that has it");
}

static int sign(struct drafting *d, struct valise_err *err)
{
	const struct ed25519_signer *signer = d->keeper->signer;
	d->e.by = (struct vkey *)(uintptr_t)&d->keeper->vkey;
	d->e.n_by = 1;
	int r = register_entry_write(&d->e, &d->text, err);
	if (!r)
		r = note_sign(buf_str(&d->text), &signer, 1, &d->note, err);
	if (!r)
		r = register_entry_verify(d->note.data, d->note.len, &d->entry, err);
	return r ? r : office_may_follow(d->self, d->entry, err);
}

/* Commits unless another process added an entry meanwhile: two entries after one would be a fork. */
static int commit(struct valise *v, struct drafting *d, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set now = REGISTER_SET_NONE;
	int r = spool_begin(v->spool, err);
	if (r)
		return r;
	r = refuse_copy(v, err);
	if (!r)
		r = register_set_self(v, &now, err);
	if (!r && !hash_eq(&office_head(registers_office(now.registers, &v->self))->note.id, &d->e.previous))
		r = err_set(err, VALISE_E_BUSY, "another process changed the register meanwhile; try again");
	if (!r)
		r = entry_put(v->spool, d->entry, NULL, err);
	if (!r && d->elsewhere)
		r = key_is_elsewhere_put(v, d->elsewhere, err);
	if (!r)
		r = copy_mark_renew(v->spool, err);
	d->may_stand = !r;
	if (!r)
		r = spool_commit(v->spool, err);
	if (r)
		spool_rollback(v->spool);
	copy_mark_sweep(v->spool);
	return r;
}

/* ---- Appointing ---- */

/* What is appointed: a key that is made here, or that of a request. */
struct appointing {
	const struct valise_appointment *want;
	unsigned roles;
	struct verified_request *request; /* NULL: the key is made here */
	struct key *key;
	struct new_key how;
	struct buf recipient;
	struct appointment one;
};

static void appointing_release(struct appointing *a)
{
	verified_request_free(a->request);
	key_free(a->key);
	buf_release(&a->recipient);
}

static int make_key(struct valise *v, struct appointing *a, struct valise_err *err)
{
	a->how = (struct new_key){.kind = KEY_OFFICER,
				  .title = a->want->title,
				  .no_passphrase = a->want->no_passphrase,
				  .with_identity = may_unwrap(a->roles),
				  .reading_identity = a->want->reading_identity};
	int r = key_make(v, &a->how, &a->key, err);
	if (r)
		return r;
	a->one.key = a->key->vkey;
	if (a->key->has_identity) {
		struct age_recipient to;
		memcpy(to.point, a->key->identity.point, sizeof to.point);
		age_recipient_write(&a->recipient, &to);
		a->one.recipient = buf_str(&a->recipient);
	}
	return buf_check(&a->recipient, "the reading key", err);
}

/* One reading key in two appointments would open a reader's letters on a clerk's machine, also those of a reader who has left. */
struct sharing {
	struct str recipient;
	unsigned roles;
	bool is_ours; /* on this machine it may serve two who both read */
	struct officer found;
};

static int shares_recipient(void *context, const struct officer *o)
{
	struct sharing *s = context;
	bool same_use = !((o->roles ^ s->roles) & ROLE_READER);
	if (!o->recipient.at || !str_eq(o->recipient, s->recipient) || (same_use && (o->dismissed || s->is_ours)))
		return 0;
	s->found = *o;
	return 1;
}

static int check_recipient(const struct drafting *d, const struct appointing *a, struct valise_err *err)
{
	struct sharing s = {.recipient = a->one.recipient, .roles = a->roles, .is_ours = !a->request};
	if (!s.recipient.at || !office_each_officer(d->self, NULL, shares_recipient, &s))
		return 0;
	return err_set(err, VALISE_E_EXISTS,
		       "this reading key is that of %s%s already, and what one machine opens would be open to two: %s",
		       text_shown(s.found.title).text, s.found.dismissed ? ", dismissed," : "",
		       a->request ? "ask for a request with another" : "name another, or none");
}

/* The register judges a key that was appointed before, too; here it is said whose it is. */
static int check_request(const struct drafting *d, const struct request *q, struct valise_err *err)
{
	struct officer was;
	if (office_officer(d->self, NULL, &q->by, &was))
		return err_set(
			err, VALISE_E_EXISTS,
			"the key of this request is in your register already, as %s%s: a key is appointed once, ever; ask for a new "
			"request",
			text_shown(was.title).text, was.dismissed ? ", dismissed" : "");
	return 0;
}

static int take_requested_key(const struct drafting *d, struct appointing *a, struct valise_err *err)
{
	const struct request *q = &a->request->r;
	struct str recipient = may_unwrap(a->roles) ? q->recipient : (struct str){NULL, 0};
	if (!recipient_fits(recipient, a->roles))
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"a reader needs a reading key, and this request has none, as it asks for other roles: ask for a request with the "
			"role reader");
	a->one.key = q->by;
	a->one.recipient = recipient;
	return check_request(d, q, err);
}

static int appoint(struct valise *v, struct appointing *a, char **ret_key, struct valise_err *err)
{
	CLEANUP(drafting_release) struct drafting d = {0};
	bool dry_run = a->want->dry_run;
	int r = begin(v, &d, err);
	if (!r && a->request)
		r = take_requested_key(&d, a, err);
	if (!r)
		r = unlock_keeper(v, &d, err);
	if (!r && !a->request)
		r = make_key(v, a, err);
	if (!r)
		r = check_recipient(&d, a, err);
	if (r)
		return r;
	d.e.appointments = &a->one;
	d.e.n_appointments = 1;
	d.elsewhere = a->request ? &a->one.key : NULL;
	r = sign(&d, err);
	if (r || dry_run)
		return r;
	char *key = strdup(vkey_text(&a->one.key).text);
	if (!key)
		return err_nomem(err);
	r = a->key ? key_store(v, a->key, &a->how, err) : 0;
	if (!r)
		r = commit(v, &d, err);
	if (r && a->key && !d.may_stand)
		key_forget(v, a->key);
	if (r || !ret_key)
		free(key);
	else
		*ret_key = key;
	return r;
}

/* Digits are typed, never compared by eye. */
static int check_digits(const struct hash *request, const char *digits, struct valise_err *err)
{
	struct fingerprint_text typed, own = fingerprint_text(request);
	if (!fingerprint_parse(str_of(digits), &typed))
		return err_set(err, VALISE_E_USAGE,
			       "the digits of a request are 30; type those that its maker reads out");
	if (memcmp(&typed, &own, sizeof own) != 0)
		return err_set(
			err, VALISE_E_BAD,
			"these are not the digits of this request: it may be somebody else's. Nobody was appointed; have the digits read "
			"out again, or ask for the request by another way");
	return 0;
}

int valise_officer_add(struct valise *v, const struct valise_appointment *w, char **ret_key, struct valise_err *err)
{
	CLEAN_BUF struct buf title = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	CLEANUP(appointing_release)
	struct appointing a = {.want = w, .recipient = BUF_INIT(AGE_RECIPIENT_TEXT_BYTES)};
	int r = w->request ? request_verify(w->request, w->request_len, &a.request, err) : 0;
	if (r)
		return err_prefix(err, r, "this is no request that can be taken, and nobody was appointed");
	if (a.request && w->digits)
		r = check_digits(&a.request->note.id, w->digits, err);
	if (!r && w->title)
		r = text_free_of(str_of(w->title), "the title", &title, err);
	if (!r && w->roles)
		r = roles_typed(w->roles, &a.roles, err);
	if (!r && !a.request && !(w->title && w->roles))
		r = err_set(err, VALISE_E_USAGE, "an officer has a title and roles");
	if (r)
		return r;
	if (!w->roles)
		a.roles = a.request->r.roles;
	a.one = (struct appointment){.roles = a.roles,
				     .has_until = w->has_until,
				     .until_s = w->until_s,
				     .title = w->title ? buf_str(&title) : a.request->r.title};
	return appoint(v, &a, ret_key, err);
}

/* ---- Dismissing ---- */

struct officer_search {
	struct str name;
	struct officer found;
	size_t matches;
};

static int consider(void *context, const struct officer *o)
{
	struct officer_search *s = context;
	if (o->dismissed || !officer_is_named(o, s->name))
		return 0;
	s->found = *o;
	s->matches++;
	return 0;
}

int valise_officer_dismiss(struct valise *v, const char *officer, const char *reason, bool dry_run,
			   struct valise_err *err)
{
	CLEANUP(drafting_release) struct drafting d = {0};
	CLEAN_BUF struct buf why = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct officer_search search = {.name = str_of(officer)};
	int r = text_free_of(str_of(reason), "the reason", &why, err);
	if (!r)
		r = begin(v, &d, err);
	if (!r)
		r = office_each_officer(d.self, NULL, consider, &search);
	if (r)
		return r;
	if (search.matches == 0)
		return err_set(err, VALISE_E_NOT_FOUND,
			       "no officer in standing has the title or key %s; see `valise officer list`",
			       text_shown(str_of(officer)).text);
	if (search.matches > 1)
		return err_set(err, VALISE_E_AMBIGUOUS,
			       "several officers match %s; name one by its key (`valise officer list`)",
			       text_shown(str_of(officer)).text);
	struct dismissal one = {.key = search.found.key, .reason = buf_str(&why)};
	d.e.dismissals = &one;
	d.e.n_dismissals = 1;
	r = unlock_keeper(v, &d, err);
	if (!r)
		r = sign(&d, err);
	return r || dry_run ? r : commit(v, &d, err);
}
