/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: a key made on an officer's own machine, and the note that asks a keeper to appoint it. */
#include "office/office.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "evidence/fingerprint.h"
#include "format/request.h"

/* The name under which the spool keeps the one that waits. */
#define SETTING "request"

/* ---- What a person is shown ---- */

struct request_result {
	struct valise_request pub; /* first: freed through it */
	struct fingerprint_text digits;
	struct vkey_text key;
	char *title, *roles, *recipient, *bytes;
};

void valise_request_free(struct valise_request *pub)
{
	struct request_result *r = (struct request_result *)pub;
	if (!r)
		return;
	free(r->title);
	free(r->roles);
	free(r->recipient);
	free(r->bytes);
	free(r);
}

static int describe(const struct verified_request *v, bool is_new, struct valise_request **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf roles = BUF_INIT(256);
	struct request_result *r = calloc(1, sizeof *r);
	if (!r)
		return err_nomem(err);
	roles_write(&roles, v->r.roles);
	r->digits = fingerprint_text(&v->note.id);
	r->key = vkey_text(&v->r.by);
	r->title = str_dup(v->r.title);
	r->roles = (char *)buf_take(&roles, NULL);
	r->recipient = str_dup(v->r.recipient);
	r->bytes = str_dup((struct str){v->note.bytes, v->note.len});
	if (!r->title || !r->roles || !r->bytes || (v->r.recipient.at && !r->recipient)) {
		valise_request_free(&r->pub);
		return err_nomem(err);
	}
	r->pub = (struct valise_request){.digits = r->digits.text,
					 .key = r->key.text,
					 .title = r->title,
					 .roles = r->roles,
					 .recipient = r->recipient,
					 .time_s = v->r.time_s,
					 .bytes = r->bytes,
					 .len = v->note.len,
					 .is_new = is_new};
	*ret = &r->pub;
	return 0;
}

int valise_request_look(const void *bytes, size_t len, struct valise_request **ret, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *v = NULL;
	int r = request_verify(bytes, len, &v, err);
	return r ? err_prefix(err, r, "this is no request that can be taken") : describe(v, false, ret, err);
}

/* One word of a list; 0 where it is no role. */
static unsigned role_typed(struct str word)
{
	for (unsigned role = 1; role < ROLE_ALL; role <<= 1)
		if (str_eq(word, str_of(role_name(role))))
			return role;
	return 0;
}

int roles_typed(const char *roles, unsigned *ret, struct valise_err *err)
{
	unsigned all = 0, one = 1;
	for (const char *at = roles; one; at += strcspn(at, ",") + 1) {
		one = role_typed((struct str){at, strcspn(at, ",")});
		if (!one || (all & one))
			return err_set(err, VALISE_E_USAGE,
				       "%s is no list of roles: name some of principal, clerk, reader, courier, "
				       "spokesperson, machine, each once, with commas",
				       text_shown(str_of(roles)).text);
		all |= one;
		if (!at[strcspn(at, ",")])
			break;
	}
	if (all == ROLE_MACHINE)
		return err_set(
			err, VALISE_E_USAGE,
			"machine marks a key that signs unattended: name what it may say besides, as clerk,machine");
	*ret = all;
	return 0;
}

/* ---- The one that waits ---- */

/* Whether its key is in our own register: then nothing waits any more. */
static int was_answered(struct valise *v, const struct vkey *key, bool *ret, struct valise_err *err)
{
	CLEAN_REGISTER_SET struct register_set set = REGISTER_SET_NONE;
	struct officer found;
	int r = register_set_self(v, &set, err);
	if (!r)
		*ret = office_officer(registers_office(set.registers, &v->self), NULL, key, &found);
	return r;
}

int request_waiting(struct spool *s, struct verified_request **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf bytes = BUF_INIT(LIMIT_REQUEST_BYTES);
	int r = setting_get(s, SETTING, &bytes, err);
	if (r)
		return r;
	r = request_verify(bytes.data, bytes.len, ret, err);
	return r ? err_prefix(err, r, "the request that waits in %s is damaged", text_shown(str_of(spool_dir(s))).text)
		 : 0;
}

int request_refuse_waiting(struct spool *s, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *v = NULL;
	int r = request_waiting(s, &v, err);
	if (r)
		return r == VALISE_E_NOT_FOUND ? 0 : r;
	return err_set(
		err, VALISE_E_EXISTS,
		"in %s waits the key of %s to be appointed in another office: choose another directory with --dir, or take "
		"the request back with `valise officer request --withdraw`",
		text_shown(str_of(spool_dir(s))).text, text_shown(v->r.title).text);
}

