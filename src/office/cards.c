/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: an office's register given away and taken in, and what a person is shown of it. */
#include "office/cards.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "evidence/fingerprint.h"
#include "format/card.h"
#include "format/paper_code.h"
#include "spool/mend.h"

/* ---- What a person is shown of an office ---- */

struct office_result {
	struct valise_office pub; /* first: freed through it */
	char id[HASH_HEX_BYTES + 1], head[HASH_HEX_BYTES + 1];
	struct fingerprint_text fingerprint;
	char *name, *petname;
	struct valise_officer *officers;
	size_t n, cap;
	struct valise *v; /* NULL: no spool */
	bool is_self;
	struct valise_err *err;
};

static void officer_release(struct valise_officer *o)
{
	free((char *)(uintptr_t)o->key);
	free((char *)(uintptr_t)o->title);
	free((char *)(uintptr_t)o->roles);
	free((char *)(uintptr_t)o->recipient);
	free((char *)(uintptr_t)o->reason);
}

void valise_office_free(struct valise_office *pub)
{
	struct office_result *r = (struct office_result *)pub;
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		officer_release(&r->officers[i]);
	free(r->officers);
	free(r->name);
	free(r->petname);
	free(r);
}

static int add_officer(void *context, const struct officer *o)
{
	struct office_result *r = context;
	CLEAN_BUF struct buf roles = BUF_INIT(256);
	struct valise_officer *grown = array_room(r->officers, r->n, &r->cap, sizeof *grown);
	if (!grown)
		return err_nomem(r->err);
	r->officers = grown;
	roles_write(&roles, o->roles);
	bool here = false;
	int e = buf_check(&roles, "roles", r->err);
	if (!e && r->v && r->is_self)
		e = key_is_here(r->v, &o->key, &here, r->err);
	if (e)
		return e;
	struct valise_officer one = {
		.key = strdup(vkey_text(&o->key).text),
		.title = str_dup(o->title),
		.roles = (char *)buf_take(&roles, NULL),
		.recipient = str_dup(o->recipient),
		.has_until = o->has_until,
		.until_s = o->until_s,
		.dismissed = o->dismissed,
		.dismissed_s = o->dismissed_s,
		.reason = o->dismissed ? str_dup(o->reason) : NULL,
		.is_here = here,
	};
	r->officers[r->n++] = one;
	bool whole = one.key && one.title && one.roles && (one.recipient || !o->recipient.at) &&
		     (one.reason || !o->dismissed);
	return whole ? 0 : err_nomem(r->err);
}

/* `v` may be NULL. */
static int describe(struct valise *v, const struct register_set *set, const struct hash *office,
		    struct valise_office **ret, struct valise_err *err)
{
	const struct office_register *o = registers_office(set->registers, office);
	CLEAN_BUF struct buf petname = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	const struct verified_entry *fork_a, *fork_b;
	struct contact c = {0};
	if (!o)
		return err_set(err, VALISE_E_NOT_FOUND, "the register of office %.8s is not here",
			       hash_hex(office).text);
	struct office_result *r = calloc(1, sizeof *r);
	if (!r)
		return err_nomem(err);
	r->v = v;
	r->err = err;
	r->is_self = v && hash_eq(office, &v->self);
	int e = v ? contact_get(v->spool, office, &c, &petname, err) : VALISE_E_NOT_FOUND;
	if (e == VALISE_E_NOT_FOUND)
		e = 0;
	if (!e)
		e = office_each_officer(o, NULL, add_officer, r);
	r->name = str_dup(office_name(o));
	r->petname = petname.len ? str_dup(buf_str(&petname)) : NULL;
	if (!e && (!r->name || (petname.len && !r->petname)))
		e = err_nomem(err);
	if (e) {
		valise_office_free(&r->pub);
		return e;
	}
	memcpy(r->id, hash_hex(office).text, sizeof r->id);
	memcpy(r->head, hash_hex(&office_head(o)->note.id).text, sizeof r->head);
	r->fingerprint = fingerprint_text(office);
	r->pub = (struct valise_office){
		.view = {.id = r->id,
			 .fingerprint = r->fingerprint.text,
			 .name = r->name,
			 .petname = r->petname,
			 .is_self = r->is_self,
			 .checked = r->is_self || c.checked,
			 .forked = office_fork(o, &fork_a, &fork_b)},
		.head = r->head,
		.entries = office_entries(o),
		.since_s = office_first(o)->e.time_s,
		.officers = r->officers,
		.n_officers = r->n,
	};
	*ret = &r->pub;
	return 0;
}

int valise_office(struct valise *v, const char *name, struct valise_office **ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	struct hash office = v->self;
	int r = name ? office_find(v, name, &office, err) : 0;
	if (!r)
		r = register_set_load(v, &office, 1, &set, err);
	return r ? r : describe(v, &set, &office, ret, err);
}

