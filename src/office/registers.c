/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool's registers answer: who of ours can sign, whose keys to wrap for, what to call an office. */
#include "office/office.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"

/* ---- Loading ---- */

static void kept_release(struct kept_registers *k);

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
	if (s->kept) {
		kept_release(s->kept);
		*s = (struct register_set)REGISTER_SET_NONE;
		return;
	}
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

/* ---- Looking ---- */

#define KEPT_ENTRIES 4096u /* of one set: larger ones are read each time; and twice as many of all */

struct kept_registers {
	struct register_set set; /* owned */
	struct hash offices;     /* digest of their ids */
	struct spool_changes as_of;
	unsigned users;
};

static void kept_release(struct kept_registers *k)
{
	if (--k->users)
		return;
	register_set_release(&k->set);
	free(k);
}

void kept_registers_drop(struct valise *v)
{
	for (size_t i = 0; i < KEPT_REGISTERS; i++)
		if (v->kept[i])
			kept_release(TAKE(v->kept[i]));
	v->n_kept_entries = 0;
}

static struct register_set kept_set(struct kept_registers *k)
{
	struct register_set set = k->set;
	set.kept = k;
	k->users++;
	return set;
}

static int keep(struct valise *v, const struct hash *offices, size_t n, const struct kept_registers *like,
		struct register_set *ret, struct valise_err *err)
{
	struct kept_registers *k = malloc(sizeof *k);
	if (!k)
		return err_nomem(err);
	*k = *like;
	int r = register_set_load(v, offices, n, &k->set, err);
	if (r) {
		free(k);
		return r;
	}
	if (k->set.n > KEPT_ENTRIES) {
		*ret = k->set;
		free(k);
		return 0;
	}
	if (v->n_kept_entries + k->set.n > 2 * KEPT_ENTRIES)
		kept_registers_drop(v);
	k->users = 1;
	struct kept_registers **place = &v->kept[v->next_kept++ % KEPT_REGISTERS];
	if (*place) {
		v->n_kept_entries -= (*place)->set.n;
		kept_release(*place);
	}
	*place = k;
	v->n_kept_entries += k->set.n;
	*ret = kept_set(k);
	return 0;
}

int register_set_look(struct valise *v, const struct hash *offices, size_t n, struct register_set *ret,
		      struct valise_err *err)
{
	struct kept_registers wanted = {.set = REGISTER_SET_NONE};
	digest_once(offices, n * sizeof *offices, &wanted.offices);
	int r = spool_changes(v->spool, &wanted.as_of, err);
	if (r)
		return r;
	for (size_t i = 0; i < KEPT_REGISTERS; i++) {
		struct kept_registers *k = v->kept[i];
		if (k && hash_eq(&k->offices, &wanted.offices) && spool_is_as(&k->as_of, &wanted.as_of)) {
			*ret = kept_set(k);
			return 0;
		}
	}
	return keep(v, offices, n, &wanted, ret, err);
}

int register_set_self(struct valise *v, struct register_set *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = register_set_look(v, &v->self, 1, &set, err);
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
	const struct signer_wish *wish;
	int64_t now_s;
	struct officer *found, *machine;
	size_t n_found, n_machines, n_named, n_standing, n_fit; /* the last three: of those of that name */
	struct buf could; /* titles of those who could, but whose keys are elsewhere */
	struct valise_err *err;
};

bool officer_is_named(const struct officer *o, struct str name)
{
	struct vkey_text t = vkey_text(&o->key);
	struct str key = str_of(t.text), digits = {t.text + strlen("valise/"), key.len - strlen("valise/")};
	return str_eq(o->title, name) || (name.len >= 4 && (str_starts(key, name) || str_starts(digits, name)));
}

/* Who asks for a name gets that one only. Otherwise it is a person's: what a machine signs is shown as signed unattended. */
static int consider_signer(void *context, const struct officer *o)
{
	struct signer_search *s = context;
	bool here = false, standing = officer_in_standing(o, s->now_s), fits = o->roles & s->wish->roles;
	if (s->wish->as && !officer_is_named(o, str_of(s->wish->as)))
		return 0;
	s->n_named++;
	s->n_standing += standing;
	s->n_fit += standing && fits;
	if (!standing || !fits)
		return 0;
	int r = key_is_here(s->v, &o->key, &here, s->err);
	if (r)
		return r;
	if (!here) {
		if (s->could.len)
			buf_add_text(&s->could, ", ");
		text_show(&s->could, o->title);
	} else if ((o->roles & ROLE_MACHINE) && !s->wish->as) {
		if (!s->n_machines++)
			*s->machine = *o;
	} else if (!s->n_found++) {
		*s->found = *o;
	}
	return 0;
}

/* "clerk or reader" */
static void add_roles(struct buf *b, unsigned roles)
{
	const char *before = "";
	for (unsigned role = 1; role < ROLE_MACHINE; role <<= 1)
		if (roles & role) {
			buf_addf(b, "%s%s", before, role_name(role));
			before = " or ";
		}
}