/* VALISE_E_NOT_FOUND where its key was appointed, too. */
static int find_waiting(struct valise *v, bool has_office, struct verified_request **ret, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *found = NULL;
	bool answered = false;
	int r = request_waiting(v->spool, &found, err);
	if (!r && has_office)
		r = was_answered(v, &found->r.by, &answered, err);
	if (!r && !answered)
		*ret = TAKE(found);
	return r || !answered ? r : VALISE_E_NOT_FOUND;
}

static int nothing_waits(const char *dir, struct valise_err *err)
{
	return err_set(err, VALISE_E_NOT_FOUND, "no request waits in %s", text_shown(str_of(dir)).text);
}

/* Our office, where there is one: who changes to other roles asks for a new key from a spool that has an office. */
static int look_for_office(struct valise *v, bool *ret, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(HASH_HEX_BYTES);
	int r = setting_get(v->spool, "office", &text, err);
	*ret = r == 0;
	if (r == VALISE_E_NOT_FOUND)
		return 0;
	if (!r && !hash_parse(buf_str(&text), &v->self))
		r = err_set(err, VALISE_E_BAD, "the spool in %s does not say whose it is; run `valise doctor`",
			    text_shown(str_of(spool_dir(v->spool))).text);
	return r;
}

int valise_request_waiting(const char *dir, struct valise_request **ret, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *found = NULL;
	struct valise v = {0};
	bool has_office;
	int r = spool_open(dir, SPOOL_READ, &v.spool, err);
	if (r == VALISE_E_NO_OFFICE)
		return nothing_waits(dir, err);
	if (!r)
		r = look_for_office(&v, &has_office, err);
	if (!r)
		r = find_waiting(&v, has_office, &found, err);
	spool_close(v.spool);
	if (r == VALISE_E_NOT_FOUND)
		return nothing_waits(dir, err);
	return r ? r : describe(found, false, ret, err);
}

/* ---- Making ---- */

struct making {
	struct valise *v;
	const struct valise_wish *wish;
	struct str title; /* normalised */
	unsigned roles;
	bool has_office; /* as the spool was opened */
	struct key *key;
	struct buf note;
	bool may_stand; /* its commit was tried: even after one that failed a power cut may bring it back */
};

/* The same title and roles, or none, are asked for. */
static int show_waiting(const struct making *m, const struct verified_request *waiting, struct valise_request **ret,
			struct valise_err *err)
{
	CLEAN_BUF struct buf roles = BUF_INIT(256);
	bool same = (!m->wish->title || str_eq(m->title, waiting->r.title)) &&
		    (!m->wish->roles || m->roles == waiting->r.roles);
	if (same)
		return m->wish->dry_run ? 0 : describe(waiting, false, ret, err);
	roles_write(&roles, waiting->r.roles);
	return err_set(
		err, VALISE_E_EXISTS,
		"a request waits here already, for %s as %s: say `valise officer request` to have it again, or take it back "
		"with --withdraw and make another",
		text_shown(waiting->r.title).text, roles.data ? (char *)roles.data : "");
}

static int make_note(struct making *m, struct verified_request **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf text = BUF_INIT(LIMIT_REQUEST_BYTES);
	CLEAN_BUF struct buf recipient = BUF_INIT(AGE_RECIPIENT_TEXT_BYTES);
	const struct ed25519_signer *signer = m->key->signer;
	struct request q = {.time_s = clock_now_s(), .title = m->title, .roles = m->roles, .by = m->key->vkey};
	if (m->key->has_identity) {
		struct age_recipient to;
		memcpy(to.point, m->key->identity.point, sizeof to.point);
		age_recipient_write(&recipient, &to);
		q.recipient = buf_str(&recipient);
	}
	int r = buf_check(&recipient, "the reading key", err);
	if (!r)
		r = request_write(&q, &text, err);
	if (!r)
		r = note_sign(buf_str(&text), &signer, 1, &m->note, err);
	return r ? r : request_verify(m->note.data, m->note.len, ret, err);
}

/* Unless another process made a request, or an office, here meanwhile. */
static int commit(struct making *m, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *waiting = NULL;
	struct valise *v = m->v;
	bool has_office;
	int r = spool_begin(v->spool, err);
	if (r)
		return r;
	r = look_for_office(v, &has_office, err);
	if (!r && has_office != m->has_office)
		r = err_set(err, VALISE_E_BUSY,
			    "another process made this the spool of an office meanwhile; try again");
	if (!r) {
		r = find_waiting(v, has_office, &waiting, err);
		r = r == VALISE_E_NOT_FOUND ? 0
		    : r                     ? r
			: err_set(err, VALISE_E_BUSY, "another process made a request here meanwhile; try again");
	}
	if (!r)
		r = setting_put(v->spool, SETTING, buf_str(&m->note), err);
	m->may_stand = !r;
	return spool_end(v->spool, r, err);
}