/* ---- Giving ---- */

int valise_card_export(struct valise *v, const char *name, char **ret, size_t *ret_len, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_BUF struct buf card = BUF_INIT(CARD_BYTES);
	struct hash office = v->self;
	int r = name ? office_find(v, name, &office, err) : 0;
	if (!r)
		r = register_set_load(v, &office, 1, &set, err);
	if (r)
		return r;
	const struct office_register *o = registers_office(set.registers, &office);
	size_t n = o ? office_entries(o) : 0;
	CLEAN_FREE struct str *entries = calloc(n ? n : 1, sizeof *entries);
	if (!entries)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		const struct note *note = &office_entry_at(o, i)->note;
		entries[i] = (struct str){note->bytes, note->len};
	}
	r = card_write(entries, n, &card, err);
	if (!r)
		*ret = (char *)buf_take(&card, ret_len);
	return r;
}

/* ---- Taking ---- */

int card_verify(struct valise *v, const void *bytes, size_t len, struct register_set *ret, struct hash *ret_office,
		size_t *ret_held, struct valise_err *err)
{
	CLEAN_CARD struct card c = {0};
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = card_parse(bytes, len, &c, err);
	if (r)
		return r;
	if (v)
		r = register_set_load(v, &c.office, 1, &set, err);
	else
		r = registers_new(&set.registers, err);
	size_t held = set.n;
	struct verified_entry **grown = r ? NULL : realloc(set.entries, (held + c.n_entries) * sizeof *grown);
	if (!r && !grown)
		r = err_nomem(err);
	if (grown)
		set.entries = grown;
	for (size_t i = 0; i < c.n_entries && !r; i++) {
		r = register_entry_verify(c.entries[i].at, c.entries[i].len, &set.entries[set.n], err);
		if (!r)
			r = registers_add(set.registers, set.entries[set.n++], err);
	}
	if (!r)
		r = registers_judge(set.registers, err);
	if (r)
		return err_prefix(err, r, "this card cannot be taken");
	const struct office_register *o = registers_office(set.registers, &c.office);
	for (size_t i = held; i < set.n; i++)
		if (!o || !office_entry(o, &set.entries[i]->note.id))
			return err_set(
				err, VALISE_E_BAD,
				"this card holds an entry that its office's keepers did not properly sign; ask for another");
	*ret = set;
	set = (struct register_set)REGISTER_SET_NONE;
	*ret_office = c.office;
	*ret_held = held;
	return 0;
}

/* Entries that are here and were damaged on this disk: whatever else the card holds, they are what they were. */
static int mend_entries(struct valise *v, const struct card *c, struct valise_err *err)
{
	int r = 0;
	for (size_t i = 0; i < c->n_entries && !r; i++) {
		CLEAN_ENTRY struct verified_entry *e = NULL;
		enum note_here here = NOTE_ABSENT;
		bool mended;
		r = register_entry_verify(c->entries[i].at, c->entries[i].len, &e, err);
		if (!r)
			r = note_here(v->spool, NOTE_REGISTER, &e->note.id, c->entries[i], &here, err);
		if (r || here != NOTE_DAMAGED)
			continue;
		r = spool_begin(v->spool, err);
		if (!r)
			r = spool_end(v->spool, note_mend(v->spool, &e->note, &mended, err), err);
	}
	return r;
}

/* Whether what is here of that office's register cannot be read. */
static int look_whether_damaged(struct valise *v, const struct card *c, bool *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	struct valise_err why = {0};
	int r = v ? register_set_load(v, &c->office, 1, &set, &why) : 0; /* an officer's machine has no office yet */
	*ret = r == VALISE_E_BAD;
	if (r && !*ret)
		err_copy(err, &why);
	return *ret ? 0 : r;
}

int valise_card_look(struct valise *v, const void *card, size_t len, struct valise_office **ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_CARD struct card c = {0};
	struct hash office = {0};
	size_t held;
	bool is_damaged = false;
	int r = card_parse(card, len, &c, err);
	if (!r)
		r = look_whether_damaged(v, &c, &is_damaged, err);
	if (!r) /* what is damaged here stands in no card's way */
		r = card_verify(is_damaged ? NULL : v, card, len, &set, &office, &held, err);
	return r ? r : describe(v, &set, &office, ret, err);
}

/* What a scanned code says is the whole id; scanners may add a line's end. */
static int check_code(const struct hash *office, struct str code, struct valise_err *err)
{
	struct hash scanned;
	while (code.len > 0 && strchr(" \r\n", code.at[code.len - 1]))
		code.len--;
	if (!paper_code_parse(VALISE_PAPER_OFFICE, code, &scanned))
		return err_set(err, VALISE_E_USAGE, "this is no paper card's code, which has 64 digits behind VALISE:");
	if (!hash_eq(&scanned, office))
		return err_set(
			err, VALISE_E_BAD,
			"this code is not this card's: it may be somebody else's. Nothing was kept; ask by another way whose card it is");
	return 0;
}

