/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool's registers answer: who of ours can sign, whose keys to wrap for, what to call an office. */
#include "office/office.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

/* ---- Loading ---- */

static int take_entry(void *context, struct verified_entry *e)
{
	struct register_set *set = context;
	struct verified_entry **grown = array_room(set->entries, set->n, &set->cap, sizeof *grown);
	if (!grown) {
		verified_entry_free(e);
		return VALISE_E_NOMEM;
	}
	set->entries = grown;
	set->entries[set->n++] = e;
	return 0;
}

void register_set_release(struct register_set *s)
{
	registers_free(s->registers);
	for (size_t i = 0; i < s->n; i++)
		verified_entry_free(s->entries[i]);
	free(s->entries);
	*s = (struct register_set)REGISTER_SET_NONE;
}

int register_set_load(struct valise *v, const struct hash *offices, size_t n, struct register_set *ret,
		      struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = registers_new(&set.registers, err);
	for (size_t i = 0; i < n && !r; i++)
		r = entries_of(v->spool, &offices[i], take_entry, &set, err);
	for (size_t i = 0; i < set.n && !r; i++)
		r = registers_add(set.registers, set.entries[i], err);
	if (!r)
		r = registers_judge(set.registers, err);
	if (r)
		return r == VALISE_E_NOMEM ? err_nomem(err) : r;
	*ret = set;
	set = (struct register_set)REGISTER_SET_NONE;
	return 0;
}

#define KEPT_OFFICES 64u /* each that joins has all of them judged again */

void kept_registers_release(struct kept_registers *k)
{
	register_set_release(&k->set);
	hashes_release(&k->offices);
}

int kept_registers_need(struct valise *v, struct kept_registers *kept, const struct hash *offices, size_t n,
			struct valise_err *err)
{
	bool grows = false;
	int r = 0;
	for (size_t i = 0; i < n; i++)
		grows |= !hashes_have(&kept->offices, &offices[i]);
	if (!grows && kept->set.registers)
		return 0;
	if (kept->offices.n > KEPT_OFFICES)
		kept_registers_release(kept);
	if (!kept->set.registers)
		r = registers_new(&kept->set.registers, err);
	for (size_t i = 0; i < n && !r; i++) {
		if (hashes_have(&kept->offices, &offices[i]))
			continue;
		size_t before = kept->set.n;
		r = entries_of(v->spool, &offices[i], take_entry, &kept->set, err);
		for (size_t k = before; k < kept->set.n && !r; k++)
			r = registers_add(kept->set.registers, kept->set.entries[k], err);
		if (!r)
			r = hashes_add(&kept->offices, &offices[i], err);
	}
	if (!r)
		r = registers_judge(kept->set.registers, err);
	return r == VALISE_E_NOMEM ? err_nomem(err) : r;
}

int register_set_self(struct valise *v, struct register_set *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = register_set_load(v, &v->self, 1, &set, err);
	if (r)
		return r;
	if (!registers_office(set.registers, &v->self))
		return err_set(err, VALISE_E_BAD,
			       "this spool's own register is damaged; run `valise doctor`, or restore a backup");
	*ret = set;
	set = (struct register_set)REGISTER_SET_NONE;
	return 0;
}

bool report_stands(const struct register_set *set, const struct verified_report *v)
{
	const struct report *p = &v->r;
	return standing_suffices(
		standing_judge(set->registers, &p->office, &p->by, p->role, p->time_s, &v->note.id, NULL));
}

bool statement_stands(const struct register_set *set, const struct verified_statement *v)
{
	const struct statement *s = &v->s;
	return standing_suffices(
		standing_judge(set->registers, &s->office, &s->by, s->role, s->time_s, &v->note.id, NULL));
}

/* ---- Our own officers ---- */

struct signer_search {
	struct valise *v;
	unsigned roles;
	int64_t now_s;
	struct officer *found;
	bool done;
	struct buf could; /* titles of those who could, but whose keys are elsewhere */
	struct valise_err *err;
};

static bool in_standing(const struct officer *o, int64_t now_s)
{
	return !o->dismissed && !(o->has_until && o->until_s < now_s);
}

static int consider_signer(void *context, const struct officer *o)
{
	struct signer_search *s = context;
	bool here = false;
	if (!(o->roles & s->roles) || !in_standing(o, s->now_s))
		return 0;
	int r = key_is_here(s->v, &o->key, &here, s->err);
	if (r)
		return r;
	if (!here) {
		if (s->could.len)
			buf_add_text(&s->could, ", ");
		text_show(&s->could, o->title);
		return 0;
	}
	*s->found = *o;
	s->done = true;
	return 1;
}