static int make_new(struct making *m, struct valise_request **ret, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *made = NULL;
	struct new_key n = {.kind = KEY_OFFICER,
			    .title = m->wish->title,
			    .no_passphrase = m->wish->no_passphrase || m->wish->dry_run,
			    .with_identity = (m->roles & (ROLE_READER | ROLE_CLERK | ROLE_COURIER)) != 0,
			    .reading_identity = m->wish->reading_identity};
	if (!m->wish->title || !m->wish->roles)
		return err_set(err, VALISE_E_USAGE,
			       "no request waits here: say with --title and --roles what to ask for");
	if (n.reading_identity && !n.with_identity)
		return err_set(
			err, VALISE_E_USAGE,
			"a reading key goes with the roles reader, clerk and courier: leave --reading-identity out");
	int r = key_make(m->v, &n, &m->key, err);
	if (!r)
		r = make_note(m, &made, err);
	if (r || m->wish->dry_run)
		return r;
	r = key_store(m->v, m->key, &n, err);
	if (!r)
		r = commit(m, err);
	if (r && !m->may_stand)
		key_forget(m->v, m->key);
	/* What was cut off left keys of nobody; where there is an office, the register says whose they are. */
	const struct key *kept[] = {m->key};
	if (!r && !m->has_office)
		key_files_forget_others(m->v, kept, 1);
	return r ? r : describe(made, true, ret, err);
}

/* A dry run makes no directory: where there is no spool, nothing waits. */
static int open_place(const char *dir, bool dry_run, struct valise *v, struct valise_err *err)
{
	if (dry_run) {
		int r = spool_open(dir, SPOOL_READ, &v->spool, err);
		return r == VALISE_E_NO_OFFICE ? 0 : r;
	}
	int r = spool_create(dir, &v->spool, err);
	return r == VALISE_E_EXISTS ? spool_open(dir, SPOOL_WRITE, &v->spool, err) : r;
}

static int find_or_make(struct making *m, struct valise_request **ret, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *waiting = NULL;
	if (!m->v->spool)
		return make_new(m, ret, err);
	int r = look_for_office(m->v, &m->has_office, err);
	if (r)
		return r;
	r = find_waiting(m->v, m->has_office, &waiting, err);
	if (r == VALISE_E_NOT_FOUND)
		return make_new(m, ret, err);
	return r ? r : show_waiting(m, waiting, ret, err);
}

int valise_request_make(const char *dir, const struct valise_wish *w, const struct valise_caller *caller,
			struct valise_request **ret, struct valise_err *err)
{
	CLEAN_BUF struct buf title = BUF_INIT(LIMIT_FREE_TEXT_BYTES);
	struct making m = {.wish = w, .note = BUF_INIT(LIMIT_REQUEST_BYTES)};
	int r = w->title ? text_free_of(str_of(w->title), "the title", &title, err) : 0;
	if (!r && w->roles)
		r = roles_typed(w->roles, &m.roles, err);
	if (r)
		return r;
	m.title = buf_str(&title);
	m.v = calloc(1, sizeof *m.v);
	if (!m.v)
		return err_nomem(err);
	if (caller)
		m.v->caller = *caller;
	/* Without both it can only be the one that waits: nothing is made for that. */
	r = open_place(dir, w->dry_run || !w->title || !w->roles, m.v, err);
	if (!r)
		r = find_or_make(&m, ret, err);
	key_free(m.key);
	buf_release(&m.note);
	valise_close(m.v);
	return r;
}

/* ---- Taking it back ---- */

int valise_request_withdraw(const char *dir, struct valise_err *err)
{
	CLEAN_REQUEST struct verified_request *waiting = NULL;
	struct valise v = {0};
	bool has_office;
	int r = spool_open(dir, SPOOL_WRITE, &v.spool, err);
	if (r == VALISE_E_NO_OFFICE)
		return nothing_waits(dir, err);
	if (r)
		return r;
	r = spool_begin(v.spool, err);
	if (!r)
		r = look_for_office(&v, &has_office, err);
	if (!r)
		r = find_waiting(&v, has_office, &waiting, err);
	if (!r)
		r = setting_remove(v.spool, SETTING, err);
	if (!r)
		r = spool_commit(v.spool, err);
	if (!r) {
		const struct key gone = {.vkey = waiting->r.by};
		key_forget(&v, &gone);
	}
	spool_rollback(v.spool);
	spool_close(v.spool);
	return r == VALISE_E_NOT_FOUND ? nothing_waits(dir, err) : r;
}