int card_check_digits(const struct hash *office, const char *digits, struct valise_err *err)
{
	struct fingerprint_text typed, own = fingerprint_text(office);
	if (paper_code_begins(VALISE_PAPER_OFFICE, str_of(digits)))
		return check_code(office, str_of(digits), err);
	if (!fingerprint_parse(str_of(digits), &typed))
		return err_set(
			err, VALISE_E_USAGE,
			"a fingerprint has 30 digits; type those of the paper card, or what its code says, VALISE:...");
	if (memcmp(&typed, &own, sizeof own) != 0)
		return err_set(
			err, VALISE_E_BAD,
			"these are not this card's digits: it may be somebody else's. Nothing was kept; ask by another way whose card it is");
	return 0;
}

/* A petname that already names another office is not moved over silently. */
static int check_petname(struct valise *v, struct str petname, const struct hash *office, struct valise_err *err)
{
	struct hash other;
	if (contact_find(v->spool, petname, true, &other, NULL) || hash_eq(&other, office))
		return 0;
	return err_set(err, VALISE_E_EXISTS,
		       "you already call another office by that name (%.8s); choose another with --as",
		       hash_hex(&other).text);
}

/* `c` NULL: the office is our own, which goes by its own name. */
static int store(struct valise *v, const struct register_set *set, size_t held, const struct contact *c,
		 struct valise_err *err)
{
	int r = spool_begin(v->spool, err);
	if (r)
		return r;
	for (size_t i = held; i < set->n && !r; i++)
		r = entry_put(v->spool, set->entries[i], NULL, err);
	if (!r && c)
		r = contact_put(v->spool, c, err);
	return spool_end(v->spool, r, err);
}

int valise_card_add(struct valise *v, const void *card, size_t len, const char *petname, const char *digits,
		    struct valise_office **ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	CLEAN_CARD struct card parsed = {0};
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct hash office = {0};
	size_t held;
	bool is_damaged = false;
	int r = card_parse(card, len, &parsed, err);
	if (!r)
		r = look_whether_damaged(v, &parsed, &is_damaged, err);
	if (!r && is_damaged)
		r = mend_entries(v, &parsed, err);
	if (!r)
		r = card_verify(v, card, len, &set, &office, &held, err);
	bool is_own = !r && hash_eq(&office, &v->self);
	if (is_own && petname)
		return err_set(err, VALISE_E_USAGE,
			       "this is a card of your own office, which goes by its own name: leave --as out");
	if (!r && petname)
		r = text_free_of(str_of(petname), "the name", &name, err);
	else if (!r)
		buf_add_str(&name, office_name(registers_office(set.registers, &office)));
	if (!r && digits)
		r = card_check_digits(&office, digits, err);
	if (!r && !is_own)
		r = check_petname(v, buf_str(&name), &office, err);
	struct contact c = {
		.office = office, .petname = buf_str(&name), .checked = digits != NULL, .added_s = clock_now_s()};
	if (!r)
		r = store(v, &set, held, is_own ? NULL : &c, err);
	return r || !ret ? r : describe(v, &set, &office, ret, err);
}

/* ---- Listing ---- */

struct listing {
	struct hashes offices;
	struct valise_err *err;
};

static int collect(void *context, const struct contact *c)
{
	struct listing *l = context;
	return hashes_add(&l->offices, &c->office, l->err);
}

static int load_one(struct valise *v, const struct hash *office, struct valise_office **ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	int r = register_set_load(v, office, 1, &set, err);
	return r ? r : describe(v, &set, office, ret, err);
}

int valise_card_each(struct valise *v, int (*each)(void *context, const struct valise_office *o), void *context,
		     struct valise_err *err)
{
	struct listing l = {.err = err};
	struct valise_err damaged = {0};
	int r = contacts_each(v->spool, collect, &l, err);
	for (size_t i = 0; i < l.offices.n && !r; i++) {
		struct valise_office *o = NULL;
		struct valise_err why = {0};
		r = load_one(v, &l.offices.at[i], &o, &why);
		if (r == VALISE_E_BAD) { /* its register is damaged here: the others are shown before it is told */
			err_copy(&damaged, &why);
			r = 0;
			continue;
		}
		if (r)
			err_copy(err, &why);
		else
			r = each(context, o);
		valise_office_free(o);
	}
	hashes_release(&l.offices);
	if (!r && damaged.code)
		err_copy(err, &damaged);
	return r ? r : damaged.code;
}