static int refuse_named(const struct signer_search *s, const char *roles, struct valise_err *err)
{
	struct shown_text name = text_shown(str_of(s->wish->as));
	if (s->n_found > 1)
		return err_set(
			err, VALISE_E_AMBIGUOUS,
			"several officers whose keys are here match %s: name one by its key (`valise officer list`)",
			name.text);
	if (!s->n_named)
		return err_set(err, VALISE_E_NOT_FOUND,
			       "no officer of your office has the title or key %s; see `valise officer list`",
			       name.text);
	if (!s->n_standing)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"%s is not in standing: dismissed, or its appointment has ended; see `valise officer list`",
			name.text);
	if (!s->n_fit)
		return err_set(err, VALISE_E_NOT_ALLOWED, "this takes a %s, and %s is none; see `valise officer list`",
			       roles, name.text);
	return err_set(err, VALISE_E_NOT_ALLOWED,
		       "the key of %s is not in this spool: do it on the machine that has it", name.text);
}

static int refuse(const struct signer_search *s, const char *roles, struct valise_err *err)
{
	if (s->n_machines)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"this takes a %s of your office, and the only such key here is of a machine, %s, which signs unattended: "
			"a person does it with a key of its own%s%s%s",
			roles, text_shown(s->machine->title).text, s->could.len ? ", as could: " : "",
			s->could.len ? (char *)s->could.data : "",
			s->wish->by_name ? ", or names this one with --as" : "");
	if (s->could.len)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"this takes a %s of your office, and no such key is in this spool; who could, on the machine that has the "
			"key: %s",
			roles, (char *)s->could.data);
	return err_set(
		err, VALISE_E_NOT_ALLOWED,
		"this takes a %s of your office, and no such key is in this spool; nobody in your register could (see `valise "
		"officer add`)",
		roles);
}

int office_signer(struct valise *v, const struct register_set *set, const struct signer_wish *wish, struct officer *ret,
		  unsigned *ret_role, struct valise_err *err)
{
	struct officer found = {.roles = 0}, machine = {.roles = 0};
	struct signer_search s = {.v = v,
				  .wish = wish,
				  .now_s = clock_now_s(),
				  .found = &found,
				  .machine = &machine,
				  .could = BUF_INIT(4096),
				  .err = err};
	CLEAN_BUF struct buf roles = BUF_INIT(256);
	int r = office_each_officer(registers_office(set->registers, &v->self), NULL, consider_signer, &s);
	add_roles(&roles, wish->roles);
	const char *text = roles.data ? (char *)roles.data : "";
	if (!r && wish->as && s.n_found != 1)
		r = refuse_named(&s, text, err);
	else if (!r && !s.n_found && !(wish->machine_will_do && s.n_machines))
		r = refuse(&s, text, err);
	buf_release(&s.could);
	if (r)
		return r;
	unsigned role = 1;
	if (!s.n_found)
		found = machine;
	while (!(found.roles & wish->roles & role))
		role <<= 1;
	*ret = found;
	*ret_role = role;
	return 0;
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

static int add_recipient(struct recipients *list, const struct age_recipient *one)
{
	for (size_t i = 0; i < list->n; i++)
		if (memcmp(list->at[i].point, one->point, sizeof one->point) == 0)
			return 0;
	struct age_recipient *grown = array_room(list->at, list->n, &list->cap, sizeof *grown);
	if (!grown)
		return VALISE_E_NOMEM;
	list->at = grown;
	list->at[list->n++] = *one;
	return 0;
}

static int consider_recipient(void *context, const struct officer *o)
{
	struct recipient_search *s = context;
	struct age_recipient one;
	if (!(o->roles & s->roles) || !officer_in_standing(o, s->now_s) || !o->recipient.at)
		return 0;
	if (!age_recipient_parse(o->recipient, &one))
		return VALISE_E_BAD;
	return add_recipient(s->ret, &one);
}

int office_recipients(const struct office_register *o, unsigned roles, int64_t now_s, struct recipients *ret,
		      struct valise_err *err)
{
	struct recipient_search s = {roles, now_s, ret};
	int r = office_each_officer(o, NULL, consider_recipient, &s);
	return r == VALISE_E_NOMEM ? err_nomem(err) : r ? err_set(err, r, "an officer's reading key is malformed") : 0;
}

int recipients_join(struct recipients *all, const struct recipients *more, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < more->n && !r; i++)
		r = add_recipient(all, &more->at[i]);
	return r ? err_nomem(err) : 0;
}

static int point_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct age_recipient));
}

void recipients_settle(struct recipients *r, struct hash *ret_id)
{
	size_t n = 0;
	if (r->n)
		qsort(r->at, r->n, sizeof *r->at, point_order);
	for (size_t i = 0; i < r->n; i++)
		if (n == 0 || point_order(&r->at[n - 1], &r->at[i]) != 0)
			r->at[n++] = r->at[i];
	r->n = n;
	digest_once(r->at, n * sizeof *r->at, ret_id);
}

bool recipients_have(const struct recipients *r, const struct age_recipient *one)
{
	return r->n && bsearch(one, r->at, r->n, sizeof *r->at, point_order);
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
