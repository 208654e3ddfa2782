/* SPDX-License-Identifier: Apache-2.0 */
/* Joining: an officer's own spool becomes one of the office whose register appoints the key that was made there. */
#include "office/cards.h"

#include "base/clock.h"
#include "base/text.h"
#include "format/request.h"

struct joining {
	struct valise *v;
	struct verified_request *request;
	struct register_set set; /* of the card */
	struct hash office;
};

static void joining_release(struct joining *j)
{
	verified_request_free(j->request);
	register_set_release(&j->set);
}

/* A card that appoints the key, in standing: what it says of a key that was dismissed, or never asked for, makes nobody an officer. */
static int check_appointed(const struct joining *j, struct valise_err *err)
{
	const struct office_register *o = registers_office(j->set.registers, &j->office);
	const struct verified_entry *a, *b;
	struct shown_text title = text_shown(j->request->r.title);
	struct officer officer;
	bool here = false;
	int r = key_is_here(j->v, &j->request->r.by, &here, err);
	if (r)
		return r;
	if (!here)
		return err_set(
			err, VALISE_E_NOT_FOUND,
			"the key of your request (%s) is not in this spool any more: restore its directory keys from a backup, or take "
			"the request back with `valise officer request --withdraw`",
			title.text);
	if (office_fork(o, &a, &b))
		return err_set(
			err, VALISE_E_BAD,
			"the register on this card is forked: who is appointed there depends on whom you ask. Ask the keeper");
	if (!office_officer(o, NULL, &j->request->r.by, &officer))
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"this card does not appoint the key of your request (%s): give the keeper the request, and ask for a card that "
			"was made after `valise officer add`",
			title.text);
	if (officer.dismissed)
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"this card has the key of your request (%s) dismissed: take the request back with `valise officer request "
			"--withdraw`, and make another",
			title.text);
	if (officer.has_until && officer.until_s < clock_now_s())
		return err_set(
			err, VALISE_E_NOT_ALLOWED,
			"the appointment of the key of your request (%s) ended on %s: take the request back with "
			"`valise officer request --withdraw`, and make another",
			title.text, time_text(officer.until_s).text);
	return 0;
}

/* Our own id, all entries of the card, and no request any more: all of it or nothing. */
static int commit(struct joining *j, struct valise_err *err)
{
	CLEAN_BUF struct buf taken = BUF_INIT(HASH_HEX_BYTES);
	CLEAN_REQUEST struct verified_request *now = NULL;
	struct spool *s = j->v->spool;
	int r = spool_begin(s, err);
	if (r)
		return r;
	r = setting_get(s, "office", &taken, err);
	if (r == 0)
		r = err_set(err, VALISE_E_EXISTS, "there is an office in %s already",
			    text_shown(str_of(spool_dir(s))).text);
	else if (r == VALISE_E_NOT_FOUND)
		r = request_waiting(s, &now, err);
	if (r == VALISE_E_NOT_FOUND || (!r && !vkey_eq(&now->r.by, &j->request->r.by)))
		r = err_set(err, VALISE_E_BUSY, "another process changed the request meanwhile; try again");
	for (size_t i = 0; i < j->set.n && !r; i++)
		r = entry_put(s, j->set.entries[i], NULL, err);
	if (!r)
		r = setting_put(s, "office", str_of(hash_hex(&j->office).text), err);
	if (!r)
		r = setting_put(s, "joined-by", str_of(vkey_text(&j->request->r.by).text), err);
	if (!r)
		r = setting_remove(s, "request", err);
	if (!r)
		r = copy_mark_renew(s, err);
	if (!r)
		r = spool_commit(s, err);
	if (r)
		spool_rollback(s);
	else
		copy_mark_sweep(s);
	return r;
}

static int join(struct joining *j, const void *card, size_t len, const char *digits, struct valise_err *err)
{
	size_t held;
	int r = request_waiting(j->v->spool, &j->request, err);
	if (r == VALISE_E_NOT_FOUND)
		return err_set(err, r, "no key in %s waits to be appointed; make one with `valise officer request`",
			       text_shown(str_of(spool_dir(j->v->spool))).text);
	if (!r)
		r = card_verify(NULL, card, len, &j->set, &j->office, &held, err);
	if (!r && digits)
		r = card_check_digits(&j->office, digits, err);
	if (!r)
		r = check_appointed(j, err);
	if (!r)
		r = commit(j, err);
	if (!r)
		j->v->self = j->office;
	return r;
}

int valise_join(const char *dir, const void *card, size_t len, const char *digits, const struct valise_caller *caller,
		struct valise **ret, struct valise_err *err)
{
	CLEANUP(joining_release) struct joining j = {0};
	j.v = calloc(1, sizeof *j.v);
	if (!j.v)
		return err_nomem(err);
	if (caller)
		j.v->caller = *caller;
	int r = spool_open(dir, SPOOL_WRITE, &j.v->spool, err);
	if (!r)
		r = join(&j, card, len, digits, err);
	if (r) {
		valise_close(j.v);
		return r;
	}
	*ret = j.v;
	return 0;
}
