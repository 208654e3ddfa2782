/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of sender and recipients before a letter is sealed. */
#include "office/seal_desk.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

int seal_desk_init(struct seal_desk *d, struct valise *v, struct valise_err *err)
{
	*d = (struct seal_desk){.v = v};
	return hashes_add(&d->offices, &v->self, err);
}

static void close_desk(struct seal_desk *d)
{
	for (size_t i = 0; i < d->n_correspondents; i++)
		recipients_release(&d->correspondents[i].readers);
	free(d->correspondents);
	d->correspondents = NULL;
	d->n_correspondents = 0;
	register_set_release(&d->set);
}

void seal_desk_release(struct seal_desk *d)
{
	close_desk(d);
	hashes_release(&d->offices);
}

static int judge(const struct seal_desk *d, const struct hash *office, bool is_paper, struct correspondent *c,
		 struct valise_err *err)
{
	CLEAN_BUF struct buf name = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	const struct office_register *o = registers_office(d->set.registers, office);
	const struct verified_entry *fork_a, *fork_b;
	int r = office_show(d->v, &d->set, office, &name, err);
	if (r)
		return r;
	if (!o)
		return err_set(err, VALISE_E_NOT_FOUND, "the card of %s is not here; add it with `valise card add`",
			       name.data);
	if (!hash_eq(office, &d->v->self) && office_fork(o, &fork_a, &fork_b))
		return err_set(
			err, VALISE_E_BAD,
			"the register of %s is forked: two machines say who its officers are, and either might be "
			"somebody else's, who would read the letter. Ask the office itself, by another way, for a card "
			"that settles it",
			name.data);
	c->newest = (struct office_ref){*office, office_head(o)->note.id};
	r = office_recipients(o, ROLE_READER, d->now_s, &c->readers, err);
	if (!r && !is_paper && !c->readers.n && !hash_eq(office, &d->v->self))
		r = err_set(
			err, VALISE_E_NOT_FOUND,
			"%s has no reader in standing with a key, so nobody there could open the letter; ask for a newer card",
			name.data);
	return r;
}

/* Of an error that is one office's, the letters to others can be sealed all the same. */
static bool is_of_the_office(int code)
{
	return code != VALISE_E_NOMEM && code != VALISE_E_IO;
}

static int judge_all(struct seal_desk *d, bool is_paper, struct valise_err *err)
{
	d->correspondents = calloc(d->offices.n, sizeof *d->correspondents);
	if (!d->correspondents)
		return err_nomem(err);
	d->n_correspondents = d->offices.n;
	for (size_t i = 0; i < d->offices.n; i++) {
		struct correspondent *c = &d->correspondents[i];
		c->code = judge(d, &d->offices.at[i], is_paper, c, &c->err);
		if (c->code && !is_of_the_office(c->code)) {
			err_copy(err, &c->err);
			return c->code;
		}
	}
	return 0;
}

int seal_desk_open(struct seal_desk *d, bool is_paper, struct valise_err *err)
{
	close_desk(d);
	d->now_s = clock_now_s();
	int r = spool_changes(d->v->spool, &d->changes, err);
	if (!r)
		r = register_set_load(d->v, d->offices.at, d->offices.n, &d->set, err);
	if (!r && !registers_office(d->set.registers, &d->v->self))
		r = err_set(err, VALISE_E_BAD,
			    "this spool's own register is damaged; run `valise doctor`, or restore a backup");
	return r ? r : judge_all(d, is_paper, err);
}

int seal_desk_unlock(struct seal_desk *d, struct valise_err *err)
{
	CLEAN_BUF struct buf title = BUF_INIT(LIMIT_FREE_TEXT_BYTES * 8);
	struct signer_wish wish = {.roles = ROLE_PRINCIPAL, .machine_will_do = true};
	unsigned role;
	int r = office_signer(d->v, &d->set, &wish, &d->principal, &role, err);
	if (r)
		return r;
	text_show(&title, d->principal.title);
	r = buf_check(&title, "a title", err);
	return r ? r : key_unlock(d->v, &d->principal.key, (char *)title.data, &d->signer, err);
}

int seal_desk_refresh(struct seal_desk *d, struct valise_err *err)
{
	struct spool_changes changes;
	int r = spool_changes(d->v->spool, &changes, err);
	if (r || (spool_is_as(&changes, &d->changes) && clock_now_s() == d->now_s))
		return r;
	r = seal_desk_open(d, false, err);
	return r ? r : seal_desk_unlock(d, err);
}

const struct correspondent *seal_desk_of(const struct seal_desk *d, const struct hash *office)
{
	size_t i;
	bool known = hashes_find(&d->offices, office, &i);
	return known && i < d->n_correspondents ? &d->correspondents[i] : NULL;
}
