/* SPDX-License-Identifier: Apache-2.0 */
/* Appointing and dismissing officers: routine register entries signed by the one keeper of this spool. */
#include "office/office.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

/* A new entry of our own register, under way. */
struct drafting {
	struct register_set set;
	const struct office_register *self;
	const struct key *keeper;
	struct register_entry e;
	struct buf text, note;
	struct verified_entry *entry;
	bool may_stand; /* its commit was tried: even after one that failed a power cut may bring the entry back */
};

static void drafting_release(struct drafting *d)
{
	register_set_release(&d->set);
	buf_release(&d->text);
	buf_release(&d->note);
	verified_entry_free(d->entry);
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
			"recover the office with the key on the recovery sheet");
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
	r = register_set_self(v, &now, err);
	if (!r && !hash_eq(&office_head(registers_office(now.registers, &v->self))->note.id, &d->e.previous))
		r = err_set(err, VALISE_E_BUSY, "another process changed the register meanwhile; try again");
	if (!r)
		r = entry_put(v->spool, d->entry, NULL, err);
	d->may_stand = !r;
	if (!r)
		r = spool_commit(v->spool, err);
	if (r)
		spool_rollback(v->spool);
	return r;
}

/* ---- Appointing ---- */

static int appoint(struct valise *v, const struct valise_appointment *a, unsigned roles, struct str title,
		   char **ret_key, struct valise_err *err)
{
	CLEANUP(drafting_release) struct drafting d = {0};
	CLEANUP(key_freep) struct key *k = NULL;
	CLEAN_BUF struct buf recipient = BUF_INIT(AGE_RECIPIENT_TEXT_BYTES);
	struct new_key n = {.kind = KEY_OFFICER,
			    .title = a->title,
			    .no_passphrase = a->no_passphrase,
			    .with_identity = (roles & (ROLE_READER | ROLE_CLERK | ROLE_COURIER)) != 0,
			    .reading_identity = a->reading_identity};
	struct appointment one = {.roles = roles, .has_until = a->has_until, .until_s = a->until_s, .title = title};
	int r = begin(v, &d, err);
	if (!r)
		r = unlock_keeper(v, &d, err);
	if (!r)
		r = key_make(v, &n, &k, err);
	if (r)
		return r;
	one.key = k->vkey;
	if (k->has_identity) {
		struct age_recipient to;
		memcpy(to.point, k->identity.point, sizeof to.point);
		age_recipient_write(&recipient, &to);
		one.recipient = buf_str(&recipient);
	}
	d.e.appointments = &one;
	d.e.n_appointments = 1;
	r = buf_check(&recipient, "the reading key", err);
	if (!r)
		r = sign(&d, err);
	if (r || a->dry_run)
		return r;
	char *key = strdup(vkey_text(&k->vkey).text);
	if (!key)
		return err_nomem(err);
	r = key_store(v, k, &n, err);
	if (!r)
		r = commit(v, &d, err);
	if (r && !d.may_stand)
		key_forget(v, k);
	if (r || !ret_key)
		free(key);
	else
		*ret_key = key;
	return r;
}

int valise_officer_add(struct valise *v, const struct valise_appointment *a, char **ret_key, struct valise_err *err)
{
	CLEAN_BUF struct buf title = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	unsigned roles;
	int r = text_free_of(str_of(a->title), "the title", &title, err);
	if (!r && !roles_parse(str_of(a->roles), &roles))
		r = err_set(
			err, VALISE_E_USAGE,
			"%s is no list of roles: name some of principal, clerk, reader, courier, spokesperson, machine, in that order, with commas",
			text_shown(str_of(a->roles)).text);
	if (!r && !(roles & ~(unsigned)ROLE_MACHINE))
		r = err_set(
			err, VALISE_E_USAGE,
			"machine marks a key that signs unattended: name what it may say besides, as clerk,machine");
	return r ? r : appoint(v, a, roles, buf_str(&title), ret_key, err);
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
	struct vkey_text t = vkey_text(&o->key);
	struct str key = str_of(t.text), name = {t.text + strlen("valise/"), key.len - strlen("valise/")};
	if (o->dismissed || !(str_eq(o->title, s->name) ||
			      (s->name.len >= 4 && (str_starts(key, s->name) || str_starts(name, s->name)))))
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