int office_signer(struct valise *v, const struct register_set *set, unsigned roles, struct officer *ret,
		  unsigned *ret_role, struct valise_err *err)
{
	struct officer found;
	struct signer_search s = {v, roles, clock_now_s(), &found, false, BUF_INIT(4096), err};
	CLEAN_BUF struct buf names = BUF_INIT(256);
	int r = office_each_officer(registers_office(set->registers, &v->self), NULL, consider_signer, &s);
	if (r < 0) {
		buf_release(&s.could);
		return r;
	}
	if (s.done) {
		buf_release(&s.could);
		unsigned role = 1;
		while (!(found.roles & roles & role))
			role <<= 1;
		*ret = found;
		*ret_role = role;
		return 0;
	}
	for (unsigned role = 1; role < ROLE_MACHINE; role <<= 1)
		if (roles & role)
			buf_addf(&names, "%s%s", names.len ? " or " : "", role_name(role));
	r = err_set(err, VALISE_E_NOT_ALLOWED,
		    "this takes a %s of your office, and no such key is in this spool; %s%s%s",
		    names.data ? (char *)names.data : "", s.could.len ? "who could: " : "nobody in your register could",
		    s.could.len ? (char *)s.could.data : "", s.could.len ? "" : " (see `valise officer add`)");
	buf_release(&s.could);
	return r;
}

#define IDENTITIES_MAX 64u

struct identity_search {
	struct valise *v;
	unsigned roles;
	struct identities found;
	struct valise_err *err;
};

/* Also of dismissed and expired officers: what was sealed to them in their time stays readable to whoever holds the key. */
static int consider_identity(void *context, const struct officer *o)
{
	struct identity_search *s = context;
	bool here = false;
	const struct key *k = NULL;
	if (!(o->roles & s->roles) || !o->recipient.at || s->found.n == IDENTITIES_MAX)
		return 0;
	int r = key_is_here(s->v, &o->key, &here, s->err);
	if (r || !here)
		return r;
	CLEAN_BUF struct buf title = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	text_show(&title, o->title);
	r = key_unlock(s->v, &o->key, title.data ? (char *)title.data : "an officer", &k, s->err);
	if (!r && k->has_identity)
		s->found.at[s->found.n++] = k->identity;
	return r;
}

void identities_release(struct identities *i)
{
	secret_release(&i->memory);
	*i = (struct identities){0};
}

int office_identities(struct valise *v, const struct register_set *set, unsigned roles, struct identities *ret,
		      struct valise_err *err)
{
	struct identity_search s = {.v = v, .roles = roles, .err = err};
	int r = secret_alloc(&s.found.memory, IDENTITIES_MAX * sizeof *s.found.at, err);
	if (r)
		return r;
	s.found.at = (struct age_identity *)(void *)s.found.memory.bytes;
	r = office_each_officer(registers_office(set->registers, &v->self), NULL, consider_identity, &s);
	if (r) {
		identities_release(&s.found);
		return r;
	}
	*ret = s.found;
	return 0;
}

/* ---- Others' keys ---- */

struct recipient_search {
	unsigned roles;
	int64_t now_s;
	struct recipients *ret;
};

static int consider_recipient(void *context, const struct officer *o)
{
	struct recipient_search *s = context;
	struct recipients *list = s->ret;
	struct age_recipient one;
	if (!(o->roles & s->roles) || !in_standing(o, s->now_s) || !o->recipient.at)
		return 0;
	if (!age_recipient_parse(o->recipient, &one))
		return VALISE_E_BAD;
	for (size_t i = 0; i < list->n; i++)
		if (memcmp(list->at[i].point, one.point, sizeof one.point) == 0)
			return 0;
	struct age_recipient *grown = array_room(list->at, list->n, &list->cap, sizeof *grown);
	if (!grown)
		return VALISE_E_NOMEM;
	list->at = grown;
	list->at[list->n++] = one;
	return 0;
}

int office_recipients(const struct office_register *o, unsigned roles, int64_t now_s, struct recipients *ret,
		      struct valise_err *err)
{
	struct recipient_search s = {roles, now_s, ret};
	int r = office_each_officer(o, NULL, consider_recipient, &s);
	return r == VALISE_E_NOMEM ? err_nomem(err) : r ? err_set(err, r, "an officer's reading key is malformed") : 0;
}

void recipients_release(struct recipients *r)
{
	free(r->at);
	*r = (struct recipients){0};
}

/* ---- Names ---- */

int office_show(struct valise *v, const struct register_set *set, const struct hash *office, struct buf *ret,
		struct valise_err *err)
{
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct contact c;
	int r = contact_get(v->spool, office, &c, &name, err);
	if (!r) {
		text_show(ret, buf_str(&name));
		return buf_check(ret, "a name", err);
	}
	if (r != VALISE_E_NOT_FOUND)
		return r;
	const struct office_register *o = set ? registers_office(set->registers, office) : NULL;
	if (o && hash_eq(office, &v->self)) {
		text_show(ret, office_name(o));
	} else if (o) {
		text_quote(ret, office_name(o));
		buf_add_text(ret, " (own name)");
	} else {
		buf_addf(ret, "office %.8s", hash_hex(office).text);
	}
	return buf_check(ret, "a name", err);
}
